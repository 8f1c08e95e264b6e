//! Cards that agents work on beside a customer's: a lead's, through the whole server with real sockets.
#![allow(clippy::unwrap_used, reason = "a test ends at the first error")]

mod common;

use common::work::{World, id_of, number, until};
use common::{LEAD_NUMBER, add_agent_as, put};
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
        "email": null, "status": "contacted", "source": "展示会",
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
    let call = loop {
        let found = agent.ask(json!({"op": "lookup", "lead_code": "L1"})).await.unwrap();
        assert_eq!((&found["lead"], &found["match_by"]), (&expected, &json!("code")));
        if found["interactions"][0]["status"] == "completed" {
            break found["interactions"][0].clone();
        }
        tokio::task::yield_now().await;
    };
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
    let both = json!({"op": "lookup", "lead_code": "L1", "customer_code": "C00017"});
    assert_eq!(agent.ask(both).await.unwrap_err(), "bad_request");
    world.server.stop().await;
}

#[tokio::test]
async fn a_role_without_the_memo_permission_reads_a_leads_card_without_its_memo() {
    let world = World::new().await;
    tell_of_the_lead(&world);
    let token = add_agent_as(&world.company.store, "900", "integration");
    let (mut reader, _) = common::Client::sign_in(world.server.address, &token).await;
    let found = reader.ask(json!({"op": "lookup", "number": LEAD_NUMBER})).await.unwrap();
    assert_eq!((&found["lead"]["lead_code"], &found["memo"]), (&json!("L1"), &Value::Null));
    assert!(!found.to_string().contains("予算は来期"), "{found}");
    world.server.stop().await;
}

#[tokio::test]
async fn a_lead_that_has_another_number_can_be_chosen_and_its_card_comes() {
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
