//! The sample company: the same bytes from the same seed, imported without a refusal, with everything in it that
//! a company's data has.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use analytics::sample::{SampleArgs, generate};
use chrono::{NaiveDate, TimeZone, Utc};
use shared::card::CustomerCard;
use shared::dataset::{CONTACTS, CUSTOMERS, DATASETS, Dataset, INQUIRIES, SALES, by_name};
use shared::import::{ImportOptions, ImportReport, ImportSettings, import_files};
use shared::phone::PhoneNumber;
use shared::sales::SlipStatus;
use shared::store::Store;

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/sample")
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn arguments(out: &Path) -> SampleArgs {
    SampleArgs {
        customers: 1_000,
        lines: 16_000,
        months: 36,
        seed: 1,
        out: out.to_owned(),
        end: date("2026-10-31"),
        cp932: true,
    }
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap();
            found.extend(files(&path).into_iter().map(|file| Path::new(name).join(file)));
        } else {
            found.insert(path.file_name().unwrap().into());
        }
    }
    found
}

#[test]
fn the_committed_sample_is_what_the_seed_gives() {
    let folder = tempfile::tempdir().unwrap();
    if std::env::var_os("CHAKUDEN_WRITE_SAMPLE").is_some() {
        generate(&arguments(&committed()), &mut |_| {}).unwrap();
    }
    generate(&arguments(folder.path()), &mut |_| {}).unwrap();
    assert_eq!(files(folder.path()), files(&committed()));
    let mut bytes = 0;
    for file in files(folder.path()) {
        let made = std::fs::read(folder.path().join(&file)).unwrap();
        bytes += made.len();
        assert!(made == std::fs::read(committed().join(&file)).unwrap(), "{} differs", file.display());
    }
    assert!(bytes < 4 << 20, "{bytes} bytes are too many for a repository");
}

fn import(store: &Store, folder: &Path) -> ImportReport {
    let options = ImportOptions {
        at: Utc.with_ymd_and_hms(2026, 10, 31, 3, 0, 0).unwrap(),
        today: date("2026-10-31"),
        refresh_cards: true,
        snapshot: None,
        corrects: None,
        follow_merges: false,
    };
    import_files(store, &[folder.to_owned()], &options, &ImportSettings::default(), &mut |_| {}).unwrap()
}

fn imported() -> (tempfile::TempDir, Store) {
    let (folder, store) = test_support::new_store();
    let report = import(&store, &committed());
    // The same files in another form are in a separate folder, which is reported.
    let others: Vec<_> = report.warnings.iter().filter(|warning| !warning.file.ends_with("cp932")).collect();
    assert_eq!((report.errors.as_slice(), others.as_slice()), (&[][..], &[][..]));
    (folder, store)
}

fn each(store: &Store, dataset: &'static Dataset, columns: &[&str], mut work: impl FnMut(&[String])) {
    let at: Vec<usize> = columns.iter().map(|name| dataset.column_index(name).unwrap()).collect();
    let mut reader = store.reader().unwrap();
    let scanned = reader.scan(dataset, None, &mut |row| {
        let cell = |at: usize| {
            let number = || row.integer(at).map(|number| number.to_string());
            row.text(at).map(str::to_owned).or_else(number).unwrap_or_default()
        };
        work(&at.iter().map(|&at| cell(at)).collect::<Vec<_>>());
        ControlFlow::Continue(())
    });
    scanned.unwrap();
}

#[test]
fn the_sample_is_imported_without_refusals_and_again_without_changes() {
    let (_folder, store) = imported();
    let again = import(&store, &committed());
    assert_eq!(again.files.len(), DATASETS.len());
    for file in &again.files {
        assert_eq!((file.new, file.changed, file.refused), (0, 0, 0), "{}", file.file);
        assert!(file.read > 0, "{} is empty", file.file);
        let reader = &mut store.reader().unwrap();
        let total = reader.control_total(by_name(&file.dataset).unwrap(), None).unwrap();
        assert_eq!(total.rows, file.read, "{}", file.file);
        if let (Some(amount), Some(sums)) = (total.amount, file.sums.get("amount")) {
            assert_eq!(amount.normalize().to_string(), sums.read, "{}", file.file);
        }
    }
    // The office's copies say the same in other words.
    let office = import(&store, &committed().join("cp932"));
    assert_eq!(office.files.len(), 2);
    for file in &office.files {
        assert_eq!(
            (file.encoding.as_str(), file.new, file.changed, file.refused),
            ("CP932", 0, 0, 0),
            "{file:?}"
        );
        assert_eq!(file.read, file.unchanged);
    }
}

