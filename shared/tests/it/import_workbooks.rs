//! Workbooks as other programs and attackers write them: each row right or refused, memory bounded.

use crate::import_support::workbook::Parts;
use crate::import_support::{Desk, counts, faults};
use shared::dataset::{self, CUSTOMERS, DEALS, PRODUCTS, SALES};
use shared::import::ImportSettings;
use shared::label::Lang;

const PRODUCT_HEAD: &[&str] = &["product_code", "product_name", "unit_price"];
const SALES_HEAD: &[&str] = &["slip_no", "line_no", "sold_on", "customer_code", "amount", "tax_rate"];

/// Imports a price cell after the product P1 with 500 yen: what its row became.
fn price(cell: &str) -> Result<String, String> {
    let desk = Desk::new();
    desk.import("products.csv", "product_code,product_name,unit_price\nP2,y,500\n");
    let good: &[&str] = &["P1", "x", "<c><v>5</v></c>"];
    let report = desk.import("products.xlsx", Parts::rows(&[PRODUCT_HEAD, good, &["P2", "y", cell]]).build());
    let prices = desk.column(&PRODUCTS, "unit_price");
    assert_eq!(prices[0], "50000", "the good row is in: {report:?}");
    match faults(&report).as_slice() {
        [] => Ok(prices[1].clone()),
        [(3, _, code)] => {
            assert_eq!(prices[1], "5000000", "a refused row changes nothing: {report:?}");
            Err((*code).to_owned())
        }
        other => panic!("{cell}: {other:?}"),
    }
}

#[test]
fn a_number_is_right_or_its_row_is_refused() {
    for (cell, scaled) in [
        ("<c><v>7</v></c>", "70000"),
        ("<c><v> 7 </v></c>", "70000"),
        ("<c><v>1<!-- x -->2</v></c>", "120000"),
        ("<c><v>&#49;&#50;</v></c>", "120000"),
        ("<c><v><![CDATA[12]]></v></c>", "120000"),
        ("<c><v>0.30000000000000004</v></c>", "3000"),
        ("<c><f>1+1</f><v>2</v></c>", "20000"),
        ("<c t=\"str\"><f>\"7\"</f><v>7</v></c>", "70000"),
        ("<c s=\"4\"><v>7</v></c>", "70000"),
        ("<c s=\"99999\"><v>7</v></c>", "70000"),
        ("<c s=\"-1\"><v>7</v></c>", "70000"),
        (
            "<x:c xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><x:v>7</x:v></x:c>",
            "70000",
        ),
        ("<c><x:v xmlns:x=\"x\">9</x:v><v>7</v><extLst><v>9</v></extLst></c>", "70000"),
        ("<c x:t=\"e\" xmlns:x=\"x\"><v>7</v></c>", "70000"),
        ("<x:c xmlns:x=\"x\"><x:v>9</x:v></x:c><c><v>7</v></c>", "70000"),
        ("<c t=\"inlineStr\"><v>9</v><is><t>7</t></is></c>", "70000"),
        ("<c t=\"inlineStr\"><is><t>7</t></is><v>9</v></c>", "70000"),
        (
            "<c t=\"inlineStr\"><is><r><t>1</t></r><r><rPr><b/></rPr><t>2</t></r><rPh><t>ふり</t></rPh></is></c>",
            "120000",
        ),
        ("<c><is><t>7</t></is></c>", "70000"),
        ("<c t=\"str\"><v>=&quot;100&quot;</v></c>", "1000000"),
    ] {
        assert_eq!(price(cell).as_deref(), Ok(scaled), "{cell}");
    }
    for (cell, code) in [
        ("<c><f>500*1.1</f></c>", "no_cached_value"),
        ("<c><f>500*1.1</f><v></v></c>", "no_cached_value"),
        ("<c><f>500*1.1</f><v/></c>", "no_cached_value"),
        ("<c t=\"str\"><f>A1</f></c>", "no_cached_value"),
        ("<c t=\"e\"><v>#N/A</v></c>", "error_cell"),
        ("<c t=\"e\"><v>#SPILL!</v></c>", "error_cell"),
        ("<c t=\"e\"><v>Err:502</v></c>", "error_cell"),
        ("<c t=\"e\"><v/></c>", "error_cell"),
        ("<c><v>7</v><v>8</v></c>", "error_cell"),
        ("<c><v>7</v><is><t>8</t></is></c>", "error_cell"),
        ("<c t=\"inlineStr\"><is><t>7</t></is><is><t>8</t></is></c>", "error_cell"),
        ("<c t=\"inlineStr\"><is><t>50000\n30000</t></is></c>", "not_a_number"),
        ("<c><v>abc</v></c>", "error_cell"),
        ("<c><v>NaN</v></c>", "error_cell"),
        ("<c><v>1e400</v></c>", "error_cell"),
        ("<c t=\"zzz\"><v>7</v></c>", "error_cell"),
        ("<c t=\"s\"><v>99999999999999999999</v></c>", "error_cell"),
        ("<c t=\"s\"><v>0</v></c>", "error_cell"),
        ("<c t=\"b\"><v>1</v></c>", "not_a_number"),
        ("<c s=\"2\"><v>0.1</v></c>", "not_a_number"),
        ("<c><v>1e15</v></c>", "not_a_number"),
        ("<c><v>999999999999999</v></c>", "out_of_range"),
        ("<c t=\"inlineStr\"><is><t>100²</t></is></c>", "not_a_number"),
        ("<c t=\"inlineStr\"><is><t>①</t></is></c>", "not_a_number"),
        ("<c t=\"inlineStr\"><is><t>_x0001_#N/A</t></is></c>", "control_character"),
    ] {
        assert_eq!(price(cell), Err(code.to_owned()), "{cell}");
    }
    // A formula whose value is an empty text is empty, and empties.
    assert_eq!(price("<c t=\"str\"><f>\"\"</f><v></v></c>").as_deref(), Ok("NULL"));
}

