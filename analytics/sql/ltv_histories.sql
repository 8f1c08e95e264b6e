-- The purchases of each customer until a day, as the models of docs/ltv.md read them. Slips of one day are one purchase. A
-- slip of zero yen (a sample, points) counts: somebody bought. One with a negative net is a return and does not.
SELECT customer_code,
       CAST(COUNT(*) - 1 AS BIGINT) AS repeats,
       CAST(MAX(sold_on) - MIN(sold_on) AS BIGINT) AS last_day,
       CAST({until} - MIN(sold_on) AS BIGINT) AS observed_days,
       MIN(sold_on) AS first_sold_on,
       MAX(sold_on) AS last_sold_on,
       SUM(amount) AS amount,
       SUM(CASE WHEN sold_on > first_on THEN amount END) AS repeat_amount
FROM (
    SELECT customer_code, sold_on, SUM(amount) AS amount,
           MIN(sold_on) OVER (PARTITION BY customer_code) AS first_on
    FROM slips
    WHERE amount >= 0 AND sold_on <= {until} AND customer_code IS NOT NULL AND {members}
    GROUP BY customer_code, sold_on
) AS purchase_days
GROUP BY customer_code
