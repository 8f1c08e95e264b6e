//! 活動ログ: what customers did in the shop (checklist 000-66).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::ShopAction;

/// 活動ログ.
pub static ACTIVITY_LOGS: Dataset = Dataset {
    name: "activity_logs",
    table: "activity_log",
    title_ja: "活動ログ",
    description: Label::new(
        "取引サイトや他のシステムでの操作の記録(注文・見積依頼・ログインなど)",
        "What was done in the shop or by a system: orders placed, quotes asked for, sign-ins.",
    ),
    columns: COLUMNS,
    key: &["log_no"],
    month_column: Some("happened_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("log_no", "ログ番号", "log number", ColumnKind::Code)
        .required()
        .alias(&["ログID", "ログNo"])
        .about("ログを特定する番号(重複不可)", "Identifies the entry; unique."),
    Column::new("happened_at", "発生日時", "date and time", ColumnKind::Instant)
        .required()
        .alias(&["at", "操作日時", "日時"])
        .about("操作した日時(例: 2026-04-01 09:30)", "When it was done, such as 2026-04-01 09:30."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("操作に関係する顧客のコード", "Customer that it concerns."),
    Column::new("actor", "操作者", "actor", ColumnKind::Text)
        .alias(&["ユーザー", "実行者"])
        .about("操作した人またはシステム", "Person or system that did it."),
    Column::new("action", "操作", "action", ColumnKind::OpenChoice(ShopAction::CHOICES))
        .required()
        .alias(&["アクション", "操作内容"])
        .about("操作の種類(ログイン・注文作成など)", "What was done: sign-in, order placed and so on."),
    Column::new("reference", "対象番号", "reference", ColumnKind::Text)
        .alias(&["ref", "伝票番号", "対象"])
        .about(
            "操作の対象となった受注・見積・書類の番号",
            "Number of the order, quote or document concerned.",
        ),
    Column::new("detail", "詳細", "detail", ColumnKind::Text)
        .alias(&["内容"])
        .about("操作の詳しい内容", "Details."),
];
