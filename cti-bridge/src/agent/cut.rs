//! What a role may not see is cut out of a pop-up before it leaves.
//!
//! A pop-up is text put together from the store's cards, and for whoever may see all of it stays so. Only for the
//! others it is taken apart: one pass over the top level and over the few fields with something to cut; every other
//! field goes on as the text that it was, also one that a later version adds.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::permission::{Permission, Permissions};
use super::protocol::push_json_str;
use crate::popup::{MatchKind, Profile};

/// An object's fields in their order, none of them read.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some(name) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Entries).map(Fields)
    }
}

/// The part of an alert that says what it is.
#[derive(Deserialize)]
struct AlertHead<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}

/// The pop-up without what these permissions do not allow.
#[must_use]
pub(crate) fn cut(popup: String, permissions: Permissions) -> String {
    let sees_all = [Permission::Lookup, Permission::MemoRead, Permission::CreditRead];
    if sees_all.iter().all(|permission| permissions.has(*permission)) {
        return popup;
    }
    cut_popup(&popup, permissions).unwrap_or_else(|error| {
        // Rather nothing than too much. It cannot happen with a pop-up of ours.
        tracing::error!(%error, "a pop-up could not be cut; it goes out without the customer");
        Profile::empty(MatchKind::Failed).popup("null")
    })
}

fn cut_popup(popup: &str, permissions: Permissions) -> Result<String, serde_json::Error> {
    let Fields(fields) = serde_json::from_str(popup)?;
    if !permissions.has(Permission::Lookup) {
        let call = fields.iter().find(|(name, _)| name == "call").map_or("null", |(_, call)| call.get());
        return Ok(Profile::empty(MatchKind::Unidentified).popup(call));
    }
    let (memo, credit) = (permissions.has(Permission::MemoRead), permissions.has(Permission::CreditRead));
    object(&fields, popup.len(), |name, value| {
        Ok(match name {
            "memo" if !memo => Cow::Borrowed("null"),
            "balance" if !credit => Cow::Borrowed("null"),
            "alerts" => Cow::Owned(cut_alerts(value, memo, credit)?),
            "open" if !credit => Cow::Owned(cut_open(value)?),
            _ => Cow::Borrowed(value.get()),
        })
    })
}

/// That there is a caution is everybody's to know; what it says is not. What a customer owes is not an alert for
/// those who may not know it.
fn cut_alerts(alerts: &RawValue, memo: bool, credit: bool) -> Result<String, serde_json::Error> {
    let alerts: Vec<&RawValue> = serde_json::from_str(alerts.get())?;
    let mut kept = Vec::with_capacity(alerts.len());
    for alert in alerts {
        match serde_json::from_str::<AlertHead<'_>>(alert.get())?.code.as_ref() {
            "overdue" | "credit_exceeded" if !credit => {}
            "caution" if !memo => {
                let Fields(fields) = serde_json::from_str(alert.get())?;
                let without = |name: &str, value: &RawValue| {
                    Ok(Cow::Owned(if name == "text" { "null" } else { value.get() }.to_owned()))
                };
                kept.push(Cow::Owned(object(&fields, alert.get().len(), without)?));
            }
            _ => kept.push(Cow::Borrowed(alert.get())),
        }
    }
    Ok(format!("[{}]", kept.join(",")))
}

fn cut_open(open: &RawValue) -> Result<String, serde_json::Error> {
    // Without a customer it may be absent.
    let Ok(Fields(fields)) = serde_json::from_str::<Fields<'_>>(open.get()) else {
        serde_json::from_str::<IgnoredAny>(open.get())?;
        return Ok("null".to_owned());
    };
    object(&fields, open.get().len(), |name, value| {
        Ok(Cow::Owned(if name == "invoices" { "[]" } else { value.get() }.to_owned()))
    })
}

