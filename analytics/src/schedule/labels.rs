//! The words of the schedule, in Japanese and in English.

use crate::labels::Label;

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label { ja, en }
}

pub(super) const SCHEDULE: Label = label("定期実行", "Schedule");
pub(super) const RUN: Label = label("定期実行の結果", "Scheduled run");
pub(super) const FILE: Label = label("設定ファイル", "File");
pub(super) const DAY: Label = label("実行日(毎月)", "Day of the month");
pub(super) const TIME: Label = label("時刻", "Time");
pub(super) const SINCE: Label = label("開始日", "Since");
pub(super) const LAST: Label = label("前回の実行 (番号)", "Last run (number)");
pub(super) const OWED: Label = label("実行すべき基準日", "Owed");
pub(super) const MISSED: Label = label("未実行の月", "Missed");
pub(super) const OVERTAKEN: Label = label("後の実行があり実行できない月", "Overtaken by a later run");
pub(super) const NEXT: Label = label("次回", "Next");
pub(super) const INSTALLED: Label = label("書き出したファイル", "Written");
pub(super) const AS_OF: Label = label("基準日", "As of");
pub(super) const RUN_ID: Label = label("実行番号", "Run");
pub(super) const CHANGED: Label = label("変更", "Changed");
pub(super) const WARNINGS: Label = label("注意", "Warnings");
pub(super) const RESULT: Label = label("結果", "Result");
