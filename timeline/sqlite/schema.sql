-- Made from the migrations by TestSchema. What they come to; change it by a new one.

CREATE TABLE meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;

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
	failures      INTEGER NOT NULL DEFAULT 0,
	last_error    TEXT    NOT NULL DEFAULT ''
, items INTEGER NOT NULL DEFAULT 0, overflowed INTEGER, habits TEXT NOT NULL DEFAULT '{}', pace TEXT NOT NULL DEFAULT '{}');

CREATE TABLE items (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	article   TEXT    NOT NULL UNIQUE,
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	content   TEXT    NOT NULL, -- hash of the newest revision's words
	revision  INTEGER NOT NULL,
	last_seen INTEGER NOT NULL  -- to the day
);
CREATE INDEX items_last_seen ON items (last_seen);

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

CREATE TABLE mentions (
	article    INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	topic      TEXT    NOT NULL,
	topic_hash TEXT    NOT NULL,
	revision   INTEGER NOT NULL, -- the first that had it
	published  INTEGER NOT NULL, -- of the article
	at         INTEGER NOT NULL UNIQUE,
	spans      TEXT    NOT NULL, points BLOB, -- JSON
	PRIMARY KEY (article, topic)
) WITHOUT ROWID;
CREATE INDEX mentions_topic ON mentions (topic, published);

CREATE TABLE topics (
	topic   TEXT    PRIMARY KEY,
	hash    TEXT    NOT NULL, -- all articles have been read for this definition; empty: none
	reading TEXT    NOT NULL, -- the definition that is being read for
	upto    INTEGER NOT NULL  -- the last article read for it
, since INTEGER) WITHOUT ROWID;

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
, ack_by   TEXT NOT NULL DEFAULT '', ack_at   INTEGER, label    TEXT NOT NULL DEFAULT '', label_by TEXT NOT NULL DEFAULT '', label_at INTEGER);
CREATE INDEX incidents_opened ON incidents (opened);
CREATE INDEX incidents_state ON incidents (state);

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

CREATE TABLE former_publishers (
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	publisher TEXT    NOT NULL,
	PRIMARY KEY (feed, publisher)
) WITHOUT ROWID;

CREATE TABLE detectors (
	topic   TEXT    PRIMARY KEY,
	upto    INTEGER NOT NULL, -- step
	history INTEGER NOT NULL,
	state   BLOB    NOT NULL
) WITHOUT ROWID;

