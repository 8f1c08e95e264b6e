-- Imports of files that are kept in slices and have not come to their end: they are running, or were broken off.

CREATE TABLE import_unfinished (
    import_id       INTEGER PRIMARY KEY,
    at              TEXT NOT NULL,
    file            TEXT NOT NULL,           -- as it was named
    path            TEXT NOT NULL,           -- where it lay
    bytes           INTEGER NOT NULL,        -- its size
    dataset         TEXT NOT NULL
);
