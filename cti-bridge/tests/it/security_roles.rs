//! Who may do what, over real sockets.

use crate::common::work::{World, id_of, number, until};
use crate::common::{AKAGI, Client, Company, MEMO, add_agent_as, company, http, put, soon, start};
use cti_bridge::agent::ops::Op;
use cti_bridge::config::Config;
use serde_json::{Value, json};
use shared::agent::AgentRole;
use shared::dataset;
use shared::store::{CallRecord, StoreError};

/// A company whose customer owes something, is over the limit, and comes with a caution.
fn indebted() -> Company {
    let company = company();
    let written = company.store.write(|tx| {
        let terms = [
            ("customer_code", "C00017"),
            ("customer_name", "株式会社赤木電機"),
            ("credit_limit", "1000"),
            ("caution_note", "社長に取り次がない"),
            ("internal_memo", MEMO),
        ];
        put(tx, &dataset::CUSTOMERS, &terms);
        let invoice = [
            ("invoice_no", "10482"),
            ("customer_code", "C00017"),
            ("issued_on", "2026-01-31"),
            ("due_on", "2026-02-28"),
            ("amount", "184800"),
        ];
        put(tx, &dataset::INVOICES, &invoice);
        Ok::<_, StoreError>(())
    });
    written.unwrap();
    company
}

fn codes(popup: &Value) -> Vec<&str> {
    popup["alerts"].as_array().unwrap().iter().map(|alert| alert["code"].as_str().unwrap()).collect()
}

fn assert_sees_all(popup: &Value) {
    assert_eq!(popup["memo"], MEMO);
    assert_eq!(codes(popup), ["overdue", "credit_exceeded", "caution"]);
    assert_eq!(popup["open"]["invoices"][0]["invoice_no"], "10482");
    assert!(popup["balance"]["unpaid"].is_string());
}

