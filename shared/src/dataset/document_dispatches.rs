//! 書類送付履歴: when which document went to whom (checklist 000-68).

use super::document_destinations::{DOC_KINDS, METHODS};
use super::{Choices, Column, ColumnKind, Dataset};

/// What became of a document.
const STATUSES: Choices = &[
    ("queued", &["送付待ち", "送信待ち"]),
    ("sent", &["送付済", "送信済", "発送済"]),
    ("delivered", &["到達", "配達完了"]),
    ("opened", &["開封", "開封済"]),
    ("failed", &["送付失敗", "不達", "送信エラー"]),
];

/// 書類送付履歴.
pub static DOCUMENT_DISPATCHES: Dataset = Dataset {
    name: "document_dispatches",
    table: "document_dispatch",
    title_ja: "書類送付履歴",
    description: "Which document was sent to whom, when, and whether it arrived.",
    columns: COLUMNS,
    key: &["dispatch_no"],
    month_column: Some("sent_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("dispatch_no", "送付番号", ColumnKind::Code)
        .required()
        .alias(&["送付No", "送付ID"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("To which customer."),
    Column::new("doc_kind", "書類種別", ColumnKind::OpenChoice(DOC_KINDS))
        .required()
        .alias(&["書類"])
        .about("Which kind of document."),
    Column::new("doc_no", "書類番号", ColumnKind::Code)
        .alias(&["対象番号"])
        .about("The number of the quote, order or invoice."),
    Column::new("sent_at", "送付日時", ColumnKind::Instant)
        .required()
        .alias(&["at", "送信日時", "送付日"])
        .about("When."),
    Column::new("method", "送付方法", ColumnKind::OpenChoice(METHODS)).about("How."),
    Column::new("sent_to", "宛先", ColumnKind::Text)
        .alias(&["to", "送付先", "送信先"])
        .about("To which address or person."),
    Column::new("status", "送付状況", ColumnKind::OpenChoice(STATUSES))
        .alias(&["状態", "ステータス", "送付ステータス"])
        .about("What became of it."),
    Column::new("sent_by", "送付者", ColumnKind::Text)
        .alias(&["担当者", "送信者"])
        .about("Who of us sent it."),
];
