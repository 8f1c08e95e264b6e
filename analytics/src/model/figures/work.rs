//! The figures of deals, quotes, orders and shipments.

use super::figures;
use crate::model::figure::{Expression as E, Figure};
use crate::model::tables::work::{DEAL_ROWS, ORDER_ROWS, QUOTE_ROWS, SHIPMENT_ROWS};

pub(super) static DEALS: &[Figure] = figures! { &DEAL_ROWS;
    "weighted_amount" Yen 0 ["見込金額(確度加重)" "Weighted"]
        ["見込金額 × 確度 の合計。確度の分からない案件は含みません" "Sum of amount times probability; deals without a probability are left out"]
        E::Sum("r.amount * CAST(CASE WHEN r.probability BETWEEN 0 AND 100 THEN r.probability END AS DECIMAL(3, 0)) * 0.01");
    "amount" Yen 0 ["見込金額" "Amount"] ["見込金額の合計(税抜)" "Sum of the expected amounts without tax"] E::Sum("r.amount");
    "deals" Count 1 ["案件数" "Deals"] ["案件の件数" "Number of deals"] E::Rows;
    "average_amount" Yen 4 ["案件単価" "Per deal"] ["見込金額 ÷ 案件数" "Amount divided by deals"] E::Average("amount", "deals");
    "overdue_deals" Count 3 ["予定日超過" "Overdue"]
        ["受注予定日を過ぎて、受注も失注もしていない案件の件数" "Deals past their expected date that are neither won nor lost"]
        E::RowsWhere("r.expected_on < {as_of} AND (r.stage IS NULL OR r.stage NOT IN ('won', 'lost'))");
    "overdue_amount" Yen 4 ["予定日超過の金額" "Overdue amount"]
        ["予定日を超過した案件の見込金額" "Expected amounts of the overdue deals"]
        E::Sum("CASE WHEN r.expected_on < {as_of} AND (r.stage IS NULL OR r.stage NOT IN ('won', 'lost')) THEN r.amount END");
    "won_deals" Count 5 ["受注件数" "Won"] ["受注した案件の件数" "Deals that were won"] E::RowsWhere("r.stage = 'won'");
    "lost_deals" Count 6 ["失注件数" "Lost"] ["失注した案件の件数" "Deals that were lost"] E::RowsWhere("r.stage = 'lost'");
    "won_amount" Yen 5 ["受注金額" "Won amount"] ["受注した案件の金額" "Amounts of the deals that were won"]
        E::Sum("CASE WHEN r.stage = 'won' THEN r.amount END");
};

pub(super) static QUOTES: &[Figure] = figures! { &QUOTE_ROWS;
    "quotes" Count 0 ["見積件数" "Quotes"] ["見積の件数(作成中を含む)" "Number of quotes, drafts included"] E::Rows;
    "amount" Yen 0 ["見積金額" "Amount"] ["見積金額の合計(税抜)" "Sum of the quotes' amounts without tax"] E::Sum("r.amount");
    "won" Count 1 ["受注件数" "Won"] ["基準日までに受注した見積の件数" "Quotes that were ordered by the as-of date"]
        E::RowsWhere("r.state = 'won'");
    "lost" Count 2 ["失注件数" "Lost"] ["失注した見積の件数" "Quotes that the customer declined"] E::RowsWhere("r.state = 'lost'");
    "expired" Count 4 ["期限切れ" "Expired"] ["回答のないまま有効期限を過ぎた見積の件数" "Quotes past their last day without an answer"]
        E::RowsWhere("r.state = 'expired'");
    "open" Count 3 ["回答待ち" "Waiting"] ["提出済で有効期限内の見積の件数" "Quotes that were sent and are still valid"]
        E::RowsWhere("r.state = 'open'");
    "decided" Count 7 ["決着件数" "Decided"] ["受注または失注した見積の件数" "Quotes that were won or lost"]
        E::RowsWhere("r.state IN ('won', 'lost')");
    "win_rate" Rate 0 ["成約率" "Win rate"] ["受注件数 ÷ (受注件数 + 失注件数)" "Won divided by won and lost"]
        E::Ratio("won", "decided");
    "won_amount" Yen 1 ["受注金額" "Won amount"] ["受注した見積の金額" "Amounts of the quotes that were won"]
        E::Sum("CASE WHEN r.state = 'won' THEN r.amount END");
    "lost_amount" Yen 3 ["失注金額" "Lost amount"] ["失注した見積の金額" "Amounts of the quotes that were lost"]
        E::Sum("CASE WHEN r.state = 'lost' THEN r.amount END");
    "open_amount" Yen 3 ["回答待ち金額" "Waiting amount"] ["回答待ちの見積の金額" "Amounts of the quotes that wait for an answer"]
        E::Sum("CASE WHEN r.state = 'open' THEN r.amount END");
    "decided_amount" Yen 8 ["決着金額" "Decided amount"] ["受注または失注した見積の金額" "Amounts of the quotes that were won or lost"]
        E::Sum("CASE WHEN r.state IN ('won', 'lost') THEN r.amount END");
    "amount_win_rate" Rate 5 ["金額成約率" "Win rate, amount"] ["受注金額 ÷ 決着金額" "Won amount divided by the decided amount"]
        E::Ratio("won_amount", "decided_amount");
    "dated_decisions" Count 9 ["決定日の分かる受注" "Dated decisions"]
        ["受注日(受注、なければ案件)の分かる受注済み見積の件数" "Won quotes whose order, else deal, has a date"]
        E::RowsWhere("r.decision_days IS NOT NULL");
    "decision_days_sum" Days 9 ["決定日数の合計" "Days to decisions"]
        ["見積日から受注日までの日数の合計" "Days from the quote to the order, added up"] E::Sum("r.decision_days");
    "average_decision_days" Days 3 ["平均決定日数" "Days to decision"]
        ["見積日から受注日までの平均日数" "Average days from the quote to the order"]
        E::Mean("decision_days_sum", "dated_decisions", 1);
};

