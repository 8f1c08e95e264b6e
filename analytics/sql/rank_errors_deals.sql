-- Problems in the data of the rank update, one row per finding (docs/rank.md#errors), from won deals.
-- Parameters: from, as_of (dates); ranks (the rank master); self_link, double_link, undated, future (texts of the details).
WITH won AS (
    SELECT deal_no, ordered_on, customer_code, related_customer_1 AS related_1, related_customer_2 AS related_2,
        related_customer_3 AS related_3
    FROM deals
    WHERE stage = 'won'
),
counted AS (
    SELECT * FROM won WHERE ordered_on >= {from} AND ordered_on <= {as_of}
),
links AS (
    SELECT deal_no, ordered_on, customer_code AS named, 'customer_code' AS place FROM counted
    UNION ALL
    SELECT deal_no, ordered_on, related_1, 'related_customer_1' FROM counted WHERE related_1 IS NOT NULL
    UNION ALL
    SELECT deal_no, ordered_on, related_2, 'related_customer_2' FROM counted WHERE related_2 IS NOT NULL
    UNION ALL
    SELECT deal_no, ordered_on, related_3, 'related_customer_3' FROM counted WHERE related_3 IS NOT NULL
)
SELECT 'RANK_UNKNOWN_CUSTOMER' AS code, l.deal_no AS record_no, l.ordered_on AS dated, l.named AS customer_code,
    l.place AS detail
FROM links l
LEFT JOIN customers c ON c.customer_code = l.named
WHERE c.customer_code IS NULL
UNION ALL
SELECT 'RANK_SELF_LINK', deal_no, ordered_on, customer_code, {self_link}
FROM counted
WHERE related_1 = customer_code OR related_2 = customer_code OR related_3 = customer_code
UNION ALL
SELECT 'RANK_DOUBLE_LINK', deal_no, ordered_on, CASE WHEN related_2 = related_3 THEN related_2 ELSE related_1 END,
    {double_link}
FROM counted
WHERE related_1 = related_2 OR related_1 = related_3 OR related_2 = related_3
UNION ALL
SELECT 'RANK_UNDATED_DEAL', deal_no, ordered_on, customer_code, {undated}
FROM won
WHERE ordered_on IS NULL
UNION ALL
SELECT 'RANK_FUTURE', deal_no, ordered_on, customer_code, {future}
FROM won
WHERE ordered_on > {as_of}
UNION ALL
SELECT 'RANK_UNKNOWN_CURRENT', CAST(NULL AS VARCHAR), CAST(NULL AS DATE), customer_code, rank
FROM customers
WHERE rank IS NOT NULL AND rank <> '' AND rank NOT IN {ranks}
