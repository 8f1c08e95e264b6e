//! 対応履歴: what was said and done.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::{ActivityResult, InteractionChannel};

/// 対応履歴.
pub static ACTIVITIES: Dataset = Dataset {
    name: "activities",
    table: "activity",
    title_ja: "対応履歴",
    description: Label::new(
        "顧客との電話・訪問・メールなどの記録",
        "Calls, visits, mails and what was agreed: the timeline of a customer.",
    ),
    columns: COLUMNS,
    key: &["activity_no"],
    month_column: Some("happened_at"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("campaign_code", "campaigns")],
};

const COLUMNS: &[Column] = &[
    Column::new("activity_no", "対応番号", "activity number", ColumnKind::Code)
        .required()
        .alias(&["対応No", "履歴番号", "商談番号"])
        .about("対応を特定する番号(重複不可)", "Identifies the activity; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("対応した顧客のコード", "Customer with whom we dealt."),
    Column::new("happened_at", "対応日時", "date and time", ColumnKind::Instant)
        .required()
        .alias(&["対応日", "日時", "商談日"])
        .about("対応した日時(例: 2026-04-01 09:30)", "When it took place, such as 2026-04-01 09:30."),
    Column::new("channel", "対応方法", "contact method", ColumnKind::OpenChoice(InteractionChannel::CHOICES))
        .alias(&["方法", "種類"])
        .about("対応の方法(電話・メール・訪問など)", "How we were in touch: call, mail, visit and so on."),
    Column::new("subject", "件名", "subject", ColumnKind::Text)
        .alias(&["対応区分"])
        .about("対応の件名", "Subject in one line."),
    Column::new("body", "内容", "body", ColumnKind::Text)
        .alias(&["対応内容", "商談内容"])
        .about("対応の詳しい内容", "Full text."),
    Column::new("agent", "対応者", "handled by", ColumnKind::Text)
        .alias(&["担当者", "記入者"])
        .about("対応した自社の担当者", "Member of our staff who dealt with it."),
    Column::new("result", "対応結果", "result", ColumnKind::OpenChoice(ActivityResult::CHOICES))
        .alias(&["結果"])
        .about(
            "対応の結果(完了・折り返し要・転送など)",
            "What came of it: done, callback, transferred and so on.",
        ),
    Column::new("campaign_code", "キャンペーンコード", "campaign code", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("対応に関わるキャンペーンのコード", "Campaign that it was about."),
];
