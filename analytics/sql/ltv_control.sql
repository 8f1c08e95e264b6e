-- The control totals of the LTV report, computed without its joins and groups.
SELECT COUNT(*) AS rows_found,
       SUM(amount) AS sales_amount,
       SUM(CASE WHEN cost IS NOT NULL THEN amount - cost END) AS gross_profit,
       CAST(COALESCE(SUM(CASE WHEN cost IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS uncosted_rows,
       SUM(CASE WHEN cost IS NULL THEN amount END) AS uncosted_amount
FROM counted_sales
WHERE sold_on <= {as_of} AND {members}
