//! The layers of each crate (ARCHITECTURE.md, "Layers"): a module uses modules of its own
//! layer and of those listed before it.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Graph, circles, graph};
use super::{CRATES, root};

const BEGIN: &str = "<!-- layers: begin -->";
const END: &str = "<!-- layers: end -->";

/// The layer of each top-level module, crate by crate, in the order of the table.
fn layers() -> BTreeMap<String, BTreeMap<String, usize>> {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table =
        page.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).expect("the table of layers").0;
    let mut found: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (layer, row) in table.lines().filter(|line| line.starts_with("| `")).enumerate() {
        let mut cells = row.trim_matches('|').split('|');
        let member = cells.next().unwrap().trim().trim_matches('`').to_owned();
        let modules = found.entry(member).or_default();
        for name in cells.next_back().unwrap().split('`').skip(1).step_by(2) {
            assert!(modules.insert(name.to_owned(), layer).is_none(), "{name} is listed twice");
        }
    }
    found
}

/// The top-level modules of a crate, each with those that it uses.
fn top_level(member: &str) -> Graph {
    let mut top = Graph::new();
    for (module, used) in graph(member).into_iter().filter(|(module, _)| !module.is_empty()) {
        let used = used.into_iter().map(|used| used[..1].to_vec()).filter(|used| used[0] != module[0]);
        top.entry(module[..1].to_vec()).or_default().extend(used.collect::<BTreeSet<_>>());
    }
    top
}

#[test]
fn modules_use_only_their_own_layer_and_those_before_it() {
    let layers = layers();
    let mut wrong = String::new();
    for member in CRATES {
        let layer = layers.get(member).unwrap_or_else(|| panic!("the table has no {member}"));
        let top = top_level(member);
        for (module, used) in &top {
            let Some(own) = layer.get(&module[0]) else {
                wrong += &format!("{member}: `{}` has no layer\n", module[0]);
                continue;
            };
            for used in used.iter().filter(|used| layer.get(&used[0]).is_some_and(|other| other > own)) {
                wrong += &format!("{member}: `{}` uses `{}`, which comes after it\n", module[0], used[0]);
            }
        }
        for name in layer.keys().filter(|name| !top.contains_key(&vec![(*name).clone()])) {
            wrong += &format!("{member}: there is no `{name}`\n");
        }
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md, Layers:\n{wrong}");
}

#[test]
fn top_level_modules_have_no_circular_imports() {
    let knots = |member: &'static str| {
        circles(&top_level(member)).into_iter().map(move |knot| format!("{member}: {}", knot.join(" ")))
    };
    let found: Vec<String> = CRATES.into_iter().flat_map(knots).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
