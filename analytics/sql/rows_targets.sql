(
    SELECT CAST(DATE_TRUNC('month', t.month) AS DATE) AS day, NULLIF(t.department, '') AS department,
           NULLIF(t.sales_rep, '') AS sales_rep,
           CASE WHEN t.sales_rep <> '' THEN 'representative'
                WHEN t.department <> '' THEN 'department'
                ELSE 'company' END AS level,
           t.amount AS target, CAST(NULL AS DECIMAL(18, 4)) AS sales
    FROM targets t
    UNION ALL
    SELECT v.sold_on, v.department, v.sales_rep, CAST(NULL AS VARCHAR), CAST(NULL AS DECIMAL(18, 4)), v.amount
    FROM counted_sales v
)
