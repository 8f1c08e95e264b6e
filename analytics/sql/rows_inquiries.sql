(
    SELECT d.inquiry_no, d.customer_code, d.product_code, d.kind, d.subject, d.assignee, d.opened_on, d.closed_on,
           CASE WHEN d.status = 'done' AND d.is_open = 1 THEN 'in_progress' ELSE d.status END AS status,
           d.is_open,
           CASE WHEN d.is_open = 1 THEN {as_of} - d.opened_on END AS open_days,
           d.closed_on - d.opened_on AS days_to_close,
           CASE WHEN d.reaction_s > d.opened_s THEN d.reaction_s - d.opened_s
                WHEN d.reaction_s IS NOT NULL THEN 0 END AS response_seconds
    FROM (
        SELECT i.inquiry_no, i.customer_code, i.product_code, i.kind, i.subject, i.assignee, i.status,
               CAST(i.opened_at + INTERVAL 9 HOUR AS DATE) AS opened_on,
               CASE WHEN i.status = 'done' AND CAST(i.closed_at + INTERVAL 9 HOUR AS DATE) <= {as_of}
                    THEN CAST(i.closed_at + INTERVAL 9 HOUR AS DATE) END AS closed_on,
               CASE WHEN i.status = 'done' AND (i.closed_at IS NULL
                                                OR CAST(i.closed_at + INTERVAL 9 HOUR AS DATE) <= {as_of})
                    THEN 0 ELSE 1 END AS is_open,
               CAST(EXTRACT(EPOCH FROM i.opened_at) AS BIGINT) AS opened_s,
               CAST(EXTRACT(EPOCH FROM
                   CASE WHEN f.first_at IS NULL OR i.closed_at < f.first_at
                        THEN CASE WHEN CAST(i.closed_at + INTERVAL 9 HOUR AS DATE) <= {as_of} THEN i.closed_at END
                        ELSE f.first_at END) AS BIGINT) AS reaction_s
        FROM inquiries i
        LEFT JOIN (
            SELECT e.inquiry_no,
                   MIN(e.reaction_at) OVER (PARTITION BY e.customer_code ORDER BY e.at, e.is_reaction, e.inquiry_no
                                            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS first_at
            FROM (
                SELECT inquiry_no, customer_code, opened_at AS at, 0 AS is_reaction,
                       CAST(NULL AS TIMESTAMP) AS reaction_at
                FROM inquiries
                UNION ALL
                SELECT CAST(NULL AS VARCHAR), customer_code, happened_at, 1, happened_at
                FROM activities
                WHERE channel IS NOT NULL AND channel NOT IN ('phone_in', 'phone_missed', 'portal')
                  AND CAST(happened_at + INTERVAL 9 HOUR AS DATE) <= {as_of}
                UNION ALL
                SELECT CAST(NULL AS VARCHAR), customer_code, answered_at, 1, answered_at
                FROM calls
                WHERE direction = 'outbound' AND answered_at IS NOT NULL AND customer_code IS NOT NULL
                  AND CAST(answered_at + INTERVAL 9 HOUR AS DATE) <= {as_of}
            ) e
        ) f ON f.inquiry_no = i.inquiry_no
    ) d
)
