//! Why a text is not TOML.

use crate::message::Message;

/// What the beginnings of the parser's sentences mean. The longer of two that fit is listed first.
const TOML: [(&str, &str); 47] = [
    ("duplicate key", "同じ設定が2回書かれています"),
    ("cannot extend value", "同じ名前が、値としても見出しとしても書かれています"),
    ("cannot recurse", "入れ子が深すぎます"),
    ("unclosed array table", "見出しの [[ と ]] が対になっていません"),
    ("unclosed table", "見出しの [ と ] が対になっていません"),
    ("missing table open", "見出しの [ と ] が対になっていません"),
    ("invalid table", "見出しの書き方が正しくありません"),
    ("unclosed array", "リストの [ と ] が対になっていません"),
    ("missing array opening", "リストの [ と ] が対になっていません"),
    ("unclosed inline table", "{ と } が対になっていません"),
    ("missing inline table opening", "{ と } が対になっていません"),
    ("missing comma", "コンマがありません"),
    ("extra comma", "余分なコンマがあります"),
    ("extra `=`", "余分な = があります"),
    ("extra assignment", "余分な = があります"),
    ("unexpected `=`", "余分な = があります"),
    ("missing assignment", "= がありません"),
    ("key with no value", "「設定 = 値」の形になっていません"),
    ("invalid key-value pair", "「設定 = 値」の形になっていません"),
    ("unexpected key or value", "1行に2つ以上の設定があるか、余分な文字があります"),
    ("unexpected content", "余分な文字があります"),
    ("missing value", "= の右に値がありません"),
    ("missing key", "= の左に設定の名前がありません"),
    ("unquoted keys cannot be empty", "= の左に設定の名前がありません"),
    ("invalid unquoted key", "設定の名前に使えない文字があります"),
    ("keys cannot be", "設定の名前は1行で書いてください"),
    ("invalid key", "設定の名前の書き方が正しくありません"),
    ("string values must be quoted", "値がないか、引用符 \" \" で囲まれていない文字があります"),
    ("missing opening quote", "引用符が対になっていません"),
    ("missing escaped value", "\\ の使い方が正しくありません。\\ そのものは \\\\ と書きます"),
    ("too few unicode", "\\u の後の桁数が足りません"),
    ("invalid basic string", "引用符が閉じていないか、使えない文字があります"),
    ("invalid literal string", "引用符が閉じていないか、使えない文字があります"),
    ("invalid multi-line", "引用符が閉じていないか、使えない文字があります"),
    ("invalid string", "引用符が閉じていないか、使えない文字があります"),
    ("invalid boolean", "true か false を小文字で書いてください"),
    ("invalid date", "日付や時刻の書き方が正しくありません"),
    ("unexpected leading zero", "数値の先頭に 0 は付けられません"),
    ("unexpected sign", "数値の書き方が正しくありません"),
    ("redundant", "数値の書き方が正しくありません"),
    ("radix must be lowercase", "数値の書き方が正しくありません"),
    ("integers with a radix", "数値の書き方が正しくありません"),
    ("invalid comment", "コメントに使えない文字があります"),
    ("carriage return", "改行コードが正しくありません"),
    ("invalid inline table", "{ } の中の書き方が正しくありません"),
    ("invalid value", "値の書き方が正しくありません"),
    ("invalid", "値の書き方が正しくありません"),
];

/// The reason that the TOML parser gives, in both languages.
#[must_use]
pub fn toml_reason(english: &str) -> Message {
    let english = english.replace('\n', " ");
    let known = TOML.iter().find(|(begins, _)| english.starts_with(begins));
    let japanese = known.map_or_else(|| format!("エラー: {english}"), |(_, words)| (*words).to_owned());
    Message::new(japanese, english)
}
