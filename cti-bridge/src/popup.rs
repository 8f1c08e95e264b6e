//! The pop-up: who has a number, and everything that an agent should know of them (`docs/protocol.md`).
//!
//! A card is kept in the store as JSON, so a pop-up is put together from pieces of text: the call in front, the
//! match behind it, the card's own fields last. Nothing of a card is parsed on the way.

mod head;
mod lead;
mod view;
mod who;

use chrono::NaiveDate;
use shared::caller::CallerNumber;
use shared::card::{Candidate, CandidateKind, MatchedContact};
use shared::phone::PhoneNumber;
use shared::store::{Reader, SoleContact, StoreError};

use crate::agent::protocol::{ErrorCode, Refusal, Subject};

use head::CardCustomer;
pub(crate) use view::caller_json;
pub use view::{CallView, LegState};
pub use who::{Choice, Who, of_call};
use who::{choose, chosen};

/// What the rest of a pop-up is when there is no customer to show.
const NO_CARD: &str = concat!(
    r#""customer":null,"alerts":[],"metrics":null,"recent_sales":[],"interactions":[],"#,
    r#""open":{"inquiries":[],"deals":[],"quotes":[],"tasks":[],"invoices":[],"orders":[]},"#,
    r#""balance":null,"memo":null}"#
);

/// How many have the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchKind {
    /// Exactly one.
    One,
    /// Several: the agent chooses.
    Many,
    /// Nobody.
    None,
    /// There is no number to look up.
    Unidentified,
    /// Several, and an agent said which: now or at an earlier call.
    Chosen,
    /// The store did not answer; the agent may look up by hand.
    Failed,
}

impl MatchKind {
    /// Every value, in the order of `docs/protocol.md`.
    pub const ALL: &'static [Self] =
        &[Self::One, Self::Many, Self::None, Self::Unidentified, Self::Chosen, Self::Failed];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Many => "many",
            Self::None => "none",
            Self::Unidentified => "unidentified",
            Self::Chosen => "chosen",
            Self::Failed => "failed",
        }
    }
}

/// By what a customer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MatchBy {
    Number,
    Code,
    Choice,
}

impl MatchBy {
    const fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Code => "code",
            Self::Choice => "choice",
        }
    }
}

/// The part of a pop-up that does not depend on the call's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// How many have the number.
    pub kind: MatchKind,
    /// The one customer, for the call record.
    pub customer_code: Option<String>,
    /// The one lead, when it is no customer.
    pub lead_code: Option<String>,
    /// The pop-up's JSON from `"match"` to its closing brace.
    tail: String,
}

impl Profile {
    /// A profile of nobody.
    #[must_use]
    pub fn empty(kind: MatchKind) -> Self {
        Self { kind, customer_code: None, lead_code: None, tail: tail(kind, None, "[]", None, None) }
    }

    /// The whole pop-up, with the call's JSON (or `null`) in front.
    #[must_use]
    pub fn popup(&self, call: &str) -> String {
        let mut out = String::with_capacity(call.len() + self.tail.len() + 16);
        self.append_popup(call, &mut out);
        out
    }

    /// Appends the whole pop-up.
    pub fn append_popup(&self, call: &str, out: &mut String) {
        out.push_str("{\"call\":");
        out.push_str(call);
        out.push(',');
        out.push_str(&self.tail);
    }

