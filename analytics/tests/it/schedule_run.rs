//! The schedule as a scheduler sees it: units, runs that are owed, exit codes, metrics, the report page.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::Company;
use crate::common::rank::SAMPLE;
use serde_json::{Value, json};

/// A company with saved settings without warnings, and a schedule for the 31st.
fn company(customers: usize) -> Company {
    let company = Company::new();
    let rows: Vec<String> = (0..customers).map(|n| format!("{n} | 顧客<{n}> | B")).collect();
    company.put("customers", &format!("customer_code | customer_name | rank\n{}", rows.join("\n")));
    company.put(
        "sales",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2030-01-15 | 0             | 1000000",
    );
    company.json(&["rank", "config", "save", &company.file("rank.toml", SAMPLE)]);
    schedule(&company, 31, "2030-01-01");
    company
}

fn schedule(company: &Company, day: u32, since: &str) {
    let text = format!("version = 1\n[schedule]\nday = {day}\ntime = \"02:30\"\nsince = \"{since}\"\n");
    company.file("company.db.schedule.toml", &text);
}

/// The exit code and the JSON.
fn told(company: &Company, arguments: &[&str]) -> (i32, Value) {
    let output = company.run(&[arguments, &["--format", "json"]].concat());
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

#[test]
fn a_due_run_is_made_once_as_of_its_scheduled_date() {
    let company = company(3);
    let (code, due) = told(&company, &["schedule", "due", "--as-of", "2030-01-30"]);
    assert_eq!((code, &due["owed"], &due["next"]), (4, &Value::Null, &json!("2030-01-31T02:30:00+09:00")));
    let (code, run) = told(&company, &["schedule", "run", "--as-of", "2030-01-30"]);
    assert_eq!((code, &run["result"], &run["runs"]), (4, &json!("nothing_due"), &json!([])));
    assert_eq!(company.store.reader().unwrap().rank_runs(9).unwrap().len(), 0);

    // Days after the date, in the next month: still as of the date.
    let (code, due) = told(&company, &["schedule", "due", "--as-of", "2030-02-03"]);
    assert_eq!((code, &due["owed"]), (0, &json!("2030-01-31")));
    let (code, run) = told(&company, &["schedule", "run", "--as-of", "2030-02-03"]);
    assert_eq!((code, &run["result"], &run["exit_code"]), (0, &json!("done"), &json!(0)), "{run}");
    assert_eq!(run["runs"], json!([{"as_of": "2030-01-31", "run_id": 1, "changed": 2, "warnings": 0}]));
    assert_eq!(run["next"], "2030-02-28T02:30:00+09:00");
    let last = company.store.reader().unwrap().last_rank_run().unwrap().unwrap();
    assert_eq!((last.as_of.to_string().as_str(), last.trigger.as_str()), ("2030-01-31", "scheduled"));
    let card = company.store.reader().unwrap().card("0", crate::common::day("2030-02-03")).unwrap().unwrap();
    let card: Value = serde_json::from_str(&card.body).unwrap();
    assert_eq!(card["metrics"]["as_of"], "2030-02-03", "the figures are of the day of the run");
    assert_eq!(told(&company, &["schedule", "run", "--as-of", "2030-02-03"]).0, 4);
    assert_eq!(told(&company, &["rank", "run", "--due", "--as-of", "2030-02-28"]).0, 0);
    assert_eq!(told(&company, &["rank", "run", "--due", "--as-of", "2030-02-28"]).0, 4);
    assert_eq!(told(&company, &["rank", "run", "--due", "--save"]).0, 64);
}

#[test]
fn cron_hears_nothing_when_nothing_is_owed() {
    let company = company(3);
    for run in [&["schedule", "run", "--quiet"][..], &["rank", "run", "--due", "--quiet"]] {
        let output = company.run(&[run, &["--as-of", "2030-01-30"]].concat());
        assert_eq!((output.status.code(), output.stdout.len(), output.stderr.len()), (Some(0), 0, 0));
    }
    let output = company.run(&["schedule", "run", "--as-of", "2030-01-30"]);
    assert!(output.status.code() == Some(4) && !output.stderr.is_empty());
    let units = company.json(&["schedule", "install"]);
    let cron = units["units"][2]["text"].as_str().unwrap();
    assert!(cron.trim_end().ends_with(" schedule run --quiet > /dev/null"), "{cron}");
    // What is said is still said.
    let owed = company.run(&["schedule", "run", "--quiet", "--as-of", "2030-01-31"]);
    assert!(owed.status.success() && !owed.stdout.is_empty());
}

#[test]
fn the_schedule_takes_the_options_that_its_refusals_name() {
    let company = company(3);
    let off = company.file("off.toml", &SAMPLE.replace("enabled = true", "enabled = false"));
    let (code, run) = told(&company, &["schedule", "run", "--as-of", "2030-01-31", "--settings", &off]);
    assert!(code == 4 && run["reason"].as_str().unwrap().contains("--force"), "{run}");
    let forced = ["schedule", "run", "--as-of", "2030-01-31", "--settings", &off, "--force"];
    assert_eq!(told(&company, &forced).0, 0);
    assert_eq!(told(&company, &forced).0, 4, "nothing is owed any more");
}

#[test]
fn missed_months_are_caught_up_in_order_before_a_newer_one() {
    let company = company(3);
    let caught_up = ["schedule", "run", "--allow-stale", "--as-of", "2030-04-30"];
    let (code, run) = told(&company, &caught_up);
    let dates = |run: &Value| -> Vec<String> {
        let runs = run["runs"].as_array().unwrap().iter();
        runs.map(|run| run["as_of"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(code, 0, "{run}");
    assert_eq!(dates(&run), ["2030-01-31", "2030-02-28", "2030-03-31", "2030-04-30"]);
    schedule(&company, 31, "2030-05-01");
    let (code, due) = told(&company, &["schedule", "due", "--as-of", "2030-07-30"]);
    assert_eq!((code, &due["missed"], &due["owed"]), (0, &json!(["2030-05-31"]), &json!("2030-06-30")));
    let (code, refused) = told(&company, &["schedule", "run", "--as-of", "2030-07-30"]);
    assert!(code == 6 && refused["reason"].as_str().unwrap().contains("--allow-stale"), "{refused}");
    let stale = ["rank", "run", "--due", "--allow-stale", "--as-of", "2030-07-30"];
    let (code, run) = told(&company, &stale);
    assert_eq!((code, dates(&run)), (0, vec!["2030-05-31".to_owned(), "2030-06-30".to_owned()]));
    let shown = company.run(&["schedule", "show", "--as-of", "2030-07-30"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    for part in ["実行日(毎月): 31", "02:30 Asia/Tokyo", "2030-06-30 (6)", "次回: 2030-07-31 02:30"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
}

#[test]
fn a_refused_month_stays_owed_and_no_newer_one_runs_before_it() {
    let company = company(30);
    let sale = |date: &str| {
        let header = "slip_no | line_no | sold_on | customer_code | amount";
        company.put("sales", &format!("{header}\n {date} | 1 | {date} | 0 | 1000"));
    };
    sale("2030-02-20");
    let run = |more: &[&str]| told(&company, &[&["schedule", "run", "--as-of", "2030-02-28"], more].concat());
    let (code, refused) = run(&[]);
    assert_eq!((code, &refused["runs"], &refused["missed"]), (6, &json!([]), &json!(["2030-01-31"])));
    assert_eq!(run(&[]).0, 6, "the next day asks again");
    let (code, done) = run(&["--allow-changes"]);
    assert_eq!(done["runs"].as_array().unwrap().len(), 2, "{done}");
    assert_eq!(code, 5, "as of January the sale of February is in the future, which is a warning");
    assert_eq!(run(&[]).0, 4);
}

#[test]
fn a_run_on_the_third_may_be_as_of_the_end_of_the_month() {
    let company = company(3);
    let installed = company.json(&["schedule", "install", "--day", "3", "--closing-day", "31"]);
    assert_eq!(installed["command"], "schedule install");
    let show = company.json(&["schedule", "show", "--as-of", "2030-02-02"]);
    assert_eq!((&show["schedule"]["day"], &show["schedule"]["closing_day"]), (&json!(3), &json!(31)));
    assert_eq!((&show["owed"], &show["next"]), (&json!("2029-12-31"), &json!("2030-02-03T02:30:00+09:00")));
    let (code, run) = told(&company, &["schedule", "run", "--allow-stale", "--as-of", "2030-02-03"]);
    let as_of = |at: usize| run["runs"][at]["as_of"].clone();
    assert_eq!((as_of(0), as_of(1)), (json!("2029-12-31"), json!("2030-01-31")), "{run}");
    assert_eq!(code, 5, "as of December the sale of January is in the future, which is a warning");
    company.json(&["schedule", "install", "--closing-day", "20"]);
    let show = company.json(&["schedule", "show"]);
    assert_eq!((&show["schedule"]["day"], &show["schedule"]["closing_day"]), (&json!(3), &json!(20)));
    company.json(&["schedule", "install", "--closing-day", "none"]);
    assert_eq!(company.json(&["schedule", "show"])["schedule"]["closing_day"], Value::Null);
    for wrong in ["0", "32", "x"] {
        assert_eq!(told(&company, &["schedule", "install", "--closing-day", wrong]).0, 64);
    }
}

#[test]
fn refusals_and_failures_have_their_own_exit_codes() {
    let company = company(30);
    let (code, run) = told(&company, &["schedule", "run", "--as-of", "2030-01-31"]);
    assert_eq!((code, &run["result"], &run["exit_code"]), (6, &json!("refused"), &json!(6)));
    assert_eq!(company.store.reader().unwrap().rank_runs(9).unwrap().len(), 0);
    let (code, run) = told(&company, &["schedule", "run", "--as-of", "2030-01-31", "--allow-changes"]);
    assert_eq!((code, &run["result"]), (0, &json!("done")), "{run}");

    company.file(
        "company.db.schedule.toml",
        "version = 1\n[schedule]\nday = 32\ntime = \"2:30\"\nsince = \"2030-01-01\"\n",
    );
    let (code, run) = told(&company, &["schedule", "run"]);
    assert_eq!((code, &run["result"], &run["exit_code"]), (78, &json!("failed"), &json!(78)));
    assert!(run["error"].as_str().unwrap().contains("day = 32"));
    company.file(
        "company.db.schedule.toml",
        "version = 2\n[schedule]\nday = 1\ntime = \"2:30\"\nsince = \"2030-01-01\"\n",
    );
    assert_eq!(told(&company, &["schedule", "show"]).0, 78);
    std::fs::remove_file(company.folder.path().join("company.db.schedule.toml")).unwrap();
    assert_eq!(told(&company, &["schedule", "due"]).0, 66);
    assert_eq!(told(&company, &["schedule", "run", "--metrics-file", "/nowhere/a.prom"]).0, 73);
}

/// The file's samples without comments.
fn samples(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn metrics_describe_the_last_run_and_the_last_attempt() {
    let company = company(3);
    let path = company.folder.path().join("rank.prom");
    let run = |arguments: &[&str]| {
        let arguments = [arguments, &["--metrics-file", path.to_str().unwrap()]].concat();
        (told(&company, &arguments).0, samples(&path))
    };
    let (code, first) = run(&["schedule", "run", "--as-of", "2030-01-30"]);
    assert_eq!((code, first.len()), (4, 3), "{first:?}");
    let (code, done) = run(&["schedule", "run", "--as-of", "2030-01-31"]);
    assert_eq!(code, 0);
    for line in [
        "chakuden_rank_success 1",
        "chakuden_rank_exit_code 0",
        "chakuden_rank_run_evaluated 3",
        "chakuden_rank_run_changed 2",
        "chakuden_rank_run_changes{direction=\"down\"} 2",
        "chakuden_rank_run_changes{direction=\"up\"} 0",
        "chakuden_rank_run_warnings 0",
        "chakuden_rank_run_as_of_timestamp_seconds 1896048000",
    ] {
        assert!(done.iter().any(|found| found == line), "{line} is not in {done:?}");
    }
    let duration =
        done.iter().find_map(|line| line.strip_prefix("chakuden_rank_run_duration_seconds ")).unwrap();
    assert!(duration.parse::<f64>().is_ok_and(|seconds| seconds >= 0.0), "{duration}");
    // Each name is declared once, before its samples.
    let text = std::fs::read_to_string(&path).unwrap();
    let declared: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    assert_eq!(declared.len(), done.len() - 2, "three directions have one name");
    // A failure is visible, and the last run stays visible.
    let (code, failed) = run(&["rank", "run", "--as-of", "2029-12-31"]);
    assert_eq!(code, 65);
    assert!(failed.contains(&"chakuden_rank_success 0".to_owned()), "{failed:?}");
    assert!(failed.contains(&"chakuden_rank_exit_code 65".to_owned()));
    assert!(failed.contains(&"chakuden_rank_run_changed 2".to_owned()));
    let left: Vec<PathBuf> =
        std::fs::read_dir(company.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| path.extension().is_none_or(|end| end != "tmp")), "{left:?}");
}

#[test]
fn the_report_shows_changes_and_settings() {
    let company = company(40);
    let path = company.folder.path().join("report.html");
    let path_text = path.to_str().unwrap().to_owned();
    let page = |arguments: &[&str]| {
        let code = told(&company, &[arguments, &["--report", &path_text]].concat()).0;
        (code, std::fs::read_to_string(&path).unwrap())
    };
    let (code, refused) = page(&["schedule", "run", "--as-of", "2030-01-31"]);
    assert_eq!(code, 6);
    assert!(refused.contains("ランクのある40件のうち39件") && refused.contains("--allow-changes"));
    let (code, done) = page(&["schedule", "run", "--as-of", "2030-01-31", "--allow-changes"]);
    assert_eq!(code, 0);
    for part in [
        "ランク自動更新 実行報告 2030年1月",
        "40件中 39件",
        "ランクダウン 39",
        "<svg",
        "顧客&lt;",
        "設定(初回の実行)",
        "97.5%",
    ] {
        assert!(done.contains(part), "{part} is not in {done}");
    }
    assert_eq!(done.matches("<td>顧客&lt;").count(), 20, "those who fell furthest");
    let other = SAMPLE
        .replace("rank = \"C\"\nmin = 0", "rank = \"C\"\nmin = 1\n[[rank.points]]\nrank = \"B\"\nmin = 0");
    let other =
        company.file("b.toml", &other.replacen("rank = \"B\"\nmin = 80", "rank = \"S\"\nmin = 80", 1));
    let (code, done) = page(&[
        "rank",
        "run",
        "--save",
        "--settings",
        &other,
        "--allow-changes",
        "--force",
        "--as-of",
        "2030-01-31",
    ]);
    assert_eq!(code, 0);
    for part in [
        "うち 40件は得点が前回と同じ",
        "設定の変更(前回の実行 1 から)",
        "rank.sales.points(S).min",
        "保存して実行",
    ] {
        assert!(done.contains(part), "{part} is not in {done}");
    }
    let english = page(&["rank", "run", "--save", "--force", "--as-of", "2030-02-01", "--lang", "en"]).1;
    assert!(english.contains("Same settings as the previous run"), "{english}");
    assert!(!english.contains("http:") && !english.contains("https:"), "nothing is fetched");
}

#[test]
fn units_have_the_absolute_paths_of_program_and_store() {
    let company = company(1);
    let dir = company.folder.path().join("units of 100% $HOME");
    let dir_text = dir.to_str().unwrap();
    let metrics = company.folder.path().join("rank.prom");
    let install = |arguments: &[&str]| told(&company, &[&["schedule", "install"], arguments].concat());
    let (code, installed) = install(&[
        "--day",
        "15",
        "--time",
        "3:07",
        "--dir",
        dir_text,
        "--user",
        "root",
        "--metrics-file",
        metrics.to_str().unwrap(),
    ]);
    assert_eq!((code, installed["written"].as_array().unwrap().len()), (0, 3));
    let shown = told(&company, &["schedule", "show"]).1;
    assert_eq!(
        shown["schedule"],
        json!({"day": 15, "closing_day": null, "time": "03:07", "timezone": "Asia/Tokyo", "since": "2030-01-01"})
    );
    let service = std::fs::read_to_string(dir.join("chakuden-rank.service")).unwrap();
    let line = service.lines().find(|line| line.starts_with("ExecStart=")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_analytics")).canonicalize().unwrap();
    assert!(
        line.starts_with(&format!(
            "ExecStart=\"{}\" \"--store\" \"{}\"",
            program.display(),
            company.path().display()
        )),
        "{line}"
    );
    assert!(line.ends_with(&format!("\"--metrics-file\" \"{}\"", metrics.display())), "{line}");
    let cron = std::fs::read_to_string(dir.join("chakuden-rank.cron")).unwrap();
    assert!(cron.contains("\n7 3 * * * root "), "{cron}");
    let printed = company.run(&["schedule", "install", "--day", "1"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(printed.contains("# --- chakuden-rank.timer\n[Unit]\n"), "{printed}");
    for wrong in
        [&["--day", "32"][..], &["--day", "0"], &["--time", "25:00"], &["--user", "a b"], &["--user", "-x"]]
    {
        assert_eq!(install(wrong).0, 64, "{wrong:?}");
    }
    assert_eq!(install(&["--dir", company.path().to_str().unwrap()]).0, 73);
    // systemd's own check, where it is installed.
    let verify = Command::new("systemd-analyze")
        .arg("verify")
        .arg("--man=no")
        .arg(dir.join("chakuden-rank.timer"))
        .output();
    if let Ok(output) = verify {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("chakuden-rank"), "{said}");
    }
}

#[test]
fn install_keeps_options_that_are_not_given() {
    let company = company(1);
    let install = |more: &[&str]| {
        company.json(&[&["schedule", "install"], more].concat());
        let text = std::fs::read_to_string(company.folder.path().join("company.db.schedule.toml")).unwrap();
        let table: toml::Table = text.parse().unwrap();
        (
            table["schedule"]["day"].as_integer().unwrap(),
            table["schedule"]["time"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(install(&["--day", "25", "--time", "04:00"]), (25, "04:00".to_owned()));
    assert_eq!(install(&[]), (25, "04:00".to_owned()));
    assert_eq!(install(&["--time", "05:00"]), (25, "05:00".to_owned()));
}
