//! 活動ログ: what customers did in the shop (checklist 000-66).

use super::{Choices, Column, ColumnKind, Dataset};

/// What is done in a shop.
const ACTIONS: Choices = &[
    ("login", &["ログイン"]),
    ("login_failed", &["ログイン失敗"]),
    ("order_created", &["注文作成", "注文"]),
    ("order_changed", &["注文変更"]),
    ("order_cancelled", &["注文取消", "注文キャンセル"]),
    ("quote_requested", &["見積依頼"]),
    ("document_downloaded", &["書類ダウンロード"]),
    ("profile_changed", &["登録情報変更"]),
];

/// 活動ログ.
pub static ACTIVITY_LOGS: Dataset = Dataset {
    name: "activity_logs",
    table: "activity_log",
    title_ja: "活動ログ",
    description: "What was done in the shop or by a system: orders placed, quotes asked for, sign-ins.",
    columns: COLUMNS,
    key: &["log_no"],
    month_column: Some("happened_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("log_no", "ログ番号", ColumnKind::Code)
        .required()
        .alias(&["ログID", "ログNo"])
        .about("Unique."),
    Column::new("happened_at", "発生日時", ColumnKind::Instant)
        .required()
        .alias(&["at", "操作日時", "日時"])
        .about("When."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("Which customer it was about."),
    Column::new("actor", "操作者", ColumnKind::Text).alias(&["ユーザー", "実行者"]).about("Who did it."),
    Column::new("action", "操作", ColumnKind::OpenChoice(ACTIONS))
        .required()
        .alias(&["アクション", "操作内容"])
        .about("What was done."),
    Column::new("reference", "対象番号", ColumnKind::Text)
        .alias(&["ref", "伝票番号", "対象"])
        .about("To which order, quote or document."),
    Column::new("detail", "詳細", ColumnKind::Text).alias(&["内容"]).about("In full."),
];
