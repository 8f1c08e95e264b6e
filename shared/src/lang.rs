//! The language that a person reads.

/// Japanese or English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Japanese, the default everywhere.
    #[default]
    Ja,
    /// English, with `--lang en`.
    En,
}

impl Lang {
    /// Reads `ja`, `en` and locale names like `en_US.UTF-8`; `None` for other languages.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let language = tag.split(['_', '-', '.']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "ja" => Some(Lang::Ja),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The language of a run: the `--lang` option, else `CHAKUDEN_LANG`, else `LANG`, else Japanese.
    /// `LANG=C.UTF-8` names no language and stays Japanese.
    #[must_use]
    pub fn choose(option: Option<Lang>, chakuden_lang: Option<&str>, lang: Option<&str>) -> Lang {
        option
            .or_else(|| chakuden_lang.and_then(Lang::from_tag))
            .or_else(|| lang.and_then(Lang::from_tag))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_language_is_japanese_unless_english_is_named() {
        assert_eq!(Lang::choose(None, None, None), Lang::Ja);
        assert_eq!(Lang::choose(None, None, Some("C.UTF-8")), Lang::Ja);
        assert_eq!(Lang::choose(None, None, Some("POSIX")), Lang::Ja);
        assert_eq!(Lang::choose(None, None, Some("en_US.UTF-8")), Lang::En);
        assert_eq!(Lang::choose(None, Some("ja"), Some("en_US.UTF-8")), Lang::Ja);
        assert_eq!(Lang::choose(Some(Lang::En), Some("ja"), None), Lang::En);
    }
}
