use shared::label::Lang;
use shared::settings_reader::{Mistake, read_with_secrets};

use super::*;
use crate::source::ami::AmiConfig;

fn read(text: &str) -> Result<Sources, Vec<Mistake>> {
    read_with_secrets(text, |root| Some(root.fields(Sources::read)))
}

const HQ: &str = "[ami.hq]\naddress = \"pbx:5038\"\nuser = \"u\"\n";

#[test]
fn the_tables_of_all_kinds_are_read() {
    let sources = read(&format!("{HQ}[webhook.cloud-2]\n[freeswitch.osaka]\naddress = \"fs:8021\"")).unwrap();
    let names: Vec<&str> = sources.0.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["hq", "osaka", "cloud-2"]);
}

#[test]
fn names_are_plain_and_used_once() {
    for (text, line, ja, en) in [
        ("[webhook.\"a b\"]", 1, "「a b」は使えません", "`a b` cannot be the name"),
        ("[webhook.\"\"]", 1, "「」は使えません", "`` cannot be the name"),
        ("[freeswitch.x]\naddress = 'a:1'\n[webhook.x]", 3, "[freeswitch.x] でも", "another PBX named `x`"),
        ("[webhook]\nsecret_env = \"tanuki\"", 2, "[webhook.名前]", "[webhook.NAME]"),
        ("webhook = \"tanuki\"", 1, "テーブル", "must be a table"),
    ] {
        let mistakes = read(text).err().unwrap();
        assert_eq!((mistakes.len(), mistakes[0].line), (1, line), "{mistakes:?}");
        let (located, value) = (mistakes[0].located(), &mistakes[0].value);
        assert!(located.text(Lang::Ja).contains(ja), "{located:?}");
        assert!(located.text(Lang::En).contains(en), "{located:?}");
        assert_eq!(value, "");
    }
    let name = "n".repeat(NAME_CHARS_MAX);
    assert!(read(&format!("[webhook.{name}]")).is_ok());
    assert!(read(&format!("[webhook.{name}n]")).is_err());
}

#[test]
fn a_missing_address_is_named_in_both_languages() {
    let mistakes = read("[ami.hq]\nuser = \"u\"").err().unwrap();
    assert_eq!(mistakes.len(), 1);
    let located = mistakes[0].located();
    assert_eq!(located.text(Lang::Ja), "1行目: ami.hq.address: この設定は必須です。値を書いてください");
    assert_eq!(located.text(Lang::En), "line 1: ami.hq.address: this setting is required; give it a value");
}

#[test]
fn flags_add_a_pbx_or_change_the_one_of_the_file() {
    #[derive(clap::Parser)]
    struct Flags {
        #[command(flatten)]
        sources: SourceFlags,
    }
    let flags: Flags =
        clap::Parser::parse_from(["test", "--ami", "pbx.example:5038", "--ami-user", "chakuden"]);
    for (text, prefix) in
        [("", ""), ("[ami.pbx]\naddress = \"old:1\"\nuser = \"u\"\ndial_prefix = \"0\"", "0")]
    {
        let mut sources = read(text).unwrap();
        sources.apply(&flags.sources).unwrap();
        let settings: &dyn Any = sources.get(FLAG_SOURCE).unwrap();
        let ami = settings.downcast_ref::<AmiConfig>().unwrap();
        assert_eq!((ami.address.as_str(), ami.user.as_str()), ("pbx.example:5038", "chakuden"));
        assert_eq!(ami.dial_prefix, prefix);
    }
}
