//! Two customers become one and two again: everything follows, and an undo restores every byte.

use crate::import_support::{Desk, options};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use shared::dataset::{ADDRESSES, CONTACTS, CUSTOMERS, DATASETS, Dataset, SALES, references_of};
use shared::export::{ExportSettings, export_files};
use shared::phone::PhoneNumber;
use shared::store::{MergeEntry, MergeOutcome, Rule, StoreError};

fn at() -> DateTime<Utc> {
    options().at
}

fn merge(desk: &Desk, keep: &str, drop: &str, fill: bool) -> Result<MergeOutcome, StoreError> {
    let done = desk.store.write(|tx| tx.merge(keep, drop, fill, at()))?;
    desk.store.refresh_stale_cards(options().today, 10_000)?;
    Ok(done)
}

fn undo(desk: &Desk, merge_id: i64) -> Result<MergeEntry, StoreError> {
    let undone = desk.store.write(|tx| tx.undo_merge(merge_id, at()))?;
    desk.store.refresh_stale_cards(options().today, 10_000)?;
    Ok(undone)
}

/// Every exported byte, in the order of the data sets.
fn exported(desk: &Desk, folder: &str) -> Vec<(String, String)> {
    let folder = desk.folder.path().join(folder);
    let mut reader = desk.store.reader().unwrap();
    let files = export_files(&mut reader, DATASETS, &folder, &ExportSettings::default()).unwrap();
    let text = |file: &shared::export::ExportedFile| std::fs::read_to_string(&file.file).unwrap();
    files.iter().map(|file| (file.dataset.clone(), text(file))).collect()
}

fn cards(desk: &Desk) -> Vec<Option<String>> {
    let mut reader = desk.store.reader().unwrap();
    assert!(reader.verify_cards(&mut |_| {}).unwrap().different.is_empty());
    let codes = ["C1", "C2", "C3"];
    codes.map(|code| reader.card(code, options().today).unwrap().map(|card| card.body)).to_vec()
}

fn owners(desk: &Desk, number: &str) -> Vec<String> {
    let found = desk.store.reader().unwrap().match_phone(&PhoneNumber::parse(number).unwrap()).unwrap();
    found.into_iter().filter_map(|candidate| candidate.customer_code).collect()
}

/// Three customers; C1 and C2 are one.
fn company() -> Desk {
    let desk = Desk::new();
    desk.import(
        "customers.csv",
        "customer_code,customer_name,name_kana,industry,internal_memo\nC1,青葉,,酒販,\nC2,青葉酒販,アオバ,飲食,要注意\nC3,白樺,,,\n",
    );
    desk.import(
        "contacts.csv",
        "customer_code,purpose,person_name,phone,email\n\
         C1,sales,山田,03-1234-5678,\nC2,sales,山田,03-1234-5678,y@x.example\nC2,billing,,03-1234-9999,\n",
    );
    desk.import(
        "addresses.csv",
        "customer_code,kind,address_no,street,is_default\n\
         C1,ship_to,1,一番町,1\nC2,ship_to,1,二番町,1\nC2,ship_to,2,三番町,0\nC1,head_office,1,本町,0\nC2,head_office,1,本町,0\n",
    );
    desk.import(
        "sales.csv",
        "slip_no,line_no,sold_on,customer_code,related_customer_1,related_customer_2,amount\n\
         S1,1,2026-01-05,C1,,,10\nS2,1,2026-02-05,C2,,,20\nS3,1,2026-03-05,C3,C2,C1,30\nS4,1,2026-03-06,C2,C1,C3,40\n",
    );
    desk.import("quotes.csv", "quote_no,customer_code,quoted_on\nQ1,C2,2026-01-05\n");
    desk
}

