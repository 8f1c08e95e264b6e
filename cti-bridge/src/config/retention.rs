//! How long what is kept only for a time is kept (`cti-bridge prune`).

use shared::settings_reader::{Table, whole};
use shared::store::Expiring;

/// A hundred years.
const DAYS_MAX: u32 = 36_500;

/// Days that something is kept; 0: for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetentionSettings {
    /// The files of the audit log, which go when their whole month is older.
    pub audit_days: u32,
    /// Numbers and notes of calls, missed calls and callbacks. The calls themselves stay.
    pub call_details_days: u32,
    /// Activities.
    pub activities_days: u32,
    /// The log of what customers did in the shop.
    pub activity_logs_days: u32,
    /// Events that other systems were not told of.
    pub events_out_days: u32,
}

impl RetentionSettings {
    pub(super) fn read(table: &Table<'_>) -> Self {
        let mut retention = Self::default();
        table.fields(|fields| {
            let days = || whole(0..=DAYS_MAX);
            fields.set("audit_days", &mut retention.audit_days, days());
            fields.set("call_details_days", &mut retention.call_details_days, days());
            fields.set("activities_days", &mut retention.activities_days, days());
            fields.set("activity_logs_days", &mut retention.activity_logs_days, days());
            fields.set("events_out_days", &mut retention.events_out_days, days());
        });
        retention
    }

    /// What is kept for a time, and for how many days.
    pub(crate) fn limited(&self) -> impl Iterator<Item = (Expiring, u32)> {
        let days = |what: &Expiring| match what {
            Expiring::CallDetails => self.call_details_days,
            Expiring::Activities => self.activities_days,
            Expiring::ActivityLogs => self.activity_logs_days,
            Expiring::EventsOut => self.events_out_days,
        };
        Expiring::ALL.iter().map(move |what| (*what, days(what))).filter(|(_, days)| *days > 0)
    }
}
