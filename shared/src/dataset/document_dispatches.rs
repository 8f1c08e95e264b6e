//! 書類送付履歴: when which document went to whom (checklist 000-68).

use super::document_destinations::{DOC_KINDS, METHODS};
use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::DispatchStatus;

/// 書類送付履歴.
pub static DOCUMENT_DISPATCHES: Dataset = Dataset {
    name: "document_dispatches",
    table: "document_dispatch",
    title_ja: "書類送付履歴",
    description: Label::new(
        "書類の送付履歴。送付した書類・日時・宛先と、到達の状況",
        "Which document was sent to whom, when, and whether it arrived.",
    ),
    columns: COLUMNS,
    key: &["dispatch_no"],
    month_column: Some("sent_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("dispatch_no", "送付番号", "dispatch number", ColumnKind::Code)
        .required()
        .alias(&["送付No", "送付ID"])
        .about("送付を特定する番号(重複不可)", "Identifies the dispatch; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("書類を送付した顧客のコード", "Customer to whom it was sent."),
    Column::new("doc_kind", "書類種別", "document", ColumnKind::OpenChoice(DOC_KINDS))
        .required()
        .alias(&["書類"])
        .about("見積書・注文書・納品書・請求書の別", "Quote, purchase order, delivery note or invoice."),
    Column::new("doc_no", "書類番号", "document number", ColumnKind::Code).alias(&["対象番号"]).about(
        "送付した書類の番号(見積番号・受注番号・請求番号など)",
        "Number of the quote, order or invoice.",
    ),
    Column::new("sent_at", "送付日時", "sent at", ColumnKind::Instant)
        .required()
        .alias(&["at", "送信日時", "送付日"])
        .about("送付した日時(例: 2026-04-01 09:30)", "When it was sent, such as 2026-04-01 09:30."),
    Column::new("method", "送付方法", "sending method", ColumnKind::OpenChoice(METHODS)).about(
        "書類の送付方法(郵送・メール・FAX・WEB)",
        "How it was sent: by post, mail or fax, or in the shop.",
    ),
    Column::new("sent_to", "宛先", "sent to", ColumnKind::Text)
        .alias(&["to", "送付先", "送信先"])
        .about("送付先の住所・メールアドレスまたは氏名", "Address or person to whom it was sent."),
    Column::new("status", "送付状況", "dispatch status", ColumnKind::OpenChoice(DispatchStatus::CHOICES))
        .alias(&["状態", "ステータス", "送付ステータス"])
        .about(
            "送付の状況(送付待ち・送付済・開封・送付失敗など)",
            "State: queued, sent, opened, failed and so on.",
        ),
    Column::new("sent_by", "送付者", "sent by", ColumnKind::Text)
        .alias(&["担当者", "送信者"])
        .about("送付した自社の担当者", "Member of our staff who sent it."),
];
