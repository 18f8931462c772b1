-- A notice may be of no incident: a report of what came in a while. It is in news.
CREATE TABLE notices_now (
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
INSERT INTO notices_now (id, notice, incident, receiver, kind, news, state, created, revision, attempts, unsure, since, next_try, error, held, channel, ts, sent_at)
	SELECT id, notice, incident, receiver, kind, news, state, created, revision, attempts, unsure, since, next_try, error, held, channel, ts, sent_at FROM notices;
DROP TABLE notices;
ALTER TABLE notices_now RENAME TO notices;
CREATE INDEX notices_pending ON notices (next_try) WHERE state = 'pending';
CREATE INDEX notices_incident ON notices (incident);
CREATE INDEX notices_created ON notices (created);
