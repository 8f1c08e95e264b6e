//! The logical dates of a schedule, and which of them are owed. Pure.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use shared::calendar::YearMonth;
use shared::rank::{RankRunMode, RankTrigger};
use shared::store::RankRun;

use crate::rank::run::in_force::in_force;

/// Months looked back on.
const MONTHS_MAX: i32 = 120;

/// Once a month, at a day and time in Asia/Tokyo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// The day of the run, 1 to 31; the last day of a shorter month.
    pub(crate) day: u32,
    /// The day as of which it runs, 1 to 31: the last such day up to the run. `None`: the day of the run itself.
    pub(crate) closing_day: Option<u32>,
    /// When the run starts on that day.
    pub(crate) time: NaiveTime,
    /// Nothing before this day is owed.
    pub(crate) since: NaiveDate,
}

impl Schedule {
    /// The logical date of a month: the as-of date of its run, whenever that happens.
    pub(crate) fn date_in(&self, month: YearMonth) -> NaiveDate {
        day_in(month, self.closing_day.unwrap_or(self.day))
    }

    /// When the logical date of a month arrives: on the first day of the schedule that is not before it.
    pub(crate) fn arrives(&self, month: YearMonth) -> NaiveDateTime {
        let (date, same_month) = (self.date_in(month), day_in(month, self.day));
        let day = if same_month >= date { same_month } else { day_in(month.plus(1), self.day) };
        day.and_time(self.time)
    }

    /// The month of the latest logical date that has arrived.
    fn month_at(&self, now: NaiveDateTime) -> YearMonth {
        let this = YearMonth::of(now.date());
        // A date arrives in its own month or in the next one.
        let arrived = [this, this.plus(-1)].into_iter().find(|month| self.arrives(*month) <= now);
        arrived.unwrap_or_else(|| this.plus(-2))
    }
}

/// A day of a month; the last one of a shorter month.
fn day_in(month: YearMonth, day: u32) -> NaiveDate {
    let last = month.last_day();
    last.with_day(day.min(last.day())).unwrap_or(last)
}

/// The runs due at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// The last scheduled run and its date.
    pub(crate) last: Option<(i64, NaiveDate)>,
    /// The latest logical date that has arrived, if its month has no scheduled run.
    pub(crate) owed: Option<NaiveDate>,
    /// Earlier logical dates without a run, the earliest first: they run before it.
    pub(crate) missed: Vec<NaiveDate>,
    /// Logical dates without a run before that of a later run: running them would restore old ranks.
    pub(crate) overtaken: Vec<NaiveDate>,
    /// When the next logical date arrives.
    pub(crate) next: NaiveDateTime,
}

impl State {
    /// What is to be run, in order: a date never runs while an earlier one is owed.
    pub(crate) fn to_run(&self) -> Vec<NaiveDate> {
        self.missed.iter().copied().chain(self.owed).collect()
    }
}

