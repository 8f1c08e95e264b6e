//! `docs/figures.md`, written from the declarations.

use shared::label::Lang;

use super::axes::axes;
use super::axis::{Axis, AxisKind, Source};
use super::figures::of;
use super::tables::tables;

const HEAD: &str = "\
# 集計の項目と集計値 / Attributes and figures of reports

Written from `analytics/src/model/` by a test; to write this file anew, run
`CHAKUDEN_WRITE_DOCS=1 cargo test --release --workspace --test it docs_figures_md`.

`report NAME --by` と `--where` に指定できる項目と、`--figures`・`--sort` に指定できる集計値。名前のほか表示名も使用できます。

The attributes that `report NAME --by` and `--where` take, and the figures of `--figures` and `--sort`. Labels are
accepted as well as names. `analytics report list --axes` and `--figures` print the same.
";

/// The page.
#[must_use]
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    for table in tables() {
        out.push_str(&format!("\n## {}: {} / {}\n", table.id, table.label.ja, table.label.en));
        out.push_str("\n| 項目 / attribute | 表示名 | label | 値 / values |\n|---|---|---|---|\n");
        for axis in axes().filter(|axis| axis.is_of(table)) {
            let names: Vec<String> =
                std::iter::once(&axis.id).chain(axis.aliases).map(|name| format!("`{name}`")).collect();
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                names.join(", "),
                axis.label.ja,
                axis.label.en,
                values(axis)
            ));
        }
        out.push_str("\n| 集計値 / figure | 表示名 | label | 単位 / unit | 説明 | meaning |\n|---|---|---|---|---|---|\n");
        for figure in of(table) {
            out.push_str(&format!(
                "| `{}` | {} | {} | {} / {} | {} | {} |\n",
                figure.id,
                figure.label.ja,
                figure.label.en,
                figure.unit.label().ja,
                figure.unit.label().en,
                figure.words.text(Lang::Ja),
                figure.words.text(Lang::En),
            ));
        }
    }
    out
}

fn values(axis: &Axis) -> String {
    match (axis.kind, axis.source) {
        (AxisKind::Time(_), _) => "期間 / a period of the row's date".to_owned(),
        (AxisKind::Rank, _) => "顧客ランク / a rank".to_owned(),
        (AxisKind::Code, Source::Key(entity)) => {
            format!("コード / a code of `{}`", entity.dataset.map_or(entity.relation, |dataset| dataset.name))
        }
        (AxisKind::Choice(dataset, column), _) => {
            let choices = dataset.column(column).map_or(&[][..], |column| column.kind.choices());
            let named = choices.iter().map(|(id, labels)| {
                format!("`{id}` {}", labels.first().copied().unwrap_or_default()).trim_end().to_owned()
            });
            named.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}
