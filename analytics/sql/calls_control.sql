-- Calls (or parts) of a period and a direction, counted directly, and all calls that there are.
SELECT CAST(COALESCE(SUM(CASE WHEN direction = {direction}
                               AND CAST(started_at + INTERVAL 9 HOUR AS DATE) BETWEEN {from} AND {to}
                              THEN 1 ELSE 0 END), 0) AS BIGINT) AS counted,
       (SELECT COUNT(*) FROM calls) AS all_calls
FROM {source}
