//! The party behind a leg, read from its direction and its names.

use super::{EslMessage, FreeSwitchConfig};
use crate::call::Party;

/// The rules that distinguish agents' phones from trunks.
///
/// An outbound leg is an agent's phone when it was created for a user of the directory (`user/201`) or is named by a
/// short number. An incoming leg is an agent's phone when it signed in as, or calls from, a short number. Internal
/// endpoints such as `loopback/…` belong to nobody; everything else is a trunk.
#[derive(Debug, Clone)]
pub struct EslParties {
    extension_digits_max: usize,
    extensions: Vec<String>,
    /// The agents' own domains.
    domains: Vec<String>,
    trunk_prefixes: Vec<String>,
    trunk_contexts: Vec<String>,
}

/// Endpoints without a phone behind them.
const INTERNAL_ENDPOINTS: [&str; 5] = ["loopback/", "null/", "error/", "group/", "pickup/"];

/// Headers that only a leg to or from a carrier has.
const GATEWAY: [&str; 2] = ["variable_sip_gateway", "variable_sip_gateway_name"];

impl From<&FreeSwitchConfig> for EslParties {
    fn from(config: &FreeSwitchConfig) -> Self {
        Self {
            extension_digits_max: config.extension_digits_max,
            extensions: config.extensions.clone(),
            domains: config.domains.clone(),
            trunk_prefixes: config.trunk_prefixes.clone(),
            trunk_contexts: config.trunk_contexts.clone(),
        }
    }
}

impl EslParties {
    /// The party behind the leg that an event is about. Without a setting, the domain of the first agent's phone is the
    /// agents' own.
    pub fn of(&mut self, message: &EslMessage) -> Party {
        let domain = domain_of(message);
        let party = self.party_of(message);
        self.in_domain(party, domain)
    }

    /// The party in this domain: an extension of another domain than the agents' own is another phone.
    pub(super) fn in_domain(&mut self, party: Party, domain: Option<&str>) -> Party {
        let (Party::Agent { extension }, Some(domain)) = (&party, domain) else { return party };
        if self.domains.is_empty() {
            self.domains.push(domain.to_owned());
        }
        match self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain)) {
            true => party,
            false => Party::Agent { extension: format!("{extension}@{domain}") },
        }
    }

    fn party_of(&self, message: &EslMessage) -> Party {
        let is_gateway = GATEWAY.iter().any(|header| message.known(header).is_some());
        let is_inbound = message.get("Call-Direction") == Some("inbound");
        self.decide(&Names {
            is_inbound,
            is_gateway,
            channel: message.get("Channel-Name"),
            context: message.get("Caller-Context"),
            // On an incoming leg `dialed_user` is the user that it reached last.
            dialled_user: message.known("variable_dialed_user").filter(|_| !is_inbound),
            signed_in: message.known("variable_user_name").filter(|_| is_inbound),
            presence: message.known("Channel-Presence-ID"),
            number: message.known(if is_inbound {
                "Caller-Caller-ID-Number"
            } else {
                "Caller-Destination-Number"
            }),
        })
    }

    pub(super) fn decide(&self, names: &Names<'_>) -> Party {
        let channel = names.channel.unwrap_or_default();
        if INTERNAL_ENDPOINTS.iter().any(|endpoint| channel.starts_with(endpoint)) {
            return Party::Internal;
        }
        let is_trunk_context = names.context.is_some_and(|c| self.trunk_contexts.iter().any(|t| t == c));
        if names.is_inbound && is_trunk_context {
            return Party::Outside;
        }
        if let Some(user) = names.dialled_user.filter(|user| !self.is_trunk(user)) {
            return Party::Agent { extension: user.to_owned() };
        }
        if names.is_gateway {
            return Party::Outside;
        }
        let presence = names.presence.map(|id| id.split_once('@').map_or(id, |(user, _)| user));
        let candidates = [names.signed_in, presence, names.number];
        match candidates.into_iter().flatten().find(|name| self.is_extension(name)) {
            Some(extension) => Party::Agent { extension: extension.to_owned() },
            None => Party::Outside,
        }
    }

    fn is_trunk(&self, name: &str) -> bool {
        self.trunk_prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }

    fn is_extension(&self, name: &str) -> bool {
        let is_short_number = !name.is_empty()
            && name.len() <= self.extension_digits_max
            && name.bytes().all(|b| b.is_ascii_digit());
        self.extensions.iter().any(|e| e == name) || (is_short_number && !self.is_trunk(name))
    }
}

