//! Messages that are lost, repeated or swapped on their way.

use cti_bridge::call::{CallSignal, GoneCause};
use proptest::prelude::*;
use proptest::sample::Index;

/// One way in which messages may be damaged in transit.
#[derive(Debug, Clone)]
pub(crate) enum Damage {
    Drop(Index),
    Repeat(Index),
    Swap(Index, Index),
}

pub(crate) fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let damage = prop_oneof![
        any::<Index>().prop_map(Damage::Drop),
        any::<Index>().prop_map(Damage::Repeat),
        any::<(Index, Index)>().prop_map(|(a, b)| Damage::Swap(a, b)),
    ];
    prop::collection::vec(damage, 1..40)
}

/// Damages messages, of which there must be more than damages.
pub(crate) fn damage<M: Clone>(messages: &mut Vec<M>, damages: &[Damage]) {
    for damage in damages {
        let length = messages.len();
        match damage {
            Damage::Drop(at) => {
                messages.remove(at.index(length));
            }
            Damage::Repeat(at) => {
                let again = messages[at.index(length)].clone();
                messages.insert(at.index(length), again);
            }
            Damage::Swap(a, b) => messages.swap(a.index(length), b.index(length)),
        }
    }
}

/// Adds the end of an unfinished list and of every channel.
pub(crate) fn end_all(signals: &mut Vec<CallSignal>) {
    let mut channels: Vec<_> = signals.iter().filter_map(|s| s.channel().cloned()).collect();
    channels.sort();
    channels.dedup();
    signals.push(CallSignal::ChannelListAborted);
    signals
        .extend(channels.into_iter().map(|channel| CallSignal::Gone { channel, cause: GoneCause::Normal }));
}
