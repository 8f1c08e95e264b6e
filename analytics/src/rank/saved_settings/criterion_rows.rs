//! 追加 and 削除: adds or removes a row of a criterion. Points follow from the number of rows, so the rows above a new one
//! give one point more, and one less after a removal.

use clap::ValueEnum;
use rust_decimal::Decimal;
use serde_json::json;
use shared::exit::Failure;
use shared::message;
use shared::message::{Label, Message};

use crate::context::Context;
use crate::output::{Cell, Sheet, SheetColumn, grouped};
use crate::rank::prepare::{Prepared, refused};
use crate::rank::saved_settings::labels;
use crate::rank::saved_settings::note;
use crate::rank::saved_settings::versions::{draft, keep};
use crate::rank::settings::{Criterion, RankSettings, SettingsError, hundredths};

/// `analytics rank config add-row`, `remove-row`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The criterion of the selected source.
    #[arg(value_enum)]
    criterion: Kind,
    /// The row: months for recency, a number or yen for count and amount.
    value: String,
    /// A note about the change, shown with the version.
    #[arg(long, value_parser = note)]
    note: Option<String>,
}

/// Which criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The latest date.
    Recency,
    /// The number of records.
    Count,
    /// The amount.
    Amount,
}

/// Whether the row is added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    Add,
    Remove,
}

/// Edits the newest settings and saves them as a new version.
pub(crate) fn run(context: &Context, args: &Args, edit: Edit) -> Result<(), Failure> {
    let prepared = Prepared::new(context, None)?;
    let mut settings = prepared.settings.clone();
    edited(&mut settings, args, edit).map_err(Failure::usage)?;
    // Parsed again, so that saved settings obey every rule of a file.
    let settings = RankSettings::parse(
        &settings.to_toml(),
        &prepared.master,
        &message!("編集後の設定", "the edited settings"),
    )
    .map_err(|error: SettingsError| refused(context, &error))?;
    let draft = draft(context, &settings, args.note.as_deref().filter(|note| !note.is_empty()));
    let version = keep(&prepared.store, &draft, Some(prepared.config_version))?;
    for warning in settings.warnings(&prepared.master) {
        context.notice(&warning.message());
    }
    let rows = rows(&settings, args.criterion);
    let row = |(points, row): &(usize, String)| {
        vec![Cell::Count(*points as u64), Cell::Text(row_text(context, args.criterion, row))]
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
    context.emit(&sheet, &value)
}

fn edited(settings: &mut RankSettings, args: &Args, edit: Edit) -> Result<(), Message> {
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
    .map_err(|reason| {
        message!(
            "{criterion} の行 {row}: {reason}(何も書き込んでいません)",
            "row {row} of {criterion}: {reason} (nothing was written)",
            criterion = name(args.criterion),
            row = args.value,
            reason = reason,
        )
    })
}

fn not_a_row(args: &Args) -> Message {
    let expected = match args.criterion {
        Kind::Recency => message!("月数を整数で指定してください", "give a whole number of months"),
        Kind::Count | Kind::Amount => message!("数値を指定してください", "give a number"),
    };
    message!(
        "「{value}」は {criterion} の行にできません。{expected}",
        "{value:?} cannot be a row of {criterion}; {expected}",
        value = args.value,
        criterion = name(args.criterion),
        expected = expected,
    )
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Recency => "recency",
        Kind::Count => "count",
        Kind::Amount => "amount",
    }
}

const NO_CRITERION: Label = Label::new(
    "この条件は設定にありません。設定ファイルに書き加えてください",
    "the settings do not have this criterion; add it in a file",
);
const ROW_EXISTS: Label = Label::new("同じ行が既にあります", "this row already exists");
const NO_ROW: Label = Label::new(
    "この行はありません。analytics rank config show で確認してください",
    "there is no such row; see: analytics rank config show",
);
const LAST_ROW: Label = Label::new(
    "最後の行なので削除できません。条件を使わない場合は enabled = false にしてください",
    "it is the last row; switch the criterion off with enabled = false instead",
);

/// `is_above` tells whether a row belongs above another one.
fn change<T: PartialEq>(
    criterion: Option<&mut Criterion<T>>,
    row: T,
    edit: Edit,
    is_above: impl Fn(&T, &T) -> bool,
) -> Result<(), Label> {
    let rows = &mut criterion.ok_or(NO_CRITERION)?.rows;
    let at = rows.iter().position(|found| *found == row);
    match (edit, at) {
        (Edit::Add, Some(_)) => Err(ROW_EXISTS),
        (Edit::Add, None) => {
            let at = rows.iter().take_while(|found| is_above(found, &row)).count();
            rows.insert(at, row);
            Ok(())
        }
        (Edit::Remove, None) => Err(NO_ROW),
        (Edit::Remove, Some(_)) if rows.len() == 1 => Err(LAST_ROW),
        (Edit::Remove, Some(at)) => {
            rows.remove(at);
            Ok(())
        }
    }
}

/// The rows with their points, the highest first.
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

fn row_text(context: &Context, kind: Kind, row: &str) -> String {
    let row = grouped(row);
    let text = match kind {
        Kind::Recency => message!("{row}ヶ月以内", "within {row} months", row = row),
        Kind::Count => message!("{row}回以上", "at least {row}", row = row),
        Kind::Amount => message!("{row}円以上", "at least {row} yen", row = row),
    };
    text.text(context.lang).to_owned()
}
