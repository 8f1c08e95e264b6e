//! 売上明細: the history of sales, one row a slip line.

use super::{Column, ColumnKind, Dataset};
use crate::sales::{BillingStatus, SalesChannel, SlipStatus, TaxCategory};

/// The statuses of lines that are no sale, in any figure, rank or pop-up (`docs/rank.md#records`).
pub const NOT_COUNTED: &[&str] = &["cancelled", "deleted", "provisional", "contract", "estimate", "article"];

/// 売上明細.
pub static SALES: Dataset = Dataset {
    name: "sales",
    table: "sales_line",
    title_ja: "売上明細",
    description: "One row a slip line; the lines of one slip number, date and customer are a slip.",
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
    Column::new("slip_no", "伝票番号", ColumnKind::Code)
        .required()
        .alias(&["伝票No", "売上番号"])
        .about("The slip."),
    Column::new("line_no", "行番号", ColumnKind::Integer)
        .alias(&["明細番号", "行"])
        .default("1")
        .about("The line of the slip."),
    Column::new("sold_on", "売上日", ColumnKind::Date)
        .required()
        .alias(&["伝票日付", "計上日"])
        .about("Date of the sale."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID", "メイン顧客コード"])
        .about("The main customer."),
    Column::new("related_customer_1", "関連顧客コード1", ColumnKind::Code)
        .alias(&["関連顧客1", "関連顧客(1)"])
        .about("A further customer who had a part in the sale."),
    Column::new("related_customer_2", "関連顧客コード2", ColumnKind::Code)
        .alias(&["関連顧客2", "関連顧客(2)"])
        .about("As above."),
    Column::new("related_customer_3", "関連顧客コード3", ColumnKind::Code)
        .alias(&["関連顧客3", "関連顧客(3)"])
        .about("As above."),
    Column::new("product_code", "商品コード", ColumnKind::Code).alias(&["品番"]).about("The product."),
    Column::new("product_name", "商品名", ColumnKind::Text).alias(&["品名"]).about("As printed on the slip."),
    Column::new("quantity", "数量", ColumnKind::Decimal).about("Negative for a return."),
    Column::new("unit_price", "単価", ColumnKind::Decimal).about("Tax excluded, yen."),
    Column::new("amount", "金額", ColumnKind::Decimal)
        .required()
        .alias(&["売上金額", "売上額"])
        .about("Tax excluded, yen; negative for a return or a discount."),
    Column::new("cost", "原価", ColumnKind::Decimal).alias(&["原価金額"]).about("Cost of the line, yen."),
    Column::new("channel", "販売チャネル", ColumnKind::OpenChoice(SalesChannel::CHOICES))
        .alias(&["チャネル"])
        .about("How it was sold."),
    Column::new("department", "部門コード", ColumnKind::Code).alias(&["部門"]).about("Our department."),
    Column::new("status", "状態", ColumnKind::OpenChoice(SlipStatus::CHOICES))
        .alias(&["ステータス", "伝票区分"])
        .about("What the line is; empty counts as confirmed."),
    Column::new("warehouse_code", "倉庫コード", ColumnKind::Code)
        .alias(&["倉庫"])
        .about("The warehouse that it left."),
    Column::new("campaign_code", "キャンペーンコード", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("The campaign that it came from."),
    Column::new("sales_rep", "担当者コード", ColumnKind::Code)
        .alias(&["担当者", "営業担当者コード", "主担当者"])
        .about("Our sales representative on the slip."),
    Column::new("tax_rate", "税率", ColumnKind::Decimal)
        .alias(&["消費税率"])
        .about("Consumption tax, per cent."),
    Column::new("tax_category", "税区分", ColumnKind::OpenChoice(TaxCategory::CHOICES))
        .alias(&["課税区分"])
        .about("How the line is taxed."),
    Column::new("project_code", "プロジェクトコード", ColumnKind::Code)
        .alias(&["プロジェクト"])
        .about("The project that it belongs to."),
    Column::new("billing_status", "請求状況", ColumnKind::OpenChoice(BillingStatus::CHOICES))
        .alias(&["請求ステータス", "請求区分"])
        .about("Whether it is on an invoice; empty when that is not known."),
    Column::new("quote_no", "見積番号", ColumnKind::Code).alias(&["見積No"]).about("The quote that was won."),
];