/// No memo and no credit, but everything else.
fn assert_cut(popup: &Value) {
    assert_eq!((&popup["memo"], &popup["balance"]), (&Value::Null, &Value::Null));
    assert_eq!(
        popup["alerts"],
        json!([{"code": "caution", "severity": "warn", "text": null, "amount": null,
        "since": null, "reference": null, "count": null}])
    );
    assert_eq!(popup["open"]["invoices"], json!([]));
    assert_eq!(popup["customer"]["customer_name"], "株式会社赤木電機");
    let text = popup.to_string();
    for secret in [MEMO, "社長", "184800", "183800", "10482", "credit_limit"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn memo_and_credit_are_shown_only_to_roles_that_may_see_them() {
    let company = indebted();
    let program = add_agent_as(&company.store, "900", "integration");
    let mut config = Config::default();
    let server = start(&company, &config, None).await;
    let lookup = json!({"op": "lookup", "customer_code": "C00017"});
    let path = "/v1/customers/lookup?customer_code=C00017";
    for (token, all) in [(&company.tokens[0], true), (&program, false)] {
        let check = if all { assert_sees_all } else { assert_cut };
        let (mut client, _) = Client::sign_in(server.address, token).await;
        check(&client.ask(lookup.clone()).await.unwrap());
        let (status, body) = http(server.address, path, &format!("authorization: Bearer {token}\r\n")).await;
        assert_eq!(status, 200);
        check(&serde_json::from_str(&body).unwrap());
    }
    server.stop().await;

    // The same the other way round, by settings.
    config = Config::parse(
        "[permissions.agent]\nmemo_read = false\ncredit_read = false\n[permissions.integration]\nmemo_read = true\ncredit_read = true",
    )
    .unwrap();
    let server = start(&company, &config, None).await;
    for (token, all) in [(&company.tokens[0], false), (&program, true)] {
        let (mut client, _) = Client::sign_in(server.address, token).await;
        let popup = client.ask(lookup.clone()).await.unwrap();
        if all { assert_sees_all(&popup) } else { assert_cut(&popup) }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_without_its_permission_is_forbidden_and_names_it() {
    let company = company();
    let config = Config::parse("[permissions.agent]\nlookup = false").unwrap();
    let program = add_agent_as(&company.store, "900", "integration");
    let server = start(&company, &config, None).await;

    let (mut client, hello) = Client::sign_in(server.address, &company.tokens[0]).await;
    assert!(!hello["permissions"].as_array().unwrap().contains(&json!("lookup")));
    for request in [
        json!({"op": "lookup", "number": AKAGI}),
        json!({"op": "search", "q": "赤木"}),
        json!({"op": "history", "customer_code": "C00017"}),
    ] {
        assert_eq!(client.ask(request).await, Err("forbidden".to_owned()));
    }
    assert!(client.ask(json!({"op": "calls"})).await.is_ok());

    let (mut client, hello) = Client::sign_in(server.address, &program).await;
    assert_eq!(hello["permissions"], json!(["lookup", "calls.listen"]));
    assert!(client.ask(json!({"op": "lookup", "number": AKAGI})).await.is_ok());
    assert_eq!(client.ask(json!({"op": "calls"})).await, Err("forbidden".to_owned()));
    assert_eq!(client.ask(json!({"op": "presence", "state": "away"})).await, Err("forbidden".to_owned()));

    let path = "/v1/customers/lookup?customer_code=C00017";
    let (status, body) =
        http(server.address, path, &format!("authorization: Bearer {}\r\n", company.tokens[0])).await;
    assert_eq!(status, 403);
    assert!(body.contains("\"forbidden\"") && body.contains("`lookup`"), "{body}");
    server.stop().await;
}

/// The example of an operation as a request.
fn example(op: Op) -> Value {
    let mut request: Value = serde_json::from_str(op.example()).unwrap();
    request["op"] = json!(op.word());
    request
}

#[tokio::test]
async fn every_operation_is_open_to_exactly_the_roles_with_its_permission() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    for (extension, role) in ["901", "902", "903", "904"].into_iter().zip(AgentRole::ALL) {
        let token = add_agent_as(&company.store, extension, role.as_str());
        let (mut client, _) = Client::sign_in(server.address, &token).await;
        for op in Op::ALL.iter().filter(|op| **op != Op::Hello) {
            let request = example(*op);
            let allowed = op.permission().is_none_or(|permission| permission.is_given_to(*role));
            let answer = client.ask(request.clone()).await;
            assert_eq!(answer != Err("forbidden".to_owned()), allowed, "{role}: {request}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn messages_are_in_the_language_that_the_client_asks_for() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let refused = json!({"id": 9, "op": "calls", "limit": 0}).to_string();
    for (lang, message) in [
        (Value::Null, "`limit` must be a whole number from 1 to 200"),
        (json!("en"), "`limit` must be a whole number from 1 to 200"),
        (json!("ja-JP"), "`limit` の値が正しくありません(1 から 200 までの整数)"),
        (json!("fr"), "`limit` must be a whole number from 1 to 200"),
    ] {
        let mut client = Client::connect(server.address).await;
        client.ask(json!({"op": "hello", "token": company.tokens[0], "lang": lang})).await.unwrap();
        client.send_text(&refused).await;
        // The socket before may close only now, and then this one is told that it rings.
        let answer = loop {
            let frame = client.frame().await.unwrap();
            if frame.get("ev").is_none() {
                break frame;
            }
        };
        assert_eq!(answer["error"]["message"], message, "{lang}");
    }
    for (header, message) in [("", "send the token"), ("accept-language: ja-JP, en;q=0.5\r\n", "トークンを")]
    {
        let (status, body) = http(server.address, "/v1/customers/lookup?number=1", header).await;
        assert_eq!(status, 401);
        assert!(body.contains(message), "{body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_changed_role_applies_to_open_sockets() {
    let company = company();
    let mut config = Config::default();
    config.limits.agents_refresh_ms = 10;
    let server = start(&company, &config, None).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    assert!(client.ask(json!({"op": "calls"})).await.is_ok());
    let _ = add_agent_as(&company.store, "201", "integration");
    let changed = async {
        while client.ask(json!({"op": "calls"})).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    soon(changed).await;
    assert!(client.ask(json!({"op": "lookup", "number": AKAGI})).await.is_ok());
    server.stop().await;
}

/// Whether any text of the company's customer is in an answer or a push.
fn names_a_customer(data: &Value) -> bool {
    let text = data.to_string();
    ["C00017", "赤木"].iter().any(|secret| text.contains(secret))
}

#[tokio::test]
async fn lists_and_their_pushes_name_no_customer_to_those_who_may_not_look_up() {
    let settings = "[limits]\nagents_refresh_ms = 50\n[permissions.agent]\npresence_all = true\n";
    for looks_up in [true, false] {
        let lookup = format!("lookup = {looks_up}\n");
        let mut world = World::with(Config::parse(&format!("{settings}{lookup}")).unwrap()).await;
        let (mut agent, mut watcher) = (world.agent(0).await, world.agent(1).await);
        world.rings("in", number(AKAGI), &["201"]).await;
        let popup = until(&mut agent, "call.ringing").await;
        assert_eq!(names_a_customer(&popup), looks_up);
        let wall = watcher.ask(json!({"op": "agents"})).await.unwrap();
        assert_eq!((wall["calls"].as_array().unwrap().len(), names_a_customer(&wall)), (1, looks_up));
        let wrap_up = json!({
            "op": "call.wrapup", "call_id": id_of(&popup), "customer_code": "C00017",
            "follow_up_at": "2026-01-01T00:00:00Z", "follow_up_by": "A202",
        });
        agent.ask(wrap_up).await.unwrap();
        let due = until(&mut watcher, "callback.due").await;
        assert_eq!((due["display"].as_str(), names_a_customer(&due)), (Some(AKAGI), looks_up));
        world.ends("in", &["201"]).await;
        let missed = until(&mut watcher, "missed.changed").await;
        assert_eq!(
            (missed["caller"]["display"].as_str(), names_a_customer(&missed)),
            (Some(AKAGI), looks_up)
        );
        let data = watcher.ask(json!({"op": "missed"})).await.unwrap();
        assert_eq!((data["missed"].as_array().unwrap().len(), names_a_customer(&data)), (1, looks_up));
        let data = watcher.ask(json!({"op": "callbacks"})).await.unwrap();
        assert_eq!((data["callbacks"].as_array().unwrap().len(), names_a_customer(&data)), (1, looks_up));
        let (_second, hello) = Client::sign_in(world.server.address, &world.company.tokens[1]).await;
        assert_eq!(hello["callbacks_due"].as_array().unwrap().len(), 1);
        assert_eq!(names_a_customer(&hello), looks_up);
        world.server.stop().await;
    }
}

#[tokio::test]
async fn an_agents_own_calls_name_no_customer_without_lookup() {
    let company = company();
    let now = shared::Clock::now(&shared::SystemClock);
    let call = CallRecord {
        call_id: "c-1".to_owned(),
        customer_code: Some("C00017".to_owned()),
        lead_code: Some("L1".to_owned()),
        agent_code: Some("A201".to_owned()),
        started_at: now,
        ..CallRecord::default()
    };
    let today = shared::Clock::today(&shared::SystemClock);
    company.store.write(|tx| tx.record_call(&call, today, chrono::TimeDelta::minutes(30))).unwrap();
    for looks_up in [true, false] {
        let config = Config::parse(&format!("[permissions.agent]\nlookup = {looks_up}")).unwrap();
        let server = start(&company, &config, None).await;
        let (mut agent, _) = Client::sign_in(server.address, &company.tokens[0]).await;
        let data = agent.ask(json!({"op": "calls"})).await.unwrap();
        assert_eq!(data["calls"][0]["call_id"], "c-1");
        assert_eq!(names_a_customer(&data), looks_up);
        assert_eq!(data["calls"][0]["lead_code"].is_string(), looks_up);
        server.stop().await;
    }
}

#[tokio::test]
async fn pushes_of_an_earlier_role_are_not_replayed() {
    let mut world = World::new().await;
    let (mut agent, hello) = Client::sign_in(world.server.address, &world.company.tokens[0]).await;
    world.rings("in", number(AKAGI), &["201"]).await;
    assert_eq!(until(&mut agent, "call.ringing").await["memo"], MEMO);
    drop(agent);
    let resume = json!({"epoch": hello["epoch"], "seq": hello["seq"]});
    let again = json!({"op": "hello", "token": world.company.tokens[0], "resume": resume});
    let mut same = Client::connect(world.server.address).await;
    assert_eq!(same.ask(again.clone()).await.unwrap()["resumed"], true);
    assert_eq!(until(&mut same, "call.ringing").await["memo"], MEMO, "the same role gets what it missed");
    drop(same);

    let _ = add_agent_as(&world.company.store, "201", "integration");
    let mut client = Client::connect(world.server.address).await;
    let welcome = client.ask(again).await.unwrap();
    assert_eq!(welcome["resumed"], false);
    assert_eq!(welcome["calls"][0]["memo"], Value::Null, "the snapshot is today's role's");
    client.ask(json!({"op": "ping"})).await.unwrap();
    assert!(client.pushes.iter().all(|push| !push.to_string().contains(MEMO)), "{:?}", client.pushes);
    world.server.stop().await;
}
