-- Slips after the as-of date, which the rank update does not count and warns about (docs/rank.md#errors), and the day of
-- the newest one up to it. Parameter: as_of (date).
SELECT COUNT(*) AS future_ignored, CAST(0 AS BIGINT) AS undated,
    (SELECT MAX(sold_on) FROM counted_sales WHERE sold_on <= {as_of}) AS newest
FROM (
    SELECT DISTINCT slip_no, sold_on, customer_code FROM counted_sales WHERE sold_on > {as_of}
) AS future
