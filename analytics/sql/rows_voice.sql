(
    SELECT i.inquiry_no AS voice_no, i.customer_code, i.product_code, i.subject, i.status,
           CAST(i.opened_at + INTERVAL 9 HOUR AS DATE) AS heard_on, 'inquiry' AS source
    FROM inquiries i
    WHERE i.kind = 'request'
    UNION ALL
    SELECT c.call_id, c.customer_code, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR),
           CAST(c.started_at + INTERVAL 9 HOUR AS DATE), 'call'
    FROM calls c
    LEFT JOIN (
        SELECT DISTINCT customer_code, CAST(opened_at + INTERVAL 9 HOUR AS DATE) AS day
        FROM inquiries
        WHERE kind = 'request'
    ) k ON k.customer_code = c.customer_code AND k.day = CAST(c.started_at + INTERVAL 9 HOUR AS DATE)
    WHERE c.category = 'request' AND k.day IS NULL
)
