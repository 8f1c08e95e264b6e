//! The words of the data quality commands in Japanese and English.

use shared::store::Severity;

use crate::labels::Label;

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label::new(ja, en)
}

pub(super) const GO_ON: Label = label("実行しますか? [y/N]", "Continue? [y/N]");
pub(super) const VALIDATION: Label = label("データ検証", "Validation");
pub(super) const RULE: Label = label("ルール", "Rule");
pub(super) const SEVERITY: Label = label("重大度", "Severity");
pub(super) const KEY: Label = label("キー", "Key");
pub(super) const MESSAGE: Label = label("内容", "Finding");
pub(super) const CURE: Label = label("対処", "Cure");
pub(super) const NO_FINDING: Label = label("問題はありません", "Nothing was found");

pub(super) const QUARANTINE: Label = label("取込エラーの行", "Refused rows");
pub(super) const BATCH: Label = label("バッチ", "Batch");
pub(super) const AT: Label = label("日時", "At");
pub(super) const OPEN: Label = label("未解決", "Open");
pub(super) const LINE: Label = label("行", "Line");
pub(super) const COLUMN: Label = label("列", "Column");
pub(super) const CODE: Label = label("コード", "Code");
pub(super) const SETTLED_BY: Label = label("訂正したバッチ", "Corrected by");
pub(super) const RAW: Label = label("元の行", "Row");
pub(super) const FORGOTTEN: Label = label("削除した行", "Rows deleted");
pub(super) const FORGOTTEN_IMPORTS: Label = label("記録を削除した取込", "Imports forgotten");

pub(super) const DUPLICATES: Label = label("重複の可能性がある顧客", "Likely duplicates");
pub(super) const GROUP: Label = label("グループ", "Group");
pub(super) const GROUPS: Label = label("グループ数", "Groups");
pub(super) const SCORE: Label = label("点数", "Score");
pub(super) const REASONS: Label = label("理由", "Reasons");
pub(super) const AND: Label = label("・", ", ");
pub(super) const IGNORED: Label = label("別の顧客として記録しました", "Recorded as different customers");
pub(super) const TOO_COMMON: Label =
    label("共有する顧客が多すぎて比較しなかった値", "Values shared by too many customers to compare");
pub(super) const PAIRS_CUT: Label =
    label("組み合わせが多すぎるため一部のみ表示しています", "Too many pairs; some are left out");

pub(super) const MERGE: Label = label("統合", "Merge");
pub(super) const MERGES: Label = label("顧客の統合", "Merges");
pub(super) const MOVED: Label = label("付け替えた行", "Rows moved");
pub(super) const REMOVED: Label = label("重複のため外した行", "Duplicate rows removed");
pub(super) const FILLED: Label = label("補完した項目", "Filled in");
pub(super) const UNDONE: Label = label("取り消し", "Undone");
pub(super) const MERGED_BY: Label = label("統合した人", "Merged by");
pub(super) const UNDONE_BY: Label = label("取り消した人", "Undone by");
pub(super) const KEPT: Label = label("残す顧客", "Kept");
pub(super) const DROPPED: Label = label("統合した顧客", "Merged into it");

/// A severity for people.
pub(super) const fn severity(severity: Severity) -> Label {
    match severity {
        Severity::Error => label("エラー", "error"),
        Severity::Warning => label("注意", "warning"),
    }
}
