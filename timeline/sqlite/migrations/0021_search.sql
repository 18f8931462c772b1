-- The words of articles for search, folded as timeline/text folds. The index has no
-- copy of the text, and is filled in the background behind the polls: articles up to
-- meta 'words upto' are in it, but for those that wait in article_words_due because
-- they changed or are gone.
CREATE VIRTUAL TABLE article_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0");
CREATE TABLE article_words_due (article INTEGER PRIMARY KEY);
CREATE TRIGGER article_words_changed AFTER UPDATE OF title, text ON articles WHEN old.title <> new.title OR old.text <> new.text
BEGIN
	INSERT INTO article_words_due (article) VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER article_words_gone AFTER DELETE ON articles
BEGIN
	INSERT INTO article_words_due (article) VALUES (old.id) ON CONFLICT DO NOTHING;
END;
