//! The whole audit log: the store's entries and those of the files, in the order of time.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::lines::Lines;
use super::{AuditLogError, folder_of};
use crate::store::{AuditEntry, AuditFilter, Store};

/// What was found besides the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trail {
    /// Lines of the files that hold no entry: cut off by a kill of the bridge, or damaged.
    pub damaged: u64,
}

/// Hands the entries over one by one, the oldest first; nothing is kept, except the newest ones while a limit is given.
/// Of two entries of the same instant that of the files comes first.
pub fn trail(
    store: &Store,
    filter: &AuditFilter,
    each: &mut dyn FnMut(AuditEntry) -> ControlFlow<()>,
) -> Result<Trail, AuditLogError> {
    let Some(limit) = filter.limit else { return merged(store, filter, each) };
    let unlimited = AuditFilter { limit: None, ..filter.clone() };
    let mut newest = VecDeque::new();
    let found = merged(store, &unlimited, &mut |entry| {
        newest.push_back(entry);
        if newest.len() > limit {
            newest.pop_front();
        }
        ControlFlow::Continue(())
    })?;
    let _ = newest.into_iter().try_for_each(each);
    Ok(found)
}

fn merged(
    store: &Store,
    filter: &AuditFilter,
    each: &mut dyn FnMut(AuditEntry) -> ControlFlow<()>,
) -> Result<Trail, AuditLogError> {
    let mut lines = Lines::of(&folder_of(store.location()), filter)?;
    let mut next = lines.next()?;
    let mut ended = ControlFlow::Continue(());
    let mut failed = None;
    store.reader()?.audit_trail(filter, &mut |stored| {
        while ended.is_continue()
            && let Some(entry) = next.take_if(|entry| entry.at <= stored.at)
        {
            ended = each(entry);
            match lines.next() {
                Ok(following) => next = following,
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
        }
        if ended.is_continue() {
            ended = each(stored);
        }
        ended
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    while ended.is_continue()
        && let Some(entry) = next.take()
    {
        ended = each(entry);
        next = lines.next()?;
    }
    Ok(Trail { damaged: lines.damaged })
}
