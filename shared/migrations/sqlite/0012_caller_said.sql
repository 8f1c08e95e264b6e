-- Who an agent said it is on the line, and who wrote the note: what the bridge records of a call later never replaces it.
ALTER TABLE call ADD COLUMN chosen_by TEXT;              -- the agent's code
ALTER TABLE call ADD COLUMN chosen_at TEXT;              -- set: customer_code and lead_code are the agent's word
ALTER TABLE call ADD COLUMN chosen_contact_id INTEGER;
ALTER TABLE call ADD COLUMN chosen_site TEXT;
ALTER TABLE call ADD COLUMN note_by TEXT;                -- the code of the agent who wrote the note last
