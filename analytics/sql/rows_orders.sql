(
    SELECT o.order_no, o.customer_code, o.received_on, o.channel, o.title, o.amount, o.delivery_due_on,
           o.campaign_code, o.status, a.arrived_on,
           CASE WHEN o.status = 'cancelled' THEN 'cancelled'
                WHEN a.arrived_on IS NOT NULL THEN 'delivered'
                WHEN o.status IN ('invoiced', 'completed') AND a.expected_on IS NULL THEN 'delivered'
                WHEN o.delivery_due_on < {as_of} THEN 'overdue'
                ELSE 'under_way' END AS progress
    FROM orders o
    JOIN (
        SELECT i.order_no,
               CASE WHEN i.delivered_on <= {as_of} THEN i.delivered_on END AS arrived_on,
               CASE WHEN i.delivered_on > {as_of} THEN i.delivered_on END AS expected_on
        FROM (
            SELECT r.order_no,
                   COALESCE(r.delivered_on,
                            CASE WHEN COUNT(*) = COUNT(s.delivered_on) THEN MAX(s.delivered_on) END) AS delivered_on
            FROM orders r
            LEFT JOIN shipments s ON s.order_no = r.order_no
                                 AND (s.status IS NULL OR s.status NOT IN ('returned', 'cancelled'))
            GROUP BY r.order_no, r.delivered_on
        ) i
    ) a ON a.order_no = o.order_no
)
