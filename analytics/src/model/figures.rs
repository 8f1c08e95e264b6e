//! The figures: what reports count, each declared once.

mod office;
mod sales;
mod service;
mod work;

use super::figure::{Expression, Figure};
use super::table::Table;
use super::tables::SALES_LINES;
use crate::labels::Label;
use crate::output::Unit;

const SALES: &[&Table] = &[&SALES_LINES];

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label::new(ja, en)
}

/// The figure of a table with this identifier.
pub fn figure(id: &str, table: &Table) -> Option<&'static Figure> {
    of(table).find(|figure| figure.id == id)
}

/// The figures of a table.
pub fn of(table: &Table) -> impl Iterator<Item = &'static Figure> {
    all().filter(move |figure| figure.tables.contains(&table))
}

/// All figures. An identifier stands for one figure in each table.
fn all() -> impl Iterator<Item = &'static Figure> {
    let more = [work::DEALS, work::QUOTES, work::ORDERS, work::SHIPMENTS, service::INQUIRIES, service::VOICE];
    let office = [service::CONTACTS, service::CALLS, office::PROJECTS, office::PURCHASES, office::STOCK];
    FIGURES
        .iter()
        .chain(sales::FIGURES)
        .chain(more.into_iter().chain(office).chain([office::TARGETS]).flatten())
}

/// Declares the figures of a table: identifier, unit, how soon the column goes; the label and the definition in both
/// languages; how it is computed.
macro_rules! figures {
    ($table:expr; $($id:literal $unit:ident $priority:literal [$ja:literal $en:literal]
       [$words_ja:literal $words_en:literal] $expression:expr;)+) => {
        &[$(Figure::new(
            $id,
            crate::output::Unit::$unit,
            crate::labels::Label::new($ja, $en),
            crate::labels::Label::new($words_ja, $words_en),
            $expression,
            &[$table],
        )
        .prioritised($priority)),+]
    };
}
use figures;

