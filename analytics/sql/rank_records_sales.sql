-- The slips of the window. Those that link the same customers in the same slots are one row: their links have the
-- same rates, which are thus worked out once for a group and not for each slip.
-- Parameters: from, as_of (dates); amount (of a line, with or without tax).
WITH slips AS (
    SELECT
        customer_code,
        sold_on,
        MIN(related_customer_1) AS related_1,
        MIN(related_customer_2) AS related_2,
        MIN(related_customer_3) AS related_3,
        SUM({amount}) AS net
    FROM counted_sales
    WHERE sold_on >= {from} AND sold_on <= {as_of}
    GROUP BY slip_no, sold_on, customer_code
)
SELECT
    customer_code, related_1, related_2, related_3,
    SUM(net) AS net,
    COUNT(CASE WHEN net > 0 THEN 1 END) AS records,
    MAX(CASE WHEN net > 0 THEN sold_on END) AS latest
FROM slips
GROUP BY customer_code, related_1, related_2, related_3
