//! The words of the rank update in both languages.

use shared::message::Label;
use shared::rank::RankDirection;

use crate::rank::settings::Source;

/// A label.
pub(crate) const fn label(ja: &'static str, en: &'static str) -> Label {
    Label::new(ja, en)
}

pub(crate) const SIMULATION: Label = label("ランク自動更新 お試し実行", "Rank update: simulation");
pub(crate) const RUN: Label = label("ランク自動更新", "Rank update");
pub(crate) const DRY_RUN: Label = label("ランク自動更新 (書き込みなし)", "Rank update: dry run");
pub(crate) const CHANGES: Label = label("ランク変更", "Rank changes");
pub(crate) const SOURCE: Label = label("集計元", "Source");
pub(crate) const PERIOD: Label = label("集計期間", "Period");
pub(crate) const SETTINGS: Label = label("設定", "Settings");
pub(crate) const TOTAL_MAX: Label = label("最高点", "Highest possible total");
pub(crate) const SCOPE: Label = label("対象", "Scope");
pub(crate) const WHOLE: Label = label("全顧客", "all customers");
pub(crate) const RANK: Label = label("ランク", "Rank");
pub(crate) const MASTER: Label = label("ランクマスター", "Rank master");
pub(crate) const POSITION: Label = label("順位", "Position");
pub(crate) const COLOR: Label = label("表示色", "Colour");
pub(crate) const MISSING_RANKS: Label = label(
    "顧客に設定されていてマスターにないランク (rank master add-missing で追加)",
    "Ranks of customers that the master lacks (add them with: rank master add-missing)",
);
pub(crate) const NOW: Label = label("現在", "Now");
pub(crate) const AFTER: Label = label("更新後", "After");
pub(crate) const CHANGE: Label = label("増減", "Change");
pub(crate) const BAR_NOW: Label = label("現在の分布", "Now");
pub(crate) const BAR_AFTER: Label = label("更新後の分布", "After");
pub(crate) const NO_RANK: Label = label("(なし)", "(none)");
pub(crate) const RANK_FROM: Label = label("変更前", "From");
pub(crate) const RANK_TO: Label = label("変更後", "To");
pub(crate) const DIRECTION: Label = label("方向", "Direction");
pub(crate) const CUSTOMERS: Label = label("顧客数", "Customers");
pub(crate) const REASON: Label = label("理由", "Reason");
pub(crate) const MONTHS: Label = label("ヶ月以内", "Within months");
pub(crate) const POINTS_RECENCY: Label = label("最新日の点", "Recency points");
pub(crate) const POINTS_COUNT: Label = label("回数の点", "Count points");
pub(crate) const POINTS_AMOUNT: Label = label("金額の点", "Amount points");
pub(crate) const TOTAL: Label = label("総合得点", "Total");
pub(crate) const CODE: Label = label("得意先コード", "Customer");
pub(crate) const NAME: Label = label("顧客名", "Name");
pub(crate) const OWNER: Label = label("担当者", "Owner");
pub(crate) const WARNINGS: Label = label("注意", "Warnings");
pub(crate) const TOP: Label = label("得点上位", "Highest totals");
pub(crate) const NEWEST_SALE: Label = label("最新の売上", "the newest sale");
pub(crate) const NEWEST_DEAL: Label = label("最新の受注案件", "the newest won deal");
pub(crate) const RUN_ID: Label = label("実行番号", "Run");
pub(crate) const TRIGGER: Label = label("実行方法", "Trigger");
pub(crate) const IMPROVED: Label = label("ランクアップ", "Promoted");
pub(crate) const WORSENED: Label = label("ランクダウン", "Demoted");
pub(crate) const WRITING: Label = label("ランクを書き込み中", "Writing ranks");
pub(crate) const REPORT: Label = label("ランク自動更新 実行報告", "Rank update: run report");
pub(crate) const FINISHED: Label = label("実行日時", "Finished");
pub(crate) const CHANGED_SHARE: Label = label("変更の割合", "Share that changes");
pub(crate) const TOTAL_BEFORE: Label = label("前回の得点", "Total before");
pub(crate) const SCHEDULED: Label = label("定期実行", "scheduled");
pub(crate) const MANUAL: Label = label("保存して実行", "manual");
pub(crate) const SETTINGS_FIRST: Label = label("設定(初回の実行)", "Settings (first run)");
pub(crate) const SETTINGS_SAME: Label = label("前回と同じ設定です", "Same settings as the previous run");
pub(crate) const EXCLUDED: Label = label("自動更新の対象外にしました", "Excluded from the rank update");
pub(crate) const INCLUDED: Label = label("自動更新の対象に戻しました", "Included in the rank update");
pub(crate) const INITIAL: Label = label("初回", "First rank");

