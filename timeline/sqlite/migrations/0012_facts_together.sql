-- The facts of an article lie in its row, for they are written and read together:
-- a row and two entries of indexes for each took a fifth of a first poll. What is
-- listed has an entry here: a count by the second its article was published in, an
-- event by the one it begins in. The nanoseconds are its own in that second; with
-- them it is the time of its points, unless that is out of range.
CREATE TABLE fact_times (
	kind    TEXT    NOT NULL, -- count, event
	second  INTEGER NOT NULL, -- since 1970
	nanos   INTEGER NOT NULL,
	article INTEGER NOT NULL,
	PRIMARY KEY (kind, second, nanos)
) WITHOUT ROWID;
INSERT INTO fact_times (kind, second, nanos, article)
	SELECT kind, second, nanos, article FROM facts WHERE second IS NOT NULL ORDER BY kind, second, nanos;

ALTER TABLE articles ADD COLUMN facts TEXT NOT NULL DEFAULT '[]'; -- JSON; behind the text
UPDATE articles SET facts = (
	SELECT json_group_array(json_object(
		'kind', f.kind,
		'span', json_array(f.span_start, f.span_end),
		'sentence', json_array(f.sentence_start, f.sentence_end),
		'at', iif(f.second IS NULL, NULL, json_array(f.second, f.nanos)),
		'data', json(f.data)) ORDER BY f.id)
	FROM facts f WHERE f.article = articles.id)
	WHERE EXISTS (SELECT 1 FROM facts f WHERE f.article = articles.id);
DROP TABLE facts;
