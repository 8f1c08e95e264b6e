use clap::Parser;

use super::*;
use crate::LangArg;

/// A program.
#[derive(Debug, Parser)]
#[command(name = "program", version)]
struct Program {
    #[command(flatten)]
    _lang: LangArg,
    #[command(subcommand)]
    _command: Sub,
}

#[derive(Debug, clap::Subcommand)]
enum Sub {
    /// Looks something up.
    Find {
        /// What to look up.
        what: String,
        /// How to print.
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

#[derive(Debug, Clone, clap::ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

const TABLE: HelpTable = HelpTable::of(&[
    ("", "プログラム"),
    ("--lang", "表示の言語"),
    ("--lang=ja", "日本語"),
    ("--lang=en", "英語"),
    ("find", "検索します"),
    ("find <what>", "検索する語"),
    ("--format", "出力の形式"),
    ("--format=table", "人が読む表"),
    ("--format=json", "他のプログラム用"),
]);

fn page(args: &[&str]) -> String {
    let mut command = TABLE.apply(<Program as clap::CommandFactory>::command(), Lang::Ja);
    let error = command.try_get_matches_from_mut(args).unwrap_err();
    crate::usage::text(&error, Lang::Ja, false)
}

#[test]
fn a_help_page_is_entirely_japanese() {
    let short = page(&["program", "find", "-h"]);
    assert!(
        short.starts_with("検索します\n\n使い方: program find [オプション] <WHAT>\n\n引数:\n"),
        "{short}"
    );
    assert!(short.contains("出力の形式 [選択肢: table, json] [既定値: table]"), "{short}");
    let long = page(&["program", "find", "--help"]);
    assert!(long.contains("- table: 人が読む表"), "{long}");
    let root = page(&["program", "--help"]);
    assert!(root.contains("コマンド:\n  find  検索します\n  help  コマンドのヘルプを表示します"), "{root}");
    for page in [short, long, root] {
        let english = ["Usage", "Options", "Print", "values", "default", "How", "For "];
        assert!(!english.iter().any(|word| page.contains(word)), "{page}");
    }
}

#[test]
fn missing_and_superfluous_translations_are_found() {
    let command = <Program as clap::CommandFactory>::command();
    assert_eq!(TABLE.gaps(&command), Vec::<String>::new());
    let with = HelpTable::of(&[("", "プログラム"), ("find", "find it"), ("lose", "失います")]);
    let gaps = with.gaps(&command).join("\n");
    for gap in [
        "`--lang`: no Japanese",
        "`--lang=ja`: no Japanese",
        "`find`: its Japanese help is not",
        "`find <what>`: no Japanese",
        "`lose`: there is no such",
    ] {
        assert!(gaps.contains(gap), "{gap}: {gaps}");
    }
}
