//! Settings that report every mistake at once.

use rust_decimal::Decimal;
use shared::label::Lang;
use shared::message;
use shared::settings_reader::{MistakeKind, Table, Value, near, read, read_with_secrets, whole};

#[derive(Debug, PartialEq)]
struct Settings {
    name: String,
    count: u32,
    rate: Decimal,
    on: bool,
    kind: u8,
    list: Vec<String>,
    least: Vec<u8>,
}

/// Everything that a settings text can hold. All of it is read before the first `?`.
fn build(root: &Table<'_>) -> Option<Settings> {
    root.only(&["name", "count", "rate", "on", "kind", "list", "rows"]);
    let name = root.get("name").and_then(|value| value.name());
    let count = root.get("count").and_then(|value| value.whole(0..=120));
    let rate = root.get("rate").and_then(|value| value.decimal(100, 2));
    let on = root.get("on").and_then(|value| value.flag());
    let kind = root.get("kind").and_then(|value| value.one_of(&[("sales", 1), ("deals", 2)]));
    let list = root.get("list").map(|value| value.items(3)).unwrap_or_default();
    let least = |row: &Table<'_>| {
        row.only(&["min"]);
        let missing = message!("min を書いてください", "min is missing");
        row.required("min", missing)?.whole(0..=9)
    };
    let rows = root.get("rows").map(|rows| rows.tables(2)).unwrap_or_default();
    let least = rows.iter().map(least).collect::<Vec<_>>();
    Some(Settings {
        name: name?,
        count: count?,
        rate: rate?,
        on: on?,
        kind: kind?,
        list: list.iter().filter_map(|item| item.text()).collect(),
        least: least.into_iter().collect::<Option<_>>()?,
    })
}

#[test]
fn values_keep_the_digits_of_the_file() {
    let text = "name = ' 茶 '\ncount = 0x10\nrate = 12.50\non = true\nkind = 'deals'\nlist = [24, '025']\n\
                [[rows]]\nmin = 3";
    let read = read(text, build).unwrap();
    assert_eq!(read.rate.to_string(), "12.50");
    let expected = Settings {
        name: "茶".to_owned(),
        count: 16,
        rate: "12.50".parse().unwrap(),
        on: true,
        kind: 2,
        list: vec!["24".to_owned(), "025".to_owned()],
        least: vec![3],
    };
    assert_eq!(read, expected);
}

#[test]
fn every_mistake_has_its_line_key_and_value() {
    let text = "nmae = 'x'\nname = ''\ncount = 121\nrate = 0.125\non = 'yes'\nkind = 'sale'\nlist = [1, 2, 3, 4]\n\
                [[rows]]\nmin = 10\n[[rows]]\n[rows.max]\na = 1";
    let mistakes = read(text, build).unwrap_err();
    let found: Vec<_> = mistakes
        .iter()
        .map(|mistake| (mistake.line, mistake.key.as_str(), mistake.value.as_str(), mistake.kind))
        .collect();
    assert_eq!(
        found,
        [
            (1, "nmae", "'x'", MistakeKind::UnknownKey),
            (2, "name", "''", MistakeKind::Type),
            (3, "count", "121", MistakeKind::Range),
            (4, "rate", "0.125", MistakeKind::Range),
            (5, "on", "'yes'", MistakeKind::Type),
            (6, "kind", "'sale'", MistakeKind::Choice),
            (7, "list", "[1, 2, 3, 4]", MistakeKind::Range),
            (9, "rows[0].min", "10", MistakeKind::Range),
            (10, "rows[1].min", "", MistakeKind::Missing),
            (11, "rows[1].max", "", MistakeKind::UnknownKey),
        ]
    );
    let text = |at: usize, lang| mistakes[at].located().text(lang).to_owned();
    assert_eq!(text(0, Lang::En), "line 1: nmae = 'x': there is no such setting; did you mean name?");
    assert_eq!(text(0, Lang::Ja), "1行目: nmae = 'x': この設定はありません。name の誤りではありませんか");
    assert_eq!(text(5, Lang::Ja), "6行目: kind = 'sale': \"sales\", \"deals\" のいずれかを書いてください");
    assert_eq!(text(7, Lang::Ja), "9行目: rows[0].min = 10: 0から9までの整数を書いてください");
}

#[test]
fn a_place_that_is_read_twice_is_reported_once() {
    let twice = |root: &Table<'_>| {
        let first = root.get("a").and_then(|value| value.flag());
        root.get("a").and_then(|value| value.flag()).and(first)
    };
    assert_eq!(read("a = 1", twice).unwrap_err().len(), 1);
}

