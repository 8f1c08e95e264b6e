//! `events list`, `events retry`: what other systems are still to be told of calls (`docs/events.md`).

use clap::{Args, Subcommand};
use cli_kit::ActorArg;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::Label;
use shared::store::{AuditAction, AuditEntry, EventFilter, OutEvent, Store, StoreError};
use shared::{Clock, SystemClock};

use super::output::{Column, Terminal, japan_minute, number, say, say_json, table, text};
use super::{Format, StoreArgs};

/// Events that a list has at most.
const LIST_MAX: usize = 10_000;

#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    #[command(flatten)]
    actor: ActorArg,
    #[command(subcommand)]
    command: EventsCommand,
}

#[derive(Debug, Subcommand)]
enum EventsCommand {
    /// List the events that are not delivered.
    List {
        #[command(flatten)]
        store: StoreArgs,
        #[command(flatten)]
        which: Which,
        /// Only those that were given up.
        #[arg(long)]
        given_up: bool,
        /// Output format.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Try events that were given up again, and begin counting their attempts anew.
    Retry {
        #[command(flatten)]
        store: StoreArgs,
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Debug, Args)]
struct Which {
    /// Only this event.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Only events for this endpoint, by its name in the settings.
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
}

impl Which {
    fn filter(&self, given_up: bool) -> EventFilter {
        EventFilter { event_id: self.id.clone(), endpoint: self.endpoint.clone(), given_up }
    }
}

pub(super) fn run(args: &EventsArgs, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        EventsCommand::List { store, which, given_up, format } => {
            list(store, &which.filter(*given_up), *format, lang)
        }
        EventsCommand::Retry { store, which } => {
            let store = store.open_for(&args.actor.name())?.for_small_writes()?;
            retry(&store, &which.filter(true), lang)
        }
    }
}

const COLUMNS: [Column; 8] = [
    text("ID", "ID"),
    text("送信先", "Endpoint"),
    text("イベント", "Event"),
    text("通話", "Call"),
    text("発生", "Since"),
    number("送信回数", "Attempts"),
    text("次回", "Next"),
    text("エラー", "Error"),
];
const GIVEN_UP: Label = Label::new("送信中止", "given up");

fn list(store: &StoreArgs, filter: &EventFilter, format: Format, lang: Lang) -> Result<(), Failure> {
    let events = store.open()?.reader()?.out_events(filter, LIST_MAX)?;
    match format {
        Format::Json => say_json(&events),
        Format::Table => {
            let rows: Vec<Vec<String>> = events.into_iter().map(|event| row(event, lang)).collect();
            say(&table(&COLUMNS, &rows, lang, Terminal::stdout()))
        }
    }
}

fn row(event: OutEvent, lang: Lang) -> Vec<String> {
    let next = event.next_at.map_or_else(|| GIVEN_UP.text(lang).to_owned(), japan_minute);
    vec![
        event.event_id,
        event.endpoint,
        event.kind,
        event.call_id,
        japan_minute(event.created_at),
        event.attempts.to_string(),
        next,
        event.last_error.unwrap_or_default(),
    ]
}

fn retry(store: &Store, filter: &EventFilter, lang: Lang) -> Result<(), Failure> {
    let now = SystemClock.now();
    let count = store.write(|tx| {
        let count = tx.retry_events(filter, now)?;
        if count > 0 {
            let detail = [filter.endpoint.as_deref(), filter.event_id.as_deref(), Some(&count.to_string())];
            tx.audit(&AuditEntry {
                at: now,
                actor: tx.actor().to_owned(),
                action: AuditAction::EventsRetry.into(),
                subject: None,
                detail: Some(detail.into_iter().flatten().collect::<Vec<_>>().join(" ")),
            })?;
        }
        Ok::<_, StoreError>(count)
    })?;
    if count == 0 {
        return Err(Failure::data(message!(
            "送信を中止したイベントのうち、該当するものはありません。cti-bridge events list で確認してください",
            "no event that was given up is meant; `cti-bridge events list` lists them",
        )));
    }
    let done =
        message!("{count} 件のイベントを再送します", "events that are sent again: {count}", count = count);
    say(done.text(lang))
}
