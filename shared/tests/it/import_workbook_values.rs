//! Cells of workbooks whose value is not simply what stands in them: formulas that were never computed, merged cells,
//! lengths of time.

use crate::import_support::workbook::Parts;
use crate::import_support::{Desk, counts, faults, in_both_languages};
use shared::dataset::{CUSTOMERS, PRODUCTS, SALES, TIME_ENTRIES};

const PRODUCT_HEAD: &[&str] = &["product_code", "product_name", "unit_price"];

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn placeholders_of_formulas_that_are_yet_to_be_computed_are_refused() {
    let code = |head: &'static str, cell: &str| {
        let desk = Desk::new();
        let mut parts = Parts::rows(&[PRODUCT_HEAD, &["P1", "x", cell]]);
        parts.head = head;
        let report = desk.import("products.xlsx", parts.build());
        report.errors.iter().for_each(in_both_languages);
        match faults(&report).first() {
            Some((_, _, code)) => Err((*code).to_owned()),
            None => Ok(desk.column(&PRODUCTS, "unit_price").remove(0)),
        }
    };
    let stale = "<calcPr fullCalcOnLoad=\"1\"/>";
    for head in [stale, "<calcPr fullCalcOnLoad=\"true\"/>", "<calcPr calcCompleted=\"0\"/>"] {
        for cell in [
            "<c><f>A1</f><v>0</v></c>",
            "<c><f>A1</f><v>0.0</v></c>",
            "<c><f>A1</f></c>",
            "<c t=\"str\"><f>A1</f><v></v></c>",
            "<c t=\"str\"><f>A1</f><v>0</v></c>",
            "<c t=\"b\"><f>A1</f><v>0</v></c>",
        ] {
            assert_eq!(code(head, cell), Err("no_cached_value".to_owned()), "{head} {cell}");
        }
        assert_eq!(code(head, "<c><f>A1</f><v>7</v></c>").as_deref(), Ok("70000"), "a value is there");
        assert_eq!(code(head, "<c><v>0</v></c>").as_deref(), Ok("0"), "no formula");
    }
    for head in ["", "<calcPr fullCalcOnLoad=\"0\"/>", "<x:calcPr xmlns:x=\"x\" fullCalcOnLoad=\"1\"/>"] {
        assert_eq!(code(head, "<c><f>A1</f><v>0</v></c>").as_deref(), Ok("0"), "{head}");
    }
    // The formula of several cells stands in the first of them.
    let desk = Desk::new();
    let rows: [&[&str]; 3] = [
        PRODUCT_HEAD,
        &["P1", "x", "<c r=\"C2\"><f t=\"array\" ref=\"C2:C3\">A1</f><v>0</v></c>"],
        &["P2", "y", "<c r=\"C3\"><v>0</v></c>"],
    ];
    let mut parts = Parts::rows(&rows);
    parts.head = stale;
    let report = desk.import("products.xlsx", parts.build());
    assert_eq!(faults(&report).iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [2, 3], "{report:?}");
}

#[test]
fn merged_cells_stand_beside_every_row_that_they_span() {
    let desk = Desk::new();
    let rows: [&[&str]; 5] = [
        &["customer_code", "customer_name", "industry", "account_owner"],
        &["C1", "a", "小売", "佐藤"],
        &["C2", "b"],
        &["C3", "c"],
        &["C4", "d", "卸"],
    ];
    let mut parts = Parts::rows(&rows);
    parts.tail = "<mergeCells><mergeCell ref=\"D2:D4\"/><mergeCell ref=\"C2:C4\"/><mergeCell ref=\"F1:F9\"/></mergeCells>";
    let report = desk.import("customers.xlsx", parts.build());
    assert_eq!(counts(&report), (4, 4, 0, 0, 0), "{report:?}");
    assert_eq!(desk.column(&CUSTOMERS, "industry"), ["小売", "小売", "小売", "卸"]);
    assert_eq!(desk.column(&CUSTOMERS, "account_owner"), ["佐藤", "佐藤", "佐藤", "NULL"]);
    assert_eq!(counts(&desk.import("customers.xlsx", parts.build())), (4, 0, 0, 4, 0));
}

