-- Who took part in a call: whose phone rang, who answered and who placed it. A call's record names only the last of them.

CREATE TABLE call_participant (
    call_id         TEXT NOT NULL,
    agent_code      TEXT NOT NULL,
    PRIMARY KEY (call_id, agent_code)
) WITHOUT ROWID;
