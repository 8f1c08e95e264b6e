//! The profiles that are part of the program.

use std::sync::LazyLock;

use super::Profile;

macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../data/profiles/", $name, ".toml")))),+]
    };
}

/// File names without their ending, and contents.
const SOURCES: &[(&str, &str)] = sources![
    "amazon-orders",
    "anser-statement",
    "consumer-list",
    "customer-list",
    "kintone-contact-persons",
    "kintone-customers",
    "kintone-deals",
    "kintone-inquiries",
    "kintone-quotes",
    "pca-customers",
    "pca-sales",
    "shopify-orders",
    "yayoi-customers-43",
    "yayoi-customers-48",
    "yayoi-customers-list",
    "yayoi-sales-40",
    "yayoi-sales-59",
];

/// A profile with a mistake is left out; a test checks that none has one.
pub(super) fn all() -> &'static [Profile] {
    static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        SOURCES.iter().filter_map(|(name, text)| super::parse(&format!("{name}.toml"), text).ok()).collect()
    });
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn no_built_in_profile_has_a_mistake() {
        for (name, text) in SOURCES {
            let profile = super::super::parse(&format!("{name}.toml"), text);
            assert_eq!(profile.map(|profile| profile.name).as_deref(), Ok(*name));
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/profiles");
        let toml = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().path().extension().is_some_and(|extension| extension == "toml")
        };
        let files = std::fs::read_dir(folder).unwrap().filter(|_| true).map(toml);
        assert_eq!(files.filter(|is_profile| *is_profile).count(), SOURCES.len(), "list it in builtin.rs");
    }

    #[test]
    fn every_built_in_profile_is_described_in_both_languages() {
        let is_kana = |letter: char| matches!(letter, 'ぁ'..='ん');
        for profile in all() {
            let (title, about) = (&profile.title, &profile.about);
            assert_ne!(title.text(Lang::Ja), title.text(Lang::En), "{}", profile.name);
            let (ja, en) = (about.text(Lang::Ja), about.text(Lang::En));
            assert!(ja.contains(is_kana) && ja.ends_with('。'), "{}: {ja}", profile.name);
            let letters = en.chars().filter(char::is_ascii_alphabetic).count();
            assert!(letters * 2 > en.chars().count() && en.ends_with('.'), "{}: {en}", profile.name);
            assert!(!ja.contains('\n') && !en.contains('\n'), "{}", profile.name);
        }
    }
}
