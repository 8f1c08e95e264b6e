//! 通話履歴: the calls that the bridge saw, and those of other systems.

use super::{Column, ColumnKind, Dataset, origin};
use crate::call::{CallDirection, CallOutcome};
use crate::caller::CallerKind;
use crate::message::Label;

/// 通話履歴.
pub static CALLS: Dataset = Dataset {
    name: "calls",
    table: "call",
    title_ja: "通話履歴",
    description: Label::new(
        "通話の記録。本システムで受けた通話のほか、他の電話システムの通話履歴も取込可",
        "Calls that the bridge saw, and call logs of other PBXs.",
    ),
    columns: COLUMNS,
    key: &["call_id"],
    month_column: Some("started_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("call_id", "通話ID", "call ID", ColumnKind::Code)
        .required()
        .alias(&["通話番号"])
        .about("通話を特定するID(重複不可)", "Identifies the call; unique."),
    Column::new("direction", "通話種別", "direction", ColumnKind::Choice(CallDirection::CHOICES))
        .required()
        .alias(&["種類", "発着信"])
        .about("着信・発信・内線の別", "Incoming, outgoing or internal."),
    Column::new("caller_kind", "発信者区分", "caller kind", ColumnKind::Choice(CallerKind::CHOICES))
        .alias(&["発信者種別"])
        .default("unknown")
        .about(
            "番号の有無、または番号がない理由(非通知・公衆電話など)。番号がある場合は自動で設定",
            "Whether there is a number, or why not; set automatically if there is one.",
        ),
    Column::new("caller_e164", "電話番号", "phone number", ColumnKind::Phone)
        .alias(&["発信者番号", "相手番号", "相手先番号"])
        .about(
            "相手の電話番号。E.164形式で保存し、非通知や不完全な番号は保存しない",
            "Number of the other side as E.164; not kept if it was withheld or is no whole number.",
        ),
    Column::new("called", "着信番号", "called number", ColumnKind::Text)
        .alias(&["着信先", "回線名"])
        .about("着信した自社の電話番号または回線名", "Our number or line that was called."),
    Column::new("queue", "着信グループ", "queue", ColumnKind::Text)
        .alias(&["キュー", "受付窓口"])
        .about("着信グループの名称", "Queue through which the call came."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("通話した顧客のコード", "Customer on the other side."),
    Column::new("agent_code", "担当者コード", "agent code", ColumnKind::Code)
        .alias(&["応答者コード", "オペレーターコード"])
        .about(
            "応答した担当者、または最後に呼び出した担当者のコード",
            "Agent who answered, or whose phone rang last.",
        ),
    Column::new("extension", "内線番号", "extension", ColumnKind::Code)
        .alias(&["内線"])
        .about("自社側の内線番号", "Extension of our phone."),
    Column::new("started_at", "開始日時", "started at", ColumnKind::Instant)
        .required()
        .alias(&["着信日時", "発信日時", "通話開始", "開始時刻"])
        .about(
            "呼び出しが始まった日時(例: 2026-04-01 09:30:15)",
            "When it began to ring, such as 2026-04-01 09:30:15.",
        ),
    Column::new("answered_at", "応答日時", "answered at", ColumnKind::Instant)
        .alias(&["応答時刻"])
        .about("応答した日時(例: 2026-04-01 09:30:25)", "When it was answered, such as 2026-04-01 09:30:25."),
    Column::new("ended_at", "終了日時", "ended at", ColumnKind::Instant)
        .alias(&["終了時刻", "通話終了"])
        .about("通話が終了した日時(例: 2026-04-01 09:35:40)", "When it ended, such as 2026-04-01 09:35:40."),
    Column::new("outcome", "通話結果", "outcome", ColumnKind::OpenChoice(CallOutcome::CHOICES))
        .alias(&["結果", "終了理由"])
        .about(
            "通話の終わり方(完了・顧客放棄・無応答など)",
            "How it ended: completed, abandoned, no answer and so on.",
        ),
    Column::new("ring_seconds", "呼出秒数", "ringing time (s)", ColumnKind::Integer)
        .alias(&["呼出時間"])
        .about("呼び出していた時間(秒)", "Ringing time in seconds."),
    Column::new("talk_seconds", "通話秒数", "talk time (s)", ColumnKind::Integer)
        .alias(&["通話時間"])
        .about("通話した時間(秒)", "Talk time in seconds."),
    Column::new("hold_seconds", "保留秒数", "hold time (s)", ColumnKind::Integer)
        .alias(&["保留時間"])
        .about("保留していた時間(秒)", "Hold time in seconds."),
    Column::new("uncertain", "不確実", "uncertain", ColumnKind::Flag).default("0").about(
        "通話の途中でPBXとの接続が切れ、記録が不確実かどうか",
        "Whether the PBX was not connected for part of the call, so that the record is uncertain.",
    ),
    Column::new("queued_at", "待ち開始日時", "queued at", ColumnKind::Instant)
        .alias(&["キュー開始日時"])
        .about(
            "着信グループで待ち始めた日時(例: 2026-04-01 09:30:00)",
            "When the caller began to wait in the queue, such as 2026-04-01 09:30:00.",
        ),
    Column::new("acw_seconds", "後処理秒数", "after-call work (s)", ColumnKind::Integer)
        .alias(&["後処理時間", "ACW"])
        .about("後処理の時間(秒)", "After-call work in seconds."),
    Column::new("category", "対応区分", "category", ColumnKind::Code)
        .about("対応区分マスターのコード", "Category: a code of the wrap-up master."),
    Column::new("result", "対応結果", "disposition", ColumnKind::Code)
        .about("対応結果マスターのコード", "Disposition: a code of the wrap-up master."),
    Column::new("status", "対応状況", "status", ColumnKind::Code)
        .about("対応状況マスターのコード", "State: a code of the wrap-up master."),
    Column::new("note", "対応メモ", "note", ColumnKind::Text)
        .alias(&["通話メモ"])
        .about("通話の内容のメモ。社内用", "What was talked about; for our own staff only."),
    origin::column(),
];
