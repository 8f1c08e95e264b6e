//! Identifiers and labels that several data sets share.

use super::Choices;

/// How somebody pays.
pub(super) const PAYMENT_METHODS: Choices = &[
    ("transfer", &["振込", "銀行振込", "振り込み"]),
    ("direct_debit", &["口座振替", "自動引落", "口座引落"]),
    ("cash", &["現金"]),
    ("bill", &["手形"]),
    ("card", &["クレジット", "クレジットカード", "カード"]),
    ("other", &["その他"]),
];

/// Whether something is done.
pub(super) const PROGRESS: Choices = &[
    ("open", &["未対応", "未着手", "新規"]),
    ("in_progress", &["対応中", "着手中", "調査中"]),
    ("done", &["完了", "対応済", "対応済み", "済"]),
];

/// By which way an order or a sale came in.
pub(super) const SALES_CHANNELS: Choices = &[
    ("store", &["店舗", "店頭"]),
    ("ec", &["EC", "ネット", "通販", "オンライン"]),
    ("phone", &["電話", "TEL"]),
    ("fax", &["FAX", "ファックス"]),
    ("email", &["メール", "Eメール"]),
    ("visit", &["訪問"]),
    ("wholesale", &["卸", "卸売"]),
    ("line", &["LINE"]),
    ("other", &["その他"]),
];
