-- Which store this is, and its last write: 'chakuden:STORE:WRITE:WRITE BEFORE', of random hexadecimal digits. Each write
-- transaction takes a new number and keeps that of the one before, so that a log that was left behind can be told to
-- belong to this file or to another (store/file/log.rs).
CREATE TABLE store_identity (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    mark            TEXT NOT NULL
);
INSERT INTO store_identity VALUES
    (1, 'chakuden:' || lower(hex(randomblob(16))) || ':' || lower(hex(randomblob(8))) || ':0000000000000000');
