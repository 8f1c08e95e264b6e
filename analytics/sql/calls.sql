-- Calls, or the agents' parts in them, by up to two attributes, in local time. The wait ends with the answer and begins with the queue, else with
-- the call: a queue that was joined after the answer (a transfer) does not count. The first response to a missed
-- call is the next answered call with its number, in or out. A repeated call follows one of its direction and number
-- soon. Durations of imported calls may be negative: they
-- count as zero.
WITH spoken AS (
    SELECT call_id, direction, queue, agent_code, category, outcome, answered_at, caller_e164, started_at,
           CAST(started_at + INTERVAL 9 HOUR AS DATE) AS day,
           CAST(EXTRACT(HOUR FROM started_at + INTERVAL 9 HOUR) AS BIGINT) AS hour_of_day,
           CAST(EXTRACT(MINUTE FROM started_at + INTERVAL 9 HOUR) AS BIGINT) AS minute_of_hour,
           CAST(EXTRACT(EPOCH FROM CASE WHEN queued_at <= answered_at THEN queued_at ELSE started_at END) * 1000
               AS BIGINT) AS waits_from_ms,
           CAST(EXTRACT(EPOCH FROM started_at) * 1000 AS BIGINT) AS started_ms,
           CAST(EXTRACT(EPOCH FROM answered_at) * 1000 AS BIGINT) AS answered_ms,
           CAST(EXTRACT(EPOCH FROM ended_at) * 1000 AS BIGINT) AS ended_ms,
           CASE WHEN talk_seconds > 0 THEN talk_seconds ELSE 0 END AS talk_seconds,
           CASE WHEN hold_seconds > 0 THEN hold_seconds ELSE 0 END AS hold_seconds,
           CASE WHEN acw_seconds > 0 THEN acw_seconds ELSE 0 END AS acw_seconds,
           uncertain
    FROM {source}
),
answered_later AS (
    SELECT s.*,
           CASE WHEN caller_e164 IS NOT NULL THEN
               MIN(CASE WHEN answered_ms IS NOT NULL AND direction IN ('inbound', 'outbound') THEN started_ms END)
                   OVER (PARTITION BY caller_e164 ORDER BY started_at, call_id
                         ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
           END AS response_started_ms
    FROM spoken s
),
repeats AS (
    SELECT call_id AS repeated_call_id,
           CAST(EXTRACT(EPOCH FROM started_at) * 1000 AS BIGINT)
               - LAG(CAST(EXTRACT(EPOCH FROM started_at) * 1000 AS BIGINT))
                     OVER (PARTITION BY direction, caller_e164 ORDER BY started_at, call_id) AS since_ms
    FROM calls
    WHERE caller_e164 IS NOT NULL
),
chosen AS (
    SELECT *, {axis_1} AS axis_1, {axis_2} AS axis_2,
           CASE WHEN direction = 'inbound' AND answered_ms IS NULL
                     AND outcome IN ('abandoned', 'no_answer', 'busy') THEN 1 ELSE 0 END AS is_missed,
           CASE WHEN answered_ms > waits_from_ms THEN answered_ms - waits_from_ms ELSE 0 END AS wait_ms,
           CASE WHEN response_started_ms > COALESCE(ended_ms, started_ms)
                THEN response_started_ms - COALESCE(ended_ms, started_ms) ELSE 0 END AS response_ms
    FROM answered_later
    LEFT JOIN repeats ON repeated_call_id = call_id
    WHERE day BETWEEN {from} AND {to} AND direction = {direction}
)
SELECT axis_1, axis_2,
       COUNT(*) AS calls,
       CAST(SUM(CASE WHEN answered_ms IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS answered,
       CAST(SUM(CASE WHEN answered_ms IS NULL AND outcome = 'abandoned' THEN 1 ELSE 0 END) AS BIGINT) AS abandoned,
       CAST(SUM(is_missed) AS BIGINT) AS missed,
       CAST(SUM(CASE WHEN answered_ms IS NOT NULL AND wait_ms <= {within_ms} THEN 1 ELSE 0 END)
           AS BIGINT) AS answered_within,
       CAST(SUM(CASE WHEN answered_ms IS NOT NULL THEN wait_ms ELSE 0 END) AS BIGINT) AS wait_ms,
       CAST(SUM(CASE WHEN answered_ms IS NOT NULL THEN talk_seconds ELSE 0 END) AS BIGINT) AS talk_seconds,
       CAST(SUM(CASE WHEN answered_ms IS NOT NULL THEN hold_seconds ELSE 0 END) AS BIGINT) AS hold_seconds,
       CAST(SUM(CASE WHEN answered_ms IS NOT NULL THEN acw_seconds ELSE 0 END) AS BIGINT) AS acw_seconds,
       CAST(SUM(CASE WHEN is_missed = 1 AND response_started_ms IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS responded,
       CAST(SUM(CASE WHEN is_missed = 1 THEN response_ms ELSE 0 END) AS BIGINT) AS response_ms,
       CAST(SUM(CASE WHEN since_ms <= {repeated_ms} THEN 1 ELSE 0 END) AS BIGINT) AS repeated,
       CAST(SUM(CASE WHEN uncertain THEN 1 ELSE 0 END) AS BIGINT) AS uncertain
FROM chosen
GROUP BY axis_1, axis_2
