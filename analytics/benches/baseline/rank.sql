-- The rank update of data/rank.toml as of 2026-10-31 as one hand-written DuckDB query: the same metrics, points
-- and ranks for every customer. It may rely on those settings: rates fall from slot to slot, so that a customer
-- named twice keeps the first.
COPY (
    WITH slips AS (
        SELECT customer_code, sold_on,
            min(related_customer_1) AS r1, min(related_customer_2) AS r2, min(related_customer_3) AS r3,
            sum(amount) AS net
        FROM read_parquet('FOLDER/sales/*.parquet')
        WHERE sold_on BETWEEN DATE '2025-10-31' AND DATE '2026-10-31'
            AND (status IS NULL
                OR status NOT IN ('cancelled', 'deleted', 'provisional', 'contract', 'estimate', 'article'))
        GROUP BY slip_no, sold_on, customer_code
    ),
    links AS (
        SELECT customer_code AS code, 100 AS rate, net, sold_on FROM slips
        UNION ALL
        SELECT r1, 50, net, sold_on FROM slips WHERE r1 IS NOT NULL AND r1 <> customer_code
        UNION ALL
        SELECT r2, 0, net, sold_on FROM slips
        WHERE r2 IS NOT NULL AND r2 <> customer_code AND r2 IS DISTINCT FROM r1
        UNION ALL
        SELECT r3, 0, net, sold_on FROM slips
        WHERE r3 IS NOT NULL AND r3 <> customer_code AND r3 IS DISTINCT FROM r1 AND r3 IS DISTINCT FROM r2
    ),
    totals AS (
        SELECT code,
            coalesce(sum(rate) FILTER (WHERE net > 0), 0)::BIGINT AS percent,
            sum(net * rate::DECIMAL(5, 0)) AS amount_percent,
            max(sold_on) FILTER (WHERE net > 0) AS latest_any
        FROM links
        GROUP BY code
    ),
    figures AS (
        SELECT c.customer_code, c.rank AS rank_before, coalesce(c.rank_auto_update_excluded, false) AS is_excluded,
            coalesce(t.percent, 0) AS percent, coalesce(t.amount_percent, 0) AS amount_percent,
            CASE WHEN t.percent > 0 THEN t.latest_any END AS latest
        FROM read_parquet('FOLDER/customers.parquet') c
        LEFT JOIN totals t ON t.code = c.customer_code
    ),
    points AS (
        SELECT *,
            CASE WHEN latest >= DATE '2026-07-31' THEN 4 WHEN latest >= DATE '2026-04-30' THEN 3
                WHEN latest >= DATE '2026-01-31' THEN 2 WHEN latest >= DATE '2025-10-31' THEN 1 ELSE 0 END AS p_recency,
            CASE WHEN percent >= 1000 THEN 4 WHEN percent >= 300 THEN 3 WHEN percent >= 100 THEN 2
                WHEN percent >= 50 THEN 1 ELSE 0 END AS p_count,
            CASE WHEN amount_percent >= 500000000 THEN 4 WHEN amount_percent >= 200000000 THEN 3
                WHEN amount_percent >= 100000000 THEN 2 WHEN amount_percent >= 100 THEN 1 ELSE 0 END AS p_amount
        FROM figures
    ),
    scored AS (
        SELECT *, p_recency * 20 + p_count * 10 + p_amount * 20 AS total FROM points
    ),
    ranked AS (
        SELECT *,
            CASE WHEN is_excluded THEN 'excluded' WHEN rank_before NOT IN ('A', 'B', 'C') THEN 'not_target_rank' END AS kept,
            CASE WHEN total >= 180 THEN 'A' WHEN total >= 80 THEN 'B' ELSE 'C' END AS earned
        FROM scored
    )
    SELECT customer_code, latest AS latest_date,
        -- The smallest n with latest >= as-of − n months; the as-of date is a month's last day.
        CASE WHEN latest IS NOT NULL THEN
            (2026 * 12 + 10) - (year(latest) * 12 + month(latest))
            + CASE WHEN latest < last_day(latest) THEN 1 ELSE 0 END END AS months_within,
        percent::DECIMAL(18, 2) * 0.01 AS count, amount_percent * 0.01 AS amount,
        {'recency': p_recency, 'count': p_count, 'amount': p_amount} AS points,
        total, rank_before,
        CASE WHEN kept IS NULL THEN earned ELSE rank_before END AS rank_after,
        coalesce(kept, CASE WHEN earned IS DISTINCT FROM rank_before THEN 'changed' ELSE 'unchanged' END) AS reason
    FROM ranked
) TO 'TARGET' (FORMAT json, ARRAY true);
