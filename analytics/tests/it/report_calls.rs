//! `report calls`: figures worked out by hand (`report_calls_model` compares with a naive count).

use crate::common::Company;
use analytics::report::calls::{Args, CallAxis, CallDirection, CallReport, compute};

fn args(by: &[CallAxis]) -> Args {
    Args { by: by.to_vec(), ..Args::default() }
}

fn calls() -> Company {
    let company = Company::new();
    company.put(
        "calls",
        "call_id | direction | caller_kind | caller_e164 | queue | agent_code | started_at | queued_at | answered_at | ended_at | outcome | talk_seconds | hold_seconds | acw_seconds
         1 | inbound  | number | +81311110001 | support | A201 | 2026-10-01T00:10:00.000Z | 2026-10-01T00:10:10.000Z | 2026-10-01T00:10:30.000Z | 2026-10-01T00:12:30.000Z | completed | 100 | 20 | 30
         2 | inbound  | number | +81311110002 | support | A201 | 2026-10-01T00:29:59.000Z |                          | 2026-10-01T00:30:19.001Z | 2026-10-01T00:31:00.000Z | completed | 41  |    |
         3 | inbound  | number | +81311110003 | support | A202 | 2026-10-01T00:30:00.000Z |                          |                          | 2026-10-01T00:30:40.000Z | abandoned |     |    |
         4 | inbound  | number | +81311110004 | sales   | A203 | 2026-10-01T14:59:59.000Z |                          |                          | 2026-10-01T15:00:10.000Z | no_answer |     |    |
         5 | outbound | number | +81311110003 |         | A202 | 2026-10-01T00:40:40.000Z |                          | 2026-10-01T00:40:50.000Z | 2026-10-01T00:41:50.000Z | completed | 60  |    |
         6 | inbound  | withheld |            |         |      | 2026-10-01T15:00:00.000Z |                          |                          | 2026-10-01T15:00:05.000Z | busy      |     |    |",
    );
    company.sync();
    company
}

fn row<'a>(report: &'a CallReport, keys: &[Option<&str>]) -> &'a analytics::report::calls::Figures {
    let found =
        report.rows.iter().find(|row| row.keys.iter().map(Option::as_deref).collect::<Vec<_>>() == keys);
    &found.unwrap_or_else(|| panic!("{keys:?} in {:?}", report.rows)).figures
}

#[test]
fn service_level_handling_time_and_first_response_are_right() {
    let company = calls();
    let report = compute(&company.context, &args(&[CallAxis::Queue])).unwrap();
    let support = row(&report, &[Some("support")]);
    assert_eq!((support.calls, support.answered, support.abandoned, support.missed), (3, 2, 1, 1));
    // From the queue 20 s: in time. From the beginning 20.001 s: not.
    assert_eq!((support.answered_within, support.wait_ms), (1, 40_001));
    assert_eq!(support.service_level().unwrap().to_string(), "0.333333");
    assert_eq!(support.average_talk().unwrap().to_string(), "70.5");
    // AHT = ATT + hold + ACW: (141 + 20 + 30) / 2.
    assert_eq!(support.average_handling().unwrap().to_string(), "95.5");
    // The missed call ended 00:30:40, the number was called at 00:40:40.
    assert_eq!((support.responded, support.average_response().unwrap().to_string()), (1, "600".to_owned()));
    let sales = row(&report, &[Some("sales")]);
    assert_eq!((sales.missed, sales.abandoned, sales.responded), (1, 0, 0));
    assert_eq!(row(&report, &[None]).missed, 1, "no queue is a row of its own, the last");
    assert_eq!(report.rows.last().unwrap().keys, [None]);
    assert_eq!((report.total.calls, report.mirror_rows, report.store_rows), (5, 6, 6));
}