/// Writes an object again, each value as `value_of` says.
fn object<'a>(
    fields: &'a [(String, &'a RawValue)],
    bytes: usize,
    value_of: impl Fn(&str, &'a RawValue) -> Result<Cow<'a, str>, serde_json::Error>,
) -> Result<String, serde_json::Error> {
    let mut out = String::with_capacity(bytes);
    for (name, value) in fields {
        out.push(if out.is_empty() { '{' } else { ',' });
        push_json_str(&mut out, name);
        out.push(':');
        out.push_str(&value_of(name, value)?);
    }
    if out.is_empty() {
        out.push('{');
    }
    out.push('}');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn all() -> Permissions {
        Permission::ALL.iter().fold(Permissions::NONE, |set, permission| set.with(*permission, true))
    }

    fn popup() -> Value {
        json!({
            "call": {"call_id": "c-1", "memo": "not this one"},
            "match": "one",
            "candidates": [{"customer_code": "C1"}],
            "customer": {"customer_code": "C1", "customer_name": "赤木 \"電機\"\u{1}"},
            "alerts": [
                {"code": "suspended", "text": "休業", "amount": null},
                {"code": "overdue", "text": null, "amount": "184800"},
                {"code": "credit_exceeded", "text": null, "amount": "1"},
                {"code": "caution", "text": "社長に取り次がない", "amount": null},
            ],
            "open": {"inquiries": [{"inquiry_no": "1"}], "invoices": [{"unpaid": "184800"}], "later": 1},
            "balance": {"unpaid": "184800", "credit_limit": "3000000"},
            "memo": "値引きは部長決裁",
            "a_later_field": {"kept": [1, 2.5, "x"]}
        })
    }

    fn seen(permissions: Permissions) -> Value {
        serde_json::from_str(&cut(popup().to_string(), permissions)).unwrap()
    }

    #[test]
    fn whoever_may_see_all_gets_the_very_text() {
        let text = popup().to_string();
        assert_eq!(cut(text.clone(), all()), text);
    }

    #[test]
    fn without_memo_read_neither_memo_nor_caution_is_told() {
        let mut expected = popup();
        expected["memo"] = Value::Null;
        expected["alerts"][3]["text"] = Value::Null;
        assert_eq!(seen(all().with(Permission::MemoRead, false)), expected);
    }

    #[test]
    fn without_credit_read_nothing_of_money_owed_is_told() {
        let mut expected = popup();
        expected["balance"] = Value::Null;
        expected["open"]["invoices"] = json!([]);
        let alerts = expected["alerts"].as_array_mut().unwrap();
        alerts.retain(|alert| alert["code"] == "suspended" || alert["code"] == "caution");
        assert_eq!(seen(all().with(Permission::CreditRead, false)), expected);
    }

    #[test]
    fn without_lookup_the_call_is_all_there_is() {
        let seen = seen(Permissions::NONE);
        assert_eq!(seen["call"], popup()["call"]);
        assert_eq!((&seen["match"], &seen["customer"]), (&json!("unidentified"), &Value::Null));
        assert!(!seen.to_string().contains("赤木"));
    }

    #[test]
    fn a_pop_up_of_nobody_can_be_cut_too() {
        for kind in MatchKind::ALL {
            let whole = Profile::empty(*kind).popup("null");
            let cut: Value =
                serde_json::from_str(&cut(whole.clone(), all().with(Permission::CreditRead, false))).unwrap();
            assert_eq!(cut, serde_json::from_str::<Value>(&whole).unwrap());
        }
    }

    #[test]
    fn what_is_no_pop_up_is_not_passed_on() {
        for text in ["", "[]", "{\"memo\":\"x\",\"alerts\":3}", "{\"memo\":\"x\""] {
            let cut = cut(text.to_owned(), Permissions::NONE.with(Permission::Lookup, true));
            assert!(!cut.contains('x'), "{text}: {cut}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Against a naive model: read it all, take out what may not be seen, compare.
        #[test]
        fn any_card_is_cut_as_the_model_does(
            memo in any::<bool>(), credit in any::<bool>(),
            fields in proptest::collection::btree_map("[a-z]{1,6}|memo|balance", any_json(), 0..6),
            codes in proptest::collection::vec("suspended|overdue|caution|credit_exceeded|new", 0..5),
            open in proptest::collection::btree_map("[a-z]{1,6}|invoices", any_json(), 0..4),
        ) {
            let mut whole = Value::Object(fields.into_iter().collect());
            whole["alerts"] = codes.iter().map(|code| json!({"code": code, "text": "t"})).collect();
            whole["open"] = Value::Object(open.into_iter().collect());
            let permissions = all().with(Permission::MemoRead, memo).with(Permission::CreditRead, credit);
            let cut: Value = serde_json::from_str(&cut(whole.to_string(), permissions)).unwrap();
            let mut model = whole;
            let fields = model.as_object_mut().unwrap();
            for (name, hidden) in [("memo", !memo), ("balance", !credit)] {
                if hidden && let Some(value) = fields.get_mut(name) {
                    *value = Value::Null;
                }
            }
            if !credit && let Some(invoices) = fields["open"].get_mut("invoices") {
                *invoices = json!([]);
            }
            let alerts = fields["alerts"].as_array_mut().unwrap();
            alerts.retain(|a| credit || !["overdue", "credit_exceeded"].contains(&a["code"].as_str().unwrap()));
            for alert in alerts.iter_mut().filter(|a| !memo && a["code"] == "caution") {
                alert["text"] = Value::Null;
            }
            prop_assert_eq!(cut, model);
        }
    }
}
