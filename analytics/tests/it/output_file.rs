//! `--out FILE`: the form follows from the ending, and the file is whole or absent (docs/reports.md, Output).

use std::fs;

use crate::common::{Company, run};

fn code(company: &Company, arguments: &[&str]) -> (i32, String) {
    let output = company.run(arguments);
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn results_go_into_a_file_in_the_form_of_its_ending() {
    let company = Company::tiny();
    let as_of = ["--as-of", "2026-10-31"];
    for (ending, format) in
        [("csv", "csv"), ("json", "json"), ("html", "html"), ("htm", "html"), ("txt", "table")]
    {
        for command in
            [&["report", "segment"][..], &["ltv"], &["quarantine", "list"], &["rank", "runs"], &["sync"]]
        {
            let file = company.folder.path().join(format!("{}.{ending}", command.join("-")));
            let arguments = [command, &as_of, &["--out", file.to_str().unwrap()]].concat();
            let written = company.run(&arguments);
            let said = String::from_utf8(written.stderr).unwrap();
            assert_eq!((written.stdout.len(), said.as_str()), (0, ""), "{arguments:?}");
            let printed = company.run(&[command, &as_of, &["--format", format]].concat());
            assert_eq!(written.status.code(), printed.status.code());
            assert_eq!(fs::read(&file).unwrap(), printed.stdout, "{arguments:?}");
            // A second time replaces it, and a dash is standard output.
            assert_eq!(company.run(&arguments).status.code(), printed.status.code());
            let dash = company.run(&[command, &as_of, &["--format", format, "--out", "-"]].concat());
            assert_eq!(dash.stdout, printed.stdout);
        }
    }
}

#[test]
fn findings_are_written_though_they_end_the_command_with_a_failure() {
    let company = Company::tiny();
    company
        .put("sales", "slip_no | line_no | sold_on | customer_code | amount\n S9 | 1 | 2026-10-01 | 404 | 1");
    let file = company.file("found.json", "");
    let (ended, _) = code(&company, &["validate", "--out", &file]);
    let found: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert!(ended == 65 || found["errors"] == 0, "{found}");
    assert!(found.is_object());
}

#[test]
fn nothing_else_is_replaced_and_nothing_is_done_before_the_refusal() {
    let company = Company::tiny();
    let store = company.path();
    let before = fs::read(&store).unwrap();
    let letter = company.file("letter.html", "Dear Sir or Madam");
    for (file, expected, word) in [
        (store.to_str().unwrap(), 64, "--format"),
        (letter.as_str(), 73, "letter.html"),
        ("/nowhere/report.csv", 73, "/nowhere/report.csv"),
        ("report.pdf", 64, ".csv"),
    ] {
        let (ended, said) = code(&company, &["report", "segment", "--out", file]);
        assert_eq!(ended, expected, "{file}: {said}");
        assert!(said.contains(word) && said.lines().count() == 1, "{said}");
    }
    let named = [&["ltv", "--format", "csv", "--out"], [store.to_str().unwrap()].as_slice()].concat();
    assert_eq!(code(&company, &named).0, 73);
    let both = ["ltv", "--format", "csv", "--out", "x.json"];
    assert_eq!(code(&company, &both).0, 64);
    assert_eq!(fs::read(&store).unwrap(), before);
    assert_eq!(fs::read_to_string(&letter).unwrap(), "Dear Sir or Madam");
}

#[test]
fn a_failed_report_leaves_the_file_as_it_was() {
    let company = Company::new();
    let file = company.file("report.csv", "last month\r\n");
    assert_eq!(
        code(&company, &["report", "segment", "--from", "2026-12-01", "--to", "2026-01-01", "--out", &file])
            .0,
        64
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "last month\r\n");
}

#[test]
fn commands_whose_files_go_into_a_folder_keep_their_own_option() {
    let company = Company::tiny();
    let folder = company.folder.path().join("files");
    let arguments = ["export", "customers", "--out", folder.to_str().unwrap(), "--format", "json"];
    let output = company.run(&arguments);
    assert!(output.status.success() && output.stdout.starts_with(b"{"));
    assert!(folder.join("customers.csv").is_file());
    let folder = company.folder.path().join("sample");
    let arguments = ["sample", "--customers", "20", "--lines", "50", "--out", folder.to_str().unwrap()];
    assert!(run(&arguments).status.success() && folder.is_dir());
}

#[test]
fn a_csv_file_has_the_encoding_and_the_headers_that_were_asked_for() {
    let company = Company::tiny();
    let file = company.folder.path().join("sales.csv");
    let path = file.to_str().unwrap();
    let segment = |more: &[&str]| {
        let arguments = [&["report", "segment", "--as-of", "2026-10-31", "--out", path], more].concat();
        let (ended, said) = code(&company, &arguments);
        assert_eq!((ended, said.as_str()), (0, ""), "{more:?}");
        fs::read(&file).unwrap()
    };
    let plain = segment(&[]);
    assert!(plain.starts_with("業種,".as_bytes()), "{}", String::from_utf8_lossy(&plain));
    assert_eq!(segment(&["--encoding", "utf8-bom"]), [b"\xEF\xBB\xBF", plain.as_slice()].concat());
    assert!(segment(&["--encoding", "cp932"]).starts_with(b"\x8B\xC6\x8E\xED,"));
    let japanese = segment(&["--headers", "id"]);
    let english = segment(&["--headers", "id", "--lang", "en"]);
    let header = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().next().unwrap().to_owned();
    assert_eq!(header(&japanese), header(&english));
    assert!(header(&japanese).is_ascii());
}

#[test]
fn the_companion_of_a_csv_file_has_what_stands_beside_the_rows() {
    let company = Company::tiny();
    let file = company.folder.path().join("sales.csv");
    let arguments =
        ["report", "segment", "--as-of", "2026-10-31", "--out", file.to_str().unwrap(), "--notes"];
    assert_eq!(code(&company, &arguments), (0, String::new()));
    let notes = fs::read_to_string(company.folder.path().join("sales.notes.csv")).unwrap();
    for line in ["種類,項目,値", "条件,基準日,2026-10-31", "合計,売上金額,"] {
        assert!(notes.lines().any(|found| found.starts_with(line)), "{line}: {notes}");
    }
    assert!(!fs::read_to_string(&file).unwrap().contains("2026-10-31"), "the rows stand alone");
    for wrong in [&["ltv", "--notes"][..], &["ltv", "--notes", "--out", "x.json"]] {
        let (ended, said) = code(&company, wrong);
        assert!(ended == 64 && said.contains("--out FILE.csv"), "{wrong:?}: {said}");
    }
}
