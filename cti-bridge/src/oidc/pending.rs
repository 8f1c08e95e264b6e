//! Sign-ins in progress, by their state.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Sign-ins in progress; when there are more, the oldest is dropped.
const PENDING_MAX: usize = 1_000;
/// How long a sign-in may take at the provider, in minutes.
pub(super) const PENDING_MINUTES: i64 = 10;

/// A sign-in in progress.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) browser: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// All sign-ins in progress, each with its end.
#[derive(Debug, Default)]
pub(super) struct PendingSignIns(Mutex<HashMap<String, (Pending, DateTime<Utc>)>>);

impl PendingSignIns {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Pending, DateTime<Utc>)>> {
        // Nothing can panic while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a sign-in for [`PENDING_MINUTES`].
    pub(super) fn insert(&self, state: String, begun: Pending, now: DateTime<Utc>) {
        let mut all = self.lock();
        if all.len() >= PENDING_MAX {
            all.retain(|_, (_, expires)| *expires > now);
        }
        if all.len() >= PENDING_MAX {
            let oldest = all.iter().min_by_key(|(_, (_, expires))| *expires).map(|(state, _)| state.clone());
            oldest.and_then(|state| all.remove(&state));
        }
        all.insert(state, (begun, now + TimeDelta::minutes(PENDING_MINUTES)));
    }

    /// Takes the sign-in of a state that this browser started. A state is valid for one callback, whether that succeeds
    /// or not.
    pub(super) fn take(&self, state: &str, browser: Option<&str>, now: DateTime<Utc>) -> Option<Pending> {
        let (begun, expires) = self.lock().remove(state)?;
        (expires > now && browser == Some(begun.browser.as_str())).then_some(begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(browser: &str) -> Pending {
        Pending { browser: browser.to_owned(), nonce: "n".to_owned(), verifier: "v".to_owned() }
    }

    #[test]
    fn a_state_is_valid_once_for_its_browser_and_its_time() {
        let (all, now) = (PendingSignIns::default(), DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        all.insert("s".to_owned(), begun("b"), now);
        assert!(all.take("s", Some("other"), now).is_none());
        assert!(all.take("s", Some("b"), now).is_none(), "the first callback used it up");
        all.insert("s".to_owned(), begun("b"), now);
        assert!(all.take("s", Some("b"), now + TimeDelta::minutes(PENDING_MINUTES)).is_none());
        all.insert("s".to_owned(), begun("b"), now);
        let end = now + TimeDelta::minutes(PENDING_MINUTES) - TimeDelta::seconds(1);
        assert!(all.take("s", Some("b"), end).is_some());
    }

    #[test]
    fn beyond_the_limit_the_oldest_sign_in_is_dropped() {
        let (all, now) = (PendingSignIns::default(), DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        for n in 0..=PENDING_MAX {
            let at = now + TimeDelta::milliseconds(i64::try_from(n).unwrap());
            all.insert(n.to_string(), begun("b"), at);
        }
        assert_eq!(all.lock().len(), PENDING_MAX);
        assert!(all.take("0", Some("b"), now).is_none() && all.take("1", Some("b"), now).is_some());
    }
}
