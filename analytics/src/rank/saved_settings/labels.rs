//! The words of the saved settings in both languages.

use shared::message::Label;

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label::new(ja, en)
}

pub(crate) const CHECK: Label = label("ランク設定の確認", "Rank settings");
pub(crate) const SAVED: Label = label("ランク設定を保存: 版", "Rank settings saved: version");
pub(crate) const VERSIONS: Label = label("ランク設定の版", "Versions of the rank settings");
pub(crate) const DIFF: Label = label("ランク設定の差分", "Differences between rank settings");
pub(crate) const SAME: Label = label("差分はありません", "No differences");
pub(crate) const SETTING: Label = label("設定項目", "Setting");
pub(crate) const VALUE: Label = label("値", "Value");
pub(crate) const BEFORE: Label = label("変更前", "Before");
pub(crate) const AFTER: Label = label("変更後", "After");
pub(crate) const SEVERITY: Label = label("区分", "Kind");
pub(crate) const ERROR: Label = label("誤り", "Mistake");
pub(crate) const CODE: Label = label("コード", "Code");
pub(crate) const LINE: Label = label("行", "Line");
pub(crate) const REASON: Label = label("理由", "Reason");
pub(crate) const ERRORS: Label = label("誤り", "Mistakes");
pub(crate) const WARNINGS: Label = label("注意", "Warnings");
pub(crate) const SAVED_AT: Label = label("保存日時", "Saved");
pub(crate) const HASH: Label = label("設定ハッシュ", "Hash");
pub(crate) const NOTE: Label = label("メモ", "Note");
pub(crate) const TOTAL_MAX: Label = label("最高点", "Highest possible total");
pub(crate) const POINTS: Label = label("点", "Points");
pub(crate) const ROW: Label = label("条件", "Row");