pub(crate) const NOT_UPDATED: Label = label("うち更新対象外", "Of these not updated");
pub(crate) const MATRIX: Label = label("現在 → 更新後", "Now → after");
pub(crate) const MOVED: Label = label("ランクの動き", "Moves");
pub(crate) const DRILL: Label = label("該当顧客 (総合得点順)", "Customers by total");
pub(crate) const DRILLED: Label = label("更新後のランク", "Rank after");
pub(crate) const OUTSIDE: Label = label("更新対象外", "not updated");
pub(crate) const DISTRIBUTION: Label = label("ランク分布", "Distribution of ranks");
pub(crate) const NEAR: Label = label("境界に近い顧客", "Customers near a boundary");
pub(crate) const NEAR_WITHIN: Label = label("境界までの点数", "Points to the boundary");
pub(crate) const FOUND: Label = label("該当", "Found");
pub(crate) const SHOWN: Label = label("表示", "Shown");
pub(crate) const BOUND: Label = label("境界", "Boundary");
pub(crate) const DISTANCE: Label = label("差", "Distance");
pub(crate) const BEYOND: Label = label("境界の先", "Rank beyond");
pub(crate) const MOVES: Label =
    label("動く条件 (各項目のみの場合)", "What would move the customer (each criterion alone)");
pub(crate) const PREVIEW: Label = label("お試し採点", "Trial scoring");
pub(crate) const RECENT_SALE: Label = label("直近の売上日", "Latest own sale");
pub(crate) const RECENT_DEAL: Label = label("直近の受注予定日", "Latest own expected order");
pub(crate) const TERM_RECENCY: Label = label("最新日 点×重み", "Recency points × weight");
pub(crate) const TERM_COUNT: Label = label("回数 点×重み", "Count points × weight");
pub(crate) const TERM_AMOUNT: Label = label("金額 点×重み", "Amount points × weight");
pub(crate) const NOTHING_WRITTEN: Label = label("書き込みはしていません", "Nothing was written");

pub(crate) const EXPLANATION: Label = label("ランクの根拠", "Why this rank");
pub(crate) const RECORDS: Label = label("記録", "Records");
pub(crate) const DATED: Label = label("日付", "Date");
pub(crate) const RECORD: Label = label("番号", "Number");
pub(crate) const OWN: Label = label("メイン顧客", "Main customer");
pub(crate) const LINK: Label = label("関係", "Link");
pub(crate) const NET: Label = label("金額", "Amount");
pub(crate) const RATE: Label = label("掛率", "Rate");
pub(crate) const ADDS_COUNT: Label = label("回数への加算", "Adds to count");
pub(crate) const ADDS_AMOUNT: Label = label("金額への加算", "Adds to amount");
pub(crate) const WHY: Label = label("集計", "Counted");
pub(crate) const CRITERIA: Label = label("判定", "Scoring");
pub(crate) const CRITERION: Label = label("条件", "Criterion");
pub(crate) const METRIC: Label = label("値", "Value");
pub(crate) const ROW: Label = label("該当区分", "Row");
pub(crate) const NO_ROW: Label = label("該当なし (0点)", "no row (0 points)");
pub(crate) const TERM: Label = label("点×重み", "Points × weight");
pub(crate) const THRESHOLD: Label = label("ランク判定", "Threshold");
pub(crate) const NEXT_RANK: Label = label("次のランク", "Next rank");
pub(crate) const OUTCOME: Label = label("ランク", "Rank");
pub(crate) const KEPT: Label = label("実行時の記録", "Recorded by the run");
pub(crate) const CHANGED_SINCE: Label =
    label("実行後にデータが変わっています", "The data has changed since the run");
pub(crate) const NOT_SCORED: Label =
    label("この実行では採点されていません", "The run did not score this customer");

pub(crate) const REVERT: Label = label("ランク更新の取り消し", "Rank update reverted");
pub(crate) const REVERTS: Label = label("取り消す実行", "Reverted run");
pub(crate) const RESTORED: Label = label("元に戻す顧客", "Customers restored");
pub(crate) const LEFT: Label = label("その後変更された顧客 (そのまま)", "Changed since, left as they are");
pub(crate) const RANK_OF_RUN: Label = label("実行時のランク", "Rank of the run");
pub(crate) const CLEARED: Label = label("ランクなしへ", "Rank removed");
pub(crate) const HISTORY: Label = label("ランク履歴", "Rank history");
pub(crate) const RUNS: Label = label("実行の一覧", "Rank runs");
pub(crate) const MODE: Label = label("種別", "Kind");
pub(crate) const EDITED: Label = label("手動変更", "edited by hand");
pub(crate) const MODE_RUN: Label = label("更新", "run");
pub(crate) const CAUSE: Label = label("原因", "Cause");
pub(crate) const CAUSED: Label = label("設定変更", "settings");
pub(crate) const TOTAL_BAR: Label = label("得点", "Total");
pub(crate) const EVALUATED: Label = label("採点", "Scored");
pub(crate) const EXCLUDED_COUNT: Label = label("除外", "Excluded");
pub(crate) const NOT_TARGET: Label = label("更新対象外", "Not a target");
pub(crate) const TRANSITION: Label = label("ランク推移", "Ranks by month");
pub(crate) const NO_RUNS: Label = label("この期間の実行はありません", "No run in these months");
pub(crate) const LATEST: Label = label("最新日", "Latest");
pub(crate) const COUNT: Label = label("回数", "Count");
pub(crate) const AMOUNT: Label = label("期間金額", "Amount");

