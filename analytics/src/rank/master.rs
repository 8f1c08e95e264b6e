//! ランクマスター: the company's own ranks, the best first (`docs/rank.md#rank-master`).

use std::collections::BTreeMap;

use serde_json::json;
use shared::color::Color;
use shared::exit::Failure;
use shared::message;
use shared::message::Explain as _;
use shared::message::counted;
use shared::rank::RankMaster;
use shared::store::{RankEntry, Reader, Store, StoreError};

use crate::context::Context;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::labels;
use crate::rank::prepare::parse_saved;

/// Characters of a rank's name.
const NAME_CHARS_MAX: usize = 64;

/// `analytics rank master …`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// List the ranks, the best first, with their customers, and the ranks that customers have and the master lacks.
    List,
    /// Replace the master: all ranks, the best first.
    Set {
        /// The ranks, the best first.
        #[arg(value_name = "RANK", required = true)]
        ranks: Vec<String>,
    },
    /// Add a rank, by default below all others.
    Add {
        /// The rank.
        #[arg(value_name = "RANK")]
        rank: String,
        /// The rank above which it stands.
        #[arg(long, value_name = "RANK")]
        above: Option<String>,
    },
    /// Add every rank that customers have and the master lacks, below all others.
    AddMissing,
    /// Remove a rank that no customer has.
    Remove {
        /// The rank.
        #[arg(value_name = "RANK")]
        rank: String,
    },
    /// Give a rank a colour on pop-ups, or take it away.
    Color {
        /// The rank.
        #[arg(value_name = "RANK")]
        rank: String,
        /// The colour as #RRGGBB, or none for the default of the rank's place.
        #[arg(value_name = "COLOR")]
        color: String,
    },
}

/// Runs a command.
///
/// # Errors
/// A wrong name or order (exit code 64), or a rank that is in use (65).
pub(crate) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let mut ranks = reader.rank_master()?.ranks().to_vec();
    match command {
        Command::List => return show(context, &mut reader),
        Command::Set { ranks: all } => ranks.clone_from(all),
        Command::Add { rank, above } => {
            let at = match above {
                None => ranks.len(),
                Some(above) => {
                    let found = ranks.iter().position(|known| known == above.trim());
                    found.ok_or_else(|| unknown(above, &ranks))?
                }
            };
            ranks.insert(at, rank.clone());
        }
        Command::Color { rank, color } => {
            set_color(context, &store, rank, color)?;
            return show(context, &mut reader);
        }
        Command::AddMissing => ranks.extend(missing(&ranks, &reader.customers_by_rank()?).into_keys()),
        Command::Remove { rank } => {
            let found = ranks.iter().position(|known| known == rank.trim());
            ranks.remove(found.ok_or_else(|| unknown(rank, &ranks))?);
        }
    }
    let master = checked(&ranks)?;
    // The same order again puts ranks right that share a position.
    if master == reader.rank_master()? && reader.ranks_in_doubt()?.is_empty() {
        return show(context, &mut reader);
    }
    check_use(&mut reader, &master)?;
    write(context, &store, &master)?;
    show(context, &mut reader)
}

fn write(context: &Context, store: &Store, master: &RankMaster) -> Result<(), StoreError> {
    store.write(|tx| tx.set_rank_master(master, context.clock.now()))
}

fn set_color(context: &Context, store: &Store, rank: &str, color: &str) -> Result<(), Failure> {
    let color = match color.trim() {
        "none" => None,
        text => Some(Color::parse(text).ok_or_else(|| {
            Failure::usage(message!(
                "{color} は色として読み取れません。#8a5a00 のように指定するか、none(既定の色)にしてください",
                "{color} is no colour; write it like #8a5a00, or none for the default",
                color = text,
            ))
        })?),
    };
    let now = context.clock.now();
    let known = store.write(|tx| tx.set_rank_color(rank.trim(), color.as_ref(), now))?;
    if known { Ok(()) } else { Err(unknown(rank, store.reader()?.rank_master()?.ranks())) }
}

