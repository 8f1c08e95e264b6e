//! What is exported in another program's layout imports again without a difference, in every kind of file.

mod rows;

use std::sync::Arc;

use crate::import_support::{Desk, options};
use proptest::prelude::*;
use rows::company;
use shared::dataset::{ColumnKind, DATASETS, Dataset, by_name};
use shared::export::{
    ExportEncoding, ExportError, ExportFormat, ExportLayout, ExportOptions, ExportSettings, ExportedFile,
    export_files,
};
use shared::import::{ImportReport, ImportSettings, import_files};
use shared::profile;
use shared::store::Value;

const FORMATS: [ExportFormat; 3] = [ExportFormat::Csv, ExportFormat::Tsv, ExportFormat::Xlsx];

/// Writes a row from texts as people write them.
fn put(desk: &Desk, dataset: &str, cells: &[(&str, String)]) {
    let dataset: &'static Dataset = by_name(dataset).unwrap();
    let value = |name: &str, kind: ColumnKind| {
        let (_, text) = cells.iter().find(|(cell, _)| *cell == name)?;
        Some(match kind {
            _ if text.is_empty() => dataset.column(name).unwrap().empty_value(),
            ColumnKind::Decimal | ColumnKind::Integer | ColumnKind::Flag => {
                Value::Integer(text.parse().unwrap())
            }
            _ => Value::Text(text.clone()),
        })
    };
    let values: Vec<_> = dataset.columns.iter().map(|column| value(column.name, column.kind)).collect();
    desk.put(dataset, &values);
}

