-- お試し採点 (docs/rank.md#runs): the customers that are the main customer of a slip on or before the as-of date, with
-- the latest such date: the latest ones up to the limit, and those with the same date as the last of them.
-- Parameters: as_of (date); limit (whole number).
WITH own AS (
    SELECT s.customer_code, MAX(s.sold_on) AS own_latest
    FROM counted_sales s
    WHERE s.sold_on <= {as_of}
    GROUP BY s.customer_code
),
known AS (
    SELECT o.customer_code, c.customer_name, o.own_latest
    FROM own o
    JOIN customers c ON c.customer_code = o.customer_code
),
first_rows AS (
    SELECT own_latest FROM known ORDER BY own_latest DESC NULLS LAST LIMIT {limit}
)
SELECT customer_code, customer_name, own_latest
FROM known
WHERE own_latest >= (SELECT MIN(own_latest) FROM first_rows)
