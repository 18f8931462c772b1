-- What the detectors have learnt, and which history they learnt from.
CREATE TABLE detectors (
	topic   TEXT    PRIMARY KEY,
	upto    INTEGER NOT NULL, -- step
	history INTEGER NOT NULL,
	state   BLOB    NOT NULL
) WITHOUT ROWID;

-- How often the final steps were counted anew; topic '' is all topics' alike.
CREATE TABLE histories (
	topic TEXT    PRIMARY KEY,
	n     INTEGER NOT NULL
) WITHOUT ROWID;