#[test]
fn customers_are_as_varied_as_real_ones() {
    let (_folder, store) = imported();
    let mut names = String::new();
    let (mut kana, mut ranks, mut kinds) = (String::new(), HashSet::new(), HashSet::new());
    let (mut no_kana, mut suspended, mut excluded) = (0, HashSet::new(), 0);
    let columns = [
        "customer_code",
        "customer_name",
        "name_kana",
        "rank",
        "customer_type",
        "trading_status",
        "rank_auto_update_excluded",
    ];
    each(&store, &CUSTOMERS, &columns, |row| {
        names.push_str(&row[1]);
        kana.push_str(&row[2]);
        no_kana += usize::from(row[2].is_empty());
        ranks.insert(row[3].clone());
        kinds.insert(row[4].clone());
        if row[5] == "suspended" {
            suspended.insert(row[0].clone());
        }
        excluded += usize::from(row[6] == "1");
    });
    for wanted in ["㈱", "(株)", "㈲", "(有)", "合同会社", "株式会社", "髙橋", "﨑", "濵"] {
        assert!(names.contains(wanted), "no {wanted}");
    }
    assert!(kana.contains('ｶ') && kana.contains('カ') && no_kana > 10);
    assert_eq!(ranks, ["S", "A", "B", "C", "", "Z"].map(str::to_owned).into());
    assert_eq!((kinds.len(), suspended.len() > 10, excluded > 5), (3, true, true));
    let mut complaints = 0;
    each(&store, &INQUIRIES, &["customer_code", "kind", "status"], |row| {
        complaints += usize::from(suspended.contains(&row[0]) && row[1] == "complaint" && row[2] != "done");
    });
    assert!(complaints > 5, "{complaints} suspended customers with an open complaint");
}

#[test]
fn phone_numbers_are_complete_and_in_every_form() {
    let (_folder, store) = imported();
    let mut owners: HashMap<String, HashSet<String>> = HashMap::new();
    let (mut bad, mut extensions, mut same_as_fax, mut wide) = (0, 0, 0, 0);
    each(&store, &CONTACTS, &["customer_code", "phone", "fax"], |row| {
        match PhoneNumber::parse(&row[1]) {
            Ok(number) => {
                extensions += usize::from(number.extension().is_some());
                owners.entry(number.e164().to_owned()).or_default().insert(row[0].clone());
            }
            Err(_) => bad += 1,
        }
        same_as_fax += usize::from(!row[2].is_empty() && row[1] == row[2]);
        wide += usize::from(row[1].contains('０'));
    });
    assert_eq!(bad, 0);
    let shared = owners.values().filter(|owners| owners.len() > 1).count();
    assert!(
        shared > 5 && extensions > 50 && same_as_fax > 50 && wide > 20,
        "{shared} {extensions} {same_as_fax} {wide}"
    );
}

#[test]
fn sales_have_every_kind_of_line_and_date() {
    let (_folder, store) = imported();
    let (mut days, mut statuses) = (HashSet::new(), HashSet::new());
    let (mut lines, mut slips, mut returns, mut related, mut future) = (0, HashSet::new(), 0, [0; 3], 0);
    let columns = [
        "slip_no",
        "sold_on",
        "status",
        "amount",
        "related_customer_1",
        "related_customer_2",
        "related_customer_3",
    ];
    each(&store, &SALES, &columns, |row| {
        lines += 1;
        slips.insert(row[0].clone());
        days.insert(row[1].clone());
        statuses.insert(row[2].clone());
        returns += usize::from(row[3].starts_with('-'));
        future += usize::from(row[1].as_str() > "2026-10-31");
        for (count, cell) in related.iter_mut().zip(&row[4..]) {
            *count += usize::from(!cell.is_empty());
        }
    });
    for day in ["2024-02-29", "2025-02-28", "2026-02-28", "2026-05-31", "2026-10-31"] {
        assert!(days.contains(day), "no slip on {day}");
    }
    assert!((15_000..=20_000).contains(&lines), "{lines} lines in {} slips", slips.len());
    assert!(statuses.contains("posted") && statuses.contains("article"));
    assert!(SlipStatus::NOT_COUNTED.iter().filter(|status| statuses.contains(status.as_str())).count() >= 4);
    assert!(
        returns > 50 && future > 3 && related.iter().all(|count| *count > 5),
        "{returns} {future} {related:?}"
    );
}

