//! 請求.

use super::{Choices, Column, ColumnKind, Dataset};

/// Whether an invoice has gone out (checklist 003-19).
const ISSUE_STATUSES: Choices = &[("issued", &["発行済", "発行"]), ("not_issued", &["未発行"])];

/// 請求.
pub static INVOICES: Dataset = Dataset {
    name: "invoices",
    table: "invoice",
    title_ja: "請求",
    description: "Invoices: what customers owe, tax included.",
    columns: COLUMNS,
    key: &["invoice_no"],
    month_column: Some("issued_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("invoice_no", "請求番号", ColumnKind::Code)
        .required()
        .alias(&["請求ID", "請求書番号", "請求No"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID", "請求先コード"])
        .about("Who owes."),
    Column::new("issued_on", "請求日", ColumnKind::Date)
        .required()
        .alias(&["発行日", "請求締日"])
        .about("Date of the invoice."),
    Column::new("due_on", "支払期日", ColumnKind::Date)
        .alias(&["支払期限", "入金予定日", "回収予定日"])
        .about("Last day of payment in time."),
    Column::new("amount", "請求金額", ColumnKind::Decimal)
        .required()
        .alias(&["金額", "請求額"])
        .about("Tax included, yen."),
    Column::new("issue_status", "発行状況", ColumnKind::OpenChoice(ISSUE_STATUSES))
        .alias(&["状態", "ステータス"])
        .about("Whether it has gone out."),
];
