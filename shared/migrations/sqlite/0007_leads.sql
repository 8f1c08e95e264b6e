-- What is known of a lead, for its card: the calls with it and the deals that came of it.
CREATE INDEX call_lead ON call (lead_code, started_at) WHERE lead_code IS NOT NULL;
CREATE INDEX deal_lead ON deal (lead_code) WHERE lead_code IS NOT NULL;
