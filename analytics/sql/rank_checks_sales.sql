-- Slips after the as-of date, which the rank update does not count and warns about (docs/rank.md#errors), and the day of
-- the newest one up to it. With tax: the lines whose rate is not known, or is none (an amount of tax in its place).
-- Parameters: from, as_of (dates).
SELECT COUNT(*) AS future_ignored, CAST(0 AS BIGINT) AS undated,
    (SELECT MAX(sold_on) FROM counted_sales WHERE sold_on <= {as_of}) AS newest,
    (SELECT COUNT(*) FROM counted_sales WHERE sold_on >= {from} AND sold_on <= {as_of} AND NOT COALESCE(tax_rate BETWEEN 0 AND 100, FALSE)
     AND (tax_category IS NULL OR tax_category NOT IN ('exempt', 'out_of_scope', 'zero_rated'))) AS without_rate
FROM (
    SELECT DISTINCT slip_no, sold_on, customer_code FROM counted_sales WHERE sold_on > {as_of}
) AS future
