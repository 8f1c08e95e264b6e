-- Everything else that a company has (docs/datasets.md), and columns that other systems bring along. Nothing is
-- rewritten: columns are added at the ends of their tables, empty.

-- Fields that the company defines itself, for the rows of any data set (row_key: the row's key columns as they are
-- exported, joined by '/').
CREATE TABLE extension_field (
    dataset         TEXT NOT NULL,
    field_code      TEXT NOT NULL,
    label_ja        TEXT,
    kind            TEXT NOT NULL DEFAULT 'text',      -- text | number | date | flag
    description     TEXT,
    PRIMARY KEY (dataset, field_code)
) WITHOUT ROWID;
CREATE TABLE extension_value (
    dataset         TEXT NOT NULL,
    row_key         TEXT NOT NULL,
    field_code      TEXT NOT NULL,
    value           TEXT,
    PRIMARY KEY (dataset, row_key, field_code)
) WITHOUT ROWID;

CREATE TABLE warehouse (
    warehouse_code  TEXT PRIMARY KEY,
    warehouse_name  TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE member (
    member_code     TEXT PRIMARY KEY,
    member_name     TEXT NOT NULL,
    department      TEXT,
    unit_cost       INTEGER                             -- of an hour
) WITHOUT ROWID;

CREATE TABLE campaign (
    campaign_code   TEXT PRIMARY KEY,
    campaign_name   TEXT NOT NULL,
    starts_on       TEXT,
    ends_on         TEXT,
    channel         TEXT
) WITHOUT ROWID;

CREATE TABLE trading_term (
    trading_terms_id TEXT PRIMARY KEY,
    terms_name      TEXT,
    price_list      TEXT,
    package         TEXT,
    visibility      TEXT,
    delivery_method TEXT,
    freight_rule    TEXT,
    order_form      TEXT,
    remarks         TEXT
) WITHOUT ROWID;

CREATE TABLE billing_term (
    billing_terms_id TEXT PRIMARY KEY,
    terms_name      TEXT,
    payment_terms   TEXT,
    payment_method  TEXT,
    carry_forward   INTEGER,
    bank_account    TEXT,
    tax_rounding    TEXT,
    remarks         TEXT
) WITHOUT ROWID;

-- No password, in any form.
CREATE TABLE portal_account (
    customer_code   TEXT NOT NULL,
    email           TEXT NOT NULL,
    status          TEXT,
    permissions     TEXT,
    last_login_at   TEXT,
    PRIMARY KEY (customer_code, email)
) WITHOUT ROWID;

CREATE TABLE owner_history (
    customer_code   TEXT NOT NULL,
    changed_at      TEXT NOT NULL,
    owner_from      TEXT,
    owner_to        TEXT,
    PRIMARY KEY (customer_code, changed_at)
) WITHOUT ROWID;

CREATE TABLE quote_line (
    quote_no        TEXT NOT NULL,
    line_no         INTEGER NOT NULL DEFAULT 1,
    product_code    TEXT,
    product_name    TEXT,
    quantity        INTEGER,
    unit_price      INTEGER,
    amount          INTEGER NOT NULL,
    tax_rate        INTEGER,
    PRIMARY KEY (quote_no, line_no)
) WITHOUT ROWID;

CREATE TABLE shipment (
    order_no        TEXT NOT NULL,
    shipment_no     TEXT NOT NULL DEFAULT '1',
    shipped_on      TEXT NOT NULL,
    carrier         TEXT,
    tracking_no     TEXT,
    status          TEXT,
    due_on          TEXT,
    delivered_on    TEXT,
    warehouse_code  TEXT,
    PRIMARY KEY (order_no, shipment_no)
) WITHOUT ROWID;
CREATE INDEX shipment_shipped_on ON shipment (shipped_on);

CREATE TABLE project (
    project_code    TEXT PRIMARY KEY,
    project_name    TEXT NOT NULL,
    customer_code   TEXT,
    department      TEXT,
    manager         TEXT,
    status          TEXT,
    contract_amount INTEGER,
    planned_hours   INTEGER,
    started_on      TEXT,
    due_on          TEXT,
    completed_on    TEXT,
    quote_no        TEXT,
    order_no        TEXT
) WITHOUT ROWID;
CREATE INDEX project_customer ON project (customer_code);

CREATE TABLE time_entry (
    entry_no        TEXT PRIMARY KEY,
    project_code    TEXT NOT NULL,
    task            TEXT,
    member_code     TEXT NOT NULL,
    worked_on       TEXT NOT NULL,
    hours           INTEGER NOT NULL,
    note            TEXT
) WITHOUT ROWID;
CREATE INDEX time_entry_worked_on ON time_entry (worked_on);
CREATE INDEX time_entry_project ON time_entry (project_code);

CREATE TABLE purchase (
    purchase_no     TEXT NOT NULL,
    line_no         INTEGER NOT NULL DEFAULT 1,
    purchased_on    TEXT NOT NULL,
    supplier        TEXT NOT NULL,
    project_code    TEXT,
    product_code    TEXT,
    description     TEXT,
    quantity        INTEGER,
    unit_price      INTEGER,
    amount          INTEGER NOT NULL,
    warehouse_code  TEXT,
    PRIMARY KEY (purchase_no, line_no)
) WITHOUT ROWID;
CREATE INDEX purchase_purchased_on ON purchase (purchased_on);

CREATE TABLE stock_snapshot (
    product_code    TEXT NOT NULL,
    warehouse_code  TEXT NOT NULL DEFAULT '',
    counted_on      TEXT NOT NULL,
    quantity        INTEGER NOT NULL,
    allocated       INTEGER,
    PRIMARY KEY (product_code, warehouse_code, counted_on)
) WITHOUT ROWID;
CREATE INDEX stock_snapshot_counted_on ON stock_snapshot (counted_on);

CREATE TABLE daily_report (
    report_no       TEXT PRIMARY KEY,
    reported_on     TEXT NOT NULL,
    member_code     TEXT,
    author          TEXT,
    customer_code   TEXT,
    title           TEXT,
    body            TEXT,
    next_action     TEXT
) WITHOUT ROWID;
CREATE INDEX daily_report_reported_on ON daily_report (reported_on);
CREATE INDEX daily_report_customer ON daily_report (customer_code, reported_on) WHERE customer_code IS NOT NULL;

CREATE TABLE activity_log (
    log_no          TEXT PRIMARY KEY,
    happened_at     TEXT NOT NULL,
    customer_code   TEXT,
    actor           TEXT,
    action          TEXT NOT NULL,
    reference       TEXT,
    detail          TEXT
) WITHOUT ROWID;
CREATE INDEX activity_log_happened_at ON activity_log (happened_at);
CREATE INDEX activity_log_customer ON activity_log (customer_code, happened_at) WHERE customer_code IS NOT NULL;

CREATE TABLE document_dispatch (
    dispatch_no     TEXT PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    doc_kind        TEXT NOT NULL,
    doc_no          TEXT,
    sent_at         TEXT NOT NULL,
    method          TEXT,
    sent_to         TEXT,
    status          TEXT,
    sent_by         TEXT
) WITHOUT ROWID;
CREATE INDEX document_dispatch_sent_at ON document_dispatch (sent_at);
CREATE INDEX document_dispatch_customer ON document_dispatch (customer_code, sent_at);

ALTER TABLE customer ADD COLUMN trading_terms_id TEXT;
ALTER TABLE customer ADD COLUMN billing_terms_id TEXT;
ALTER TABLE customer ADD COLUMN corporate_number TEXT;
ALTER TABLE customer ADD COLUMN invoice_registration_no TEXT;
-- Who must see that a set of terms changed.
CREATE INDEX customer_billing_terms ON customer (billing_terms_id) WHERE billing_terms_id IS NOT NULL;

ALTER TABLE deal ADD COLUMN kind TEXT;
ALTER TABLE deal ADD COLUMN campaign_code TEXT;
ALTER TABLE deal ADD COLUMN lead_code TEXT;

ALTER TABLE quote ADD COLUMN department TEXT;
ALTER TABLE quote ADD COLUMN probability INTEGER;

ALTER TABLE sales_order ADD COLUMN campaign_code TEXT;

ALTER TABLE activity ADD COLUMN campaign_code TEXT;

ALTER TABLE inquiry ADD COLUMN product_code TEXT;

-- Each of these costs a byte in each of many million lines when it is empty: no more than is needed.
ALTER TABLE sales_line ADD COLUMN warehouse_code TEXT;
ALTER TABLE sales_line ADD COLUMN campaign_code TEXT;
ALTER TABLE sales_line ADD COLUMN sales_rep TEXT;
ALTER TABLE sales_line ADD COLUMN tax_rate INTEGER;
ALTER TABLE sales_line ADD COLUMN tax_category TEXT;
ALTER TABLE sales_line ADD COLUMN project_code TEXT;
ALTER TABLE sales_line ADD COLUMN billing_status TEXT;
ALTER TABLE sales_line ADD COLUMN quote_no TEXT;

-- The mirror takes calls over as well: those that are there already belong to the first write that it sees.
INSERT INTO dataset_change (dataset, month, change_no)
SELECT 'calls', substr(started_at, 1, 7), (SELECT change_no FROM store_state) FROM call GROUP BY 2;
