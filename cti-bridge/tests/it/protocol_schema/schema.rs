//! JSON schemas of all frames, from the types of the code.

use cti_bridge::agent::ops::Op;
use cti_bridge::hub::push::PushKind;
use cti_bridge::permission::Permission;
use cti_bridge::protocol::{CloseCode, ErrorBody, ID_BYTES_MAX, KEY_BYTES_MAX};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Everything that goes over the wire.
pub(crate) struct Protocol {
    /// Each operation with the schemas of its fields and of its answer's data.
    pub(crate) operations: Vec<(Op, Value, Value)>,
    /// Each push with the schema of its data.
    pub(crate) pushes: Vec<(PushKind, Value)>,
    /// The schemas that others refer to.
    pub(crate) definitions: Map<String, Value>,
}

impl Protocol {
    pub(crate) fn of_the_code() -> Self {
        let mut read = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        let mut written = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let operations = Op::ALL
            .iter()
            .map(|op| {
                let (request, answer) = (op.request_schema(&mut read), op.answer_schema(&mut written));
                (*op, request.to_value(), answer.to_value())
            })
            .collect();
        let pushes =
            PushKind::ALL.iter().map(|kind| (*kind, kind.data_schema(&mut written).to_value())).collect();
        written.subschema_for::<ErrorBody<'_>>();
        let mut definitions = read.take_definitions(true);
        for (name, schema) in written.take_definitions(true) {
            let before = definitions.insert(name.clone(), schema.clone());
            assert!(before.is_none_or(|before| before == schema), "two types are called {name}");
        }
        Self { operations, pushes, definitions }
    }

    /// The request frame of an operation.
    pub(crate) fn request(op: Op, fields: &Value) -> Value {
        let mut example: Map<String, Value> = serde_json::from_str(op.example()).unwrap();
        example.extend([("id".to_owned(), json!(1)), ("op".to_owned(), json!(op.word()))]);
        json!({
            "allOf": [fields],
            "type": "object",
            "required": ["id", "op"],
            "properties": {
                "id": { "$ref": "#/$defs/Id" },
                "op": { "const": op.word() },
                "key": { "$ref": "#/$defs/Key" },
            },
            "examples": [example],
        })
    }

    /// The answer frame with this data.
    pub(crate) fn answer(data: &Value) -> Value {
        json!({
            "type": "object",
            "required": ["re", "ok", "data"],
            "properties": { "re": { "$ref": "#/$defs/Id" }, "ok": { "const": true }, "data": data },
        })
    }

    /// The frame of a push.
    pub(crate) fn push(kind: PushKind, data: &Value) -> Value {
        json!({
            "type": "object",
            "required": ["ev", "seq", "at", "data"],
            "properties": {
                "ev": { "const": kind.word() },
                "seq": { "type": "integer", "minimum": 1 },
                "at": { "type": "string", "format": "date-time" },
                "data": data,
            },
        })
    }

    /// The schemas that are not a type of the code.
    pub(crate) fn frames() -> Map<String, Value> {
        let codes: Vec<u16> = CloseCode::ALL.iter().map(|code| code.number()).collect();
        let frames = json!({
            "Id": {
                "description": "A number that a double holds, or a string. It comes back as it was sent.",
                "anyOf": [{ "type": "number" }, { "type": "string", "maxLength": ID_BYTES_MAX }],
            },
            "Key": {
                "description": "The client's key of one intention, in bytes of UTF-8; only requests that write heed it.",
                "type": ["string", "null"],
                "minLength": 1,
                "maxLength": KEY_BYTES_MAX,
            },
            "Refused": {
                "description": "An answer without data; `re` is null when the frame had no readable id.",
                "type": "object",
                "required": ["re", "ok", "error"],
                "properties": {
                    "re": { "anyOf": [{ "$ref": "#/$defs/Id" }, { "type": "null" }] },
                    "ok": { "const": false },
                    "error": { "$ref": "#/$defs/ErrorBody" },
                },
            },
            "CloseCode": { "description": "Why the bridge closes a socket.", "type": "integer", "enum": codes },
        });
        let Value::Object(frames) = frames else { unreachable!("it is an object") };
        frames
    }

    /// One document with all of it.
    pub(crate) fn document(&self) -> Value {
        let mut definitions = self.definitions.clone();
        definitions.extend(Self::frames());
        let (mut operations, mut pushes) = (Map::new(), Map::new());
        let mut list = |group: &str, name: &str, schema: Value| {
            definitions.insert(format!("{group}:{name}"), schema);
            json!({ "$ref": format!("#/$defs/{group}:{name}") })
        };
        let (mut requests, mut answers, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for (op, fields, data) in &self.operations {
            let request = list("request", op.word(), Self::request(*op, fields));
            let answer = list("answer", op.word(), Self::answer(data));
            let permission = op.permission().map(Permission::word);
            operations.insert(
                op.word().to_owned(),
                json!({ "request": request, "answer": answer, "permission": permission }),
            );
            requests.push(request);
            answers.push(answer);
        }
        for (kind, data) in &self.pushes {
            let push = list("push", kind.word(), Self::push(*kind, data));
            pushes.insert(kind.word().to_owned(), push.clone());
            told.push(push);
        }
        answers.push(json!({ "$ref": "#/$defs/Refused" }));
        for (name, frames) in [("Request", requests), ("Answer", answers), ("Push", told)] {
            definitions.insert(name.to_owned(), json!({ "anyOf": frames }));
        }
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Chakuden protocol v1",
            "description": "Written by a test from the types of the code; docs/protocol.md explains the fields. \
                Any frame is valid here; x-operations and x-pushes name the schema of each.",
            "anyOf": [
                { "$ref": "#/$defs/Request" }, { "$ref": "#/$defs/Answer" }, { "$ref": "#/$defs/Push" },
            ],
            "x-operations": operations,
            "x-pushes": pushes,
            "$defs": definitions,
        })
    }
}
