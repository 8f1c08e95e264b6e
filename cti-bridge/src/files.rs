//! Text files named in settings or on the command line.

use std::path::Path;

use shared::exit::Failure;
use shared::message;
use shared::message::Message;

/// Reads a file of at most `bytes_max` bytes.
///
/// # Errors
/// The file is missing (66), may not be read (77), is too large or not UTF-8 (65), or cannot be read (74).
pub(crate) fn read_text(path: &Path, bytes_max: u64) -> Result<String, Failure> {
    if std::fs::metadata(path).map_err(|e| unreadable(path, &e))?.len() > bytes_max {
        return Err(Failure::data(message!(
            "{path} は {bytes_max} バイトを超えています。指定したファイルを確認してください",
            "{path} is larger than {bytes_max} bytes; is it the right file?",
            path = path.display(),
            bytes_max = bytes_max,
        )));
    }
    std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => Failure::no_input(message!(
            "ファイル {path} がありません。名前を確認してください",
            "there is no file {path}; check its name",
            path = path,
        )),
        std::io::ErrorKind::PermissionDenied => Failure::no_permission(message!(
            "{path} を読み取る権限がありません。ファイルの権限を確認してください",
            "{path} may not be read; check its permissions",
            path = path,
        )),
        std::io::ErrorKind::InvalidData => Failure::data(message!(
            "{path} は UTF-8 のテキストではありません。UTF-8 で保存し直してください",
            "{path} is not UTF-8 text; save it as UTF-8",
            path = path,
        )),
        _ => Failure::io(message!(
            "{path} を読み取れません({error})",
            "{path} cannot be read: {error}",
            path = path,
            error = error,
        )),
    }
}

/// A TOML error without the excerpt of the file: `line 3: unknown field …`.
pub(crate) fn toml_message(text: &str, error: &toml::de::Error) -> Message {
    let message = error.message().replace('\n', " ");
    match line_of(text, error) {
        Some(line) => message!(
            "{line}行目: {message}",
            "line {line}: {message}",
            line = line,
            message = toml_sentence(&message),
        ),
        None => toml_sentence(&message),
    }
}

fn line_of(text: &str, error: &toml::de::Error) -> Option<usize> {
    let start = error.span()?.start;
    Some(text.get(..start).map_or(1, |before| before.matches('\n').count() + 1))
}

/// The parser's sentence in both languages. The names of keys and types stay as they are.
fn toml_sentence(english: &str) -> Message {
    let mut quoted = english.split('`').skip(1).step_by(2);
    let first = quoted.next().unwrap_or_default();
    let others = quoted.collect::<Vec<_>>().join(", ");
    let begins = |words: &str| english.starts_with(words);
    if begins("unknown field") {
        message!(
            "「{first}」という項目はありません(使える項目: {others})",
            "unknown field `{first}`, expected one of: {others}",
            first = first,
            others = others,
        )
    } else if begins("unknown variant") {
        message!(
            "「{first}」は指定できません(選択肢: {others})",
            "unknown value `{first}`, expected one of: {others}",
            first = first,
            others = others,
        )
    } else if begins("missing field") {
        message!("「{first}」を指定してください", "missing field `{first}`", first = first)
    } else if begins("invalid type") || begins("invalid value") {
        message!("値の種類が違います({english})", "{english}", english = english)
    } else {
        message!("書き方が正しくありません({english})", "{english}", english = english)
    }
}

#[cfg(test)]
mod tests {
    use shared::label::Lang;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        #[expect(dead_code, reason = "only parsed")]
        size: u32,
    }

    #[test]
    fn mistakes_are_named_with_their_line_in_both_languages() {
        for (text, ja, en) in [
            (
                "size = 1\nsice = 2",
                "2行目: 「sice」という項目はありません(使える項目: size)",
                "line 2: unknown field `sice`",
            ),
            ("", "「size」を指定してください", "missing field `size`"),
            ("size = \"1\"", "1行目: 値の種類が違います(invalid type", "line 1: invalid type"),
            ("size = = 1", "1行目: 書き方が正しくありません(", "line 1: "),
        ] {
            let error = toml::from_str::<Settings>(text).unwrap_err();
            let message = toml_message(text, &error);
            assert!(message.text(Lang::Ja).contains(ja), "{}", message.text(Lang::Ja));
            assert!(message.text(Lang::En).contains(en), "{}", message.text(Lang::En));
        }
    }
}
