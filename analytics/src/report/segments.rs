//! What the reports by segment share: the axes in a query, its rows, their order and their names.

use std::cmp::Ordering;
use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use shared::dataset::{ADDRESSES, CUSTOMERS, Dataset, EXTENSION_VALUES, SALES};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::counted;
use shared::rank::RankMaster;

use crate::labels;
use crate::model::tables::SEGMENT_CUSTOMERS;
use crate::model::{Conditions, Dimension, ExtensionFields};
use crate::output::{Cell, yen};
use crate::warehouse::{Columns, Literal, WarehouseError};

/// The data sets that reports by segment read: lines, customers, their areas and the company's own fields.
pub(crate) const READS: &[&Dataset] = &[&SALES, &CUSTOMERS, &ADDRESSES, &EXTENSION_VALUES];

/// The most axes of a report.
const AXES_MAX: usize = 3;

/// One segment and its sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<F> {
    /// False for the row of unknown customer codes.
    pub known: bool,
    /// The value of each axis; `None` for customers without it.
    pub keys: Vec<Option<String>>,
    /// The sums.
    pub figures: F,
}

/// The axes of a report: at least `least`, at most three, all different.
pub(crate) fn checked(
    by: &[String],
    least: usize,
    fields: &ExtensionFields,
) -> Result<Vec<Dimension>, Failure> {
    let found = by.iter().map(|word| Dimension::find(word, &SEGMENT_CUSTOMERS, fields));
    let axes = found.collect::<Result<Vec<_>, Failure>>()?;
    let twice = axes.iter().enumerate().any(|(index, axis)| axes[..index].contains(axis));
    if axes.len() < least || axes.len() > AXES_MAX || twice {
        return Err(too_many_axes());
    }
    Ok(axes)
}

/// The failure of `--by` without an attribute, with more than three, or with the same one twice.
pub(crate) fn too_many_axes() -> Failure {
    Failure::usage(message!(
        "--by には異なる属性を1つから3つ指定してください",
        "--by takes one to three different attributes",
    ))
}

/// The values of every query by segment: its axes, the filters, and whether sales of unknown customer
/// codes, which match no filter, are included.
pub(crate) fn parameters(axes: &[Dimension], filters: &Conditions) -> Vec<(&'static str, Literal)> {
    let axis = |index: usize| {
        let none = Literal::Fragment("CAST(NULL AS VARCHAR)");
        axes.get(index).map_or(none, |axis: &Dimension| {
            Literal::Rendered(format!("CAST({} AS VARCHAR)", axis.sql(&SEGMENT_CUSTOMERS)))
        })
    };
    vec![
        ("axis_1", axis(0)),
        ("axis_2", axis(1)),
        ("axis_3", axis(2)),
        ("condition", condition(filters)),
        ("unknown_codes", Literal::Fragment(if filters.is_empty() { "TRUE" } else { "FALSE" })),
    ]
}

/// The condition on `segment_customers c`.
pub(crate) fn condition(filters: &Conditions) -> Literal {
    Literal::Rendered(filters.sql(&SEGMENT_CUSTOMERS))
}

/// The same condition on a table that has a `customer_code`; without filters it is always true.
pub(crate) fn members(filters: &Conditions) -> Literal {
    if filters.is_empty() {
        return Literal::Fragment("TRUE");
    }
    let condition = filters.sql(&SEGMENT_CUSTOMERS);
    Literal::Rendered(format!(
        "customer_code IN (SELECT c.customer_code FROM segment_customers c WHERE {condition})"
    ))
}

/// Combines the keys of a query's rows (`known`, `axis_1` to `axis_3`) with their figures.
pub(crate) fn with_keys<F>(
    columns: &Columns<'_>,
    axes: &[Dimension],
    figures: impl IntoIterator<Item = F>,
) -> Result<Vec<Segment<F>>, WarehouseError> {
    let known = columns.counts("known")?;
    let keys = [columns.texts("axis_1")?, columns.texts("axis_2")?, columns.texts("axis_3")?];
    let row = |(index, figures): (usize, F)| Segment {
        known: known[index] == 1,
        keys: keys.iter().take(axes.len()).map(|keys| keys[index].clone()).collect(),
        figures,
    };
    Ok(figures.into_iter().enumerate().map(row).collect())
}

