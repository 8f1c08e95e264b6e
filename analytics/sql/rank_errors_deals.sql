-- The won deals that the rank update checks (docs/rank.md#errors).
SELECT deal_no AS record_no, ordered_on AS dated, customer_code, related_customer_1 AS related_1,
    related_customer_2 AS related_2, related_customer_3 AS related_3
FROM deals
WHERE stage = 'won'
