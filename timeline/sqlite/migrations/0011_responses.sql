-- What people say to incidents, and of topics that they do not want to hear of
-- for a while. An incident's columns are empty and null until somebody did.
ALTER TABLE incidents ADD COLUMN ack_by   TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN ack_at   INTEGER;
ALTER TABLE incidents ADD COLUMN label    TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN label_by TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN label_at INTEGER;

CREATE TABLE silences (
	topic TEXT    PRIMARY KEY,
	by    TEXT    NOT NULL,
	at    INTEGER NOT NULL,
	until INTEGER -- null: until it is lifted
) WITHOUT ROWID;

-- Why a pending notice was held back; empty: it was not.
ALTER TABLE notices ADD COLUMN held TEXT NOT NULL DEFAULT '';
