//! 追加 and 削除: one row more or less of a criterion. The points follow from the number of rows, so the rows
//! above the new one give one point more, or one less when a row goes.

use clap::ValueEnum;
use rust_decimal::Decimal;
use serde_json::json;

use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::{Cell, Sheet, SheetColumn, grouped};
use crate::rank::prepare::{Prepared, refused};
use crate::rank::saved_settings::{keep, labels, record};
use crate::rank::settings::{Criterion, RankSettings, SettingsError, hundredths};

/// `analytics rank config add-row`, `remove-row`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The criterion, of the source that is chosen.
    #[arg(value_enum)]
    criterion: Kind,
    /// The row: months for recency, a number or yen for count and amount.
    value: String,
    /// Why, for those who look at the versions later.
    #[arg(long)]
    note: Option<String>,
}

/// Which criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// 最新日.
    Recency,
    /// 件数.
    Count,
    /// 金額.
    Amount,
}

/// What becomes of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    Add,
    Remove,
}

/// Edits the newest settings and saves them as a new version.
pub(crate) fn run(context: &Context, args: &Args, edit: Edit) -> anyhow::Result<()> {
    let prepared = Prepared::new(context, None)?;
    let mut settings = prepared.settings.clone();
    edited(&mut settings, args, edit).map_err(|reason| Failure::error(exit::USAGE, reason))?;
    // Read back, so that what is saved holds every rule of a file.
    let settings = RankSettings::parse(&settings.to_toml(), &prepared.master, "the edited settings")
        .map_err(|error: SettingsError| refused(context, &error))?;
    let config = record(context, &settings, args.note.as_deref());
    let version = keep(&prepared.store, &config, Some(prepared.config_version))?;
    for warning in settings.warnings(&prepared.master) {
        context.notice(&warning.to_string());
    }
    let rows = rows(&settings, args.criterion);
    let row = |(points, row): &(usize, String)| {
        vec![Cell::Count(*points as u64), Cell::Text(said(context, args.criterion, row))]
    };
    let sheet = Sheet {
        title: format!("{} {version}", context.label(labels::SAVED)),
        columns: [labels::POINTS, labels::ROW].map(SheetColumn::new).to_vec(),
        rows: rows.iter().map(row).collect(),
        footer: vec![(context.label(labels::TOTAL_MAX).to_owned(), hundredths(settings.chosen.total_max()))],
        ..Sheet::default()
    };
    let listed: Vec<_> = rows.iter().map(|(points, row)| json!({"points": points, "row": row})).collect();
    let value = json!({
        "command": "rank config rows", "version": version, "settings_hash": settings.hash(), "rows": listed,
    });
    Ok(context.emit(&sheet, &value)?)
}

fn edited(settings: &mut RankSettings, args: &Args, edit: Edit) -> Result<(), String> {
    let criteria = &mut settings.chosen.criteria;
    let number = || args.value.trim().parse::<Decimal>().map_err(|_| not_a_row(args));
    match args.criterion {
        Kind::Recency => {
            let months = args.value.trim().parse::<u32>().map_err(|_| not_a_row(args))?;
            change(criteria.recency.as_mut(), months, edit, |a, b| a < b)
        }
        Kind::Count => change(criteria.count.as_mut(), number()?, edit, |a, b| a > b),
        Kind::Amount => change(criteria.amount.as_mut(), number()?, edit, |a, b| a > b),
    }
    .map_err(|reason| format!("{} {}: {reason}; nothing was written", name(args.criterion), args.value))
}

fn not_a_row(args: &Args) -> String {
    format!("{:?} is no row of {}; give a number", args.value, name(args.criterion))
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Recency => "recency",
        Kind::Count => "count",
        Kind::Amount => "amount",
    }
}

/// `is_above` says whether a row stands above another one.
fn change<T: PartialEq>(
    criterion: Option<&mut Criterion<T>>,
    row: T,
    edit: Edit,
    is_above: impl Fn(&T, &T) -> bool,
) -> Result<(), &'static str> {
    let rows = &mut criterion.ok_or("the settings do not have this criterion; add it in a file")?.rows;
    let at = rows.iter().position(|found| *found == row);
    match (edit, at) {
        (Edit::Add, Some(_)) => Err("there is such a row already"),
        (Edit::Add, None) => {
            let at = rows.iter().take_while(|found| is_above(found, &row)).count();
            rows.insert(at, row);
            Ok(())
        }
        (Edit::Remove, None) => Err("there is no such row; see: analytics rank config show"),
        (Edit::Remove, Some(_)) if rows.len() == 1 => {
            Err("it is the last row; switch the criterion off with enabled = false instead")
        }
        (Edit::Remove, Some(at)) => {
            rows.remove(at);
            Ok(())
        }
    }
}

/// The rows with their points, the hardest first.
fn rows(settings: &RankSettings, kind: Kind) -> Vec<(usize, String)> {
    let decimals = |criterion: &Option<Criterion<Decimal>>| -> Vec<String> {
        criterion.iter().flat_map(|c| c.rows.iter().map(|row| row.normalize().to_string())).collect()
    };
    let criteria = &settings.chosen.criteria;
    let rows = match kind {
        Kind::Recency => criteria.recency.iter().flat_map(|c| c.rows.iter().map(u32::to_string)).collect(),
        Kind::Count => decimals(&criteria.count),
        Kind::Amount => decimals(&criteria.amount),
    };
    let n = rows.len();
    rows.into_iter().enumerate().map(|(i, row)| (n - i, row)).collect()
}

fn said(context: &Context, kind: Kind, row: &str) -> String {
    let label = match kind {
        Kind::Recency => labels::WITHIN,
        Kind::Count => labels::AT_LEAST_COUNT,
        Kind::Amount => labels::AT_LEAST_YEN,
    };
    context.label(label).replace("{n}", &grouped(row))
}
