-- The slips that the rank update checks, from the first day of the window on (docs/rank.md#errors).
-- Parameter: from (date).
SELECT
    slip_no AS record_no, sold_on AS dated, customer_code,
    MIN(related_customer_1) AS related_1, MAX(related_customer_1) AS last_1,
    MIN(related_customer_2) AS related_2, MAX(related_customer_2) AS last_2,
    MIN(related_customer_3) AS related_3, MAX(related_customer_3) AS last_3
FROM counted_sales
WHERE sold_on >= {from}
GROUP BY slip_no, sold_on, customer_code