    /// The code of the one who was found.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.customer_code.as_deref().or(self.lead_code.as_deref())
    }

    /// The name of the one who was found.
    #[must_use]
    pub fn customer_name(&self) -> Option<String> {
        if self.customer_code.is_none() && self.lead_code.is_none() {
            return None;
        }
        let (_, list) = self.tail.split_once("\"candidates\":")?;
        let mut candidates = serde_json::Deserializer::from_str(list).into_iter::<Vec<Candidate>>();
        candidates.next()?.ok()?.into_iter().next().map(|first| first.customer_name)
    }

    /// Whether this customer is shown, or among those to choose from.
    #[must_use]
    pub fn names(&self, customer_code: &str) -> bool {
        let mut quoted = String::with_capacity(customer_code.len() + 2);
        crate::agent::protocol::push_json_str(&mut quoted, customer_code);
        self.customer_code.as_deref() == Some(customer_code)
            || self.tail.contains(&format!("\"customer_code\":{quoted}"))
    }

    /// Bytes of the pop-up without the call.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.tail.len()
    }
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No customer, or no lead, has this code.
    #[error("nobody has this code")]
    NotFound,
    /// The text is no number.
    #[error("{0}")]
    InvalidNumber(#[from] shared::phone::PhoneError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A card that does not begin with its customer.
    #[error("a card does not begin with its customer; run: cti-bridge verify")]
    CardHead,
    /// A candidate could not be written as JSON.
    #[error("the profile could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl ProfileError {
    /// The refusal that a client gets; the cause of an internal error goes into the log alone.
    #[must_use]
    pub fn refusal(&self, request_id: &str) -> Refusal {
        match self {
            Self::NotFound => Refusal::new(ErrorCode::NotFound, "nobody has this code"),
            Self::InvalidNumber(reason) => Refusal::new(ErrorCode::InvalidNumber, reason.to_string()),
            Self::Store(StoreError::Busy { .. }) => {
                Refusal::new(ErrorCode::Busy, "the store is busy; try again")
            }
            Self::Store(_) | Self::CardHead | Self::Json(_) => {
                tracing::error!(request_id, error = %self, "a request failed");
                Refusal::new(ErrorCode::Internal, "the store could not be read")
            }
        }
    }
}

/// The profile that a client asks for.
///
/// # Errors
/// See [`ProfileError`].
pub fn by_subject(reader: &mut Reader, subject: &Subject, today: NaiveDate) -> Result<Profile, ProfileError> {
    match subject {
        Subject::Number(text) => by_number(reader, &PhoneNumber::parse(text)?, today),
        Subject::Customer(code) => by_code(reader, code, today),
        Subject::Lead(code) => lead::by_code(reader, code),
    }
}

/// The profile of a caller.
///
/// # Errors
/// See [`ProfileError`].
pub fn by_caller(
    reader: &mut Reader,
    caller: &CallerNumber,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    match caller {
        CallerNumber::Number(number) => by_number(reader, number, today),
        _ => Ok(Profile::empty(MatchKind::Unidentified)),
    }
}

/// Everybody with this whole number, and the card when it is one customer.
///
/// # Errors
/// See [`ProfileError`].
pub fn by_number(
    reader: &mut Reader,
    number: &PhoneNumber,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    if let Some(profile) = by_sole_contact(reader, number, today)? {
        return Ok(profile);
    }
    // One consistent state: the candidates and the card cannot contradict each other.
    reader.consistent(|reader| by_owners(reader, number, today))
}

/// The usual case, in one statement: one contact has the number, and its customer's card says all that a
/// candidate shows. A test holds it to what [`by_owners`] says.
fn by_sole_contact(
    reader: &mut Reader,
    number: &PhoneNumber,
    today: NaiveDate,
) -> Result<Option<Profile>, ProfileError> {
    let Some(SoleContact { contact_id, customer_code, card }) = reader.sole_contact(number, today)? else {
        return Ok(None);
    };
    let customer = CardCustomer::of(&card)?;
    // A card lists so many contacts and not more.
    let Some(contact) = customer.contacts.iter().find(|c| c.contact_id == contact_id) else {
        return Ok(None);
    };
    let matched = MatchedContact {
        contact_id: Some(contact_id),
        person_name: contact.person_name.as_deref().map(str::to_owned),
        purpose: Some(contact.purpose.to_string()),
        extension: contact.phone.as_deref().and_then(PhoneNumber::extension_in),
        level: MatchedContact::level_of(contact.person_name.as_deref(), Some(&contact.purpose)).to_owned(),
        source: "contact".to_owned(),
    };
    let mut candidate = customer.candidate(customer_code, Some(matched));
    if says_not_who(&candidate) {
        // Of a number that names nobody an agent may have said from where it is.
        if reader.number_choice(number)?.is_some_and(|choice| choice.site.is_some()) {
            return Ok(None);
        }
        name_sites(reader, &mut candidate)?;
    }
    one_with_card(candidate, &card, Some(MatchBy::Number)).map(Some)
}

