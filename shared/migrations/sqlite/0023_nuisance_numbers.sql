-- 迷惑電話: numbers that agents marked as a nuisance.

CREATE TABLE nuisance_number (
    e164            TEXT PRIMARY KEY,
    marked_by       TEXT NOT NULL,           -- the agent's code
    marked_at       TEXT NOT NULL
) WITHOUT ROWID;
