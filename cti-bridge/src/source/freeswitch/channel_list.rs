//! The list of live channels, and the answers to questions about it.

use std::collections::{HashMap, HashSet};

use shared::caller::CallerNumber;

use super::headers::{bridge_id, customer_code};
use super::legs::{Allowed, AskedNumber, Leg};
use super::parties::{Names, domain_of_presence};
use super::{ChannelRow, EslAnswer, EslQuestion, EslTopic, EslTranslator, caller_id};
use crate::call::{CallSignal, Caller, ChannelId, ChannelState, GoneCause, Party, Role};

impl EslTranslator {
    /// Applies the list of live channels. What events said since the connection began is newer and stays. Each channel of
    /// the list is asked about, so that one which has gone meanwhile is detected.
    pub fn channel_list(
        &mut self,
        mut rows: Vec<ChannelRow>,
        out: &mut Vec<CallSignal>,
        questions: &mut Vec<EslQuestion>,
    ) {
        let departed = self.departed.take().unwrap_or_default();
        rows.retain(|row| self.is_news(row, &departed));
        // Callers before the legs that ring for them.
        rows.sort_by_key(|row| row.direction != "inbound");
        for row in &rows {
            let is_own = row.call_uuid.is_empty() || row.call_uuid == row.uuid;
            if row.direction == "inbound" {
                self.live_inbound(row, out, questions);
            } else if is_own {
                // The list does not name its caller, if it has one. A leg known from before the loss stays alive.
                out.push(CallSignal::State { channel: row.channel(), state: row.state(true) });
                let topic = EslTopic::Owner(Box::new(row.clone()));
                questions.push(EslQuestion { channel: row.channel(), topic });
            } else {
                self.live_outbound(row, Some(ChannelId::from(row.call_uuid.as_str())), out);
                questions.push(EslQuestion { channel: row.channel(), topic: EslTopic::Queue });
            }
        }
        bridges(&rows, out);
    }

    /// There will be no list.
    pub fn channel_list_failed(&mut self) {
        self.departed = None;
    }

    fn is_news(&self, row: &ChannelRow, departed: &HashSet<ChannelId>) -> bool {
        let channel = row.channel();
        !row.uuid.is_empty()
            && row.callstate != "HANGUP"
            && self.legs.get(&channel).is_none()
            && !departed.contains(&channel)
    }

    fn live_inbound(
        &mut self,
        row: &ChannelRow,
        out: &mut Vec<CallSignal>,
        questions: &mut Vec<EslQuestion>,
    ) {
        let party = self.party(row);
        let mut leg = Leg::new(Role::Origin, party, false, None);
        let mut caller = None;
        if leg.calls_in() {
            let (who, has_number) = caller_id::caller_from(&row.cid_num, &row.cid_name, false, &self.numbers);
            leg.has_number = has_number;
            caller = Some(if has_number { Caller::Pending } else { Caller::Known(who) });
            if has_number {
                leg.asked = Some(AskedNumber {
                    number: row.cid_num.clone(),
                    name: row.cid_name.clone(),
                    allowed: Allowed::default(),
                });
            }
        }
        let dialled = if row.initial_dest.is_empty() { &row.dest } else { &row.initial_dest };
        let dialled = (!dialled.is_empty()).then(|| dialled.clone());
        self.found(row, leg, None, dialled, caller, out);
        for topic in [EslTopic::Presentation, EslTopic::Privacy, EslTopic::Queue, EslTopic::CustomerCode] {
            questions.push(EslQuestion { channel: row.channel(), topic });
        }
    }

    fn live_outbound(&mut self, row: &ChannelRow, owner: Option<ChannelId>, out: &mut Vec<CallSignal>) {
        let leg = Leg::new(Role::Destination, self.party(row), true, owner.clone());
        self.found(row, leg, owner, None, None, out);
    }

