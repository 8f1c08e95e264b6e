-- What agents set last: a bridge that is restarted knows it, and whether it had paused them in the queues.

CREATE TABLE agent_presence (
    agent_code      TEXT PRIMARY KEY,
    away            INTEGER NOT NULL,
    reason          TEXT,
    since           TEXT NOT NULL,
    queue_paused    INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
