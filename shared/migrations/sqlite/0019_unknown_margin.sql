-- A margin is unknown when no line of the customer has a cost; until now it was stored as 0. The published figures stay
-- until the next run or `analytics publish` replaces them. (Renaming a table would open the temporary database.)
CREATE TABLE customer_metrics_before AS SELECT * FROM customer_metrics;
DROP TABLE customer_metrics;
CREATE TABLE customer_metrics (
    customer_code   TEXT PRIMARY KEY,
    as_of           TEXT NOT NULL,
    sales_12m       INTEGER NOT NULL,
    sales_prev_12m  INTEGER NOT NULL,
    slips_12m       INTEGER NOT NULL,
    gross_margin    INTEGER,                 -- cumulative: the historical LTV; NULL: no line has a cost
    first_sold_on   TEXT,
    last_sold_on    TEXT,
    purchase_cycle_days INTEGER,
    monthly_sales   TEXT NOT NULL            -- JSON array of 12 amounts, one for each calendar month, oldest first
) WITHOUT ROWID;
INSERT INTO customer_metrics (customer_code, as_of, sales_12m, sales_prev_12m, slips_12m, gross_margin, first_sold_on,
                              last_sold_on, purchase_cycle_days, monthly_sales)
SELECT customer_code, as_of, sales_12m, sales_prev_12m, slips_12m, gross_margin, first_sold_on, last_sold_on,
       purchase_cycle_days, monthly_sales
FROM customer_metrics_before;
DROP TABLE customer_metrics_before;
