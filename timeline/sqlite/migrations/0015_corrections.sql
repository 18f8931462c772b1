-- What analysts said of facts that were misread. It outlives the article.
CREATE TABLE fact_corrections (
	article    TEXT NOT NULL, -- id
	reading    TEXT NOT NULL, -- what was read, by its words and value
	correction TEXT NOT NULL, -- JSON
	PRIMARY KEY (article, reading)
) WITHOUT ROWID;