/// What is owed now. The runs may be in any order.
pub(crate) fn state(schedule: &Schedule, now: NaiveDateTime, runs: &[RankRun]) -> State {
    let latest = schedule.month_at(now);
    let is_scheduled = |run: &&RankRun| run.trigger == RankTrigger::Scheduled && run.mode == RankRunMode::Run;
    let newest = runs.iter().filter(is_scheduled).max_by_key(|run| run.run_id);
    let mut state = State {
        last: newest.map(|run| (run.run_id, run.as_of)),
        owed: None,
        missed: Vec::new(),
        overtaken: Vec::new(),
        next: schedule.arrives(latest.plus(1)),
    };
    // A date may arrive in the month after it.
    let first = YearMonth::of(schedule.since).plus(-1).max(latest.plus(1 - MONTHS_MAX));
    for month in first.through(latest) {
        let date = schedule.date_in(month);
        let is_done = runs.iter().filter(is_scheduled).any(|run| YearMonth::of(run.as_of) == month);
        if schedule.arrives(month).date() < schedule.since || is_done {
            continue;
        }
        // A reverted run has no ranks that an earlier date could overwrite.
        if runs.iter().any(|run| in_force(runs, run) && run.as_of > date) {
            state.overtaken.push(date);
        } else if month == latest {
            state.owed = Some(date);
        } else {
            state.missed.push(date);
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn schedule(day_of_month: u32, since: &str) -> Schedule {
        let time = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        Schedule { day: day_of_month, closing_day: None, time, since: day(since) }
    }

    fn run(run_id: i64, as_of: &str, trigger: RankTrigger) -> RankRun {
        RankRun {
            run_id,
            as_of: day(as_of),
            trigger,
            config_hash: String::new(),
            config: String::new(),
            config_version: None,
            mode: RankRunMode::Run,
            reverts: None,
            started_at: chrono::DateTime::UNIX_EPOCH,
            finished_at: chrono::DateTime::UNIX_EPOCH,
            evaluated: 0,
            changed: 0,
            excluded: 0,
            not_target: 0,
            warnings: 0,
            actor: None,
        }
    }

    #[test]
    fn a_short_month_runs_on_its_last_day() {
        let dates = |day: u32, months: [(i32, u32); 4]| {
            months.map(|(year, month)| {
                schedule(day, "2020-01-01").date_in(YearMonth::new(year, month).unwrap()).day()
            })
        };
        assert_eq!(dates(31, [(2026, 2), (2028, 2), (2026, 4), (2026, 12)]), [28, 29, 30, 31]);
        assert_eq!(dates(29, [(2026, 2), (2028, 2), (2026, 4), (2026, 12)]), [28, 29, 29, 29]);
        assert_eq!(dates(1, [(2026, 2), (2028, 2), (2026, 4), (2026, 12)]), [1, 1, 1, 1]);
    }

    #[test]
    fn a_run_is_due_from_its_minute_until_it_has_run() {
        let schedule = schedule(31, "2026-01-01");
        let january = [run(1, "2026-01-31", RankTrigger::Scheduled)];
        let before = state(&schedule, at("2026-02-28 02:29"), &january);
        assert_eq!((before.owed, before.missed.len()), (None, 0));
        assert_eq!(before.next, at("2026-02-28 02:30"));
        let due = state(&schedule, at("2026-02-28 02:30"), &january);
        assert_eq!((due.owed, due.next), (Some(day("2026-02-28")), at("2026-03-31 02:30")));
        // It is still owed days later, in the next month, with the same logical date.
        assert_eq!(state(&schedule, at("2026-03-15 12:00"), &january).owed, Some(day("2026-02-28")));
        let both =
            [run(1, "2026-01-31", RankTrigger::Scheduled), run(2, "2026-02-28", RankTrigger::Scheduled)];
        assert_eq!(state(&schedule, at("2026-03-15 12:00"), &both).owed, None);
        // A run of the month on another day is the month's run, a manual one is not.
        let early = [run(1, "2026-02-01", RankTrigger::Scheduled)];
        assert_eq!(state(&schedule, at("2026-02-28 12:00"), &early).owed, None);
        let manual = [run(1, "2026-02-01", RankTrigger::Manual)];
        assert_eq!(state(&schedule, at("2026-02-28 12:00"), &manual).owed, Some(day("2026-02-28")));
    }

    #[test]
    fn missed_months_are_listed_and_superseded_ones_cannot_run() {
        let schedule = schedule(5, "2026-03-06");
        let runs = [run(2, "2026-05-05", RankTrigger::Scheduled)];
        let found = state(&schedule, at("2026-08-10 00:00"), &runs);
        assert_eq!(found.overtaken, [day("2026-04-05")], "March's day was before the schedule began");
        assert_eq!(found.missed, [day("2026-06-05"), day("2026-07-05")]);
        assert_eq!((found.owed, found.last), (Some(day("2026-08-05")), Some((2, day("2026-05-05")))));
        let manual =
            [run(2, "2026-05-05", RankTrigger::Scheduled), run(3, "2026-08-06", RankTrigger::Manual)];
        let found = state(&schedule, at("2026-08-10 00:00"), &manual);
        assert_eq!((found.owed, found.missed.len(), found.overtaken.len()), (None, 0, 4));
    }

    #[test]
    fn a_run_may_be_as_of_an_earlier_closing_day() {
        let of = |day: u32, closing: u32, since: &str| Schedule {
            closing_day: Some(closing),
            ..schedule(day, since)
        };
        // As of the month's end, on the 3rd.
        let month_end = of(3, 31, "2026-03-01");
        assert_eq!(state(&month_end, at("2026-03-03 02:29"), &[]).owed, None);
        let due = state(&month_end, at("2026-03-03 02:30"), &[]);
        assert_eq!((due.owed, due.next), (Some(day("2026-02-28")), at("2026-04-03 02:30")));
        let done = [run(1, "2026-02-28", RankTrigger::Scheduled)];
        let next = state(&month_end, at("2026-04-02 12:00"), &done);
        assert_eq!((next.owed, next.next), (None, at("2026-04-03 02:30")));
        assert_eq!(state(&month_end, at("2026-04-03 12:00"), &done).owed, Some(day("2026-03-31")));
        // Closing day 20, on the 25th, on the 20th itself and on the 5th.
        let on = |day_of_month: u32, now: &str| state(&of(day_of_month, 20, "2026-05-01"), at(now), &[]).owed;
        assert_eq!(on(25, "2026-05-25 12:00"), Some(day("2026-05-20")));
        assert_eq!(on(20, "2026-05-20 12:00"), Some(day("2026-05-20")));
        assert_eq!(on(5, "2026-05-05 12:00"), Some(day("2026-04-20")));
        assert_eq!(on(5, "2026-05-04 12:00"), None, "its day was before the schedule began");
    }

    #[test]
    fn a_reverted_run_is_not_repeated() {
        let schedule = schedule(5, "2026-03-01");
        let revert = RankRun { mode: RankRunMode::Revert, ..run(2, "2026-03-05", RankTrigger::Manual) };
        let runs = [run(1, "2026-03-05", RankTrigger::Scheduled), revert];
        assert_eq!(state(&schedule, at("2026-03-20 00:00"), &runs).owed, None);
    }

    proptest! {
        /// Each month since the start is done, owed, missed or overtaken, exactly once; after running what is owed, nothing
        /// is owed.
        #[test]
        fn every_month_is_run_missed_or_due(
            day_of_month in 1_u32..=31, closing_day in prop::option::of(1_u32..=31), since in 0_u64..800, later in 0_i64..1500, hour in 0_u32..24,
            ran in prop::collection::vec((0_u64..2300, any::<bool>()), 0..12),
        ) {
            let start = day("2024-01-01");
            let schedule = Schedule {
                day: day_of_month,
                closing_day,
                time: NaiveTime::from_hms_opt(2, 30, 0).unwrap(),
                since: start + chrono::Days::new(since),
            };
            let now = (schedule.since + chrono::Duration::days(later)).and_hms_opt(hour, 30, 0).unwrap();
            let mut runs: Vec<RankRun> = ran.iter().enumerate().map(|(i, (days, is_scheduled))| {
                let as_of = (start + chrono::Days::new(*days)).to_string();
                run(i as i64 + 1, &as_of, if *is_scheduled { RankTrigger::Scheduled } else { RankTrigger::Manual })
            }).collect();
            let found = state(&schedule, now, &runs);
            let mut naive = Vec::new();
            let mut date = schedule.since - chrono::Days::new(62);
            let is_day = |date: NaiveDate, day: u32| {
                let is_last = (date + chrono::Days::new(1)).month() != date.month();
                date.day() == day || (is_last && date.day() < day)
            };
            // Each closing day arrives on the first day of the schedule that is not before it.
            while date.and_time(schedule.time) <= now {
                if is_day(date, closing_day.unwrap_or(day_of_month)) {
                    let mut arrives = date;
                    while !is_day(arrives, day_of_month) {
                        arrives = arrives + chrono::Days::new(1);
                    }
                    let same = |run: &&RankRun| run.trigger == RankTrigger::Scheduled
                        && (run.as_of.year(), run.as_of.month()) == (date.year(), date.month());
                    let has_arrived = arrives >= schedule.since && arrives.and_time(schedule.time) <= now;
                    if has_arrived && !runs.iter().any(|run| same(&run)) {
                        naive.push(date);
                    }
                }
                date = date + chrono::Days::new(1);
            }
            let mut all = [found.missed.clone(), found.overtaken.clone(), found.owed.into_iter().collect()].concat();
            all.sort();
            prop_assert_eq!(&all, &naive);
            prop_assert!(found.next > now);
            for date in found.missed.iter().chain(&found.owed) {
                prop_assert!(runs.iter().all(|run| run.as_of <= *date));
            }
            for date in found.missed.into_iter().chain(found.owed) {
                runs.push(run(100, &date.to_string(), RankTrigger::Scheduled));
            }
            let after = state(&schedule, now, &runs);
            prop_assert_eq!((after.owed, after.missed.len()), (None, 0));
        }
    }
}
