//! What an agent does with a call: who it is, what came of it, whom to call back.

use chrono::{DateTime, NaiveDate, Utc};
use shared::store::NewParty;

use super::{Frame, instant, optional_text, present, text, whole};
use crate::agent::protocol::{NAME_CHARS_MAX, NOTE_CHARS_MAX, Op, Refusal};

/// A request that writes, or that has the telephone system do something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of docs/protocol.md")]
pub enum WorkRequest {
    Choose {
        call_id: String,
        customer_code: Option<String>,
        lead_code: Option<String>,
        contact_id: Option<i64>,
        site: Option<String>,
        remember: bool,
    },
    Forget {
        call_id: String,
    },
    CreateCustomer {
        call_id: Option<String>,
        party: NewParty,
    },
    CreateLead {
        call_id: Option<String>,
        party: NewParty,
    },
    AttachContact(Box<Attached>),
    Note {
        call_id: String,
        text: String,
    },
    WrapUp(Box<WrapUp>),
    CreateInquiry(NewInquiryText, String),
    UpdateInquiry {
        inquiry_no: String,
        status: String,
    },
    CreateTask(NewTaskText, String),
    FinishTask {
        task_no: String,
    },
    Dial {
        number: String,
    },
    ClaimMissed {
        missed_no: i64,
        take: bool,
    },
    CloseMissed {
        missed_no: i64,
        result: String,
        note: Option<String>,
    },
    FinishCallback {
        callback_no: i64,
    },
}

/// A customer whose the number is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of docs/protocol.md")]
pub struct Attached {
    pub call_id: Option<String>,
    pub phone: Option<String>,
    pub customer_code: String,
    pub person_name: Option<String>,
    pub purpose: Option<String>,
}

/// An inquiry to open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of docs/protocol.md")]
pub struct NewInquiryText {
    pub kind: String,
    pub subject: String,
    pub body: Option<String>,
}

/// A task to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of docs/protocol.md")]
pub struct NewTaskText {
    pub title: String,
    pub due_on: Option<NaiveDate>,
    pub assignee: Option<String>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of docs/protocol.md")]
pub struct WrapUp {
    pub call_id: String,
    pub category: Option<String>,
    pub result: Option<String>,
    pub status: Option<String>,
    pub note: Option<String>,
    pub follow_up_at: Option<DateTime<Utc>>,
    pub follow_up_by: Option<String>,
    pub customer_code: Option<String>,
    pub inquiry: Option<NewInquiryText>,
    pub task: Option<NewTaskText>,
    pub done: bool,
}

pub(super) fn request(op: Op, frame: &Frame<'_>) -> Result<WorkRequest, Refusal> {
    let call_id = || name(frame, "call_id");
    Ok(match op {
        Op::CallChoose => choose(frame)?,
        Op::CallForget => WorkRequest::Forget { call_id: call_id()? },
        Op::CustomerCreate => WorkRequest::CreateCustomer {
            call_id: optional_name(frame, "call_id")?,
            party: party(frame, "customer_name")?,
        },
        Op::LeadCreate => WorkRequest::CreateLead {
            call_id: optional_name(frame, "call_id")?,
            party: party(frame, "company_name")?,
        },
        Op::ContactAttach => WorkRequest::AttachContact(Box::new(Attached {
            call_id: optional_name(frame, "call_id")?,
            phone: optional_name(frame, "phone")?,
            customer_code: name(frame, "customer_code")?,
            person_name: optional_name(frame, "person_name")?,
            purpose: one_of(frame, "purpose", &["sales", "billing", "delivery"])?,
        })),
        Op::CallNote => WorkRequest::Note {
            call_id: call_id()?,
            text: short(&text(frame.get("text"), "text")?, "text", NOTE_CHARS_MAX)?,
        },
        Op::CallWrapup => WorkRequest::WrapUp(Box::new(wrap_up(frame)?)),
        Op::InquiryCreate => WorkRequest::CreateInquiry(inquiry(frame)?, name(frame, "customer_code")?),
        Op::InquiryUpdate => WorkRequest::UpdateInquiry {
            inquiry_no: name(frame, "inquiry_no")?,
            status: needed(one_of(frame, "status", &["open", "in_progress", "done"])?, "status")?,
        },
        Op::TaskCreate => WorkRequest::CreateTask(task(frame)?, name(frame, "customer_code")?),
        Op::TaskDone => WorkRequest::FinishTask { task_no: name(frame, "task_no")? },
        Op::CallDial => WorkRequest::Dial { number: name(frame, "number")? },
        Op::MissedClaim => WorkRequest::ClaimMissed { missed_no: number(frame, "missed_no")?, take: true },
        Op::MissedRelease => WorkRequest::ClaimMissed { missed_no: number(frame, "missed_no")?, take: false },
        Op::MissedClose => WorkRequest::CloseMissed {
            missed_no: number(frame, "missed_no")?,
            result: needed(one_of(frame, "result", &["done", "no_need"])?, "result")?,
            note: optional_note(frame, "note")?,
        },
        _ => WorkRequest::FinishCallback { callback_no: number(frame, "callback_no")? },
    })
}

fn choose(frame: &Frame<'_>) -> Result<WorkRequest, Refusal> {
    let customer_code = optional_name(frame, "customer_code")?;
    let lead_code = optional_name(frame, "lead_code")?;
    if customer_code.is_some() == lead_code.is_some() {
        return Err(Refusal::field("customer_code", "a string, or `lead_code` in its place"));
    }
    Ok(WorkRequest::Choose {
        call_id: name(frame, "call_id")?,
        customer_code,
        lead_code,
        contact_id: optional_number(frame, "contact_id")?,
        site: optional_name(frame, "site")?,
        remember: flag(frame, "remember", true)?,
    })
}

fn party(frame: &Frame<'_>, name_field: &'static str) -> Result<NewParty, Refusal> {
    Ok(NewParty {
        name: name(frame, name_field)?,
        name_kana: optional_name(frame, "name_kana")?,
        person_name: optional_name(frame, "person_name")?,
        phone: optional_name(frame, "phone")?,
        memo: optional_note(frame, "memo")?,
    })
}

fn wrap_up(frame: &Frame<'_>) -> Result<WrapUp, Refusal> {
    Ok(WrapUp {
        call_id: name(frame, "call_id")?,
        category: optional_name(frame, "category")?,
        result: optional_name(frame, "result")?,
        status: optional_name(frame, "status")?,
        note: optional_note(frame, "note")?,
        follow_up_at: instant(frame.get("follow_up_at"), "follow_up_at")?,
        follow_up_by: optional_name(frame, "follow_up_by")?,
        customer_code: optional_name(frame, "customer_code")?,
        inquiry: part(frame, "inquiry")?.map(|part| inquiry(&part)).transpose()?,
        task: part(frame, "task")?.map(|part| task(&part)).transpose()?,
        done: flag(frame, "done", true)?,
    })
}

fn inquiry(frame: &Frame<'_>) -> Result<NewInquiryText, Refusal> {
    Ok(NewInquiryText {
        kind: needed(one_of(frame, "kind", &["inquiry", "complaint", "request"])?, "kind")?,
        subject: name(frame, "subject")?,
        body: optional_note(frame, "body")?,
    })
}

fn task(frame: &Frame<'_>) -> Result<NewTaskText, Refusal> {
    let due_on = optional_text(frame.get("due_on"), "due_on")?
        .map(|day| day.parse().map_err(|_| Refusal::field("due_on", "a date such as 2026-11-21")))
        .transpose()?;
    Ok(NewTaskText { title: name(frame, "title")?, due_on, assignee: optional_name(frame, "assignee")? })
}

/// An object within the frame.
fn part<'a>(frame: &Frame<'a>, field: &str) -> Result<Option<Frame<'a>>, Refusal> {
    let Some(raw) = present(frame.get(field)) else { return Ok(None) };
    serde_json::from_str(raw).map(Some).map_err(|_| Refusal::field(field, "an object"))
}

