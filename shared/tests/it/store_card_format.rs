//! A stored card is read as it was written: whenever its fields change, its format has to be another one.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value as Json;
use shared::card::{CARD_FORMAT, CustomerCard};

/// The names of an object's fields, each behind the name of its type.
fn add_fields(fields: &mut BTreeSet<String>, name: &str, schema: &Json) {
    for field in schema["properties"].as_object().into_iter().flatten() {
        fields.insert(format!("{name}.{}", field.0));
    }
}

#[test]
fn a_card_with_other_fields_has_another_format() {
    let schema = serde_json::to_value(schemars::schema_for!(CustomerCard)).unwrap();
    let mut fields = BTreeSet::new();
    add_fields(&mut fields, "CustomerCard", &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        add_fields(&mut fields, name, definition);
    }
    let list: Vec<String> = fields.into_iter().collect();
    let wanted = format!("format {CARD_FORMAT}\n{}\n", list.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/card_format.txt");
    if std::env::var_os("CHAKUDEN_WRITE_DOCS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "the card's fields changed: raise CARD_FORMAT (shared/src/card.rs), then run\n\
         CHAKUDEN_WRITE_DOCS=1 cargo test --release --workspace --test it a_card_with_other_fields"
    );
}
