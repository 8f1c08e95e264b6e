//! What a translator remembers of live channels, up to a limit.

use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use crate::call::ChannelId;

/// Entries by channel. Beyond the limit the oldest is forgotten.
#[derive(Debug)]
pub(super) struct ChannelMemory<T> {
    entries: HashMap<ChannelId, T>,
    /// In the order of insertion; also names channels that were removed.
    order: VecDeque<ChannelId>,
    max: usize,
}

impl<T> ChannelMemory<T> {
    /// A memory of at most `max` channels.
    pub(super) fn new(max: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), max }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, channel: &Q) -> Option<&T>
    where
        ChannelId: Borrow<Q>,
    {
        self.entries.get(channel)
    }

    pub(super) fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, channel: &Q) -> Option<&mut T>
    where
        ChannelId: Borrow<Q>,
    {
        self.entries.get_mut(channel)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&ChannelId, &T)> {
        self.entries.iter()
    }

    pub(super) fn remove(&mut self, channel: &ChannelId) -> Option<T> {
        self.entries.remove(channel)
    }

    pub(super) fn insert(&mut self, channel: &ChannelId, entry: T) {
        if self.entries.insert(channel.clone(), entry).is_none() {
            self.order.push_back(channel.clone());
        }
        while self.entries.len() > self.max || self.order.len() > self.max.saturating_mul(2) {
            let Some(oldest) = self.order.pop_front() else { return };
            self.entries.remove(&oldest);
        }
    }
}
