-- Recordings of calls, and the PBX's own identity of a call (docs/asterisk.md, docs/freeswitch.md).

ALTER TABLE call ADD COLUMN pbx_call_id TEXT;

CREATE TABLE call_recording (
    call_id         TEXT NOT NULL,
    file            TEXT NOT NULL,           -- as the PBX names it
    PRIMARY KEY (call_id, file)
) WITHOUT ROWID;