#[test]
fn some_customers_exceed_their_credit_and_some_pay_late() {
    let (_folder, store) = imported();
    let mut alerts: HashMap<String, usize> = HashMap::new();
    let mut codes = Vec::new();
    each(&store, &CUSTOMERS, &["customer_code"], |row| codes.push(row[0].clone()));
    let mut reader = store.reader().unwrap();
    for code in codes {
        let card = reader.card(&code, date("2026-10-31")).unwrap().unwrap();
        let card: CustomerCard = serde_json::from_str(&card.body).unwrap();
        for alert in card.alerts {
            *alerts.entry(format!("{:?}", alert.code)).or_default() += 1;
        }
    }
    for wanted in ["Suspended", "Overdue", "CreditExceeded", "ComplaintOpen", "Caution"] {
        assert!(alerts.get(wanted).is_some_and(|count| *count > 3), "{wanted}: {alerts:?}");
    }
}

#[test]
fn another_seed_gives_another_company_of_the_requested_size() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = Vec::new();
    for (seed, name) in [(1, "a"), (1, "b"), (2, "c")] {
        let out = folder.path().join(name);
        let arguments =
            SampleArgs { customers: 60, lines: 3_000, months: 13, seed, cp932: false, ..arguments(&out) };
        let summary = generate(&arguments, &mut |_| {}).unwrap();
        rows.push(summary.files.iter().find(|file| file.dataset == "sales").unwrap().rows);
    }
    let read = |name: &str| std::fs::read(folder.path().join(name).join("sales.csv")).unwrap();
    assert!(read("a") == read("b") && read("a") != read("c"));
    assert!(rows.iter().all(|rows| (2_500..=3_500).contains(rows)), "{rows:?}");
}

#[test]
fn references_exist_and_lines_add_up() {
    let (_folder, store) = imported();
    let values = |dataset: &'static Dataset, column: &str| {
        let mut found = Vec::new();
        each(&store, dataset, &[column], |row| found.push(row[0].clone()));
        found
    };
    let mut referred = 0;
    for dataset in DATASETS {
        for (column, other) in dataset.references {
            let other = by_name(other).unwrap();
            let keys: HashSet<String> = values(other, other.key[0]).into_iter().collect();
            for value in values(dataset, column).iter().filter(|value| !value.is_empty()) {
                assert!(keys.contains(value), "{} {column}: {value}", dataset.name);
                referred += 1;
            }
        }
    }
    assert!(referred > 50_000, "{referred}");
    let mut totals: HashMap<String, i64> = HashMap::new();
    each(&store, by_name("quotes").unwrap(), &["quote_no", "amount"], |row| {
        *totals.entry(row[0].clone()).or_default() -= row[1].parse::<i64>().unwrap();
    });
    each(&store, by_name("quote_lines").unwrap(), &["quote_no", "amount"], |row| {
        *totals.entry(row[0].clone()).or_default() += row[1].parse::<i64>().unwrap();
    });
    assert!(totals.len() > 100 && totals.values().all(|rest| *rest == 0), "{totals:?}");
}

#[test]
fn every_column_has_values() {
    let (_folder, store) = imported();
    // No slip names a quote (data/README.md), and no project an order.
    let unused = [
        ("sales", "quote_no"),
        ("projects", "quote_no"),
        ("projects", "order_no"),
        ("quote_lines", "product_code"),
        ("deals", "related_customer_2"),
        ("deals", "related_customer_3"),
    ];
    let mut empty = Vec::new();
    for dataset in DATASETS {
        for column in dataset.columns {
            let mut used = false;
            each(&store, dataset, &[column.name], |row| used |= !row[0].is_empty());
            if !used && !unused.contains(&(dataset.name, column.name)) {
                empty.push((dataset.name, column.name));
            }
        }
    }
    assert_eq!(empty, []);
}
