//! Somebody unknown becomes a customer, a lead, or a further contact of a customer.

use shared::phone::PhoneNumber;
use shared::store::{CallRecord, NewParty, StoreError, Transaction};

use super::the_call;
use crate::agent::protocol::{Attached, push_json_str};
use crate::agent::reply::Reply;
use crate::bridge::Bridge;
use crate::bridge::write::{Change, Requester, Rules, Worker, Write, Written};
use crate::popup::Choice;

/// The number that somebody is registered with: the one given, else the caller's.
fn number_for(
    tx: &mut Transaction<'_>,
    rules: &Rules,
    phone: Option<&str>,
    call_id: Option<&str>,
    so_far: Option<&CallRecord>,
) -> Result<Option<PhoneNumber>, StoreError> {
    let text = match (phone, call_id) {
        (Some(phone), _) => Some(phone.to_owned()),
        (None, Some(call_id)) => the_call(tx, rules, call_id, so_far)?.0.caller_e164,
        (None, None) => None,
    };
    text.map(|text| {
        PhoneNumber::parse(&text).map_err(|reason| StoreError::Conflict(format!("`phone`: {reason}")))
    })
    .transpose()
}

/// A new customer, or a new lead.
pub(super) fn register(
    bridge: &mut Bridge,
    worker: Worker,
    call_id: Option<String>,
    party: NewParty,
    as_customer: bool,
    reply: Reply,
) {
    let so_far = call_id.as_deref().and_then(|id| bridge.so_far(id));
    let work: Write = Box::new(move |tx, rules| {
        let number = number_for(tx, rules, party.phone.as_deref(), call_id.as_deref(), so_far.as_ref())?;
        let numbers = number.iter().map(|n| n.e164().to_owned()).collect();
        let party = NewParty { phone: number.map(|n| n.display()), ..party };
        let (code, field) = match as_customer {
            true => (tx.register_customer(&party, rules.today)?, "customer_code"),
            false => (tx.register_lead(&party)?, "lead_code"),
        };
        let mut data = format!("{{\"{field}\":");
        push_json_str(&mut data, &code);
        data.push('}');
        let changes = call_id.map(|call_id| {
            let choice = if as_customer { Choice::customer(code) } else { Choice::lead(code) };
            Change::Choice { call_id, chosen: Some((choice, worker)) }
        });
        Ok(Written { data, numbers, changes: changes.into_iter().collect(), ..Written::default() })
    });
    bridge.hand_over(work, Requester::Agent(reply));
}

/// The number is this customer's from now on.
pub(super) fn attach(bridge: &mut Bridge, worker: Worker, attached: Attached, reply: Reply) {
    let so_far = attached.call_id.as_deref().and_then(|id| bridge.so_far(id));
    let work: Write = Box::new(move |tx, rules| {
        let (phone, call_id) = (attached.phone.as_deref(), attached.call_id.as_deref());
        let number = number_for(tx, rules, phone, call_id, so_far.as_ref())?
            .ok_or_else(|| StoreError::Conflict("the caller has no number; give `phone`".to_owned()))?;
        let contact_id = tx.attach_contact(
            &attached.customer_code,
            &number.display(),
            attached.person_name.as_deref().unwrap_or_default(),
            attached.purpose.as_deref().unwrap_or("sales"),
        )?;
        let changes = attached.call_id.map(|call_id| Change::Choice {
            call_id,
            chosen: Some((Choice::customer(attached.customer_code.clone()), worker)),
        });
        Ok(Written {
            data: format!("{{\"contact_id\":{contact_id}}}"),
            customers: vec![attached.customer_code],
            numbers: vec![number.e164().to_owned()],
            changes: changes.into_iter().collect(),
            ..Written::default()
        })
    });
    bridge.hand_over(work, Requester::Agent(reply));
}
