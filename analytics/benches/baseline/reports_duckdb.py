"""`reports_duckdb.py FOLDER NAME`: the answer of a report by one query written by hand, as JSON on standard output."""

import pathlib
import sys

import duckdb

folder, name = sys.argv[1:3]
SALES = f"""(SELECT * FROM read_parquet('{folder}/sales/*.parquet')
    WHERE status IS NULL OR status NOT IN ('cancelled', 'deleted', 'provisional', 'contract', 'estimate', 'article'))"""
CUSTOMERS = f"read_parquet('{folder}/customers.parquet')"
PRODUCTS = f"read_parquet('{folder}/products.parquet')"
YEAR = "sold_on BETWEEN '2025-11-01' AND '2026-10-31'"
BEFORE = "sold_on BETWEEN '2024-11-01' AND '2025-10-31'"
SLIPS = f"""(SELECT customer_code, slip_no, sold_on, SUM(amount) AS amount, SUM(cost) AS cost,
    SUM(amount) FILTER (cost IS NOT NULL) AS costed FROM {SALES} GROUP BY ALL)"""

QUERIES = {
    "segment": f"""
        WITH buyers AS (
            SELECT customer_code, COUNT(*) FILTER ({YEAR} AND amount > 0) AS slips,
                   SUM(amount) FILTER ({YEAR}) AS amount, SUM(cost) FILTER ({YEAR}) AS cost,
                   SUM(costed) FILTER ({YEAR}) AS costed, SUM(amount) FILTER ({BEFORE}) AS before
            FROM {SLIPS} WHERE sold_on BETWEEN '2024-11-01' AND '2026-10-31' GROUP BY 1)
        SELECT c.customer_code IS NOT NULL AS known, c.industry, COUNT(*) AS customers,
               COUNT(*) FILTER (b.slips >= 1) AS active_customers, COUNT(*) FILTER (b.slips >= 2) AS repeat_customers,
               SUM(b.slips) AS slips, CAST(COALESCE(SUM(b.amount), 0) AS VARCHAR) AS sales_amount,
               SUM(b.cost) AS cost, SUM(b.costed) AS costed, SUM(b.before) AS before
        FROM {CUSTOMERS} c FULL JOIN buyers b USING (customer_code) GROUP BY ALL""",
    "customers": f"""
        WITH slips AS (SELECT * FROM {SLIPS} WHERE sold_on BETWEEN '2024-11-01' AND '2026-10-31'),
        rows AS (
            SELECT customer_code, COALESCE(SUM(amount) FILTER ({YEAR}), 0) AS sales, SUM(cost) FILTER ({YEAR}) AS cost,
                   SUM(costed) FILTER ({YEAR}) AS costed, COUNT(*) FILTER ({YEAR} AND amount > 0) AS slips,
                   MAX(sold_on) FILTER ({YEAR}) AS last_sold_on, COALESCE(SUM(amount) FILTER ({BEFORE}), 0) AS before
            FROM slips GROUP BY 1)
        SELECT r.customer_code AS customer, c.customer_name, CAST(r.sales AS VARCHAR) AS sales_amount,
               r.sales / SUM(r.sales) OVER () AS share, r.costed - r.cost AS gross_profit,
               (r.costed - r.cost) / NULLIF(r.costed, 0) AS margin, r.slips, r.sales / NULLIF(r.slips, 0) AS average,
               r.last_sold_on, r.before, CASE WHEN r.before > 0 THEN (r.sales - r.before) / r.before END AS growth
        FROM rows r LEFT JOIN {CUSTOMERS} c USING (customer_code) ORDER BY r.sales DESC, 1""",
    "products": f"""
        WITH lines AS (
            SELECT product_code, CASE WHEN {YEAR} THEN DATE_TRUNC('month', sold_on)
                   ELSE DATE_TRUNC('month', sold_on + INTERVAL 12 MONTH) END AS month, {YEAR} AS now, customer_code,
                   slip_no, sold_on, quantity, amount, cost
            FROM {SALES} WHERE sold_on BETWEEN '2024-11-01' AND '2026-10-31'),
        sums AS (
            SELECT product_code, month, COALESCE(SUM(amount) FILTER (now), 0) AS sales,
                   SUM(quantity) FILTER (now) AS quantity, SUM(cost) FILTER (now) AS cost,
                   SUM(amount) FILTER (now AND cost IS NOT NULL) AS costed,
                   COALESCE(SUM(amount) FILTER (NOT now), 0) AS before
            FROM lines GROUP BY 1, 2),
        slips AS (
            SELECT product_code, month, COUNT(*) AS slips, COUNT(DISTINCT customer_code) AS buyers
            FROM (SELECT product_code, month, customer_code, slip_no, sold_on FROM lines WHERE now
                  GROUP BY ALL HAVING SUM(amount) > 0) GROUP BY 1, 2)
        SELECT s.product_code AS product, p.product_name, STRFTIME(s.month, '%Y-%m') AS month, s.quantity,
               CAST(s.sales AS VARCHAR) AS sales_amount, s.sales / SUM(s.sales) OVER () AS share,
               s.costed - s.cost AS gross_profit, (s.costed - s.cost) / NULLIF(s.costed, 0) AS margin,
               l.slips, l.buyers, s.sales / NULLIF(s.quantity, 0) AS price, s.before,
               CASE WHEN s.before > 0 THEN (s.sales - s.before) / s.before END AS growth
        FROM sums s LEFT JOIN slips l ON l.product_code IS NOT DISTINCT FROM s.product_code AND l.month = s.month
        LEFT JOIN {PRODUCTS} p ON p.product_code = s.product_code ORDER BY s.sales DESC""",
}

engine = duckdb.connect(config={"memory_limit": "1GB"})
rows = engine.execute(f"SELECT CAST(to_json(LIST(answer)) AS VARCHAR) FROM ({QUERIES[name]}) AS answer").fetchone()[0]
sys.stdout.write('{"rows":')
sys.stdout.write(rows)
sys.stdout.write("}\n")
