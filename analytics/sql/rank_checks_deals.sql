-- What the rank update does not count and warns about (docs/rank.md#errors): won deals after the as-of date and
-- won deals without a date; and the day of the newest up to that date. Parameter: as_of (date).
SELECT
    COUNT(CASE WHEN ordered_on > {as_of} THEN 1 END) AS future_ignored,
    COUNT(CASE WHEN ordered_on IS NULL THEN 1 END) AS undated,
    MAX(CASE WHEN ordered_on <= {as_of} THEN ordered_on END) AS newest,
    CAST(0 AS BIGINT) AS without_rate
FROM deals
WHERE stage = 'won'
