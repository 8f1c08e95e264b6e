//! Work that is broken off when its time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::Connection;
use crate::store::StoreError;

/// Steps of a statement between two looks at the clock, each a fraction of a microsecond.
const STEPS_BETWEEN_LOOKS: i32 = 1_000;

impl Connection {
    /// Runs reading work, which is broken off at this instant. `None`: it was broken off.
    pub(in crate::store) fn until<T>(
        &mut self,
        deadline: Instant,
        work: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let late = Arc::new(AtomicBool::new(false));
        let noted = late.clone();
        let look = move || {
            let over = Instant::now() >= deadline;
            noted.fetch_or(over, Ordering::Relaxed);
            over
        };
        let set = self.inner.progress_handler(STEPS_BETWEEN_LOOKS, Some(look));
        set.map_err(|error| self.explain(&error))?;
        let done = work(self);
        let unset = self.inner.progress_handler(0, None::<fn() -> bool>);
        unset.map_err(|error| self.explain(&error))?;
        match done {
            Err(_) if late.load(Ordering::Relaxed) => Ok(None),
            done => done.map(Some),
        }
    }
}
