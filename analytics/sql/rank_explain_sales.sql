-- rank explain (docs/rank.md#after-the-run): every slip that names a customer, of any date and status.
-- Related customers and net come from the lines that count, as in the rank update; if none counts, from all lines. Parameters: code (text); not_counted (statuses);
-- amount (of a line, with or without tax).
WITH named AS (
    SELECT DISTINCT slip_no, sold_on, customer_code
    FROM sales
    WHERE customer_code = {code}
       OR related_customer_1 = {code}
       OR related_customer_2 = {code}
       OR related_customer_3 = {code}
),
lines AS (
    SELECT s.*, CASE WHEN s.status IS NULL OR s.status NOT IN {not_counted} THEN 1 ELSE 0 END AS counts
    FROM sales s
    JOIN named n ON n.slip_no = s.slip_no AND n.sold_on = s.sold_on AND n.customer_code = s.customer_code
)
SELECT
    slip_no AS record_no,
    sold_on AS dated,
    customer_code AS main,
    CASE WHEN SUM(counts) > 0 THEN MIN(CASE WHEN counts = 1 THEN related_customer_1 END)
        ELSE MIN(related_customer_1) END AS related_1,
    CASE WHEN SUM(counts) > 0 THEN MIN(CASE WHEN counts = 1 THEN related_customer_2 END)
        ELSE MIN(related_customer_2) END AS related_2,
    CASE WHEN SUM(counts) > 0 THEN MIN(CASE WHEN counts = 1 THEN related_customer_3 END)
        ELSE MIN(related_customer_3) END AS related_3,
    CASE WHEN SUM(counts) > 0 THEN SUM(CASE WHEN counts = 1 THEN {amount} END) ELSE SUM({amount}) END AS net,
    CAST(SUM(counts) AS BIGINT) AS counted_lines,
    COUNT(*) AS lines,
    MIN(CASE WHEN counts = 0 THEN status END) AS status
FROM lines
GROUP BY slip_no, sold_on, customer_code
ORDER BY sold_on DESC NULLS LAST, slip_no DESC NULLS LAST, customer_code NULLS LAST
