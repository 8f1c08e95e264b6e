//! キャンペーン: what was done to sell more (checklist 001-20).

use super::{Choices, Column, ColumnKind, Dataset};

/// By which way customers hear of a campaign.
const CHANNELS: Choices = &[
    ("email", &["メール", "メールマガジン", "メルマガ"]),
    ("direct_mail", &["DM", "ダイレクトメール", "郵送"]),
    ("ec", &["EC", "サイト", "Web", "オンライン"]),
    ("store", &["店頭", "店舗"]),
    ("phone", &["電話", "テレアポ"]),
    ("line", &["LINE"]),
    ("event", &["催事", "展示会", "試飲会"]),
    ("advertisement", &["広告", "チラシ"]),
];

/// キャンペーン.
pub static CAMPAIGNS: Dataset = Dataset {
    name: "campaigns",
    table: "campaign",
    title_ja: "キャンペーン",
    description: "Sales campaigns: what ran when, by which way.",
    columns: COLUMNS,
    key: &["campaign_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("campaign_code", "キャンペーンコード", ColumnKind::Code)
        .required()
        .alias(&["施策コード"])
        .about("Unique; what sales, deals, orders and activities name."),
    Column::new("campaign_name", "キャンペーン名", ColumnKind::Text)
        .required()
        .alias(&["施策名"])
        .about("Name."),
    Column::new("starts_on", "開始日", ColumnKind::Date)
        .alias(&["from", "期間開始", "期間From"])
        .about("First day."),
    Column::new("ends_on", "終了日", ColumnKind::Date)
        .alias(&["to", "期間終了", "期間To"])
        .about("Last day."),
    Column::new("channel", "実施チャネル", ColumnKind::OpenChoice(CHANNELS))
        .alias(&["チャネル", "媒体"])
        .about("By which way customers heard of it."),
];
