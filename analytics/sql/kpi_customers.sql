-- Customers whose first purchase ever is in the period, and those whose last one up to its end is in the twelve months
-- before: they bought then and not since.
SELECT CAST(COALESCE(SUM(CASE WHEN first_on BETWEEN {from} AND {to} THEN 1 ELSE 0 END), 0) AS BIGINT) AS new_customers,
       CAST(COALESCE(SUM(CASE WHEN last_on BETWEEN {lost_from} AND {lost_to} THEN 1 ELSE 0 END), 0) AS BIGINT)
           AS lost_customers
FROM (
    SELECT customer_code, MIN(sold_on) AS first_on, MAX(sold_on) AS last_on
    FROM slips
    WHERE amount > 0 AND sold_on <= {to}
    GROUP BY customer_code
) bought
