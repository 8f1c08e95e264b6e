//! Who calls: an agent's choice goes before the code that an IVR collected, and that before the number.

use chrono::NaiveDate;
use shared::caller::CallerNumber;
use shared::card::Candidate;
use shared::clock::japan_midnight;
use shared::store::Reader;

use super::choice::{Choice, choose};
use super::find::{by_caller, by_code, candidates, chosen};
use super::profile::Profile;
use super::stored::StoredCard;
use super::{ProfileError, lead};

/// What is known of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The number, or why there is none.
    pub caller: CallerNumber,
    /// The code that the caller gave to an IVR.
    pub customer_code: Option<String>,
    /// What an agent chose during this call.
    pub choice: Option<Choice>,
}

/// The profile of a caller, with what the number did today before, and whether it is a nuisance.
///
/// # Errors
/// See [`ProfileError`].
pub fn of_call(reader: &mut Reader, who: &Who, today: NaiveDate) -> Result<Profile, ProfileError> {
    let profile = identify(reader, who, today)?;
    let CallerNumber::Number(number) = &who.caller else { return Ok(profile) };
    let earlier = reader.earlier_calls(number.e164(), japan_midnight(today))?;
    let nuisance = reader.nuisance(number.e164())?;
    Ok(Profile { earlier, nuisance, ..profile })
}

fn identify(reader: &mut Reader, who: &Who, today: NaiveDate) -> Result<Profile, ProfileError> {
    if let Some(choice) = &who.choice {
        return reader.consistent(|reader| by_choice(reader, who, choice, today));
    }
    if let Some(code) = &who.customer_code {
        match by_code(reader, code, today) {
            // An unknown code was mistyped; the number may still identify the caller.
            Err(ProfileError::NotFound) => {}
            found => return found,
        }
    }
    by_caller(reader, &who.caller, today)
}

fn by_choice(
    reader: &mut Reader,
    who: &Who,
    choice: &Choice,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    let mut found = match &who.caller {
        CallerNumber::Number(number) => candidates(reader, number)?,
        _ => Vec::new(),
    };
    if !choose(&mut found, choice) {
        // Not one of those who have the number: the agent knows better.
        let Some(other) = named(reader, choice, today)? else {
            return by_caller(reader, &who.caller, today);
        };
        found.insert(0, other);
    }
    chosen(reader, found, today)
}

/// The customer or lead that an agent chose, as a candidate.
fn named(reader: &mut Reader, choice: &Choice, today: NaiveDate) -> Result<Option<Candidate>, ProfileError> {
    let found = if let Some(code) = &choice.customer_code {
        match reader.card(code, today)? {
            Some(card) => Some(StoredCard::read(&card.body)?.head()?.candidate(code.clone(), None)),
            None => None,
        }
    } else if let Some(code) = &choice.lead_code {
        reader.lead_card(code)?.map(|card| lead::candidate(&card))
    } else {
        None
    };
    Ok(found.map(|candidate| Candidate { chosen: true, ..candidate }))
}
