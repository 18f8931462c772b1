-- Events are facts, and listed by when they begin (facts.second) as dates were
-- before events were read. Which reader the facts of an article are of: a hash of
-- its version. What is not of the reader in use is read again.
CREATE TABLE article_readings (
	article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
	version INTEGER NOT NULL -- 0: not known
);
INSERT INTO article_readings (article, version) SELECT id, 0 FROM articles;
UPDATE facts SET second = NULL, nanos = NULL WHERE kind = 'date';
