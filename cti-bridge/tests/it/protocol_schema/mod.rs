//! The protocol's schema, its AsyncAPI document and its TypeScript types, all written from the types of the code.

mod asyncapi;
pub(crate) mod frames;
pub(crate) mod schema;
mod typescript;
mod yaml;

use std::path::Path;

/// Compares a document with the code; with `CHAKUDEN_WRITE_DOCS` set, writes it first.
fn check(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os("CHAKUDEN_WRITE_DOCS").is_some() {
        std::fs::write(&file, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == wanted,
        "{path} is out of date; run: CHAKUDEN_WRITE_DOCS=1 cargo test --release --workspace --test it protocol_schema"
    );
}

#[test]
fn the_schema_file_is_that_of_the_types() {
    let mut text = serde_json::to_string_pretty(&schema::Protocol::of_the_code().document()).unwrap();
    text.push('\n');
    check("docs/protocol.schema.json", &text);
}

#[test]
fn the_asyncapi_document_is_that_of_the_types() {
    let document = asyncapi::document(&schema::Protocol::of_the_code());
    check("docs/asyncapi.yaml", &(asyncapi::HEAD.to_owned() + &yaml::write(&document)));
}

#[test]
fn the_typescript_types_are_those_of_the_types() {
    check("cti-bridge/web/protocol.d.ts", &typescript::write(&schema::Protocol::of_the_code()));
}
