(
    SELECT s.order_no, s.shipment_no, s.shipped_on, s.carrier, s.status, s.due_on, s.warehouse_code, o.customer_code,
           CASE WHEN s.delivered_on <= {as_of} THEN s.delivered_on END AS delivered_on
    FROM shipments s
    LEFT JOIN orders o ON o.order_no = s.order_no
)
