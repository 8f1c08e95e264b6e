-- Slips in the window whose lines name different customers in one related slot; the rank update uses the first
-- by code and warns (docs/rank.md#records). Parameters: from, as_of (dates).
SELECT COUNT(*) AS split_links
FROM (
    SELECT slip_no, sold_on, customer_code
    FROM counted_sales
    WHERE sold_on >= {from} AND sold_on <= {as_of}
        AND (
            related_customer_1 IS NOT NULL OR related_customer_2 IS NOT NULL OR related_customer_3 IS NOT NULL
        )
    GROUP BY slip_no, sold_on, customer_code
    HAVING MIN(related_customer_1) <> MAX(related_customer_1)
        OR MIN(related_customer_2) <> MAX(related_customer_2)
        OR MIN(related_customer_3) <> MAX(related_customer_3)
) AS split
