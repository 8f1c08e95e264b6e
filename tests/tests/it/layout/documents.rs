//! What documents name exists.

use super::{root, sources};

/// The tests of the agents' page, which are named by a sentence.
fn browser_tests() -> String {
    let folder = root().join("tests/browser");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tests = files.filter(|path| path.to_string_lossy().ends_with(".test.mjs"));
    tests.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_test_named_in_the_traceability_exists() {
    let page = std::fs::read_to_string(root().join("docs/traceability.md")).unwrap();
    let mut all = String::new();
    for folder in ["shared", "cti-bridge", "analytics", "tests"] {
        for (_, text) in sources(folder) {
            all.push_str(&text);
        }
    }
    let page_tests = browser_tests();
    let mut named = 0;
    for row in page.lines().filter(|line| line.starts_with('|')) {
        let tests = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        for name in tests.split('`').skip(1).step_by(2) {
            let exists = all.contains(&format!("fn {name}(")) || page_tests.contains(&format!("'{name}'"));
            assert!(exists, "no test {name}: {row}");
            named += 1;
        }
    }
    assert!(named > 20, "the page was not read: {named}");
}

#[test]
fn every_identifier_of_the_glossary_is_in_the_code() {
    let page = std::fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let code: String = ["shared", "cti-bridge", "analytics"]
        .iter()
        .flat_map(|folder| sources(folder))
        .map(|(_, text)| text)
        .collect();
    // A command is written with its words apart.
    let is_there = |name: &str| name.split(' ').all(|word| contains_word(&code, word));
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Japanese"));
    let missing: Vec<&str> = rows
        .filter_map(|row| row.split('|').nth(3))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| !is_there(name))
        .collect();
    assert!(missing.is_empty(), "not in the code: {missing:?}");
    assert!(!is_there("avg_per_nothing"), "the code was not searched");
}

/// Whether a text has this word, not only a longer one.
fn contains_word(text: &str, word: &str) -> bool {
    let part_of_a_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, behind) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !before.is_some_and(part_of_a_word) && !behind.is_some_and(part_of_a_word)
    })
}
