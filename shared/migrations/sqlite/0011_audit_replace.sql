-- `INSERT OR REPLACE` deletes a row without asking the trigger on deletes.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE audit_no = NEW.audit_no)
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
