-- Who took part in a call, from when to when, and where its caller waited.

CREATE TABLE call_part (
    part_id         TEXT PRIMARY KEY,
    call_id         TEXT NOT NULL,
    kind            TEXT NOT NULL DEFAULT 'agent',
    agent_code      TEXT,
    extension       TEXT,
    placed          INTEGER NOT NULL DEFAULT 0,
    began_at        TEXT NOT NULL,
    answered_at     TEXT,
    left_at         TEXT,
    part_end        TEXT,
    ring_seconds    INTEGER,
    talk_seconds    INTEGER,
    hold_seconds    INTEGER,
    acw_seconds     INTEGER
) WITHOUT ROWID;
CREATE INDEX call_part_call ON call_part (call_id);
CREATE INDEX call_part_agent ON call_part (agent_code, began_at);
CREATE INDEX call_part_began ON call_part (began_at);

CREATE TABLE queue_visit (
    visit_id        TEXT PRIMARY KEY,
    call_id         TEXT NOT NULL,
    queue           TEXT NOT NULL,
    joined_at       TEXT NOT NULL,
    left_at         TEXT,
    wait_seconds    INTEGER,
    queue_end       TEXT
) WITHOUT ROWID;
CREATE INDEX queue_visit_call ON queue_visit (call_id);
CREATE INDEX queue_visit_joined ON queue_visit (joined_at);

-- After-call work that ended before its call: it goes to the agent's part when the call is recorded.
CREATE TABLE call_part_work (
    call_id         TEXT NOT NULL,
    agent_code      TEXT NOT NULL,
    seconds         INTEGER NOT NULL,
    PRIMARY KEY (call_id, agent_code)
) WITHOUT ROWID;
