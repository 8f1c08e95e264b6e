//! `docs/datasets.md`, written from the declarations.

use std::fmt::Write as _;

use super::{Choices, Column, ColumnKind, DATASETS, Dataset};
use crate::message::Label;

const HEAD: &str = "# データ種別 / Data sets

Written from `shared/src/dataset/` by a test; to write this file anew, run
`CHAKUDEN_WRITE_DOCS=1 cargo test --release --workspace --test it docs_datasets_md`.

データ種別ごとに1つのファイルを取り込み、書き出します。ファイル名は `NAME.csv`、カンマ区切りで、1行目が見出しです。見出しには
下の表の列名のほか、項目名(日本語・英語)と別名も使用できます。全角・半角、大文字・小文字、ひらがな・カタカナは区別しません。ファイルにない列は
登録済みの値を変更しません。空欄のセルは値を消去します(既定値のある列は既定値に戻します)。該当する列のない見出しは報告し、取り込み
ません。行はキーで特定し、同じキーの行は上書きします。フォルダーのファイルはこのページの順に取り込みます。他のデータ種別を参照する
列には参照先のキーを入力します。参照先は後から取り込んでも構いません。`complaints.csv`、`クレーム.csv`、`苦情.csv` は `inquiries`
として取り込み、`kind` の指定がない行は `complaint` とします。

Every data set is one file of an exchange: `NAME.csv`, comma-separated, first line = headers. Headers are the
identifiers below; the labels of both languages and the other headers are accepted too, whatever their width, case and
kind of kana. A column that a file does not have leaves what is stored as it is; an empty cell empties it (or
sets the default). Unknown columns are reported and otherwise ignored. A row is known by its key: the same key
again updates the row. Files of one folder are imported in the order of this page. A column that refers to
another data set holds the key of one of its rows, which may come later. A file called `complaints.csv`,
`クレーム.csv` or `苦情.csv` is `inquiries` whose `kind` is `complaint` unless it says otherwise.

| 型 / kind | 入力できる値 | what is accepted |
|---|---|---|
";

const NO_CHOICES: Choices = &[];

/// What the cells of each kind may hold.
const ACCEPTED: [(ColumnKind, Label); 11] = [
    (
        ColumnKind::Code,
        Label::new(
            "1〜64文字。前後の空白と目に見えない文字は除き、全角の英数字は半角に変換。先頭の0は保持。日付(`1月2日`)や`NULL`は不可",
            "1 to 64 characters; blanks around it and invisible characters are dropped, full-width letters and digits \
             become half-width, leading zeros stay; no day (`1月2日`) and no `NULL`",
        ),
    ),
    (
        ColumnKind::Text,
        Label::new(
            "32,767文字(表計算ソフトの1セル)まで。前後の空白は除く",
            "at most 32,767 characters (a spreadsheet's cell); blanks around it are dropped",
        ),
    ),
    (
        ColumnKind::Phone,
        Label::new(
            "入力どおりに保存。失われた先頭の0は補う。電話番号として不完全な値も保存するが、着信とは照合しない",
            "as written, with its leading 0 if that was lost; what is no whole telephone number is kept and matches no caller",
        ),
    ),
    (
        ColumnKind::Date,
        Label::new(
            "`2026-10-31`、`2026/10/31`、`20261031`、`2026年10月31日`、`令和8年10月31日`、`R8.10.31`、Excelのシリアル値。時刻が付いていれば日本時間での日付",
            "`2026-10-31`, `2026/10/31`, `20261031`, `2026年10月31日`, `令和8年10月31日`, `R8.10.31`, an Excel serial; with a time, the day in Japan",
        ),
    ),
    (
        ColumnKind::Instant,
        Label::new(
            "RFC 3339、または日付のみか日付と時刻(日本時間。`+09:00`、`JST`、`UTC` を付けても可)。`2026/10/31 9:05`、`20261031090500`、\
             `午後3時05分`",
            "RFC 3339, or a civil date with or without a time, which is in Asia/Tokyo unless `+09:00`, `JST` or `UTC` follows: \
             `2026/10/31 9:05`, `20261031090500`, `午後3時05分`",
        ),
    ),
    (
        ColumnKind::Decimal,
        Label::new(
            "小数点以下4桁まで。`1,000`、`¥1,000`、`1,000円`、`▲1,000`、`(1,000)`、`1,000-`、全角も可。金額の末尾の「-」(`¥1,000-`、\
             `1,000円-`)はマイナスとみなさない。空白は符号の前後か3桁ごと(`12 500`)のみ可。時間の列には `1:30`、`0:03:25`、`1時間30分` \
             も可",
            "at most four decimal places; `1,000`, `¥1,000`, `1,000円`, `▲1,000`, `(1,000)`, `1,000-`, full-width; the \
             dash that closes a price (`¥1,000-`, `1,000円-`) is no minus; blanks only beside signs and between groups of three \
             digits (`12 500`); in columns of hours and seconds also `1:30`, `0:03:25`, `1時間30分`",
        ),
    ),
    (ColumnKind::Integer, Label::new("整数。書き方は数値と同じ", "a whole number, written like a decimal")),
    (
        ColumnKind::Flag,
        Label::new(
            "`1`・`0`、`true`・`false`、`yes`・`no`、`○`・`×`、`はい`・`いいえ`、`対象外`",
            "`1`/`0`, `true`/`false`, `yes`/`no`, `○`/`×`, `はい`/`いいえ`, `対象外`",
        ),
    ),
    (
        ColumnKind::Color,
        Label::new(
            "`#8a5a00` のような6桁の16進数(`#850`、`8A5A00` も可)",
            "six hexadecimal digits such as `#8a5a00`; also `#850` and `8A5A00`",
        ),
    ),
    (
        ColumnKind::Choice(NO_CHOICES),
        Label::new("選択肢の識別子または表示名", "one of the identifiers or its labels"),
    ),
    (
        ColumnKind::OpenChoice(NO_CHOICES),
        Label::new("選択肢のほか、任意の文字列も可", "likewise; other text is kept"),
    ),
];

