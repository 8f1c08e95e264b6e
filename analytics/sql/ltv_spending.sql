-- How many customers have as many repeat purchases of the same sum.
SELECT repeats, repeat_amount, COUNT(*) AS customers
FROM ({histories}) AS histories
WHERE repeats > 0 AND repeat_amount > 0
GROUP BY repeats, repeat_amount
ORDER BY repeats, repeat_amount
