//! What clap itself writes into help, in Japanese.

/// English fixed text of a help page and its Japanese.
const HELP: &[(&str, &str)] = &[
    ("Usage:", "使い方:"),
    ("Commands:", "コマンド:"),
    ("Arguments:", "引数:"),
    ("Options:", "オプション:"),
    ("[OPTIONS]", "[オプション]"),
    ("[COMMAND]", "[コマンド]"),
    ("<COMMAND>", "<コマンド>"),
    ("[default: ", "[既定値: "),
    ("[env: ", "[環境変数: "),
    ("Print help (see more with '--help')", "ヘルプを表示します(詳細は --help)"),
    ("Print help (see a summary with '-h')", "ヘルプを表示します(要約は -h)"),
    ("Print this message or the help of the given subcommand(s)", "コマンドのヘルプを表示します"),
    ("Print help for the subcommand(s)", "コマンドのヘルプを表示します"),
    ("Print help", "ヘルプを表示します"),
    ("Print version", "バージョンを表示します"),
];

/// A help page with clap's own words in Japanese.
pub(crate) fn in_japanese(page: &str) -> String {
    HELP.iter().fold(page.to_owned(), |page, (english, japanese)| page.replace(english, japanese))
}
