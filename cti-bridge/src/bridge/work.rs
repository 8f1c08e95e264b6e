//! What an agent does with a call: first it is kept, then it is shown, then it is answered.

mod dial;
mod register;

use shared::store::{
    AuditEntry, CallEffects, CallRecord, CallWork, NewInquiry, NewTask, NumberChoice, StoreError, Transaction,
};

use super::Bridge;
use super::write::{Change, Requester, Rules, Worker, Write, Written};
use crate::agent::protocol::{NewInquiryText, NewTaskText, PushKind, WorkRequest, WrapUp, push_json_str};
use crate::agent::reply::Reply;
use crate::audit::Action;
use crate::call::CallId;
use crate::popup::Choice;

/// Takes a request on; the reply goes out when it is kept.
pub(super) fn on_work(bridge: &mut Bridge, agent_code: &str, work: WorkRequest, reply: Reply) {
    let worker = Worker {
        agent_code: agent_code.to_owned(),
        agent_name: bridge.hub.name_of(agent_code).unwrap_or(agent_code).to_owned(),
        now: bridge.clock.now(),
    };
    match work {
        WorkRequest::Dial { number } => dial::dial(bridge, agent_code, &number, reply),
        WorkRequest::Choose { call_id, customer_code, lead_code, contact_id, site, remember } => {
            let choice = Choice { customer_code, lead_code, contact_id, site };
            choose(bridge, worker, call_id, choice, remember, reply);
        }
        WorkRequest::Forget { call_id } => forget(bridge, call_id, reply),
        WorkRequest::CreateCustomer { call_id, party } => {
            register::register(bridge, worker, call_id, party, true, reply);
        }
        WorkRequest::CreateLead { call_id, party } => {
            register::register(bridge, worker, call_id, party, false, reply);
        }
        WorkRequest::AttachContact(attached) => register::attach(bridge, worker, *attached, reply),
        WorkRequest::Note { call_id, text } => note(bridge, worker, call_id, text, reply),
        WorkRequest::WrapUp(wrap_up) => self::wrap_up(bridge, worker, *wrap_up, reply),
        other => write_only(bridge, worker, other, reply),
    }
}

impl Bridge {
    /// A live call's record as far as it is known, so that there is something to write on.
    fn so_far(&self, call_id: &str) -> Option<CallRecord> {
        let call = self.calls.get(&call_id.parse::<CallId>().ok()?)?;
        let source = self.sources.get(call.source).map(|source| source.name.clone());
        Some(call.record_so_far(&self.hub, source))
    }

    /// Looks a live call up anew, because who calls is known otherwise now.
    pub(super) fn choose_live(&mut self, call_id: &str, chosen: Option<(Choice, Worker)>) {
        let Ok(call_id) = call_id.parse::<CallId>() else { return };
        let Some(call) = self.calls.get_mut(&call_id).filter(|call| call.is_live()) else { return };
        let (choice, by) = chosen.unzip();
        call.work.chosen = by.map(|by| (by.agent_name, by.now));
        call.work.choice = choice;
        call.outdated = true;
        self.search(call_id);
    }

    /// Shows a new note to every agent in the call.
    pub(super) fn tell_note(&mut self, call_id: &str, text: String, by: &Worker) {
        let Some(call) = call_id.parse::<CallId>().ok().and_then(|id| self.calls.get_mut(&id)) else {
            return;
        };
        let mut data = String::from("{\"call_id\":");
        push_json_str(&mut data, call_id);
        data.push_str(",\"text\":");
        push_json_str(&mut data, &text);
        data.push_str(",\"by\":");
        push_json_str(&mut data, &by.agent_name);
        data.push('}');
        call.work.note = text;
        call.work.note_by = Some(by.agent_name.clone());
        for leg in call.legs.iter().filter(|leg| leg.pushed) {
            if let Some(agent_code) = self.hub.agent_of(&leg.extension).map(str::to_owned) {
                self.hub.push(&agent_code, PushKind::CallNote, by.now, &data);
            }
        }
    }
}

/// The call that is written on: what the loop knows goes first, then what the store has.
fn the_call(
    tx: &mut Transaction<'_>,
    rules: &Rules,
    call_id: &str,
    so_far: Option<&CallRecord>,
) -> Result<(CallRecord, CallEffects), StoreError> {
    let mut effects = CallEffects::default();
    if let Some(so_far) = so_far {
        effects = tx.record_call(so_far, rules.today, rules.callback_within)?;
    }
    let call = tx.call(call_id)?;
    call.map(|call| (call, effects)).ok_or_else(|| StoreError::Conflict("there is no such call".to_owned()))
}

