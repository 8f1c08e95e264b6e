//! The words around the saved settings, in Japanese and in English.

use crate::labels::Label;

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label { ja, en }
}

pub(super) const CHECK: Label = label("ランク設定の確認", "Rank settings");
pub(super) const SAVED: Label = label("ランク設定を保存: 版", "Rank settings saved: version");
pub(super) const VERSIONS: Label = label("ランク設定の版", "Versions of the rank settings");
pub(super) const DIFF: Label = label("ランク設定の差分", "Differences of the rank settings");
pub(super) const SAME: Label = label("差分はありません", "There is no difference");
pub(super) const SETTING: Label = label("設定項目", "Setting");
pub(super) const VALUE: Label = label("値", "Value");
pub(super) const BEFORE: Label = label("変更前", "Before");
pub(super) const AFTER: Label = label("変更後", "After");
pub(super) const SEVERITY: Label = label("区分", "Kind");
pub(super) const ERROR: Label = label("誤り", "Error");
pub(super) const CODE: Label = label("コード", "Code");
pub(super) const REASON: Label = label("理由", "Reason");
pub(super) const ERRORS: Label = label("誤り", "Errors");
pub(super) const WARNINGS: Label = label("注意", "Warnings");
pub(super) const SAVED_AT: Label = label("保存日時", "Saved");
pub(super) const HASH: Label = label("設定ハッシュ", "Hash");
pub(super) const NOTE: Label = label("メモ", "Note");
pub(super) const TOTAL_MAX: Label = label("最高点", "Highest total");
pub(super) const POINTS: Label = label("点", "Points");
pub(super) const ROW: Label = label("条件", "Row");
pub(super) const WITHIN: Label = label("{n}ヶ月以内", "within {n} months");
pub(super) const AT_LEAST_COUNT: Label = label("{n}件以上", "at least {n}");
pub(super) const AT_LEAST_YEN: Label = label("{n}円以上", "at least {n} yen");
