-- The won deals of the window; those that link the same customers in the same slots are one row.
-- Parameters: from, as_of (dates).
SELECT
    customer_code,
    related_customer_1 AS related_1,
    related_customer_2 AS related_2,
    related_customer_3 AS related_3,
    COALESCE(SUM(amount), 0) AS net,
    COUNT(CASE WHEN amount > 0 THEN 1 END) AS records,
    MAX(CASE WHEN amount > 0 THEN ordered_on END) AS latest
FROM deals
WHERE stage = 'won' AND ordered_on >= {from} AND ordered_on <= {as_of}
GROUP BY customer_code, related_customer_1, related_customer_2, related_customer_3