#[test]
fn a_file_that_is_not_a_workbook_is_refused_and_the_others_are_imported() {
    let sst = |count: &str, texts: &str| Some(format!("<sst uniqueCount=\"{count}\">{texts}</sst>"));
    for count in ["4294967295", "18446744073709551615", "-1", "abc"] {
        let mut parts = Parts::rows(&[PRODUCT_HEAD, &["P1", "<c t=\"s\"><v>0</v></c>"]]);
        parts.strings = sst(count, "<si><t>&#33590;<![CDATA[酒]]></t></si>");
        let desk = Desk::new();
        assert_eq!(counts(&desk.import("products.xlsx", parts.build())), (1, 1, 0, 0, 0), "{count}");
        assert_eq!(
            desk.column(&PRODUCTS, "product_name"),
            ["茶酒"],
            "what it says of its number is not asked"
        );
    }
    let cell = |cell: &'static str| Parts::rows(&[PRODUCT_HEAD, &["P1", "x", cell]]);
    let deep = "<r>".repeat(100) + &"</r>".repeat(100);
    let long = "x".repeat(1_200_000);
    let mut broken = vec![
        cell("<c r=\"ZZZZ3\"><v>1</v></c>"),
        cell("<c r=\"A0\"><v>1</v></c>"),
        cell("<c r=\"A2\"><v>1</v></c>"),
        cell("<c><v>&foo;</v></c>"),
        cell("<c><v>1</c>"),
    ];
    for text in [deep.as_str(), long.as_str()] {
        let mut parts = cell("");
        parts.sheets[0].1 += &format!("<row><c t=\"inlineStr\"><is>{text}</is></c></row>");
        broken.push(parts);
        let mut parts = cell("");
        parts.strings = sst("1", &format!("<si><t>{text}</t></si>"));
        broken.push(parts);
    }
    for (at, parts) in broken.iter().enumerate() {
        let desk = Desk::new();
        desk.file("in/members.csv", "member_code,member_name\nM1,a\n");
        desk.file("in/products.xlsx", parts.build());
        let report = desk.import_path(&desk.folder.path().join("in"));
        assert_eq!(faults(&report), [(1, None, "broken_workbook")], "{at}: {report:?}");
        assert_eq!(report.files[0].new, 1, "{at}: {report:?}");
    }
}

