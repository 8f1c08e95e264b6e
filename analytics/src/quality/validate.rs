//! `validate`: rows that contradict each other, each with its cure (`docs/data-quality.md#rules`).

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use serde_json::{Map, Value, json};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::store::{Finding, Reader, Rule, Severity, StoreError};

use super::{findings, labels};
use crate::context::Context;
use crate::labels::{DATASET, Label};
use crate::output::{Cell, Sheet, SheetColumn, grouped};

/// The options of `validate`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Check only these rules.
    #[arg(long, value_name = "RULE", num_args = 1.., value_delimiter = ',', value_parser = rule_names())]
    only: Vec<String>,
    /// Findings listed for each rule and column; all are counted [default: 5 in a table, else 1000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    listed_max: Option<u32>,
}

fn rule_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Rule::ALL.iter().map(|rule| rule.code()))
}

/// The findings of one rule.
struct Checked {
    rule: Rule,
    count: u64,
    /// The first ones of each place.
    listed: Vec<Finding>,
    /// For each place (data set, and the column that refers to something missing): findings, and how many are listed.
    groups: BTreeMap<String, (u64, u64)>,
}

/// Where a finding is: its data set, and for a reference the column and what it refers to.
fn place(finding: &Finding, lang: Lang) -> String {
    let dataset = crate::labels::dataset(finding.dataset);
    let has = |wanted: &str| finding.facts.iter().any(|(name, _)| *name == wanted);
    if !(has("column") && has("target")) {
        return dataset.text(lang).to_owned();
    }
    let place = message!(
        "{dataset}の{column} → {target}",
        "{dataset}.{column} → {target}",
        dataset = dataset,
        column = findings::column(finding),
        target = findings::target(finding),
    );
    place.text(lang).to_owned()
}

/// Checks the store.
///
/// # Errors
/// An error of the store; exit code 65 when a finding is an error.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let only: Vec<Rule> = args.only.iter().filter_map(|code| Rule::from_code(code)).collect();
    let rules = Rule::ALL.iter().copied().filter(|rule| only.is_empty() || only.contains(rule));
    let rules: Vec<Rule> = rules.collect();
    let default = if context.format.is_for_people() { 5 } else { 1_000 };
    let listed_max = args.listed_max.unwrap_or(default) as usize;
    let progress = context.progress(labels::VALIDATION, Some(rules.len() as u64));
    let checked = context.store()?.reader()?.consistent(|reader| -> Result<_, StoreError> {
        let each = |rule: &Rule| {
            let checked = check(reader, *rule, listed_max, context.lang);
            progress.advance(1);
            checked
        };
        rules.iter().map(each).collect::<Result<Vec<Checked>, _>>()
    })?;
    progress.finish();
    context.emit(&sheet(context, &checked), &document(context, &checked))?;
    match total(&checked, Severity::Error) {
        0 => Ok(ExitCode::SUCCESS),
        errors => Err(Failure::data(message!(
            "エラーが {errors} 件あります。それぞれの「対処」に従って訂正してください",
            "errors found: {errors}; correct each as described in its cure",
            errors = errors,
        ))),
    }
}

fn check(reader: &mut Reader, rule: Rule, listed_max: usize, lang: Lang) -> Result<Checked, StoreError> {
    let mut checked = Checked { rule, count: 0, listed: Vec::new(), groups: BTreeMap::new() };
    reader.check(rule, &mut |finding| {
        checked.count += 1;
        let (count, listed) = checked.groups.entry(place(&finding, lang)).or_default();
        *count += 1;
        if *listed < listed_max as u64 {
            *listed += 1;
            checked.listed.push(finding);
        }
        ControlFlow::Continue(())
    })?;
    Ok(checked)
}

fn total(checked: &[Checked], severity: Severity) -> u64 {
    checked.iter().filter(|checked| checked.rule.severity() == severity).map(|checked| checked.count).sum()
}

fn sheet(context: &Context, checked: &[Checked]) -> Sheet {
    let row = |finding: &Finding| {
        vec![
            Cell::Text(context.label(labels::severity(finding.rule.severity())).to_owned()),
            Cell::Text(finding.rule.code().to_owned()),
            Cell::Text(crate::labels::dataset(finding.dataset).text(context.lang).to_owned()),
            Cell::Text(finding.key.clone()),
            Cell::Text(findings::sentence(finding).text(context.lang).to_owned()),
            Cell::Text(context.label(findings::cure(finding.rule)).to_owned()),
        ]
    };
    let columns: [Label; 6] =
        [labels::SEVERITY, labels::RULE, DATASET, labels::KEY, labels::MESSAGE, labels::CURE];
    let found = checked.iter().filter(|checked| checked.count > 0);
    let groups = found.flat_map(|checked| checked.groups.iter().map(|group| (checked.rule, group)));
    let mut footer: Vec<(String, String)> = groups
        .map(|(rule, (place, (count, listed)))| {
            let severity = context.label(labels::severity(rule.severity()));
            let counts = message!(
                "{found} 件中 {listed} 件を表示",
                "{found}, {listed} listed",
                found = grouped(&count.to_string()),
                listed = grouped(&listed.to_string()),
            );
            (format!("{severity} {} {place}", rule.code()), counts.text(context.lang).to_owned())
        })
        .collect();
    if footer.is_empty() {
        footer.push((context.label(labels::NO_FINDING).to_owned(), String::new()));
    }
    let rows: Vec<Vec<Cell>> = checked.iter().flat_map(|checked| &checked.listed).map(row).collect();
    Sheet {
        title: context.label(labels::VALIDATION).to_owned(),
        // CSV has its header line even when nothing was found.
        columns: columns.map(SheetColumn::new).to_vec(),
        rows,
        footer,
        ..Sheet::default()
    }
}

fn document(context: &Context, checked: &[Checked]) -> Value {
    let rule = |checked: &Checked| {
        json!({
            "rule": checked.rule.code(), "severity": checked.rule.severity().code(),
            "count": checked.count, "listed": checked.listed.len(),
        })
    };
    let finding = |finding: &Finding| {
        let facts: Map<String, Value> =
            finding.facts.iter().map(|(name, fact)| ((*name).to_owned(), json!(fact))).collect();
        json!({
            "rule": finding.rule.code(), "severity": finding.rule.severity().code(),
            "dataset": finding.dataset, "key": finding.key, "facts": facts,
            "message": findings::sentence(finding).text(context.lang),
            "cure": context.label(findings::cure(finding.rule)),
        })
    };
    json!({
        "command": "validate",
        "errors": total(checked, Severity::Error),
        "warnings": total(checked, Severity::Warning),
        "rules": checked.iter().map(rule).collect::<Vec<_>>(),
        "findings": checked.iter().flat_map(|checked| &checked.listed).map(finding).collect::<Vec<_>>(),
    })
}
