//! 請求.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::message::Label;

/// Whether an invoice has gone out (checklist 003-19).
const ISSUE_STATUSES: Choices = &[("issued", &["発行済", "発行"]), ("not_issued", &["未発行"])];

/// 請求.
pub static INVOICES: Dataset = Dataset {
    name: "invoices",
    table: "invoice",
    title_ja: "請求",
    description: Label::new("顧客への請求。金額は税込", "Invoices: what customers owe, tax included."),
    columns: COLUMNS,
    key: &["invoice_no"],
    month_column: Some("issued_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("invoice_no", "請求番号", "invoice number", ColumnKind::Code)
        .required()
        .alias(&["請求ID", "請求書番号", "請求No"])
        .about("請求を特定する番号(重複不可)", "Identifies the invoice; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID", "請求先コード"])
        .about("請求先の顧客のコード", "Customer who owes."),
    Column::new("issued_on", "請求日", "invoice date", ColumnKind::Date)
        .required()
        .alias(&["発行日", "請求締日"])
        .about("請求書の日付(例: 2026-04-30)", "Date of the invoice, such as 2026-04-30."),
    Column::new("due_on", "支払期日", "due date", ColumnKind::Date)
        .alias(&["支払期限", "入金予定日", "回収予定日"])
        .about("支払の期限日(例: 2026-05-31)", "Last day for payment, such as 2026-05-31."),
    Column::new("amount", "請求金額", "invoice amount", ColumnKind::Decimal)
        .required()
        .alias(&["金額", "請求額"])
        .about("請求する金額(税込、円)", "Amount in yen, tax included."),
    Column::new("issue_status", "発行状況", "issue status", ColumnKind::OpenChoice(ISSUE_STATUSES))
        .alias(&["状態", "ステータス"])
        .about("請求書の発行済・未発行の別", "Whether the invoice has been issued."),
];
