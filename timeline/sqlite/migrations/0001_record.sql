-- The record, version 1. Times are nanoseconds since 1970 UTC, durations
-- nanoseconds, unless a column says otherwise. Integer ids stay inside the file;
-- what leaves it is named by its content id.

CREATE TABLE meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;

-- A feed is its row, so that it keeps everything when it is renamed.
CREATE TABLE feeds (
	id            INTEGER PRIMARY KEY,
	name          TEXT    NOT NULL UNIQUE,
	url           TEXT    NOT NULL,
	title         TEXT    NOT NULL,
	publisher     TEXT    NOT NULL,
	country       TEXT    NOT NULL,
	lang          TEXT    NOT NULL,
	archive       INTEGER NOT NULL,
	enabled       INTEGER NOT NULL,
	rhythm        INTEGER NOT NULL,
	articles      INTEGER NOT NULL DEFAULT 0, -- kept articles that it had first
	etag          TEXT    NOT NULL DEFAULT '',
	last_modified TEXT    NOT NULL DEFAULT '',
	body_hash     TEXT    NOT NULL DEFAULT '',
	first_poll    INTEGER,
	last_poll     INTEGER,
	last_success  INTEGER,
	next_poll     INTEGER,
	failures      INTEGER NOT NULL DEFAULT 0,
	last_outcome  TEXT    NOT NULL DEFAULT '',
	last_error    TEXT    NOT NULL DEFAULT ''
);

CREATE TABLE polls (
	id        INTEGER PRIMARY KEY,
	poll      TEXT    NOT NULL UNIQUE,
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	scheduled INTEGER,
	at        INTEGER NOT NULL,
	point     INTEGER NOT NULL UNIQUE, -- time of its point
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
	error     TEXT    NOT NULL
);
CREATE INDEX polls_at ON polls (at);
CREATE INDEX polls_feed ON polls (feed, at);

-- What has been seen is remembered for longer than what was read: an item
-- outlives its article, whose id it shares.
CREATE TABLE items (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	article   TEXT    NOT NULL UNIQUE,
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	content   TEXT    NOT NULL, -- hash of the newest revision's words
	revision  INTEGER NOT NULL,
	last_seen INTEGER NOT NULL  -- to the day
);
CREATE INDEX items_last_seen ON items (last_seen);

