//! The types as TypeScript declarations.

use serde_json::Value;

use super::schema::Protocol;

const HEAD: &str = "// The frames of docs/protocol.md. A test writes this file from the types of the code\n\
    // (cti-bridge/tests/it/protocol_schema/).\n";

const FRAMES: &str = "
/** A request with its fields. */
export type Request = { [Op in keyof Operations]: { id: Id; op: Op; key?: Key } & Operations[Op]['request'] }[keyof Operations];

/** An answer with data. */
export interface Answered<Op extends keyof Operations = keyof Operations> {
  re: Id;
  ok: true;
  data: Operations[Op]['answer'];
}

/** A push. */
export type Push = {
  [Kind in keyof Pushes]: { ev: Kind; seq: number; at: string; data: Pushes[Kind] };
}[keyof Pushes];

/** A frame from the bridge. */
export type Frame = Answered | Refused | Push;
";

pub(crate) fn write(protocol: &Protocol) -> String {
    let mut out = HEAD.to_owned();
    out.push_str(
        "\n/** The fields of each request and the data of its answer. */\nexport interface Operations {\n",
    );
    for (op, fields, data) in &protocol.operations {
        let (fields, data) = (type_of(fields), type_of(data));
        out.push_str(&format!("  '{}': {{ request: {fields}; answer: {data} }};\n", op.word()));
    }
    out.push_str("}\n\n/** The data of each push. */\nexport interface Pushes {\n");
    for (kind, data) in &protocol.pushes {
        out.push_str(&format!("  '{}': {};\n", kind.word(), type_of(data)));
    }
    out.push_str("}\n");
    out.push_str(FRAMES);
    let mut definitions = protocol.definitions.clone();
    definitions.extend(Protocol::frames());
    for (name, schema) in &definitions {
        out.push('\n');
        out.push_str(&comment(schema, ""));
        match schema["properties"].as_object() {
            Some(_) => out.push_str(&format!("export interface {name} {}\n", object(schema, ""))),
            None => out.push_str(&format!("export type {name} = {};\n", type_of(schema))),
        }
    }
    out
}

/// A schema's description as a comment.
fn comment(schema: &Value, pad: &str) -> String {
    match schema["description"].as_str() {
        Some(text) => format!("{pad}/** {} */\n", text.split_whitespace().collect::<Vec<_>>().join(" ")),
        None => String::new(),
    }
}

fn object(schema: &Value, pad: &str) -> String {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let mut out = String::from("{\n");
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        out.push_str(&comment(field, &format!("{pad}  ")));
        let mark = if is_required(name) { "" } else { "?" };
        out.push_str(&format!("{pad}  {name}{mark}: {};\n", type_of(field)));
    }
    out + pad + "}"
}

/// The type of a schema as an expression.
fn type_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return name.to_owned();
    }
    if let Some(value) = schema.get("const") {
        return literal(value);
    }
    if let Some(values) = schema["enum"].as_array() {
        return union(values.iter().map(literal));
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[choice].as_array() {
            return union(choices.iter().map(type_of));
        }
    }
    match &schema["type"] {
        Value::Array(kinds) => {
            union(kinds.iter().filter_map(Value::as_str).map(|kind| of_kind(kind, schema)))
        }
        Value::String(kind) => of_kind(kind, schema),
        _ => panic!("no type for {schema}"),
    }
}

fn of_kind(kind: &str, schema: &Value) -> String {
    match kind {
        "integer" | "number" => "number".to_owned(),
        "string" | "boolean" | "null" => kind.to_owned(),
        "array" => {
            let entry = type_of(&schema["items"]);
            if entry.contains(' ') { format!("({entry})[]") } else { format!("{entry}[]") }
        }
        "object" if schema["properties"].as_object().is_none_or(serde_json::Map::is_empty) => {
            "Record<never, never>".to_owned()
        }
        "object" => object(schema, "  "),
        other => panic!("no type for {other}"),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn union(types: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for one in types {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all.join(" | ")
}
