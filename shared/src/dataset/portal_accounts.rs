//! 取引サイトのアカウント: who of a customer signs in to the shop (checklist 000-42, 000-65, 000-69).

use super::customers::PORTAL_STATUSES;
use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 取引サイトのアカウント.
pub static PORTAL_ACCOUNTS: Dataset = Dataset {
    name: "portal_accounts",
    table: "portal_account",
    title_ja: "取引サイトのアカウント",
    description: Label::new(
        "取引サイトにログインする顧客のアカウント。パスワードは取り込まない",
        "Accounts of customers in the shop. Passwords are never imported.",
    ),
    columns: COLUMNS,
    key: &["customer_code", "email"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("アカウントの顧客のコード", "Customer whose account it is."),
    Column::new("email", "ログインメール", "login mail address", ColumnKind::Text)
        .required()
        .alias(&["アカウントメール", "メールアドレス", "ログインID"])
        .about("ログインに使用するメールアドレス", "Mail address for signing in."),
    Column::new("status", "アカウント状態", "account status", ColumnKind::OpenChoice(PORTAL_STATUSES))
        .alias(&["状態", "ステータス"])
        .about("アカウントの状態(有効・招待中・無効)", "State of the account: active, invited or disabled."),
    Column::new("permissions", "権限", "permissions", ColumnKind::Text)
        .alias(&["操作権限", "ログイン権限"])
        .about(
            "アカウントで可能な操作。「、」で区切る(例: 閲覧、注文)",
            "What the account may do, separated by 「、」, such as 閲覧、注文.",
        ),
    Column::new("last_login_at", "最終ログイン日時", "last sign-in", ColumnKind::Instant)
        .alias(&["最終ログイン"])
        .about("最後にログインした日時(例: 2026-04-01 09:30)", "Last sign-in, such as 2026-04-01 09:30."),
];
