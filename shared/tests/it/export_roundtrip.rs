//! What is exported and imported into a new store is the same store.

use std::collections::HashSet;
use std::path::Path;

use crate::import_support::{Desk, options};
use proptest::prelude::*;
use shared::dataset::{ColumnKind, DATASETS, Dataset, PRODUCTS};
use shared::export::{
    ExportEncoding, ExportError, ExportOptions, ExportSettings, ExportedFile, export_files,
};
use shared::store::Value;
use shared::text::visible;

/// Text as people and other programs write it, with what could go wrong in CSV and in spreadsheets.
fn text(max: usize) -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => proptest::sample::select("aZ09 ,;\"'=+-@#\n\t".chars().collect::<Vec<_>>()),
        4 => proptest::sample::select("株式会社㈱髙﨑濵ｶﾌﾞー〜～−①№😀𠮷".chars().collect::<Vec<_>>()),
        1 => any::<char>().prop_filter("control", |c| !c.is_control()),
    ];
    proptest::collection::vec(letter, 1..max).prop_map(|letters| letters.into_iter().collect::<String>())
}

/// A stored value of a column: in the form that an import leaves.
fn value(kind: ColumnKind, required: bool) -> BoxedStrategy<Option<Value>> {
    let some = match kind {
        ColumnKind::Code => "[0-9A-Za-z=+@'-]{1,12}"
            .prop_filter("a spreadsheet's number", |code| !code.to_uppercase().contains("E+"))
            .prop_map(Value::Text)
            .boxed(),
        ColumnKind::Text | ColumnKind::Phone => {
            text(30).prop_map(|text| Value::Text(text.trim().to_owned())).boxed()
        }
        ColumnKind::Date => (0..40_000_i64).prop_map(date).boxed(),
        ColumnKind::Instant => (0..40_000_i64)
            .prop_map(|days| match date(days) {
                Value::Text(day) => Value::Text(format!("{day}T05:02:11.120Z")),
                other => other,
            })
            .boxed(),
        ColumnKind::Decimal => {
            (-999_999_999_999_999_999..=999_999_999_999_999_999_i64).prop_map(Value::Integer).boxed()
        }
        ColumnKind::Integer => (-1000..1000_i64).prop_map(Value::Integer).boxed(),
        ColumnKind::Color => "#[0-9a-f]{6}".prop_map(Value::Text).boxed(),
        ColumnKind::Flag => (0..=1_i64).prop_map(Value::Integer).boxed(),
        ColumnKind::Choice(choices) | ColumnKind::OpenChoice(choices) => {
            proptest::sample::select(choices).prop_map(|(id, _)| Value::Text((*id).to_owned())).boxed()
        }
    };
    let some = some.prop_filter("empty", |value| *value != Value::Text(String::new())).prop_map(Some);
    if required { some.boxed() } else { prop_oneof![3 => some, 1 => Just(None)].boxed() }
}

fn date(days: i64) -> Value {
    let start = chrono::NaiveDate::from_ymd_opt(1950, 1, 1).unwrap();
    Value::Text((start + chrono::Duration::days(days)).to_string())
}

fn row(dataset: &'static Dataset) -> impl Strategy<Value = (usize, Vec<Option<Value>>)> {
    let at = DATASETS.iter().position(|known| known.name == dataset.name).unwrap();
    let columns: Vec<_> = dataset
        .columns
        .iter()
        .map(|column| {
            let exact = column.kind == ColumnKind::Phone
                || column.name.ends_with("email")
                || ["postal_code", "fax", "called", "row_key", "reference"].contains(&column.name);
            let seen = move |value: Option<Value>| match value {
                Some(Value::Text(text)) if exact => Some(Value::Text(format!("x{}", visible(&text).trim()))),
                value => value,
            };
            value(column.kind, column.required || dataset.key.contains(&column.name)).prop_map(seen)
        })
        .collect();
    columns.prop_map(move |values| (at, values))
}

fn rows() -> impl Strategy<Value = Vec<(usize, Vec<Option<Value>>)>> {
    let each: Vec<_> = DATASETS.iter().map(|dataset| row(dataset).boxed()).collect();
    proptest::collection::vec(proptest::strategy::Union::new(each), 1..40)
}

fn all_rows(desk: &Desk) -> Vec<(&'static str, Vec<Vec<String>>)> {
    DATASETS.iter().map(|dataset| (dataset.name, desk.rows(dataset))).collect()
}

