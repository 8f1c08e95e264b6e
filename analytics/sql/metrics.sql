-- The figures of each customer for the pop-up (docs/reports.md#metrics). The twelve months begin on {from}, those
-- before on {previous_from}; {m1} to {m12} are the first days of the calendar months up to that of the as-of date. A
-- margin is NULL when no line has a cost: it is unknown.
WITH days AS (
    SELECT customer_code, sold_on,
           SUM(amount) AS amount,
           SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS purchases,
           SUM(cost) AS cost,
           SUM(costed_amount) AS costed_amount
    FROM slips
    WHERE sold_on <= {as_of}
    GROUP BY customer_code, sold_on
),
buyers AS (
    SELECT customer_code,
           SUM(CASE WHEN sold_on >= {from} THEN amount END) AS sales_12m,
           SUM(CASE WHEN sold_on >= {previous_from} AND sold_on < {from} THEN amount END) AS sales_prev_12m,
           SUM(CASE WHEN sold_on >= {from} THEN purchases ELSE 0 END) AS slips_12m,
           SUM(costed_amount) AS costed_amount,
           SUM(cost) AS cost,
           MIN(CASE WHEN purchases > 0 THEN sold_on END) AS first_sold_on,
           MAX(CASE WHEN purchases > 0 THEN sold_on END) AS last_sold_on,
           MIN(CASE WHEN purchases > 0 AND sold_on >= {previous_from} THEN sold_on END) AS cycle_from,
           SUM(CASE WHEN purchases > 0 AND sold_on >= {previous_from} THEN 1 ELSE 0 END) AS cycle_days,
           SUM(CASE WHEN sold_on >= {m1} AND sold_on < {m2} THEN amount END) AS month_1,
           SUM(CASE WHEN sold_on >= {m2} AND sold_on < {m3} THEN amount END) AS month_2,
           SUM(CASE WHEN sold_on >= {m3} AND sold_on < {m4} THEN amount END) AS month_3,
           SUM(CASE WHEN sold_on >= {m4} AND sold_on < {m5} THEN amount END) AS month_4,
           SUM(CASE WHEN sold_on >= {m5} AND sold_on < {m6} THEN amount END) AS month_5,
           SUM(CASE WHEN sold_on >= {m6} AND sold_on < {m7} THEN amount END) AS month_6,
           SUM(CASE WHEN sold_on >= {m7} AND sold_on < {m8} THEN amount END) AS month_7,
           SUM(CASE WHEN sold_on >= {m8} AND sold_on < {m9} THEN amount END) AS month_8,
           SUM(CASE WHEN sold_on >= {m9} AND sold_on < {m10} THEN amount END) AS month_9,
           SUM(CASE WHEN sold_on >= {m10} AND sold_on < {m11} THEN amount END) AS month_10,
           SUM(CASE WHEN sold_on >= {m11} AND sold_on < {m12} THEN amount END) AS month_11,
           SUM(CASE WHEN sold_on >= {m12} THEN amount END) AS month_12
    FROM days
    GROUP BY customer_code
)
SELECT c.customer_code, b.sales_12m, b.sales_prev_12m,
       CAST(COALESCE(b.slips_12m, 0) AS BIGINT) AS slips_12m,
       CASE WHEN b.customer_code IS NULL THEN 0 ELSE b.costed_amount - b.cost END AS gross_margin,
       b.first_sold_on, b.last_sold_on, b.cycle_from,
       CAST(COALESCE(b.cycle_days, 0) AS BIGINT) AS cycle_days,
       b.month_1, b.month_2, b.month_3, b.month_4, b.month_5, b.month_6,
       b.month_7, b.month_8, b.month_9, b.month_10, b.month_11, b.month_12
FROM customers c
LEFT JOIN buyers b ON b.customer_code = c.customer_code
