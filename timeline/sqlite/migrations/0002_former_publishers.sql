-- Keys of items are within a publisher. A feed whose publisher is called otherwise
-- from now on finds its items by the names from before.
CREATE TABLE former_publishers (
	feed      INTEGER NOT NULL REFERENCES feeds (id),
	publisher TEXT    NOT NULL,
	PRIMARY KEY (feed, publisher)
) WITHOUT ROWID;
