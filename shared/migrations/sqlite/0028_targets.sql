-- 売上目標: what is to be sold in a month, by the company, a department or a representative.

CREATE TABLE target (
    month           TEXT NOT NULL,
    department      TEXT NOT NULL DEFAULT '',
    sales_rep       TEXT NOT NULL DEFAULT '',
    amount          INTEGER NOT NULL,
    PRIMARY KEY (month, department, sales_rep)
) WITHOUT ROWID;
