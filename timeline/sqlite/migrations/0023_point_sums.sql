-- New articles are added to point_hours once a transaction by those who insert them,
-- and not row by row: that took a twentieth of what recording an article takes. What takes
-- articles and mentions away or changes them comes seldom and is left to triggers.
DROP TRIGGER articles_point_insert;
DROP TRIGGER mentions_point_insert;
