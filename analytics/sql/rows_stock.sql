(
    SELECT s.product_code, NULLIF(s.warehouse_code, '') AS warehouse_code, s.counted_on AS day, s.quantity AS stock,
           s.counted_on, CASE WHEN s.counted_on = n.newest THEN s.quantity END AS newest_stock,
           CASE WHEN s.counted_on = n.newest THEN s.allocated END AS allocated,
           CAST(NULL AS DECIMAL(18, 4)) AS sold
    FROM stock_snapshots s
    JOIN (
        SELECT product_code, warehouse_code, MAX(counted_on) AS newest
        FROM stock_snapshots
        WHERE counted_on BETWEEN {from} AND {to}
        GROUP BY product_code, warehouse_code
    ) n ON n.product_code = s.product_code AND n.warehouse_code = s.warehouse_code
    UNION ALL
    SELECT v.product_code, v.warehouse_code, v.sold_on, CAST(NULL AS DECIMAL(18, 4)), CAST(NULL AS DATE),
           CAST(NULL AS DECIMAL(18, 4)), CAST(NULL AS DECIMAL(18, 4)), v.quantity
    FROM counted_sales v
    WHERE v.product_code IN (
        SELECT product_code FROM stock_snapshots WHERE counted_on BETWEEN {from} AND {to}
    )
)
