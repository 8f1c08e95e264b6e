-- Derived views that every query may use.

-- The lines that count as sales (docs/rank.md#records): all but those with an excluded status.
CREATE VIEW counted_sales AS
SELECT *
FROM sales
WHERE status IS NULL
   OR status NOT IN {not_counted};

-- Slips: the lines of one number, date and customer (docs/rank.md#records). A slip whose net is not positive
-- is a return, not a purchase, but its amount counts. Gross profit is costed_amount - cost: lines without a
-- cost have no known margin.
CREATE VIEW slips AS
SELECT customer_code, slip_no, sold_on,
       COUNT(*) AS lines,
       SUM(amount) AS amount,
       SUM(cost) AS cost,
       SUM(CASE WHEN cost IS NOT NULL THEN amount END) AS costed_amount
FROM counted_sales
GROUP BY customer_code, slip_no, sold_on;

-- Customers with the attributes that reports divide by. An explicit area takes precedence; otherwise the area
-- follows from the prefecture of the head office (else of the billing, else of a ship-to address).
CREATE VIEW segment_customers AS
SELECT c.customer_code, c.customer_name, c.name_kana, c.customer_type, c.trading_status, c.industry, c.rank,
       COALESCE(c.sales_area, p.area) AS sales_area,
       c.first_trade_date, c.account_owner, c.acquisition_source, c.payment_method, c.payment_terms, c.price_list,
       c.rating, c.birth_date, a.prefecture
FROM customers c
LEFT JOIN (
    SELECT customer_code, prefecture,
           ROW_NUMBER() OVER (
               PARTITION BY customer_code
               ORDER BY CASE kind WHEN 'head_office' THEN 0 WHEN 'billing' THEN 1 ELSE 2 END, address_no, kind
           ) AS choice
    FROM addresses
    WHERE prefecture IS NOT NULL
) a ON a.customer_code = c.customer_code AND a.choice = 1
LEFT JOIN (VALUES {areas}) AS p (prefecture, area) ON p.prefecture = a.prefecture;

-- Calls as each agent had them: a call that was handed over, or that rang several phones, is a row for each agent. The
-- wait is that of the agent's own phone. A call without parts (an imported log) is one row.
CREATE VIEW agent_calls AS
SELECT c.call_id, c.direction, c.queue, p.agent_code, c.category,
       CASE WHEN p.answered_at IS NOT NULL THEN 'completed'
            WHEN p.part_end = 'caller_hung_up' THEN 'abandoned'
            WHEN p.part_end = 'rejected' THEN 'busy'
            WHEN p.part_end IN ('no_answer', 'answered_elsewhere') THEN p.part_end
            ELSE 'unknown' END AS outcome,
       c.caller_e164, p.began_at AS started_at, CAST(NULL AS TIMESTAMP) AS queued_at, p.answered_at,
       p.left_at AS ended_at, p.talk_seconds, p.hold_seconds, p.acw_seconds, c.uncertain
FROM call_parts p
JOIN calls c ON c.call_id = p.call_id
WHERE p.kind = 'agent'
UNION ALL
SELECT c.call_id, c.direction, c.queue, c.agent_code, c.category, c.outcome, c.caller_e164, c.started_at, c.queued_at,
       c.answered_at, c.ended_at, c.talk_seconds, c.hold_seconds, c.acw_seconds, c.uncertain
FROM calls c
WHERE c.call_id NOT IN (SELECT call_id FROM call_parts WHERE kind = 'agent');
