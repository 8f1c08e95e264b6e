//! 通話履歴: the calls that the bridge saw, and those of other systems.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::call::{CallDirection, CallOutcome};

/// Whether there is a number, or why not: those of [`crate::caller::CallerNumber::kind`].
const CALLER_KINDS: Choices = &[
    ("number", &["番号あり", "番号通知"]),
    ("internal", &["内線"]),
    ("withheld", &["非通知"]),
    ("payphone", &["公衆電話"]),
    ("out_of_area", &["表示圏外"]),
    ("service_conflict", &["サービス競合"]),
    ("unknown", &["番号不明", "不明"]),
];

/// 通話履歴.
pub static CALLS: Dataset = Dataset {
    name: "calls",
    table: "call",
    title_ja: "通話履歴",
    description: "Calls: those that the bridge saw, and call logs of other PBXs.",
    columns: COLUMNS,
    key: &["call_id"],
    month_column: Some("started_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("call_id", "通話ID", ColumnKind::Code).required().alias(&["通話番号"]).about("Unique."),
    Column::new("direction", "通話種別", ColumnKind::Choice(CallDirection::CHOICES))
        .required()
        .alias(&["種類", "発着信"])
        .about("From the customer, to the customer, or among us."),
    Column::new("caller_kind", "発信者区分", ColumnKind::Choice(CALLER_KINDS))
        .alias(&["発信者種別"])
        .default("unknown")
        .about("Whether there is a number, or why not; follows from the number where there is one."),
    Column::new("caller_e164", "電話番号", ColumnKind::Phone)
        .alias(&["発信者番号", "相手番号", "相手先番号"])
        .about(
            "The other side's number; kept as E.164. What is no whole number, or was withheld, is not kept.",
        ),
    Column::new("called", "着信番号", ColumnKind::Text)
        .alias(&["着信先", "回線名"])
        .about("Which of our numbers was called."),
    Column::new("queue", "着信グループ", ColumnKind::Text).alias(&["キュー", "受付窓口"]).about("The queue."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("With whom."),
    Column::new("agent_code", "担当者コード", ColumnKind::Code)
        .alias(&["応答者コード", "オペレーターコード"])
        .about("Who of us answered, or whose telephone rang last."),
    Column::new("extension", "内線番号", ColumnKind::Code).alias(&["内線"]).about("Our extension."),
    Column::new("started_at", "開始日時", ColumnKind::Instant)
        .required()
        .alias(&["着信日時", "発信日時", "通話開始", "開始時刻"])
        .about("When it began to ring."),
    Column::new("answered_at", "応答日時", ColumnKind::Instant)
        .alias(&["応答時刻"])
        .about("When it was answered."),
    Column::new("ended_at", "終了日時", ColumnKind::Instant)
        .alias(&["終了時刻", "通話終了"])
        .about("When it ended."),
    Column::new("outcome", "通話結果", ColumnKind::OpenChoice(CallOutcome::CHOICES))
        .alias(&["結果", "終了理由"])
        .about("How it ended."),
    Column::new("ring_seconds", "呼出秒数", ColumnKind::Integer)
        .alias(&["呼出時間"])
        .about("Seconds of ringing."),
    Column::new("talk_seconds", "通話秒数", ColumnKind::Integer)
        .alias(&["通話時間"])
        .about("Seconds of talk."),
    Column::new("hold_seconds", "保留秒数", ColumnKind::Integer)
        .alias(&["保留時間"])
        .about("Seconds on hold."),
    Column::new("uncertain", "不確実", ColumnKind::Flag)
        .default("0")
        .about("The PBX was not connected for part of the call."),
    Column::new("queued_at", "待ち開始日時", ColumnKind::Instant)
        .alias(&["キュー開始日時"])
        .about("When the caller began to wait in a queue."),
    Column::new("acw_seconds", "後処理秒数", ColumnKind::Integer)
        .alias(&["後処理時間", "ACW"])
        .about("Seconds of after-call work."),
    Column::new("category", "対応区分", ColumnKind::Code).about("What it was about: a code of the master."),
    Column::new("result", "対応結果", ColumnKind::Code).about("What came of it: a code of the master."),
    Column::new("status", "対応状況", ColumnKind::Code).about("How far it is: a code of the master."),
    Column::new("note", "対応メモ", ColumnKind::Text)
        .alias(&["通話メモ"])
        .about("What was talked about; for us alone."),
];