#[test]
fn a_merge_moves_every_reference_to_the_kept_customer() {
    let desk = company();
    let changes = desk.store.reader().unwrap().change_no().unwrap();
    let done = merge(&desk, "C1", "C2", false).unwrap();
    let moved = |dataset: &str| {
        let found = done.moves.iter().find(|moved| moved.dataset == dataset).unwrap();
        (found.rows, found.removed)
    };
    assert_eq!((moved("sales"), moved("quotes"), moved("contacts")), ((3, 0), (1, 0), (1, 1)));
    assert_eq!(moved("addresses"), (2, 1));
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C1", "C3"]);
    assert_eq!(desk.column(&SALES, "customer_code"), ["C1", "C1", "C3", "C1"]);
    // A customer has one part in a sale.
    assert_eq!(desk.column(&SALES, "related_customer_1"), ["NULL", "NULL", "C1", "NULL"]);
    assert_eq!(desk.column(&SALES, "related_customer_2"), ["NULL", "NULL", "NULL", "C3"]);
    let addresses: Vec<String> = desk
        .rows(&ADDRESSES)
        .iter()
        .map(|row| format!("{}/{}/{} {} {}", row[0], row[1], row[2], row[7], row[9]))
        .collect();
    // The same head office once; another ship-to address gets the next number; one default stays.
    assert_eq!(
        addresses,
        [
            "C1/head_office/1 本町 0",
            "C1/ship_to/1 一番町 1",
            "C1/ship_to/2 三番町 0",
            "C1/ship_to/3 二番町 0",
        ]
    );
    assert_eq!(owners(&desk, "03-1234-9999"), ["C1"]);
    assert_eq!(owners(&desk, "03-1234-5678"), ["C1"]);
    assert!(cards(&desk)[1].is_none());
    // The mirror hears of the months of the rows that moved, and of no other.
    let heard = desk.store.reader().unwrap().dataset_changes().unwrap();
    let heard: Vec<&str> = heard
        .iter()
        .filter(|change| change.dataset == "sales" && change.change_no > changes)
        .map(|change| change.month.as_str())
        .collect();
    assert_eq!(heard, ["2026-02", "2026-03"]);
    assert_eq!(desk.column(&CONTACTS, "email"), ["NULL", "NULL"], "nothing is filled unasked");
}

#[test]
fn undoing_a_merge_restores_every_row_and_card() {
    let desk = company();
    let (before, shown) = (exported(&desk, "before"), cards(&desk));
    let done = merge(&desk, "C1", "C2", true).unwrap();
    assert_eq!(done.filled, ["name_kana", "internal_memo"]);
    assert_eq!(desk.column(&CONTACTS, "email").iter().filter(|mail| *mail == "y@x.example").count(), 1);
    assert_ne!(exported(&desk, "merged"), before);
    undo(&desk, done.merge_id).unwrap();
    assert_eq!(exported(&desk, "after"), before);
    assert_eq!(cards(&desk), shown);
    assert_eq!(owners(&desk, "03-1234-9999"), ["C2"]);
    assert_eq!(owners(&desk, "03-1234-5678"), ["C1", "C2"]);
    let again = undo(&desk, done.merge_id).unwrap_err().to_string();
    assert!(again.contains("was undone"), "{again}");
    let merges = desk.store.reader().unwrap().merges().unwrap();
    assert_eq!((merges.len(), merges[0].undone_at.is_some()), (1, true));
}

#[test]
fn an_undo_is_refused_when_a_later_write_moved_a_row() {
    let desk = company();
    let done = merge(&desk, "C1", "C2", false).unwrap();
    // Another column of a row that moved is no obstacle, a row that went elsewhere is.
    desk.import("sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS2,1,2026-02-05,C1,21\n");
    desk.import("quotes.csv", "quote_no,customer_code,quoted_on\nQ1,C3,2026-01-05\n");
    let before = exported(&desk, "before");
    let refused = undo(&desk, done.merge_id).unwrap_err().to_string();
    assert!(refused.contains("quotes Q1: customer_code"), "{refused}");
    assert_eq!(exported(&desk, "after"), before, "all or nothing");
    desk.import("quotes.csv", "quote_no,customer_code,quoted_on\nQ1,C2,2026-01-05\n");
    undo(&desk, done.merge_id).unwrap();
    assert_eq!(desk.column(&SALES, "amount")[1], "210000", "the later write stays");
}

#[test]
fn undo_does_not_overwrite_a_recreated_customer() {
    let desk = company();
    let done = merge(&desk, "C1", "C2", false).unwrap();
    desk.import("customers.csv", "customer_code,customer_name\nC2,別の会社\n");
    let refused = undo(&desk, done.merge_id).unwrap_err().to_string();
    assert!(refused.contains("customers C2: it was added again"), "{refused}");
}

