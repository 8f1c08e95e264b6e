-- The control totals of a sales report, computed without its joins and groups: the sums of the period's lines,
-- of those that count as sales, of those without a cost, and of the whole mirror.
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
