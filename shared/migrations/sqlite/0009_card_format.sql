-- Which form of the card a stored one has; one of an older form is stale.
ALTER TABLE customer_card ADD COLUMN format INTEGER NOT NULL DEFAULT 0;
CREATE INDEX customer_card_format ON customer_card (format);