#[test]
fn stacked_merges_are_undone_last_first() {
    let desk = company();
    let before = exported(&desk, "before");
    let first = merge(&desk, "C1", "C2", false).unwrap();
    let second = merge(&desk, "C3", "C1", false).unwrap();
    let codes = desk.store.write(|tx| tx.merged_codes()).unwrap();
    assert_eq!((codes["C1"].as_str(), codes["C2"].as_str()), ("C3", "C3"));
    let refused = undo(&desk, first.merge_id).unwrap_err().to_string();
    assert!(refused.contains(&format!("merge {} came after it", second.merge_id)), "{refused}");
    undo(&desk, second.merge_id).unwrap();
    undo(&desk, first.merge_id).unwrap();
    assert_eq!(exported(&desk, "after"), before);
}

#[test]
fn merging_with_itself_or_an_unknown_customer_is_refused() {
    let desk = company();
    for (keep, drop, reason) in
        [("C1", "C9", "no customer C9"), ("C9", "C1", "no customer C9"), ("C1", "C1", "itself")]
    {
        let refused = merge(&desk, keep, drop, false).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
    }
    assert!(desk.store.reader().unwrap().merges().unwrap().is_empty());
    assert!(undo(&desk, 7).unwrap_err().to_string().contains("no merge 7"));
}

#[test]
fn extension_fields_move_with_their_rows() {
    let desk = company();
    desk.import(
        "extension_values.csv",
        "dataset,row_key,field_code,value\n\
         customers,C1,size,L\ncustomers,C2,size,S\ncustomers,C2,floor,3\naddresses,C2/ship_to/1,dock,B\nquotes,Q1,note,x\n",
    );
    let before = exported(&desk, "before");
    let values = DATASETS.iter().find(|dataset| dataset.name == "extension_values").unwrap();
    let keys =
        |desk: &Desk| -> Vec<String> { desk.rows(values).iter().map(|row| row[..4].join(" ")).collect() };
    let done = merge(&desk, "C1", "C2", false).unwrap();
    assert_eq!(keys(&desk), ["addresses C1/ship_to/3 dock B", "customers C1 size L", "quotes Q1 note x"]);
    undo(&desk, done.merge_id).unwrap();
    assert_eq!(exported(&desk, "after"), before);
    merge(&desk, "C1", "C2", true).unwrap();
    assert!(keys(&desk).contains(&"customers C1 floor 3".to_owned()), "filled when asked");
}

#[test]
fn a_later_import_of_a_merged_customer_is_warned_of_or_follows() {
    use shared::import::ImportOptions;
    let desk = company();
    merge(&desk, "C1", "C2", false).unwrap();
    merge(&desk, "C3", "C1", false).unwrap();
    let sales = "slip_no,line_no,sold_on,customer_code,related_customer_1,amount\nS8,1,2026-01-05,C2,,1\nS9,1,2026-01-05,C3,C1,1\n";
    let report = desk.import("sales.csv", sales);
    let warning = report.warnings.iter().find(|warning| warning.code == "merged_customer").unwrap();
    assert_eq!((warning.count, warning.line), (2, Some(2)));
    assert_eq!(desk.column(&SALES, "customer_code")[4..], ["C2", "C3"], "as the file says");

    let follow = ImportOptions { follow_merges: true, ..options() };
    let paths = [
        desk.file("sales.csv", sales),
        desk.file("customers.csv", "customer_code,customer_name\nC2,古い名前\nC4,新しい\n"),
    ];
    let report = desk.import_paths(&paths, &follow).unwrap();
    assert_eq!(desk.column(&SALES, "customer_code")[4..], ["C3", "C3"]);
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C3", "C4"]);
    assert_eq!(desk.column(&CUSTOMERS, "customer_name")[0], "白樺", "the record of C2 overwrites nobody");
    let customers = report.files.iter().find(|file| file.dataset == "customers").unwrap();
    assert_eq!((customers.read, customers.new, customers.unchanged), (2, 1, 1));
    assert_eq!(report.warnings.iter().filter(|warning| warning.code == "merged_customer").count(), 2);
}