#[test]
fn a_merged_key_is_that_of_each_row_and_a_merged_amount_of_none() {
    let head: &[&str] = &["slip_no", "line_no", "sold_on", "customer_code", "amount"];
    let import = |tail: &'static str| {
        let desk = Desk::new();
        let rows: [&[&str]; 4] = [
            head,
            &["S1", "1", "<c s=\"1\"><v>45982</v></c>", "C1", "<c><v>100</v></c>"],
            &[&cell("B3", "2"), &cell("E3", "200")],
            &["S2", "1", "2026-10-01", "C2", "5"],
        ];
        let mut parts = Parts::rows(&rows);
        parts.tail = tail;
        let report = desk.import("sales.xlsx", parts.build());
        report.errors.iter().for_each(in_both_languages);
        let stored = desk
            .rows(&SALES)
            .iter()
            .map(|row| format!("{}/{}/{}", row[0], row[1], row[2]))
            .collect::<Vec<_>>();
        (
            faults(&report).iter().map(|(line, _, code)| (*line, (*code).to_owned())).collect::<Vec<_>>(),
            stored,
        )
    };
    let keys = "<mergeCells><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"C2:C3\"/><mergeCell ref=\"D2:D3\"/></mergeCells>";
    let (refused, stored) = import(keys);
    assert_eq!(refused, []);
    assert_eq!(stored.len(), 3, "{stored:?}");
    let amount = "<mergeCells><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"C2:C3\"/><mergeCell ref=\"D2:E3\"/></mergeCells>";
    let (refused, stored) = import(amount);
    assert_eq!(refused, [(2, "merged_cell".to_owned()), (3, "merged_cell".to_owned())]);
    assert_eq!(stored.len(), 1, "{stored:?}");
    let total = "<mergeCells><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"C2:C3\"/><mergeCell ref=\"D2:D3\"/>\
                 <mergeCell ref=\"E2:E3\"/></mergeCells>";
    let (refused, stored) = import(total);
    assert_eq!(refused, [(2, "merged_cell".to_owned()), (3, "merged_cell".to_owned())]);
    assert_eq!(stored.len(), 1, "{stored:?}");
}

#[test]
fn titles_over_several_columns_and_rows_of_two_lines_do_no_harm() {
    let desk = Desk::new();
    let rows: [&[&str]; 4] = [&["商品一覧"], PRODUCT_HEAD, &["P1", "x", "5"], &["P2", "y", "6"]];
    let mut parts = Parts::rows(&rows);
    // The row below P2 has no cells of its own.
    parts.tail = "<mergeCells><mergeCell ref=\"A1:Z1\"/><mergeCell ref=\"C4:C5\"/><mergeCell ref=\"C3:Q3\"/></mergeCells>";
    let report = desk.import("products.xlsx", parts.build());
    assert_eq!(counts(&report), (2, 2, 0, 0, 0), "{report:?}");
    assert_eq!(desk.column(&PRODUCTS, "unit_price"), ["50000", "60000"]);
}

#[test]
fn lengths_of_time_are_hours() {
    let hours = |cell: &str| {
        let desk = Desk::new();
        let head: &[&str] = &["entry_no", "project_code", "member_code", "worked_on", "hours"];
        let row: &[&str] = &["E1", "P1", "M1", "2026-10-01", cell];
        let report = desk.import("time_entries.xlsx", Parts::rows(&[head, row]).build());
        match faults(&report).first() {
            Some((_, _, code)) => Err((*code).to_owned()),
            None => Ok(desk.column(&TIME_ENTRIES, "hours").remove(0)),
        }
    };
    for (cell, stored) in [
        ("<c s=\"7\"><v>0.0625</v></c>", "15000"),
        ("<c s=\"6\"><v>0.25</v></c>", "60000"),
        ("<c s=\"7\"><v>1</v></c>", "240000"),
        ("<c s=\"7\"><v>1.0625</v></c>", "255000"),
        ("<c s=\"7\"><v>0.3229166666666667</v></c>", "77500"),
        ("<c><v>7.75</v></c>", "77500"),
    ] {
        assert_eq!(hours(cell).as_deref(), Ok(stored), "{cell}");
    }
    let desk = Desk::new();
    let rows: [&[&str]; 2] = [PRODUCT_HEAD, &["P1", "x", "<c s=\"7\"><v>0.0625</v></c>"]];
    let report = desk.import("products.xlsx", Parts::rows(&rows).build());
    assert_eq!(faults(&report), [(2, Some("unit_price"), "not_a_number")]);
}