fn checked(ranks: &[String]) -> Result<RankMaster, Failure> {
    let long = ranks
        .iter()
        .find(|rank| rank.trim().chars().count() > NAME_CHARS_MAX || rank.contains(|c: char| c.is_control()));
    if let Some(rank) = long {
        return Err(Failure::usage(message!(
            "ランク名 {rank} は使えません。制御文字を含まない{max}文字以内の名称にしてください",
            "{rank} cannot be the name of a rank; use at most {max} characters, none of them a control character",
            rank = format!("{rank:?}"),
            max = NAME_CHARS_MAX,
        )));
    }
    RankMaster::new(ranks).map_err(|error| Failure::usage(error.message()))
}

/// Refuses a master that lacks a rank of customers or of the saved settings.
fn check_use(reader: &mut Reader, master: &RankMaster) -> Result<(), Failure> {
    let before = reader.rank_master()?;
    let customers = reader.customers_by_rank()?;
    let removed = before.ranks().iter().filter(|rank| master.position(rank).is_none());
    if let Some((rank, n)) = removed.filter_map(|rank| Some((rank, customers.get(rank)?))).next() {
        return Err(Failure::data(message!(
            "ランク {rank} の顧客が{n}件あるため、ランクマスターから外せません。先に顧客のランクを変更してください",
            "{n} the rank {rank}, so it cannot be removed from the master; give them another rank first",
            rank = rank,
            n = counted(n, "customer has", "customers have"),
        )));
    }
    let Some(saved) = reader.rank_config(None)? else { return Ok(()) };
    // Settings that were wrong before are no reason to keep the master.
    match (parse_saved(&saved, &before), parse_saved(&saved, master)) {
        (Ok(_), Err(_)) => Err(Failure::data(message!(
            "保存済みの設定(版{version})の points に、このランクマスターにないランクがあります。先に設定を変更してください",
            "the points of the saved settings (version {version}) name a rank that this master lacks; change the settings \
             first",
            version = saved.version,
        ))),
        _ => Ok(()),
    }
}

fn missing(ranks: &[String], customers: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let known = |rank: &String| ranks.iter().any(|known| known == rank.trim());
    customers.iter().filter(|(rank, _)| !known(rank)).map(|(rank, n)| (rank.clone(), *n)).collect()
}

fn unknown(rank: &str, ranks: &[String]) -> Failure {
    Failure::usage(message!(
        "ランク {rank} はランクマスターにありません。{ranks} のいずれかを指定してください",
        "the rank master has no {rank}; give one of {ranks}",
        rank = rank,
        ranks = ranks.join(", "),
    ))
}

fn show(context: &Context, reader: &mut Reader) -> Result<(), Failure> {
    let master = reader.rank_master()?;
    let entries = reader.rank_entries()?;
    let customers = reader.customers_by_rank()?;
    let missing = missing(master.ranks(), &customers);
    let of = |rank: &String| customers.get(rank).copied().unwrap_or(0);
    let known = entries.iter().zip(1..).map(|(RankEntry { rank, color }, place)| {
        let color = color.as_ref().map_or(Cell::None, |color| Cell::Text(color.to_string()));
        vec![Cell::Count(place), Cell::Text(rank.clone()), color, Cell::Count(of(rank))]
    });
    let others = missing
        .iter()
        .map(|(rank, n)| vec![Cell::None, Cell::Text(rank.clone()), Cell::None, Cell::Count(*n)]);
    let columns = [labels::POSITION, labels::RANK, labels::COLOR, labels::CUSTOMERS];
    let sheet = Sheet {
        title: context.label(labels::MASTER).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: known.chain(others).collect(),
        footer: if missing.is_empty() {
            Vec::new()
        } else {
            vec![(context.label(labels::MISSING_RANKS).to_owned(), missing.len().to_string())]
        },
        ..Sheet::default()
    };
    let ranks: Vec<_> = entries
        .iter()
        .map(|RankEntry { rank, color }| json!({"rank": rank, "color": color, "customers": of(rank)}))
        .collect();
    let missing: Vec<_> = missing.iter().map(|(rank, n)| json!({"rank": rank, "customers": n})).collect();
    context.emit(&sheet, &json!({"command": "rank master", "ranks": ranks, "missing": missing}))
}