#[test]
fn texts_beyond_a_rows_length_refuse_their_row() {
    // No single piece of it is long.
    let long = "abcdefgh<!-- -->".repeat(200_000);
    let cell = format!("<c t=\"inlineStr\"><is><t>{long}</t></is></c>");
    let rows = [PRODUCT_HEAD, &["P1", &cell], &["P2", "x"], &["P3", "<c t=\"s\"><v>0</v></c>"]];
    let mut parts = Parts::rows(&rows);
    parts.strings = Some(format!("<sst><si><t>{long}</t></si></sst>"));
    let desk = Desk::new();
    let report = desk.import("products.xlsx", parts.build());
    assert_eq!(faults(&report), [(2, None, "row_too_large"), (4, None, "row_too_large")], "{report:?}");
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P2"]);
}

#[test]
fn percentages_are_read_in_columns_of_percentages() {
    let rate = |cell: &str| {
        let desk = Desk::new();
        let row: &[&str] = &["S1", "1", "2026-01-01", "C1", "1", cell];
        let report = desk.import("sales.xlsx", Parts::rows(&[SALES_HEAD, row]).build());
        assert_eq!(faults(&report), [], "{cell}");
        desk.column(&SALES, "tax_rate").remove(0)
    };
    for (cell, scaled) in [
        ("<c s=\"2\"><v>0.1</v></c>", "100000"),
        ("<c s=\"2\"><v>0.08</v></c>", "80000"),
        ("<c s=\"3\"><v>0.105</v></c>", "105000"),
        ("<c><v>10</v></c>", "100000"),
        ("10%", "100000"),
    ] {
        assert_eq!(rate(cell), scaled, "{cell}");
    }
    let head: &[&str] = &["deal_no", "customer_code", "title", "probability"];
    for (cell, found) in [("<c s=\"2\"><v>0.5</v></c>", Some("50")), ("<c s=\"2\"><v>0.005</v></c>", None)] {
        let desk = Desk::new();
        let report = desk.import("deals.xlsx", Parts::rows(&[head, &["D1", "C1", "x", cell]]).build());
        assert_eq!(desk.column(&DEALS, "probability").first().map(String::as_str), found, "{report:?}");
    }
    let desk = Desk::new();
    let head: &[&str] = &["slip_no", "line_no", "sold_on", "customer_code", "amount", "quantity"];
    let row: &[&str] = &["S1", "<c s=\"2\"><v>1</v></c>", "2026-01-01", "C1", "1"];
    let report = desk.import("sales.xlsx", Parts::rows(&[head, row]).build());
    assert_eq!(faults(&report), [(2, Some("line_no"), "not_a_number")], "{report:?}");
}

