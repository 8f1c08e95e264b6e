//! The party behind a channel, read from the channel's name.

use crate::call::Party;

use super::AmiConfig;

/// The rules that distinguish agents' phones from trunks.
///
/// A channel's name is `TECHNOLOGY/PEER-SERIAL`. By default the peer of an agent's phone is its extension, a short
/// number. Any other peer of a real technology is a trunk; internal channels such as `Local/…` belong to nobody.
#[derive(Debug, Clone)]
pub struct Parties {
    technologies: Vec<String>,
    trunk_prefixes: Vec<String>,
    extension_digits_max: usize,
    extensions: Vec<String>,
}

/// Technologies without a phone behind them.
const INTERNAL_TECHNOLOGIES: [&str; 12] = [
    "Local",
    "Surrogate",
    "Announcer",
    "Recorder",
    "CBAnn",
    "CBRec",
    "Bridge",
    "BridgeAnnouncer",
    "Message",
    "MulticastRTP",
    "UnicastRTP",
    "Snoop",
];

impl From<&AmiConfig> for Parties {
    fn from(config: &AmiConfig) -> Self {
        Self {
            technologies: config.agent_technologies.clone(),
            trunk_prefixes: config.trunk_prefixes.clone(),
            extension_digits_max: config.extension_digits_max,
            extensions: config.extensions.clone(),
        }
    }
}

impl Parties {
    /// The party behind a channel of this name.
    #[must_use]
    pub fn of(&self, channel_name: &str) -> Party {
        // A blind transfer may use `AsyncGoto/PJSIP/trunk-…`, which stands for the channel named in it.
        let name = channel_name.strip_prefix("AsyncGoto/").unwrap_or(channel_name);
        let Some((technology, rest)) = name.split_once('/') else { return Party::Internal };
        if name.contains("<ZOMBIE>")
            || INTERNAL_TECHNOLOGIES.iter().any(|p| p.eq_ignore_ascii_case(technology))
        {
            return Party::Internal;
        }
        let peer = rest.rsplit_once('-').map_or(rest, |(peer, _)| peer);
        let peer = peer.split_once('@').map_or(peer, |(user, _)| user);
        if self.is_agent(technology, peer) {
            Party::Agent { extension: peer.to_owned() }
        } else {
            Party::Outside
        }
    }

    fn is_agent(&self, technology: &str, peer: &str) -> bool {
        if self.extensions.iter().any(|e| e == peer) {
            return true;
        }
        let is_short_number = !peer.is_empty()
            && peer.len() <= self.extension_digits_max
            && peer.bytes().all(|b| b.is_ascii_digit());
        is_short_number
            && self.technologies.iter().any(|t| t.eq_ignore_ascii_case(technology))
            && !self.trunk_prefixes.iter().any(|p| peer.starts_with(p.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    #[test]
    fn the_party_is_read_from_the_channels_name() {
        let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new("s"));
        config.extensions = vec!["front-desk".to_owned()];
        config.trunk_prefixes.push("99".to_owned());
        let parties = Parties::from(&config);
        let agent = |extension: &str| Party::Agent { extension: extension.to_owned() };
        for (name, expected) in [
            ("PJSIP/201-00000001", agent("201")),
            ("sip/12345678-00000001", agent("12345678")),
            ("PJSIP/123456789-00000001", Party::Outside),
            ("PJSIP/front-desk-00000001", agent("front-desk")),
            ("PJSIP/9900-00000001", Party::Outside),
            ("PJSIP/trunk-00000001", Party::Outside),
            ("PJSIP/my-trunk-00000001", Party::Outside),
            ("AsyncGoto/PJSIP/trunk-00000001", Party::Outside),
            ("DAHDI/i1/0312345678-1", Party::Outside),
            ("Local/201@from-queue-00000003;1", Party::Internal),
            ("PJSIP/201-00000001<ZOMBIE>", Party::Internal),
            ("garbage", Party::Internal),
            ("", Party::Internal),
            ("PJSIP/", Party::Outside),
        ] {
            assert_eq!(parties.of(name), expected, "{name}");
        }
    }
}