pub(crate) const EXPORT: Label = label("ランク更新の書き出し", "Rank update: exported files");
pub(crate) const CHECK: Label = label("ランク更新の事前確認", "Rank update: check");
pub(crate) const WITHOUT_SETTINGS: Label =
    label("設定なし: 更新対象と得点は確認していません", "No settings, so targets and points are not checked");
pub(crate) const IN_MASTER: Label = label("マスター登録", "In the rank master");
pub(crate) const IS_TARGET: Label = label("更新対象", "Updated");
pub(crate) const IS_EARNED: Label = label("得点で決まる", "Earned by points");
pub(crate) const FINDING: Label = label("項目", "Finding");
pub(crate) const FINDINGS: Label = label("確認項目", "Findings");
pub(crate) const EXAMPLES: Label = label("例", "Examples");
pub(crate) const ERRORS_WRITTEN: Label = label("書き出したデータ不備", "Findings written");

/// What a finding of the check is called.
pub(crate) fn finding(name: &str) -> Label {
    match name {
        "no_rank" => label("ランクのない顧客", "customers without a rank"),
        "unknown_rank" => {
            label("マスターにないランクの顧客", "customers whose rank is missing from the rank master")
        }
        "excluded" => label("自動更新の対象外にした顧客", "customers that are excluded"),
        "not_target_rank" => label("更新対象でないランクの顧客", "customers whose rank is not updated"),
        "never_scored" => label("一度も採点されていない顧客", "customers that no run has scored"),
        "no_kana" => label("フリガナのない顧客", "customers without kana"),
        "no_records" => label("売上・案件のない顧客", "customers without records"),
        "only_future" => {
            label("基準日より後の記録しかない顧客", "customers whose records are all after the as-of date")
        }
        "RANK_UNKNOWN_CUSTOMER" => label("顧客マスターにない得意先コード", "codes without a customer"),
        "RANK_SPLIT_LINKS" => {
            label("明細ごとに関連顧客が違う伝票", "slips whose lines name different related customers")
        }
        "RANK_SELF_LINK" => {
            label("自分自身が関連顧客の記録", "records whose related customer is the main customer")
        }
        "RANK_DOUBLE_LINK" => {
            label("同じ関連顧客が2か所にある記録", "records that name one related customer twice")
        }
        "RANK_UNDATED_DEAL" => label("受注日のない受注案件", "won deals without a date"),
        "RANK_FUTURE" => label("基準日より後の記録", "records after the as-of date"),
        "RANK_UNKNOWN_CURRENT" => {
            label("マスターにない現在のランク", "current ranks missing from the rank master")
        }
        _ => label("", ""),
    }
}

/// What the latest date is called, by source.
pub(crate) fn latest(source: Source) -> Label {
    match source {
        Source::Sales => label("最新購入日", "Latest sale"),
        Source::Deals => label("最新受注日", "Latest order"),
    }
}

/// What the count is called, by source.
pub(crate) fn count(source: Source) -> Label {
    match source {
        Source::Sales => label("購入回数", "Slips"),
        Source::Deals => label("受注回数", "Deals"),
    }
}

/// What the amount is called, by source.
pub(crate) fn amount(source: Source) -> Label {
    match source {
        Source::Sales => label("期間売上金額", "Sales in the period"),
        Source::Deals => label("期間受注金額", "Orders in the period"),
    }
}

/// What a source is called.
pub(crate) fn source(source: Source) -> Label {
    match source {
        Source::Sales => label("売上(伝票)", "sales slips"),
        Source::Deals => label("案件(受注)", "won deals"),
    }
}

/// What a direction is called.
pub(crate) fn direction(direction: RankDirection) -> Label {
    match direction {
        RankDirection::Up => IMPROVED,
        RankDirection::Down => WORSENED,
        RankDirection::Cleared => CLEARED,
        RankDirection::Initial | RankDirection::Same => INITIAL,
    }
}
