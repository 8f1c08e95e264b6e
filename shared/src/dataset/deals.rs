//! 案件.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::sales::DealStage;

/// Whether the customer is new to us (checklist 003-07).
const KINDS: Choices = &[("new", &["新規"]), ("existing", &["既存"])];

/// 案件.
pub static DEALS: Dataset = Dataset {
    name: "deals",
    table: "deal",
    title_ja: "案件",
    description: "Deals by stage, with their probability and expected date.",
    columns: COLUMNS,
    key: &["deal_no"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &["related_customer_1", "related_customer_2", "related_customer_3"],
    references: &[
        ("customer_code", "customers"),
        ("related_customer_1", "customers"),
        ("related_customer_2", "customers"),
        ("related_customer_3", "customers"),
        ("department", "departments"),
        ("campaign_code", "campaigns"),
        ("lead_code", "leads"),
    ],
};

const COLUMNS: &[Column] = &[
    Column::new("deal_no", "案件番号", ColumnKind::Code)
        .required()
        .alias(&["案件No", "案件ID"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID", "メイン顧客コード"])
        .about("The main customer."),
    Column::new("related_customer_1", "関連顧客コード1", ColumnKind::Code)
        .alias(&["関連顧客1", "関連顧客(1)"])
        .about("A further customer who has a part in the deal."),
    Column::new("related_customer_2", "関連顧客コード2", ColumnKind::Code)
        .alias(&["関連顧客2", "関連顧客(2)"])
        .about("As above."),
    Column::new("related_customer_3", "関連顧客コード3", ColumnKind::Code)
        .alias(&["関連顧客3", "関連顧客(3)"])
        .about("As above."),
    Column::new("title", "案件名", ColumnKind::Text).alias(&["件名"]).about("What it is about."),
    Column::new("stage", "進捗", ColumnKind::OpenChoice(DealStage::CHOICES))
        .alias(&["ステージ", "案件ステータス", "商談状況"])
        .about("How far it is."),
    Column::new("probability", "確度", ColumnKind::Integer).alias(&["受注確度"]).about("Per cent, 0 to 100."),
    Column::new("amount", "見込金額", ColumnKind::Decimal)
        .alias(&["金額", "受注金額", "案件金額"])
        .about("Tax excluded, yen."),
    Column::new("expected_on", "受注予定日", ColumnKind::Date)
        .alias(&["予定日"])
        .about("When it is expected."),
    Column::new("ordered_on", "受注日", ColumnKind::Date).about("When it was won."),
    Column::new("department", "部門コード", ColumnKind::Code)
        .alias(&["部門", "営業部門"])
        .about("Our department."),
    Column::new("kind", "案件区分", ColumnKind::OpenChoice(KINDS))
        .alias(&["新規既存区分", "新規・既存"])
        .about("Business with a new customer or with one that we have."),
    Column::new("campaign_code", "キャンペーンコード", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("The campaign that it came from."),
    Column::new("lead_code", "見込顧客コード", ColumnKind::Code)
        .alias(&["リードID"])
        .about("The lead that it came from."),
];
