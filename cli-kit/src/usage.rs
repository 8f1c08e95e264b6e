//! What clap answers instead of a parsed command line: help, the version, usage errors.

use std::io::{IsTerminal, Write};
use std::ops::RangeInclusive;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use shared::era::parse_date;
use shared::exit;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain as _, Message};
use shared::text::{code_point, not_enterable};

use crate::phrases;
use crate::wrap::joined;

/// Why an argument's value is refused, in both languages; what a `value_parser` returns.
#[derive(Debug, Clone)]
pub struct BadValue(Message);

/// Refuses a value. The message says what to write instead.
#[must_use]
pub fn bad_value(message: Message) -> BadValue {
    BadValue(message)
}

/// One line of text that people will read on a screen, trimmed, of so many characters: nothing in it acts on the text
/// around it.
///
/// # Errors
/// It has another length, control characters or marks of direction.
pub fn one_line(text: &str, chars: RangeInclusive<usize>) -> Result<String, BadValue> {
    let text = text.trim();
    if !chars.contains(&text.chars().count()) {
        return Err(bad_value(message!(
            "{least}文字以上{most}文字以内で指定してください",
            "write {least} to {most} characters",
            least = chars.start(),
            most = chars.end(),
        )));
    }
    match not_enterable(text, false) {
        None => Ok(text.to_owned()),
        Some(c) => Err(bad_value(message!(
            "使用できない文字 {character} が含まれています。削除してください",
            "contains {character}, which cannot be used; remove it",
            character = code_point(c),
        ))),
    }
}

/// A day as people write it, in the Gregorian or the Japanese calendar: 2026-10-31, 令和8年10月31日, R8.10.31.
///
/// # Errors
/// The text is no day, or may mean several.
pub fn day(text: &str) -> Result<NaiveDate, BadValue> {
    parse_date(text).map_err(|error| bad_value(error.message()))
}

impl std::fmt::Display for BadValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.text(Lang::En))
    }
}

impl std::error::Error for BadValue {}

/// Prints what clap answers, where it belongs, and returns the exit code: 64 for a wrong command line.
pub(crate) fn print(error: &clap::Error, lang: Lang) -> ExitCode {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let write = |out: &mut dyn Write, on_terminal: bool| {
        // Nothing can be done when it is closed.
        let _ = out.write_all(text(error, lang, on_terminal && !plain).as_bytes());
    };
    if error.use_stderr() {
        let mut out = std::io::stderr();
        let on_terminal = out.is_terminal();
        write(&mut out, on_terminal);
        ExitCode::from(exit::USAGE)
    } else {
        let mut out = std::io::stdout();
        let on_terminal = out.is_terminal();
        write(&mut out, on_terminal);
        ExitCode::SUCCESS
    }
}

/// The text of an answer, with colour or without.
pub(crate) fn text(error: &clap::Error, lang: Lang, colour: bool) -> String {
    let rendered = error.render();
    let rendered = if colour { rendered.ansi().to_string() } else { rendered.to_string() };
    match (lang, error.kind()) {
        (Lang::En, _) => rendered,
        (
            Lang::Ja,
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::DisplayVersion,
        ) => joined(&phrases::in_japanese(&rendered)),
        (Lang::Ja, _) => japanese(error).unwrap_or(rendered),
    }
}

/// A usage error in Japanese; `None` where clap provides only its English text.
fn japanese(error: &clap::Error) -> Option<String> {
    let sentence = sentence(error)?;
    let mut text = format!("エラー: {sentence}\n");
    let values = [(ContextKind::ValidValue, "選択肢"), (ContextKind::ValidSubcommand, "コマンド")];
    for (kind, label) in values {
        if let Some(values) = get(error, kind).filter(|values| !values.is_empty()) {
            text.push_str(&format!("  [{label}: {values}]\n"));
        }
    }
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand];
    if let Some(suggested) = suggested.into_iter().find_map(|kind| get(error, kind)) {
        text.push_str(&format!("\n  もしかして: {suggested}\n"));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        text.push_str(&format!("\n{}\n", phrases::in_japanese(&usage.to_string())));
    }
    text.push_str("\n詳しくは --help をご覧ください。\n");
    Some(text)
}

