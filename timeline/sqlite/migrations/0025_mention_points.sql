-- What charts ask of the counts and events of an article on a topic, beside their
-- mention: to read and decode the article for it takes a hundred times as long. Null:
-- it is read from the article, as it is of those that were recorded before this, until
-- their facts are read again.
ALTER TABLE mentions ADD COLUMN points BLOB;
-- They follow from the article's tags, facts, and mentions. Whoever changes those
-- makes them anew; where none does they are read from the article.
CREATE TRIGGER articles_points_stale AFTER UPDATE OF facts, title, text, lang, publisher, published ON articles BEGIN
	UPDATE mentions SET points = NULL WHERE article = new.id AND points IS NOT NULL;
END;
CREATE TRIGGER mentions_points_deleted AFTER DELETE ON mentions BEGIN
	UPDATE mentions SET points = NULL WHERE article = old.article AND points IS NOT NULL;
END;
CREATE TRIGGER mentions_points_stale AFTER UPDATE OF spans ON mentions BEGIN
	UPDATE mentions SET points = NULL WHERE article = new.article AND points IS NOT NULL;
END;
