use proptest::prelude::*;
use serde_json::{Value, json};
use shared::card::{OpenInvoice, Severity};

use super::*;

fn card() -> Value {
    json!({
        "customer": {"customer_code": "C1", "customer_name": "赤木 \"電機\"\u{1}"},
        "alerts": [alert("suspended"), alert("overdue"), alert("credit_exceeded"), alert("caution")],
        "metrics": null,
        "recent_sales": [{"slip_no": "S1"}],
        "interactions": [],
        "open": {"inquiries": [], "deals": [], "quotes": [], "tasks": [], "invoices": [invoice()], "orders": []},
        "balance": {"unpaid": "184800", "credit_limit": "3000000"},
        "memo": "値引きは部長決裁"
    })
}

fn alert(code: &str) -> Value {
    json!({"code": code, "severity": "warn", "text": "社長に取り次がない", "amount": "184800", "since": null,
        "reference": null, "count": 2})
}

fn invoice() -> Value {
    json!({"invoice_no": "10482", "issued_on": "2026-01-31", "due_on": null, "amount": "184800",
        "unpaid": "184800", "overdue": true})
}

fn profile(card: &Value) -> Profile {
    let stored = StoredCard::read(&card.to_string()).unwrap();
    Profile {
        kind: MatchKind::One,
        by: Some(MatchBy::Code),
        candidates: Vec::new(),
        card: Card::Customer(Box::new(stored)),
        earlier: None,
        nuisance: None,
    }
}

/// What agents with these permissions see of a card.
fn seen(card: &Value, permissions: Permissions) -> Value {
    let text = serde_json::to_string(&profile(card).seen_by(permissions, None)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The pop-up of a card with nothing left out.
fn whole(card: &Value) -> Value {
    let mut popup = json!({
        "call": null, "match": "one", "match_by": "code", "candidates": [], "matched_contact": null,
    });
    popup.as_object_mut().unwrap().extend(card.as_object().unwrap().clone());
    popup
}

#[test]
fn with_every_permission_the_stored_text_is_sent_unchanged() {
    let (card, profile) = (card(), profile(&card()));
    let text = serde_json::to_string(&profile.seen_by(Permissions::ALL, None)).unwrap();
    for section in ["customer", "alerts", "recent_sales", "open", "balance"] {
        assert!(text.contains(&card[section].to_string()), "{section}");
    }
    assert_eq!(seen(&card, Permissions::ALL), whole(&card));
}

#[test]
fn without_memo_read_memo_and_caution_text_are_left_out() {
    let mut expected = whole(&card());
    expected["memo"] = Value::Null;
    expected["alerts"][3]["text"] = Value::Null;
    assert_eq!(seen(&card(), Permissions::ALL.with(Permission::MemoRead, false)), expected);
}

#[test]
fn without_credit_read_amounts_owed_are_left_out() {
    let mut expected = whole(&card());
    expected["balance"] = Value::Null;
    expected["open"]["invoices"] = json!([]);
    let alerts = expected["alerts"].as_array_mut().unwrap();
    alerts.retain(|alert| alert["code"] == "suspended" || alert["code"] == "caution");
    assert_eq!(seen(&card(), Permissions::ALL.with(Permission::CreditRead, false)), expected);
}

#[test]
fn without_lookup_only_the_call_is_written() {
    let seen = seen(&card(), Permissions::ALL.with(Permission::Lookup, false));
    assert_eq!((&seen["match"], &seen["customer"]), (&json!("unidentified"), &Value::Null));
    assert!(!seen.to_string().contains("赤木"));
}

#[test]
fn a_pop_up_without_a_customer_is_the_same_for_all_roles_with_lookup() {
    for kind in MatchKind::ALL {
        let nobody = Profile::empty(*kind);
        let as_seen = |permissions| serde_json::to_value(nobody.seen_by(permissions, None)).unwrap();
        assert_eq!(as_seen(Permissions::NONE.with(Permission::Lookup, true)), as_seen(Permissions::ALL));
    }
}

#[test]
fn a_section_that_cannot_be_read_is_left_out_for_restricted_roles() {
    let mut broken = card();
    broken["alerts"] = json!({"secret": 1});
    broken["open"] = json!("secret");
    let seen = seen(&broken, Permissions::NONE.with(Permission::Lookup, true));
    assert!(!seen.to_string().contains("secret"), "{seen}");
    assert_eq!((&seen["alerts"], &seen["open"]["invoices"]), (&json!([]), &json!([])));
}

#[test]
fn a_text_that_lacks_a_section_is_not_a_card() {
    let mut without = card();
    without.as_object_mut().unwrap().remove("balance");
    for text in ["", "[]", "{}", &without.to_string()] {
        assert!(StoredCard::read(text).is_err(), "{text}");
    }
}

fn any_alert() -> impl Strategy<Value = Alert> {
    let codes = [
        AlertCode::Suspended,
        AlertCode::Overdue,
        AlertCode::CreditExceeded,
        AlertCode::ComplaintOpen,
        AlertCode::Caution,
    ];
    (proptest::sample::select(codes.to_vec()), any::<Option<String>>(), any::<Option<u32>>()).prop_map(
        |(code, text, count)| Alert {
            code,
            severity: Severity::Danger,
            text,
            amount: None,
            since: None,
            reference: None,
            count,
        },
    )
}

proptest! {
    /// Against a naive model: the whole card, with what may not be seen taken out.
    #[test]
    fn any_card_is_restricted_like_the_model(
        memo in any::<bool>(), credit in any::<bool>(), text in any::<Option<String>>(),
        alerts in proptest::collection::vec(any_alert(), 0..6), invoices in 0..3_usize,
    ) {
        let mut card = card();
        let invoice: OpenInvoice = serde_json::from_value(invoice()).unwrap();
        let open = OpenItems { invoices: vec![invoice; invoices], ..OpenItems::default() };
        card["alerts"] = serde_json::to_value(&alerts).unwrap();
        card["open"] = serde_json::to_value(&open).unwrap();
        card["memo"] = json!(text);
        let permissions =
            Permissions::ALL.with(Permission::MemoRead, memo).with(Permission::CreditRead, credit);
        let mut model = whole(&card);
        if !memo {
            model["memo"] = Value::Null;
        }
        if !credit {
            model["balance"] = Value::Null;
            model["open"]["invoices"] = json!([]);
        }
        let left = model["alerts"].as_array_mut().unwrap();
        left.retain(|alert| credit || !["overdue", "credit_exceeded"].contains(&alert["code"].as_str().unwrap()));
        for alert in left.iter_mut().filter(|alert| !memo && alert["code"] == "caution") {
            alert["text"] = Value::Null;
        }
        prop_assert_eq!(seen(&card, permissions), model);
    }
}
