//! The AsyncAPI 3 document.

use cti_bridge::protocol::SUBPROTOCOL;
use serde_json::{Map, Value, json};

use super::schema::Protocol;

pub(crate) const HEAD: &str = "# The machine-readable form of docs/protocol.md. A test writes it from the types of the code \
    (cti-bridge/tests/it/protocol_schema/).\n";

pub(crate) fn document(protocol: &Protocol) -> Value {
    let (mut messages, mut operations) = (Map::new(), Map::new());
    let message = |payload: Value, summary: String| json!({ "summary": summary, "payload": payload });
    let in_channel = |name: &str| json!({ "$ref": format!("#/channels/socket/messages/{name}") });
    let channel = json!({ "$ref": "#/channels/socket" });
    for (op, fields, data) in &protocol.operations {
        let (word, answer) = (op.word(), format!("{}.answer", op.word()));
        messages.insert(word.to_owned(), message(Protocol::request(*op, fields), format!("request {word}")));
        messages.insert(answer.clone(), message(Protocol::answer(data), format!("answer to {word}")));
        let operation = json!({
            "action": "receive",
            "channel": channel,
            "messages": [in_channel(word)],
            "reply": { "channel": channel, "messages": [in_channel(&answer), in_channel("refused")] },
        });
        operations.insert(word.to_owned(), operation);
    }
    messages
        .insert("refused".to_owned(), message(json!({ "$ref": "#/$defs/Refused" }), "refusal".to_owned()));
    let mut pushes = Vec::new();
    for (kind, data) in &protocol.pushes {
        let name = format!("push.{}", kind.word());
        let push = Protocol::push(*kind, data);
        messages.insert(name.clone(), message(push, format!("push {}", kind.word())));
        pushes.push(in_channel(&name));
    }
    operations.insert("push".to_owned(), json!({ "action": "send", "channel": channel, "messages": pushes }));
    let listed = messages
        .keys()
        .map(|name| (name.clone(), json!({ "$ref": format!("#/components/messages/{name}") })));
    let listed: Map<String, Value> = listed.collect();
    let mut schemas = protocol.definitions.clone();
    schemas.extend(Protocol::frames());
    let mut document = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chakuden bridge",
            "version": "1.0.0",
            "description": "Call events and customers' profiles for agents' browsers and other programs. One \
                WebSocket, JSON text frames, subprotocol chakuden.v1. docs/protocol.md explains every field.",
        },
        "servers": { "local": { "host": "127.0.0.1:8080", "protocol": "ws" } },
        "channels": { "socket": {
            "address": "/ws",
            "bindings": { "ws": { "method": "GET", "headers": {
                "type": "object",
                "properties": { "sec-websocket-protocol": { "type": "string", "const": SUBPROTOCOL } },
            } } },
            "messages": listed,
        } },
        "operations": operations,
        "components": { "messages": messages, "schemas": schemas },
    });
    move_references(&mut document);
    document
}

/// AsyncAPI keeps schemas among its components.
fn move_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let (true, Some(target)) = (name == "$ref", value.as_str()) {
                    *value = json!(target.replace("#/$defs/", "#/components/schemas/"));
                }
                move_references(value);
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(move_references),
        _ => {}
    }
}