#[test]
fn a_toml_syntax_error_is_reported_alone() {
    let mistakes = read("name = \nrows = [\n", build).unwrap_err();
    assert!(!mistakes.is_empty());
    assert!(mistakes.iter().all(|mistake| mistake.kind == MistakeKind::Syntax), "{mistakes:?}");
    let long = format!("name = '{}'", "x".repeat(1 << 20));
    assert_eq!(read(&long, build).unwrap_err()[0].kind, MistakeKind::Syntax);
}

#[test]
fn the_closest_word_is_suggested() {
    let known = ["weight", "within_months", "enabled"];
    assert_eq!(near("wieght", known), Some("weight"));
    assert_eq!(near("within_month", known), Some("within_months"));
    assert_eq!(near("within", known), Some("within_months"), "its unit was left out");
    assert_eq!(near("with", known), None);
    assert_eq!(near("on", known), None);
    assert_eq!(near("", known), None);
}

#[test]
fn settings_that_were_not_asked_for_are_unknown() {
    let port = |text: &str| {
        read(text, |root| {
            root.fields(|fields| {
                let mut port = 80_u16;
                let host = fields.needed("host", Value::name);
                fields.set("port", &mut port, whole(1..=9_999));
                Some((host?, port))
            })
        })
        .map_err(|mistakes| {
            let seen = mistakes.into_iter().map(|mistake| (mistake.line, mistake.key, mistake.kind));
            seen.collect::<Vec<_>>()
        })
    };
    let at = |line, key: &str, kind| (line, key.to_owned(), kind);
    assert_eq!(port("host = 'a'"), Ok(("a".to_owned(), 80)));
    assert_eq!(port("host = 'a'\nport = 1"), Ok(("a".to_owned(), 1)));
    let wrong = port("port = 0\nprot = 1").unwrap_err();
    assert_eq!(
        wrong,
        [
            at(1, "host", MistakeKind::Missing),
            at(1, "port", MistakeKind::Range),
            at(2, "prot", MistakeKind::UnknownKey),
        ]
    );
}

#[test]
fn where_secrets_may_stand_no_mistake_shows_one() {
    let text = "api_key = ['tanuki']\nunknown = 'tanuki'\nname = { secret = 'tanuki' }\ncount = 'shown'\nrows = 'tanuki'";
    let settings = |root: &Table<'_>| {
        root.fields(|fields| {
            let key = fields.get("api_key").and_then(|value| value.name());
            let name = fields.get("name").and_then(|value| value.name());
            let count = fields.get("count").and_then(|value| value.whole(0..=9));
            let rows = fields.get("rows").and_then(|value| value.table()).map(|_| ());
            Some((key?, name?, count?, rows?))
        })
    };
    let mistakes = read_with_secrets(text, settings).unwrap_err();
    let shown: Vec<&str> = mistakes.iter().map(|mistake| mistake.value.as_str()).collect();
    assert_eq!(shown, ["***", "", "", "'shown'", ""]);
    assert!(!format!("{mistakes:?}").contains("tanuki"));
    let mistakes = read(text, settings).unwrap_err();
    assert!(
        mistakes.iter().all(|mistake| !mistake.value.is_empty()),
        "elsewhere values are shown: {mistakes:?}"
    );
}

#[test]
fn a_sentence_is_one_text_or_one_for_each_language() {
    let sentence = |text: &str| read(text, |root| root.get("about")?.sentence());
    let one = sentence("about = '茶'").unwrap();
    assert_eq!((one.text(Lang::Ja), one.text(Lang::En)), ("茶", "茶"));
    let both = sentence("about.ja = '茶'\nabout.en = 'tea'").unwrap();
    assert_eq!((both.text(Lang::Ja), both.text(Lang::En)), ("茶", "tea"));
    let wrong = sentence("about = { ja = '茶', fr = 'thé' }").unwrap_err();
    let keys: Vec<&str> = wrong.iter().map(|mistake| mistake.key.as_str()).collect();
    assert_eq!(keys, ["about.en", "about.fr"]);
}

#[test]
fn files_and_texts_of_a_form_are_checked() {
    let file = |text: &str| read(text, |root| root.get("f")?.file());
    assert_eq!(file("f = 'a.pem'").unwrap(), std::path::Path::new("a.pem"));
    for wrong in ["f = ''", "f = 3", "f = \"a\\nb\""] {
        assert_eq!(file(wrong).unwrap_err()[0].kind, MistakeKind::Type, "{wrong}");
    }
    let even = |text: &str| {
        let form = message!("偶数を書いてください", "must be even");
        read(text, |root| {
            root.get("n")?.parsed(form, |text| text.parse().ok().filter(|n: &u32| n.is_multiple_of(2)))
        })
    };
    assert_eq!(even("n = '4'"), Ok(4));
    assert_eq!(even("n = '5'").unwrap_err()[0].located().text(Lang::En), "line 1: n = '5': must be even");
}
