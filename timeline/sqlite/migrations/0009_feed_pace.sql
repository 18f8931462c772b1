-- What polls have learnt of a feed's ways: when new items come, where it has moved
-- to, what is wrong with its dates. JSON of the pace.
ALTER TABLE feeds ADD COLUMN pace TEXT NOT NULL DEFAULT '{}';