CREATE TABLE histories (
	topic TEXT    PRIMARY KEY,
	n     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE publishers (
	id        INTEGER PRIMARY KEY,
	publisher TEXT    NOT NULL UNIQUE
);

CREATE TABLE "identities" (
	publisher INTEGER NOT NULL, -- row of publishers
	key       INTEGER NOT NULL,
	item      INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
	PRIMARY KEY (publisher, key)
) WITHOUT ROWID;
CREATE INDEX identities_item ON identities (item);

CREATE TABLE "articles" (
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
, facts TEXT NOT NULL DEFAULT '[]');
CREATE UNIQUE INDEX articles_at ON articles (feed, at);
CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_feed ON articles (feed, published);
CREATE INDEX articles_story ON articles (story, publisher, rank);
CREATE INDEX articles_first_seen ON articles (first_seen);
CREATE INDEX articles_publisher ON articles (publisher, published);

CREATE TABLE story_prints (
	article    INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
	published  INTEGER NOT NULL, -- of the article, and when it was first seen
	first_seen INTEGER NOT NULL,
	print      BLOB    NOT NULL
);

CREATE TABLE story_rulings (
	article TEXT    PRIMARY KEY, -- id
	story   TEXT    NOT NULL,    -- id
	was     TEXT    NOT NULL,    -- the story it was in when it was first ruled on
	at      INTEGER NOT NULL
, by  TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX story_rulings_was ON story_rulings (was);

CREATE TABLE article_pages (
	article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
	feed    INTEGER NOT NULL REFERENCES feeds (id),
	state   TEXT    NOT NULL, -- waiting, read, failed
	since   INTEGER NOT NULL,
	due     INTEGER,          -- of the next try; null: none
	tries   INTEGER NOT NULL, -- that failed
	read_at INTEGER,          -- when the article's text was last taken from its page
	at      INTEGER,          -- of the last try
	outcome TEXT    NOT NULL,
	status  INTEGER NOT NULL,
	error   TEXT    NOT NULL
);
CREATE INDEX article_pages_due ON article_pages (due) WHERE due IS NOT NULL;
CREATE INDEX article_pages_feed ON article_pages (feed, state, at);

CREATE TABLE article_readings (
	article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
	version INTEGER NOT NULL -- 0: not known
);

CREATE TABLE silences (
	topic TEXT    PRIMARY KEY,
	by    TEXT    NOT NULL,
	at    INTEGER NOT NULL,
	until INTEGER -- null: until it is lifted
) WITHOUT ROWID;

CREATE TABLE fact_times (
	kind    TEXT    NOT NULL, -- count, event
	second  INTEGER NOT NULL, -- since 1970
	nanos   INTEGER NOT NULL,
	article INTEGER NOT NULL,
	PRIMARY KEY (kind, second, nanos)
) WITHOUT ROWID;

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

CREATE TABLE fact_corrections (
	article    TEXT NOT NULL, -- id
	reading    TEXT NOT NULL, -- what was read, by its words and value
	correction TEXT NOT NULL, -- JSON
	PRIMARY KEY (article, reading)
) WITHOUT ROWID;

CREATE TABLE former_figures (
	happening INTEGER NOT NULL,
	article   INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	revision  INTEGER NOT NULL, -- the last that said so
	until     INTEGER NOT NULL, -- when it was revised
	figures   TEXT    NOT NULL, -- JSON
	PRIMARY KEY (happening, article, revision)
) WITHOUT ROWID;
CREATE INDEX former_figures_article ON former_figures (article);

CREATE TABLE point_series (
	id        INTEGER PRIMARY KEY,
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	publisher TEXT    NOT NULL,
	country   TEXT    NOT NULL,
	lang      TEXT    NOT NULL
);
CREATE UNIQUE INDEX point_series_tags ON point_series (feed, publisher, country, lang);

CREATE TABLE point_hours (
	topic  TEXT    NOT NULL, -- empty: articles
	hour   INTEGER NOT NULL, -- since 1970, as the time of the points has it
	series INTEGER NOT NULL, -- row of point_series
	n      INTEGER NOT NULL,
	PRIMARY KEY (topic, hour, series)
) WITHOUT ROWID;

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

CREATE TABLE "polls" (
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
CREATE UNIQUE INDEX polls_point ON polls (point);
CREATE INDEX polls_at ON polls (at);
CREATE INDEX polls_feed ON polls (feed, at);

CREATE TABLE takedowns (
	article TEXT    PRIMARY KEY, -- id
	at      INTEGER NOT NULL,
	by      TEXT    NOT NULL,
	why     TEXT    NOT NULL
) WITHOUT ROWID;

CREATE VIRTUAL TABLE article_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0");

CREATE TABLE article_words_due (article INTEGER PRIMARY KEY);

CREATE TABLE "notices" (
	id       INTEGER PRIMARY KEY,
	notice   TEXT    NOT NULL UNIQUE,
	incident INTEGER REFERENCES incidents (id), -- null: a report
	receiver TEXT    NOT NULL,                  -- empty: the team's own
	kind     TEXT    NOT NULL,
	news     TEXT    NOT NULL,                  -- JSON
	state    TEXT    NOT NULL,                  -- pending, sent, failed, withheld
	created  INTEGER NOT NULL,
	revision INTEGER NOT NULL DEFAULT 1,        -- how often it was put into the outbox
	attempts INTEGER NOT NULL,
	unsure   INTEGER NOT NULL DEFAULT 0,        -- attempts that nobody knows the end of
	since    INTEGER,                           -- when the first of them began
	next_try INTEGER,
	error    TEXT    NOT NULL,
	held     TEXT    NOT NULL DEFAULT '',       -- why it was held back
	channel  TEXT    NOT NULL,
	ts       TEXT    NOT NULL,
	sent_at  INTEGER
);
CREATE INDEX notices_pending ON notices (next_try) WHERE state = 'pending';
CREATE INDEX notices_incident ON notices (incident);
CREATE INDEX notices_created ON notices (created);
CREATE TRIGGER mentions_point_delete AFTER DELETE ON mentions BEGIN
	UPDATE point_hours SET n = n - 1 WHERE (topic, hour, series) = (
		SELECT old.topic, a.published / 3600000000000 - (a.published % 3600000000000 < 0), s.id FROM articles a
		JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (a.feed, a.publisher, a.country, a.lang)
		WHERE a.id = old.article);
END;
CREATE TRIGGER mentions_points_deleted AFTER DELETE ON mentions BEGIN
	UPDATE mentions SET points = NULL WHERE article = old.article AND points IS NOT NULL;
END;
CREATE TRIGGER mentions_points_stale AFTER UPDATE OF spans ON mentions BEGIN
	UPDATE mentions SET points = NULL WHERE article = new.article AND points IS NOT NULL;
END;
CREATE TRIGGER articles_point_delete BEFORE DELETE ON articles BEGIN
	DELETE FROM mentions WHERE article = old.id;
	UPDATE point_hours SET n = n - 1 WHERE topic = '' AND hour = old.published / 3600000000000 - (old.published % 3600000000000 < 0)
		AND series = (SELECT s.id FROM point_series s
			WHERE (s.feed, s.publisher, s.country, s.lang) = (old.feed, old.publisher, old.country, old.lang));
END;
CREATE TRIGGER articles_point_update AFTER UPDATE OF feed, publisher, country, lang, published ON articles
WHEN (old.feed, old.publisher, old.country, old.lang, old.published) IS NOT (new.feed, new.publisher, new.country, new.lang, new.published) BEGIN
	INSERT INTO point_series (feed, publisher, country, lang)
		VALUES (new.feed, new.publisher, new.country, new.lang) ON CONFLICT DO NOTHING;
	UPDATE point_hours SET n = n - 1 WHERE hour = old.published / 3600000000000 - (old.published % 3600000000000 < 0)
		AND series = (SELECT s.id FROM point_series s
			WHERE (s.feed, s.publisher, s.country, s.lang) = (old.feed, old.publisher, old.country, old.lang))
		AND topic IN (SELECT '' UNION ALL SELECT m.topic FROM mentions m WHERE m.article = new.id);
	INSERT INTO point_hours (topic, hour, series, n)
		SELECT t.topic, new.published / 3600000000000 - (new.published % 3600000000000 < 0), s.id, 1
		FROM (SELECT '' AS topic UNION ALL SELECT m.topic FROM mentions m WHERE m.article = new.id) t
		JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (new.feed, new.publisher, new.country, new.lang)
		WHERE true
		ON CONFLICT (topic, hour, series) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER article_words_changed AFTER UPDATE OF title, text ON articles WHEN old.title <> new.title OR old.text <> new.text
BEGIN
	INSERT INTO article_words_due (article) VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER article_words_gone AFTER DELETE ON articles
BEGIN
	INSERT INTO article_words_due (article) VALUES (old.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER articles_points_stale AFTER UPDATE OF facts, title, text, lang, publisher, published ON articles BEGIN
	UPDATE mentions SET points = NULL WHERE article = new.id AND points IS NOT NULL;
END;
CREATE TRIGGER point_hours_empty AFTER UPDATE OF n ON point_hours WHEN new.n = 0 BEGIN
	DELETE FROM point_hours WHERE (topic, hour, series) = (new.topic, new.hour, new.series);
END;