/// The whole document.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    for (kind, accepted) in ACCEPTED {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} | {} | {} |", both(kind.label()), accepted.ja, accepted.en);
    }
    for dataset in DATASETS {
        section(&mut out, dataset);
    }
    out
}

fn section(out: &mut String, dataset: &Dataset) {
    let Label { ja, en } = dataset.description;
    let _ = write!(
        out,
        "\n## {name}: {title}\n\n{ja}。ファイルは `{name}.csv`、キーは `{key}`{month_ja}。\n\n\
         {en} File `{name}.csv`, key `{key}`{month_en}.\n\n\
         | 列名 / header | 項目名 / label | 別名 / other headers | 型 / kind | 必須 / needed | 説明 | meaning |\n\
         |---|---|---|---|---|---|---|\n",
        name = dataset.name,
        title = dataset.title_ja,
        key = dataset.key.join("`, `"),
        month_ja = dataset.month_column.map_or(String::new(), |column| format!("、月の区切りは `{column}`")),
        month_en = dataset.month_column.map_or(String::new(), |column| format!(", month by `{column}`")),
    );
    for column in dataset.columns {
        row(out, dataset, column);
    }
    for column in dataset.columns {
        choices(out, column);
    }
}

fn row(out: &mut String, dataset: &Dataset, column: &Column) {
    let needed = match (column.required, column.default) {
        (true, _) => "必須 / yes".to_owned(),
        (false, Some("")) => "既定は空欄 / empty by default".to_owned(),
        (false, Some(default)) => format!("既定は `{default}` / `{default}` by default"),
        (false, None) => String::new(),
    };
    let Label { ja, en } = column.description;
    let refers = dataset.referred_by(column.name);
    let _ = writeln!(
        out,
        "| `{}` | {} | {} | {} | {needed} | {ja}{} | {en}{} |",
        column.name,
        both(column.label),
        column.aliases.join(", "),
        both(column.kind.label()),
        refers.map_or(String::new(), |other| format!("。`{}` を参照", other.name)),
        refers.map_or(String::new(), |other| format!(" Refers to `{}`.", other.name)),
    );
}

fn choices(out: &mut String, column: &Column) {
    let choices = column.kind.choices();
    if choices.is_empty() {
        return;
    }
    let listed: Vec<String> =
        choices.iter().map(|(identifier, labels)| format!("`{identifier}` {}", labels.join(" / "))).collect();
    let _ = write!(out, "\n`{}`: {}.\n", column.name, listed.join(" · "));
}

fn both(label: Label) -> String {
    format!("{} / {}", label.ja, label.en)
}
