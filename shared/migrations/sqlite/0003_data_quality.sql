-- Quarantine that can be corrected, duplicates that are none, and merges that can be undone.

-- The file's header line as it was, so that refused rows can be written out, corrected and imported again.
ALTER TABLE import_batch ADD COLUMN header TEXT;
-- The row's key columns joined by '/', where they can be read: an accepted row with this key settles it.
ALTER TABLE quarantine ADD COLUMN row_key TEXT;
ALTER TABLE quarantine ADD COLUMN resolved_at TEXT;
ALTER TABLE quarantine ADD COLUMN resolved_by INTEGER;   -- the batch that brought the row in
DROP INDEX quarantine_batch;
CREATE INDEX quarantine_batch ON quarantine (batch_id, line);
CREATE INDEX quarantine_key ON quarantine (row_key) WHERE resolved_at IS NULL AND row_key IS NOT NULL;

-- Two customers who look alike and are not the same; the smaller code comes first.
CREATE TABLE duplicate_ignored (
    customer_a      TEXT NOT NULL,
    customer_b      TEXT NOT NULL,
    at              TEXT NOT NULL,
    PRIMARY KEY (customer_a, customer_b)
) WITHOUT ROWID;

CREATE TABLE merge_log (
    merge_id        INTEGER PRIMARY KEY,
    at              TEXT NOT NULL,
    kept            TEXT NOT NULL,
    dropped         TEXT NOT NULL,
    dropped_name    TEXT NOT NULL,
    undone_at       TEXT
);
CREATE INDEX merge_log_dropped ON merge_log (dropped) WHERE undone_at IS NULL;
-- Everything that a merge did, in order. A change of a column has its old and new value; a removed row is
-- there as a JSON object of all of its columns. row_key is a JSON array: where the row is found now.
CREATE TABLE merge_change (
    merge_id        INTEGER NOT NULL,
    change_no       INTEGER NOT NULL,
    table_name      TEXT NOT NULL,
    row_key         TEXT NOT NULL,
    column_name     TEXT,                    -- NULL: the whole row was removed
    old_value,
    new_value,
    PRIMARY KEY (merge_id, change_no)
) WITHOUT ROWID;