/// Something to read on one line: not empty, no control characters, not too long.
fn name(frame: &Frame<'_>, field: &str) -> Result<String, Refusal> {
    needed(optional_name(frame, field)?, field)
}

fn needed(given: Option<String>, field: &str) -> Result<String, Refusal> {
    given.ok_or_else(|| Refusal::field(field, "a string that is not empty"))
}

/// What is empty or blank counts as absent.
fn optional_name(frame: &Frame<'_>, field: &str) -> Result<Option<String>, Refusal> {
    let Some(given) = optional_text(frame.get(field), field)? else { return Ok(None) };
    let given = given.trim();
    if given.chars().any(char::is_control) {
        return Err(Refusal::field(field, "one line without control characters"));
    }
    let given = short(given, field, NAME_CHARS_MAX)?;
    Ok((!given.is_empty()).then_some(given))
}

fn optional_note(frame: &Frame<'_>, field: &str) -> Result<Option<String>, Refusal> {
    let given = optional_text(frame.get(field), field)?;
    given.map(|text| short(&text, field, NOTE_CHARS_MAX)).transpose()
}

fn short(given: &str, field: &str, chars_max: usize) -> Result<String, Refusal> {
    match given.chars().count() {
        count if count > chars_max => Err(Refusal::field(field, &format!("at most {chars_max} characters"))),
        // A NUL would end the text in other programs.
        _ => Ok(given.replace('\0', "")),
    }
}

fn one_of(frame: &Frame<'_>, field: &str, words: &[&str]) -> Result<Option<String>, Refusal> {
    let Some(given) = optional_text(frame.get(field), field)? else { return Ok(None) };
    match words.contains(&given.as_ref()) {
        true => Ok(Some(given.into_owned())),
        false => Err(Refusal::field(field, &format!("one of {}", words.join(", ")))),
    }
}

fn number(frame: &Frame<'_>, field: &str) -> Result<i64, Refusal> {
    optional_number(frame, field)?.ok_or_else(|| Refusal::field(field, "a whole number"))
}

fn optional_number(frame: &Frame<'_>, field: &str) -> Result<Option<i64>, Refusal> {
    let given = whole(frame.get(field), field)?;
    given.map(|n| i64::try_from(n).map_err(|_| Refusal::field(field, "a whole number"))).transpose()
}

fn flag(frame: &Frame<'_>, field: &str, default: bool) -> Result<bool, Refusal> {
    match present(frame.get(field)) {
        None => Ok(default),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(Refusal::field(field, "true or false")),
    }
}
