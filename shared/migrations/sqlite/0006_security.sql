-- Signing in: a token is somebody's for good or of one session; a password is kept as its argon2 hash; and the audit
-- trail is read by time, by person and by customer.

ALTER TABLE agent_token ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';  -- token | session

CREATE TABLE agent_password (
    agent_code      TEXT PRIMARY KEY REFERENCES agent (agent_code),
    hash            TEXT NOT NULL,           -- PHC string: algorithm, parameters, salt, hash
    changed_at      TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_subject ON audit (subject) WHERE subject IS NOT NULL;
