-- お試し採点 (docs/rank.md#runs): the customers that are the main customer of a record, with the latest date of their
-- records: the latest ones up to the limit, and those with the same date as the last of them. A deal counts by its
-- expected date, which may be in the future.
-- Parameters: records (a table or view), dated (its date), counts (which records); limit (whole number).
WITH own AS (
    SELECT customer_code, MAX({dated}) AS own_latest
    FROM {records}
    WHERE {counts}
    GROUP BY customer_code
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
