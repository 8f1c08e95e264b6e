-- Problems in the data of the rank update, one row per finding (docs/rank.md#errors).
-- Parameters: records, further (the queries of rank_errors_*.sql: the records, and findings that only they have);
-- from, as_of (dates); ranks (the rank master); self_link, double_link, future (texts of the details).
WITH records AS (
{records}
),
counted AS (
    SELECT * FROM records WHERE dated >= {from} AND dated <= {as_of}
),
links AS (
    SELECT record_no, dated, customer_code AS named, 'customer_code' AS place FROM counted
    UNION ALL
    SELECT record_no, dated, related_1, 'related_customer_1' FROM counted WHERE related_1 IS NOT NULL
    UNION ALL
    SELECT record_no, dated, related_2, 'related_customer_2' FROM counted WHERE related_2 IS NOT NULL
    UNION ALL
    SELECT record_no, dated, related_3, 'related_customer_3' FROM counted WHERE related_3 IS NOT NULL
)
SELECT 'RANK_UNKNOWN_CUSTOMER' AS code, l.record_no, l.dated, l.named AS customer_code,
    l.place AS detail
FROM links l
LEFT JOIN customers c ON c.customer_code = l.named
WHERE c.customer_code IS NULL
UNION ALL
SELECT 'RANK_SELF_LINK', record_no, dated, customer_code, {self_link}
FROM counted
WHERE related_1 = customer_code OR related_2 = customer_code OR related_3 = customer_code
UNION ALL
SELECT 'RANK_DOUBLE_LINK', record_no, dated, CASE WHEN related_2 = related_3 THEN related_2 ELSE related_1 END,
    {double_link}
FROM counted
WHERE related_1 = related_2 OR related_1 = related_3 OR related_2 = related_3
UNION ALL
SELECT 'RANK_FUTURE', record_no, dated, customer_code, {future}
FROM records
WHERE dated > {as_of}
UNION ALL
{further}
UNION ALL
SELECT 'RANK_UNKNOWN_CURRENT', CAST(NULL AS VARCHAR), CAST(NULL AS DATE), customer_code, rank
FROM customers
WHERE rank IS NOT NULL AND rank <> '' AND rank NOT IN {ranks}
