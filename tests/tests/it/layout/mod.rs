//! Rules of the layout that the compiler does not check (ARCHITECTURE.md).

mod directions;
mod documents;
mod languages;
mod modules;

use std::path::{Path, PathBuf};

/// The crates whose `src/` the rules are about.
const CRATES: [&str; 4] = ["shared", "cli-kit", "cti-bridge", "analytics"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn manifest(member: &str) -> String {
    std::fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap()
}

/// Names of the crates that a member depends on, for building and for testing.
fn dependencies(member: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest(member).lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside
            && let Some(name) = line.split(['.', '=', ' ']).next().filter(|name| !name.is_empty())
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// The Rust files below a folder of the project, with their text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

#[test]
fn the_programs_do_not_depend_on_each_other_nor_shared_on_them() {
    for (member, forbidden) in [
        (
            "shared",
            &["cti-bridge", "analytics", "tokio-tungstenite", "axum", "clap", "duckdb", "polars", "tokio"][..],
        ),
        ("cti-bridge", &["analytics", "duckdb", "polars", "rusqlite"][..]),
        ("analytics", &["cti-bridge", "axum", "tokio-tungstenite", "rusqlite"][..]),
    ] {
        let names = dependencies(member);
        assert!(names.len() > 5, "{member}: the manifest was not read: {names:?}");
        for name in forbidden {
            assert!(!names.iter().any(|dependency| dependency == name), "{member} depends on {name}");
        }
    }
}

#[test]
fn only_the_store_names_its_driver_and_only_three_modules_name_duckdb() {
    for (path, text) in sources("shared/src") {
        let allowed = path.components().any(|part| part.as_os_str() == "store");
        assert!(allowed || !text.contains("rusqlite"), "{} names rusqlite", path.display());
    }
    for (path, text) in sources("analytics/src") {
        let inside = |name: &str| path.components().any(|part| part.as_os_str() == name);
        let allowed = ["mirror", "warehouse"].into_iter().any(inside)
            || ["engine.rs", "mirror.rs", "warehouse.rs"].into_iter().any(|file| path.ends_with(file));
        // Arrow's types are re-exported by the driver and are not the driver.
        let text = text.replace("duckdb::arrow", "").to_lowercase();
        assert!(allowed || !text.contains("duckdb::"), "{} names duckdb", path.display());
    }
}

#[test]
fn the_call_tracker_is_pure() {
    for (path, text) in sources("cti-bridge/src") {
        let tracker =
            path.ends_with("src/call.rs") || path.parent().is_some_and(|folder| folder.ends_with("src/call"));
        if tracker {
            for name in ["tokio", "std::net", "std::fs", "tungstenite", "axum"] {
                assert!(!text.contains(&format!("{name}::")), "{} names {name}", path.display());
            }
        }
    }
}
