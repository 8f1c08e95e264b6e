//! The company's ranks as a file: names, order and colours; what is in doubt is said, and what customers have stays.

use crate::import_support::{Desk, faults, in_both_languages, options};
use shared::dataset::RANKS;
use shared::export::{ExportSettings, export_files};
use shared::import::{ImportOptions, ImportReport, SnapshotOptions};
use shared::store::{AuditFilter, RankEntry};

fn ranks(desk: &Desk) -> Vec<String> {
    let shown = |RankEntry { rank, color }: RankEntry| match color {
        Some(color) => format!("{rank} {color}"),
        None => rank,
    };
    desk.store.reader().unwrap().rank_entries().unwrap().into_iter().map(shown).collect()
}

fn changes(report: &ImportReport) -> (u64, u64, u64) {
    (report.files[0].new, report.files[0].changed, report.files[0].unchanged)
}

#[test]
fn a_file_gives_the_ranks_their_order_and_their_colours() {
    let desk = Desk::new();
    assert_eq!(ranks(&desk), ["S", "A", "B", "C"]);
    // By its name, or by its headers; the rows in any order, and ranks change places.
    let content = "ランク,順位,表示色\nC,5,\nA,2,#0b63bd\n特A,1,#FFD700\nS,3,\nB,4,#850\n";
    for name in ["ランクマスター.csv", "x.csv"] {
        let report = desk.import(name, content);
        assert_eq!((faults(&report), report.warnings.len()), (vec![], 0), "{report:?}");
        assert_eq!(report.files[0].dataset, "ranks");
    }
    let wanted = ["特A #ffd700", "A #0b63bd", "S", "B #885500", "C"];
    assert_eq!(ranks(&desk), wanted);
    assert_eq!(desk.store.reader().unwrap().rank_master().unwrap().ranks(), ["特A", "A", "S", "B", "C"]);
    assert_eq!(changes(&desk.import("ranks.csv", content)), (0, 0, 5));
    // Exported and imported again it is the same, also in a new store.
    let folder = desk.folder.path().join("out");
    let files =
        export_files(&mut desk.store.reader().unwrap(), &[&RANKS], &folder, &ExportSettings::default());
    let other = Desk::new();
    other.import_path(&files.unwrap()[0].file);
    assert_eq!(ranks(&other), wanted);
}

#[test]
fn another_order_makes_cards_stale_and_is_audited_once() {
    let desk = Desk::new();
    desk.import("customers.csv", "顧客コード,顧客名,ランク\nC1,赤木,A\n");
    let reader = || desk.store.reader().unwrap();
    let audited = || {
        let mut found = Vec::new();
        let filter = AuditFilter { action: Some("rank_master".to_owned()), ..AuditFilter::default() };
        let each = &mut |entry: shared::store::AuditEntry| {
            found.push(entry.detail.unwrap_or_default());
            std::ops::ControlFlow::Continue(())
        };
        reader().audit_trail(&filter, each).unwrap();
        found
    };
    let report = desk.import("ranks.csv", "rank,position\nA,1\nS,2\n");
    assert_eq!(changes(&report), (0, 2, 0));
    assert_eq!(audited(), ["A > S > B > C"]);
    assert!(reader().verify_cards(&mut |_| ()).unwrap().different.is_empty());
    desk.import("ranks.csv", "rank,position\nA,1\nS,2\n");
    assert_eq!(audited().len(), 1, "nothing changed");
}

#[test]
fn ranks_with_one_position_are_named_and_wrong_colours_refused() {
    let desk = Desk::new();
    let report = desk.import("ranks.csv", "rank,position,color\n特A,1,\nD,5,gold\nE,x,\n,6,\n");
    assert_eq!(
        faults(&report),
        [
            (3, Some("color"), "not_a_color"),
            (4, Some("position"), "not_a_number"),
            (5, Some("rank"), "required")
        ]
    );
    report.errors.iter().for_each(in_both_languages);
    let [warning] = report.warnings.as_slice() else { panic!("{report:?}") };
    assert_eq!((warning.code, warning.count), ("rank_order", 2), "S had position 1");
    assert_eq!(desk.store.reader().unwrap().ranks_in_doubt().unwrap(), ["S", "特A"]);
    assert_eq!(desk.import("ranks.csv", "rank,position\nS,6\n").warnings, []);
}

#[test]
fn a_snapshot_removes_no_rank_that_customers_have() {
    let desk = Desk::new();
    desk.import("customers.csv", "顧客コード,顧客名,ランク\nC1,赤木,B\n");
    let path = desk.file("ranks.csv", "rank,position\n特A,1\n");
    let whole = SnapshotOptions { by_month: false, max_ratio: "1".parse().unwrap() };
    let report = desk.import_paths(&[path], &ImportOptions { snapshot: Some(whole), ..options() }).unwrap();
    assert_eq!(ranks(&desk), ["特A", "B"], "{report:?}");
    assert_eq!(report.files[0].snapshot.as_ref().unwrap().kept, 1);
    assert!(desk.store.reader().unwrap().verify_cards(&mut |_| ()).unwrap().different.is_empty());
}

#[test]
fn a_list_of_customers_with_their_ranks_is_no_rank_master() {
    let desk = Desk::new();
    let report = desk.import("x.csv", "顧客コード,顧客ランク\nC1,A\n");
    assert_eq!(report.files[0].dataset, "customers", "{report:?}");
}
