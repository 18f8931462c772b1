-- The facts of an article lie in its row, for they are written and read together:
-- a row and two entries of indexes for each took a fifth of a first poll. What is
-- listed has an entry here: a count by the second its article was published in, an
-- event by the one it begins in. The nanoseconds are its own in that second; with
-- them it is the time of its points, unless that is out of range.
CREATE TABLE fact_times (
	kind    TEXT    NOT NULL, -- count, event
	second  INTEGER NOT NULL, -- since 1970
	nanos   INTEGER NOT NULL,
	article INTEGER NOT NULL,
	PRIMARY KEY (kind, second, nanos)
) WITHOUT ROWID;
ALTER TABLE articles ADD COLUMN facts TEXT NOT NULL DEFAULT '[]'; -- JSON; behind the text
DROP INDEX facts_second; -- only what is gone would still be looked up in it

-- In batches of articles, after ?1 and up to ?2:
INSERT INTO fact_times (kind, second, nanos, article)
	SELECT kind, second, nanos, article FROM facts WHERE article > ?1 AND article <= ?2 AND second IS NOT NULL;
-- The data is JSON already. What leaves one place comes to the other in the same
-- transaction, and takes the room that was given free.
UPDATE articles SET facts = '[' || (
	SELECT group_concat('{"kind":"' || f.kind
		|| '","span":[' || f.span_start || ',' || f.span_end
		|| '],"sentence":[' || f.sentence_start || ',' || f.sentence_end
		|| iif(f.second IS NULL, ']', '],"at":[' || f.second || ',' || f.nanos || ']')
		|| ',"data":' || f.data || '}', ',' ORDER BY f.id)
	FROM facts f WHERE f.article = articles.id) || ']'
	WHERE id > ?1 AND id <= ?2 AND EXISTS (SELECT 1 FROM facts f WHERE f.article = articles.id);
DELETE FROM facts WHERE article > ?1 AND article <= ?2;

-- When all are done:
DROP TABLE facts;
