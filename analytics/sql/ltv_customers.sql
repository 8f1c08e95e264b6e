-- Historical LTV of each customer, highest first: gross profit of everything sold up to the as-of date. It is unknown, and
-- comes last, when no line has a cost.
SELECT c.customer_code, c.customer_name, c.first_trade_date,
       MIN(CASE WHEN s.amount > 0 THEN s.sold_on END) AS first_sold_on,
       MAX(CASE WHEN s.amount > 0 THEN s.sold_on END) AS last_sold_on,
       CAST(1 AS BIGINT) AS customers,
       CAST(MAX(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) AS BIGINT) AS buyers,
       CAST(COALESCE(SUM(s.lines), 0) AS BIGINT) AS source_rows,
       CAST(SUM(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) AS BIGINT) AS slips,
       SUM(s.amount) AS sales_amount,
       SUM(s.cost) AS cost,
       SUM(s.costed_amount) AS costed_amount
FROM segment_customers c
LEFT JOIN slips s ON s.customer_code = c.customer_code AND s.sold_on <= {as_of}
WHERE {condition}
GROUP BY c.customer_code, c.customer_name, c.first_trade_date
ORDER BY CASE WHEN SUM(s.lines) > 0 AND SUM(s.cost) IS NULL THEN 1 ELSE 0 END,
         COALESCE(SUM(s.costed_amount), 0) - COALESCE(SUM(s.cost), 0) DESC, c.customer_code
LIMIT {limit}
