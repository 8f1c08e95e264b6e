//! Runs a declared report: options → request → shape → report.

use chrono::NaiveDate;
use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use serde_json::{Map, Value, json};
use shared::dataset::Dataset;
use shared::exit::Failure;
use shared::label::Lang;

use super::declaration::Declaration;
use super::options::QueryArgs;
use super::request::Request;
use super::shape::{self, Shaped};
use crate::context::Context;
use crate::labels;
use crate::output::{Chart, Definition, Report, Sheet};

/// The command of a report.
pub(super) fn command(report: &'static Declaration) -> Command {
    let about = report.about.text(Lang::En).to_owned();
    // The options' own comment must not become the command's.
    with_options(Command::new(report.name.as_str()), report).about(about).long_about(None)
}

fn with_options(command: Command, report: &Declaration) -> Command {
    shape::find(report.shape).with_options(QueryArgs::augment_args(command)).args_override_self(true)
}

/// Runs a report and writes it. `matches` are those of [`command`].
///
/// # Errors
/// As [`compute`].
pub(super) fn run(context: &Context, report: &Declaration, matches: &ArgMatches) -> Result<(), Failure> {
    let args = QueryArgs::from_arg_matches(matches).map_err(|error| shape::wrong_options(&error))?;
    context.emit_report(&compute(context, report, &args, matches)?)
}

/// Computes a built-in report of a period with the words of a command line. A report as of one day has no period.
///
/// # Errors
/// As [`compute`]; there is no such report (exit code 64).
pub fn computed(
    context: &Context,
    name: &str,
    (from, to): (NaiveDate, NaiveDate),
    words: &[String],
) -> Result<Report, Failure> {
    let report = super::catalog::find(name).ok_or_else(|| {
        Failure::usage(shared::message!(
            "集計「{name}」はありません",
            "there is no report {name}",
            name = name
        ))
    })?;
    let command = with_options(Command::new(report.name.as_str()), report).disable_help_flag(true);
    let period = ["--from".to_owned(), from.to_string(), "--to".to_owned(), to.to_string()];
    let has_period = !shape::find(report.shape).refuses().contains(&"--from");
    let period = period.into_iter().filter(|_| has_period);
    // The period goes before, so that the report's own options replace it.
    let words = std::iter::once(report.name.clone()).chain(period).chain(words.iter().cloned());
    let matches = command.try_get_matches_from(words).map_err(|error| shape::wrong_options(&error))?;
    let args = QueryArgs::from_arg_matches(&matches).map_err(|error| shape::wrong_options(&error))?;
    compute(context, report, &args, &matches)
}

/// The options of a report that stands in a file, as its shape reads them.
///
/// # Errors
/// The file's `options` are none of the shape's: exit code 78.
pub(super) fn options_of(report: &Declaration) -> Result<ArgMatches, Failure> {
    let words = std::iter::once(report.name.clone()).chain(report.options.iter().cloned());
    let command = with_options(Command::new("report"), report).disable_help_flag(true);
    command.try_get_matches_from(words).map_err(|error| shape::wrong_options(&error))
}

/// Computes a report.
///
/// # Errors
/// Wrong options (exit code 64), an error of the store or the mirror, or figures that do not agree with their rows (70):
/// a wrong figure is never shown.
pub fn compute(
    context: &Context,
    report: &Declaration,
    args: &QueryArgs,
    options: &ArgMatches,
) -> Result<Report, Failure> {
    let request = Request::new(context, report, args)?;
    let shape = shape::find(report.shape);
    if let Some(option) = shape.refuses().iter().find(|option| request.given.contains(option)) {
        return Err(Failure::usage(shared::message!(
            "集計 {report} では {option} は使えません。{option} を外してください",
            "the report {report} has no use for {option}; leave it out",
            report = report.name,
            option = option,
        )));
    }
    let shaped = shape.shaped(&request, options)?;
    assembled(&request, shaped)
}

