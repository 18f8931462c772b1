-- What the texts of the newest articles say, for comparison with those to come.
CREATE TABLE story_prints (
	article    INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
	published  INTEGER NOT NULL, -- of the article, and when it was first seen
	first_seen INTEGER NOT NULL,
	print      BLOB    NOT NULL
);

-- Which story an article is in by the word of an analyst. It outlives the article.
CREATE TABLE story_rulings (
	article TEXT    PRIMARY KEY, -- id
	story   TEXT    NOT NULL,    -- id
	was     TEXT    NOT NULL,    -- the story it was in when it was first ruled on
	at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX story_rulings_was ON story_rulings (was);
