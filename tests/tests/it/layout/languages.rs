//! Every sentence that people read is in Japanese and in English (`shared::message`).
//!
//! The types do most of it: a `Failure`, a `Refusal` and a finding hold a `Message`, which has both. What the types let
//! through is looked for here, in the text of the sources.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::{CRATES, root, sources};

static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    let text = r#""((?:[^"\\]|\\.)*)""#;
    Regex::new(&format!(r"(?s)(?:message!|Label::new)\(\s*{text}\s*,\s*{text}")).unwrap()
});
/// What is the same in both languages: values, options, tables of a settings file, code.
static NEUTRAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{[^}]*\}|--[a-z-]+|\[[a-z_.]+\]|`[^`]*`").unwrap());
static ONE_LANGUAGE: LazyLock<Regex> = LazyLock::new(|| {
    let made = r#"(?:bail!|anyhow!|ensure!)\("|\.(?:with_)?context\((?:\|\| )?(?:format!\()?"|(?:Failure::\w+|Refusal::new)\(\s*(?:[\w:]+,\s*)?(?:format!\(\s*)?""#;
    Regex::new(made).unwrap()
});
/// The text of an error; where `Explain` gives people both languages, it is for the log.
static ERROR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"\#\[error\(\s*"[^{"]*[A-Za-z]"#).unwrap());

/// Files with an error that has English text only, and why only engineers read it.
const ENGLISH_ONLY: [(&str, &str); 6] = [
    ("cti-bridge/src/bridge/write.rs", "logged; the refusal made of it has both languages"),
    ("cti-bridge/src/call/id.rs", "inside; the operations refuse the field in both languages"),
    ("cti-bridge/src/lookup.rs", "inside; the refusal made of it has both languages"),
    ("cti-bridge/src/oidc/error.rs", "logged; the page has a sentence of its own for each status"),
    ("cti-bridge/src/source/ami/decoder.rs", "logged"),
    ("cti-bridge/src/source/freeswitch/decoder.rs", "logged"),
];

fn product_sources() -> Vec<(String, String)> {
    let all = CRATES.iter().flat_map(|member| sources(&format!("{member}/src")));
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    let files = all.map(|(path, text)| (relative(&path), without_tests(&text)));
    files.filter(|(path, _)| !path.contains("tests")).collect()
}

/// The text up to its `mod tests`, without comments.
fn without_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_japanese(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

fn has_words(text: &str) -> bool {
    NEUTRAL.replace_all(text, "").chars().any(char::is_alphabetic)
}

/// Why two texts are not one sentence in both languages.
fn fault(ja: &str, en: &str) -> Option<&'static str> {
    let name = ja == en && !ja.contains(' ');
    if ja.is_empty() != en.is_empty() {
        return Some("is empty in one language");
    }
    match (has_words(ja), has_words(en)) {
        (true, true) if !ja.chars().any(is_japanese) && !name => Some("is not Japanese"),
        (true, true) if !en.chars().any(|letter| letter.is_ascii_alphabetic()) && !name => {
            Some("is not English")
        }
        _ => None,
    }
}

/// A text in one language where people read it.
fn one_language(text: &str) -> Option<&str> {
    let error = || ERROR.find(text).filter(|_| !text.contains("impl Explain for"));
    ONE_LANGUAGE.find(text).or_else(error).map(|found| found.as_str())
}

#[test]
fn every_message_and_label_is_in_both_languages() {
    let mut pairs = 0;
    let mut wrong = String::new();
    for (path, text) in product_sources() {
        for pair in PAIR.captures_iter(&text) {
            pairs += 1;
            if let Some(fault) = fault(&pair[1], &pair[2]) {
                wrong += &format!("{path}: ({:?}, {:?}) {fault}\n", &pair[1], &pair[2]);
            }
        }
    }
    assert!(pairs > 300, "the sources were not read: {pairs}");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn no_sentence_bypasses_the_two_languages() {
    let mut wrong = String::new();
    let mut allowed: Vec<&str> = ENGLISH_ONLY.iter().map(|(file, _)| *file).collect();
    for (path, text) in product_sources() {
        let Some(found) = one_language(&text) else { continue };
        match allowed.iter().position(|file| *file == path) {
            Some(at) => drop(allowed.swap_remove(at)),
            None => wrong += &format!("{path}: {found}\n"),
        }
    }
    assert!(wrong.is_empty(), "texts in one language only:\n{wrong}");
    assert!(allowed.is_empty(), "these need no exception any more: {allowed:?}");
}

#[test]
fn the_faults_are_told_apart() {
    assert_eq!(fault("{n}件", "{n} rows"), None);
    assert_eq!(fault("{a}: {b}", "{a}: {b}"), None);
    assert_eq!(fault("LTV", "LTV"), None);
    assert_eq!(fault("値が違います({reason})", "{reason}"), None);
    assert_eq!(fault("無効です", ""), Some("is empty in one language"));
    assert_eq!(fault("no store", "no store"), Some("is not Japanese"));
    assert_eq!(fault("件数", "件数です"), Some("is not English"));
    for text in [
        "bail!(\"x\")",
        "Refusal::new(ErrorCode::Busy, \"full\")",
        "Failure::io(format!(\"no {x}\"))",
        "#[error(\"no {0}\")]",
    ] {
        assert!(one_language(text).is_some(), "{text}");
    }
    for text in [
        "Failure::io(message!(\"無\", \"no\"))",
        "#[error(\"{}\", self.message().text(Lang::En))]",
        "#[error(transparent)]",
        "#[error(\"nobody\")]\nimpl Explain for Nobody {}",
    ] {
        assert!(one_language(text).is_none(), "{text}");
    }
}
