-- The sums behind the simple formulas of lifetime value, by segment: the year until a day, the year before it, and how many
-- months lie between the first and the last purchase of each customer who ever bought.
WITH bought AS (
    SELECT customer_code,
           SUM(CASE WHEN sold_on >= {from} AND amount > 0 THEN 1 ELSE 0 END) AS slips,
           SUM(CASE WHEN sold_on >= {from} THEN amount END) AS amount,
           SUM(CASE WHEN sold_on >= {from} THEN cost END) AS cost,
           SUM(CASE WHEN sold_on >= {from} THEN costed_amount END) AS costed_amount,
           SUM(CASE WHEN sold_on < {from} AND sold_on >= {before_from} AND amount > 0 THEN 1 ELSE 0 END) AS earlier_slips,
           MIN(CASE WHEN amount > 0 THEN sold_on END) AS first_on,
           MAX(CASE WHEN amount > 0 THEN sold_on END) AS last_on
    FROM slips
    WHERE sold_on <= {until} AND customer_code IS NOT NULL AND {members}
    GROUP BY customer_code
),
buyers AS (
    SELECT b.*,
           (EXTRACT(YEAR FROM last_on) - EXTRACT(YEAR FROM first_on)) * 12
           + EXTRACT(MONTH FROM last_on) - EXTRACT(MONTH FROM first_on)
           - CASE WHEN EXTRACT(DAY FROM last_on) < EXTRACT(DAY FROM first_on) THEN 1 ELSE 0 END AS months
    FROM bought b
    WHERE first_on IS NOT NULL
),
joined AS (
    SELECT CASE WHEN c.customer_code IS NULL THEN 0 ELSE 1 END AS known, {axis_1} AS axis_1, {axis_2} AS axis_2,
           {axis_3} AS axis_3,
           b.slips, b.amount, b.cost, b.costed_amount, b.earlier_slips,
           CASE WHEN b.months < 1 THEN 1 ELSE b.months END AS months
    FROM buyers b
    LEFT JOIN segment_customers c ON c.customer_code = b.customer_code
)
SELECT CAST(known AS BIGINT) AS known, axis_1, axis_2, axis_3,
       COUNT(*) AS buyers,
       CAST(SUM(months) AS BIGINT) AS months,
       CAST(SUM(slips) AS BIGINT) AS slips,
       CAST(SUM(CASE WHEN slips > 0 THEN 1 ELSE 0 END) AS BIGINT) AS active,
       CAST(SUM(CASE WHEN earlier_slips > 0 THEN 1 ELSE 0 END) AS BIGINT) AS earlier_active,
       CAST(SUM(CASE WHEN slips > 0 AND earlier_slips > 0 THEN 1 ELSE 0 END) AS BIGINT) AS stayed,
       SUM(amount) AS sales_amount,
       SUM(cost) AS cost,
       SUM(costed_amount) AS costed_amount
FROM joined
GROUP BY known, axis_1, axis_2, axis_3