fn export(desk: &Desk, datasets: &[&'static Dataset], settings: &ExportSettings<'_>) -> Vec<ExportedFile> {
    let folder = desk.folder.path().join("out");
    export_files(&mut desk.store.reader().unwrap(), datasets, &folder, settings).unwrap()
}

fn import(desk: &Desk, files: &[ExportedFile], settings: &ImportSettings) -> ImportReport {
    let paths: Vec<_> = files.iter().map(|file| file.file.clone()).collect();
    import_files(&desk.store, &paths, &options(), settings, &mut |_| {}).unwrap()
}

fn assert_same(report: &ImportReport, what: &str) {
    assert_eq!(report.errors, [], "{what}");
    for file in &report.files {
        assert_eq!((file.new, file.changed, file.refused), (0, 0, 0), "{what}: {file:?}");
    }
}

type Cells = Vec<(&'static str, String)>;

type Row = (&'static str, Cells);

fn desk(rows: &[(&'static str, Cells)]) -> Desk {
    let desk = Desk::new();
    for (dataset, cells) in rows {
        put(&desk, dataset, cells);
    }
    desk
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_layout_round_trips(rows in company()) {
        let desk = desk(&rows);
        for profile in profile::builtin() {
            let main = profile.targets[0].dataset;
            for format in FORMATS {
                let encoding = if profile.name.starts_with("kintone") { ExportEncoding::Utf8Bom } else { ExportEncoding::Cp932 };
                let settings = ExportSettings {
                    options: ExportOptions { encoding, guard_formulas: true },
                    format,
                    layout: ExportLayout::Profile(profile),
                    with_extensions: false,
                };
                let files = export(&desk, &[main], &settings);
                let chosen = ImportSettings { profile: Some(Arc::new(profile.clone())), ..ImportSettings::default() };
                if files[0].rows > 0 {
                    assert_same(&import(&desk, &files, &chosen), &format!("{} {format:?}", profile.name));
                }
                prop_assert_eq!(files[0].inexact, 0);
            }
        }
    }

    #[test]
    fn native_columns_round_trip_in_every_kind_of_file(rows in company()) {
        let desk = desk(&rows);
        let all = |desk: &Desk| -> Vec<_> { DATASETS.iter().map(|dataset| desk.rows(dataset)).collect() };
        for (format, layout, encoding) in [
            (ExportFormat::Tsv, ExportLayout::Native, ExportEncoding::Utf8),
            (ExportFormat::Tsv, ExportLayout::Generic, ExportEncoding::Cp932),
            (ExportFormat::Tsv, ExportLayout::Native, ExportEncoding::Utf16),
            (ExportFormat::Csv, ExportLayout::Generic, ExportEncoding::Utf8Bom),
            (ExportFormat::Xlsx, ExportLayout::Native, ExportEncoding::Utf8),
            (ExportFormat::Xlsx, ExportLayout::Generic, ExportEncoding::Utf8),
        ] {
            let options = ExportOptions { encoding, guard_formulas: true };
            let settings = ExportSettings { options, format, layout, with_extensions: false };
            let files = export(&desk, DATASETS, &settings);
            let copy = Desk::new();
            let report = import(&copy, &files, &ImportSettings::default());
            prop_assert_eq!(&report.errors, &[]);
            prop_assert_eq!(all(&desk), all(&copy));
            assert_same(&import(&desk, &files, &ImportSettings::default()), "the same store");
        }
    }
}

#[test]
fn contacts_that_share_a_cell_agree_there_or_are_left_out_and_counted() {
    let contact = |customer: &str, person: &str, phone: &str, note: &str| {
        let cells = [
            ("customer_code", customer),
            ("purpose", "sales"),
            ("person_name", person),
            ("phone", phone),
            ("note", note),
        ];
        ("contacts", cells.map(|(name, text)| (name, text.to_owned())).to_vec())
    };
    let customer = |code: &str| {
        let cells = [("customer_code", code), ("customer_name", "青葉"), ("trading_status", "active")];
        ("customers", cells.map(|(name, text)| (name, text.to_owned())).to_vec())
    };
    let desk = desk(&[
        customer("000001"),
        contact("000001", "", "03-1234-5678", ""),
        contact("000001", "酒店", "090-1234-5678", "携帯"),
        customer("000002"),
        contact("000002", "酒店", "03-1234-5679", ""),
        contact("000002", "酒店", "090-1234-5679", "携帯"),
        customer("000003"),
        contact("000003", "酒店", "", "携帯"),
    ]);
    let profile = profile::by_name("yayoi-customers-48").unwrap();
    let settings = ExportSettings { layout: ExportLayout::Profile(profile), ..ExportSettings::default() };
    let files = export(&desk, &[by_name("customers").unwrap()], &settings);
    let text = std::fs::read_to_string(&files[0].file).unwrap();
    assert!(
        text.contains("03-1234-5678") && !text.contains("090-1234-5678"),
        "one cell, two persons: {text}"
    );
    assert!(text.contains("03-1234-5679") && text.contains("090-1234-5679"), "{text}");
    assert_eq!((files[0].rows, files[0].left_out, files[0].left_out_beside), (3, 0, 2));
    let chosen = ImportSettings { profile: Some(Arc::new(profile.clone())), ..ImportSettings::default() };
    assert_same(&import(&desk, &files, &chosen), profile.name.as_str());
}

#[test]
fn what_a_layout_cannot_represent_is_left_out_and_counted() {
    let sale = |slip: &str, line: &str, status: &str| {
        (
            "sales",
            vec![
                ("slip_no", slip.to_owned()),
                ("line_no", line.to_owned()),
                ("sold_on", "2025-11-21".to_owned()),
                ("customer_code", "C1".to_owned()),
                ("amount", "10000".to_owned()),
                ("status", status.to_owned()),
            ],
        )
    };
    let desk = desk(&[
        sale("S1", "1", "posted"),
        sale("S1", "3", "posted"),
        sale("S2", "1", "cancelled"),
        sale("S3", "0", ""),
    ]);
    let export = |name: &str| {
        let profile = profile::by_name(name).unwrap();
        let settings = ExportSettings { layout: ExportLayout::Profile(profile), ..ExportSettings::default() };
        let file = export(&desk, &[by_name("sales").unwrap()], &settings).remove(0);
        let text = std::fs::read_to_string(&file.file).unwrap();
        (file, text)
    };
    let (file, text) = export("pca-sales");
    assert_eq!((file.rows, file.left_out), (2, 2), "cancelled, and no line that is counted from 1");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "a line of text stands for the second line: {text}");
    assert_eq!(lines[2].split(',').nth(15), Some("4"));
    let (file, text) = export("yayoi-sales-40");
    assert_eq!((file.rows, file.left_out), (3, 1), "{text}");
    assert!(text.starts_with("0,,,20251121,S1,24,"), "{text}");
    let wrong = ExportSettings {
        layout: ExportLayout::Profile(profile::by_name("pca-sales").unwrap()),
        ..ExportSettings::default()
    };
    let folder = desk.folder.path().join("out");
    let customers = [by_name("customers").unwrap()];
    let error = export_files(&mut desk.store.reader().unwrap(), &customers, &folder, &wrong).unwrap_err();
    assert!(matches!(&error, ExportError::OtherDataset { writes, .. } if writes.en == "sales"), "{error}");
}

#[test]
fn every_character_that_cp932_does_not_have_is_reported() {
    let desk = Desk::new();
    for (code, name) in [("P1", "茶"), ("P2", "𠮷野ゔ"), ("P3", "麦酒😀")] {
        put(&desk, "products", &[("product_code", code.to_owned()), ("product_name", name.to_owned())]);
    }
    let options = ExportOptions { encoding: ExportEncoding::Cp932, guard_formulas: true };
    let settings = ExportSettings { options, ..ExportSettings::default() };
    let folder = desk.folder.path().join("out");
    let products = [by_name("products").unwrap()];
    let error = export_files(&mut desk.store.reader().unwrap(), &products, &folder, &settings).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(
            "products has characters that do not exist in Shift_JIS: row 2, product_name: 𠮷 (U+20BB7)"
        ),
        "{text}"
    );
    assert!(text.contains("row 2, product_name: ゔ (U+3094); row 3, product_name: 😀 (U+1F600)"), "{text}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "no partial file stays");
    for at in 0..150 {
        put(&desk, "products", &[("product_code", format!("Q{at:03}")), ("product_name", "😀".to_owned())]);
    }
    let error = export_files(&mut desk.store.reader().unwrap(), &products, &folder, &settings).unwrap_err();
    assert!(error.to_string().contains("; and 53 more; export as UTF-8"), "{error}");
}
