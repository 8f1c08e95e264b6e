//! `import --describe NAME`: what the files of a data set or a profile hold, from its declaration.

use serde_json::{Value, json};
use shared::dataset::{Column, DATASETS, Dataset, by_name_or_title};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::profile::{self, ColumnRule, Profile};

use super::profile::named;
use crate::context::Context;
use crate::labels::{self, Label};
use crate::output::{Cell, Sheet, SheetColumn};

/// Describes a data set or a profile.
pub(crate) fn describe(context: &Context, name: &str) -> Result<(), Failure> {
    if let Some(dataset) = by_name_or_title(name) {
        return context.emit(&dataset_sheet(context.lang, dataset), &dataset_json(context.lang, dataset));
    }
    if profile::by_name(name).is_none() && !name.to_lowercase().ends_with(".toml") {
        let datasets = DATASETS.iter().map(|dataset| dataset.name);
        let profiles = profile::builtin().iter().map(|profile| profile.name.as_str());
        let known: Vec<&str> = datasets.chain(profiles).collect();
        return Err(Failure::usage(message!(
            "{name} というデータ種別も取込プロファイルもありません。次のいずれかを指定してください: {known}",
            "{name} is neither a data set nor a profile; there are: {known}",
            name = name,
            known = known.join(", "),
        )));
    }
    let profile = named(name)?;
    context.emit(&profile_sheet(context, &profile), &profile_json(context, &profile))
}

fn dataset_sheet(lang: Lang, dataset: &Dataset) -> Sheet {
    let row = |column: &Column| {
        let labels = match lang {
            Lang::Ja => [column.label.ja, column.label.en],
            Lang::En => [column.label.en, column.label.ja],
        };
        let others = [&labels, column.aliases].concat().join(", ");
        let needed = if column.required { "○" } else { "" };
        [column.name, &others, column.kind.label().text(lang), needed, column.description.text(lang)]
            .map(|text| Cell::Text(text.to_owned()))
            .to_vec()
    };
    let columns: [Label; 5] =
        [labels::COLUMN, labels::HEADERS, labels::KIND, labels::NEEDED, labels::MEANING];
    Sheet {
        title: format!("{} ({}.csv)", dataset.label().text(lang), dataset.name),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: dataset.columns.iter().map(row).collect(),
        footer: vec![(labels::MEANING.text(lang).to_owned(), dataset.description.text(lang).to_owned())],
        ..Sheet::default()
    }
}

/// For programs: identifiers, and the descriptions in the language of the run.
fn dataset_json(lang: Lang, dataset: &Dataset) -> Value {
    let choice = |(value, labels): &(&str, &[&str])| json!({"value": value, "labels": labels});
    let column = |column: &Column| {
        json!({
            "column": column.name, "label": column.label.ja, "label_en": column.label.en,
            "other_headers": column.aliases, "kind": column.kind.label().en,
            "required": column.required, "default": column.default,
            "choices": column.kind.choices().iter().map(choice).collect::<Vec<_>>(),
            "description": column.description.text(lang),
        })
    };
    json!({
        "command": "describe", "dataset": dataset.name, "title": dataset.title_ja,
        "description": dataset.description.text(lang), "key": dataset.key,
        "columns": dataset.columns.iter().map(column).collect::<Vec<_>>(),
    })
}

fn profile_sheet(context: &Context, profile: &Profile) -> Sheet {
    let rows = profile.targets.iter().flat_map(|target| {
        let name = target.dataset.name;
        target.columns.iter().map(move |(column, rule)| {
            [name, column, &source(rule)].map(|text| Cell::Text(text.to_owned())).to_vec()
        })
    });
    let layout = format!("{}: {}", profile.columns.len(), profile.columns.join(", "));
    Sheet {
        title: format!("{} ({})", profile.title.text(context.lang), profile.name),
        columns: [labels::DATASET, labels::COLUMN, labels::SOURCE].map(SheetColumn::new).to_vec(),
        rows: rows.collect(),
        footer: vec![
            (context.label(labels::HEADERS).to_owned(), layout),
            (context.label(labels::MEANING).to_owned(), profile.about.text(context.lang).to_owned()),
        ],
        ..Sheet::default()
    }
}

/// Where a column comes from, in words.
fn source(rule: &ColumnRule) -> String {
    if let Some(counted) = &rule.count {
        return format!("1, 2, 3 … ({counted})");
    }
    match &rule.constant {
        Some(constant) if rule.from.is_empty() => format!("= {constant}"),
        _ => rule.from.join(" + "),
    }
}

fn profile_json(context: &Context, profile: &Profile) -> Value {
    let target = |target: &profile::TargetRules| {
        let columns = target.columns.iter().map(|(column, rule)| {
            let map: Vec<Value> = rule.map.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
            json!({"column": column, "from": rule.from, "const": rule.constant, "count": rule.count, "map": map})
        });
        json!({"dataset": target.dataset.name, "columns": columns.collect::<Vec<_>>()})
    };
    json!({
        "command": "describe", "profile": profile.name, "title": profile.title.text(context.lang),
        "about": profile.about.text(context.lang),
        "encoding": profile.encoding.as_str(), "delimiter": char::from(profile.delimiter).to_string(),
        "widths": profile.widths, "layout": profile.columns,
        "datasets": profile.targets.iter().map(target).collect::<Vec<_>>(),
    })
}
