//! キャンペーン: what was done to sell more (checklist 001-20).

use super::{Choices, Column, ColumnKind, Dataset};
use crate::message::Label;

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
    description: Label::new(
        "販促キャンペーンの名称・期間・実施チャネル",
        "Sales campaigns with their period and channel.",
    ),
    columns: COLUMNS,
    key: &["campaign_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("campaign_code", "キャンペーンコード", "campaign code", ColumnKind::Code)
        .required()
        .alias(&["施策コード"])
        .about(
            "キャンペーンを特定するコード(重複不可)。売上明細・案件・受注・対応履歴で使用",
            "Identifies the campaign; unique. Sales lines, deals, orders and activities refer to it.",
        ),
    Column::new("campaign_name", "キャンペーン名", "campaign name", ColumnKind::Text)
        .required()
        .alias(&["施策名"])
        .about("キャンペーンの名称(例: 春の新茶キャンペーン)", "Name of the campaign."),
    Column::new("starts_on", "開始日", "start date", ColumnKind::Date)
        .alias(&["from", "期間開始", "期間From"])
        .about("期間の初日(例: 2026-04-01)", "First day, such as 2026-04-01."),
    Column::new("ends_on", "終了日", "end date", ColumnKind::Date)
        .alias(&["to", "期間終了", "期間To"])
        .about("期間の最終日(例: 2026-04-30)", "Last day, such as 2026-04-30."),
    Column::new("channel", "実施チャネル", "channel", ColumnKind::OpenChoice(CHANNELS))
        .alias(&["チャネル", "媒体"])
        .about(
            "顧客に知らせる手段(メール・DM・店頭など)",
            "How customers are told about it: mail, direct mail, in the store.",
        ),
];
