//! Rank runs that are killed, or started twice at once, as real processes: the store holds the whole run or nothing
//! of it, and the next run finishes the month.

use std::time::Duration;

use crate::support::{csv, killed_at, kills, store_kib};
use rusqlite::{Connection, OpenFlags};
use test_support::{Company, Process};

/// How often a run is killed, unless told otherwise.
const KILLS: u64 = 40;
const CUSTOMERS: i64 = 300;

/// A company, and two settings files that give every customer the rank A or B: runs that alternate between them
/// change every customer.
fn company() -> (Company, [String; 2]) {
    let company = Company::new();
    let customers = (0..CUSTOMERS).map(|code| format!("C{code},顧客{code},B"));
    let customers = company.file("customers.csv", &csv("customer_code,customer_name,rank", customers));
    let sales =
        (0..CUSTOMERS).map(|row| format!("S{row},1,2017-0{}-15,C{row},{}", row % 8 + 1, row * 10_000));
    let sales = company.file("sales.csv", &csv("slip_no,line_no,sold_on,customer_code,amount", sales));
    company.analytics_ok(&["import", &customers, &sales]);
    company.analytics_ok(&["sync"]);
    let settings = ["A", "B"].map(|rank| {
        let text = format!(
            "[rank]\nupdate_target_ranks = ['A', 'B']\nmax_change_ratio = 1\nmax_age_days = 0\n\
             criteria = [{{ kind = 'amount', weight = 1, at_least = [1] }}]\npoints = [{{ rank = '{rank}', min = 0 }}]\n"
        );
        company.file(&format!("{rank}.toml"), &text)
    });
    (company, settings)
}

/// Checks that every run in the store is complete and that the customers have the ranks of the last one; returns the
/// number of runs.
fn whole_runs(company: &Company) -> i64 {
    let path = company.store_path();
    let store = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let number = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let runs = number("SELECT count(*) FROM rank_run");
    assert_eq!(number("SELECT count(*) FROM rank_score"), runs * CUSTOMERS);
    assert_eq!(
        number("SELECT count(*) FROM rank_change"),
        number("SELECT coalesce(sum(changed), 0) FROM rank_run")
    );
    let astray = "SELECT count(*) FROM customer c JOIN rank_score s USING (customer_code)
        WHERE s.run_id = (SELECT max(run_id) FROM rank_run) AND s.rank_after IS NOT c.rank";
    assert_eq!(number(astray), 0);
    let months =
        "SELECT count(*) FROM (SELECT 1 FROM rank_monthly GROUP BY month HAVING sum(customers) <> 300)";
    assert_eq!(number(months), 0);
    runs
}

#[test]
fn a_killed_rank_run_is_all_or_nothing_and_the_next_one_finishes_it() {
    let (company, settings) = company();
    let month = |n: u64| format!("{}-{:02}-28", 2018 + n / 12, n % 12 + 1);
    company.analytics_ok(&["rank", "run", "--settings", &settings[0], "--as-of", "2017-12-28"]);
    let mut runs = whole_runs(&company);
    let (mut unfinished, mut unacknowledged) = (0, 0);
    let kills = kills(KILLS);
    for (kill, settings) in (0..kills).zip(settings.iter().rev().cycle()) {
        let as_of = month(kill);
        let arguments = ["rank", "run", "--settings", settings, "--as-of", &as_of];
        let acknowledged = killed_at(store_kib(&company) * kill / kills, &company.analytics(&arguments));
        let now = whole_runs(&company);
        assert!(now == runs + 1 || (now == runs && !acknowledged), "kill {kill}: {now} runs after {runs}");
        if now == runs {
            unfinished += 1;
            let again = company.analytics_json(&arguments);
            assert_eq!(again["changed"], CUSTOMERS, "kill {kill}");
        }
        unacknowledged += u64::from(now > runs && !acknowledged);
        runs += 1;
        assert_eq!(whole_runs(&company), runs);
    }
    // The moments were both before and after the commit.
    assert!(unfinished > kills / 10 && unacknowledged > kills / 10, "{unfinished}, {unacknowledged}");
    company.verify_cards();
}

/// Starts the same run twice at once and returns the exit codes.
fn twice(company: &Company, arguments: &[&str]) -> [i32; 2] {
    let mut both = [0, 1].map(|_| Process::start(company.analytics(arguments)));
    both.each_mut().map(|run| run.ended_within(Duration::from_secs(60)).unwrap().code().unwrap())
}

#[test]
fn of_two_concurrent_scheduled_runs_one_is_kept() {
    let (company, settings) = company();
    for (n, settings) in (0..6).zip(settings.iter().cycle()) {
        let as_of = format!("2018-{:02}-28", n + 1);
        let codes = twice(&company, &["rank", "run", "--settings", settings, "--as-of", &as_of]);
        // The other one had nothing to do, or the mirror or the store was in use.
        assert!(codes.contains(&0) && codes.iter().all(|code| [0, 75].contains(code)), "{codes:?}");
        assert_eq!(whole_runs(&company), n + 1, "month {n}");
    }
}

#[test]
fn of_two_concurrent_forced_runs_of_the_schedule_one_is_kept() {
    let (company, settings) = company();
    let schedule = "version = 1\n[schedule]\nday = 28\ntime = \"02:30\"\nsince = \"2018-01-01\"\n";
    company.file("company.db.schedule.toml", schedule);
    for (n, settings) in (0..6).zip(settings.iter().cycle()) {
        let as_of = format!("2018-{:02}-28", n + 1);
        let codes =
            twice(&company, &["schedule", "run", "--force", "--settings", settings, "--as-of", &as_of]);
        assert!(codes.iter().any(|code| [0, 5].contains(code)), "{codes:?}");
        assert!(codes.iter().all(|code| [0, 4, 5, 75].contains(code)), "{codes:?}");
        assert_eq!(whole_runs(&company), n + 1, "month {n}");
    }
}

#[test]
fn of_two_concurrent_manual_runs_the_second_sees_the_first() {
    let (company, settings) = company();
    let mut kept = 0;
    for settings in settings.iter().cycle().take(6) {
        let codes =
            twice(&company, &["rank", "run", "--save", "--settings", settings, "--as-of", "2018-01-31"]);
        assert!(codes.contains(&0) && codes.iter().all(|code| [0, 75].contains(code)), "{codes:?}");
        let done = codes.iter().filter(|code| **code == 0).count() as i64;
        kept += done;
        assert_eq!(whole_runs(&company), kept);
        let runs = company.store().reader().unwrap().rank_runs(2).unwrap();
        let changed: u64 = runs.iter().take(done as usize).map(|run| run.changed).sum();
        assert_eq!(changed, CUSTOMERS as u64, "the customers change once");
    }
}
