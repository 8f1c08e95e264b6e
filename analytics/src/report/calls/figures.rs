//! The sums of calls, and the rates and averages that follow from them.

use rust_decimal::Decimal;

use crate::output::{average_seconds, ratio};
use crate::report::sums::sums;

sums! {
    /// The sums of some calls. Rates and averages are computed from them where they are shown.
    #[derive(Copy)]
    pub struct Figures {
        /// All calls.
        pub calls: u64,
        /// Answered calls.
        pub answered: u64,
        /// Calls whose caller hung up while waiting.
        pub abandoned: u64,
        /// Unanswered inbound calls: abandoned, rang out, busy.
        pub missed: u64,
        /// Calls answered within the service level's time.
        pub answered_within: u64,
        /// Wait of the answered calls. Milliseconds.
        pub wait_ms: u64,
        /// Talk, without hold. Seconds.
        pub talk_seconds: u64,
        /// Hold. Seconds.
        pub hold_seconds: u64,
        /// After-call work. Seconds.
        pub acw_seconds: u64,
        /// Missed calls whose number was later talked to.
        pub responded: u64,
        /// Time from the end of these to the start of that call. Milliseconds.
        pub response_ms: u64,
        /// Calls that follow one of the same direction and number soon.
        pub repeated: u64,
        /// Calls that the bridge saw only in part.
        pub uncertain: u64,
    }
}

impl Figures {
    /// Share of answered calls (応答率).
    pub fn answer_rate(&self) -> Option<Decimal> {
        ratio(self.answered.into(), self.calls.into())
    }

    /// Share of abandoned calls (放棄率).
    pub fn abandon_rate(&self) -> Option<Decimal> {
        ratio(self.abandoned.into(), self.calls.into())
    }

    /// Share of repeated calls (再入電率).
    pub fn repeat_rate(&self) -> Option<Decimal> {
        ratio(self.repeated.into(), self.calls.into())
    }

    /// Share of calls answered in time (20秒以内応答率).
    pub fn service_level(&self) -> Option<Decimal> {
        ratio(self.answered_within.into(), self.calls.into())
    }

    /// Average speed of answer (ASA): the average wait of the answered calls. Seconds.
    pub fn average_wait(&self) -> Option<Decimal> {
        seconds(self.wait_ms, self.answered)
    }

    /// Average talk time (ATT). Seconds.
    pub fn average_talk(&self) -> Option<Decimal> {
        per(self.talk_seconds, self.answered)
    }

    /// Average hold. Seconds.
    pub fn average_hold(&self) -> Option<Decimal> {
        per(self.hold_seconds, self.answered)
    }

    /// Average after-call work. Seconds.
    pub fn average_acw(&self) -> Option<Decimal> {
        per(self.acw_seconds, self.answered)
    }

    /// Average handling time (AHT): talk, hold and after-call work. Seconds.
    pub fn average_handling(&self) -> Option<Decimal> {
        per(self.talk_seconds + self.hold_seconds + self.acw_seconds, self.answered)
    }

    /// Average time from a missed call to the first later call with its number. Seconds.
    pub fn average_response(&self) -> Option<Decimal> {
        seconds(self.response_ms, self.responded)
    }
}

fn per(sum: u64, count: u64) -> Option<Decimal> {
    average_seconds(sum.into(), count)
}

fn seconds(milliseconds: u64, count: u64) -> Option<Decimal> {
    average_seconds(Decimal::new(i64::try_from(milliseconds).ok()?, 3), count)
}
