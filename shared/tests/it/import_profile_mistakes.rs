//! Mistakes in a profile of one's own: each with its line, in both languages.

use shared::label::Lang;
use shared::message::Explain;
use shared::profile;

use crate::import_profiles::OWN;

#[test]
fn every_mistake_of_a_profile_is_reported_with_its_line() {
    let wrong = OWN
        .replace("delimiter = \";\"", "delimiter = \"|\"")
        .replace("amount =", "price =")
        .replace("\"店\", \"番号\"]", "\"支店\", \"番号\"]")
        .replace("title =", "titel =");
    let error = profile::parse("till.toml", &wrong).unwrap_err();
    let places: Vec<(usize, &str)> =
        error.mistakes.iter().map(|mistake| (mistake.line, mistake.key.as_str())).collect();
    assert_eq!(
        places,
        [
            (3, "titel"),
            (5, "delimiter"),
            (10, "dataset[0].columns.amount"),
            (13, "dataset[0].columns.slip_no.from[0]"),
            (17, "dataset[0].columns.price"),
        ],
        "{error}"
    );
    let message = error.message();
    for (lang, sentence) in [
        (Lang::Ja, "till.toml:3: titel = \"レジ\": この設定はありません。title の誤りではありませんか"),
        (Lang::En, "till.toml:3: titel = \"レジ\": there is no such setting; did you mean title?"),
        (Lang::Ja, "様式に「支店」という列はありません。「店」の誤りではありませんか"),
        (Lang::Ja, "dataset[0].columns.amount: 「金額」は必須です。"),
    ] {
        assert!(message.text(lang).contains(sentence), "{}", message.text(lang));
    }
    let error = profile::parse("till.toml", "name = \ncolumns = [\n").unwrap_err();
    assert!(!error.mistakes.is_empty() && error.mistakes[0].line == 1, "{error}");
    assert!(profile::parse("x", "").is_err());
}

#[test]
fn mistakes_in_less_empty_and_aliases_are_reported() {
    let wrong = OWN
        .replace(
            "amount = { from = \"金額\",",
            "amount = { from = \"金額\", less = { only = { \"区分\" = \"x\" } },",
        )
        .replace(
            "[[dataset]]",
            "[[skip]]\nempty = [\"区分\"]\n[aliases]\n\"価格\" = [\"金額\"]\n[[dataset]]",
        );
    let error = profile::parse("till.toml", &wrong).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("less needs the column"), "{message}");
    assert!(message.contains("[[skip]] needs a reason, and either"), "{message}");
    assert!(message.contains("the layout has no column 価格"), "{message}");
}
