-- Part of rank_errors.sql for slips: lines that name different customers in one related slot.
SELECT 'RANK_SPLIT_LINKS', record_no, dated, customer_code, 'related_customer_1: ' || related_1 || ' / ' || last_1
FROM counted WHERE related_1 <> last_1
UNION ALL
SELECT 'RANK_SPLIT_LINKS', record_no, dated, customer_code, 'related_customer_2: ' || related_2 || ' / ' || last_2
FROM counted WHERE related_2 <> last_2
UNION ALL
SELECT 'RANK_SPLIT_LINKS', record_no, dated, customer_code, 'related_customer_3: ' || related_3 || ' / ' || last_3
FROM counted WHERE related_3 <> last_3
