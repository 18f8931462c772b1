-- What a poll found out of the ordinary, and what was learned of how a feed tells
-- its items apart.
ALTER TABLE polls ADD COLUMN marks TEXT NOT NULL DEFAULT '[]'; -- JSON
ALTER TABLE feeds ADD COLUMN items INTEGER NOT NULL DEFAULT 0; -- in its last document
ALTER TABLE feeds ADD COLUMN overflowed INTEGER;
ALTER TABLE feeds ADD COLUMN habits TEXT NOT NULL DEFAULT '{}'; -- JSON
