-- Sums of the points of articles and mentions, by hour and by what tags they have,
-- for charts over many of them: a month of a topic is read from a few thousand
-- rows, however many mentions it has. Triggers keep them, whoever writes.
CREATE TABLE point_series (
	id        INTEGER PRIMARY KEY,
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	publisher TEXT    NOT NULL,
	country   TEXT    NOT NULL,
	lang      TEXT    NOT NULL
);
CREATE UNIQUE INDEX point_series_tags ON point_series (feed, publisher, country, lang);

CREATE TABLE point_hours (
	topic  TEXT    NOT NULL, -- empty: articles
	hour   INTEGER NOT NULL, -- since 1970, as the time of the points has it
	series INTEGER NOT NULL, -- row of point_series
	n      INTEGER NOT NULL,
	PRIMARY KEY (topic, hour, series)
) WITHOUT ROWID;

INSERT INTO point_series (feed, publisher, country, lang)
	SELECT DISTINCT feed, publisher, country, lang FROM articles;
INSERT INTO point_hours (topic, hour, series, n)
	SELECT '', a.published / 3600000000000 - (a.published % 3600000000000 < 0), s.id, COUNT(*)
	FROM articles a JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (a.feed, a.publisher, a.country, a.lang)
	GROUP BY 2, 3;
INSERT INTO point_hours (topic, hour, series, n)
	SELECT m.topic, a.published / 3600000000000 - (a.published % 3600000000000 < 0), s.id, COUNT(*)
	FROM mentions m JOIN articles a ON a.id = m.article
	JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (a.feed, a.publisher, a.country, a.lang)
	GROUP BY 1, 2, 3;

CREATE TRIGGER articles_point_insert AFTER INSERT ON articles BEGIN
	INSERT INTO point_series (feed, publisher, country, lang)
		VALUES (new.feed, new.publisher, new.country, new.lang) ON CONFLICT DO NOTHING;
	INSERT INTO point_hours (topic, hour, series, n)
		SELECT '', new.published / 3600000000000 - (new.published % 3600000000000 < 0), s.id, 1 FROM point_series s
		WHERE (s.feed, s.publisher, s.country, s.lang) = (new.feed, new.publisher, new.country, new.lang)
		ON CONFLICT (topic, hour, series) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER mentions_point_insert AFTER INSERT ON mentions BEGIN
	INSERT INTO point_hours (topic, hour, series, n)
		SELECT new.topic, a.published / 3600000000000 - (a.published % 3600000000000 < 0), s.id, 1 FROM articles a
		JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (a.feed, a.publisher, a.country, a.lang)
		WHERE a.id = new.article
		ON CONFLICT (topic, hour, series) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER mentions_point_delete AFTER DELETE ON mentions BEGIN
	UPDATE point_hours SET n = n - 1 WHERE (topic, hour, series) = (
		SELECT old.topic, a.published / 3600000000000 - (a.published % 3600000000000 < 0), s.id FROM articles a
		JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (a.feed, a.publisher, a.country, a.lang)
		WHERE a.id = old.article);
END;

-- The mentions go first, while it can be told which series they are of.
CREATE TRIGGER articles_point_delete BEFORE DELETE ON articles BEGIN
	DELETE FROM mentions WHERE article = old.id;
	UPDATE point_hours SET n = n - 1 WHERE topic = '' AND hour = old.published / 3600000000000 - (old.published % 3600000000000 < 0)
		AND series = (SELECT s.id FROM point_series s
			WHERE (s.feed, s.publisher, s.country, s.lang) = (old.feed, old.publisher, old.country, old.lang));
END;

CREATE TRIGGER articles_point_update AFTER UPDATE OF feed, publisher, country, lang, published ON articles
WHEN (old.feed, old.publisher, old.country, old.lang, old.published) IS NOT (new.feed, new.publisher, new.country, new.lang, new.published) BEGIN
	INSERT INTO point_series (feed, publisher, country, lang)
		VALUES (new.feed, new.publisher, new.country, new.lang) ON CONFLICT DO NOTHING;
	UPDATE point_hours SET n = n - 1 WHERE hour = old.published / 3600000000000 - (old.published % 3600000000000 < 0)
		AND series = (SELECT s.id FROM point_series s
			WHERE (s.feed, s.publisher, s.country, s.lang) = (old.feed, old.publisher, old.country, old.lang))
		AND topic IN (SELECT '' UNION ALL SELECT m.topic FROM mentions m WHERE m.article = new.id);
	INSERT INTO point_hours (topic, hour, series, n)
		SELECT t.topic, new.published / 3600000000000 - (new.published % 3600000000000 < 0), s.id, 1
		FROM (SELECT '' AS topic UNION ALL SELECT m.topic FROM mentions m WHERE m.article = new.id) t
		JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (new.feed, new.publisher, new.country, new.lang)
		WHERE true
		ON CONFLICT (topic, hour, series) DO UPDATE SET n = n + 1;
END;

-- An hour without any is no row.
CREATE TRIGGER point_hours_empty AFTER UPDATE OF n ON point_hours WHEN new.n = 0 BEGIN
	DELETE FROM point_hours WHERE (topic, hour, series) = (new.topic, new.hour, new.series);
END;
