//! A lead's card, and the sites of a customer, through the whole server with real sockets.

use crate::common::work::{World, id_of, number, until};
use crate::common::{LEAD_NUMBER, SHARED_NUMBER, add_agent_as, put, soon};
use serde_json::{Value, json};
use shared::dataset;
use shared::store::StoreError;

/// What is known of the company's lead beside its name and number.
fn tell_of_the_lead(world: &World) {
    let tell = |tx: &mut shared::store::Transaction<'_>| {
        let lead = [
            ("lead_code", "L1"),
            ("company_name", "新規商事"),
            ("person_name", "三浦 葵"),
            ("phone", LEAD_NUMBER),
            ("status", "contacted"),
            ("source", "展示会"),
            ("memo", "予算は来期"),
        ];
        put(tx, &dataset::LEADS, &lead);
        for (no, stage, lead) in [("D1", "proposal", "L1"), ("D2", "won", "L1"), ("D3", "proposal", "L2")] {
            let deal = [("deal_no", no), ("customer_code", "C00017"), ("stage", stage), ("lead_code", lead)];
            put(tx, &dataset::DEALS, &deal);
        }
        Ok::<_, StoreError>(())
    };
    world.company.store.write(tell).unwrap();
}

#[tokio::test]
async fn a_lead_has_a_card_with_its_calls_and_deals() {
    let mut world = World::new().await;
    tell_of_the_lead(&world);
    let mut agent = world.agent(0).await;
    world.rings("one", number(LEAD_NUMBER), &["201"]).await;
    let first = until(&mut agent, "call.ringing").await;
    let expected = json!({
        "lead_code": "L1", "company_name": "新規商事", "person_name": "三浦 葵", "phone": LEAD_NUMBER,
        "email": null, "status": "contacted", "source": "展示会", "origin": "imported",
    });
    assert_eq!(
        (&first["match"], &first["lead"], &first["customer"]),
        (&json!("one"), &expected, &Value::Null)
    );
    assert_eq!((&first["memo"], &first["interactions"]), (&json!("予算は来期"), &json!([])));
    let deals = first["open"]["deals"].as_array().unwrap();
    assert_eq!(deals.iter().map(|deal| &deal["deal_no"]).collect::<Vec<_>>(), [&json!("D1")]);
    world.answers("one", "201").await;
    until(&mut agent, "call.answered").await;
    let note = json!({"op": "call.wrapup", "call_id": id_of(&first), "note": "資料を送る", "done": false});
    agent.ask(note).await.unwrap();
    world.ends("one", &["201"]).await;
    until(&mut agent, "call.ended").await;
    // The record of a call is kept after its screens know of the end.
    let mut reader = world.company.store.reader().unwrap();
    soon(async {
        while reader
            .lead_card("L1")
            .unwrap()
            .unwrap()
            .interactions
            .iter()
            .all(|call| call.what.status().is_none())
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let found = agent.ask(json!({"op": "lookup", "lead_code": "L1"})).await.unwrap();
    assert_eq!((&found["lead"], &found["match_by"]), (&expected, &json!("code")));
    let call = found["interactions"][0].clone();
    assert_eq!(
        (&call["reference"], &call["body"], &call["by"]),
        (&id_of(&first), &json!("資料を送る"), &json!("Agent 201"))
    );
    world.rings("two", number(LEAD_NUMBER), &["201"]).await;
    let second = until(&mut agent, "call.ringing").await;
    assert_eq!(second["interactions"], json!([call]), "the next pop-up lists this call");
    for request in
        [json!({"op": "lookup", "lead_code": "L9"}), json!({"op": "lookup", "lead_code": "C00017"})]
    {
        assert_eq!(agent.ask(request).await.unwrap_err(), "not_found");
    }
    let looked_up = |entry: &shared::store::AuditEntry| {
        (entry.action.as_str(), entry.subject.as_deref()) == ("customer.lookup", Some("L1"))
    };
    soon(async {
        let mut noted = false;
        while !noted {
            let mut each = |entry: shared::store::AuditEntry| {
                noted |= looked_up(&entry);
                std::ops::ControlFlow::Continue(())
            };
            shared::audit_log::trail(&world.company.store, &Default::default(), &mut each).unwrap();
            tokio::task::yield_now().await;
        }
    })
    .await;
    let both = json!({"op": "lookup", "lead_code": "L1", "customer_code": "C00017"});
    assert_eq!(agent.ask(both).await.unwrap_err(), "bad_request");
    world.server.stop().await;
}

#[tokio::test]
async fn a_role_without_the_memo_permission_reads_a_leads_card_without_its_memo() {
    let world = World::new().await;
    tell_of_the_lead(&world);
    let token = add_agent_as(&world.company.store, "900", "integration");
    let (mut reader, _) = crate::common::Client::sign_in(world.server.address, &token).await;
    let found = reader.ask(json!({"op": "lookup", "number": LEAD_NUMBER})).await.unwrap();
    assert_eq!((&found["lead"]["lead_code"], &found["memo"]), (&json!("L1"), &Value::Null));
    assert!(!found.to_string().contains("予算は来期"), "{found}");
    world.server.stop().await;
}

#[tokio::test]
async fn a_lead_with_another_number_can_be_chosen() {
    let mut world = World::new().await;
    tell_of_the_lead(&world);
    let mut agent = world.agent(0).await;
    world.rings("in", number("06-5555-0001"), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!((&popup["match"], popup.get("lead")), (&json!("none"), None));
    agent.ask(json!({"op": "call.choose", "call_id": id_of(&popup), "lead_code": "L1"})).await.unwrap();
    let chosen = until(&mut agent, "call.updated").await;
    assert_eq!((&chosen["match"], &chosen["lead"]["company_name"]), (&json!("chosen"), &json!("新規商事")));
    assert_eq!(chosen["candidates"][0]["chosen"], true);
    world.server.stop().await;
}

/// A main number that names nobody, of a customer with two sites that have a name and one that has none.
fn main_number_with_sites(world: &World) {
    let tell = |tx: &mut shared::store::Transaction<'_>| {
        let contact = [("customer_code", "C00017"), ("purpose", "sales"), ("phone", MAIN_NUMBER)];
        put(tx, &dataset::CONTACTS, &contact);
        for (kind, no, name) in
            [("ship_to", "1", "埼玉倉庫"), ("ship_to", "2", "大阪支店"), ("billing", "1", "")]
        {
            let address = [
                ("customer_code", "C00017"),
                ("kind", kind),
                ("address_no", no),
                ("name", name),
                ("city", "北区"),
            ];
            put(tx, &dataset::ADDRESSES, &address);
        }
        Ok::<_, StoreError>(())
    };
    world.company.store.write(tell).unwrap();
}

const MAIN_NUMBER: &str = "03-9000-0000";

#[tokio::test]
async fn the_site_that_calls_is_chosen_for_a_main_number_and_remembered() {
    let mut world = World::new().await;
    main_number_with_sites(&world);
    let mut agent = world.agent(0).await;
    let named = agent.ask(json!({"op": "lookup", "number": "03-1234-5678"})).await.unwrap();
    assert_eq!(named["candidates"][0].get("sites"), None, "this number says who calls");
    world.rings("one", number(MAIN_NUMBER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    let site = |name: &str| json!({"name": name, "kind": "ship_to", "prefecture": null, "city": "北区"});
    assert_eq!(popup["match"], "one");
    assert_eq!(popup["candidates"][0]["sites"], json!([site("埼玉倉庫"), site("大阪支店")]));
    let choice =
        json!({"op": "call.choose", "call_id": id_of(&popup), "customer_code": "C00017", "site": "大阪支店"});
    agent.ask(choice).await.unwrap();
    for (name, push) in [("one", "call.updated"), ("two", "call.ringing")] {
        if name == "two" {
            world.rings(name, number(MAIN_NUMBER), &["201"]).await;
        }
        let popup = until(&mut agent, push).await;
        assert_eq!(
            (&popup["match"], &popup["customer"]["customer_code"]),
            (&json!("chosen"), &json!("C00017")),
            "{name}"
        );
        let contact = &popup["matched_contact"];
        assert_eq!(
            (&contact["person_name"], &contact["level"]),
            (&json!("大阪支店"), &json!("site")),
            "{name}"
        );
        assert_eq!(
            popup["candidates"][0]["sites"].as_array().unwrap().len(),
            2,
            "{name}: the others stay within reach"
        );
    }
    let found = agent.ask(json!({"op": "lookup", "number": MAIN_NUMBER})).await.unwrap();
    assert_eq!(found["matched_contact"]["level"], "site");
    agent.ask(json!({"op": "call.forget", "call_id": id_of(&popup)})).await.unwrap();
    let found = agent.ask(json!({"op": "lookup", "number": MAIN_NUMBER})).await.unwrap();
    assert_eq!((&found["match"], &found["matched_contact"]["level"]), (&json!("one"), &json!("company")));
    world.server.stop().await;
}

#[tokio::test]
async fn several_customers_of_one_number_are_offered_with_their_sites() {
    let mut world = World::new().await;
    let address = |tx: &mut shared::store::Transaction<'_>| {
        let cells =
            [("customer_code", "C00020"), ("kind", "ship_to"), ("address_no", "1"), ("name", "名古屋営業所")];
        put(tx, &dataset::ADDRESSES, &cells);
        Ok::<_, StoreError>(())
    };
    world.company.store.write(address).unwrap();
    let mut agent = world.agent(0).await;
    world.rings("in", number(SHARED_NUMBER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!(popup["match"], "many");
    let sites: Vec<&Value> =
        popup["candidates"].as_array().unwrap().iter().map(|one| &one["sites"][0]["name"]).collect();
    assert_eq!(sites, [&Value::Null, &json!("名古屋営業所")]);
    world.server.stop().await;
}
