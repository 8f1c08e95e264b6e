-- What agents do during and after calls: who it was, what came of it, who is still to be called back.

ALTER TABLE call ADD COLUMN source TEXT;                 -- which telephone system, by its name in the settings
ALTER TABLE call ADD COLUMN lead_code TEXT;
ALTER TABLE call ADD COLUMN queued_at TEXT;              -- when the caller began to wait in a queue
ALTER TABLE call ADD COLUMN shown_ms INTEGER;            -- from the ring to the first page that drew it
ALTER TABLE call ADD COLUMN acw_seconds INTEGER;         -- after-call work of all agents of the call
ALTER TABLE call ADD COLUMN category TEXT;               -- 対応区分, 対応結果, 対応状況: codes of `disposition`
ALTER TABLE call ADD COLUMN result TEXT;
ALTER TABLE call ADD COLUMN status TEXT;
ALTER TABLE call ADD COLUMN note TEXT;                   -- 社内メモ of the call
ALTER TABLE call ADD COLUMN follow_up_at TEXT;
ALTER TABLE call ADD COLUMN wrapped_by TEXT;
ALTER TABLE call ADD COLUMN wrapped_at TEXT;
CREATE INDEX call_number ON call (caller_e164, started_at) WHERE caller_e164 IS NOT NULL;
CREATE INDEX call_unfinished ON call (call_id) WHERE ended_at IS NULL;

-- The masters of after-call work; a code that is hidden is kept for the calls that have it.
CREATE TABLE disposition (
    kind            TEXT NOT NULL,           -- category | result | status | away_reason
    code            TEXT NOT NULL,
    label           TEXT NOT NULL,
    label_en        TEXT NOT NULL,
    position        INTEGER NOT NULL,
    hidden          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, code)
) WITHOUT ROWID;
INSERT INTO disposition (kind, code, label, label_en, position) VALUES
    ('category', 'order', '注文', 'Order', 10),
    ('category', 'quote_request', '見積依頼', 'Quote request', 20),
    ('category', 'delivery_date', '納期確認', 'Delivery date', 30),
    ('category', 'stock', '在庫確認', 'Stock', 40),
    ('category', 'delivery_change', '配送・変更', 'Delivery, change', 50),
    ('category', 'return', '返品・交換', 'Return, exchange', 60),
    ('category', 'billing', '請求・入金', 'Billing, payment', 70),
    ('category', 'product', '商品問合せ', 'Product', 80),
    ('category', 'technical', '技術・操作', 'Technical', 90),
    ('category', 'complaint', 'クレーム', 'Complaint', 100),
    ('category', 'request', '要望・意見', 'Request, opinion', 110),
    ('category', 'contract', '契約・解約', 'Contract, cancellation', 120),
    ('category', 'master_data', '登録情報変更', 'Change of record', 130),
    ('category', 'sales_call', '営業・勧誘', 'Sales call', 140),
    ('category', 'wrong_number', '間違い電話', 'Wrong number', 150),
    ('category', 'silent', '無言・いたずら', 'Silent, prank', 160),
    ('category', 'other', 'その他', 'Other', 170),
    ('result', 'done', '完了', 'Done', 10),
    ('result', 'call_back', '折り返し要', 'Call back', 20),
    ('result', 'transferred', '転送', 'Transferred', 30),
    ('result', 'message', '伝言', 'Message taken', 40),
    ('result', 'on_hold', '保留(調査中)', 'Being looked into', 50),
    ('result', 'absent', '不在', 'Absent', 60),
    ('result', 'voicemail', '留守電', 'Voicemail', 70),
    ('result', 'no_action', '対応不要', 'No action', 80),
    ('status', 'open', '未対応', 'Open', 10),
    ('status', 'in_progress', '対応中', 'In progress', 20),
    ('status', 'done', '完了', 'Done', 30),
    ('away_reason', 'break', '休憩', 'Break', 10),
    ('away_reason', 'lunch', '昼食', 'Lunch', 20),
    ('away_reason', 'meeting', '会議', 'Meeting', 30),
    ('away_reason', 'training', '研修', 'Training', 40),
    ('away_reason', 'desk_work', '事務処理', 'Desk work', 50),
    ('away_reason', 'other', 'その他', 'Other', 60);

-- Who an agent said it is, when several have the number. The level says how much is known of who calls.
CREATE TABLE number_choice (
    e164            TEXT PRIMARY KEY,
    level           TEXT NOT NULL,           -- person | site | company
    customer_code   TEXT,
    lead_code       TEXT,
    contact_id      INTEGER,
    site            TEXT,
    chosen_by       TEXT,
    chosen_at       TEXT NOT NULL
) WITHOUT ROWID;

-- 不在着信: one row for a number and a day, however often it called.
CREATE TABLE missed_call (
    missed_no       INTEGER PRIMARY KEY,
    day             TEXT NOT NULL,           -- in Japan
    caller_kind     TEXT NOT NULL,
    caller_e164     TEXT,
    customer_code   TEXT,
    called          TEXT,
    queue           TEXT,
    reason          TEXT NOT NULL,           -- abandoned | no_answer | busy
    first_at        TEXT NOT NULL,
    last_at         TEXT NOT NULL,
    count           INTEGER NOT NULL,
    last_call_id    TEXT NOT NULL,
    due_at          TEXT NOT NULL,
    status          TEXT NOT NULL DEFAULT 'open', -- open | in_progress | done | no_need
    assignee        TEXT,
    closed_at       TEXT,
    closed_by_call  TEXT,
    closed_by       TEXT,
    note            TEXT
);
CREATE INDEX missed_call_number ON missed_call (caller_e164, status);
CREATE INDEX missed_call_status ON missed_call (status, first_at);

-- 折り返し: a promise to call, with its time.
CREATE TABLE callback (
    callback_no     INTEGER PRIMARY KEY,
    call_id         TEXT NOT NULL UNIQUE,
    customer_code   TEXT,
    caller_e164     TEXT,
    due_at          TEXT NOT NULL,
    assignee        TEXT,
    note            TEXT,
    status          TEXT NOT NULL DEFAULT 'open', -- open | done
    created_by      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    done_at         TEXT,
    done_by_call    TEXT
);
CREATE INDEX callback_due ON callback (status, due_at);
CREATE INDEX callback_number ON callback (caller_e164, status);

-- The next number of what agents register: customers, leads, inquiries, tasks.
CREATE TABLE sequence (
    name            TEXT PRIMARY KEY,
    last            INTEGER NOT NULL
) WITHOUT ROWID;
