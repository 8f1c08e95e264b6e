//! `query`: SQL of one's own over the tables and views that reports use (`docs/sql.md`).

use std::time::Duration;

use shared::dataset::by_name;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;

use crate::context::Context;
use crate::labels;
use crate::output::{Cell, Report, Sheet, SheetColumn, Unit};
use crate::warehouse::{Answer, Refusal, Scalar, Warehouse};

/// The views that are not data sets, and what they hold.
const VIEWS: &[(&str, labels::Label)] = &[
    (
        "counted_sales",
        labels::Label::new(
            "売上として集計する明細(取消・見積などを除く)",
            "Slip lines that count as sales: without cancelled ones, estimates and the like",
        ),
    ),
    (
        "slips",
        labels::Label::new(
            "伝票番号・日付・顧客が同じ明細をまとめた伝票",
            "Slips: the lines of one number, date and customer",
        ),
    ),
    (
        "segment_customers",
        labels::Label::new(
            "集計の項目を持つ顧客(エリアは住所からも判定)",
            "Customers with the attributes of reports; areas follow from addresses too",
        ),
    ),
    (
        "agent_calls",
        labels::Label::new(
            "オペレーターごとの通話(転送・一斉呼出は1人1行)",
            "Calls as each agent had them: a row for each agent of a call",
        ),
    ),
];

/// The options of the query.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// One SELECT statement. Amounts are decimals in yen, dates those of Japan, times UTC.
    #[arg(value_name = "SQL", required_unless_present_any = ["list", "views"])]
    sql: Option<String>,
    /// List the tables and views with their columns instead.
    #[arg(long, conflicts_with_all = ["sql", "views"])]
    list: bool,
    /// Write the statements that make the same tables and views in another DuckDB instead.
    #[arg(long, conflicts_with = "sql")]
    views: bool,
    /// Rows that are written at most.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    rows_max: u32,
    /// Seconds that the query may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    time_max: u32,
}

/// Runs the query and writes its rows.
///
/// # Errors
/// It is not one SELECT or cannot be run (exit code 64), it takes too long (75), or there is no mirror.
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let warehouse = context.warehouse()?;
    let lang = context.lang;
    if args.views {
        return context.write(&warehouse.statements()?);
    }
    let Some(sql) = &args.sql else {
        return context.emit_report(&report(context, tables(&warehouse, lang)?, Vec::new()));
    };
    warehouse.shut()?;
    let rows_max = usize::try_from(args.rows_max).unwrap_or(usize::MAX);
    let limit = Duration::from_secs(u64::from(args.time_max));
    let answer = warehouse.ask(sql, rows_max, limit).map_err(|refusal| match refusal {
        Refusal::Query(reason) => Failure::usage(reason),
        Refusal::TooLong => Failure::locked(message!(
            "{seconds}秒以内に終わらないため中止しました。条件を絞るか、--time-max を大きくしてください",
            "stopped after {seconds} seconds; narrow the query or give a larger --time-max",
            seconds = args.time_max,
        )),
        Refusal::Warehouse(error) => error.into(),
    })?;
    let cut = answer.more.then(|| {
        message!(
            "先頭の{rows}行だけを出力しました。--rows-max で増やせます",
            "only the first {rows} rows are written; --rows-max allows more",
            rows = args.rows_max,
        )
    });
    let notes: Vec<String> = cut.iter().map(|note| note.text(lang).to_owned()).collect();
    cut.iter().for_each(|note| context.notice(note));
    context.emit_report(&report(context, sheet(answer), notes))
}

fn report(context: &Context, sheet: Sheet, notes: Vec<String>) -> Report {
    Report {
        id: "query".to_owned(),
        as_of: context.as_of,
        period: None,
        filters: serde_json::json!({}),
        sheet,
        own_fields: serde_json::Map::new(),
        control: serde_json::Map::new(),
        definitions: Vec::new(),
        chart: None,
        notes,
    }
}

fn sheet(answer: Answer) -> Sheet {
    let column = |(name, is_number): &(String, bool)| {
        let unit = if *is_number { Unit::Number } else { Unit::Text };
        let column = SheetColumn::figure("", labels::COLUMN, unit);
        column.headed(name).identified(name.clone())
    };
    let cell = |scalar: Scalar| match scalar {
        Scalar::None => Cell::None,
        Scalar::Text(text) => Cell::Text(text),
        Scalar::Integer(number) => Cell::Integer(number),
        Scalar::Decimal(number) => Cell::Number(number),
        Scalar::Date(date) => Cell::Date(date),
        Scalar::Moment(moment) => Cell::Moment(moment),
    };
    Sheet {
        columns: answer.columns.iter().map(column).collect(),
        rows: answer.rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect(),
        ..Sheet::default()
    }
}

/// The tables and views, with what their columns mean.
fn tables(warehouse: &Warehouse, lang: Lang) -> Result<Sheet, Failure> {
    let mut rows = Vec::new();
    for [table, name, kind] in warehouse.columns()? {
        let dataset = by_name(&table);
        let what = match dataset {
            Some(dataset) => dataset.label().text(lang).to_owned(),
            None => {
                let view = VIEWS.iter().find(|(view, _)| *view == table);
                view.map_or_else(String::new, |(_, label)| label.text(lang).to_owned())
            }
        };
        let column = dataset.and_then(|dataset| dataset.column(&name));
        let meaning = column.map_or("", |column| column.label.text(lang)).to_owned();
        rows.push([table, what, name, kind, meaning].map(Cell::Text).to_vec());
    }
    let text = |id: &'static str, label: labels::Label| SheetColumn::figure(id, label, Unit::Text);
    Ok(Sheet {
        columns: vec![
            text("table", labels::TABLE),
            text("table_label", labels::MEANING).prioritised(5),
            text("column", labels::COLUMN),
            text("type", labels::KIND),
            text("column_label", labels::MEANING),
        ],
        rows,
        ..Sheet::default()
    })
}
