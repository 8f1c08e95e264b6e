//! Which module of a crate uses which, read from its sources: `use` declarations and paths that start with `crate`,
//! `super` or `self`. Tests within the sources do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::{CRATES, root, sources};

static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new("//[^\n]*").unwrap());
static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+([^;]+);").unwrap());
static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:crate|super|self)(?:::\w+)+").unwrap());

/// The path of a module below its crate's root; the root itself is empty.
pub(super) type Module = Vec<String>;

/// The modules of a crate, each with those that it uses.
pub(super) type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// Reads the graph of a crate.
pub(super) fn graph(member: &str) -> Graph {
    let source = format!("{member}/src");
    let files = sources(&source);
    let modules: BTreeMap<Module, &str> = files
        .iter()
        .filter_map(|(path, text)| {
            Some((module(path.strip_prefix(root().join(&source)).ok()?)?, text.as_str()))
        })
        .collect();
    let uses = |(module, text): (&Module, &&str)| {
        let used = paths(&without_tests(&COMMENT.replace_all(text, "")))
            .into_iter()
            .filter_map(|path| resolve(module, &path, &modules))
            .filter(|used| used != module && !used.is_empty())
            .collect();
        (module.clone(), used)
    };
    modules.iter().map(uses).collect()
}

/// The module of a file; none for a file of tests.
fn module(path: &Path) -> Option<Module> {
    let path = path.with_extension("");
    let mut parts: Module = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.iter().any(|part| part == "tests") {
        return None;
    }
    if parts.last().is_some_and(|last| last == "mod") || ["lib", "main"].contains(&parts.join("/").as_str()) {
        parts.pop();
    }
    Some(parts)
}

/// The text up to its `mod tests`.
fn without_tests(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..end].to_owned()
}

fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for tree in USE.captures_iter(text) {
        expand(&[], &tree[1], &mut found);
    }
    let rest = USE.replace_all(text, "");
    found.extend(PATH.find_iter(&rest).map(|path| split(path.as_str())));
    found
}

fn split(path: &str) -> Vec<String> {
    path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The paths of a `use` tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(prefix: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let mut depth = 0;
    let parts = tree.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((head, rest)) => {
                let prefix = [prefix, &split(head)].concat();
                expand(&prefix, rest.rsplit_once('}').map_or(rest, |(inner, _)| inner), found);
            }
            None => found.push([prefix, &split(part.split(" as ").next().unwrap_or(part))].concat()),
        }
    }
}

/// The module that a path written in `module` leads to; none for one of another crate.
fn resolve(module: &Module, path: &[String], modules: &BTreeMap<Module, &str>) -> Option<Module> {
    let mut target = match path.first()?.as_str() {
        "crate" => path[1..].to_vec(),
        "self" => [module, &path[1..]].concat(),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            [&module[..module.len().checked_sub(ups)?], &path[ups..]].concat()
        }
        first if modules.contains_key(&[module.as_slice(), &[first.to_owned()]].concat()) => {
            [module, path].concat()
        }
        _ => return None,
    };
    while !target.is_empty() && !modules.contains_key(&target) {
        target.pop();
    }
    Some(target)
}

/// The groups of modules that use one another in a circle.
pub(super) fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        graph.keys().map(|module| (module, reachable(graph, module))).collect();
    let mut found = BTreeSet::new();
    for (module, targets) in &reached {
        let circle: BTreeSet<String> = targets
            .iter()
            .filter(|target| reached.get(*target).is_some_and(|back| back.contains(module)))
            .map(|target| target.join("::"))
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().map(|circle| circle.into_iter().collect()).collect()
}

fn reachable<'a>(graph: &'a Graph, start: &Module) -> BTreeSet<&'a Module> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Module> = graph.get(start).into_iter().flatten().collect();
    while let Some(module) = open.pop() {
        if seen.insert(module) {
            open.extend(graph.get(module).into_iter().flatten());
        }
    }
    seen
}

/// The graph without the ties between a module and those inside it, which may use each other.
fn between_siblings(graph: Graph) -> Graph {
    let related = |one: &Module, other: &Module| one.starts_with(other) || other.starts_with(one);
    graph
        .into_iter()
        .map(|(module, used)| {
            let used = used.into_iter().filter(|used| !related(&module, used)).collect();
            (module, used)
        })
        .collect()
}

#[test]
fn modules_have_no_circular_imports() {
    let mut found = Vec::new();
    for member in CRATES {
        let graph = between_siblings(graph(member));
        assert!(graph.len() > 3 && graph.values().any(|used| !used.is_empty()), "{member} was not read");
        found.extend(circles(&graph).iter().map(|circle| format!("{member}: {}", circle.join(" "))));
    }
    println!("{} circles", found.len());
    assert!(found.is_empty(), "{} circles:\n{}", found.len(), found.join("\n"));
}

#[test]
fn use_trees_paths_and_circles_are_recognised() {
    let text = "use crate::{a::{b, c as d}, e};\nfn f() { super::g::h() }\n#[cfg(test)]\nmod tests { use crate::x; }";
    let found = paths(&without_tests(text));
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::a::b", "crate::a::c", "crate::e", "super::g::h"]);
    let edge = |from: &str, to: &[&str]| (split(from), to.iter().map(|to| split(to)).collect());
    let knot = Graph::from([edge("a", &["b"]), edge("b", &["c"]), edge("c", &["a"]), edge("d", &["a"])]);
    assert_eq!(circles(&knot), [["a", "b", "c"]]);
    let family = Graph::from([edge("a", &["a::b"]), edge("a::b", &["a"])]);
    assert!(circles(&between_siblings(family)).is_empty());
}
