-- From when on articles are read for a topic, by their publication; null: all are.
ALTER TABLE topics ADD COLUMN since INTEGER;
