//! Opening hours: `[hours.NAME]`, which lines and `[calls]` name.

use std::sync::Arc;

use chrono::{NaiveDate, Weekday};
use shared::message;
use shared::message::Label;
use shared::settings_reader::{MistakeKind, Table, Value};

use crate::popup::{Hours, Opening};

/// Openings of a day at most.
const OPENINGS_MAX: usize = 24;
/// Holidays that may be listed: those of a few years.
const HOLIDAYS_MAX: usize = 2_000;

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

const OPENING: Label = Label::new(
    "「09:00-17:30」のように、開始と終了を24時間制で書いてください",
    "must be a beginning and an end such as \"09:00-17:30\"",
);

const HOLIDAY: Label =
    Label::new("「2026-12-29」のように日付を書いてください", "must be a date such as \"2026-12-29\"");

/// Opening hours by the names that the company gave them.
#[derive(Default)]
pub(super) struct NamedHours(Vec<(String, Arc<Hours>)>);

impl NamedHours {
    pub(super) fn read(table: &Table<'_>) -> Self {
        let mut all = Vec::new();
        for (name, value) in table.entries() {
            let Some(entry) = value.table() else { continue };
            let hours = hours_of(&entry);
            if hours.is_empty() {
                value.mistake(
                    MistakeKind::Rule("hours"),
                    message!(
                        "受付時間を1日以上設定してください(例: monday = [\"09:00-17:30\"])",
                        "must have hours on at least one day, such as monday = [\"09:00-17:30\"]"
                    ),
                );
            }
            all.push((name.to_owned(), Arc::new(hours)));
        }
        Self(all)
    }

    /// The hours that a setting names.
    pub(super) fn named(&self, value: &Value<'_>) -> Option<Arc<Hours>> {
        let known: Vec<_> = self.0.iter().map(|(name, hours)| (name.as_str(), hours.clone())).collect();
        value.one_of(&known)
    }
}

fn hours_of(entry: &Table<'_>) -> Hours {
    let mut hours = Hours::default();
    entry.fields(|fields| {
        for (name, day) in DAYS {
            let mut openings = Vec::new();
            fields.set(name, &mut openings, |value| {
                let list = value.list(OPENINGS_MAX)?;
                let openings: Option<Vec<_>> =
                    list.iter().map(|entry| entry.parsed(OPENING, Opening::parse)).collect();
                if !Hours::default().open(day, openings.clone()?) {
                    value.mistake(
                        MistakeKind::Rule("hours"),
                        message!("受付時間が重なっています", "openings of one day overlap"),
                    );
                }
                openings
            });
            hours.open(day, openings);
        }
        let mut holidays = std::collections::BTreeSet::new();
        fields.set("holidays", &mut holidays, |value| {
            let list = value.list(HOLIDAYS_MAX)?;
            list.iter().map(|day| day.parsed(HOLIDAY, |text| text.parse::<NaiveDate>().ok())).collect()
        });
        hours.close_on(holidays);
    });
    hours
}
