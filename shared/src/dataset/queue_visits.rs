//! 待ち呼: where a caller waited, and for how long.

use super::{Column, ColumnKind, Dataset, origin};
use crate::call::QueueEnd;
use crate::message::Label;

/// 待ち呼.
pub static QUEUE_VISITS: Dataset = Dataset {
    name: "queue_visits",
    table: "queue_visit",
    title_ja: "待ち呼",
    description: Label::new(
        "着信グループで待った記録。転送先の着信グループでも待った場合は1通話に複数行",
        "Waits in queues; a call that was transferred into a second queue has two.",
    ),
    columns: COLUMNS,
    key: &["visit_id"],
    month_column: Some("joined_at"),
    customer_column: None,
    related_columns: &[],
    references: &[("call_id", "calls")],
};

const COLUMNS: &[Column] = &[
    Column::new("visit_id", "待ち呼ID", "visit ID", ColumnKind::Code)
        .required()
        .about("待ち呼を特定するID(重複不可)", "Identifies the wait; unique."),
    Column::new("call_id", "通話ID", "call ID", ColumnKind::Code)
        .required()
        .alias(&["通話番号"])
        .about("通話のID", "The call."),
    Column::new("queue", "着信グループ", "queue", ColumnKind::Text)
        .required()
        .alias(&["キュー"])
        .about("着信グループの名称", "The queue's name."),
    Column::new("joined_at", "待ち開始日時", "joined at", ColumnKind::Instant).required().about(
        "待ち始めた日時(例: 2026-04-01 09:30:00)",
        "When the caller began to wait, such as 2026-04-01 09:30:00.",
    ),
    Column::new("left_at", "待ち終了日時", "left at", ColumnKind::Instant).about(
        "待ち終わった日時(例: 2026-04-01 09:30:25)",
        "When the wait ended, such as 2026-04-01 09:30:25.",
    ),
    Column::new("wait_seconds", "待ち秒数", "wait (s)", ColumnKind::Integer)
        .about("待った時間(秒)", "Wait in seconds."),
    Column::new("queue_end", "待ちの結果", "end", ColumnKind::OpenChoice(QueueEnd::CHOICES))
        .about("待ちの終わり方(応答・顧客放棄など)", "How the wait ended: answered, abandoned and so on."),
    origin::column(),
];
