//! 請求条件: sets of terms that customers refer to (checklist 000-39…41, 000-49).

use super::{Choices, Column, ColumnKind, Dataset};
use crate::customer::PaymentMethod;

/// How the tax of an invoice is rounded to whole yen.
const ROUNDINGS: Choices =
    &[("down", &["切捨て", "切り捨て"]), ("up", &["切上げ", "切り上げ"]), ("half_up", &["四捨五入"])];

/// 請求条件.
pub static BILLING_TERMS: Dataset = Dataset {
    name: "billing_terms",
    table: "billing_term",
    title_ja: "請求条件",
    description: "Sets of billing terms that customers refer to by `billing_terms_id`; a customer's own columns win.",
    columns: COLUMNS,
    key: &["billing_terms_id"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("billing_terms_id", "請求条件ID", ColumnKind::Code)
        .required()
        .alias(&["請求条件コード"])
        .about("Unique."),
    Column::new("terms_name", "請求条件名", ColumnKind::Text).alias(&["名称"]).about("What people call it."),
    Column::new("payment_terms", "決済サイト", ColumnKind::Text)
        .alias(&["支払条件", "支払期限", "締め支払"])
        .about("In words: 月末締め翌月末払い."),
    Column::new("payment_method", "支払方法", ColumnKind::OpenChoice(PaymentMethod::CHOICES))
        .alias(&["回収方法"])
        .about("How the customer pays."),
    Column::new("carry_forward", "繰越設定", ColumnKind::Flag)
        .alias(&["繰越"])
        .about("Whether an unpaid rest is carried into the next invoice."),
    Column::new("bank_account", "振込先口座", ColumnKind::Text)
        .about("Our account that the customer pays into."),
    Column::new("tax_rounding", "税端数処理", ColumnKind::OpenChoice(ROUNDINGS))
        .alias(&["消費税端数", "端数処理"])
        .about("How tax is rounded, once an invoice and rate."),
    Column::new("remarks", "備考", ColumnKind::Text).about("Other remarks."),
];