fn assembled(request: &Request<'_>, shaped: Shaped) -> Result<Report, Failure> {
    let (context, report) = (request.context, request.report);
    let lang = context.lang;
    let mut notes: Vec<String> = shaped.notes.iter().map(|note| note.text(lang).to_owned()).collect();
    let manifest = request.warehouse.manifest();
    let mut reads = request.query(&request.by, &request.figures).reads();
    reads.extend(&shaped.reads);
    let is_behind = context.mirror().is_behind(&request.store, manifest, &reads)?;
    notes.extend(is_behind.then(|| labels::STALE_MIRROR.text(lang).to_owned()));
    if shaped.rows.is_empty() {
        notes.push(labels::NOTHING_IN_PERIOD.text(lang).to_owned());
    }
    let control = control(request, &shaped, is_behind);
    let period = &shaped.period.unwrap_or(request.period);
    let days = shaped.period.map(|period| period.days()).or(request.days);
    let line = |label: labels::Label, value: String| (label.text(lang).to_owned(), value);
    let mut header = vec![
        line(labels::AS_OF, context.as_of.to_string()),
        line(
            labels::PERIOD,
            match days {
                Some((from, to)) => format!("{from} – {to}"),
                None => labels::EVERY_DATE.text(lang).to_owned(),
            },
        ),
    ];
    let compares = shaped.columns.iter().any(|column| column.id.starts_with("previous"));
    if compares {
        let words = format!("{} – {}", period.previous_from, period.previous_to);
        header.push(line(labels::COMPARED_PERIOD, words));
    }
    header.push(line(labels::FILTERS, request.conditions.words(lang)));
    header.extend(shaped.header.iter().map(|(name, value)| (name.text(lang).to_owned(), value.clone())));
    let footer = vec![line(labels::SOURCE_ROWS, crate::output::grouped(&shaped.source_rows.to_string()))];
    Ok(Report {
        id: report.name.clone(),
        as_of: context.as_of,
        period: days,
        filters: request.conditions.json(),
        chart: shaped.chart.or_else(|| chart(request)),
        sheet: Sheet {
            title: report.title.text(lang).to_owned(),
            header,
            columns: shaped.columns,
            rows: shaped.rows,
            total: shaped.total,
            footer,
        },
        control,
        definitions: definitions(request, &shaped.definitions, lang),
        notes,
        own_fields: Map::new(),
    })
}

fn control(request: &Request<'_>, shaped: &Shaped, is_behind: bool) -> Map<String, Value> {
    let manifest = request.warehouse.manifest();
    let mut control = Map::new();
    control.insert("source_rows".to_owned(), json!(shaped.source_rows));
    let totals = |dataset: &&Dataset| {
        let (rows, _) = manifest.total(dataset.name, "");
        (dataset.name.to_owned(), json!(rows))
    };
    let rows: Map<String, Value> = request.report.table.reads.iter().map(totals).collect();
    control.insert(
        "mirror".to_owned(),
        json!({
            "version": manifest.version,
            "change_no": manifest.change_no,
            "up_to_date": !is_behind,
            "rows": rows,
        }),
    );
    control.extend(shaped.control.clone());
    control
}

fn definitions(
    request: &Request<'_>,
    of_shape: &[(labels::Label, labels::Label)],
    lang: Lang,
) -> Vec<Definition> {
    let definition = |figure: &&crate::model::Figure| Definition {
        label: figure.label.text(lang).to_owned(),
        words: figure.words.text(lang).to_owned(),
    };
    let of_shape = of_shape.iter().map(|(label, words)| Definition {
        label: label.text(lang).to_owned(),
        words: words.text(lang).to_owned(),
    });
    request.figures.iter().map(definition).chain(of_shape).collect()
}

/// The declared chart: the attributes, and the figure that rows are sorted by, else the first.
fn chart(request: &Request<'_>) -> Option<Chart> {
    let kind = request.report.chart?;
    // A code says little without its name.
    let named = |by: &crate::model::Dimension| {
        let name = by.name_sql(request.report.table).map(|_| format!("{}_name", by.id()));
        std::iter::once(by.id()).chain(name)
    };
    let names = request.by.iter().flat_map(named).collect();
    let value = request.sort.or(request.figures.first().copied())?;
    Some(Chart { kind, names, values: vec![value.id.to_owned()] })
}
