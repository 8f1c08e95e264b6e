-- The reason of a refused row in Japanese; `message` is the English one. Older rows have only that.

ALTER TABLE quarantine ADD COLUMN message_ja TEXT;
