-- Events of calls that other systems are still to be told of (docs/events.md). What was delivered is deleted.

CREATE TABLE event_out (
    event_no        INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id        TEXT NOT NULL,           -- the same however often it is sent
    endpoint        TEXT NOT NULL,           -- the name in the settings
    kind            TEXT NOT NULL,           -- call.ended
    call_id         TEXT NOT NULL,
    body            TEXT NOT NULL,           -- JSON, as it is sent
    created_at      TEXT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_at         TEXT,                    -- NULL: given up
    last_error      TEXT,
    UNIQUE (event_id, endpoint)
);

CREATE INDEX event_out_next ON event_out (endpoint, next_at, event_no);
CREATE INDEX event_out_created ON event_out (created_at);
