-- How many customers have the same history: the models are estimated from these.
SELECT repeats, last_day, observed_days, COUNT(*) AS customers
FROM ({histories}) AS histories
GROUP BY repeats, last_day, observed_days
ORDER BY repeats, last_day, observed_days
