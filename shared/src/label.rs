//! Labelled enums: a stored identifier, a Japanese and an English label, and the
//! spellings of other systems, declared once per enum.

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use crate::lang::Lang;
use crate::message::{Explain, Message};

/// The values of a choice: each identifier with the labels by which it is also known, the first of which is
/// the one for screens.
pub type Choices = &'static [(&'static str, &'static [&'static str])];

/// An enum of `labelled_enum!`, as the store writes and reads it.
pub trait Labelled: Sized + Copy + 'static {
    /// The stored identifier.
    fn identifier(self) -> &'static str;

    /// The variant with exactly this identifier.
    fn from_identifier(identifier: &str) -> Option<Self>;
}

/// A value of an open choice: a variant, or other text that is kept as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[serde(bound = "T: Labelled")]
pub enum Open<T> {
    /// One of the enum.
    Known(T),
    /// Anything else.
    Other(String),
}

impl<T: Labelled> Open<T> {
    /// The stored text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => value.identifier(),
            Self::Other(text) => text,
        }
    }

    /// The variant, when it is one.
    #[must_use]
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Other(_) => None,
        }
    }
}

impl<T: Labelled> From<String> for Open<T> {
    fn from(text: String) -> Self {
        T::from_identifier(&text).map_or(Self::Other(text), Self::Known)
    }
}

impl<T: Labelled> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: Labelled> From<Open<T>> for String {
    fn from(value: Open<T>) -> Self {
        match value {
            Open::Known(value) => value.identifier().to_owned(),
            Open::Other(text) => text,
        }
    }
}

impl<T> schemars::JsonSchema for Open<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// A text that matches none of an enum's identifiers, labels or spellings.
///
/// The text itself is not repeated: the caller knows the row and the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct UnknownLabel {
    /// What is accepted.
    pub choices: Choices,
}

impl Explain for UnknownLabel {
    fn message(&self) -> Message {
        let labels = self.choices.iter().filter_map(|(_, labels)| labels.first().copied());
        let identifiers = self.choices.iter().map(|(identifier, _)| *identifier);
        Message::new(
            format!(
                "使用できない値です。次のいずれかを指定してください: {}",
                labels.collect::<Vec<_>>().join("、")
            ),
            format!("unknown value; expected one of: {}", identifiers.collect::<Vec<_>>().join(", ")),
        )
    }
}

/// True when one of `spellings` has this search key.
pub(crate) fn matches_key(key: &str, spellings: &[&str]) -> bool {
    spellings.iter().any(|s| crate::text::search_key(s) == key)
}

/// Declares an enum whose variants have a stored identifier, a label in each language and other spellings.
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
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $( $(#[$vmeta])* #[serde(rename = $id)] $variant, )+
        }

        impl $name {
            /// Every variant, in the order of its declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// Every identifier with its labels and spellings, as the data sets declare them.
            pub const CHOICES: $crate::label::Choices = &[$(($id, &[$ja, $en, $($alias),*])),+];

            /// The stored identifier (snake_case).
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $id),+ }
            }

            /// The label in both languages.
            #[must_use]
            pub const fn labels(self) -> $crate::message::Label {
                match self { $($name::$variant => $crate::message::Label::new($ja, $en)),+ }
            }

            /// The label in a language.
            #[must_use]
            pub const fn label(self, lang: $crate::lang::Lang) -> &'static str {
                self.labels().text(lang)
            }

            /// The Japanese label.
            #[must_use]
            pub fn label_ja(self) -> &'static str {
                self.labels().ja
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

        impl $crate::label::Labelled for $name {
            fn identifier(self) -> &'static str {
                self.as_str()
            }

            fn from_identifier(identifier: &str) -> Option<$name> {
                match identifier {
                    $($id => Some($name::$variant),)+
                    _ => None,
                }
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
                $name::from_label(text).ok_or($crate::label::UnknownLabel { choices: $name::CHOICES })
            }
        }
    };
}
pub(crate) use labelled_enum;
