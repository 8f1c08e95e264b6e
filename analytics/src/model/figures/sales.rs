//! Figures of sales that reports about prices compare.

use super::{SALES, label};
use crate::model::figure::{Expression, Figure};
use crate::output::Unit;

/// The figures.
pub(super) static FIGURES: &[Figure] = &[
    Figure::new(
        "unquantified_lines",
        Unit::Count,
        label("数量不明の明細数", "Lines without a quantity"),
        label("数量のない明細の件数", "Number of lines that have no quantity"),
        Expression::RowsWhere("r.quantity IS NULL"),
        SALES,
    )
    .prioritised(8),
    Figure::new(
        "previous_quantity",
        Unit::Number,
        label("比較期間の数量", "Quantity before"),
        label(
            "前年同期(または --compare で指定した期間)の数量",
            "Quantity of the same period a year before, or of the period of --compare",
        ),
        Expression::Previous("quantity"),
        SALES,
    )
    .prioritised(5),
    Figure::new(
        "previous_source_lines",
        Unit::Count,
        label("比較期間の明細数", "Lines before"),
        label("比較期間の明細の件数", "Number of lines of the earlier period"),
        Expression::Previous("source_lines"),
        SALES,
    )
    .prioritised(8),
    Figure::new(
        "previous_unquantified_lines",
        Unit::Count,
        label("比較期間の数量不明の明細数", "Lines without a quantity before"),
        label(
            "比較期間の数量のない明細の件数",
            "Number of lines of the earlier period that have no quantity",
        ),
        Expression::Previous("unquantified_lines"),
        SALES,
    )
    .prioritised(8),
    Figure::new(
        "uncosted_sales_amount",
        Unit::Yen,
        label("原価不明の売上金額", "Sales without a cost"),
        label(
            "原価のない明細の金額の合計。粗利に含みません",
            "Sum of the amounts of the lines that have no cost; no part of the gross profit",
        ),
        Expression::Sum("CASE WHEN r.cost IS NULL THEN r.amount END"),
        SALES,
    )
    .prioritised(6),
    Figure::new(
        "average_quantity_per_slip",
        Unit::Number,
        label("伝票あたり数量", "Quantity per slip"),
        label("数量 ÷ 伝票数", "Quantity divided by slips"),
        Expression::Average("quantity", "slips"),
        SALES,
    )
    .prioritised(7),
];
