-- Articles that were taken down: who did so, and why. Of the article itself only its
-- id is left, and what items remember, so that it is not recorded anew.
CREATE TABLE takedowns (
	article TEXT    PRIMARY KEY, -- id
	at      INTEGER NOT NULL,
	by      TEXT    NOT NULL,
	why     TEXT    NOT NULL
) WITHOUT ROWID;
