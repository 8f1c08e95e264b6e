//! What became of everything, as a table.

use std::collections::HashMap;

use anyhow::ensure;

use crate::deed::Deeds;
use crate::honest::Said;
use crate::world::World;

/// Prints what was done, seen and found; whether nothing was lost, twice or refused.
pub(crate) fn report(world: &World, deeds: &Deeds, said: &Said) -> anyhow::Result<bool> {
    world.stop()?;
    println!("\n{:<28} {:>8}", "deed", "times");
    deeds.done.iter().for_each(|(deed, times)| println!("{:<28} {times:>8}", format!("{deed:?}")));
    println!("{:<28} {:>8}", "imports, killed on the way", format!("{}, {}", deeds.imports, deeds.killed));

    println!(
        "\n{:<12} {:>12} {:>10} {:>12} {:>10} {:>12} {:>10}",
        "attack", "bytes sent", "bytes kept", "kept/sent", "sign-ins", "slowest ms", "pop-up p99"
    );
    let mut signed_in = true;
    for (attack, seen) in &deeds.attacks {
        signed_in &= seen.signed_in == seen.tried;
        println!(
            "{:<12} {:>12} {:>10} {:>12.4} {:>10} {:>12} {:>10}",
            format!("{attack:?}"),
            seen.sent,
            seen.kept,
            seen.kept as f64 / seen.sent.max(1) as f64,
            format!("{} of {}", seen.signed_in, seen.tried),
            seen.slowest.as_millis(),
            seen.popup_p99_ms().map_or("—".to_owned(), |ms| format!("≤ {ms:.2} ms")),
        );
    }

    let kept = subjects(world)?;
    let lost = said.acknowledged.iter().filter(|subject| !kept.contains_key(*subject)).count();
    let twice = kept.values().filter(|times| **times > 1).count();
    let rows = world.company.store().reader()?.control_total(&shared::dataset::SALES, None)?.rows;
    println!("\n{:<28} {:>8}", "acknowledged writes", said.acknowledged.len());
    println!("{:<28} {lost:>8}", "of these lost");
    println!("{:<28} {twice:>8}", "writes kept twice");
    println!("{:<28} {:>8}", "never answered", said.open.len());
    println!("{:<28} {:>8}", "refused for good", said.turned_away());
    println!("{:<28} {:>8}", "connections cut", said.cut);
    said.refused
        .iter()
        .for_each(|(code, times)| println!("{:<28} {times:>8}", format!("answered with {code}")));
    println!("{:<28} {:>8}", "rows imported", format!("{rows} of {}", deeds.rows()));
    let unfinished = world.company.store().reader()?.unfinished_imports()?.len();
    println!("{:<28} {unfinished:>8}", "unfinished imports");
    world.company.analytics_ok(&["store", "check"]);
    world.company.analytics_ok(&["sync", "--verify"]);
    world.company.verify_cards();
    ensure!(!said.acknowledged.is_empty(), "nothing was acknowledged");
    let whole = rows == deeds.rows() && unfinished == 0;
    Ok(lost == 0 && twice == 0 && said.open.is_empty() && said.turned_away() == 0 && signed_in && whole)
}

/// How often the store has each subject.
fn subjects(world: &World) -> anyhow::Result<HashMap<String, u64>> {
    let store = rusqlite::Connection::open(world.store())?;
    let mut select = store.prepare("SELECT subject, count(*) FROM inquiry GROUP BY subject")?;
    let found = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
    Ok(found.collect::<Result<_, _>>()?)
}