fn by_owners(reader: &mut Reader, number: &PhoneNumber, today: NaiveDate) -> Result<Profile, ProfileError> {
    let mut found = candidates(reader, number)?;
    if let Some(choice) = reader.number_choice(number)?
        && (found.len() > 1 || choice.site.is_some() || found.iter().any(|c| !c.people.is_empty()))
        && choose(&mut found, &Choice::from(choice))
    {
        return chosen(reader, &found, today);
    }
    match found.as_slice() {
        [] => Ok(Profile::empty(MatchKind::None)),
        [one] => with_card(reader, one, today),
        many => Ok(Profile {
            kind: MatchKind::Many,
            customer_code: None,
            lead_code: None,
            tail: tail(MatchKind::Many, Some(MatchBy::Number), &serde_json::to_string(many)?, None, None),
        }),
    }
}

fn candidates(reader: &mut Reader, number: &PhoneNumber) -> Result<Vec<Candidate>, ProfileError> {
    let mut found = reader.match_phone(number)?;
    // A lead with a customer's number is most likely the same people before their first order.
    if found.iter().any(|c| c.kind == CandidateKind::Customer) {
        found.retain(|c| c.kind == CandidateKind::Customer);
    }
    let several = found.len() > 1;
    for candidate in found.iter_mut().filter(|candidate| several || says_not_who(candidate)) {
        name_sites(reader, candidate)?;
    }
    Ok(found)
}

/// Whether the number does not say who of them calls.
fn says_not_who(candidate: &Candidate) -> bool {
    candidate.matched_contact.as_ref().is_none_or(|contact| contact.person_name.is_none())
}

fn name_sites(reader: &mut Reader, candidate: &mut Candidate) -> Result<(), ProfileError> {
    if let Some(code) = &candidate.customer_code {
        candidate.sites = reader.sites(code)?;
    }
    Ok(())
}

fn with_card(reader: &mut Reader, one: &Candidate, today: NaiveDate) -> Result<Profile, ProfileError> {
    let card = card_of(reader, one, today)?;
    let candidates = serde_json::to_string(std::slice::from_ref(one))?;
    Ok(Profile {
        kind: MatchKind::One,
        customer_code: one.customer_code.clone(),
        lead_code: one.lead_code.clone(),
        tail: tail(
            MatchKind::One,
            Some(MatchBy::Number),
            &candidates,
            one.matched_contact.as_ref(),
            card.as_deref(),
        ),
    })
}

/// The card's JSON of whoever it is.
fn card_of(
    reader: &mut Reader,
    candidate: &Candidate,
    today: NaiveDate,
) -> Result<Option<String>, ProfileError> {
    if let Some(code) = &candidate.customer_code {
        return Ok(reader.card(code, today)?.map(|card| card.body));
    }
    match &candidate.lead_code {
        Some(code) => Ok(reader.lead_card(code)?.as_ref().map(lead::json).transpose()?),
        None => Ok(None),
    }
}

fn by_code(reader: &mut Reader, code: &str, today: NaiveDate) -> Result<Profile, ProfileError> {
    let card = reader.card(code, today)?.ok_or(ProfileError::NotFound)?;
    one_with_card(
        CardCustomer::of(&card.body)?.candidate(code.to_owned(), None),
        &card.body,
        Some(MatchBy::Code),
    )
}

fn one_with_card(one: Candidate, card: &str, by: Option<MatchBy>) -> Result<Profile, ProfileError> {
    let candidates = serde_json::to_string(std::slice::from_ref(&one))?;
    Ok(Profile {
        kind: MatchKind::One,
        tail: tail(MatchKind::One, by, &candidates, one.matched_contact.as_ref(), Some(card)),
        lead_code: one.lead_code,
        customer_code: one.customer_code,
    })
}

fn tail(
    kind: MatchKind,
    by: Option<MatchBy>,
    candidates: &str,
    contact: Option<&MatchedContact>,
    card: Option<&str>,
) -> String {
    let contact = contact.and_then(|c| serde_json::to_string(c).ok());
    let contact = contact.as_deref().unwrap_or("null");
    // A card is one JSON object; without its opening brace its fields continue ours.
    let rest = card.and_then(|body| body.strip_prefix('{')).unwrap_or(NO_CARD);
    let mut out = String::with_capacity(64 + candidates.len() + contact.len() + rest.len());
    out.push_str("\"match\":\"");
    out.push_str(kind.word());
    out.push_str("\",\"match_by\":");
    crate::agent::protocol::push_json_opt(&mut out, by.map(MatchBy::word));
    out.push_str(",\"candidates\":");
    out.push_str(candidates);
    out.push_str(",\"matched_contact\":");
    out.push_str(contact);
    out.push(',');
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
