//! `docs/datasets.md`, written from the declarations.

use std::fmt::Write as _;

use super::{Column, ColumnKind, DATASETS, Dataset};

const HEAD: &str = "# Data sets

Written from `shared/src/dataset/` by `cargo test -p shared --test it datasets_document`; run it with
`CHAKUDEN_WRITE_DOCS=1` to write this file anew.

Every data set is one file of an exchange: `NAME.csv`, comma-separated, first line = headers. Headers are the
identifiers below; the Japanese label and the other headers are accepted too, whatever their width, case and
kind of kana. A column that a file does not have leaves what is stored as it is; an empty cell empties it (or
sets the default). Unknown columns are reported and otherwise ignored. A row is known by its key: the same key
again updates the row. Files of one folder are imported in the order of this page. A column that refers to
another data set holds the key of one of its rows, which may come later. A file called `complaints.csv`,
`クレーム.csv` or `苦情.csv` is `inquiries` whose `kind` is `complaint` unless it says otherwise.

| kind | what is accepted |
|---|---|
| code | 1 to 64 characters; blanks around it are dropped, full-width letters and digits become half-width, leading zeros stay |
| text | at most 32,767 characters (a spreadsheet's cell); blanks around it are dropped |
| phone | as written; what is no whole telephone number is kept and matches no caller |
| date | `2026-10-31`, `2026/10/31`, `20261031`, `2026年10月31日`, 令和8年10月31日, `R8.10.31`, an Excel serial |
| instant | RFC 3339, or a civil date with or without a time, which is in Asia/Tokyo |
| decimal | at most four decimal places; `1,000`, `¥1,000`, `1,000円`, `▲1,000`, `(1,000)`, `1,000-`, full-width; the dash that closes a price (`¥1,000-`, `1,000円-`) is no minus |
| integer | a whole number, written like a decimal |
| flag | `1`/`0`, `true`/`false`, `yes`/`no`, `○`/`×`, `はい`/`いいえ`, `対象外` |
| choice | one of the identifiers or its labels |
| open choice | likewise; other text is kept |
";

/// The whole document.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    for dataset in DATASETS {
        section(&mut out, dataset);
    }
    out
}

fn section(out: &mut String, dataset: &Dataset) {
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "\n## {name}: {title}\n\n{description} File `{name}.csv`, key `{key}`{month}.\n\n\
         | header | label | other headers | kind | needed | meaning |\n|---|---|---|---|---|---|\n",
        name = dataset.name,
        title = dataset.title_ja,
        description = dataset.description,
        key = dataset.key.join("`, `"),
        month = dataset.month_column.map_or(String::new(), |column| format!(", month by `{column}`")),
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
        (true, _) => "yes".to_owned(),
        (false, Some("")) => "empty by default".to_owned(),
        (false, Some(default)) => format!("`{default}` by default"),
        (false, None) if dataset.key.contains(&column.name) => "key".to_owned(),
        (false, None) => String::new(),
    };
    let refers = dataset.referred_by(column.name);
    let _ = writeln!(
        out,
        "| `{}` | {} | {} | {} | {needed} | {}{} |",
        column.name,
        column.label_ja,
        column.aliases.join(", "),
        kind_name(column.kind),
        column.description,
        refers.map_or(String::new(), |other| format!(" Refers to `{}`.", other.name)),
    );
}

fn choices(out: &mut String, column: &Column) {
    let (ColumnKind::Choice(choices) | ColumnKind::OpenChoice(choices)) = column.kind else {
        return;
    };
    let listed: Vec<String> =
        choices.iter().map(|(identifier, labels)| format!("`{identifier}` {}", labels.join(" / "))).collect();
    let _ = write!(out, "\n`{}`: {}.\n", column.name, listed.join(" · "));
}

/// The kind's name in the documents.
fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Code => "code",
        ColumnKind::Text => "text",
        ColumnKind::Phone => "phone",
        ColumnKind::Date => "date",
        ColumnKind::Instant => "instant",
        ColumnKind::Decimal => "decimal",
        ColumnKind::Integer => "integer",
        ColumnKind::Flag => "flag",
        ColumnKind::Choice(_) => "choice",
        ColumnKind::OpenChoice(_) => "open choice",
    }
}
