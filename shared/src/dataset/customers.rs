//! 顧客: the master record.

use super::{Choices, Column, ColumnKind, Dataset, origin};
use crate::customer::{CustomerType, PaymentMethod, SuspendedReason, TradingStatus};
use crate::message::Label;

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
    description: Label::new(
        "顧客の基本情報。1行が1顧客。ポップアップ・集計・顧客ランクに使用",
        "The customer master, one row per customer. Pop-ups, reports and ranks use it.",
    ),
    columns: COLUMNS,
    key: &["customer_code"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("trading_terms_id", "trading_terms"), ("billing_terms_id", "billing_terms")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about(
            "顧客を特定するコード(重複不可)。先頭の0も保持",
            "Identifies the customer; unique. Leading zeros are kept.",
        ),
    Column::new("customer_name", "顧客名", "customer name", ColumnKind::Text)
        .required()
        .alias(&["会社名", "得意先名", "氏名"])
        .about("書類に記載する正式名称。入力どおりに保存", "Full name as on documents; kept as written."),
    Column::new("short_name", "略称", "short name", ColumnKind::Text)
        .about("一覧に表示する略称", "Short name for lists."),
    Column::new("name_kana", "フリガナ", "name (kana)", ColumnKind::Text)
        .alias(&["顧客名カナ", "カナ", "顧客かな"])
        .about(
            "顧客名の読み。半角カナ・ひらがなも可。並べ替えに使用",
            "Reading of the name, also in half-width kana or hiragana. Lists are sorted by it.",
        ),
    Column::new("customer_type", "顧客区分", "customer type", ColumnKind::Choice(CustomerType::CHOICES))
        .alias(&["顧客タイプ", "顧客種別"])
        .about("卸売・直販・法人の別", "Wholesale, direct or corporate customer."),
    Column::new("trading_status", "取引状態", "trading status", ColumnKind::Choice(TradingStatus::CHOICES))
        .alias(&["取引ステータス", "ステータス"])
        .default("active")
        .about(
            "取引中・取引停止の別。取引停止の顧客からは受注不可",
            "Whether trade goes on. A suspended customer may not order.",
        ),
    Column::new(
        "suspended_reason",
        "取引停止理由",
        "suspended reason",
        ColumnKind::OpenChoice(SuspendedReason::CHOICES),
    )
    .alias(&["停止理由"])
    .about("取引を停止した理由", "Why trade is suspended."),
    Column::new("industry", "業種", "industry", ColumnKind::Text)
        .about("業種。集計の区分に使用(例: 飲食店)", "Line of business. Reports can be split by it."),
    Column::new("rank", "顧客ランク", "customer rank", ColumnKind::Code)
        .alias(&["ランク", "担当ランク"])
        .about(
            "次回のランク更新までの顧客ランク。空欄、またはランクの設定にないコードも可",
            "Rank until the next rank run; may be empty or unknown to the rank settings.",
        ),
    Column::new("sales_area", "担当エリア", "sales area", ColumnKind::Text)
        .alias(&["エリア", "地域"])
        .about("担当エリア。集計の区分に使用(例: 関東)", "Sales area. Reports can be split by it."),
    Column::new("first_trade_date", "取引開始日", "first trade date", ColumnKind::Date)
        .about("初めて取引した日(例: 2026-04-01)", "Date of the first trade, such as 2026-04-01."),
    Column::new("account_owner", "担当者名", "owner", ColumnKind::Text)
        .alias(&["自社担当", "営業担当", "自社担当者"])
        .about(
            "自社の営業担当者の氏名(先方の担当者ではない)",
            "Name of the owner: our own sales representative, not a person at the customer's.",
        ),
    Column::new("credit_limit", "与信限度額", "credit limit", ColumnKind::Decimal)
        .about("売掛残高の上限(円)", "Most that the customer may owe, in yen."),
    Column::new("caution_note", "注意事項", "caution note", ColumnKind::Text).about(
        "応対時の注意事項。ポップアップの先頭に表示",
        "What to be careful about. Shown at the top of the pop-up.",
    ),
    Column::new("internal_memo", "社内メモ", "internal memo", ColumnKind::Text)
        .about("社内用のメモ。顧客には開示しない", "Notes for our own staff only."),
    Column::new("remarks", "備考", "remarks", ColumnKind::Text)
        .alias(&["その他メモ"])
        .about("その他の備考", "Other remarks."),
    Column::new("preferences", "嗜好", "preferences", ColumnKind::Text).alias(&["好み", "嗜好タグ"]).about(
        "嗜好のタグ。「、」または「,」で区切る(例: 深煎り、有機)",
        "Tags, separated by 「、」 or `,`.",
    ),
    Column::new(
        "acquisition_source",
        "獲得経路",
        "acquisition source",
        ColumnKind::OpenChoice(ACQUISITION_SOURCES),
    )
    .alias(&["流入元", "紹介元"])
    .about("顧客を獲得した経路(紹介・展示会など)", "How the customer came to us."),
    Column::new("person_name", "個人名", "name of the person", ColumnKind::Text)
        .about("個人の顧客の氏名", "Name of the person, if the customer is a consumer."),
    Column::new("birth_date", "生年月日", "date of birth", ColumnKind::Date).about(
        "個人の顧客の生年月日(例: 1980-05-01)。年齢は基準日時点で計算",
        "Date of birth of a consumer, such as 1980-05-01. Ages are as of the as-of date.",
    ),
    Column::new("rating", "評価", "rating", ColumnKind::Integer)
        .about("1〜5の評価。空欄も可", "1 to 5, or empty."),
    Column::new("payment_terms", "決済サイト", "payment terms", ColumnKind::Text)
        .alias(&["支払条件", "支払期限", "締め支払"])
        .about(
            "締日と支払日(例: 月末締め翌月末払い)",
            "Closing and payment day in words, such as 月末締め翌月末払い.",
        ),
    Column::new(
        "payment_method",
        "支払方法",
        "payment method",
        ColumnKind::OpenChoice(PaymentMethod::CHOICES),
    )
    .about("顧客の支払方法(振込・口座振替など)", "How the customer pays."),
    Column::new("carry_forward", "繰越設定", "carry forward", ColumnKind::Flag).alias(&["繰越"]).about(
        "未払いの残高を次回の請求書に繰り越すかどうか",
        "Whether an unpaid balance is carried over to the next invoice.",
    ),
    Column::new("bank_account", "振込先口座", "bank account", ColumnKind::Text)
        .about("顧客の振込先となる自社の口座", "Our account that the customer pays into."),
    Column::new("price_list", "適用価格", "price list", ColumnKind::Text)
        .alias(&["価格表"])
        .about("適用する価格表(例: 卸価格A)", "Price list that applies."),
    Column::new("package", "パッケージ", "package", ColumnKind::Text)
        .about("適用する取引条件のパッケージ", "Package of terms that applies."),
    Column::new("visibility", "公開設定", "visibility", ColumnKind::OpenChoice(VISIBILITIES))
        .about("取引サイトでの公開・非公開の別", "Whether the catalogue is shown in the shop."),
    Column::new("portal_email", "アカウントメール", "account mail address", ColumnKind::Text)
        .alias(&["ログインメール"])
        .about(
            "取引サイトのログインに使用するメールアドレス。パスワードは取り込まない",
            "Mail address for signing in to the shop. Passwords are never imported.",
        ),
    Column::new("portal_status", "アカウント状態", "account status", ColumnKind::OpenChoice(PORTAL_STATUSES))
        .about(
            "取引サイトのアカウントの状態(有効・招待中・無効)",
            "State of the account in the shop: active, invited or disabled.",
        ),
    Column::new(
        "rank_auto_update_excluded",
        "ランク自動更新対象外",
        "excluded from the rank update",
        ColumnKind::Flag,
    )
    .alias(&["ランク更新対象外", "自動更新対象外"])
    .default("0")
    .about(
        "顧客ランクの自動更新の対象外とするかどうか",
        "Whether the customer rank update leaves this customer's rank alone.",
    ),
    Column::new("trading_terms_id", "取引条件ID", "trading terms ID", ColumnKind::Code)
        .alias(&["取引条件コード", "取引条件"])
        .about(
            "適用する取引条件のID。顧客に個別の設定がある項目は、顧客の設定を優先",
            "Trading terms that apply. What is set for the customer itself takes precedence.",
        ),
    Column::new("billing_terms_id", "請求条件ID", "billing terms ID", ColumnKind::Code)
        .alias(&["請求条件コード", "請求条件", "締グループ"])
        .about(
            "適用する請求条件のID。顧客に個別の設定がある項目は、顧客の設定を優先",
            "Billing terms that apply. What is set for the customer itself takes precedence.",
        ),
    Column::new("corporate_number", "法人番号", "corporate number", ColumnKind::Code)
        .about("国税庁が指定した13桁の法人番号", "The corporate number of 13 digits."),
    Column::new("invoice_registration_no", "登録番号", "invoice registration number", ColumnKind::Code)
        .alias(&["適格請求書発行事業者登録番号", "インボイス登録番号", "インボイス番号"])
        .about(
            "適格請求書発行事業者の登録番号。Tと13桁の数字",
            "Registration number of a qualified invoice issuer: `T` and 13 digits.",
        ),
    origin::column(),
];
