-- Notices tell of all of an incident's life, to more receivers than one, and
-- know whether a receiver may have them though it did not say so.
ALTER TABLE notices ADD COLUMN receiver TEXT    NOT NULL DEFAULT ''; -- empty: the team's own
ALTER TABLE notices ADD COLUMN news     TEXT    NOT NULL DEFAULT ''; -- JSON
ALTER TABLE notices ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;  -- how often it was put into the outbox
ALTER TABLE notices ADD COLUMN unsure   INTEGER NOT NULL DEFAULT 0;  -- attempts that nobody knows the end of
ALTER TABLE notices ADD COLUMN since    INTEGER;                     -- when the first of them began
CREATE INDEX notices_incident ON notices (incident);
