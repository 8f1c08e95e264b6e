//! Registering a customer or a lead, usually the caller.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::store::{NewParty, StoreError, Transaction};

use super::caller_number;
use super::step::Step;
use crate::bridge::write::{Change, Written};
use crate::popup::Choice;
use crate::protocol::fields::{Name, Note, OptionalName};

/// Who is to be registered.
pub(super) struct Party {
    /// The call from them.
    pub(super) call_id: OptionalName,
    /// The name of the customer or company.
    pub(super) name: Name,
    /// The name's reading.
    pub(super) name_kana: OptionalName,
    /// The contact person.
    pub(super) person_name: OptionalName,
    /// The number; the caller's when it is left out.
    pub(super) phone: OptionalName,
    /// The internal memo.
    pub(super) memo: Option<Note>,
}

impl Party {
    /// Registers them and shows them as the caller. `register` gives their code.
    pub(super) fn register<A: Serialize + 'static>(
        self,
        register: fn(&mut Transaction<'_>, &NewParty, DateTime<Utc>) -> Result<String, StoreError>,
        choice: fn(String) -> Choice,
        answer: fn(String) -> A,
    ) -> Step<A> {
        let (call_id, phone) = (self.call_id.0, self.phone.0);
        Step::write(move |tx, draft| {
            let number = caller_number::number(&draft, phone.as_deref(), call_id.as_deref())?;
            let party = NewParty {
                name: self.name.0,
                name_kana: self.name_kana.0,
                person_name: self.person_name.0,
                phone: number.as_ref().map(|number| number.display()),
                memo: self.memo.map(|memo| memo.0),
            };
            let code = register(tx, &party, draft.by.now)?;
            let numbers = number.iter().map(|number| number.e164().to_owned()).collect();
            let choice = choice(code.clone());
            let effects = draft.caller_is(tx, &choice)?;
            let changes = Change::caller_is(call_id, choice, draft.by);
            Ok((answer(code), Written { effects, numbers, changes, ..Written::default() }))
        })
    }
}
