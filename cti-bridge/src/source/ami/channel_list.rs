//! Entries of the list of live channels (`CoreShowChannels`).

use super::{AmiMessage, AmiTranslator};
use crate::call::{CallSignal, ChannelId};

use shared::text::printable;

impl AmiTranslator {
    /// An entry says more than an event does: the queue and the bridge.
    pub(super) fn listed(&mut self, channel: &ChannelId, message: &AmiMessage, out: &mut Vec<CallSignal>) {
        let application = message.get("Application").unwrap_or_default();
        let data = message.get("ApplicationData").unwrap_or_default();
        let queue = data.split(',').next().unwrap_or_default();
        if application == "Queue" && !queue.is_empty() {
            out.push(CallSignal::QueueJoin {
                channel: channel.clone(),
                queue: printable(queue).into_owned(),
            });
        }
        let bridge = message.known("BridgeId").filter(|_| application != "Park");
        if let Some(bridge) = bridge.filter(|bridge| self.is_conversation(bridge, message)) {
            out.push(CallSignal::BridgeEnter { channel: channel.clone(), bridge: bridge.into() });
        }
    }

    /// Whether channels hear each other in this bridge. The list does not say so, but channels in a conversation share one
    /// `Linkedid`, and channels in a parking lot keep their own.
    fn is_conversation(&mut self, bridge: &str, message: &AmiMessage) -> bool {
        let linked = message.known("Linkedid").unwrap_or_default();
        if let Some(first) = self.listed_bridges.get(bridge) {
            return first == linked;
        }
        if self.listed_bridges.len() < self.channels_max {
            self.listed_bridges.insert(bridge.to_owned(), linked.to_owned());
        }
        true
    }
}
