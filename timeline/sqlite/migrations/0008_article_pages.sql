-- Articles whose feed is read in full wait here for their page.
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
