//! The words of the models in both languages.

use rust_decimal::Decimal;
use shared::label::Lang;

use super::histories::Unit;
use crate::labels::{self, Label};

macro_rules! words {
    ($($name:ident = $ja:literal, $en:literal;)+) => {
        $(pub(super) const $name: Label = Label::new($ja, $en);)+
    };
}

words! {
    ALIVE = "継続確率", "P(alive)";
    BACK_TEST = "検証", "Back-test";
    DISCOUNT = "割引率(年)", "Yearly discount";
    ESTIMATE = "推定値", "Estimate";
    EXPECTED_ACTIVE = "継続顧客数(予測)", "Expected active";
    EXPECTED_AMOUNT = "予測売上", "Expected sales";
    EXPECTED_AVERAGE = "予測購入単価", "Expected per purchase";
    EXPECTED_PER_CUSTOMER = "顧客あたり予測売上", "Expected per customer";
    EXPECTED_PROFIT = "予測粗利", "Expected gross profit";
    EXPECTED_PURCHASES = "予測購入回数", "Expected purchases";
    FIT = "LTV モデルの推定", "Estimated model of lifetime value";
    HORIZON = "予測期間", "Horizon";
    LOG_LIKELIHOOD = "対数尤度", "Log-likelihood";
    MODEL = "モデル", "Model";
    PARAMETER = "パラメーター", "Parameter";
    PREDICT = "顧客別の購入予測", "Expected purchases by customer";
    PREDICT_FORMULA = "予測売上 = 予測購入回数 × 予測購入単価、予測粗利 = 予測売上 × 粗利率(原価のある売上全体)", "expected sales = expected purchases x expected value of one; expected gross profit = expected sales x margin of all sales that have a cost";
    PURCHASES = "購入回数", "Purchases";
    REPEATS = "再購入回数", "Repeat purchases";
    REPORT = "セグメント別の購入予測(今後1年)", "Expected purchases by segment in the next year";
    REPORT_FORMULA = "予測売上 = Σ(予測購入回数 × 予測購入単価)、予測粗利 = 予測売上 × 粗利率(原価のある売上全体)", "expected sales = sum of expected purchases x expected value of one; expected gross profit = expected sales x margin of all sales that have a cost";
    STANDARD_ERROR = "標準誤差", "Standard error";
    UNIT = "時間の単位", "Unit of time";
    UNTIL = "対象期間の最終日", "Purchases until";
    USED = "使用した方法", "Method used";
}

/// A unit of time.
pub(super) fn unit(unit: Unit) -> Label {
    match unit {
        Unit::Day => Label::new("日", "days"),
        Unit::Week => Label::new("週", "weeks"),
        Unit::Month => Label::new("月", "months"),
    }
}

/// What stands in a sentence where a rate is undefined.
pub(super) const UNKNOWN_RATE: &str = "—";

/// A rate for people; a word when it is unknown.
pub(super) fn percent_or_unknown(rate: Option<Decimal>, lang: Lang) -> String {
    rate.map_or_else(|| labels::UNKNOWN.text(lang).to_owned(), crate::output::percent)
}
