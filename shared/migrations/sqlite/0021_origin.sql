-- Where a record comes from: another system's file, or this installation. What is made here no import changes or removes.

ALTER TABLE customer ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';      -- imported | here
ALTER TABLE contact ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';
ALTER TABLE owner_history ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';
ALTER TABLE lead ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';
ALTER TABLE inquiry ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';
ALTER TABLE task ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';
ALTER TABLE call ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';
ALTER TABLE call_part ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';
ALTER TABLE queue_visit ADD COLUMN origin TEXT NOT NULL DEFAULT 'imported';

-- What agents registered before has no mark of its own. In doubt it counts as made here: then nothing is lost.
UPDATE customer SET origin = 'here'
    WHERE acquisition_source = 'phone_in' AND customer_code GLOB 'N[0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
    AND CAST(substr(customer_code, 2) AS INTEGER) <= (SELECT last FROM sequence WHERE name = 'customer');
UPDATE lead SET origin = 'here'
    WHERE source = 'phone_in' AND lead_code GLOB 'L[0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
    AND CAST(substr(lead_code, 2) AS INTEGER) <= (SELECT last FROM sequence WHERE name = 'lead');
UPDATE inquiry SET origin = 'here'
    WHERE inquiry_no GLOB 'Q[0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
    AND (opened_at NOT LIKE '%.000Z'
        OR NOT EXISTS (SELECT 1 FROM import_batch WHERE dataset IN ('inquiries', 'complaints') AND rows_new > 0))
    AND CAST(substr(inquiry_no, 2) AS INTEGER) <= (SELECT last FROM sequence WHERE name = 'inquiry');
UPDATE task SET origin = 'here'
    WHERE NOT EXISTS (SELECT 1 FROM import_batch WHERE dataset = 'tasks' AND rows_new > 0) AND task_no GLOB 'T[0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
    AND CAST(substr(task_no, 2) AS INTEGER) <= (SELECT last FROM sequence WHERE name = 'task');
UPDATE contact SET origin = 'here'
    WHERE phone LIKE '+%' AND email IS NULL AND fax IS NULL AND note IS NULL;
UPDATE owner_history SET origin = 'here'
    WHERE NOT EXISTS (SELECT 1 FROM import_batch WHERE dataset = 'owner_history' AND rows_new > 0);
UPDATE call SET origin = 'here' WHERE source IS NOT NULL;
UPDATE call_part SET origin = 'here' WHERE call_id IN (SELECT call_id FROM call WHERE origin = 'here');
UPDATE queue_visit SET origin = 'here' WHERE call_id IN (SELECT call_id FROM call WHERE origin = 'here');

-- The beginning of the numbers that are given here (`number_prefix`). No imported record has one that begins with it.
CREATE TABLE number_space (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    prefix          TEXT NOT NULL
);
INSERT INTO number_space VALUES (1, 'CK-');