/// The figures of slip lines.
static FIGURES: &[Figure] = &[
    Figure::new(
        "sales_amount",
        Unit::Yen,
        label("売上金額", "Sales"),
        label("対象明細の金額の合計(税抜)。返品は差し引きます", "Sum of the lines' amounts without tax; returns are subtracted"),
        Expression::Sum("r.amount"),
        SALES,
    ),
    Figure::new(
        "quantity",
        Unit::Number,
        label("数量", "Quantity"),
        label("対象明細の数量の合計", "Sum of the lines' quantities"),
        Expression::Sum("r.quantity"),
        SALES,
    )
    .prioritised(4),
    Figure::new(
        "source_lines",
        Unit::Count,
        label("明細数", "Lines"),
        label("対象明細の件数", "Number of lines"),
        Expression::Rows,
        SALES,
    )
    .prioritised(7),
    Figure::new(
        "cost",
        Unit::Yen,
        label("原価", "Cost"),
        label("原価のある明細の原価の合計", "Sum of the costs of the lines that have one"),
        Expression::Sum("r.cost"),
        SALES,
    )
    .prioritised(6),
    Figure::new(
        "costed_sales_amount",
        Unit::Yen,
        label("原価のある売上金額", "Sales with a cost"),
        label("原価のある明細の金額の合計", "Sum of the amounts of the lines that have a cost"),
        Expression::Sum("CASE WHEN r.cost IS NOT NULL THEN r.amount END"),
        SALES,
    )
    .prioritised(8),
    Figure::new(
        "gross_profit",
        Unit::Yen,
        label("粗利", "Gross profit"),
        label("原価のある明細の金額 − 原価", "Amounts minus costs of the lines that have a cost"),
        Expression::Minus("costed_sales_amount", "cost"),
        SALES,
    )
    .prioritised(2),
    Figure::new(
        "gross_margin_rate",
        Unit::Rate,
        label("粗利率", "Margin"),
        label("粗利 ÷ 原価のある明細の金額", "Gross profit divided by the sales that have a cost"),
        Expression::Ratio("gross_profit", "costed_sales_amount"),
        SALES,
    )
    .prioritised(3),
    Figure::new(
        "slips",
        Unit::Count,
        label("伝票数", "Slips"),
        label(
            "伝票番号・日付・顧客が同じ明細を1伝票とし、合計が正のもの(購入)の数",
            "Lines of one number, date and customer are a slip; those with a positive sum (purchases) are counted",
        ),
        Expression::Purchases,
        SALES,
    )
    .prioritised(4),
    Figure::new(
        "active_customers",
        Unit::Count,
        label("購入顧客数", "Active customers"),
        label("1回以上購入した顧客の数", "Customers with at least one purchase"),
        Expression::Buyers,
        SALES,
    )
    .prioritised(3),
    Figure::new(
        "repeat_customers",
        Unit::Count,
        label("リピート顧客数", "Repeat customers"),
        label("2回以上購入した顧客の数", "Customers with at least two purchases"),
        Expression::RepeatBuyers,
        SALES,
    )
    .prioritised(6),
    Figure::new(
        "repeat_rate",
        Unit::Rate,
        label("リピート率", "Repeat"),
        label("リピート顧客数 ÷ 購入顧客数", "Repeat customers divided by active customers"),
        Expression::Ratio("repeat_customers", "active_customers"),
        SALES,
    )
    .prioritised(6),
    Figure::new(
        "average_per_customer",
        Unit::Yen,
        label("顧客単価", "Per customer"),
        label("売上金額 ÷ 購入顧客数", "Sales divided by active customers"),
        Expression::Average("sales_amount", "active_customers"),
        SALES,
    )
    .prioritised(5),
    Figure::new(
        "average_per_slip",
        Unit::Yen,
        label("伝票単価", "Per slip"),
        label("売上金額 ÷ 伝票数", "Sales divided by slips"),
        Expression::Average("sales_amount", "slips"),
        SALES,
    )
    .prioritised(5),
    Figure::new(
        "average_unit_price",
        Unit::Yen,
        label("平均単価", "Average price"),
        label("売上金額 ÷ 数量", "Sales divided by quantity"),
        Expression::Average("sales_amount", "quantity"),
        SALES,
    )
    .prioritised(5),
    Figure::new(
        "share",
        Unit::Rate,
        label("構成比", "Share"),
        label("売上金額 ÷ 合計の売上金額", "Sales divided by the total's sales"),
        Expression::Share("sales_amount"),
        SALES,
    )
    .prioritised(1),
    Figure::new(
        "previous_sales_amount",
        Unit::Yen,
        label("比較期間の売上金額", "Sales before"),
        label("前年同期(または --compare で指定した期間)の売上金額", "Sales of the same period a year before, or of the period of --compare"),
        Expression::Previous("sales_amount"),
        SALES,
    )
    .prioritised(2),
    Figure::new(
        "change_amount",
        Unit::Yen,
        label("増減額", "Change"),
        label("売上金額 − 比較期間の売上金額", "Sales minus those of the period before"),
        Expression::Minus("sales_amount", "previous_sales_amount"),
        SALES,
    )
    .prioritised(4),
    Figure::new(
        "change_rate",
        Unit::Rate,
        label("増減率", "Change %"),
        label("増減額 ÷ 比較期間の売上金額(正の場合)", "Change divided by the sales before, if these are positive"),
        Expression::Growth("sales_amount", "previous_sales_amount"),
        SALES,
    )
    .prioritised(1),
    Figure::new(
        "first_sold_on",
        Unit::Date,
        label("初回売上日", "First sale"),
        label("期間内の最初の売上日", "First day of sale of the period"),
        Expression::First("r.sold_on"),
        SALES,
    )
    .prioritised(7),
    Figure::new(
        "last_sold_on",
        Unit::Date,
        label("最終売上日", "Last sale"),
        label("期間内の最後の売上日", "Last day of sale of the period"),
        Expression::Last("r.sold_on"),
        SALES,
    )
    .prioritised(4),
];
