//! The number with which somebody is registered.

use shared::message;
use shared::message::Explain;
use shared::phone::PhoneNumber;
use shared::store::StoreError;

use crate::bridge::write::Draft;

/// The number that the request gives, else the caller's.
pub(super) fn number(
    draft: &Draft,
    phone: Option<&str>,
    call_id: Option<&str>,
) -> Result<Option<PhoneNumber>, StoreError> {
    let text = match (phone, call_id) {
        (Some(phone), _) => Some(phone.to_owned()),
        (None, Some(_)) => draft.call()?.0.caller_e164,
        (None, None) => None,
    };
    text.map(|text| {
        PhoneNumber::parse(&text).map_err(|reason| {
            StoreError::Conflict(message!(
                "電話番号: {reason}",
                "`phone`: {reason}",
                reason = reason.message()
            ))
        })
    })
    .transpose()
}
