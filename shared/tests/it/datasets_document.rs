//! The declarations are consistent, and `docs/datasets.md` is written from them.

use std::collections::HashMap;
use std::path::Path;

use shared::dataset::{DATASETS, by_name, document};
use shared::message::Label;
use shared::text::search_key;

#[test]
fn docs_datasets_md_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/datasets.md");
    let wanted = document::markdown();
    if std::env::var_os("CHAKUDEN_WRITE_DOCS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "run CHAKUDEN_WRITE_DOCS=1 cargo test --release --workspace --test it docs_datasets_md"
    );
}

#[test]
fn data_sets_and_columns_are_described_in_both_languages() {
    let is_japanese = |letter: char| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    for dataset in DATASETS {
        let columns = dataset.columns.iter().map(|column| (column.name, column.description));
        for (name, Label { ja, en }) in columns.chain([("itself", dataset.description)]) {
            let place = format!("{} {name}", dataset.name);
            assert!(ja.chars().any(is_japanese), "{place}: no Japanese in {ja:?}");
            assert!(!ja.ends_with('。'), "{place}: a phrase has no full stop: {ja}");
            assert!(
                en.starts_with(|first: char| first.is_ascii_alphanumeric()),
                "{place}: no English in {en:?}"
            );
            assert!(en.ends_with('.'), "{place}: a full stop is missing: {en}");
        }
    }
}

#[test]
fn every_column_has_an_english_label_of_its_own() {
    for dataset in DATASETS {
        let mut labels: HashMap<&str, &str> = HashMap::new();
        for column in dataset.columns {
            let label = column.label.en;
            assert!(
                label.starts_with(|first: char| first.is_ascii_lowercase()),
                "{}: {label:?}",
                column.name
            );
            assert!(label.is_ascii() && !label.contains('_'), "{}: {label:?}", column.name);
            let other = labels.insert(label, column.name);
            assert_eq!(other, None, "{}: two columns are called {label}", dataset.name);
        }
    }
}

#[test]
fn keys_months_and_customers_name_columns_that_exist() {
    for dataset in DATASETS {
        let named = dataset.key.iter().chain(&dataset.month_column).chain(&dataset.customer_column);
        for name in named.chain(dataset.related_columns) {
            assert!(dataset.column(name).is_some(), "{}: no column {name}", dataset.name);
        }
        for name in dataset.key {
            let column = dataset.column(name).unwrap();
            assert!(column.required || column.default.is_some(), "{}: key {name} may be NULL", dataset.name);
        }
    }
}

#[test]
fn references_name_data_sets_by_their_one_key_column() {
    for dataset in DATASETS {
        for (column, other) in dataset.references {
            let other = by_name(other).unwrap_or_else(|| panic!("{}: no data set {other}", dataset.name));
            assert!(dataset.column(column).is_some(), "{}: no column {column}", dataset.name);
            assert_eq!(other.key.len(), 1, "{}: {column}", dataset.name);
            assert_eq!(dataset.referred_by(column).map(|found| found.name), Some(other.name));
        }
        for at in dataset.customer_indexes() {
            let column = dataset.columns[at].name;
            let refers = dataset.referred_by(column).map(|other| other.name);
            assert_eq!(refers, Some("customers"), "{}: {column}", dataset.name);
        }
    }
}

#[test]
fn headers_and_choices_are_unambiguous() {
    for dataset in DATASETS {
        let mut headers: HashMap<String, &str> = HashMap::new();
        for column in dataset.columns {
            let all = [column.name, column.label.ja, column.label.en]
                .into_iter()
                .chain(column.aliases.iter().copied());
            for header in all {
                let before = headers.insert(search_key(header), column.name);
                assert!(before.is_none_or(|other| other == column.name), "{}: {header} twice", dataset.name);
            }
            let mut known: HashMap<String, &str> = HashMap::new();
            for (identifier, labels) in column.kind.choices() {
                for label in std::iter::once(identifier).chain(labels.iter()) {
                    let before = known.insert(search_key(label), identifier);
                    assert!(
                        before.is_none_or(|other| other == *identifier),
                        "{}: {label} twice",
                        dataset.name
                    );
                }
            }
        }
    }
}