    /// A leg that FreeSWITCH created on its own: click-to-call. Its dialplan continued to the number dialled.
    fn live_originated(&mut self, row: &ChannelRow, out: &mut Vec<CallSignal>) {
        let party = self.party(row);
        let by_pbx = party == Party::Outside;
        let role = if by_pbx { Role::Destination } else { Role::Origin };
        let dialled = match by_pbx {
            true => Some(row.initial_dest.clone()),
            false => (row.dest != row.initial_dest && !row.dest.is_empty()).then(|| row.dest.clone()),
        };
        self.found(row, Leg::new(role, party, true, None), None, dialled.clone(), None, out);
        if by_pbx {
            out.push(CallSignal::DialBegin { source: None, destination: row.channel(), dialled });
        }
        // The legs that it reached were introduced before it, and only now their caller is known.
        let source = row.channel();
        for destination in self.legs.owned_by(&source) {
            let talk = [&source, &destination]
                .iter()
                .all(|leg| self.legs.get(*leg).is_some_and(|leg| leg.state == ChannelState::Up));
            let dial = (Some(source.clone()), destination.clone());
            out.push(CallSignal::DialBegin { source: dial.0, destination: dial.1, dialled: None });
            if talk {
                let bridge = bridge_id(&source, &destination);
                out.push(CallSignal::BridgeEnter { channel: source.clone(), bridge: bridge.clone() });
                out.push(CallSignal::BridgeEnter { channel: destination, bridge });
            }
        }
    }

    fn found(
        &mut self,
        row: &ChannelRow,
        mut leg: Leg,
        linked: Option<ChannelId>,
        dialled: Option<String>,
        caller: Option<Caller>,
        out: &mut Vec<CallSignal>,
    ) {
        let channel = row.channel();
        let state = row.state(leg.is_outbound);
        leg.state = state;
        let (party, role) = (leg.party.clone(), leg.role);
        let is_held = row.callstate == "HELD";
        self.legs.insert(&channel, leg);
        let seen = CallSignal::ChannelSeen {
            channel: channel.clone(),
            linked,
            party,
            role,
            state,
            dialled: dialled.map(|number| self.numbers.dialled(&number)),
            caller,
            uncertain: true,
        };
        out.push(seen);
        if is_held {
            out.push(CallSignal::Hold { channel });
        }
    }

    fn party(&mut self, row: &ChannelRow) -> Party {
        let is_inbound = row.direction == "inbound";
        let known =
            |text: &'static str, value: &str| (value != text && !value.is_empty()).then(|| value.to_owned());
        let (presence, context) = (known("_undef_", &row.presence_id), known("", &row.initial_context));
        let number = if is_inbound { &row.cid_num } else { &row.initial_dest };
        let number = if number.is_empty() { &row.dest } else { number };
        let party = self.parties.decide(&Names {
            is_inbound,
            channel: Some(&row.name),
            context: context.as_deref(),
            presence: presence.as_deref(),
            number: Some(number),
            ..Names::default()
        });
        self.parties.in_domain(party, presence.as_deref().and_then(domain_of_presence))
    }

    /// There is no answer in time: the caller is unknown for now. The answer may still follow.
    pub fn unanswered(&mut self, question: &EslQuestion, out: &mut Vec<CallSignal>) {
        if matches!(question.topic, EslTopic::Presentation | EslTopic::Privacy) {
            self.presentation(&question.channel, EslAnswer::Missing, out);
        }
    }

    /// Applies the answer to a question.
    pub fn answer(&mut self, question: &EslQuestion, answer: EslAnswer<'_>, out: &mut Vec<CallSignal>) {
        let channel = &question.channel;
        if answer == EslAnswer::Gone {
            if self.legs.remove(channel).is_some() {
                out.push(CallSignal::Gone { channel: channel.clone(), cause: GoneCause::Normal });
            }
            return;
        }
        match (&question.topic, answer) {
            (EslTopic::Presentation, answer) => self.presentation(channel, answer, out),
            (EslTopic::Privacy, answer) => self.privacy(channel, answer, out),
            (EslTopic::Queue, EslAnswer::Value(queue)) => self.queue(channel, queue, out),
            (EslTopic::CustomerCode, EslAnswer::Value(code)) => {
                if let Some(code) = customer_code(code) {
                    self.customer_code(channel, &code, out);
                }
            }
            (EslTopic::Owner(row), answer) => self.owner_answered(row, answer, out),
            (EslTopic::Queue | EslTopic::CustomerCode, _) => {}
        }
    }

