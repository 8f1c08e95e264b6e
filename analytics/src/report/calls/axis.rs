//! The attributes by which the call report divides calls, and the direction of calls.

use clap::ValueEnum;
use shared::label::Lang;

use crate::labels::{self, Label};

/// An attribute that divides calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum CallAxis {
    /// The queue.
    Queue,
    /// The half hour of the day in which the call started.
    HalfHour,
    /// The agent: counts each agent's part in a call (who rang, who answered, for how long).
    Agent,
    /// The category of the wrap-up.
    Category,
    /// The day.
    Day,
    /// The month.
    Month,
    /// The day of the week.
    Weekday,
    /// The outcome.
    Outcome,
}

impl CallAxis {
    /// The identifier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::HalfHour => "half_hour",
            Self::Agent => "agent",
            Self::Category => "category",
            Self::Day => "day",
            Self::Month => "month",
            Self::Weekday => "weekday",
            Self::Outcome => "outcome",
        }
    }

    /// The column's heading.
    pub const fn label(self) -> Label {
        match self {
            Self::Queue => labels::QUEUE,
            Self::HalfHour => labels::HALF_HOUR,
            Self::Agent => labels::AGENT,
            Self::Category => labels::CATEGORY,
            Self::Day => labels::DAY,
            Self::Month => labels::MONTH,
            Self::Weekday => labels::WEEKDAY,
            Self::Outcome => labels::OUTCOME,
        }
    }

    /// SQL for a text that sorts in reading order.
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::HalfHour => {
                "LPAD(CAST(hour_of_day AS VARCHAR), 2, '0') || CASE WHEN minute_of_hour < 30 THEN ':00' ELSE ':30' END"
            }
            Self::Agent => "agent_code",
            Self::Category => "category",
            Self::Day => "CAST(day AS VARCHAR)",
            Self::Month => "SUBSTR(CAST(day AS VARCHAR), 1, 7)",
            // 1 is Monday (ISO 8601).
            Self::Weekday => "CAST(EXTRACT(ISODOW FROM day) AS VARCHAR)",
            Self::Outcome => "outcome",
        }
    }
}

/// The direction of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum CallDirection {
    /// From customers.
    #[default]
    Inbound,
    /// To customers.
    Outbound,
}

impl CallDirection {
    /// The label in a language.
    pub const fn label(self, lang: Lang) -> &'static str {
        let stored = match self {
            Self::Inbound => shared::call::CallDirection::Inbound,
            Self::Outbound => shared::call::CallDirection::Outbound,
        };
        stored.label(lang)
    }

    /// The identifier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}
