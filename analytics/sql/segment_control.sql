-- The control totals of a report on sales, computed without its joins and groups: what the lines of the
-- period sum up to, what of them is no sale, what has no cost, and the whole of the mirror.
SELECT
    (SELECT COUNT(*) FROM sales) AS mirror_rows,
    (SELECT SUM(amount) FROM sales) AS mirror_amount,
    (SELECT COUNT(*) FROM sales WHERE sold_on BETWEEN {from} AND {to} AND {members}) AS period_rows,
    (SELECT SUM(amount) FROM sales WHERE sold_on BETWEEN {from} AND {to} AND {members}) AS period_amount,
    (SELECT COUNT(*) FROM counted_sales WHERE sold_on BETWEEN {from} AND {to} AND {members}) AS counted_rows,
    (SELECT SUM(amount) FROM counted_sales WHERE sold_on BETWEEN {from} AND {to} AND {members}) AS counted_amount,
    (SELECT COUNT(*) FROM counted_sales
     WHERE cost IS NULL AND sold_on BETWEEN {from} AND {to} AND {members}) AS uncosted_rows,
    (SELECT SUM(amount) FROM counted_sales
     WHERE cost IS NULL AND sold_on BETWEEN {from} AND {to} AND {members}) AS uncosted_amount,
    (SELECT COUNT(*) FROM counted_sales WHERE sold_on > {as_of}) AS future_rows