pub(super) static ORDERS: &[Figure] = figures! { &ORDER_ROWS;
    "orders" Count 0 ["受注件数" "Orders"] ["受注の件数(取消を含む)" "Number of orders, cancelled ones included"] E::Rows;
    "amount" Yen 0 ["受注金額" "Amount"] ["取消以外の受注金額の合計(税抜)" "Sum of the orders' amounts without tax, without cancelled ones"]
        E::Sum("CASE WHEN r.progress <> 'cancelled' THEN r.amount END");
    "delivered" Count 2 ["納品済" "Delivered"] ["基準日までに納品した受注の件数" "Orders that were delivered by the as-of date"]
        E::RowsWhere("r.progress = 'delivered'");
    "under_way" Count 3 ["進行中" "Under way"] ["納期を過ぎていない未納品の件数(納期のない受注を含む)" "Orders that are not delivered and not overdue"]
        E::RowsWhere("r.progress = 'under_way'");
    "overdue" Count 1 ["納期遅れ" "Overdue"] ["納期を過ぎて未納品の件数" "Orders past their due date that are not delivered"]
        E::RowsWhere("r.progress = 'overdue'");
    "cancelled" Count 6 ["取消" "Cancelled"] ["取り消された受注の件数" "Orders that were cancelled"]
        E::RowsWhere("r.progress = 'cancelled'");
    "open_amount" Yen 3 ["受注残" "Backlog"] ["未納品の受注金額" "Amounts of the orders that are not delivered"]
        E::Sum("CASE WHEN r.progress IN ('under_way', 'overdue') THEN r.amount END");
    "due_deliveries" Count 8 ["納期のある納品" "Deliveries with a due date"]
        ["納期と納品日が分かる受注の件数" "Delivered orders that have a due date"]
        E::RowsWhere("r.progress <> 'cancelled' AND r.arrived_on IS NOT NULL AND r.delivery_due_on IS NOT NULL");
    "on_time" Count 7 ["納期内" "On time"] ["納期までに納品した受注の件数" "Orders delivered by their due date"]
        E::RowsWhere("r.progress <> 'cancelled' AND r.arrived_on <= r.delivery_due_on");
    "on_time_rate" Rate 0 ["納期遵守率" "On time %"] ["納期内 ÷ 納期のある納品" "On time divided by deliveries with a due date"]
        E::Ratio("on_time", "due_deliveries");
    "late_days_sum" Days 9 ["遅れ日数の合計" "Days late"] ["納期より遅れて納品した日数の合計" "Days by which deliveries were late, added up"]
        E::Sum("CASE WHEN r.progress <> 'cancelled' AND r.arrived_on > r.delivery_due_on THEN r.arrived_on - r.delivery_due_on END");
    "dated_deliveries" Count 9 ["納品日の分かる受注" "Dated deliveries"] ["納品日が分かる受注の件数" "Orders whose delivery has a date"]
        E::RowsWhere("r.progress <> 'cancelled' AND r.arrived_on >= r.received_on");
    "lead_days_sum" Days 9 ["リードタイムの合計" "Lead time in all"] ["受注日から納品日までの日数の合計" "Days from the order to the delivery, added up"]
        E::Sum("CASE WHEN r.progress <> 'cancelled' AND r.arrived_on >= r.received_on THEN r.arrived_on - r.received_on END");
    "average_lead_days" Days 2 ["平均リードタイム" "Lead time"] ["受注日から納品日までの平均日数" "Average days from the order to the delivery"]
        E::Mean("lead_days_sum", "dated_deliveries", 1);
    "longest_lead_days" Days 6 ["最長リードタイム" "Longest"] ["受注日から納品日までの最長日数" "Most days from an order to its delivery"]
        E::Last("CASE WHEN r.progress <> 'cancelled' AND r.arrived_on >= r.received_on THEN r.arrived_on - r.received_on END");
};

pub(super) static SHIPMENTS: &[Figure] = figures! { &SHIPMENT_ROWS;
    "shipments" Count 0 ["出荷件数" "Shipments"] ["出荷の件数" "Number of shipments"] E::Rows;
    "delivered" Count 1 ["配達完了" "Delivered"] ["基準日までに配達が完了した件数" "Shipments that arrived by the as-of date"]
        E::RowsWhere("r.delivered_on IS NOT NULL");
    "due_deliveries" Count 8 ["予定日のある配達" "Deliveries with a due date"] ["予定日のある配達完了の件数" "Arrived shipments that have an expected date"]
        E::RowsWhere("r.delivered_on IS NOT NULL AND r.due_on IS NOT NULL");
    "on_time" Count 7 ["予定日まで" "On time"] ["予定日までに配達した件数" "Shipments that arrived by their expected date"]
        E::RowsWhere("r.delivered_on <= r.due_on");
    "on_time_rate" Rate 0 ["定時配達率" "On time %"] ["予定日まで ÷ 予定日のある配達" "On time divided by deliveries with a due date"]
        E::Ratio("on_time", "due_deliveries");
    "transit_days_sum" Days 9 ["配送日数の合計" "Days in transit"] ["出荷日から配達日までの日数の合計" "Days from the shipment to its arrival, added up"]
        E::Sum("CASE WHEN r.delivered_on >= r.shipped_on THEN r.delivered_on - r.shipped_on END");
    "average_transit_days" Days 2 ["平均配送日数" "Average transit"] ["出荷日から配達日までの平均日数" "Average days from the shipment to its arrival"]
        E::Mean("transit_days_sum", "delivered", 1);
};
