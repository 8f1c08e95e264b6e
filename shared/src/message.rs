//! Sentences for people, each written in Japanese and in English at the same place.
//!
//! A sentence is made where its cause is known and read where its reader is known: an import runs in a batch, its
//! findings are read by a clerk; the bridge serves agents of both languages at once. So a [`Message`] holds both
//! languages, and only the edge of a program chooses ([`Message::text`]). The [`message!`](crate::message!) macro
//! takes both sentences; the compiler checks that both name the same values.

use std::borrow::Cow;
use std::fmt::{Arguments, Display};

use crate::lang::Lang;

/// A word or a fixed phrase in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    /// 日本語.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Label {
    /// A label.
    #[must_use]
    pub const fn new(ja: &'static str, en: &'static str) -> Self {
        Self { ja, en }
    }

    /// The text in a language.
    #[must_use]
    pub const fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.ja,
            Lang::En => self.en,
        }
    }
}

/// A sentence with its values filled in, in both languages.
///
/// It has no `Display`: code that shows it chooses the language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    ja: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Message {
    #[doc(hidden)]
    #[must_use]
    pub fn of(ja: Arguments<'_>, en: Arguments<'_>) -> Self {
        let text = |arguments: Arguments<'_>| match arguments.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(arguments.to_string()),
        };
        Self { ja: text(ja), en: text(en) }
    }

    /// Two sentences whose values differ by language, such as lists of words; else use the macro.
    #[must_use]
    pub fn new(ja: String, en: String) -> Self {
        Self { ja: Cow::Owned(ja), en: Cow::Owned(en) }
    }

    /// Several texts as one, with `between` between them.
    #[must_use]
    pub fn join<T: InLang>(parts: impl IntoIterator<Item = T>, between: Label) -> Self {
        let (mut ja, mut en) = (String::new(), String::new());
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                ja.push_str(between.ja);
                en.push_str(between.en);
            }
            ja.push_str(&part.in_lang(Lang::Ja));
            en.push_str(&part.in_lang(Lang::En));
        }
        Self { ja: Cow::Owned(ja), en: Cow::Owned(en) }
    }

    /// The sentence in a language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

impl From<Label> for Message {
    fn from(label: Label) -> Self {
        Self { ja: Cow::Borrowed(label.ja), en: Cow::Borrowed(label.en) }
    }
}

/// What has a text in each language: labels, messages, and everything that reads the same in both.
pub trait InLang {
    /// The text in a language.
    fn in_lang(&self, lang: Lang) -> Cow<'_, str>;
}

impl<T: Display + ?Sized> InLang for T {
    fn in_lang(&self, _: Lang) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl InLang for Label {
    fn in_lang(&self, lang: Lang) -> Cow<'_, str> {
        Cow::Borrowed(self.text(lang))
    }
}

impl InLang for Message {
    fn in_lang(&self, lang: Lang) -> Cow<'_, str> {
        Cow::Borrowed(self.text(lang))
    }
}

impl InLang for &Label {
    fn in_lang(&self, lang: Lang) -> Cow<'_, str> {
        Cow::Borrowed(self.text(lang))
    }
}

impl InLang for &Message {
    fn in_lang(&self, lang: Lang) -> Cow<'_, str> {
        Cow::Borrowed(self.text(lang))
    }
}

/// A count with its words: `1 row was` and `2 rows were` in English, the number alone in Japanese, whose counters do not
/// change.
///
/// ```
/// use shared::label::Lang;
/// use shared::message;
/// use shared::message::counted;
///
/// let skipped = |rows| message!("{rows}行を対象外としました", "{rows} skipped", rows = counted(rows, "row was", "rows were"));
/// assert_eq!(skipped(1).text(Lang::En), "1 row was skipped");
/// assert_eq!(skipped(2).text(Lang::En), "2 rows were skipped");
/// assert_eq!(skipped(2).text(Lang::Ja), "2行を対象外としました");
/// ```
#[must_use]
pub fn counted(number: impl Display, one: &'static str, many: &'static str) -> Counted {
    Counted { number: number.to_string(), one, many }
}

