-- Problems in the data of the rank update, one row per finding (docs/rank.md#errors), from sales slips.
-- Parameters: from, as_of (dates); ranks (the rank master); self_link, double_link, future (texts of the details).
WITH slips AS (
    SELECT
        slip_no, sold_on, customer_code,
        MIN(related_customer_1) AS related_1, MAX(related_customer_1) AS last_1,
        MIN(related_customer_2) AS related_2, MAX(related_customer_2) AS last_2,
        MIN(related_customer_3) AS related_3, MAX(related_customer_3) AS last_3
    FROM counted_sales
    WHERE sold_on >= {from}
    GROUP BY slip_no, sold_on, customer_code
),
counted AS (
    SELECT * FROM slips WHERE sold_on <= {as_of}
),
links AS (
    SELECT slip_no, sold_on, customer_code AS named, 'customer_code' AS place FROM counted
    UNION ALL
    SELECT slip_no, sold_on, related_1, 'related_customer_1' FROM counted WHERE related_1 IS NOT NULL
    UNION ALL
    SELECT slip_no, sold_on, related_2, 'related_customer_2' FROM counted WHERE related_2 IS NOT NULL
    UNION ALL
    SELECT slip_no, sold_on, related_3, 'related_customer_3' FROM counted WHERE related_3 IS NOT NULL
)
SELECT 'RANK_UNKNOWN_CUSTOMER' AS code, l.slip_no AS record_no, l.sold_on AS dated, l.named AS customer_code,
    l.place AS detail
FROM links l
LEFT JOIN customers c ON c.customer_code = l.named
WHERE c.customer_code IS NULL
UNION ALL
SELECT 'RANK_SPLIT_LINKS', slip_no, sold_on, customer_code, 'related_customer_1: ' || related_1 || ' / ' || last_1
FROM counted WHERE related_1 <> last_1
UNION ALL
SELECT 'RANK_SPLIT_LINKS', slip_no, sold_on, customer_code, 'related_customer_2: ' || related_2 || ' / ' || last_2
FROM counted WHERE related_2 <> last_2
UNION ALL
SELECT 'RANK_SPLIT_LINKS', slip_no, sold_on, customer_code, 'related_customer_3: ' || related_3 || ' / ' || last_3
FROM counted WHERE related_3 <> last_3
UNION ALL
SELECT 'RANK_SELF_LINK', slip_no, sold_on, customer_code, {self_link}
FROM counted
WHERE related_1 = customer_code OR related_2 = customer_code OR related_3 = customer_code
UNION ALL
SELECT 'RANK_DOUBLE_LINK', slip_no, sold_on, CASE WHEN related_2 = related_3 THEN related_2 ELSE related_1 END,
    {double_link}
FROM counted
WHERE related_1 = related_2 OR related_1 = related_3 OR related_2 = related_3
UNION ALL
SELECT 'RANK_FUTURE', slip_no, sold_on, customer_code, {future}
FROM slips
WHERE sold_on > {as_of}
UNION ALL
SELECT 'RANK_UNKNOWN_CURRENT', CAST(NULL AS VARCHAR), CAST(NULL AS DATE), customer_code, rank
FROM customers
WHERE rank IS NOT NULL AND rank <> '' AND rank NOT IN {ranks}
