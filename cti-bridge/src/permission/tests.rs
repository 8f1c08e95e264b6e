use std::path::Path;

use super::*;

const PAGE: &str = include_str!("../../../docs/security.md");

/// The table as the page shows it.
fn documented() -> String {
    let mut rows = String::from("| permission | agent | supervisor | admin | integration | what |\n");
    rows.push_str("|---|---|---|---|---|---|\n");
    for permission in Permission::ALL {
        let marks = AgentRole::ALL.iter().map(|role| match permission.is_given_to(*role) {
            true => "yes",
            false => "–",
        });
        rows.push_str(&format!("| `{}` | {} |", permission.word(), marks.collect::<Vec<_>>().join(" | ")));
        rows.push('\n');
    }
    rows
}

#[test]
fn the_permission_table_is_the_documented_one() {
    let (_, section) = PAGE.split_once("\n| permission |").expect("the page has the table");
    let shown = section.lines().skip(2).take_while(|line| line.starts_with('|'));
    // The last cell explains; what counts is in front of it.
    let shown: Vec<String> =
        shown.map(|line| line.split('|').take(6).collect::<Vec<_>>().join("|")).collect();
    let table = documented();
    let coded: Vec<String> =
        table.lines().skip(2).map(|line| line.trim_end_matches('|').to_owned()).collect();
    assert_eq!(shown, coded, "docs/security.md should say:\n{table}");
}

/// The sources that may check a permission, as one text.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["permission", "tests"].contains(&name.as_str()) {
            text.push_str(&sources(&path));
        } else if name.ends_with(".rs") && !["permission.rs", "tests.rs"].contains(&name.as_str()) {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
    text
}

#[test]
fn every_permission_is_checked_somewhere() {
    let code = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for permission in Permission::ALL {
        assert!(code.contains(&format!("Permission::{permission:?}")), "{}", permission.word());
    }
}

#[test]
fn settings_add_and_remove_permissions() {
    let mut settings = PermissionSettings::default();
    settings.agent.insert(Permission::CreditRead, false);
    settings.integration.insert(Permission::MemoRead, true);
    let policy = Policy::new(&settings);
    for role in AgentRole::ALL {
        for permission in Permission::ALL {
            let expected = match (role, permission) {
                (AgentRole::Agent, Permission::CreditRead) => false,
                (AgentRole::Integration, Permission::MemoRead) => true,
                _ => permission.is_given_to(*role),
            };
            assert_eq!(policy.of(role.as_str()).has(*permission), expected, "{role} {permission:?}");
        }
    }
}

#[test]
fn an_unknown_role_may_do_nothing() {
    for role in ["", "root", "Admin", "agent "] {
        assert_eq!(Policy::default().of(role), Permissions::NONE, "{role}");
    }
}

#[test]
fn permissions_are_read_in_both_spellings() {
    let mut all = Permissions::NONE;
    for permission in Permission::ALL {
        assert!(!all.has(*permission));
        all = all.with(*permission, true);
        assert_eq!(Permission::from_word(permission.word()), Some(*permission));
        assert_eq!(Permission::try_from(permission.word().replace('.', "_")), Ok(*permission));
    }
    assert_eq!(all.iter().count(), Permission::ALL.len());
    assert!(Permission::try_from("credit".to_owned()).unwrap_err().contains("credit_read"));
    assert_eq!(all, Permissions::ALL);
    assert_eq!(serde_json::to_string(&Permission::CallsOwn).unwrap(), "\"calls.own\"");
}
