//! 請求条件: sets of terms that customers refer to (checklist 000-39…41, 000-49).

use super::{Choices, Column, ColumnKind, Dataset};
use crate::customer::PaymentMethod;
use crate::message::Label;

/// How the tax of an invoice is rounded to whole yen.
const ROUNDINGS: Choices =
    &[("down", &["切捨て", "切り捨て"]), ("up", &["切上げ", "切り上げ"]), ("half_up", &["四捨五入"])];

/// 請求条件.
pub static BILLING_TERMS: Dataset = Dataset {
    name: "billing_terms",
    table: "billing_term",
    title_ja: "請求条件",
    description: Label::new(
        "複数の顧客に共通の請求条件。顧客に個別の設定がある項目は、顧客の設定を優先",
        "Billing terms that customers share; what is set for a customer itself takes precedence.",
    ),
    columns: COLUMNS,
    key: &["billing_terms_id"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("billing_terms_id", "請求条件ID", "billing terms ID", ColumnKind::Code)
        .required()
        .alias(&["請求条件コード"])
        .about("請求条件を特定するID(重複不可)", "Identifies the set of terms; unique."),
    Column::new("terms_name", "請求条件名", "terms name", ColumnKind::Text)
        .alias(&["名称"])
        .about("請求条件の名称(例: 月末締め振込)", "Name of the set of terms."),
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
    .alias(&["回収方法"])
    .about("顧客の支払方法(振込・口座振替など)", "How the customer pays."),
    Column::new("carry_forward", "繰越設定", "carry forward", ColumnKind::Flag).alias(&["繰越"]).about(
        "未払いの残高を次回の請求書に繰り越すかどうか",
        "Whether an unpaid balance is carried over to the next invoice.",
    ),
    Column::new("bank_account", "振込先口座", "bank account", ColumnKind::Text)
        .about("顧客の振込先となる自社の口座", "Our account that the customer pays into."),
    Column::new("tax_rounding", "税端数処理", "tax rounding", ColumnKind::OpenChoice(ROUNDINGS))
        .alias(&["消費税端数", "端数処理"])
        .about(
            "消費税の端数処理(切捨て・切上げ・四捨五入)。請求書ごと・税率ごとに1回",
            "How consumption tax is rounded: down, up or half up, once per invoice and tax rate.",
        ),
    Column::new("remarks", "備考", "remarks", ColumnKind::Text).about("その他の備考", "Other remarks."),
];
