//! 顧客: the master record.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::customer::{CustomerType, PaymentMethod, SuspendedReason, TradingStatus};

/// How the customer came to us.
const ACQUISITION_SOURCES: Choices = &[
    ("referral", &["紹介"]),
    ("word_of_mouth", &["口コミ", "クチコミ"]),
    ("web", &["ウェブ", "WEB", "ホームページ"]),
    ("exhibition", &["展示会"]),
    ("visit", &["飛び込み", "訪問営業"]),
    ("advertisement", &["広告", "チラシ"]),
    ("other", &["その他"]),
];

/// Whether the shop's prices are shown to the customer.
pub(super) const VISIBILITIES: Choices = &[("public", &["公開"]), ("private", &["非公開"])];

/// The state of the customer's account in the shop.
pub(super) const PORTAL_STATUSES: Choices =
    &[("active", &["有効", "利用中"]), ("invited", &["招待中"]), ("disabled", &["無効", "停止"])];

/// 顧客.
pub static CUSTOMERS: Dataset = Dataset {
    name: "customers",
    table: "customer",
    title_ja: "顧客",
    description: "One row a customer: the master record that pop-ups, reports and ranks share.",
    columns: COLUMNS,
    key: &["customer_code"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("trading_terms_id", "trading_terms"), ("billing_terms_id", "billing_terms")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("Unique; leading zeros are kept."),
    Column::new("customer_name", "顧客名", ColumnKind::Text)
        .required()
        .alias(&["会社名", "得意先名", "氏名"])
        .about("The full name as on documents, kept as written."),
    Column::new("short_name", "略称", ColumnKind::Text).about("The name for lists."),
    Column::new("name_kana", "フリガナ", ColumnKind::Text)
        .alias(&["顧客名カナ", "カナ", "顧客かな"])
        .about("Reading; half-width kana and hiragana are welcome, the sort key is derived."),
    Column::new("customer_type", "顧客区分", ColumnKind::Choice(CustomerType::CHOICES))
        .alias(&["顧客タイプ", "顧客種別"])
        .about("Wholesale customer, consumer or business customer."),
    Column::new("trading_status", "取引状態", ColumnKind::Choice(TradingStatus::CHOICES))
        .alias(&["取引ステータス", "ステータス"])
        .default("active")
        .about("A suspended customer may not order."),
    Column::new("suspended_reason", "取引停止理由", ColumnKind::OpenChoice(SuspendedReason::CHOICES))
        .alias(&["停止理由"])
        .about("Why trade is suspended."),
    Column::new("industry", "業種", ColumnKind::Text).about("Line of business, a segment axis."),
    Column::new("rank", "顧客ランク", ColumnKind::Code)
        .alias(&["ランク", "担当ランク"])
        .about("The rank before the next rank run; may be empty or unknown to the rank master."),
    Column::new("sales_area", "担当エリア", ColumnKind::Text)
        .alias(&["エリア", "地域"])
        .about("Area, a segment axis."),
    Column::new("first_trade_date", "取引開始日", ColumnKind::Date).about("First day of trade."),
    Column::new("account_owner", "担当者名", ColumnKind::Text)
        .alias(&["自社担当", "営業担当", "自社担当者"])
        .about("Our own sales representative, not a person of the customer."),
    Column::new("credit_limit", "与信限度額", ColumnKind::Decimal).about("What the customer may owe, yen."),
    Column::new("caution_note", "注意事項", ColumnKind::Text).about("Shown first in the pop-up."),
    Column::new("internal_memo", "社内メモ", ColumnKind::Text).about("For our people only."),
    Column::new("remarks", "備考", ColumnKind::Text).alias(&["その他メモ"]).about("Other remarks."),
    Column::new("preferences", "嗜好", ColumnKind::Text)
        .alias(&["好み", "嗜好タグ"])
        .about("Tags, separated by 「、」 or `,`."),
    Column::new("acquisition_source", "獲得経路", ColumnKind::OpenChoice(ACQUISITION_SOURCES))
        .alias(&["流入元", "紹介元"])
        .about("How the customer came to us."),
    Column::new("person_name", "個人名", ColumnKind::Text).about("Name of the person, for a consumer."),
    Column::new("birth_date", "生年月日", ColumnKind::Date).about("Ages are computed at the as-of date."),
    Column::new("rating", "評価", ColumnKind::Integer).about("1 to 5, optional."),
    Column::new("payment_terms", "決済サイト", ColumnKind::Text)
        .alias(&["支払条件", "支払期限", "締め支払"])
        .about("In words: 月末締め翌月末払い."),
    Column::new("payment_method", "支払方法", ColumnKind::OpenChoice(PaymentMethod::CHOICES))
        .about("How the customer pays."),
    Column::new("carry_forward", "繰越設定", ColumnKind::Flag)
        .alias(&["繰越"])
        .about("Whether an unpaid rest is carried into the next invoice."),
    Column::new("bank_account", "振込先口座", ColumnKind::Text)
        .about("Our account that the customer pays into."),
    Column::new("price_list", "適用価格", ColumnKind::Text)
        .alias(&["価格表"])
        .about("The price list that holds."),
    Column::new("package", "パッケージ", ColumnKind::Text).about("The package of terms that holds."),
    Column::new("visibility", "公開設定", ColumnKind::OpenChoice(VISIBILITIES))
        .about("Visibility of the catalogue."),
    Column::new("portal_email", "アカウントメール", ColumnKind::Text)
        .alias(&["ログインメール"])
        .about("Sign-in address of the shop account. Passwords are never imported."),
    Column::new("portal_status", "アカウント状態", ColumnKind::OpenChoice(PORTAL_STATUSES))
        .about("State of the shop account."),
    Column::new("rank_auto_update_excluded", "ランク自動更新対象外", ColumnKind::Flag)
        .alias(&["ランク更新対象外", "自動更新対象外"])
        .default("0")
        .about("The rank run leaves this customer as it is."),
    Column::new("trading_terms_id", "取引条件ID", ColumnKind::Code)
        .alias(&["取引条件コード", "取引条件"])
        .about("The set of trading terms that holds; what the customer's own columns say wins."),
    Column::new("billing_terms_id", "請求条件ID", ColumnKind::Code)
        .alias(&["請求条件コード", "請求条件", "締グループ"])
        .about("The set of billing terms that holds; what the customer's own columns say wins."),
    Column::new("corporate_number", "法人番号", ColumnKind::Code).about("Thirteen digits."),
    Column::new("invoice_registration_no", "登録番号", ColumnKind::Code)
        .alias(&["適格請求書発行事業者登録番号", "インボイス登録番号", "インボイス番号"])
        .about("`T` and thirteen digits, of the qualified invoice system."),
];
