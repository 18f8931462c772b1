-- A poll that finds nothing new writes little. What every poll changes of a feed's
-- state lies by itself, fifty bytes a feed, so that the feeds polled together share
-- a page; the rest is written when it changes.
CREATE TABLE feed_polls (
	feed         INTEGER PRIMARY KEY, -- row of feeds
	last_poll    INTEGER,
	last_success INTEGER,
	next_poll    INTEGER,
	last_outcome TEXT    NOT NULL,
	interval     INTEGER NOT NULL, -- of the pace, and so are the next
	holds        INTEGER NOT NULL,
	last_full    INTEGER
);
INSERT INTO feed_polls (feed, last_poll, last_success, next_poll, last_outcome, interval, holds, last_full)
	SELECT id, last_poll, last_success, next_poll, last_outcome,
		COALESCE(json_extract(pace, '$.interval'), 0), COALESCE(json_extract(pace, '$.holds'), 0),
		CAST(strftime('%s', json_extract(pace, '$.last_full')) AS INTEGER) * 1000000000
	FROM feeds WHERE last_poll IS NOT NULL;
UPDATE feeds SET pace = json_remove(pace, '$.interval', '$.holds', '$.last_full');
ALTER TABLE feeds DROP COLUMN last_poll;
ALTER TABLE feeds DROP COLUMN last_success;
ALTER TABLE feeds DROP COLUMN next_poll;
ALTER TABLE feeds DROP COLUMN last_outcome;

-- A poll is found by its feed and time. An index over its id, which is a hash, was
-- a page of its own for each.
CREATE TABLE polls_new (
	id        INTEGER PRIMARY KEY,
	poll      TEXT    NOT NULL,
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	scheduled INTEGER,
	at        INTEGER NOT NULL,
	point     INTEGER NOT NULL, -- time of its point
	outcome   TEXT    NOT NULL,
	fetched   INTEGER NOT NULL,
	new       INTEGER NOT NULL,
	known     INTEGER NOT NULL,
	revised   INTEGER NOT NULL,
	rejected  INTEGER NOT NULL,
	reasons   TEXT    NOT NULL, -- JSON
	status    INTEGER NOT NULL,
	bytes     INTEGER NOT NULL,
	took      INTEGER NOT NULL,
	error     TEXT    NOT NULL,
	marks     TEXT    NOT NULL  -- JSON
);
INSERT INTO polls_new
	SELECT id, poll, feed, scheduled, at, point, outcome, fetched, new, known, revised, rejected,
		reasons, status, bytes, took, error, marks FROM polls ORDER BY id;
DROP TABLE polls;
ALTER TABLE polls_new RENAME TO polls;
CREATE UNIQUE INDEX polls_point ON polls (point);
CREATE INDEX polls_at ON polls (at);
CREATE INDEX polls_feed ON polls (feed, at);
