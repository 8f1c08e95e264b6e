//! 通話の担当: who took part in a call, from when to when.

use super::{Column, ColumnKind, Dataset, origin};
use crate::call::{PartEnd, PartKind};
use crate::message::Label;

/// 通話の担当.
pub static CALL_PARTS: Dataset = Dataset {
    name: "call_parts",
    table: "call_part",
    title_ja: "通話の担当",
    description: Label::new(
        "誰がどの通話に、いつからいつまで出ていたかの記録。転送した通話は担当者ごとに1行",
        "Who took part in a call, from when to when; a call that was handed over has a row for each agent.",
    ),
    columns: COLUMNS,
    key: &["part_id"],
    month_column: Some("began_at"),
    customer_column: None,
    related_columns: &[],
    references: &[("call_id", "calls")],
};

const COLUMNS: &[Column] = &[
    Column::new("part_id", "担当ID", "part ID", ColumnKind::Code)
        .required()
        .about("通話の担当を特定するID(重複不可)", "Identifies the part; unique."),
    Column::new("call_id", "通話ID", "call ID", ColumnKind::Code)
        .required()
        .alias(&["通話番号"])
        .about("通話のID", "The call."),
    Column::new("kind", "担当区分", "kind", ColumnKind::Choice(PartKind::CHOICES)).default("agent").about(
        "自社の担当者か、外線(携帯電話への転送など)か",
        "One of our agents, or somebody outside whom we called into the call.",
    ),
    Column::new("agent_code", "担当者コード", "agent code", ColumnKind::Code)
        .alias(&["オペレーターコード"])
        .about("担当者のコード", "The agent."),
    Column::new("extension", "内線番号", "extension", ColumnKind::Code)
        .alias(&["内線"])
        .about("担当者の内線番号", "The agent's extension."),
    Column::new("placed", "発信側", "placed", ColumnKind::Flag)
        .default("0")
        .about("この担当者が発信したかどうか", "Whether the agent placed the call."),
    Column::new("began_at", "開始日時", "began at", ColumnKind::Instant).required().about(
        "呼び出しまたは発信が始まった日時(例: 2026-04-01 09:30:15)",
        "When the phone began to ring, or when the agent called, such as 2026-04-01 09:30:15.",
    ),
    Column::new("answered_at", "応答日時", "answered at", ColumnKind::Instant).about(
        "相手とつながった日時(例: 2026-04-01 09:30:25)",
        "When the agent was joined with the other party, such as 2026-04-01 09:30:25.",
    ),
    Column::new("left_at", "終了日時", "left at", ColumnKind::Instant).about(
        "通話から抜けた日時(例: 2026-04-01 09:35:40)",
        "When the agent left, such as 2026-04-01 09:35:40.",
    ),
    Column::new("part_end", "終わり方", "end", ColumnKind::OpenChoice(PartEnd::CHOICES)).about(
        "担当の終わり方(通話終了・転送・無応答など)",
        "How the part ended: left, transferred, no answer and so on.",
    ),
    Column::new("ring_seconds", "呼出秒数", "ringing time (s)", ColumnKind::Integer)
        .about("呼び出していた時間(秒)", "Ringing time in seconds."),
    Column::new("talk_seconds", "通話秒数", "talk time (s)", ColumnKind::Integer)
        .about("通話した時間(秒)", "Talk time in seconds."),
    Column::new("hold_seconds", "保留秒数", "hold time (s)", ColumnKind::Integer)
        .about("保留していた時間(秒)", "Hold time in seconds."),
    Column::new("acw_seconds", "後処理秒数", "after-call work (s)", ColumnKind::Integer)
        .about("後処理の時間(秒)", "After-call work in seconds."),
    origin::column(),
];
