//! 対応履歴: what was said and done.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::sales::InteractionChannel;

/// What came of it (対応結果).
const RESULTS: Choices = &[
    ("done", &["完了"]),
    ("callback", &["折り返し要", "要折返し"]),
    ("transferred", &["転送"]),
    ("message_taken", &["伝言"]),
    ("pending", &["保留", "保留(調査中)"]),
    ("absent", &["不在"]),
    ("voicemail", &["留守電"]),
    ("none", &["対応不要"]),
];

/// 対応履歴.
pub static ACTIVITIES: Dataset = Dataset {
    name: "activities",
    table: "activity",
    title_ja: "対応履歴",
    description: "Calls, visits, mails and what was agreed: the timeline of a customer.",
    columns: COLUMNS,
    key: &["activity_no"],
    month_column: Some("happened_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("campaign_code", "campaigns")],
};

const COLUMNS: &[Column] = &[
    Column::new("activity_no", "対応番号", ColumnKind::Code)
        .required()
        .alias(&["対応No", "履歴番号", "商談番号"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("With whom."),
    Column::new("happened_at", "対応日時", ColumnKind::Instant)
        .required()
        .alias(&["対応日", "日時", "商談日"])
        .about("When."),
    Column::new("channel", "対応方法", ColumnKind::OpenChoice(InteractionChannel::CHOICES))
        .alias(&["方法", "種類"])
        .about("By which way."),
    Column::new("subject", "件名", ColumnKind::Text).alias(&["対応区分"]).about("In one line."),
    Column::new("body", "内容", ColumnKind::Text).alias(&["対応内容", "商談内容"]).about("In full."),
    Column::new("agent", "対応者", ColumnKind::Text).alias(&["担当者", "記入者"]).about("Who, of us."),
    Column::new("result", "対応結果", ColumnKind::OpenChoice(RESULTS))
        .alias(&["結果"])
        .about("What came of it."),
    Column::new("campaign_code", "キャンペーンコード", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("The campaign that it was about."),
];
