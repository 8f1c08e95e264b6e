-- Per customer: what counts within the window (docs/rank.md#metrics).
-- One row for each customer, and for each unknown code that a record names (is_known = false).
-- Parameters: records (the query of rank_records_*.sql); main, related_1 … related_3 (rates in hundredths of a percent).
WITH same_links AS (
{records}
),
-- Each customer once for each record, at the highest of its rates.
links AS (
    SELECT customer_code, net, records, latest,
        GREATEST(
            {main},
            CASE WHEN related_1 = customer_code THEN {related_1} ELSE 0 END,
            CASE WHEN related_2 = customer_code THEN {related_2} ELSE 0 END,
            CASE WHEN related_3 = customer_code THEN {related_3} ELSE 0 END
        ) AS rate
    FROM same_links
    UNION ALL
    SELECT related_1, net, records, latest,
        GREATEST(
            {related_1},
            CASE WHEN related_2 = related_1 THEN {related_2} ELSE 0 END,
            CASE WHEN related_3 = related_1 THEN {related_3} ELSE 0 END
        )
    FROM same_links
    WHERE related_1 IS NOT NULL AND related_1 <> customer_code
    UNION ALL
    SELECT related_2, net, records, latest,
        GREATEST({related_2}, CASE WHEN related_3 = related_2 THEN {related_3} ELSE 0 END)
    FROM same_links
    WHERE related_2 IS NOT NULL AND related_2 <> customer_code
        AND (related_1 IS NULL OR related_2 <> related_1)
    UNION ALL
    SELECT related_3, net, records, latest, {related_3}
    FROM same_links
    WHERE related_3 IS NOT NULL AND related_3 <> customer_code
        AND (related_1 IS NULL OR related_3 <> related_1)
        AND (related_2 IS NULL OR related_3 <> related_2)
),
totals AS (
    SELECT
        customer_code,
        SUM(records) AS records,
        SUM(records * rate) AS counted,
        SUM(CAST(net AS DECIMAL(28, 4)) * CAST(rate AS DECIMAL(5, 0))) AS amount,
        MAX(latest) AS latest_any,
        MAX(CASE WHEN rate > 0 THEN latest END) AS latest_counted
    FROM links
    GROUP BY customer_code
)
SELECT
    COALESCE(c.customer_code, t.customer_code) AS customer_code,
    c.rank AS rank_before,
    COALESCE(c.rank_auto_update_excluded, FALSE) AS is_excluded,
    c.customer_code IS NOT NULL AS is_known,
    CAST(COALESCE(t.records, 0) AS BIGINT) AS records,
    CAST(COALESCE(t.counted, 0) AS BIGINT) AS counted,
    CAST(COALESCE(t.amount, 0) AS DECIMAL(38, 4)) AS amount,
    t.latest_any,
    t.latest_counted
FROM customers c
FULL OUTER JOIN totals t ON t.customer_code = c.customer_code
