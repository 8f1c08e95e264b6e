use std::io::Cursor;

use zip::ZipArchive;

use super::*;

fn japanese(error: &impl Cause) -> String {
    error.cause().text(Lang::Ja).to_owned()
}

fn of_system(number: i32) -> io::Error {
    io::Error::from_raw_os_error(number)
}

#[test]
fn usual_errors_of_the_system_have_japanese_words_and_keep_their_english_ones() {
    let missing = std::fs::File::open("/no/such/file").unwrap_err();
    assert_eq!(japanese(&missing), "ファイルまたはフォルダーがありません");
    assert_eq!(missing.cause().text(Lang::En), missing.to_string());
    for (number, words) in [
        (13, "権限がありません"),
        (28, "ディスクの空き容量がありません"),
        (21, "フォルダーです"),
        (30, "読み取り専用のディスクです"),
        (5, "ディスクの読み書きに失敗しました"),
        (24, "同時に開けるファイル数の上限に達しています"),
        (111, "接続を拒否されました"),
    ] {
        assert_eq!(japanese(&of_system(number)), words);
    }
    assert_eq!(japanese(&&of_system(13)), "権限がありません");
    assert_eq!(japanese(&of_system(93)), format!("エラー: {}", of_system(93)));
}

#[test]
fn a_cause_of_our_own_passes_through_a_library() {
    let ours = io_error(message!("長すぎます", "it is too long"));
    assert_eq!(ours.to_string(), "it is too long");
    assert_eq!(japanese(&ours), "長すぎます");
    assert_eq!(japanese(&ZipError::Io(ours)), "長すぎます");
    assert_eq!(japanese(&quick_xml::Error::from(io_error(message!("長い", "long")))), "長い");
    assert_eq!(japanese(&io::Error::other(ZipError::Io(of_system(28)))), "ディスクの空き容量がありません");
}

#[test]
fn what_is_no_archive_is_said_in_japanese() {
    let Err(error) = ZipArchive::new(Cursor::new(b"PK\x03\x04 and no more".to_vec())) else {
        panic!("it was opened")
    };
    assert_eq!(japanese(&error), "ZIP 形式のファイルではないか、壊れています");
    assert_eq!(error.cause().text(Lang::En), error.to_string());
    let protected = ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED);
    assert_eq!(japanese(&protected), "パスワードで保護されています");
    let mut reader = quick_xml::Reader::from_str("<a></b>");
    let error = loop {
        if let Err(error) = reader.read_event() {
            break error;
        }
    };
    assert_eq!(japanese(&error), "XML の書き方が正しくありません");
}

#[test]
fn what_is_no_toml_is_said_in_japanese() {
    const NO_VALUE: &str = "値がないか、引用符 \" \" で囲まれていない文字があります";
    for (text, words) in [
        ("a = 1\na = 2", "同じ設定が2回書かれています"),
        ("a = \"x", "引用符が閉じていないか、使えない文字があります"),
        ("a = x", NO_VALUE),
        ("a =", NO_VALUE),
        ("a", "「設定 = 値」の形になっていません"),
        ("= 1", "= の左に設定の名前がありません"),
        ("[a", "見出しの [ と ] が対になっていません"),
        ("[[a", "見出しの [[ と ]] が対になっていません"),
        ("a = [1", "リストの [ と ] が対になっていません"),
        ("a = 2026-13-01", "日付や時刻の書き方が正しくありません"),
        ("a = True", "true か false を小文字で書いてください"),
        ("a = [1,,2]", "余分なコンマがあります"),
        ("a = {b = 1", "{ と } が対になっていません"),
        ("a = = 1", "余分な = があります"),
        ("a = 007", "数値の先頭に 0 は付けられません"),
        ("a = \"C:\\home\"", "\\ の使い方が正しくありません。\\ そのものは \\\\ と書きます"),
        ("日本 = 1", "設定の名前に使えない文字があります"),
        ("a = 1 b = 2", "1行に2つ以上の設定があるか、余分な文字があります"),
        ("a = 1\na.b = 2", "同じ名前が、値としても見出しとしても書かれています"),
    ] {
        let (_, errors) = toml::de::DeTable::parse_recoverable(text);
        let reason = toml_reason(errors[0].message());
        assert_eq!(reason.text(Lang::Ja), words, "{text}: {}", errors[0].message());
        assert_eq!(reason.text(Lang::En), errors[0].message());
    }
    assert_eq!(toml_reason("something else").text(Lang::Ja), "エラー: something else");
}
