-- The sales that have a cost, and that cost, until a day.
SELECT SUM(costed_amount) AS costed_amount, SUM(cost) AS cost
FROM slips
WHERE sold_on <= {until} AND {members}
