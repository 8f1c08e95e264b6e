//! `pack`: the reports of a monthly meeting in one workbook or page (`docs/reports.md#pack`).

use std::path::{Path, PathBuf};

use shared::calendar::{YearMonth, twelve_months_from};
use shared::cause::Cause as _;
use shared::exit::{self, Failure};
use shared::message;
use shared::message::Message;
use shared::settings_reader::{Mistake, MistakeKind, Table, Value, read, texts};

use crate::context::{Context, Format};
use crate::output::{Report, html, xlsx};
use crate::report::{catalog, declared};

/// The pack without `--file`.
const MONTHLY: &str = include_str!("../reports/pack.toml");

/// Reports of a pack.
const REPORTS_MAX: usize = 60;

/// Options of a report.
const OPTIONS_MAX: usize = 40;

/// The options of a pack.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The month, such as 2026-10 [default: that of the as-of date].
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// A pack of the company's own: a TOML file (docs/reports.md).
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// A pack: its title and its reports.
struct Pack {
    title: Message,
    reports: Vec<Part>,
}

/// A report of a pack.
struct Part {
    name: String,
    options: Vec<String>,
    is_of_year: bool,
}

/// Computes the reports and writes them into one file.
///
/// # Errors
/// No `--out FILE.xlsx` or `.html`, a wrong month (exit code 64), mistakes in the file (78), or what a report fails with.
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    if !matches!(context.format, Format::Xlsx | Format::Html) {
        return Err(Failure::usage(message!(
            "--out 営業会議.xlsx か --out 営業会議.html を指定してください",
            "give --out FILE.xlsx or --out FILE.html",
        )));
    }
    let pack = match &args.file {
        Some(file) => own(file)?,
        None => pack(MONTHLY).map_err(|mistakes| {
            Failure::mistakes(exit::SOFTWARE, Path::new("reports/pack.toml"), &mistakes)
        })?,
    };
    let month = month(context, args.month.as_deref())?;
    let reports =
        pack.reports.iter().map(|part| computed(context, part, month)).collect::<Result<Vec<_>, _>>()?;
    let title = format!("{} {month}", pack.title.text(context.lang));
    match context.format {
        Format::Html => context.write(&html::pack_page(&title, &reports, context)),
        _ => context.write(&xlsx::book(&title, &reports, context.into(), context.clock.now())?),
    }
}

fn month(context: &Context, typed: Option<&str>) -> Result<YearMonth, Failure> {
    let Some(typed) = typed else { return Ok(YearMonth::of(context.as_of)) };
    let month = typed.trim().parse::<YearMonth>().ok();
    month.filter(|month| month.first_day() <= context.as_of).ok_or_else(|| {
        Failure::usage(message!(
            "--month {month}: 基準日 {as_of} までの月を 2026-10 の形で指定してください",
            "--month {month}: write a month up to the as-of date {as_of}, such as 2026-10",
            month = typed,
            as_of = context.as_of,
        ))
    })
}

fn computed(context: &Context, part: &Part, month: YearMonth) -> Result<Report, Failure> {
    let to = month.last_day().min(context.as_of);
    let from = match part.is_of_year {
        true => twelve_months_from(to).unwrap_or_else(|| month.first_day()),
        false => month.first_day(),
    };
    declared::computed(context, &part.name, (from, to), &part.options)
}

/// The pack of a file.
///
/// # Errors
/// No such file (exit code 66), or it has mistakes (78).
fn own(file: &Path) -> Result<Pack, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::no_input(message!(
            "資料の定義ファイル {file} を読み取れません: {reason}",
            "the pack's file {file} cannot be read: {reason}",
            file = file.display(),
            reason = error.cause(),
        ))
    })?;
    pack(&text).map_err(|mistakes| Failure::mistakes(exit::CONFIG, file, &mistakes))
}

fn pack(text: &str) -> Result<Pack, Vec<Mistake>> {
    read(text, |root| {
        root.fields(|fields| {
            let title = fields.needed("title", Value::sentence);
            let parts = fields.needed("report", |value| {
                Some(value.list(REPORTS_MAX)?.iter().map(part).collect::<Vec<_>>())
            });
            let reports = parts?.into_iter().collect::<Option<Vec<_>>>()?;
            Some(Pack { title: title?, reports })
        })
    })
}

fn part(value: &Value<'_>) -> Option<Part> {
    let table: Table<'_> = value.table()?;
    table.fields(|fields| {
        let name = fields.needed("name", |value| {
            let name = value.name()?;
            if catalog::find(&name).is_none() {
                let known: Vec<&str> =
                    catalog::declared().iter().map(|report| report.name.as_str()).collect();
                value.mistake(
                    MistakeKind::Choice,
                    message!(
                        "次のいずれかを書いてください: {known}",
                        "must be one of {known}",
                        known = known.join(", "),
                    ),
                );
                return None;
            }
            Some(name)
        });
        let mut options = Vec::new();
        fields.set("options", &mut options, texts(OPTIONS_MAX));
        let mut is_of_year = false;
        fields.set("period", &mut is_of_year, |value| value.one_of(&[("month", false), ("year", true)]));
        Some(Part { name: name?, options, is_of_year })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monthly_pack_can_be_read() {
        assert!(!pack(MONTHLY).unwrap().reports.is_empty());
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let text = "title = \"x\"\n[[report]]\nname = \"trnd\"\nperiod = \"week\"\n";
        let mistakes: Vec<usize> = pack(text).err().unwrap().iter().map(|mistake| mistake.line).collect();
        assert_eq!(mistakes, [3, 4]);
    }
}
