//! A request that writes and is repeated with its key is done once, whatever happened in between.

use crate::common::work::{World, id_of, number, until};
use crate::common::{AKAGI, Client, Company, company, soon};
use crate::server_restarted::{posted, serve};
use serde_json::{Value, json};
use shared::dataset;

/// How many inquiries, tasks and callbacks the store has.
fn opened(company: &Company) -> (u64, u64, usize) {
    let mut reader = company.store.reader().unwrap();
    let mut rows = |dataset| reader.control_total(dataset, None).unwrap().rows;
    let (inquiries, tasks) = (rows(&dataset::INQUIRIES), rows(&dataset::TASKS));
    (inquiries, tasks, reader.callbacks(None, None, 100).unwrap().len())
}

fn wrap_up(call_id: &Value, key: &str) -> Value {
    json!({
        "op": "call.wrapup", "call_id": call_id, "key": key, "note": "明日", "customer_code": "C00017",
        "follow_up_at": "2030-01-01T00:00:00Z", "inquiry": {"kind": "complaint", "subject": "納期遅延"},
        "task": {"title": "再回答"},
    })
}

#[tokio::test]
async fn a_wrap_up_whose_answer_was_lost_with_the_bridge_is_one_inquiry_one_task_one_callback() {
    let company = company();
    let serving = serve(&company);
    let address = serving.listening();
    let (mut agent, _) = Client::sign_in(address, &company.tokens[0]).await;
    let ring = json!({"event": "ringing", "caller_number": AKAGI, "called_number": "0120111111"});
    posted(address, "e1", ring).await;
    let call_id = id_of(&until(&mut agent, "call.ringing").await);
    posted(address, "e2", json!({"event": "answered", "caller_number": AKAGI})).await;
    let mut unanswered = wrap_up(&call_id, "w-1");
    unanswered["id"] = json!(1);
    agent.send_text(&unanswered.to_string()).await;
    soon(async {
        while opened(&company) == (0, 0, 0) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    serving.kill();
    drop(agent);
    let serving = serve(&company);
    let (mut agent, _) = Client::sign_in(serving.listening(), &company.tokens[0]).await;
    let answer = agent.ask(wrap_up(&call_id, "w-1")).await.unwrap();
    assert_eq!(opened(&company), (1, 1, 1));
    assert!(
        answer["inquiry_no"].is_string()
            && answer["task_no"].is_string()
            && answer["callback_no"].is_number()
    );
    assert_eq!(agent.ask(wrap_up(&call_id, "w-1")).await.unwrap(), answer, "as often as it is said");
    assert_eq!(opened(&company), (1, 1, 1));
    serving.kill();
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_agent() {
    let mut world = World::new().await;
    let (mut one, mut two) = (world.agent(0).await, world.agent(1).await);
    world.rings("in", number(AKAGI), &["201"]).await;
    let call_id = id_of(&until(&mut one, "call.ringing").await);
    let task =
        |key: Value| json!({"op": "task.create", "customer_code": "C00017", "title": "送付", "key": key});
    let first = one.ask(task(json!("k"))).await.unwrap();
    assert_eq!(one.ask(task(json!("k"))).await.unwrap(), first);
    assert_ne!(two.ask(task(json!("k"))).await.unwrap(), first, "another agent's key is another key");
    assert_ne!(one.ask(task(json!("l"))).await.unwrap(), first);
    assert_eq!(one.ask(wrap_up(&call_id, "k")).await.unwrap_err(), "conflict", "the key has another request");
    assert_eq!(one.ask(task(json!(7))).await.unwrap_err(), "bad_request");
    for _ in 0..2 {
        assert_ne!(one.ask(task(Value::Null)).await.unwrap(), first, "without a key each is its own");
    }
    // What was refused was not done: it may be repeated with the same key.
    let refused = json!({"op": "task.create", "customer_code": "C9", "title": "x", "key": "r"});
    assert_eq!(one.ask(refused).await.unwrap_err(), "conflict");
    assert!(one.ask(task(json!("r"))).await.is_ok());
    assert_eq!(opened(&world.company), (0, 6, 0));
    world.server.stop().await;
}
