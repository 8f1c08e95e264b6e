-- Historical LTV by segment: gross profit of everything sold up to the as-of date. One row for each segment
-- of customers, and one (known = 0) for sales of unknown customer codes.
WITH buyers AS (
    SELECT customer_code,
           SUM(lines) AS lines,
           SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS slips,
           SUM(amount) AS amount,
           SUM(cost) AS cost,
           SUM(costed_amount) AS costed_amount
    FROM slips
    WHERE sold_on <= {as_of}
    GROUP BY customer_code
),
members AS (
    SELECT c.customer_code, {axis_1} AS axis_1, {axis_2} AS axis_2, {axis_3} AS axis_3
    FROM segment_customers c
    WHERE {condition}
),
joined AS (
    SELECT 1 AS known, m.axis_1, m.axis_2, m.axis_3, b.lines, b.slips, b.amount, b.cost, b.costed_amount
    FROM members m
    LEFT JOIN buyers b ON b.customer_code = m.customer_code
    UNION ALL
    SELECT 0 AS known, NULL AS axis_1, NULL AS axis_2, NULL AS axis_3, b.lines, b.slips, b.amount, b.cost, b.costed_amount
    FROM buyers b
    LEFT JOIN customers c ON c.customer_code = b.customer_code
    WHERE c.customer_code IS NULL AND {unknown_codes}
)
SELECT CAST(known AS BIGINT) AS known, axis_1, axis_2, axis_3,
       COUNT(*) AS customers,
       CAST(SUM(CASE WHEN slips >= 1 THEN 1 ELSE 0 END) AS BIGINT) AS buyers,
       CAST(COALESCE(SUM(lines), 0) AS BIGINT) AS source_rows,
       CAST(COALESCE(SUM(slips), 0) AS BIGINT) AS slips,
       SUM(amount) AS sales_amount,
       SUM(cost) AS cost,
       SUM(costed_amount) AS costed_amount
FROM joined
GROUP BY known, axis_1, axis_2, axis_3