#[test]
fn codes_are_read_as_displayed_or_refused() {
    let code = |cell: &str| {
        let desk = Desk::new();
        let rows: [&[&str]; 2] = [&["customer_code", "customer_name"], &[cell, "x"]];
        let report = desk.import("customers.xlsx", Parts::rows(&rows).build());
        match faults(&report).first() {
            Some((_, _, code)) => Err((*code).to_owned()),
            None => Ok(desk.column(&CUSTOMERS, "customer_code").remove(0)),
        }
    };
    for (cell, kept) in [
        ("<c><v>1</v></c>", "1"),
        ("<c s=\"4\"><v>1</v></c>", "00001"),
        ("<c s=\"5\"><v>600001</v></c>", "060-0001"),
        ("<c><v>999999999999999</v></c>", "999999999999999"),
        ("<c t=\"inlineStr\"><is><t>1234567890123456789</t></is></c>", "1234567890123456789"),
        ("<c t=\"inlineStr\"><is><t>2026-01-02</t></is></c>", "2026-01-02"),
    ] {
        assert_eq!(code(cell).as_deref(), Ok(kept), "{cell}");
    }
    for cell in [
        "<c><v>1000000000000000</v></c>",
        "<c><v>1234567890123456789</v></c>",
        "<c><v>1E+20</v></c>",
        "<c s=\"1\"><v>45000</v></c>",
        "<c t=\"d\"><v>2026-01-02</v></c>",
        "1.23457E+12",
    ] {
        assert_eq!(code(cell), Err("damaged_code".to_owned()), "{cell}");
    }
    let desk = Desk::new();
    let report = desk.import("customers.csv", "customer_code,customer_name\n1.23457E+12,x\n1E5,y\n");
    assert_eq!(faults(&report), [(2, Some("customer_code"), "damaged_code")], "of a text as well");
}

#[test]
fn dates_are_dates_whatever_calendar_and_time_they_have() {
    let day = |head: &'static str, cell: &str| {
        let desk = Desk::new();
        let row: &[&str] = &["S1", "1", cell, "C1", "1"];
        let mut parts = Parts::rows(&[SALES_HEAD, row]);
        parts.head = head;
        let report = desk.import("sales.xlsx", parts.build());
        match faults(&report).first() {
            Some((_, _, code)) => Err((*code).to_owned()),
            None => Ok(desk.column(&SALES, "sold_on").remove(0)),
        }
    };
    for cell in [
        "<c s=\"1\"><v>45982</v></c>",
        "<c s=\"1\"><v>45982.75</v></c>",
        "<c><v>45982</v></c>",
        "<c><v>45982.5</v></c>",
        "<c t=\"d\"><v>2025-11-21T00:00:00.000</v></c>",
        "<c t=\"d\"><v>2025-11-21T09:05:00Z</v></c>",
        "=&quot;2025/11/21&quot;",
    ] {
        assert_eq!(day("", cell).as_deref(), Ok("2025-11-21"), "{cell}");
    }
    let since_1904 = "<workbookPr date1904=\"1\"/><extLst><ext><x15:workbookPr xmlns:x15=\"x15\"/><workbookPr/></ext></extLst>\
                      <x15:workbookPr xmlns:x15=\"x15\"/><workbook xmlns=\"x\"><workbookPr date1904=\"0\"/></workbook>";
    for cell in ["<c s=\"1\"><v>44520</v></c>", "<c><v>44520</v></c>", "<c><v>44520.5</v></c>", "2025-11-21"]
    {
        assert_eq!(day(since_1904, cell).as_deref(), Ok("2025-11-21"), "{cell}");
    }
    for cell in
        ["<c s=\"1\"><v>60</v></c>", "<c s=\"1\"><v>0.5</v></c>", "<c s=\"1\"><v>-5</v></c>", "2026-10-3①"]
    {
        assert_eq!(day("", cell), Err("invalid_date".to_owned()), "{cell}");
    }
    // Numbers and codes of such a workbook are no days.
    let desk = Desk::new();
    let mut parts =
        Parts::rows(&[SALES_HEAD, &["S1", "1", "2026-01-01", "<c><v>44520</v></c>", "<c><v>44520</v></c>"]]);
    parts.head = since_1904;
    assert_eq!(faults(&desk.import("sales.xlsx", parts.build())), []);
    assert_eq!(desk.column(&SALES, "customer_code"), ["44520"]);
    assert_eq!(desk.column(&SALES, "amount"), ["445200000"]);
}

