//! 売上明細: the history of sales, one row a slip line.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::{BillingStatus, SalesChannel, SlipStatus, TaxCategory};

/// 売上明細.
pub static SALES: Dataset = Dataset {
    name: "sales",
    table: "sales_line",
    title_ja: "売上明細",
    description: Label::new(
        "売上伝票の明細行。伝票番号・売上日・顧客が同じ行で1枚の伝票",
        "One row per slip line. Lines with the same slip number, date and customer are one slip.",
    ),
    columns: COLUMNS,
    key: &["slip_no", "line_no"],
    month_column: Some("sold_on"),
    customer_column: Some("customer_code"),
    related_columns: &["related_customer_1", "related_customer_2", "related_customer_3"],
    references: &[
        ("customer_code", "customers"),
        ("related_customer_1", "customers"),
        ("related_customer_2", "customers"),
        ("related_customer_3", "customers"),
        ("product_code", "products"),
        ("department", "departments"),
        ("warehouse_code", "warehouses"),
        ("campaign_code", "campaigns"),
        ("sales_rep", "members"),
        ("project_code", "projects"),
        ("quote_no", "quotes"),
    ],
};

const COLUMNS: &[Column] = &[
    Column::new("slip_no", "伝票番号", "slip number", ColumnKind::Code)
        .required()
        .alias(&["伝票No", "売上番号"])
        .about("売上伝票の番号", "Number of the slip."),
    Column::new("line_no", "行番号", "line number", ColumnKind::Integer)
        .alias(&["明細番号", "行"])
        .default("1")
        .about("売上伝票の行番号", "Line number within the slip."),
    Column::new("sold_on", "売上日", "sale date", ColumnKind::Date)
        .required()
        .alias(&["伝票日付", "計上日"])
        .about("売上を計上した日(例: 2026-04-01)", "Date of the sale, such as 2026-04-01."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID", "メイン顧客コード"])
        .about("メイン顧客のコード", "Main customer."),
    Column::new("related_customer_1", "関連顧客コード1", "related customer code 1", ColumnKind::Code)
        .alias(&["関連顧客1", "関連顧客(1)"])
        .about("売上に関連する顧客のコード(1件目)", "First further customer with a part in the sale."),
    Column::new("related_customer_2", "関連顧客コード2", "related customer code 2", ColumnKind::Code)
        .alias(&["関連顧客2", "関連顧客(2)"])
        .about("売上に関連する顧客のコード(2件目)", "Second further customer with a part in the sale."),
    Column::new("related_customer_3", "関連顧客コード3", "related customer code 3", ColumnKind::Code)
        .alias(&["関連顧客3", "関連顧客(3)"])
        .about("売上に関連する顧客のコード(3件目)", "Third further customer with a part in the sale."),
    Column::new("product_code", "商品コード", "product code", ColumnKind::Code)
        .alias(&["品番"])
        .about("販売した商品のコード", "Product that was sold."),
    Column::new("product_name", "商品名", "product name", ColumnKind::Text)
        .alias(&["品名"])
        .about("伝票に記載した商品名", "Product name as printed on the slip."),
    Column::new("quantity", "数量", "quantity", ColumnKind::Decimal)
        .about("販売した数量。返品はマイナス", "Quantity sold; negative for a return."),
    Column::new("unit_price", "単価", "unit price", ColumnKind::Decimal)
        .about("1単位あたりの金額(税抜、円)", "Price per unit in yen, tax excluded."),
    Column::new("amount", "金額", "amount", ColumnKind::Decimal)
        .required()
        .alias(&["売上金額", "売上額"])
        .about(
            "明細行の金額(税抜、円)。返品・値引はマイナス",
            "Amount of the line in yen, tax excluded; negative for a return or a discount.",
        ),
    Column::new("cost", "原価", "cost", ColumnKind::Decimal)
        .alias(&["原価金額"])
        .about("明細行の原価(円)", "Cost of the line in yen."),
    Column::new("channel", "販売チャネル", "sales channel", ColumnKind::OpenChoice(SalesChannel::CHOICES))
        .alias(&["チャネル"])
        .about("販売した方法(店舗・EC・電話など)", "How it was sold: store, web shop, phone and so on."),
    Column::new("department", "部門コード", "department code", ColumnKind::Code)
        .alias(&["部門"])
        .about("売上を計上する部門のコード", "Our department that made the sale."),
    Column::new("status", "状態", "status", ColumnKind::OpenChoice(SlipStatus::CHOICES))
        .alias(&["ステータス", "伝票区分"])
        .about(
            "伝票の状態(確定・仮伝・取消など)。空欄は確定として集計",
            "State of the slip: posted, provisional, cancelled and so on; empty counts as posted.",
        ),
    Column::new("warehouse_code", "倉庫コード", "warehouse code", ColumnKind::Code)
        .alias(&["倉庫"])
        .about("出荷元の倉庫のコード", "Warehouse from which it was shipped."),
    Column::new("campaign_code", "キャンペーンコード", "campaign code", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("売上のきっかけとなったキャンペーンのコード", "Campaign from which the sale came."),
    Column::new("sales_rep", "担当者コード", "sales representative code", ColumnKind::Code)
        .alias(&["担当者", "営業担当者コード", "主担当者"])
        .about("営業担当者のメンバーコード", "Our sales representative on the slip, by `member_code`."),
    Column::new("tax_rate", "税率", "tax rate", ColumnKind::Decimal)
        .alias(&["消費税率"])
        .about("消費税率(%)(例: 10)", "Consumption tax rate in per cent, such as 10."),
    Column::new("tax_category", "税区分", "tax category", ColumnKind::OpenChoice(TaxCategory::CHOICES))
        .alias(&["課税区分"])
        .about(
            "消費税の区分(外税・内税・非課税など)",
            "How the line is taxed: tax excluded, tax included, exempt and so on.",
        ),
    Column::new("project_code", "プロジェクトコード", "project code", ColumnKind::Code)
        .alias(&["プロジェクト"])
        .about("売上を計上するプロジェクトのコード", "Project to which the sale belongs."),
    Column::new(
        "billing_status",
        "請求状況",
        "billing status",
        ColumnKind::OpenChoice(BillingStatus::CHOICES),
    )
    .alias(&["請求ステータス", "請求区分"])
    .about(
        "請求済・未請求の別。不明な場合は空欄",
        "Whether it is on an invoice; empty if that is not known.",
    ),
    Column::new("quote_no", "見積番号", "quote number", ColumnKind::Code)
        .alias(&["見積No"])
        .about("成約した見積の番号", "Quote that was won."),
];