/// A count with its words, of [`counted`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    number: String,
    one: &'static str,
    many: &'static str,
}

impl InLang for Counted {
    fn in_lang(&self, lang: Lang) -> Cow<'_, str> {
        match lang {
            Lang::Ja => Cow::Borrowed(&self.number),
            Lang::En => {
                let words = if self.number == "1" { self.one } else { self.many };
                Cow::Owned(format!("{} {words}", self.number))
            }
        }
    }
}

/// An error that people read. Its `Display` is the English sentence, for the log.
pub trait Explain {
    /// Place, cause and cure.
    fn message(&self) -> Message;
}

/// Makes a [`Message`](crate::message::Message): the Japanese sentence, the English one, and the values of both.
///
/// A value is anything with `Display`, or a label or message, which is filled in in the sentence's own language. A
/// value that one of the sentences does not use is an error of the compiler.
///
/// ```
/// use shared::label::Lang;
/// use shared::message;
/// use shared::message::Label;
///
/// const CODE: Label = Label::new("得意先コード", "customer code");
/// let found = message!("{row}行目: {column}が空です", "row {row}: the {column} is empty", row = 3, column = CODE);
/// assert_eq!(found.text(Lang::Ja), "3行目: 得意先コードが空です");
/// assert_eq!(found.text(Lang::En), "row 3: the customer code is empty");
/// ```
#[macro_export]
macro_rules! message {
    ($ja:literal, $en:literal $(,)?) => {
        $crate::message::Message::of(::std::format_args!($ja), ::std::format_args!($en))
    };
    ($ja:literal, $en:literal, $($name:ident = $value:expr),+ $(,)?) => {
        match ($(&$value,)+) {
            ($($name,)+) => $crate::message::Message::of(
                ::std::format_args!($ja, $($name = $crate::message::InLang::in_lang($name, $crate::lang::Lang::Ja)),+),
                ::std::format_args!($en, $($name = $crate::message::InLang::in_lang($name, $crate::lang::Lang::En)),+),
            ),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_a_message_are_in_its_language() {
        const AMOUNT: Label = Label::new("金額", "amount");
        let inner = message!("{n}桁まで", "at most {n} digits", n = 14);
        let whole = message!("{column}: {why}", "{column}: {why}", column = AMOUNT, why = inner);
        assert_eq!(whole.text(Lang::Ja), "金額: 14桁まで");
        assert_eq!(whole.text(Lang::En), "amount: at most 14 digits");
    }

    #[test]
    fn texts_are_joined_in_each_language() {
        const BETWEEN: Label = Label::new("、", ", ");
        let labels = [Label::new("金額", "amount"), Label::new("数量", "quantity")];
        let joined = Message::join(labels, BETWEEN);
        assert_eq!(joined.text(Lang::Ja), "金額、数量");
        assert_eq!(joined.text(Lang::En), "amount, quantity");
    }

    #[test]
    fn counts_have_the_words_of_their_number() {
        let text =
            |rows: &str| message!("{n}行", "{n}", n = counted(rows, "row", "rows")).text(Lang::En).to_owned();
        for (number, wanted) in
            [("0", "0 rows"), ("1", "1 row"), ("2", "2 rows"), ("1,001", "1,001 rows"), ("11", "11 rows")]
        {
            assert_eq!(text(number), wanted);
        }
        assert_eq!(message!("{n}行", "{n}", n = counted(1, "row", "rows")).text(Lang::Ja), "1行");
    }

    #[test]
    fn a_message_without_values_is_not_copied() {
        let message = message!("空です", "it is empty");
        assert!(matches!(message.ja, Cow::Borrowed("空です")));
        let name = "x";
        assert_eq!(message!("{name}は空です", "{name} is empty").text(Lang::Ja), "xは空です");
    }
}
