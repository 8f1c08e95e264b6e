//! What a translator makes of the list of live channels and of the answers about them.

use std::collections::{HashMap, HashSet};

use shared::caller::CallerNumber;

use super::legs::{Asked, Leg};
use super::parties::Names;
use super::reading::{bridge_id, customer_code};
use super::snapshot::ChannelRow;
use super::{EslAnswer, EslAsk, EslQuestion, EslTranslator, presentation};
use crate::call::{CallSignal, Caller, ChannelId, ChannelState, GoneCause, Party, Role};

impl EslTranslator {
    /// Takes the list of live channels. What events told since the connection began is newer and stays. Each channel
    /// that the list tells of is asked about, so that one which is gone meanwhile is found out.
    pub fn snapshot(&mut self, mut rows: Vec<ChannelRow>, out: &mut Vec<CallSignal>, asks: &mut Vec<EslAsk>) {
        let departed = self.departed.take().unwrap_or_default();
        rows.retain(|row| self.is_news(row, &departed));
        // Who calls comes before who is called.
        rows.sort_by_key(|row| row.direction != "inbound");
        for row in &rows {
            let is_own = row.call_uuid.is_empty() || row.call_uuid == row.uuid;
            if row.direction == "inbound" {
                self.live_inbound(row, out, asks);
            } else if is_own {
                // Its caller, if it has one, is in no list. A leg known from before the connection was lost lives on.
                out.push(CallSignal::State { channel: row.channel(), state: row.state(true) });
                let question = EslQuestion::Owner(Box::new(row.clone()));
                asks.push(EslAsk { channel: row.channel(), question });
            } else {
                self.live_outbound(row, Some(ChannelId::from(row.call_uuid.as_str())), out);
                asks.push(EslAsk { channel: row.channel(), question: EslQuestion::Queue });
            }
        }
        bridges(&rows, out);
    }

    /// The list will not come.
    pub fn snapshot_failed(&mut self) {
        self.departed = None;
    }

    fn is_news(&self, row: &ChannelRow, departed: &HashSet<ChannelId>) -> bool {
        let channel = row.channel();
        !row.uuid.is_empty()
            && row.callstate != "HANGUP"
            && self.legs.get(&channel).is_none()
            && !departed.contains(&channel)
    }

    fn live_inbound(&mut self, row: &ChannelRow, out: &mut Vec<CallSignal>, asks: &mut Vec<EslAsk>) {
        let party = self.party(row);
        let mut leg = Leg::new(Role::Origin, party, false, None);
        let mut caller = None;
        if leg.calls_in() {
            let (who, has_number) = presentation::caller_from(&row.cid_num, &row.cid_name, false);
            leg.has_number = has_number;
            caller = Some(if has_number { Caller::Pending } else { Caller::Known(who) });
            if has_number {
                leg.asked = Some(Asked { number: row.cid_num.clone(), name: row.cid_name.clone() });
            }
        }
        let dialled = if row.initial_dest.is_empty() { &row.dest } else { &row.initial_dest };
        let dialled = (!dialled.is_empty()).then(|| dialled.clone());
        self.found(row, leg, None, dialled, caller, out);
        for question in [EslQuestion::Presentation, EslQuestion::Queue, EslQuestion::CustomerCode] {
            asks.push(EslAsk { channel: row.channel(), question });
        }
    }

    fn live_outbound(&mut self, row: &ChannelRow, owner: Option<ChannelId>, out: &mut Vec<CallSignal>) {
        let leg = Leg::new(Role::Destination, self.party(row), true, owner.clone());
        self.found(row, leg, owner, None, None, out);
    }

    /// A leg that FreeSWITCH made on nobody's behalf: click-to-call. Its dialplan went on to the number dialled.
    fn live_originated(&mut self, row: &ChannelRow, out: &mut Vec<CallSignal>) {
        let leg = Leg::new(Role::Origin, self.party(row), true, None);
        let caller = (leg.party == Party::Outside)
            .then(|| Caller::Known(CallerNumber::from_caller_id(&row.initial_dest, "")));
        let dialled = (row.dest != row.initial_dest && !row.dest.is_empty()).then(|| row.dest.clone());
        self.found(row, leg, None, dialled, caller, out);
        // Whom it reached was told of before it, and only now it is known who reached them.
        let source = row.channel();
        out.extend(
            self.legs
                .owned_by(&source)
                .into_iter()
                .map(|destination| CallSignal::DialBegin { source: Some(source.clone()), destination }),
        );
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
            dialled,
            caller,
            uncertain: true,
        };
        out.push(seen);
        if is_held {
            out.push(CallSignal::Hold { channel });
        }
    }

    fn party(&self, row: &ChannelRow) -> Party {
        let is_inbound = row.direction == "inbound";
        let known =
            |text: &'static str, value: &str| (value != text && !value.is_empty()).then(|| value.to_owned());
        let (presence, context) = (known("_undef_", &row.presence_id), known("", &row.initial_context));
        let number = if is_inbound { &row.cid_num } else { &row.initial_dest };
        let number = if number.is_empty() { &row.dest } else { number };
        self.parties.decide(&Names {
            is_inbound,
            channel: Some(&row.name),
            context: context.as_deref(),
            presence: presence.as_deref(),
            number: Some(number),
            ..Names::default()
        })
    }

    /// Nobody answers in time: a caller who may not be told yet is unknown for now. The answer may still follow.
    pub fn unanswered(&mut self, ask: &EslAsk, out: &mut Vec<CallSignal>) {
        if ask.question == EslQuestion::Presentation {
            self.presentation(&ask.channel, EslAnswer::Missing, out);
        }
    }

    /// Takes the answer to a question.
    pub fn answer(&mut self, ask: &EslAsk, answer: EslAnswer<'_>, out: &mut Vec<CallSignal>) {
        let channel = &ask.channel;
        if answer == EslAnswer::Gone {
            if self.legs.remove(channel).is_some() {
                out.push(CallSignal::Gone { channel: channel.clone(), cause: GoneCause::Normal });
            }
            return;
        }
        match (&ask.question, answer) {
            (EslQuestion::Presentation, answer) => self.presentation(channel, answer, out),
            (EslQuestion::Queue, EslAnswer::Value(queue)) => self.queue(channel, queue, out),
            (EslQuestion::CustomerCode, EslAnswer::Value(code)) => {
                if let Some(code) = customer_code(code) {
                    self.customer_code(channel, &code, out);
                }
            }
            (EslQuestion::Owner(row), answer) => self.owner_answered(row, answer, out),
            (EslQuestion::Queue | EslQuestion::CustomerCode, _) => {}
        }
    }

    /// Only the word `false` lets a number be shown.
    fn presentation(&mut self, channel: &ChannelId, answer: EslAnswer<'_>, out: &mut Vec<CallSignal>) {
        if answer == EslAnswer::Value("true") {
            return self.withhold(channel, out);
        }
        let Some(leg) = self.legs.get_mut(channel) else { return };
        if leg.asked.is_none() {
            return;
        }
        let caller = if answer == EslAnswer::Value("false") {
            let Some(asked) = leg.asked.take() else { return };
            presentation::caller_from(&asked.number, &asked.name, false).0
        } else {
            CallerNumber::Unknown
        };
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

/// Who hears whom: a leg that talks names its partner.
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