/// Writes native files into the folder `out`.
fn export(
    desk: &Desk,
    datasets: &[&'static Dataset],
    encoding: ExportEncoding,
) -> Result<Vec<ExportedFile>, ExportError> {
    let options = ExportOptions { encoding, guard_formulas: true };
    let settings = ExportSettings { options, ..ExportSettings::default() };
    export_files(&mut desk.store.reader().unwrap(), datasets, &desk.folder.path().join("out"), &settings)
}

fn again(from: &Desk, encoding: ExportEncoding) -> Desk {
    let folder = from.folder.path().join("out");
    export(from, DATASETS, encoding).unwrap();
    let to = Desk::new();
    let report = to.import_paths(std::slice::from_ref(&folder), &options()).unwrap();
    assert_eq!(report.errors, [], "everything goes in");
    // The first store gets nothing new from its own export.
    let own = from.import_paths(std::slice::from_ref(&folder), &options()).unwrap();
    assert!(own.files.iter().all(|file| file.new == 0 && file.changed == 0), "{own:?}");
    to
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn export_then_import_gives_the_same_store(rows in rows(), bom in any::<bool>()) {
        let desk = Desk::new();
        let mut keys = HashSet::new();
        let key = |(dataset, values): &(usize, Vec<Option<Value>>)| {
            let key = DATASETS[*dataset].key_indexes();
            (*dataset, key.into_iter().map(|at| format!("{:?}", values[at])).collect::<Vec<_>>())
        };
        // A second row does not change one that was made here.
        for (dataset, values) in rows.iter().filter(|row| keys.insert(key(row))) {
            desk.put(DATASETS[*dataset], values);
        }
        let encoding = if bom { ExportEncoding::Utf8Bom } else { ExportEncoding::Utf8 };
        let copy = again(&desk, encoding);
        prop_assert_eq!(all_rows(&desk), all_rows(&copy));
    }
}

fn products(names: &[&str]) -> Desk {
    let desk = Desk::new();
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    for (at, name) in names.iter().enumerate() {
        desk.put(&PRODUCTS, &[text(&format!("P{at}")), text(name), None, Some(Value::Integer(-5_000)), None]);
    }
    desk
}

fn exported(desk: &Desk, encoding: ExportEncoding) -> Result<Vec<u8>, ExportError> {
    let files = export(desk, &[&PRODUCTS], encoding)?;
    Ok(std::fs::read(&files[0].file).unwrap())
}

#[test]
fn a_native_export_has_native_headers() {
    let desk = products(&["茶", "=SUM(A1)", "'=x"]);
    let file = String::from_utf8(exported(&desk, ExportEncoding::Utf8).unwrap()).unwrap();
    let head = "product_code,product_name,category,unit_price,advice\n";
    assert_eq!(file, format!("{head}P0,茶,,-0.5,\nP1,'=SUM(A1),,-0.5,\nP2,''=x,,-0.5,\n"));
    let bom = exported(&desk, ExportEncoding::Utf8Bom).unwrap();
    assert!(bom.starts_with(b"\xEF\xBB\xBFproduct_code") && bom.ends_with(b"\r\n"));
}

#[test]
fn cp932_round_trips() {
    let desk = products(&["㈱髙﨑 ソ表～", "ﾎﾟ,ﾝ"]);
    assert_eq!(all_rows(&desk), all_rows(&again(&desk, ExportEncoding::Cp932)));
}

#[test]
fn characters_that_cp932_does_not_have_are_reported_or_replaced() {
    let desk = products(&["茶", "𠮷野"]);
    let error = exported(&desk, ExportEncoding::Cp932).unwrap_err();
    assert!(
        matches!(&error, ExportError::Unmappable { places, .. } if places.len() == 1
            && (places[0].row, places[0].column.as_str()) == (2, "product_name")),
        "{error}"
    );
    assert!(!Path::new(&desk.folder.path().join("out/products.csv")).exists());
    let files = export(&desk, &[&PRODUCTS], ExportEncoding::Cp932Replacing).unwrap();
    assert_eq!((files[0].rows, files[0].replaced), (2, 1));
    assert_eq!(
        std::fs::read_dir(desk.folder.path().join("out")).unwrap().count(),
        1,
        "no partial file stays"
    );
}
