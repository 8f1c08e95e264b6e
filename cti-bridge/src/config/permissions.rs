//! Changes to the permissions of the roles: `[permissions.ROLE]`.

use std::collections::BTreeMap;

use shared::settings_reader::{Table, Value};

use crate::permission::{Permission, PermissionSettings};

pub(super) fn read(table: &Table<'_>) -> PermissionSettings {
    let mut settings = PermissionSettings::default();
    table.fields(|fields| {
        fields.set("agent", &mut settings.agent, changes);
        fields.set("supervisor", &mut settings.supervisor, changes);
        fields.set("admin", &mut settings.admin, changes);
        fields.set("integration", &mut settings.integration, changes);
    });
    settings
}

/// What the settings change for one role.
fn changes(role: &Value<'_>) -> Option<BTreeMap<Permission, bool>> {
    let words: Vec<String> = Permission::ALL.iter().map(|known| known.word().replace('.', "_")).collect();
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut changes = BTreeMap::new();
    for (word, value) in role.table()?.entries() {
        match Permission::from_word(word) {
            Some(permission) => changes.extend(value.flag().map(|given| (permission, given))),
            None => value.unknown(&known),
        }
    }
    Some(changes)
}
