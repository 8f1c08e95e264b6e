-- Part of rank_errors.sql for deals: won deals without a date. Parameter: undated (text of the detail).
SELECT 'RANK_UNDATED_DEAL', record_no, dated, customer_code, {undated}
FROM records
WHERE dated IS NULL
