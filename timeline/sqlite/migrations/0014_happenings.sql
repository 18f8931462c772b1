-- Which happening an event tells of, by how many publishers it had been told when
-- this one told it, and what it is compared with others by. All articles are read
-- again, so that the events that are kept get theirs.
CREATE TABLE event_mentions (
	article    INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	span_start INTEGER NOT NULL, -- of the clause, in bytes of the reading
	span_end   INTEGER NOT NULL,
	revision   INTEGER NOT NULL, -- of the article
	happening  INTEGER NOT NULL, -- a hash of its first mention
	told       INTEGER NOT NULL,
	print      BLOB, -- null: it is compared with nothing
	PRIMARY KEY (article, span_start, span_end)
) WITHOUT ROWID;
CREATE INDEX event_mentions_happening ON event_mentions (happening);
UPDATE article_readings SET version = 0;
