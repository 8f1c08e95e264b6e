//! 問合せ: inquiries, complaints and requests.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::sales::InquiryStatus;

/// What it is (checklist 001-21, 004-04).
const KINDS: Choices = &[
    ("inquiry", &["問合せ", "問い合わせ", "お問い合わせ"]),
    ("complaint", &["クレーム", "苦情"]),
    ("request", &["要望", "要望・意見", "意見"]),
];

/// 問合せ.
pub static INQUIRIES: Dataset = Dataset {
    name: "inquiries",
    table: "inquiry",
    title_ja: "問合せ",
    description: "Inquiries, complaints and requests, and whether they are dealt with.",
    columns: COLUMNS,
    key: &["inquiry_no"],
    month_column: Some("opened_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("product_code", "products")],
};

/// クレーム: inquiries from a file that holds nothing else, so that what names no kind is a complaint.
pub static COMPLAINTS: Dataset = Dataset { columns: COMPLAINT_COLUMNS, ..INQUIRIES };

const COLUMNS: &[Column] = &columns("inquiry");
const COMPLAINT_COLUMNS: &[Column] = &columns("complaint");

const fn columns(default_kind: &'static str) -> [Column; 10] {
    [
        Column::new("inquiry_no", "問合せ番号", ColumnKind::Code)
            .required()
            .alias(&["問合せNo", "受付番号"])
            .about("Unique."),
        Column::new("customer_code", "顧客コード", ColumnKind::Code)
            .required()
            .alias(&["得意先コード", "顧客ID"])
            .about("Who asked."),
        Column::new("kind", "問合せ区分", ColumnKind::Choice(KINDS))
            .alias(&["区分", "種別"])
            .default(default_kind)
            .about("What it is."),
        Column::new("opened_at", "受付日時", ColumnKind::Instant)
            .required()
            .alias(&["受付日"])
            .about("When it came in."),
        Column::new("subject", "件名", ColumnKind::Text).required().about("In one line."),
        Column::new("body", "内容", ColumnKind::Text).alias(&["問合せ内容"]).about("In full."),
        Column::new("status", "対応状況", ColumnKind::Choice(InquiryStatus::CHOICES))
            .alias(&["状態", "ステータス"])
            .default("open")
            .about("Whether it is done."),
        Column::new("assignee", "対応者", ColumnKind::Text).alias(&["担当者"]).about("Who deals with it."),
        Column::new("closed_at", "完了日時", ColumnKind::Instant)
            .alias(&["完了日"])
            .about("When it was done."),
        Column::new("product_code", "商品コード", ColumnKind::Code)
            .alias(&["品番", "商品"])
            .about("The product that it is about."),
    ]
}
