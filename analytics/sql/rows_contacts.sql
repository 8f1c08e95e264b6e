(
    SELECT customer_code, CAST(happened_at + INTERVAL 9 HOUR AS DATE) AS contacted_on, channel, 'activity' AS source,
           agent AS contact_agent, campaign_code
    FROM activities
    UNION ALL
    SELECT customer_code, CAST(started_at + INTERVAL 9 HOUR AS DATE),
           CASE WHEN answered_at IS NULL THEN 'phone_missed'
                WHEN direction = 'outbound' THEN 'phone_out'
                ELSE 'phone_in' END,
           'call', agent_code, CAST(NULL AS VARCHAR)
    FROM calls
    WHERE customer_code IS NOT NULL AND direction IN ('inbound', 'outbound')
    UNION ALL
    SELECT customer_code, CAST(happened_at + INTERVAL 9 HOUR AS DATE), 'portal', 'portal', CAST(NULL AS VARCHAR),
           CAST(NULL AS VARCHAR)
    FROM activity_logs
    WHERE customer_code IS NOT NULL
)
