-- The answers to writes that a client may repeat: each request has an idempotency key of the client's choice.
CREATE TABLE kept_answer (
    answer_no       INTEGER PRIMARY KEY,
    agent_code      TEXT NOT NULL,
    key             TEXT NOT NULL,
    request         TEXT NOT NULL,           -- SHA-256 of the request, to notice a key that is used for another one
    answer          TEXT NOT NULL,           -- JSON
    at              TEXT NOT NULL,
    UNIQUE (agent_code, key)
);
CREATE INDEX kept_answer_agent ON kept_answer (agent_code, answer_no);
CREATE INDEX kept_answer_at ON kept_answer (at);
