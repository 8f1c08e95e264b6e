//! Files whose amounts are in thousands or millions of yen. A title, a row of units or a header says so, and digits alone
//! do not: read as yen they would be a thousandth of the truth.

use std::cmp::Ordering;

use crate::dataset::ColumnKind;
use crate::import::input::first_rows::{FirstRow, FirstRows};
use crate::import::layout::{Layout, Rule, Target};
use crate::import::report::fault::Fault;
use crate::message;

/// Units other than one yen, as search keys.
const UNITS: &[&str] = &[
    "千円",
    "万円",
    "百万円",
    "億円",
    "千YEN",
    "KYEN",
    "THOUSANDYEN",
    "THOUSANDSOFYEN",
    "YENINTHOUSANDS",
    "MILLIONYEN",
    "MILLIONSOFYEN",
    "YENINMILLIONS",
];

/// Why the amounts of this file cannot be taken as yen, unless a profile's `factor` says what they are.
pub(super) fn fault(layout: &Layout, forms: &[FirstRows]) -> Option<Fault> {
    let rows = forms.iter().find(|rows| rows.form == layout.form)?;
    let used: Vec<usize> = layout.targets.iter().flat_map(amounts).collect();
    let has_factor = |rule: &Rule| matches!(rule, Rule::Derived(derived) if derived.factor.is_some_and(|factor| factor != 1));
    if used.is_empty() || layout.targets.iter().flat_map(|target| &target.rules).any(has_factor) {
        return None;
    }
    rows.rows.iter().find_map(|row| {
        let at = unit_in(row, layout, &used)?;
        let message = message!(
            "「{cell}」とあり、金額が円単位ではありません。円単位に直すか、factor を設定した取込プロファイルを使ってください\
             (docs/profiles.md)",
            "\"{cell}\" says that the amounts are not in yen; write them in yen, or use a profile with a factor \
             (docs/profiles.md)",
            cell = row.cells[at],
        );
        Some(Fault::of_file(row.line, "amount_unit", message))
    })
}

/// The cell of a row that names a unit: alone, behind 「単位」, or at the end of the header of an amount.
fn unit_in(row: &FirstRow, layout: &Layout, used: &[usize]) -> Option<usize> {
    // A row of units, and not one of values with a wrong one among them.
    let has_no_digits = !row.keys.iter().any(|key| key.contains(|c: char| c.is_ascii_digit()));
    row.keys.iter().enumerate().position(|(at, key)| {
        UNITS.iter().any(|unit| {
            let behind = || format!("単位{unit}");
            match row.line.cmp(&layout.skip_through) {
                Ordering::Less => key == unit || key.contains(&behind()),
                Ordering::Equal => used.contains(&at) && key.ends_with(unit),
                Ordering::Greater => has_no_digits && (key == unit || *key == behind()),
            }
        })
    })
}

/// The file's columns that feed decimals: amounts, prices, and quantities, which a unit of the whole file means too.
fn amounts(target: &Target) -> Vec<usize> {
    let decimals = target.dataset.columns.iter().zip(&target.rules);
    let cells =
        decimals.filter(|(column, _)| column.kind == ColumnKind::Decimal).flat_map(|(_, rule)| match rule {
            Rule::Absent => Vec::new(),
            Rule::Cell(cell) => vec![*cell],
            Rule::Derived(derived) => derived.cells.iter().chain(&derived.or).copied().collect(),
        });
    cells.collect()
}
