-- Further telephones of an agent beside the extension: a soft phone, a phone on a second telephone system.

CREATE TABLE agent_phone (
    phone           TEXT PRIMARY KEY, -- EXTENSION, or SYSTEM/EXTENSION on another than the first telephone system
    agent_code      TEXT NOT NULL REFERENCES agent (agent_code)
) WITHOUT ROWID;
CREATE INDEX agent_phone_agent ON agent_phone (agent_code);
