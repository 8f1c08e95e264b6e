(
    SELECT p.project_code, p.project_name, p.customer_code, p.department, p.manager, p.status,
           l.member_code, l.task, l.day, l.kind, l.contract_amount, l.planned_hours, l.hours, l.labour, l.purchases,
           l.cost, l.uncosted_hours
    FROM (
        SELECT j.project_code, COALESCE(j.completed_on, j.due_on, j.started_on) AS day, 'contract' AS kind,
               CAST(NULL AS VARCHAR) AS member_code, CAST(NULL AS VARCHAR) AS task,
               COALESCE(j.contract_amount, o.amount) AS contract_amount, j.planned_hours,
               CAST(0 AS DECIMAL(18, 4)) AS hours,
               -- Nobody worked: no labour. Hours whose cost nobody knows are not nothing.
               CASE WHEN j.project_code NOT IN (SELECT w.project_code FROM time_entries w WHERE w.worked_on <= {as_of})
                    THEN CAST(0 AS DECIMAL(36, 8)) END AS labour,
               CAST(0 AS DECIMAL(18, 4)) AS purchases, CAST(0 AS DECIMAL(36, 8)) AS cost,
               CAST(0 AS DECIMAL(18, 4)) AS uncosted_hours
        FROM projects j
        LEFT JOIN orders o ON o.order_no = j.order_no
        UNION ALL
        SELECT t.project_code, t.worked_on, 'labour', t.member_code, t.task, CAST(NULL AS DECIMAL(18, 4)),
               CAST(NULL AS DECIMAL(18, 4)), t.hours, t.hours * m.unit_cost, CAST(NULL AS DECIMAL(18, 4)),
               t.hours * m.unit_cost, CASE WHEN m.unit_cost IS NULL THEN t.hours ELSE 0 END
        FROM time_entries t
        LEFT JOIN members m ON m.member_code = t.member_code
        WHERE t.worked_on <= {as_of}
        UNION ALL
        SELECT u.project_code, u.purchased_on, 'purchase', CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR),
               CAST(NULL AS DECIMAL(18, 4)), CAST(NULL AS DECIMAL(18, 4)), CAST(NULL AS DECIMAL(18, 4)),
               CAST(NULL AS DECIMAL(36, 8)), u.amount, CAST(u.amount AS DECIMAL(36, 8)), CAST(NULL AS DECIMAL(18, 4))
        FROM purchases u
        WHERE u.project_code IS NOT NULL AND u.purchased_on <= {as_of}
    ) l
    LEFT JOIN projects p ON p.project_code = l.project_code
)