    /// A caller without a `Privacy` header asks for none.
    fn privacy(&mut self, channel: &ChannelId, answer: EslAnswer<'_>, out: &mut Vec<CallSignal>) {
        if matches!(answer, EslAnswer::Value(value) if caller_id::asks_for_privacy(value)) {
            return self.withhold(channel, out);
        }
        if let Some(asked) = self.legs.get_mut(channel).and_then(|leg| leg.asked.as_mut()) {
            asked.allowed.by_header = true;
        }
        self.show_if_allowed(channel, out);
    }

    /// Only the word `false` lets a number be shown.
    fn presentation(&mut self, channel: &ChannelId, answer: EslAnswer<'_>, out: &mut Vec<CallSignal>) {
        if answer == EslAnswer::Value("true") {
            return self.withhold(channel, out);
        }
        let Some(asked) = self.legs.get_mut(channel).and_then(|leg| leg.asked.as_mut()) else { return };
        if answer == EslAnswer::Value("false") {
            asked.allowed.by_system = true;
            self.show_if_allowed(channel, out);
        } else {
            out.push(CallSignal::CallerKnown { channel: channel.clone(), caller: CallerNumber::Unknown });
        }
    }

    fn show_if_allowed(&mut self, channel: &ChannelId, out: &mut Vec<CallSignal>) {
        let Some(leg) = self.legs.get_mut(channel) else { return };
        let is_allowed = |asked: &mut AskedNumber| asked.allowed.by_system && asked.allowed.by_header;
        let Some(asked) = leg.asked.take_if(is_allowed) else { return };
        let caller = caller_id::caller_from(&asked.number, &asked.name, false, &self.numbers).0;
        out.push(CallSignal::CallerKnown { channel: channel.clone(), caller });
    }

    fn owner_answered(&mut self, row: &ChannelRow, answer: EslAnswer<'_>, out: &mut Vec<CallSignal>) {
        let channel = row.channel();
        let owner = match answer {
            EslAnswer::Value(owner) => Some(ChannelId::from(owner)),
            EslAnswer::Missing | EslAnswer::Gone => None,
        };
        if let Some(leg) = self.legs.get_mut(&channel) {
            if let Some(owner) = owner.filter(|_| leg.owner.is_none()) {
                leg.owner = Some(owner.clone());
                out.push(CallSignal::Linked { channel, linked: owner });
            }
            return;
        }
        match owner {
            Some(owner) => self.live_outbound(row, Some(owner), out),
            None => self.live_originated(row, out),
        }
    }
}

impl ChannelRow {
    fn channel(&self) -> ChannelId {
        ChannelId::from(self.uuid.as_str())
    }

    fn state(&self, is_outbound: bool) -> ChannelState {
        match self.callstate.as_str() {
            "ACTIVE" | "HELD" | "UNHELD" => ChannelState::Up,
            "RINGING" | "EARLY" if is_outbound => ChannelState::Ringing,
            _ => ChannelState::Idle,
        }
    }
}

/// Conversations: a leg that talks names its partner.
fn bridges(rows: &[ChannelRow], out: &mut Vec<CallSignal>) {
    let is_up = |row: &ChannelRow| row.state(false) == ChannelState::Up;
    let live: HashMap<&str, &ChannelRow> =
        rows.iter().filter(|row| is_up(row)).map(|row| (row.uuid.as_str(), row)).collect();
    for row in rows.iter().filter(|row| row.direction != "inbound" && is_up(row)) {
        let names = [row.application_data.as_str(), row.call_uuid.as_str()];
        let partner = names.into_iter().filter(|name| *name != row.uuid).find_map(|name| live.get(name));
        if let Some(partner) = partner {
            let (a, b) = (partner.channel(), row.channel());
            let bridge = bridge_id(&a, &b);
            out.push(CallSignal::BridgeEnter { channel: a, bridge: bridge.clone() });
            out.push(CallSignal::BridgeEnter { channel: b, bridge });
        }
    }
}