#[test]
fn hidden_sheets_are_skipped_and_reported() {
    let parts = |attributes: &[&str]| {
        let mut parts = Parts::rows(&[]);
        let rows = |at: usize| {
            let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
            let head: String = PRODUCT_HEAD[..2].iter().map(|name| cell(name)).collect();
            format!("<row>{head}</row><row>{}{}</row>", cell(&format!("P{at}")), cell("x"))
        };
        let sheet = |(at, text): (usize, &&str)| ((*text).to_owned(), rows(at));
        parts.sheets = attributes.iter().enumerate().map(sheet).collect();
        parts.build()
    };
    let desk = Desk::new();
    let hidden = parts(&["name=\"A\" state=\"veryHidden\"", "name=\"B\"", "name=\"C\" state=\"hidden\""]);
    let report = desk.import("products.xlsx", &hidden);
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P1"]);
    let [warning] = report.warnings.as_slice() else { panic!("{report:?}") };
    assert_eq!((warning.code, warning.count), ("hidden_sheet", 2));
    assert!(
        warning.message.text(Lang::En).contains("A, C") && warning.message.text(Lang::En).contains("--sheet"),
        "{warning:?}"
    );
    let settings = ImportSettings { sheet: Some("A".to_owned()), ..ImportSettings::default() };
    assert_eq!(desk.import_with("products.xlsx", &hidden, &settings).warnings, []);
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P0", "P1"]);
    let report = desk.import("products.xlsx", parts(&["name=\"A\" state=\"hidden\""]));
    assert_eq!(faults(&report), [(1, None, "empty_file")]);
    assert!(report.errors[0].message.text(Lang::En).contains("hidden sheets (A)"), "{report:?}");
    let report = desk.import("products.xlsx", parts(&["name=\"Ä1\"", "name=\"ä1\""]));
    assert_eq!(faults(&report), [(1, None, "broken_workbook")]);
    assert!(report.errors[0].message.text(Lang::En).contains("two sheets are called"), "{report:?}");
}

#[test]
fn a_workbook_under_another_name_is_recognized() {
    let book = Parts::rows(&[PRODUCT_HEAD, &["P1", "x"]]).build();
    let ole = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 4096]].concat();
    for (name, bytes, told) in [
        ("products.csv", &book, "give it a name ending in .xlsx"),
        ("products.csv", &ole, "save it as .xlsx"),
        ("products.xls", &ole, "save it as .xlsx"),
        ("products.xlsx", &ole, "Excel 97 to 2003"),
    ] {
        let report = Desk::new().import(name, bytes);
        assert_eq!(faults(&report), [(1, None, "broken_workbook")], "{name}");
        assert!(report.errors[0].message.text(Lang::En).contains(told), "{name}: {report:?}");
    }
}

#[test]
fn extension_fields_read_cells_as_columns_do() {
    let desk = Desk::new();
    desk.import(
        "extension_fields.csv",
        "dataset,field_code,label_ja,kind\nproducts,since,発売日,date\nproducts,note,覚書,text\n",
    );
    let head: &[&str] = &["product_code", "product_name", "since", "note"];
    let rows: [&[&str]; 4] = [
        head,
        &["P1", "x", "<c s=\"1\"><v>45982.5</v></c>", "<c s=\"1\"><v>45982</v></c>"],
        &["P2", "x", "<c t=\"e\"><v>#N/A</v></c>", "<c t=\"e\"><v>#N/A</v></c>"],
        &["P3", "x", "", "<c><f>1</f></c>"],
    ];
    let report = desk.import("products.xlsx", Parts::rows(&rows).build());
    let codes: Vec<_> = faults(&report).into_iter().map(|(line, _, code)| (line, code)).collect();
    assert_eq!(codes, [(3, "error_cell"), (3, "error_cell"), (4, "no_cached_value")], "{report:?}");
    let kept = desk.column(dataset::by_name("extension_values").unwrap(), "value");
    assert_eq!(kept, ["2025-11-21", "2025-11-21"]);
}
