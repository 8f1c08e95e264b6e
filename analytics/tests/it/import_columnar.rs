//! Parquet and Arrow files as input: every type exactly, what is no table refused, damaged files without harm.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use crate::common::Company;
use arrow_ipc::writer::FileWriter;
use duckdb::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, DictionaryArray, Float32Array,
    Float64Array, Int32Array, Int64Array, ListArray, NullArray, RecordBatch, StringArray, StringViewArray,
    TimestampMicrosecondArray, TimestampNanosecondArray, UInt64Array,
};
use duckdb::arrow::datatypes::{Int8Type, Int32Type, i256};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use serde_json::Value;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

fn parquet(company: &Company, name: &str, batch: &RecordBatch, properties: WriterProperties) -> String {
    let path = company.file(name, "");
    let mut writer =
        ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    path
}

fn arrow(company: &Company, name: &str, batch: &RecordBatch) -> String {
    let path = company.file(name, "");
    let mut writer = FileWriter::try_new(File::create(&path).unwrap(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    path
}

/// The batch as a file of each format.
fn both(company: &Company, stem: &str, batch: &RecordBatch) -> [String; 2] {
    let plain =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_max_row_group_row_count(Some(2));
    [
        parquet(company, &format!("{stem}.parquet"), batch, plain.build()),
        arrow(company, &format!("{stem}.arrow"), batch),
    ]
}

/// The report, whatever was refused.
fn report(company: &Company, arguments: &[&str]) -> Value {
    let output = company.run(&[&["import"], arguments, &["--format", "json", "--lang", "en"]].concat());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn codes(report: &Value) -> Vec<&str> {
    report["errors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect()
}

fn strings(texts: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

#[test]
fn sales_of_both_formats_are_exact_and_the_same_again() {
    let words: DictionaryArray<Int8Type> = vec![Some("売上"), None, Some("返品")].into_iter().collect();
    let sales = batch(vec![
        ("伝票番号", strings(&[Some("S1"), Some("S2"), Some("S3")])),
        ("行番号", Arc::new(Int32Array::from(vec![1, 1, 1]))),
        // 2026-10-31T15:30Z is 1 November in Japan.
        (
            "売上日",
            Arc::new(TimestampMicrosecondArray::from(vec![1_793_460_600_000_000; 3]).with_timezone("UTC")),
        ),
        ("得意先コード", Arc::new(StringViewArray::from(vec!["000123", "1", "1"]))),
        (
            "金額",
            Arc::new(
                Decimal128Array::from(vec![123_456, -1, 999_999_999_999_999_999])
                    .with_precision_and_scale(24, 4)
                    .unwrap(),
            ),
        ),
        ("数量", Arc::new(Float64Array::from(vec![Some(0.1 + 0.2), None, Some(12.0)]))),
        ("備考", Arc::new(words)),
    ]);
    for file in both(&Company::new(), "x", &sales) {
        let company = Company::new();
        let imported = report(&company, &[&file, "--map", "伝票番号=slip_no"]);
        assert_eq!(imported["errors"], Value::Array(vec![]), "{imported}");
        let found = &imported["files"][0];
        assert_eq!((&found["dataset"], &found["new"]), (&"sales".into(), &3.into()));
        assert_eq!(found["encoding"], if file.ends_with("parquet") { "Parquet" } else { "Arrow" });
        assert_eq!(found["sums"]["amount"]["accepted"], "100000000000012.3454");
        let again = report(&company, &[&file]);
        assert_eq!(again["files"][0]["unchanged"], 3);
        let out = company.folder.path().join("out");
        company.json(&["export", "sales", "--out", out.to_str().unwrap()]);
        let text = std::fs::read_to_string(out.join("sales.csv")).unwrap();
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert!(rows[0].starts_with("S1,1,2026-11-01,000123,"), "{text}");
        assert!(rows[0].contains("12.3456") && rows[0].contains(",0.3,"), "{text}");
        assert!(rows[1].contains("-0.0001"), "{text}");
        assert!(rows[2].contains("99999999999999.9999"), "{text}");
    }
}

#[test]
fn every_type_is_the_text_that_a_person_would_write() {
    let fields = batch(vec![
        ("customer_code", strings(&[Some("1"), Some("2"), Some("3")])),
        ("customer_name", Arc::new(StringArray::from(vec!["青,葉", "二\n行", "三\"三"]))),
        ("first_trade_date", Arc::new(Date32Array::from(vec![Some(20_000), None, Some(-36_000)]))),
        ("credit_limit", Arc::new(UInt64Array::from(vec![Some(9_000_000), None, Some(0)]))),
        ("rank_auto_update_excluded", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("ext:none", Arc::new(NullArray::new(3))),
        ("ext:f32", Arc::new(Float32Array::from(vec![0.1, 1.5, f32::NAN]))),
        (
            "ext:wide",
            Arc::new(
                Decimal256Array::from(vec![i256::from_i128(-5), i256::from_i128(12_345), i256::MINUS_ONE])
                    .with_precision_and_scale(76, 2)
                    .unwrap(),
            ),
        ),
        ("ext:civil", Arc::new(TimestampNanosecondArray::from(vec![1_793_460_600_123_000_000, 0, -1]))),
        ("ext:big", Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX, -1]))),
    ]);
    for file in both(&Company::new(), "customers", &fields) {
        let company = Company::new();
        let imported = report(&company, &[&file, "--extend"]);
        assert_eq!(codes(&imported), [""; 0], "{imported}");
        let out = company.folder.path().join("out");
        company.json(&["export", "all", "--out", out.to_str().unwrap()]);
        let customers = std::fs::read_to_string(out.join("customers.csv")).unwrap();
        for part in ["2024-10-04", "1871-06-09", "9000000", "\"青,葉\"", "\"二\n行\"", "\"三\"\"三\""] {
            assert!(customers.contains(part), "{part}: {customers}");
        }
        let values = std::fs::read_to_string(out.join("extension_values.csv")).unwrap();
        for part in [
            "1,f32,0.1",
            "2,f32,1.5",
            "1,wide,'-0.05",
            "2,wide,123.45",
            "1,civil,2026-10-31T15:30:00.123",
            "3,civil,1969-12-31T23:59:59.999999999",
            "1,big,'-9223372036854775808",
            "2,big,9223372036854775807",
        ] {
            assert!(values.contains(&format!("customers,{part}\n")), "{part}: {values}");
        }
        assert!(!values.contains(",none,"), "{values}");
    }
}

#[test]
fn what_is_no_table_is_refused_as_a_whole() {
    let company = Company::new();
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    let nested = batch(vec![("customer_code", strings(&[Some("1")])), ("明細", Arc::new(list))]);
    for file in both(&company, "customers", &nested) {
        let refused = report(&company, &[&file]);
        assert_eq!(codes(&refused), ["broken_table"], "{refused}");
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains("明細 (List"), "{refused}");
    }
    let one =
        batch(vec![("customer_code", strings(&[Some("1")])), ("customer_name", strings(&[Some("一")]))]);
    let wide: Vec<(String, ArrayRef)> =
        (0..1_001).map(|at| (format!("c{at}"), strings(&[Some("1")]))).collect();
    let wide = batch(wide.iter().map(|(name, array)| (name.as_str(), Arc::clone(array))).collect());
    let empty = one.slice(0, 0);
    for (file, part) in [
        (arrow(&company, "wide.arrow", &wide), "1000 columns"),
        (company.file("text.parquet", "customer_code,customer_name\n1,一\n"), "cannot be read"),
        (company.file("short.arrow", "AR"), "cannot be read"),
        (company.file("stream.arrow", "ARROW1\0\0 and no more of it"), "stream format"),
    ] {
        let refused = report(&company, &[&file]);
        assert_eq!(codes(&refused), ["broken_table"], "{refused}");
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains(part), "{refused}");
    }
    let path = arrow(&company, "x.arrow", &one);
    let named = PathBuf::from(&path).with_file_name("customers.csv");
    std::fs::rename(&path, &named).unwrap();
    let refused = report(&company, &[named.to_str().unwrap()]);
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains(".parquet or .arrow"), "{refused}");
    // Headers without rows are an import of nothing.
    assert_eq!(report(&company, &[&arrow(&company, "customers.arrow", &empty)])["files"][0]["read"], 0);
}

