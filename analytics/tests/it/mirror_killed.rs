//! A sync that is killed at any moment leaves a whole mirror, and the next sync continues from it.

use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::common::{Company, program};
use analytics::warehouse::Columns;
use shared::dataset::SALES;

const MONTHS: usize = 24;
const LINES_A_MONTH: usize = 40;
const KILLS: u32 = 20;

/// Writes all lines again with this amount, so that every month has to be rewritten.
fn set_amounts(company: &Company, amount: u32) {
    let header = ["slip_no", "line_no", "sold_on", "customer_code", "amount"].map(str::to_owned);
    let row = |index: usize| {
        let month = index / LINES_A_MONTH;
        vec![
            format!("S{index}"),
            "1".to_owned(),
            format!("{}-{:02}-15", 2024 + month / 12, month % 12 + 1),
            "001".to_owned(),
            amount.to_string(),
        ]
    };
    company.put_rows(&SALES, &header, &(0..MONTHS * LINES_A_MONTH).map(row).collect::<Vec<_>>());
}

/// The amounts that the newest version shows: each line has the same, or a version is half of another.
fn shown(company: &Company) -> (u64, Vec<rust_decimal::Decimal>) {
    let warehouse = company.context.warehouse().unwrap();
    let frame =
        warehouse.frame("SELECT COUNT(*) AS n, MIN(amount) AS a, MAX(amount) AS z FROM sales").unwrap();
    let columns = Columns(&frame);
    let bounds = [columns.amounts("a").unwrap(), columns.amounts("z").unwrap()].concat();
    (columns.counts("n").unwrap()[0], bounds)
}

#[test]
fn a_killed_sync_leaves_the_previous_or_the_new_version() {
    let company = Company::new();
    set_amounts(&company, 1);
    let started = Instant::now();
    company.sync();
    let whole = started.elapsed() + Duration::from_millis(50);
    let store = company.path();
    let mut last = 1;
    for kill in 1..=KILLS {
        set_amounts(&company, kill + 1);
        let arguments = ["--store", store.to_str().unwrap(), "sync"];
        let mut sync = program(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Nothing is ever sent: the time-outs are the moments, spread over the whole sync.
        let (_keep, moments) = channel::<()>();
        let _ = moments.recv_timeout(whole * kill / KILLS);
        sync.kill().unwrap();
        sync.wait().unwrap();
        let (rows, bounds) = shown(&company);
        assert_eq!((rows, bounds[0]), ((MONTHS * LINES_A_MONTH) as u64, bounds[1]), "after kill {kill}");
        let amount = u32::try_from(bounds[0]).unwrap();
        assert!(amount == last || amount == kill + 1, "after kill {kill}: {amount}");
        last = amount;
    }
    company.sync();
    assert_eq!(shown(&company).1[0], (KILLS + 1).into());
    let found = company.context.mirror().verify(&company.store, &company.context.limits).unwrap();
    assert_eq!(found.different, []);
}
