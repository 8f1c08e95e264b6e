//! A customer card in short: alerts, sales, what is unpaid.

use shared::card::{Alert, AlertCode, CustomerCard};
use shared::label::Lang;
use shared::message;
use shared::message::{Label, Message};
use shared::text::printable;

use crate::cli::output::{Column, Terminal, number, table, text, yen};

const SALES: [Column; 3] = [text("売上日", "Date"), text("伝票番号", "Slip"), number("売上金額", "Sales")];

/// The lines below the customer.
pub(super) fn summary(card: &CustomerCard, lang: Lang, terminal: Terminal) -> String {
    let mut parts = Vec::new();
    let alerts: Vec<String> = card.alerts.iter().map(|alert| alert_line(alert, lang)).collect();
    if !alerts.is_empty() {
        parts.push(alerts.join("\n"));
    }
    parts.push(figures(card).iter().map(|line| line.text(lang)).collect::<Vec<_>>().join("\n"));
    let rows: Vec<Vec<String>> = card
        .recent_sales
        .iter()
        .map(|sale| vec![sale.sold_on.to_string(), sale.slip_no.clone(), yen(sale.amount)])
        .collect();
    if !rows.is_empty() {
        parts.push(table(&SALES, &rows, lang, terminal));
    }
    parts.join("\n\n")
}

fn figures(card: &CustomerCard) -> Vec<Message> {
    let mut lines = Vec::new();
    if let Some(metrics) = &card.metrics {
        lines.push(message!(
            "直近12か月の売上金額: {amount}({as_of} 現在)",
            "Sales of the last 12 months: {amount} (as of {as_of})",
            amount = yen(metrics.sales_12m),
            as_of = metrics.as_of,
        ));
    }
    lines.push(message!(
        "未入金: {unpaid}(うち期日超過 {overdue})",
        "Unpaid: {unpaid} (overdue: {overdue})",
        unpaid = yen(card.balance.unpaid),
        overdue = yen(card.balance.overdue),
    ));
    lines
}

fn alert_line(alert: &Alert, lang: Lang) -> String {
    let name = match alert.code {
        AlertCode::Suspended => Label::new("取引停止", "Trading suspended"),
        AlertCode::Overdue => Label::new("入金遅れ", "Payment overdue"),
        AlertCode::CreditExceeded => Label::new("与信超過", "Credit limit exceeded"),
        AlertCode::ComplaintOpen => Label::new("クレーム対応中", "Complaint open"),
        AlertCode::Caution => Label::new("注意事項", "Caution"),
    };
    let amount = alert.amount.map(|amount| format!(" {}", yen(amount))).unwrap_or_default();
    let text = alert.text.as_deref().map(|text| format!(" {}", printable(text))).unwrap_or_default();
    format!("! {}{amount}{text}", name.text(lang))
}