/// The domain of an agent's leg.
fn domain_of(message: &EslMessage) -> Option<&str> {
    let is_inbound = message.get("Call-Direction") == Some("inbound");
    let own = message.known(if is_inbound { "variable_domain_name" } else { "variable_dialed_domain" });
    own.or_else(|| domain_of_presence(message.known("Channel-Presence-ID")?))
}

/// The domain in `201@pbx.example`.
pub(super) fn domain_of_presence(presence: &str) -> Option<&str> {
    presence.split_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
}

/// The fields that identify the party of a leg.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) is_inbound: bool,
    pub(super) is_gateway: bool,
    pub(super) channel: Option<&'a str>,
    pub(super) context: Option<&'a str>,
    pub(super) dialled_user: Option<&'a str>,
    pub(super) signed_in: Option<&'a str>,
    pub(super) presence: Option<&'a str>,
    pub(super) number: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    fn parties() -> EslParties {
        let mut config = FreeSwitchConfig::new("pbx:8021", Secret::new("s"));
        config.extensions = vec!["front-desk".to_owned()];
        config.trunk_prefixes = vec!["99".to_owned()];
        config.trunk_contexts = vec!["carrier".to_owned()];
        EslParties::from(&config)
    }

    fn agent(extension: &str) -> Party {
        Party::Agent { extension: extension.to_owned() }
    }

    #[test]
    fn an_incoming_leg_is_identified_by_who_signed_in_or_calls() {
        let inbound = |number, signed_in, context| {
            let names = Names { is_inbound: true, number, signed_in, context, ..Names::default() };
            parties().decide(&names)
        };
        assert_eq!(inbound(Some("203"), None, None), agent("203"));
        assert_eq!(inbound(Some("0312345678"), Some("203"), None), agent("203"));
        assert_eq!(inbound(Some("front-desk"), None, None), agent("front-desk"));
        assert_eq!(inbound(Some("12345"), None, None), agent("12345"));
        assert_eq!(inbound(Some("123456"), None, None), Party::Outside);
        assert_eq!(inbound(Some("9912"), None, None), Party::Outside);
        assert_eq!(inbound(Some("0312345678"), None, Some("public")), Party::Outside);
        assert_eq!(inbound(Some("anonymous"), None, None), Party::Outside);
        assert_eq!(inbound(None, None, None), Party::Outside);
        // In the carrier's context a caller who sends the number of an extension is not that extension.
        assert_eq!(inbound(Some("203"), None, Some("carrier")), Party::Outside);
    }

    #[test]
    fn an_outbound_leg_is_identified_by_whom_it_is_for() {
        let decide = |names: Names<'_>| parties().decide(&names);
        assert_eq!(decide(Names { dialled_user: Some("suzuki"), ..Names::default() }), agent("suzuki"));
        let mobile = Names { dialled_user: Some("201"), is_gateway: true, ..Names::default() };
        assert_eq!(decide(mobile), agent("201"), "an agent whose calls go to a mobile phone");
        let presence = Some("202@pbx.example");
        assert_eq!(decide(Names { presence, number: Some("x"), ..Names::default() }), agent("202"));
        assert_eq!(decide(Names { number: Some("203"), ..Names::default() }), agent("203"));
        let carrier = Names { number: Some("104"), is_gateway: true, ..Names::default() };
        assert_eq!(decide(carrier), Party::Outside);
        assert_eq!(decide(Names { dialled_user: Some("99carrier"), ..Names::default() }), Party::Outside);
        assert_eq!(decide(Names { number: Some("09012345678"), ..Names::default() }), Party::Outside);
        let internal = Names { channel: Some("loopback/201-a"), number: Some("201"), ..Names::default() };
        assert_eq!(decide(internal), Party::Internal);
        // A pick-up group in a `bridge`: named like a phone, but not a phone.
        let pickup = Names { channel: Some("pickup/201"), number: Some("201"), ..Names::default() };
        assert_eq!(decide(pickup), Party::Internal);
    }
}
