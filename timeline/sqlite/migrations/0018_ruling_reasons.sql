-- Who ruled which articles are one story, and why.
ALTER TABLE story_rulings ADD COLUMN by  TEXT NOT NULL DEFAULT '';
ALTER TABLE story_rulings ADD COLUMN why TEXT NOT NULL DEFAULT '';