#[test]
fn half_hours_and_days_are_in_japan_time() {
    let company = calls();
    let report = compute(&company.context, &args(&[CallAxis::Queue, CallAxis::HalfHour])).unwrap();
    assert_eq!(row(&report, &[Some("support"), Some("09:00")]).calls, 2, "09:29:59 is before half past");
    assert_eq!(row(&report, &[Some("support"), Some("09:30")]).calls, 1);
    assert_eq!(row(&report, &[Some("sales"), Some("23:30")]).calls, 1);
    assert_eq!(row(&report, &[None, Some("00:00")]).calls, 1, "midnight in Japan is the next day's");
    let days = compute(&company.context, &args(&[CallAxis::Day])).unwrap();
    assert_eq!(row(&days, &[Some("2026-10-01")]).calls, 4);
    assert_eq!(row(&days, &[Some("2026-10-02")]).calls, 1);
    let weekdays = compute(&company.context, &args(&[CallAxis::Weekday])).unwrap();
    assert_eq!(row(&weekdays, &[Some("4")]).calls, 4, "2026-10-01 is a Thursday");
}

#[test]
fn every_axis_adds_up_to_the_same_calls_and_outbound_calls_are_apart() {
    let company = calls();
    use clap::ValueEnum;
    for axis in CallAxis::value_variants() {
        let report = compute(&company.context, &args(&[*axis])).unwrap();
        assert_eq!((report.total.calls, report.total.answered), (5, 2), "{axis:?}");
    }
    let outbound = Args { direction: CallDirection::Outbound, ..args(&[CallAxis::Agent]) };
    let report = compute(&company.context, &outbound).unwrap();
    assert_eq!(row(&report, &[Some("A202")]).average_talk().unwrap().to_string(), "60");
    assert!(compute(&company.context, &args(&[CallAxis::Day, CallAxis::Day])).is_err());
}

#[test]
fn the_report_tells_when_calls_are_newer_than_the_mirror() {
    let company = calls();
    let up_to_date = || compute(&company.context, &args(&[CallAxis::Queue])).unwrap().up_to_date;
    assert!(up_to_date());
    company.put("products", "product_code | product_name\n P1 | 茶");
    assert!(up_to_date(), "no call changed");
    company.put(
        "calls",
        "call_id | direction | caller_kind | started_at | outcome\n 9 | inbound | withheld | 2026-10-02T00:00:00.000Z | busy",
    );
    assert!(!up_to_date());
    company.sync();
    assert!(up_to_date());
}

#[test]
fn a_call_does_not_make_a_sales_report_out_of_date() {
    let company = calls();
    company.put(
        "calls",
        "call_id | direction | caller_kind | started_at | outcome\n 9 | inbound | withheld | 2026-10-02T00:00:00.000Z | busy",
    );
    assert_eq!(company.json(&["report", "segment"])["mirror"]["up_to_date"], true);
}

#[test]
fn joining_a_queue_after_the_answer_is_not_a_wait() {
    let company = Company::new();
    company.put(
        "calls",
        "call_id | direction | caller_kind | caller_e164 | started_at | queued_at | answered_at | ended_at | outcome | talk_seconds
         1 | inbound | number | +81311110001 | 2026-10-01T00:00:00.000Z | 2026-10-01T00:05:00.000Z | 2026-10-01T00:00:07.000Z | 2026-10-01T00:10:00.000Z | completed | -5
         2 | inbound | number | +81311110002 | 2026-10-01T00:00:00.000Z |                          | 2026-09-30T23:59:00.000Z | 2026-10-01T00:10:00.000Z | completed | 10
         3 | inbound | number | +81311110003 | 2026-10-01T00:00:00.000Z |                          |                          | 2026-10-01T00:03:00.000Z | abandoned |
         4 | inbound | number | +81311110003 | 2026-10-01T00:01:00.000Z |                          | 2026-10-01T00:01:00.000Z | 2026-10-01T00:02:00.000Z | completed |",
    );
    company.sync();
    let total = compute(&company.context, &args(&[CallAxis::Queue])).unwrap().total;
    // The first waited 7 s; the second has an answer before its beginning, the third a response before its end.
    assert_eq!((total.answered, total.answered_within, total.wait_ms, total.talk_seconds), (3, 3, 7_000, 10));
    assert_eq!((total.responded, total.response_ms), (1, 0));
}
