//! `rank simulate --near`: customers near a boundary, for people and for programs.

use std::collections::HashSet;

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;

use crate::context::Context;
use crate::output::{Cell, Sheet, SheetColumn, grouped};
use crate::rank::labels;
use crate::rank::prepare::{Prepared, Scene};
use crate::rank::scoring::plan::RankPlan;
use crate::rank::settings::{RankSettings, hundredths};
use crate::rank::simulation::boundaries::{self, Figure, Move, Near};
use crate::rank::simulation::selection::{Scope, Shown, names};
use crate::rank::summary;

/// Customers shown to people, and to programs.
const SHOWN_MAX: (usize, usize) = (100, 10_000);

/// Writes the customers of `shown` that are at most `points` (hundredths) from a boundary.
pub(crate) fn show(
    context: &Context,
    prepared: &Prepared,
    plan: &RankPlan,
    scene: &Scene,
    (shown, scope): (&Shown<'_>, &Scope),
    points: u32,
) -> Result<(), Failure> {
    let settings = &prepared.settings;
    let found = boundaries::near(settings, plan.as_of, shown.iter().copied(), points)?;
    let is_for_people = context.format.is_for_people();
    let max = if is_for_people { SHOWN_MAX.0 } else { SHOWN_MAX.1 };
    // A customer between two boundaries has a row for each.
    let customers_near = found.iter().map(|near| near.customer_code).collect::<HashSet<_>>().len();
    let total = found.len();
    let mut listed: Vec<Near<'_>> = found.into_iter().take(max).collect();
    for near in &mut listed {
        near.explain(settings, plan.as_of);
    }
    let names = names(&scene.warehouse, listed.iter().map(|near| near.customer_code))?;
    let line = |label, value: String| (context.label(label).to_owned(), value);
    let mut header = summary::header(context, plan, settings);
    header.push(line(labels::NEAR_WITHIN, hundredths(points)));
    header.push(line(labels::SCOPE, scope.words.clone()));
    header.push(line(labels::FOUND, format!("{customers_near} / {}", shown.len())));
    header.push(line(labels::SHOWN, format!("{} / {total}", listed.len())));
    let row = |near: &Near<'_>| {
        let moves: Vec<String> = near.moves.iter().map(|one| a_move(one, context.lang)).collect();
        let direction = if near.is_rise { labels::IMPROVED } else { labels::WORSENED };
        vec![
            Cell::Text(near.customer_code.to_owned()),
            Cell::text(names.get(near.customer_code).map(String::as_str)),
            Cell::text(plan.rank(near.scored.after)),
            Cell::Number(near.scored.exact().total),
            Cell::Text(hundredths(near.bound)),
            Cell::Text(hundredths(near.distance)),
            Cell::Text(context.label(direction).to_owned()),
            Cell::text(beyond(settings, near)),
            Cell::Text(moves.join(" / ")),
        ]
    };
    let columns = [
        labels::CODE,
        labels::NAME,
        labels::AFTER,
        labels::TOTAL,
        labels::BOUND,
        labels::DISTANCE,
        labels::DIRECTION,
        labels::BEYOND,
        labels::MOVES,
    ];
    let sheet = Sheet {
        title: context.label(labels::NEAR).to_owned(),
        header,
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: listed.iter().map(row).collect(),
        ..Sheet::default()
    };
    let customers: Vec<Value> = listed.iter().map(|near| as_json(plan, settings, near)).collect();
    let json = json!({
        "as_of": plan.as_of.to_string(), "settings_hash": plan.settings_hash, "points": hundredths(points),
        "scope": if scope.is_whole { "all" } else { "sample" }, "scored": shown.len(), "found": customers_near,
        "boundaries": total, "customers": customers,
    });
    if !scope.is_whole && !is_for_people {
        context.notice(&message!("対象: {scope}", "scope: {scope}", scope = scope.words));
    }
    context.emit(&sheet, &json)
}

fn beyond<'a>(settings: &'a RankSettings, near: &Near<'_>) -> Option<&'a str> {
    settings.chosen.points.get(near.beyond).map(|row| row.rank.as_str())
}

fn as_json(plan: &RankPlan, settings: &RankSettings, near: &Near<'_>) -> Value {
    let figure = |figure: &Figure| match figure {
        Figure::Count => "count",
        Figure::Amount => "amount",
    };
    let moves: Vec<Value> = near
        .moves
        .iter()
        .map(|one| match one {
            Move::RecordSince(day) => json!({"criterion": "recency", "record_since": day.to_string()}),
            Move::NothingUntil(day) => json!({"criterion": "recency", "nothing_until": day.to_string()}),
            Move::Reach(of, least, more) => {
                json!({"criterion": figure(of), "at_least": least.to_string(), "more": more.to_string()})
            }
            Move::FallBelow(of, row) => json!({"criterion": figure(of), "below": row.to_string()}),
        })
        .collect();
    json!({
        "customer_code": near.customer_code, "total": hundredths(near.scored.total),
        "rank_after": plan.rank(near.scored.after), "direction": if near.is_rise { "up" } else { "down" },
        "bound": hundredths(near.bound), "distance": hundredths(near.distance), "rank_beyond": beyond(settings, near),
        "moves": moves,
    })
}

/// What would move a customer across a boundary.
fn a_move(one: &Move, lang: Lang) -> String {
    let figure = |figure: &Figure| match figure {
        Figure::Count => labels::label("回数", "count").text(lang),
        Figure::Amount => labels::label("金額", "amount").text(lang),
    };
    let number = |value: &rust_decimal::Decimal| grouped(&value.to_string());
    match (one, lang) {
        (Move::RecordSince(day), Lang::Ja) => format!("{day} 以降の記録"),
        (Move::RecordSince(day), Lang::En) => format!("a record since {day}"),
        (Move::NothingUntil(day), Lang::Ja) => format!("{day} まで新しい記録なし"),
        (Move::NothingUntil(day), Lang::En) => format!("nothing new until {day}"),
        (Move::Reach(f, least, more), Lang::Ja) => {
            format!("{} {} 以上 (あと {})", figure(f), number(least), number(more))
        }
        (Move::Reach(f, least, more), Lang::En) => {
            format!("{} at least {} ({} more)", figure(f), number(least), number(more))
        }
        (Move::FallBelow(f, row), Lang::Ja) => format!("{} {} 未満", figure(f), number(row)),
        (Move::FallBelow(f, row), Lang::En) => format!("{} below {}", figure(f), number(row)),
    }
}
