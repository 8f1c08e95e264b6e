//! 案件.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::DealStage;

/// Whether the customer is new to us (checklist 003-07).
const KINDS: Choices = &[("new", &["新規"]), ("existing", &["既存"])];

/// 案件.
pub static DEALS: Dataset = Dataset {
    name: "deals",
    table: "deal",
    title_ja: "案件",
    description: Label::new(
        "案件の進捗・確度・見込金額・受注予定日",
        "Deals with their stage, probability, expected amount and expected date.",
    ),
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
    Column::new("deal_no", "案件番号", "deal number", ColumnKind::Code)
        .required()
        .alias(&["案件No", "案件ID"])
        .about("案件を特定する番号(重複不可)", "Identifies the deal; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID", "メイン顧客コード"])
        .about("メイン顧客のコード", "Main customer."),
    Column::new("related_customer_1", "関連顧客コード1", "related customer code 1", ColumnKind::Code)
        .alias(&["関連顧客1", "関連顧客(1)"])
        .about("案件に関連する顧客のコード(1件目)", "First further customer with a part in the deal."),
    Column::new("related_customer_2", "関連顧客コード2", "related customer code 2", ColumnKind::Code)
        .alias(&["関連顧客2", "関連顧客(2)"])
        .about("案件に関連する顧客のコード(2件目)", "Second further customer with a part in the deal."),
    Column::new("related_customer_3", "関連顧客コード3", "related customer code 3", ColumnKind::Code)
        .alias(&["関連顧客3", "関連顧客(3)"])
        .about("案件に関連する顧客のコード(3件目)", "Third further customer with a part in the deal."),
    Column::new("title", "案件名", "deal name", ColumnKind::Text)
        .alias(&["件名"])
        .about("案件の名称", "What the deal is about."),
    Column::new("stage", "進捗", "stage", ColumnKind::OpenChoice(DealStage::CHOICES))
        .alias(&["ステージ", "案件ステータス", "商談状況"])
        .about("案件の進捗(見込・商談中・提案など)", "Stage: lead, negotiation, proposal and so on."),
    Column::new("probability", "確度", "probability", ColumnKind::Integer)
        .alias(&["受注確度"])
        .about("受注の確度(%)。0〜100の整数(例: 60)", "Probability of winning it in per cent, 0 to 100."),
    Column::new("amount", "見込金額", "expected amount", ColumnKind::Decimal)
        .alias(&["金額", "受注金額", "案件金額"])
        .about("受注見込みの金額(税抜、円)", "Expected amount in yen, tax excluded."),
    Column::new("expected_on", "受注予定日", "expected order date", ColumnKind::Date)
        .alias(&["予定日"])
        .about("受注を見込む日(例: 2026-04-01)", "Date on which the order is expected, such as 2026-04-01."),
    Column::new("ordered_on", "受注日", "order date", ColumnKind::Date)
        .about("受注した日(例: 2026-04-01)", "Date on which the deal was won, such as 2026-04-01."),
    Column::new("department", "部門コード", "department code", ColumnKind::Code)
        .alias(&["部門", "営業部門"])
        .about("担当する部門のコード", "Our department in charge."),
    Column::new("kind", "案件区分", "deal kind", ColumnKind::OpenChoice(KINDS))
        .alias(&["新規既存区分", "新規・既存"])
        .about("新規顧客・既存顧客の別", "Business with a new or an existing customer."),
    Column::new("campaign_code", "キャンペーンコード", "campaign code", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("案件のきっかけとなったキャンペーンのコード", "Campaign from which the deal came."),
    Column::new("lead_code", "見込顧客コード", "lead code", ColumnKind::Code)
        .alias(&["リードID"])
        .about("案件のもとになった見込顧客のコード", "Lead from which the deal came."),
];
