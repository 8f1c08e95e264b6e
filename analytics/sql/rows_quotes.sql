(
    SELECT q.quote_no, q.customer_code, q.quoted_on, q.title, q.amount, q.revision, q.valid_until, q.probability,
           COALESCE(q.department, d.department) AS department, d.campaign_code, d.kind AS deal_kind,
           CASE WHEN q.status = 'won' AND (COALESCE(o.received_on, d.ordered_on) IS NULL
                                           OR COALESCE(o.received_on, d.ordered_on) <= {as_of}) THEN 'won'
                WHEN q.status = 'lost' THEN 'lost'
                WHEN q.status = 'draft' THEN 'draft'
                WHEN q.status = 'expired' OR q.valid_until < {as_of} THEN 'expired'
                ELSE 'open' END AS state,
           CASE WHEN q.status = 'won' AND COALESCE(o.received_on, d.ordered_on) BETWEEN q.quoted_on AND {as_of}
                THEN COALESCE(o.received_on, d.ordered_on) - q.quoted_on END AS decision_days
    FROM quotes q
    LEFT JOIN orders o ON o.order_no = q.order_no
    LEFT JOIN deals d ON d.deal_no = q.deal_no
)
