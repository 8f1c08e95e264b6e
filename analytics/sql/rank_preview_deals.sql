-- お試し採点 (docs/rank.md#runs): the customers that are the main customer of a deal with 受注予定日, with the latest such
-- date: the latest ones up to the limit, and those with the same date as the last of them. The date is
-- expected, so it may be in the future.
-- Parameter: limit (whole number).
WITH own AS (
    SELECT d.customer_code, MAX(d.expected_on) AS own_latest
    FROM deals d
    WHERE d.expected_on IS NOT NULL
    GROUP BY d.customer_code
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
