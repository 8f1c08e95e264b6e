//! `pack`: several reports in one workbook or page.

use std::io::{Cursor, Read as _};

use crate::common::Company;

const AS_OF: [&str; 2] = ["--as-of", "2026-10-31"];

fn packed(company: &Company, file: &str, further: &[&str]) -> Vec<u8> {
    let path = company.folder.path().join(file);
    let out = path.to_str().unwrap();
    let output = company.run(&[&AS_OF, &["pack", "--month", "2026-10", "--out", out][..], further].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(path).unwrap()
}

#[test]
fn a_workbook_has_a_sheet_of_each_report_and_one_of_what_they_mean() {
    let company = Company::tiny();
    let mut zip = zip::ZipArchive::new(Cursor::new(packed(&company, "pack.xlsx", &[]))).unwrap();
    let mut book = String::new();
    zip.by_name("xl/workbook.xml").unwrap().read_to_string(&mut book).unwrap();
    let names: Vec<&str> =
        book.split("<sheet name=\"").skip(1).filter_map(|sheet| sheet.split('"').next()).collect();
    for title in ["商品別売上", "顧客別売上", "条件と定義"] {
        assert_eq!(names.iter().filter(|name| **name == title).count(), 1, "{names:?}");
    }
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
}

#[test]
fn a_page_has_each_report_and_its_figures_agree_with_the_report_alone() {
    let company = Company::tiny();
    let page = String::from_utf8(packed(&company, "pack.html", &[])).unwrap();
    assert!(page.contains("営業会議資料 2026-10") && page.matches("<h2>").count() > 5, "{page}");
    let alone = company.json(&[&AS_OF[..], &["report", "customers", "--month", "2026-10"]].concat());
    assert_eq!(alone["totals"]["sales_amount"], "3200");
    assert!(page.contains("3,200"));
}

#[test]
fn a_pack_of_the_companys_own_is_a_file() {
    let company = Company::tiny();
    let own = company.file(
        "own.toml",
        "title = \"月例\"\n[[report]]\nname = \"customers\"\noptions = [\"--top\", \"1\"]\n",
    );
    let page = String::from_utf8(packed(&company, "own.html", &["--file", &own])).unwrap();
    assert!(page.contains("月例 2026-10") && page.contains("顧客別売上") && !page.contains("商品別売上"));
    for (text, code, said) in [
        ("title = \"x\"\n[[report]]\nname = \"custmers\"\n", 78, "customers"),
        ("title = \"x\"\n[[report]]\nname = \"customers\"\noptions = [\"--tpo\", \"1\"]\n", 64, "--tpo"),
    ] {
        let own = company.file("wrong.toml", text);
        let out = company.folder.path().join("x.html");
        let output =
            company.run(&[&AS_OF, &["pack", "--out", out.to_str().unwrap(), "--file", &own][..]].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(said) && !out.exists(), "{told}");
    }
    let output = company.run(&["pack"]);
    assert_eq!(output.status.code(), Some(64), "a pack needs a file");
}
