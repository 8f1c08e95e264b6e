-- The one truth of a company's customer data. Amounts, prices and quantities are integers of
-- 1/10000 (four decimal places, exact); dates are 'YYYY-MM-DD', instants RFC 3339 in UTC.
-- Empty text is stored as NULL, except in key columns, where it is ''.

CREATE TABLE customer (
    customer_code   TEXT PRIMARY KEY,
    customer_name   TEXT NOT NULL,
    short_name      TEXT,
    name_kana       TEXT,
    customer_type   TEXT,
    trading_status  TEXT NOT NULL DEFAULT 'active',
    suspended_reason TEXT,
    industry        TEXT,
    rank            TEXT,
    sales_area      TEXT,
    first_trade_date TEXT,
    account_owner   TEXT,
    credit_limit    INTEGER,
    caution_note    TEXT,
    internal_memo   TEXT,
    remarks         TEXT,
    preferences     TEXT,
    acquisition_source TEXT,
    person_name     TEXT,
    birth_date      TEXT,
    rating          INTEGER,
    payment_terms   TEXT,
    payment_method  TEXT,
    carry_forward   INTEGER,
    bank_account    TEXT,
    price_list      TEXT,
    package         TEXT,
    visibility      TEXT,
    portal_email    TEXT,
    portal_status   TEXT,
    rank_auto_update_excluded INTEGER NOT NULL DEFAULT 0,
    -- Keys for matching and sorting only, derived when the row is written.
    name_key        TEXT NOT NULL DEFAULT '',
    kana_key        TEXT NOT NULL DEFAULT '',
    updated_at      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX customer_name_key ON customer (name_key);
CREATE INDEX customer_kana_key ON customer (kana_key);

CREATE TABLE contact (
    contact_id      INTEGER PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    purpose         TEXT NOT NULL DEFAULT 'sales',
    person_name     TEXT NOT NULL DEFAULT '',
    phone           TEXT NOT NULL DEFAULT '',
    email           TEXT,
    fax             TEXT,
    note            TEXT,
    UNIQUE (customer_code, purpose, person_name, phone)
);

-- The customer's own people (担当者台帳), not our sales representative.
CREATE TABLE contact_person (
    person_code     TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    person_name     TEXT NOT NULL,
    person_kana     TEXT,
    department      TEXT,
    title           TEXT,
    phone           TEXT,
    mobile          TEXT,
    email           TEXT
) WITHOUT ROWID;
CREATE INDEX contact_person_customer ON contact_person (customer_code);

CREATE TABLE address (
    customer_code   TEXT NOT NULL,
    kind            TEXT NOT NULL,
    address_no      TEXT NOT NULL DEFAULT '1',
    name            TEXT,
    postal_code     TEXT,
    prefecture      TEXT,
    city            TEXT,
    street          TEXT,
    building        TEXT,
    is_default      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (customer_code, kind, address_no)
) WITHOUT ROWID;

CREATE TABLE document_destination (
    customer_code   TEXT NOT NULL,
    doc_kind        TEXT NOT NULL,
    method          TEXT NOT NULL,
    address         TEXT,
    email           TEXT,
    PRIMARY KEY (customer_code, doc_kind)
) WITHOUT ROWID;

CREATE TABLE lead (
    lead_code       TEXT PRIMARY KEY,
    company_name    TEXT NOT NULL,
    person_name     TEXT,
    phone           TEXT,
    email           TEXT,
    status          TEXT,
    source          TEXT,
    memo            TEXT
) WITHOUT ROWID;

-- Every number by which somebody can be known. Matching is on the whole E.164 number, never on a part.
CREATE TABLE phone_index (
    e164            TEXT NOT NULL,
    owner_kind      TEXT NOT NULL,          -- contact | contact_person | lead
    owner_key       TEXT NOT NULL,          -- contact_id, person_code or lead_code
    customer_code   TEXT,                   -- NULL for a lead
    PRIMARY KEY (e164, owner_kind, owner_key)
) WITHOUT ROWID;
CREATE INDEX phone_index_owner ON phone_index (owner_kind, owner_key);

CREATE TABLE department (
    department      TEXT PRIMARY KEY,
    department_name TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE product (
    product_code    TEXT PRIMARY KEY,
    product_name    TEXT NOT NULL,
    category        TEXT,
    unit_price      INTEGER,
    advice          TEXT
) WITHOUT ROWID;

-- One row a slip line; a slip is the lines of one slip_no, date and customer (docs/rank.md#records).
CREATE TABLE sales_line (
    slip_no         TEXT NOT NULL,
    line_no         INTEGER NOT NULL,
    sold_on         TEXT NOT NULL,
    customer_code   TEXT NOT NULL,
    related_customer_1 TEXT,
    related_customer_2 TEXT,
    related_customer_3 TEXT,
    product_code    TEXT,
    product_name    TEXT,
    quantity        INTEGER,
    unit_price      INTEGER,
    amount          INTEGER NOT NULL,
    cost            INTEGER,
    channel         TEXT,
    department      TEXT,
    status          TEXT,
    PRIMARY KEY (slip_no, line_no)
) WITHOUT ROWID;
CREATE INDEX sales_line_customer ON sales_line (customer_code, sold_on);
CREATE INDEX sales_line_sold_on ON sales_line (sold_on);

CREATE TABLE sales_order (
    order_no        TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    received_on     TEXT NOT NULL,
    channel         TEXT,
    status          TEXT,
    title           TEXT,
    amount          INTEGER,
    delivery_due_on TEXT,
    delivered_on    TEXT,
    quote_no        TEXT
) WITHOUT ROWID;
CREATE INDEX sales_order_customer ON sales_order (customer_code, received_on);

CREATE TABLE quote (
    quote_no        TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    quoted_on       TEXT NOT NULL,
    title           TEXT,
    amount          INTEGER,
    status          TEXT,
    revision        INTEGER,
    valid_until     TEXT,
    deal_no         TEXT,
    order_no        TEXT
) WITHOUT ROWID;
CREATE INDEX quote_customer ON quote (customer_code, quoted_on);

CREATE TABLE deal (
    deal_no         TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    related_customer_1 TEXT,
    related_customer_2 TEXT,
    related_customer_3 TEXT,
    title           TEXT,
    stage           TEXT,
    probability     INTEGER,                -- percent
    amount          INTEGER,
    expected_on     TEXT,
    ordered_on      TEXT,
    department      TEXT
) WITHOUT ROWID;
CREATE INDEX deal_customer ON deal (customer_code);

CREATE TABLE invoice (
    invoice_no      TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    issued_on       TEXT NOT NULL,
    due_on          TEXT,
    amount          INTEGER NOT NULL,       -- tax included: what the customer owes
    issue_status    TEXT
) WITHOUT ROWID;
CREATE INDEX invoice_customer ON invoice (customer_code, issued_on);

CREATE TABLE payment (
    payment_no      TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    invoice_no      TEXT,
    paid_on         TEXT NOT NULL,
    amount          INTEGER NOT NULL,
    method          TEXT
) WITHOUT ROWID;
CREATE INDEX payment_customer ON payment (customer_code, paid_on);
CREATE INDEX payment_invoice ON payment (invoice_no);

CREATE TABLE inquiry (
    inquiry_no      TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    kind            TEXT NOT NULL DEFAULT 'inquiry',   -- inquiry | complaint | request
    opened_at       TEXT NOT NULL,
    subject         TEXT NOT NULL,
    body            TEXT,
    status          TEXT NOT NULL DEFAULT 'open',      -- open | in_progress | done
    assignee        TEXT,
    closed_at       TEXT
) WITHOUT ROWID;
CREATE INDEX inquiry_customer ON inquiry (customer_code, opened_at);

CREATE TABLE activity (
    activity_no     TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    happened_at     TEXT NOT NULL,
    channel         TEXT,                   -- phone_in | phone_out | email | visit | fax | line | chat | portal …
    subject         TEXT,
    body            TEXT,
    agent           TEXT,
    result          TEXT
) WITHOUT ROWID;
CREATE INDEX activity_customer ON activity (customer_code, happened_at);

CREATE TABLE task (
    task_no         TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    title           TEXT NOT NULL,
    due_on          TEXT,
    status          TEXT NOT NULL DEFAULT 'open',
    assignee        TEXT
) WITHOUT ROWID;
CREATE INDEX task_customer ON task (customer_code);

-- One row a call, written by cti-bridge. A withheld number is never here.
CREATE TABLE call (
    call_id         TEXT PRIMARY KEY,
    direction       TEXT NOT NULL,
    caller_kind     TEXT NOT NULL,
    caller_e164     TEXT,
    called          TEXT,
    queue           TEXT,
    customer_code   TEXT,
    agent_code      TEXT,
    extension       TEXT,
    started_at      TEXT NOT NULL,
    answered_at     TEXT,
    ended_at        TEXT,
    outcome         TEXT,
    ring_seconds    INTEGER,
    talk_seconds    INTEGER,
    hold_seconds    INTEGER,
    uncertain       INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX call_customer ON call (customer_code, started_at);
CREATE INDEX call_agent ON call (agent_code, started_at);
CREATE INDEX call_started ON call (started_at);

CREATE TABLE agent (
    agent_code      TEXT PRIMARY KEY,
    agent_name      TEXT NOT NULL,
    extension       TEXT,
    role            TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    revoked_at      TEXT
) WITHOUT ROWID;
CREATE UNIQUE INDEX agent_extension ON agent (extension) WHERE revoked_at IS NULL AND extension IS NOT NULL;

-- Only the SHA-256 of a token is kept; the token itself is shown once.
CREATE TABLE agent_token (
    token_hash      TEXT PRIMARY KEY,
    agent_code      TEXT NOT NULL REFERENCES agent (agent_code),
    created_at      TEXT NOT NULL,
    expires_at      TEXT,
    revoked_at      TEXT
) WITHOUT ROWID;
CREATE INDEX agent_token_agent ON agent_token (agent_code);

CREATE TABLE audit (
    audit_no        INTEGER PRIMARY KEY,
    at              TEXT NOT NULL,
    actor           TEXT NOT NULL,
    action          TEXT NOT NULL,
    subject         TEXT,
    detail          TEXT
);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TABLE rank_master (
    rank            TEXT PRIMARY KEY,
    position        INTEGER NOT NULL UNIQUE  -- 0 is the highest
) WITHOUT ROWID;
INSERT INTO rank_master VALUES ('S', 0), ('A', 1), ('B', 2), ('C', 3);

CREATE TABLE rank_run (
    run_id          INTEGER PRIMARY KEY,
    as_of           TEXT NOT NULL,
    trigger         TEXT NOT NULL,           -- scheduled | manual
    config_hash     TEXT NOT NULL,
    config          TEXT NOT NULL,           -- the settings as TOML
    started_at      TEXT NOT NULL,
    finished_at     TEXT NOT NULL,
    evaluated       INTEGER NOT NULL,
    changed         INTEGER NOT NULL,
    excluded        INTEGER NOT NULL,
    not_target      INTEGER NOT NULL,
    warnings        INTEGER NOT NULL
);
CREATE TABLE rank_score (
    run_id          INTEGER NOT NULL,
    customer_code   TEXT NOT NULL,
    latest_date     TEXT,
    months_within   INTEGER,
    count           TEXT NOT NULL,           -- exact decimals, as text
    amount          TEXT NOT NULL,
    points_recency  INTEGER,
    points_count    INTEGER,
    points_amount   INTEGER,
    total           TEXT NOT NULL,
    rank_before     TEXT,
    rank_after      TEXT,
    reason          TEXT NOT NULL,
    PRIMARY KEY (run_id, customer_code)
) WITHOUT ROWID;
CREATE TABLE rank_change (
    run_id          INTEGER NOT NULL,
    customer_code   TEXT NOT NULL,
    changed_on      TEXT NOT NULL,
    rank_from       TEXT,
    rank_to         TEXT NOT NULL,
    direction       TEXT NOT NULL,           -- up | down | initial
    total           TEXT NOT NULL,
    PRIMARY KEY (run_id, customer_code)
) WITHOUT ROWID;
CREATE INDEX rank_change_customer ON rank_change (customer_code, changed_on);
CREATE TABLE rank_monthly (
    month           TEXT NOT NULL,           -- YYYY-MM
    rank            TEXT NOT NULL,
    customers       INTEGER NOT NULL,
    PRIMARY KEY (month, rank)
) WITHOUT ROWID;

-- What analytics computed for the pop-up, stamped with its as-of date.
CREATE TABLE customer_metrics (
    customer_code   TEXT PRIMARY KEY,
    as_of           TEXT NOT NULL,
    sales_12m       INTEGER NOT NULL,
    sales_prev_12m  INTEGER NOT NULL,
    slips_12m       INTEGER NOT NULL,
    gross_margin    INTEGER NOT NULL,        -- cumulative: the historical LTV
    first_sold_on   TEXT,
    last_sold_on    TEXT,
    purchase_cycle_days INTEGER,
    monthly_sales   TEXT NOT NULL            -- JSON array of 12 amounts, oldest first
) WITHOUT ROWID;

-- What a pop-up shows, ready to be sent. Right from built_on through valid_through, unless marked stale.
-- A row is too large for a tree without rowids: SQLite would copy whole cards to compare their keys.
CREATE TABLE customer_card (
    customer_code   TEXT PRIMARY KEY,
    body            TEXT NOT NULL,
    built_on        TEXT NOT NULL,
    valid_through   TEXT NOT NULL
);
CREATE TABLE stale_card (
    customer_code   TEXT PRIMARY KEY
) WITHOUT ROWID;

-- Change numbers: which month of which data set changed last in which write (the mirror reads this).
CREATE TABLE store_state (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    change_no       INTEGER NOT NULL
);
INSERT INTO store_state VALUES (1, 0);
CREATE TABLE dataset_change (
    dataset         TEXT NOT NULL,
    month           TEXT NOT NULL,           -- YYYY-MM, or '' for a data set that is one file
    change_no       INTEGER NOT NULL,
    PRIMARY KEY (dataset, month)
) WITHOUT ROWID;

CREATE TABLE import_batch (
    batch_id        INTEGER PRIMARY KEY,
    at              TEXT NOT NULL,
    file            TEXT NOT NULL,
    dataset         TEXT NOT NULL,
    rows_read       INTEGER NOT NULL,
    rows_new        INTEGER NOT NULL,
    rows_changed    INTEGER NOT NULL,
    rows_unchanged  INTEGER NOT NULL,
    rows_refused    INTEGER NOT NULL
);
CREATE TABLE quarantine (
    batch_id        INTEGER NOT NULL,
    line            INTEGER NOT NULL,
    column_name     TEXT,
    code            TEXT NOT NULL,
    message         TEXT NOT NULL,
    raw             TEXT NOT NULL
);
CREATE INDEX quarantine_batch ON quarantine (batch_id);
