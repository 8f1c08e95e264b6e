-- Slips after the as-of date, which the rank update does not count and warns about (docs/rank.md#errors).
-- Parameter: as_of (date).
SELECT COUNT(*) AS future_ignored, CAST(0 AS BIGINT) AS undated
FROM (
    SELECT DISTINCT slip_no, sold_on, customer_code FROM counted_sales WHERE sold_on > {as_of}
) AS future