/// Sorts by the first axis, then the next: ranks by the master, years in time, all else by `weight`, largest
/// first. Customers without the attribute and unknown codes come last.
pub(crate) fn sort<F>(
    rows: &mut [Segment<F>],
    axes: &[Dimension],
    ranks: &RankMaster,
    weight: impl Fn(&F) -> Decimal,
) {
    let orders: Vec<HashMap<Option<String>, Decimal>> =
        (0..axes.len()).map(|index| orders(rows, index, &axes[index], ranks, &weight)).collect();
    rows.sort_by(|a, b| {
        let by_axes = orders.iter().enumerate().map(|(index, orders)| by_axis(a, b, index, orders));
        b.known.cmp(&a.known).then_with(|| by_axes.fold(Ordering::Equal, Ordering::then))
    });
}

fn orders<F>(
    rows: &[Segment<F>],
    index: usize,
    axis: &Dimension,
    ranks: &RankMaster,
    weight: &impl Fn(&F) -> Decimal,
) -> HashMap<Option<String>, Decimal> {
    let mut orders: HashMap<Option<String>, Decimal> = HashMap::new();
    for row in rows.iter().filter(|row| row.known) {
        *orders.entry(row.keys[index].clone()).or_default() += weight(&row.figures);
    }
    for (value, order) in &mut orders {
        *order = value.as_deref().map_or(Decimal::MAX, |value| axis.order(value, *order, ranks));
    }
    orders
}

fn by_axis<F>(
    a: &Segment<F>,
    b: &Segment<F>,
    index: usize,
    orders: &HashMap<Option<String>, Decimal>,
) -> Ordering {
    let (a, b) = (&a.keys[index], &b.keys[index]);
    a.is_none().cmp(&b.is_none()).then_with(|| orders.get(a).cmp(&orders.get(b))).then_with(|| a.cmp(b))
}

impl<F> Segment<F> {
    /// The segment's name, a cell for each axis.
    pub(crate) fn cells(&self, axes: &[Dimension], lang: Lang) -> Vec<Cell> {
        let missing = if self.known { labels::UNKNOWN } else { labels::UNKNOWN_CUSTOMER };
        let name = |(axis, key): (&Dimension, &Option<String>)| {
            let name = key.as_deref().map(|key| axis.display(key, lang));
            Cell::Text(name.unwrap_or_else(|| missing.text(lang).to_owned()))
        };
        axes.iter().zip(&self.keys).map(name).collect()
    }

    /// The segment's name for a report: people read labels, programs identifiers.
    pub(crate) fn words(&self, axes: &[Dimension], lang: Lang) -> Vec<Cell> {
        let missing = if self.known { labels::UNKNOWN } else { labels::UNKNOWN_CUSTOMER };
        let name = |(axis, key): (&Dimension, &Option<String>)| match key {
            Some(key) => Cell::word(&axis.display(key, lang), key),
            None => Cell::word(missing.text(lang), ""),
        };
        axes.iter().zip(&self.keys).map(name).collect()
    }

    /// The segment as JSON, followed by its figures.
    pub(crate) fn json(&self, axes: &[Dimension], figures: Value) -> Value {
        let keys = axes.iter().zip(&self.keys);
        let segment: Map<String, Value> = keys.map(|(axis, key)| (axis.id(), json!(key))).collect();
        let mut out = Map::new();
        out.insert("segment".to_owned(), Value::Object(segment));
        out.insert("unknown_customer".to_owned(), Value::Bool(!self.known));
        out.extend(axes.iter().zip(&self.keys).map(|(axis, key)| (axis.id(), json!(key))));
        if let Value::Object(figures) = figures {
            out.extend(figures);
        }
        Value::Object(out)
    }
}

/// The cells before a total's figures.
pub(crate) fn total_cells(axes: &[Dimension], lang: Lang) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(labels::TOTAL.text(lang).to_owned())];
    cells.extend(axes.iter().skip(1).map(|_| Cell::Text(String::new())));
    cells
}

/// A number of lines and their amount, for people.
pub(crate) fn lines_and_yen(rows: u64, amount: Decimal, lang: Lang) -> String {
    message!(
        "{rows}件 {amount}円",
        "{rows}, {amount} yen",
        rows = counted(rows, "line", "lines"),
        amount = yen(amount)
    )
    .text(lang)
    .to_owned()
}