fn choose(
    bridge: &mut Bridge,
    worker: Worker,
    call_id: String,
    choice: Choice,
    remember: bool,
    reply: Reply,
) {
    let so_far = bridge.so_far(&call_id);
    let (by, kept) = (worker.clone(), choice.clone());
    let work: Write = Box::new(move |tx, rules| {
        let (call, effects) = the_call(tx, rules, &call_id, so_far.as_ref())?;
        tx.write_call_work(&CallWork {
            call_id: call_id.clone(),
            by: by.agent_code.clone(),
            at: by.now,
            customer_code: kept.customer_code.clone(),
            lead_code: kept.lead_code.clone(),
            draft: true,
            ..CallWork::default()
        })?;
        tx.audit(&AuditEntry {
            at: by.now,
            actor: by.agent_code.clone(),
            action: Action::Choose.word().to_owned(),
            subject: kept.customer_code.clone().or_else(|| kept.lead_code.clone()),
            detail: Some(call.call_id.clone()),
        })?;
        let number = call.caller_e164.filter(|_| remember);
        if let Some(e164) = &number {
            tx.choose_number(&NumberChoice {
                e164: e164.clone(),
                level: kept.level(),
                customer_code: kept.customer_code.clone(),
                lead_code: kept.lead_code,
                contact_id: kept.contact_id,
                site: kept.site,
                chosen_by: Some(by.agent_code),
                chosen_at: by.now,
            })?;
        }
        let customers = call.customer_code.into_iter().chain(kept.customer_code).collect();
        let numbers = number.into_iter().collect();
        let changes = vec![Change::Choice { call_id, chosen: Some((choice, worker)) }];
        Ok(Written { data: "{}".to_owned(), effects, customers, numbers, changes })
    });
    bridge.hand_over(work, Requester::Agent(reply));
}

fn forget(bridge: &mut Bridge, call_id: String, reply: Reply) {
    let so_far = bridge.so_far(&call_id);
    let work: Write = Box::new(move |tx, rules| {
        let (call, effects) = the_call(tx, rules, &call_id, so_far.as_ref())?;
        if let Some(e164) = &call.caller_e164 {
            tx.forget_number(e164)?;
        }
        let numbers = call.caller_e164.into_iter().collect();
        let changes = vec![Change::Choice { call_id, chosen: None }];
        Ok(Written { data: "{}".to_owned(), effects, numbers, changes, ..Written::default() })
    });
    bridge.hand_over(work, Requester::Agent(reply));
}

fn note(bridge: &mut Bridge, worker: Worker, call_id: String, text: String, reply: Reply) {
    let so_far = bridge.so_far(&call_id);
    let work: Write = Box::new(move |tx, rules| {
        let (_, effects) = the_call(tx, rules, &call_id, so_far.as_ref())?;
        let note = CallWork {
            call_id: call_id.clone(),
            by: worker.agent_code.clone(),
            at: worker.now,
            note: Some(text.clone()),
            draft: true,
            ..CallWork::default()
        };
        tx.write_call_work(&note)?;
        // Other screens hear of it with the wrap-up; until then it is the call's own.
        let changes = vec![Change::Note { call_id, text, by: worker }];
        Ok(Written { data: "{}".to_owned(), effects, changes, ..Written::default() })
    });
    bridge.hand_over(work, Requester::Agent(reply));
}

fn wrap_up(bridge: &mut Bridge, worker: Worker, wrap_up: WrapUp, reply: Reply) {
    let so_far = bridge.so_far(&wrap_up.call_id);
    let work: Write = Box::new(move |tx, rules| keep_wrap_up(tx, rules, wrap_up, &worker, so_far.as_ref()));
    bridge.hand_over(work, Requester::Agent(reply));
}

/// What a wrap-up changes on the agents' screens.
fn wrap_up_changes(wrap_up: &WrapUp, by: &Worker) -> Vec<Change> {
    let call_id = &wrap_up.call_id;
    let mut changes = Vec::new();
    if let Some(code) = wrap_up.customer_code.clone() {
        let chosen = Some((Choice::customer(code), by.clone()));
        changes.push(Change::Choice { call_id: call_id.clone(), chosen });
    }
    if let Some(text) = wrap_up.note.clone() {
        changes.push(Change::Note { call_id: call_id.clone(), text, by: by.clone() });
    }
    if wrap_up.done {
        let agent_code = by.agent_code.clone();
        changes.push(Change::WrappedUp { agent_code, call_id: call_id.clone() });
    }
    changes.push(Change::Due);
    changes
}

