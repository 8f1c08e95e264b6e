-- Each customer with a purchase until a day: the segment, the history that the models read, the purchases after that day, and
-- those of a period a year before. Purchases are those of ltv_histories.sql.
WITH histories AS ({histories}),
purchase_days AS (
    SELECT customer_code, sold_on, SUM(amount) AS amount
    FROM slips
    WHERE amount >= 0 AND sold_on <= {last_day} AND customer_code IS NOT NULL
    GROUP BY customer_code, sold_on
),
periods AS (
    SELECT customer_code,
           SUM(CASE WHEN sold_on > {until} THEN 1 ELSE 0 END) AS later_purchases,
           SUM(CASE WHEN sold_on > {until} THEN amount END) AS later_amount,
           SUM(CASE WHEN sold_on BETWEEN {before_from} AND {before_to} THEN 1 ELSE 0 END) AS before_purchases,
           SUM(CASE WHEN sold_on BETWEEN {before_from} AND {before_to} THEN amount END) AS before_amount
    FROM purchase_days
    GROUP BY customer_code
)
SELECT CAST(CASE WHEN c.customer_code IS NULL THEN 0 ELSE 1 END AS BIGINT) AS known,
       {axis_1} AS axis_1, {axis_2} AS axis_2, {axis_3} AS axis_3,
       h.customer_code, c.customer_name,
       h.repeats, h.last_day, h.observed_days, h.first_sold_on, h.last_sold_on, h.amount, h.repeat_amount,
       CAST(p.later_purchases AS BIGINT) AS later_purchases, p.later_amount,
       CAST(p.before_purchases AS BIGINT) AS before_purchases, p.before_amount
FROM histories h
JOIN periods p ON p.customer_code = h.customer_code
LEFT JOIN segment_customers c ON c.customer_code = h.customer_code
ORDER BY h.customer_code
