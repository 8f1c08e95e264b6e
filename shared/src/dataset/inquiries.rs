//! 問合せ: inquiries, complaints and requests.

use super::{Column, ColumnKind, Dataset, origin};
use crate::message::Label;
use crate::sales::{InquiryKind, InquiryStatus};

/// 問合せ.
pub static INQUIRIES: Dataset = Dataset {
    name: "inquiries",
    table: "inquiry",
    title_ja: "問合せ",
    description: Label::new(
        "顧客からの問合せ・クレーム・要望と、その対応状況",
        "Inquiries, complaints and requests, and how far they are dealt with.",
    ),
    columns: COLUMNS,
    key: &["inquiry_no"],
    month_column: Some("opened_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("product_code", "products")],
};

/// クレーム: inquiries from a file that holds nothing else, so that what names no kind is a complaint.
pub static COMPLAINTS: Dataset = Dataset { columns: COMPLAINT_COLUMNS, ..INQUIRIES };

const COLUMNS: &[Column] = &columns(InquiryKind::Inquiry);
const COMPLAINT_COLUMNS: &[Column] = &columns(InquiryKind::Complaint);

const fn columns(default_kind: InquiryKind) -> [Column; 11] {
    [
        Column::new("inquiry_no", "問合せ番号", "inquiry number", ColumnKind::Code)
            .required()
            .alias(&["問合せNo", "受付番号"])
            .about("問合せを特定する番号(重複不可)", "Identifies the inquiry; unique."),
        Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
            .required()
            .alias(&["得意先コード", "顧客ID"])
            .about("問合せをした顧客のコード", "Customer who asked."),
        Column::new("kind", "問合せ区分", "inquiry kind", ColumnKind::Choice(InquiryKind::CHOICES))
            .alias(&["区分", "種別"])
            .default(default_kind.as_str())
            .about("問合せ・クレーム・要望の別", "Inquiry, complaint or request."),
        Column::new("opened_at", "受付日時", "received at", ColumnKind::Instant)
            .required()
            .alias(&["受付日"])
            .about("受け付けた日時(例: 2026-04-01 09:30)", "When it came in, such as 2026-04-01 09:30."),
        Column::new("subject", "件名", "subject", ColumnKind::Text)
            .required()
            .about("問合せの件名", "Subject in one line."),
        Column::new("body", "内容", "body", ColumnKind::Text)
            .alias(&["問合せ内容"])
            .about("問合せの詳しい内容", "Full text."),
        Column::new("status", "対応状況", "status", ColumnKind::Choice(InquiryStatus::CHOICES))
            .alias(&["状態", "ステータス"])
            .default("open")
            .about("対応の状況(未対応・対応中・完了)", "State: open, in progress or done."),
        Column::new("assignee", "対応者", "assignee", ColumnKind::Text)
            .alias(&["担当者"])
            .about("対応する自社の担当者", "Member of our staff who deals with it."),
        Column::new("closed_at", "完了日時", "completed at", ColumnKind::Instant)
            .alias(&["完了日"])
            .about("対応が完了した日時(例: 2026-04-01 17:00)", "When it was done, such as 2026-04-01 17:00."),
        Column::new("product_code", "商品コード", "product code", ColumnKind::Code)
            .alias(&["品番", "商品"])
            .about("問合せの対象となった商品のコード", "Product that it is about."),
        origin::column(),
    ]
}
