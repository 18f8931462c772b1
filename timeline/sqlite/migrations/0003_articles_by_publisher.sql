-- The articles of a publisher that has few, or none, are found without reading
-- all others.
CREATE INDEX articles_publisher ON articles (publisher, published);