-- The key is a hash of publisher, scope, kind and value.
CREATE TABLE identities (
	key  TEXT    PRIMARY KEY,
	item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX identities_item ON identities (item);

CREATE TABLE sightings (
	item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
	feed INTEGER NOT NULL REFERENCES feeds (id),
	PRIMARY KEY (item, feed)
) WITHOUT ROWID;

CREATE TABLE stories (
	id       INTEGER PRIMARY KEY,
	story    TEXT    NOT NULL UNIQUE,
	first    INTEGER NOT NULL, -- publication of its earliest article
	last     INTEGER NOT NULL,
	articles INTEGER NOT NULL
);
CREATE INDEX stories_first ON stories (first);

-- The order of ids is the order of the record.
CREATE TABLE articles (
	id          INTEGER PRIMARY KEY REFERENCES items (id),
	article     TEXT    NOT NULL UNIQUE,
	feed        INTEGER NOT NULL REFERENCES feeds (id),
	story       INTEGER NOT NULL REFERENCES stories (id),
	rank        INTEGER,         -- among the articles of its story that may count; null: never counts
	published   INTEGER NOT NULL,
	zone        TEXT    NOT NULL, -- name and offset (seconds) to read published in
	zone_offset INTEGER NOT NULL,
	dated       TEXT    NOT NULL,
	first_seen  INTEGER NOT NULL,
	at          INTEGER NOT NULL UNIQUE, -- time of its point
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
CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_feed ON articles (feed, published);
CREATE INDEX articles_story ON articles (story, publisher, rank);
CREATE INDEX articles_first_seen ON articles (first_seen);

-- Earlier revisions; the newest is the article.
CREATE TABLE revisions (
	article  INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	revision INTEGER NOT NULL,
	title    TEXT    NOT NULL,
	text     TEXT    NOT NULL,
	PRIMARY KEY (article, revision)
) WITHOUT ROWID;

CREATE TABLE story_keys (
	article   INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	key       TEXT    NOT NULL,
	published INTEGER NOT NULL, -- of the article
	PRIMARY KEY (article, key)
) WITHOUT ROWID;
CREATE INDEX story_keys_key ON story_keys (key, published);

-- Facts of the newest revisions.
CREATE TABLE facts (
	id             INTEGER PRIMARY KEY,
	fact           TEXT    NOT NULL,
	article        INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	kind           TEXT    NOT NULL, -- date, count, other
	revision       INTEGER NOT NULL,
	span_start     INTEGER NOT NULL, -- bytes of the reading
	span_end       INTEGER NOT NULL,
	sentence_start INTEGER NOT NULL,
	sentence_end   INTEGER NOT NULL,
	lo             INTEGER, -- of a date, seconds since 1970: they reach beyond nanoseconds
	published      INTEGER, -- of a count's article
	at             INTEGER, -- time of its points; null: none
	data           TEXT    NOT NULL -- JSON of the rest
);
CREATE INDEX facts_article ON facts (article);
CREATE UNIQUE INDEX facts_at ON facts (kind, at) WHERE at IS NOT NULL;
CREATE INDEX facts_lo ON facts (lo, fact) WHERE kind = 'date';
CREATE INDEX facts_published ON facts (published, fact) WHERE kind = 'count';

CREATE TABLE mentions (
	article    INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	topic      TEXT    NOT NULL,
	topic_hash TEXT    NOT NULL,
	revision   INTEGER NOT NULL, -- the first that had it
	published  INTEGER NOT NULL, -- of the article
	at         INTEGER NOT NULL UNIQUE,
	spans      TEXT    NOT NULL, -- JSON
	PRIMARY KEY (article, topic)
) WITHOUT ROWID;
CREATE INDEX mentions_topic ON mentions (topic, published);

-- How far the kept articles have been read for a topic.
CREATE TABLE topics (
	topic   TEXT    PRIMARY KEY,
	hash    TEXT    NOT NULL, -- all articles have been read for this definition; empty: none
	reading TEXT    NOT NULL, -- the definition that is being read for
	upto    INTEGER NOT NULL  -- the last article read for it
) WITHOUT ROWID;

-- A roll-up of articles and mentions; topic '' is every article.
CREATE TABLE steps (
	topic  TEXT    NOT NULL,
	step   INTEGER NOT NULL,
	lang   TEXT    NOT NULL,
	n      INTEGER NOT NULL,
	loaded INTEGER NOT NULL,
	PRIMARY KEY (topic, step, lang)
) WITHOUT ROWID;

CREATE TABLE evaluations (
	topic    TEXT    NOT NULL,
	span     INTEGER NOT NULL, -- length of the window
	step     INTEGER NOT NULL,
	observed INTEGER NOT NULL,
	expected REAL    NOT NULL,
	upper    REAL    NOT NULL,
	p        REAL    NOT NULL,
	exposure REAL    NOT NULL,
	state    TEXT    NOT NULL,
	PRIMARY KEY (topic, span, step)
) WITHOUT ROWID;
CREATE INDEX evaluations_step ON evaluations (step);

CREATE TABLE incidents (
	id       INTEGER PRIMARY KEY,
	incident TEXT    NOT NULL UNIQUE,
	topic    TEXT    NOT NULL,
	state    TEXT    NOT NULL,
	opened   INTEGER NOT NULL,
	body     TEXT    NOT NULL, -- JSON
	channel  TEXT    NOT NULL, -- where it was announced; empty: not yet
	ts       TEXT    NOT NULL
);
CREATE INDEX incidents_opened ON incidents (opened);
CREATE INDEX incidents_state ON incidents (state);

-- An incident has a point for each state and severity it has been in, at the
-- step in which it came to be so.
CREATE TABLE incident_points (
	incident INTEGER NOT NULL REFERENCES incidents (id),
	state    TEXT    NOT NULL,
	severity TEXT    NOT NULL,
	at       INTEGER NOT NULL UNIQUE,
	title    TEXT    NOT NULL,
	text     TEXT    NOT NULL,
	url      TEXT    NOT NULL,
	PRIMARY KEY (incident, state, severity)
) WITHOUT ROWID;

-- The outbox.
CREATE TABLE notices (
	id       INTEGER PRIMARY KEY,
	notice   TEXT    NOT NULL UNIQUE,
	incident INTEGER NOT NULL REFERENCES incidents (id),
	kind     TEXT    NOT NULL,
	state    TEXT    NOT NULL, -- pending, sent, failed
	created  INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	next_try INTEGER,
	error    TEXT    NOT NULL,
	channel  TEXT    NOT NULL,
	ts       TEXT    NOT NULL,
	sent_at  INTEGER
);
CREATE INDEX notices_pending ON notices (next_try) WHERE state = 'pending';

-- The change log. What an entry brought is read from the state; what it took
-- away is kept with it.
CREATE TABLE changes (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	at         INTEGER NOT NULL,
	kind       TEXT    NOT NULL, -- article, poll, step, incident
	ref        INTEGER NOT NULL, -- row of articles, polls, incidents; a step's time
	tombstones TEXT              -- JSON
);
CREATE INDEX changes_at ON changes (kind, at);

CREATE TABLE followers (
	follower TEXT    PRIMARY KEY,
	seq      INTEGER NOT NULL
) WITHOUT ROWID;
