-- A poll writes less: fewer indexes over texts that are hashes, and what one poll
-- touches lies together. (Foreign keys are off while a record is migrated, so that
-- a table can be replaced under those that refer to it.)

CREATE TABLE publishers (
	id        INTEGER PRIMARY KEY,
	publisher TEXT    NOT NULL UNIQUE
);
INSERT INTO publishers (publisher)
	SELECT publisher FROM feeds UNION SELECT publisher FROM former_publishers UNION SELECT publisher FROM articles;

-- Keys lie by publisher, so that those of one document share a few pages. The key
-- itself is 60 bits of the hash of publisher, scope, kind and value: a publisher
-- would need a thousand million items before two are likely to share one.
CREATE TABLE identities_new (
	publisher INTEGER NOT NULL, -- row of publishers
	key       INTEGER NOT NULL,
	item      INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
	PRIMARY KEY (publisher, key)
) WITHOUT ROWID;
-- Which of the names of its feeds' publishers an old key was made of cannot be
-- told: it is found under that one, and is nothing under the others. Its 13 first
-- letters are the first 65 bits of the hash, of which 4 are left out in front and
-- 1 behind.
INSERT INTO identities_new (publisher, key, item)
	SELECT p.id,
		(((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 1, 1)) - 1) & 1) << 59)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 2, 1)) - 1) << 54)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 3, 1)) - 1) << 49)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 4, 1)) - 1) << 44)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 5, 1)) - 1) << 39)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 6, 1)) - 1) << 34)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 7, 1)) - 1) << 29)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 8, 1)) - 1) << 24)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 9, 1)) - 1) << 19)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 10, 1)) - 1) << 14)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 11, 1)) - 1) << 9)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 12, 1)) - 1) << 4)
		| ((instr('abcdefghijklmnopqrstuvwxyz234567', substr(k.key, 13, 1)) - 1) >> 1),
		k.item
	FROM identities k
	JOIN (
		SELECT g.item, n.publisher FROM sightings g
			JOIN (SELECT id AS feed, publisher FROM feeds UNION SELECT feed, publisher FROM former_publishers) n ON n.feed = g.feed
		UNION SELECT id, publisher FROM articles
	) o ON o.item = k.item
	JOIN publishers p ON p.publisher = o.publisher
	WHERE true
	ON CONFLICT DO NOTHING;
DROP TABLE identities;
ALTER TABLE identities_new RENAME TO identities;
CREATE INDEX identities_item ON identities (item);

-- An article is found by its id through its item, and the time of its point is
-- its own among those of its feed, which is a tag of the point.
CREATE TABLE articles_new (
	id          INTEGER PRIMARY KEY REFERENCES items (id),
	article     TEXT    NOT NULL,
	feed        INTEGER NOT NULL REFERENCES feeds (id),
	story       INTEGER NOT NULL REFERENCES stories (id),
	rank        INTEGER,         -- among the articles of its story that may count; null: never counts
	published   INTEGER NOT NULL,
	zone        TEXT    NOT NULL, -- name and offset (seconds) to read published in
	zone_offset INTEGER NOT NULL,
	dated       TEXT    NOT NULL,
	first_seen  INTEGER NOT NULL,
	at          INTEGER NOT NULL, -- time of its point
	revision    INTEGER NOT NULL,
	countable   INTEGER NOT NULL,
	loaded      INTEGER NOT NULL,
	publisher   TEXT    NOT NULL,
	country     TEXT    NOT NULL,
	lang        TEXT    NOT NULL,
	guid        TEXT    NOT NULL,
	url         TEXT    NOT NULL,
	title       TEXT    NOT NULL,
	text        TEXT    NOT NULL -- last: what does not need it does not read it
);
INSERT INTO articles_new
	SELECT id, article, feed, story, rank, published, zone, zone_offset, dated, first_seen, at, revision, countable, loaded,
		publisher, country, lang, guid, url, title, text FROM articles ORDER BY id;
DROP TABLE articles;
ALTER TABLE articles_new RENAME TO articles;
CREATE UNIQUE INDEX articles_at ON articles (feed, at);
CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_feed ON articles (feed, published);
CREATE INDEX articles_story ON articles (story, publisher, rank);
CREATE INDEX articles_first_seen ON articles (first_seen);
CREATE INDEX articles_publisher ON articles (publisher, published);

-- Facts of the newest revisions. One index lists them and keeps the times of their
-- points apart; a fact's id is derived when it is asked for.
CREATE TABLE facts_new (
	id             INTEGER PRIMARY KEY,
	article        INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	kind           TEXT    NOT NULL, -- date, count, other
	revision       INTEGER NOT NULL,
	span_start     INTEGER NOT NULL, -- bytes of the reading
	span_end       INTEGER NOT NULL,
	sentence_start INTEGER NOT NULL,
	sentence_end   INTEGER NOT NULL,
	second         INTEGER, -- since 1970: where a date begins (ends, when its beginning is open), when a count's article was published; null: in no listing
	nanos          INTEGER, -- its own in that second; with it the time of its points, unless that is out of range
	data           TEXT    NOT NULL -- JSON of the rest
);
INSERT INTO facts_new
	SELECT id, article, kind, revision, span_start, span_end, sentence_start, sentence_end,
		iif(at IS NULL, lo, (at - (at % 1000000000 + 1000000000) % 1000000000) / 1000000000),
		iif(at IS NULL, iif(lo IS NULL, NULL, id % 1000000000), (at % 1000000000 + 1000000000) % 1000000000),
		data
	FROM facts ORDER BY id;
DROP TABLE facts;
ALTER TABLE facts_new RENAME TO facts;
CREATE INDEX facts_article ON facts (article);
CREATE UNIQUE INDEX facts_second ON facts (kind, second, nanos) WHERE second IS NOT NULL;