/// A file of a data set in which every column that names a customer names one of three, and keys are few.
fn random_file(dataset: &'static Dataset, seeds: &[(u8, u8, u8)]) -> String {
    use shared::dataset::ColumnKind;
    let named: Vec<&str> = references_of(dataset)
        .iter()
        .filter(|reference| reference.target.name == "customers")
        .map(|reference| reference.column)
        .collect();
    let header: Vec<&str> = dataset.columns.iter().map(|column| column.name).collect();
    let mut text = header.join(",");
    for (row, (customer, key, value)) in seeds.iter().enumerate() {
        let cells = dataset.columns.iter().enumerate().map(|(at, column)| {
            if named.contains(&column.name) {
                return format!("C{}", (usize::from(*customer) + at * usize::from(*value)) % 3 + 1);
            }
            let key_part = dataset.key.contains(&column.name);
            let number = if key_part { usize::from(*key) } else { usize::from(*value) };
            match column.kind {
                ColumnKind::Choice(choices) | ColumnKind::OpenChoice(choices) => {
                    choices[number % choices.len()].0.to_owned()
                }
                ColumnKind::Date => format!("2026-0{}-15", number % 9 + 1),
                ColumnKind::Instant => format!("2026-0{}-15T03:00:00Z", number % 9 + 1),
                ColumnKind::Flag => (number % 2).to_string(),
                ColumnKind::Integer | ColumnKind::Decimal => (number + 1).to_string(),
                ColumnKind::Color => format!("#00000{}", number % 10),
                ColumnKind::Phone => format!("03-1234-567{}", number % 10),
                // A key that names no customer is unique by its row.
                _ if key_part && !dataset.key.iter().any(|name| named.contains(name)) => format!("K{row}"),
                _ => format!("t{number}"),
            }
        });
        text.push('\n');
        text.push_str(&cells.collect::<Vec<_>>().join(","));
    }
    text.push('\n');
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Over every data set that is declared: nothing is lost, nobody names the dropped customer, the cards hold,
    /// and an undo gives back every byte.
    #[test]
    fn merge_then_undo_changes_nothing(
        seeds in prop::collection::vec((0..3_u8, 0..3_u8, 0..4_u8), 1..8),
        (keep, drop) in prop_oneof![Just(("C1", "C2")), Just(("C2", "C1")), Just(("C3", "C1"))],
        fill in any::<bool>(),
    ) {
        let desk = Desk::new();
        desk.import("customers.csv", "customer_code,customer_name,name_kana\nC1,一,イチ\nC2,二,\nC3,三,サン\n");
        for dataset in DATASETS.iter().filter(|dataset| dataset.name != "customers") {
            desk.import(&format!("{}.csv", dataset.name), random_file(dataset, &seeds));
        }
        let (before, shown) = (exported(&desk, "before"), cards(&desk));
        let rows = |desk: &Desk| -> Vec<u64> {
            let mut reader = desk.store.reader().unwrap();
            DATASETS.iter().map(|dataset| reader.control_total(dataset, None).unwrap().rows).collect()
        };
        let counted = rows(&desk);
        prop_assert!(counted.iter().all(|rows| *rows > 0), "every data set takes part: {:?}", counted);
        let done = merge(&desk, keep, drop, fill).unwrap();
        cards(&desk);
        let removed = |name: &str| done.moves.iter().find(|moved| moved.dataset == name).map_or(0, |moved| moved.removed);
        for ((dataset, before), after) in DATASETS.iter().zip(&counted).zip(rows(&desk)) {
            match dataset.name {
                "customers" => prop_assert_eq!(after + 1, *before),
                "extension_values" => {}
                name => prop_assert_eq!(after + removed(name), *before, "{}", name),
            }
        }
        let mut orphans = Vec::new();
        desk.store.reader().unwrap().check(Rule::Orphan, &mut |finding| {
            orphans.extend(finding.facts.into_iter().filter(|fact| fact.0 == "value" && fact.1 == drop));
            std::ops::ControlFlow::Continue(())
        }).unwrap();
        prop_assert!(orphans.is_empty(), "{:?}", orphans);
        undo(&desk, done.merge_id).unwrap();
        prop_assert_eq!(exported(&desk, "after"), before);
        prop_assert_eq!(cards(&desk), shown);
    }
}