fn keep_wrap_up(
    tx: &mut Transaction<'_>,
    rules: &Rules,
    wrap_up: WrapUp,
    by: &Worker,
    so_far: Option<&CallRecord>,
) -> Result<Written, StoreError> {
    let (call, effects) = the_call(tx, rules, &wrap_up.call_id, so_far)?;
    let customer_code = wrap_up.customer_code.clone().or(call.customer_code.clone());
    let changes = wrap_up_changes(&wrap_up, by);
    let callback_no = tx.write_call_work(&CallWork {
        call_id: wrap_up.call_id,
        by: by.agent_code.clone(),
        at: by.now,
        category: wrap_up.category,
        result: wrap_up.result,
        status: wrap_up.status,
        note: wrap_up.note,
        customer_code: wrap_up.customer_code,
        follow_up_at: wrap_up.follow_up_at,
        follow_up_by: wrap_up.follow_up_by,
        ..CallWork::default()
    })?;
    let known = || {
        customer_code
            .clone()
            .ok_or_else(|| StoreError::Conflict("say whose it is first: the call has no customer".to_owned()))
    };
    let inquiry_no = match wrap_up.inquiry {
        Some(text) => Some(tx.open_inquiry(&inquiry(text, known()?, by))?),
        None => None,
    };
    let task_no = match wrap_up.task {
        Some(text) => Some(tx.open_task(&task(text, known()?, by))?),
        None => None,
    };
    let data = serde_json::json!({
        "inquiry_no": inquiry_no, "task_no": task_no, "callback_no": callback_no,
    });
    let customers = call.customer_code.into_iter().chain(customer_code).collect();
    Ok(Written { data: data.to_string(), effects, customers, changes, ..Written::default() })
}

fn inquiry(text: NewInquiryText, customer_code: String, by: &Worker) -> NewInquiry {
    NewInquiry {
        customer_code,
        kind: text.kind,
        subject: text.subject,
        body: text.body,
        opened_at: by.now,
        assignee: Some(by.agent_name.clone()),
    }
}

fn task(text: NewTaskText, customer_code: String, by: &Worker) -> NewTask {
    NewTask {
        customer_code,
        title: text.title,
        due_on: text.due_on,
        assignee: text.assignee.or_else(|| Some(by.agent_name.clone())),
    }
}

/// Requests that the loop itself has nothing to do with.
fn write_only(bridge: &mut Bridge, by: Worker, work: WorkRequest, reply: Reply) {
    let work: Write = Box::new(move |tx, _| {
        let changes = vec![Change::Due];
        let mut written = Written { data: "{}".to_owned(), changes, ..Written::default() };
        match work {
            WorkRequest::CreateInquiry(text, customer_code) => {
                let no = tx.open_inquiry(&inquiry(text, customer_code.clone(), &by))?;
                written.data = serde_json::json!({ "inquiry_no": no }).to_string();
                written.customers = vec![customer_code];
            }
            WorkRequest::UpdateInquiry { inquiry_no, status } => {
                let customer = tx.set_inquiry_status(&inquiry_no, &status, by.now)?;
                written.customers = vec![there_is(customer, "inquiry")?];
            }
            WorkRequest::CreateTask(text, customer_code) => {
                let no = tx.open_task(&task(text, customer_code.clone(), &by))?;
                written.data = serde_json::json!({ "task_no": no }).to_string();
                written.customers = vec![customer_code];
            }
            WorkRequest::FinishTask { task_no } => {
                written.customers = vec![there_is(tx.finish_task(&task_no)?, "task")?];
            }
            WorkRequest::ClaimMissed { missed_no, take } => {
                written.effects.missed = vec![tx.assign_missed(missed_no, &by.agent_code, take)?];
            }
            WorkRequest::CloseMissed { missed_no, result, note } => {
                let note = note.as_deref();
                written.effects.missed =
                    vec![tx.close_missed(missed_no, &result, note, &by.agent_code, by.now)?];
            }
            WorkRequest::FinishCallback { callback_no } => {
                there_is(tx.finish_callback(callback_no, by.now)?.then(String::new), "open callback")?;
            }
            // The others have a function of their own.
            _ => return Err(StoreError::Conflict("this request is not written so".to_owned())),
        }
        Ok(written)
    });
    bridge.hand_over(work, Requester::Agent(reply));
}

fn there_is(found: Option<String>, what: &str) -> Result<String, StoreError> {
    found.ok_or_else(|| StoreError::Conflict(format!("there is no such {what}")))
}
