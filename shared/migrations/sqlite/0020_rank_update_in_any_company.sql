-- The rank update in any company (docs/rank.md).

-- The current ranks whose customers the settings in use update: '' for customers without a rank, no row when no update is
-- in use. Cards say it of each customer.
CREATE TABLE rank_target (
    rank            TEXT PRIMARY KEY
) WITHOUT ROWID;
-- The settings in use are stored in canonical TOML, whose lists of text are JSON.
WITH used AS (
    SELECT coalesce((SELECT document FROM rank_config ORDER BY version DESC LIMIT 1),
                    (SELECT config FROM rank_run ORDER BY run_id DESC LIMIT 1)) AS document
),
listed AS (
    SELECT document, substr(document, instr(document, 'update_target_ranks = ') + 22) AS rest
    FROM used
    WHERE document LIKE 'version = 1' || char(10) || '[rank]' || char(10) || 'enabled = true%'
      AND instr(document, 'update_target_ranks = ') > 0
),
lists AS (
    SELECT document, substr(rest, 1, instr(rest, char(10)) - 1) AS list FROM listed
)
INSERT INTO rank_target (rank)
SELECT value FROM lists, json_each(CASE WHEN json_valid(list) THEN list ELSE '[]' END)
UNION
SELECT '' FROM lists WHERE instr(document, 'unranked_is_target = true') > 0;

-- Few rows: which runs were taken back, without reading the settings of all.
CREATE INDEX rank_run_reverts ON rank_run (run_id, reverts) WHERE mode = 'revert';

-- Who did it; NULL before it was noted.
ALTER TABLE rank_run ADD COLUMN actor TEXT;
ALTER TABLE rank_config ADD COLUMN actor TEXT;

-- Ranks that an import or a command changed, not a run.
CREATE TABLE rank_edit (
    edit_id         INTEGER PRIMARY KEY,
    customer_code   TEXT NOT NULL,
    edited_at       TEXT NOT NULL,
    edited_on       TEXT NOT NULL,           -- the day in Japan
    rank_from       TEXT,
    rank_to         TEXT NOT NULL,           -- '': none
    direction       TEXT NOT NULL,           -- up | down | initial | cleared
    actor           TEXT NOT NULL
);
CREATE INDEX rank_edit_customer ON rank_edit (customer_code, edit_id);

-- What a card says of the update and of the last change follows from these tables from now on.
INSERT OR IGNORE INTO stale_card (customer_code) SELECT customer_code FROM customer;
