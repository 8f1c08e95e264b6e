-- rank check (docs/rank.md#check): customers to look at before the rank update, with the number of each
-- kind and the first by code. Parameters: as_of (date); ranks, targets (texts); examples (whole number);
-- links (a query of customer_code and dated, one row for each record that names a customer).
WITH links AS (
    {links}
),
records AS (
    SELECT customer_code, MIN(dated) AS first_dated FROM links WHERE customer_code IS NOT NULL GROUP BY customer_code
),
flagged AS (
    SELECT 'no_rank' AS finding, customer_code FROM customers WHERE rank IS NULL OR rank = ''
    UNION ALL
    SELECT 'unknown_rank', customer_code FROM customers WHERE rank IS NOT NULL AND rank <> '' AND rank NOT IN {ranks}
    UNION ALL
    SELECT 'excluded', customer_code FROM customers WHERE COALESCE(rank_auto_update_excluded, FALSE)
    UNION ALL
    SELECT 'not_target_rank', customer_code
    FROM customers
    WHERE rank IN {ranks} AND rank NOT IN {targets} AND NOT COALESCE(rank_auto_update_excluded, FALSE)
    UNION ALL
    SELECT 'no_kana', customer_code FROM customers WHERE name_kana IS NULL OR name_kana = ''
    UNION ALL
    SELECT 'no_records', c.customer_code
    FROM customers c
    LEFT JOIN records r ON r.customer_code = c.customer_code
    WHERE r.customer_code IS NULL
    UNION ALL
    SELECT 'only_future', c.customer_code
    FROM customers c
    JOIN records r ON r.customer_code = c.customer_code
    WHERE r.first_dated > {as_of}
),
numbered AS (
    SELECT finding, customer_code,
        ROW_NUMBER() OVER (PARTITION BY finding ORDER BY customer_code) AS place,
        COUNT(*) OVER (PARTITION BY finding) AS customers
    FROM flagged
)
SELECT finding, customer_code, customers
FROM numbered
WHERE place <= {examples}
ORDER BY finding, place
