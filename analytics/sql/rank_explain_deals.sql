-- rank explain (docs/rank.md#after-the-run): every deal that names a customer, of any date and stage.
-- Parameter: code (text).
SELECT
    deal_no AS record_no,
    ordered_on AS dated,
    customer_code AS main,
    related_customer_1 AS related_1,
    related_customer_2 AS related_2,
    related_customer_3 AS related_3,
    amount AS net,
    CAST(CASE WHEN stage = 'won' THEN 1 ELSE 0 END AS BIGINT) AS counted_lines,
    CAST(1 AS BIGINT) AS lines,
    CASE WHEN stage <> 'won' THEN stage END AS status
FROM deals
WHERE customer_code = {code}
   OR related_customer_1 = {code}
   OR related_customer_2 = {code}
   OR related_customer_3 = {code}
ORDER BY ordered_on DESC NULLS LAST, deal_no DESC NULLS LAST