fn sentence(error: &clap::Error) -> Option<String> {
    let argument = || get(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = || get(error, ContextKind::InvalidValue).unwrap_or_default();
    let sentence = match error.kind() {
        ErrorKind::InvalidValue if value().is_empty() => format!("{} に値を指定してください", argument()),
        ErrorKind::InvalidValue => format!("「{}」は {} に指定できません", value(), argument()),
        ErrorKind::ValueValidation => {
            let reason =
                std::error::Error::source(error).map(|source| reason(source).text(Lang::Ja).to_owned());
            let reason = reason.map(|reason| format!("。{reason}")).unwrap_or_default();
            format!("「{}」は {} に指定できません{reason}", value(), argument())
        }
        ErrorKind::UnknownArgument => format!("{} という引数はありません", argument()),
        ErrorKind::InvalidSubcommand => {
            format!("「{}」というコマンドはありません", get(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingSubcommand => {
            format!("{} にはコマンドの指定が必要です", get(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingRequiredArgument => format!("次の引数を指定してください: {}", argument()),
        ErrorKind::ArgumentConflict => match get(error, ContextKind::PriorArg) {
            Some(prior) if prior == argument() => format!("{prior} を2回以上指定できません"),
            Some(prior) => format!("{} と {prior} は同時に指定できません", argument()),
            None => format!("{} は他の引数と同時に指定できません", argument()),
        },
        ErrorKind::TooManyValues => format!("「{}」は余分です({} の値が多すぎます)", value(), argument()),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{} の値の数が正しくありません", argument())
        }
        ErrorKind::NoEquals => format!("{} の値は = で続けて指定してください", argument()),
        ErrorKind::InvalidUtf8 => "引数に UTF-8 でない文字があります".to_owned(),
        _ => return None,
    };
    Some(sentence)
}

/// The values of a context, comma separated.
fn get(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(value) => Some(value.clone()),
        ContextValue::Strings(values) => Some(values.join(", ")),
        ContextValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Why a value was refused: our own sentence, or one for the parsers of the standard library and chrono.
fn reason(source: &(dyn std::error::Error + 'static)) -> Message {
    if let Some(BadValue(message)) = source.downcast_ref() {
        return message.clone();
    }
    let english = source.to_string();
    if let Some((_, range)) = english.split_once(" is not in ") {
        return message!("{range} の範囲の整数を指定してください", "{range} is accepted", range = range);
    }
    let known = source
        .downcast_ref::<std::num::ParseIntError>()
        .map(|_| message!("整数を指定してください", "a whole number"));
    let known = known.or_else(|| {
        source.downcast_ref::<std::net::AddrParseError>().map(|_| {
            message!(
                "127.0.0.1:8080 のように「アドレス:ポート」で指定してください",
                "ADDRESS:PORT, such as 127.0.0.1:8080"
            )
        })
    });
    known.unwrap_or_else(|| message!("{english}", "{english}", english = english))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// A program.
    #[derive(Debug, Parser)]
    #[command(name = "program")]
    struct Program {
        /// How often.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=9))]
        count: Option<u32>,
        /// A code.
        #[arg(long, value_parser = code, conflicts_with = "count")]
        code: Option<String>,
        /// A file.
        file: String,
    }

    fn code(text: &str) -> Result<String, BadValue> {
        match text {
            "ok" => Ok(text.to_owned()),
            _ => Err(bad_value(message!("ok と指定してください", "write ok"))),
        }
    }

    fn refused(args: &str, lang: Lang) -> String {
        let error = Program::try_parse_from(args.split(' ')).unwrap_err();
        assert!(error.use_stderr());
        text(&error, lang, false)
    }

    #[test]
    fn usage_errors_are_japanese_with_the_refused_value_and_the_cure() {
        for (args, says) in [
            ("program --code x f", "エラー: 「x」は --code <CODE> に指定できません。ok と指定してください\n"),
            (
                "program --count 10 f",
                "「10」は --count <COUNT> に指定できません。1..=9 の範囲の整数を指定してください\n",
            ),
            ("program --count ten f", "整数を指定してください\n"),
            ("program", "次の引数を指定してください: <FILE>\n\n使い方: program <FILE>\n"),
            ("program --cood ok f", "--cood という引数はありません\n\n  もしかして: --code\n"),
            ("program --code ok --count 1 f", "--code <CODE> と --count <COUNT> は同時に指定できません"),
            ("program --code ok --code ok f", "--code <CODE> を2回以上指定できません"),
        ] {
            let text = refused(args, Lang::Ja);
            assert!(text.contains(says), "{args}: {text}");
            assert!(text.ends_with("--help をご覧ください。\n"), "{text}");
        }
    }

    #[test]
    fn days_are_understood_in_both_calendars() {
        let written = |text: &str| day(text).map(|day| day.to_string()).map_err(|error| error.to_string());
        for text in ["2026-10-31", "2026/10/31", "令和8年10月31日", "R8.10.31", "２０２６年１０月３１日"]
        {
            assert_eq!(written(text).as_deref(), Ok("2026-10-31"), "{text}");
        }
        for text in ["", "tomorrow", "2026-02-30", "平成40年1月1日"] {
            assert!(written(text).is_err(), "{text}");
        }
    }

    #[test]
    fn english_usage_errors_are_those_of_clap() {
        let text = refused("program --code x f", Lang::En);
        assert!(text.starts_with("error: invalid value 'x' for '--code <CODE>': write ok\n"), "{text}");
    }
}
