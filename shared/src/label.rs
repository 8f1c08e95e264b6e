//! Labelled enums: a stored identifier, a Japanese and an English label, and the
//! spellings other systems use, declared once per enum.

use thiserror::Error;

/// The language that a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Japanese, the default everywhere.
    #[default]
    Ja,
    /// English, behind `--lang en`.
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
}

/// A text that is none of an enum's labels.
///
/// The text itself is not repeated: the caller knows the row and the column.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a {kind}; expected one of: {expected}")]
pub struct UnknownLabel {
    /// The enum's name.
    pub kind: &'static str,
    /// The identifiers that are accepted, comma separated.
    pub expected: String,
}

/// True when one of `spellings` has this search key.
pub(crate) fn matches_key(key: &str, spellings: &[&str]) -> bool {
    spellings.iter().any(|s| crate::text::search_key(s) == key)
}

/// Declares an enum whose variants have a stored identifier and labels.
///
/// ```text
/// labelled_enum! {
///     /// What it is.
///     pub enum Status {
///         /// What the variant means.
///         Open = "open", "未対応", "Open", ["新規"];
///     }
/// }
/// ```
macro_rules! labelled_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$vmeta:meta])* $variant:ident = $id:literal, $ja:literal, $en:literal, [$($alias:literal),*]; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[$vmeta])* #[serde(rename = $id)] $variant, )+
        }

        impl $name {
            /// Every variant, in the order of its declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// Every identifier with its labels and spellings, as the data sets declare them.
            pub const CHOICES: crate::dataset::Choices = &[$(($id, &[$ja, $en, $($alias),*])),+];

            /// The stored identifier (snake_case).
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $id),+ }
            }

            /// What a person reads.
            #[must_use]
            pub fn label(self, lang: $crate::label::Lang) -> &'static str {
                match (self, lang) {
                    $(
                        ($name::$variant, $crate::label::Lang::Ja) => $ja,
                        ($name::$variant, $crate::label::Lang::En) => $en,
                    )+
                }
            }

            /// The Japanese label.
            #[must_use]
            pub fn label_ja(self) -> &'static str {
                self.label($crate::label::Lang::Ja)
            }

            /// Reads an identifier, a label of either language or a known spelling,
            /// ignoring width, case and spaces. `None` for anything else.
            #[must_use]
            pub fn from_label(text: &str) -> Option<$name> {
                let text = text.trim();
                if text.is_empty() {
                    return None;
                }
                // Nearly every call is an exact spelling: no allocation then.
                $(
                    if [$id, $ja, $en, $($alias),*].contains(&text) {
                        return Some($name::$variant);
                    }
                )+
                let key = $crate::text::search_key(text);
                $(
                    if $crate::label::matches_key(&key, &[$id, $ja, $en, $($alias),*]) {
                        return Some($name::$variant);
                    }
                )+
                None
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::label::UnknownLabel;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::from_label(text).ok_or_else(|| $crate::label::UnknownLabel {
                    kind: stringify!($name),
                    expected: [$($id),+].join(", "),
                })
            }
        }
    };
}
pub(crate) use labelled_enum;