#[test]
fn refused_rows_have_their_line_and_are_quarantined() {
    let company = Company::new();
    let rows = batch(vec![
        ("customer_code", strings(&[Some("1"), None, Some("3"), Some("4")])),
        ("customer_name", strings(&[Some("一"), Some("二"), Some("\u{1}#N/A"), Some("四\u{1680}四")])),
    ]);
    let refused = report(&company, &[&arrow(&company, "customers.arrow", &rows)]);
    assert_eq!(codes(&refused), ["required", "control_character"], "{refused}");
    assert_eq!(refused["errors"][0]["line"], 3, "the headers are line 1");
    assert_eq!(refused["files"][0]["new"], 2);
    assert_eq!(company.json(&["quarantine", "list"])["batches"][0]["open"], 2);
}

#[test]
fn a_text_that_all_rows_share_is_read_in_little_memory() {
    // 5,000 rows of 30 KB each: 150 MB of text in a file of less than 1 MiB.
    let company = Company::new();
    let long = "あ".repeat(10_000);
    let same: DictionaryArray<Int32Type> = (0..5_000).map(|_| Some(long.as_str())).collect();
    let codes: Vec<String> = (0..5_000).map(|code| code.to_string()).collect();
    let rows = batch(vec![
        ("customer_code", Arc::new(StringArray::from(codes.clone()))),
        ("customer_name", Arc::new(StringArray::from(codes))),
        ("remarks", Arc::new(same)),
    ]);
    let file = parquet(&company, "customers.parquet", &rows, WriterProperties::builder().build());
    assert!(std::fs::metadata(&file).unwrap().len() < 1 << 20);
    assert_eq!(report(&company, &[&file, "--dry-run", "--no-cards"])["files"][0]["new"], 5_000);
}

/// The bytes of a small file of each format.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let company = Company::new();
    let words: DictionaryArray<Int8Type> = vec!["a", "b", "a"].into_iter().collect();
    let rows = batch(vec![
        ("customer_code", strings(&[Some("1"), Some("2"), Some("3")])),
        ("customer_name", Arc::new(StringViewArray::from(vec!["x", "a long name of a customer", "z"]))),
        (
            "credit_limit",
            Arc::new(Decimal128Array::from(vec![1, 2, 3]).with_precision_and_scale(10, 2).unwrap()),
        ),
        ("industry", Arc::new(words)),
    ]);
    let files = both(&company, "customers", &rows);
    ["parquet", "arrow"].into_iter().zip(files.map(|file| std::fs::read(file).unwrap())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A damaged file is an error of the file or gives other rows; it never ends the program.
    #[test]
    fn damaged_files_do_no_harm(
        which in 0..2_usize,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (ending, mut bytes) = samples().swap_remove(which);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let company = Company::new();
        let path = company.folder.path().join(format!("customers.{ending}"));
        std::fs::write(&path, bytes).unwrap();
        let output = company.run(&["import", "--format", "json", path.to_str().unwrap()]);
        prop_assert!([Some(0), Some(3)].contains(&output.status.code()), "{:?}", output);
    }
}
