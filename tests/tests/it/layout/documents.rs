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
