-- What an article said of a happening in a revision before the newest, as far as it
-- does not say so any more.
CREATE TABLE former_figures (
	happening INTEGER NOT NULL,
	article   INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	revision  INTEGER NOT NULL, -- the last that said so
	until     INTEGER NOT NULL, -- when it was revised
	figures   TEXT    NOT NULL, -- JSON
	PRIMARY KEY (happening, article, revision)
) WITHOUT ROWID;
CREATE INDEX former_figures_article ON former_figures (article);
