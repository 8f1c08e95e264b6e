//! The words of the schedule in both languages.

use shared::message::Label;

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label::new(ja, en)
}

pub(crate) const SCHEDULE: Label = label("実行予定", "Schedule");
pub(crate) const RUN: Label = label("定期実行の結果", "Scheduled run");
pub(crate) const FILE: Label = label("設定ファイル", "File");
pub(crate) const DAY: Label = label("実行日(毎月)", "Day of the month");
pub(crate) const CLOSING_DAY: Label = label("締め日(基準日)", "As of the last day");
pub(crate) const DAY_OF_RUN: Label = label("実行日", "the day of the run");
pub(crate) const TIME: Label = label("時刻", "Time");
pub(crate) const SINCE: Label = label("開始日", "Since");
pub(crate) const LAST: Label = label("前回の実行 (番号)", "Last run (number)");
pub(crate) const OWED: Label = label("実行すべき基準日", "Owed");
pub(crate) const MISSED: Label = label("未実行の月 (先に実行)", "Missed, to be run first");
pub(crate) const OVERTAKEN: Label = label("後の実行があり実行できない月", "Overtaken by a later run");
pub(crate) const NEXT: Label = label("次回", "Next");
pub(crate) const INSTALLED: Label = label("書き出したファイル", "Written");
pub(crate) const AS_OF: Label = label("基準日", "As of");
pub(crate) const RUN_ID: Label = label("実行番号", "Run");
pub(crate) const CHANGED: Label = label("変更", "Changed");
pub(crate) const WARNINGS: Label = label("注意", "Warnings");
pub(crate) const RESULT: Label = label("結果", "Result");
