//! `agent phone add`, `agent phone list`, `agent phone remove`.

use clap::Subcommand;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::store::{AuditAction, StoreError};
use shared::{Clock, SystemClock};

use super::{audit, short_text};
use crate::cli::output::{Column, Terminal, say, say_json, table, text};
use crate::cli::{Format, StoreArgs};

#[derive(Debug, Subcommand)]
pub(super) enum PhoneCommand {
    /// Give an agent a further phone; whichever rings, the call is the agent's.
    Add(PhoneArgs),
    /// List the agents' phones.
    List {
        #[command(flatten)]
        store: StoreArgs,
        /// Output format.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Take a further phone away.
    Remove(PhoneArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct PhoneArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// The agent's code.
    #[arg(long)]
    code: String,
    /// Extension; on another than the first telephone system of the settings SYSTEM/EXTENSION, such as osaka/201.
    #[arg(long, value_parser = short_text)]
    phone: String,
}

const COLUMNS: [Column; 3] = [text("コード", "Code"), text("氏名", "Name"), text("電話機", "Phone")];

pub(super) fn run(command: &PhoneCommand, actor: &str, lang: Lang) -> Result<(), Failure> {
    match command {
        PhoneCommand::Add(args) => {
            let now = SystemClock.now();
            args.store.open_for(actor)?.write(|tx| {
                if tx.add_phone(&args.code, &args.phone)? {
                    audit(tx, now, AuditAction::AgentPhoneAdd, &args.code)?;
                }
                Ok::<_, StoreError>(())
            })?;
            Ok(())
        }
        PhoneCommand::List { store, format } => list(store, *format, lang),
        PhoneCommand::Remove(args) => remove(args, actor),
    }
}

fn list(store: &StoreArgs, format: Format, lang: Lang) -> Result<(), Failure> {
    let agents = store.open()?.reader()?.agents()?;
    let mut rows = Vec::new();
    for agent in agents.iter().filter(|agent| agent.revoked_at.is_none()) {
        for phone in agent.extension.iter().chain(&agent.phones) {
            rows.push(vec![agent.agent_code.clone(), agent.agent_name.clone(), phone.clone()]);
        }
    }
    match format {
        Format::Json => {
            let all: Vec<_> = rows
                .iter()
                .map(|row| serde_json::json!({"agent_code": row[0], "agent_name": row[1], "phone": row[2]}))
                .collect();
            say_json(&all)
        }
        Format::Table => say(&table(&COLUMNS, &rows, lang, Terminal::stdout())),
    }
}

fn remove(args: &PhoneArgs, actor: &str) -> Result<(), Failure> {
    let now = SystemClock.now();
    let there = args.store.open_for(actor)?.write(|tx| {
        let there = tx.remove_phone(&args.code, &args.phone)?;
        if there {
            audit(tx, now, AuditAction::AgentPhoneRemove, &args.code)?;
        }
        Ok::<_, StoreError>(there)
    })?;
    match there {
        true => Ok(()),
        false => Err(Failure::data(message!(
            "オペレーター「{code}」に電話機「{phone}」は登録されていません。cti-bridge agent phone list で確認してください",
            "agent {code} has no further phone {phone}; `cti-bridge agent phone list` lists them",
            code = args.code,
            phone = args.phone,
        ))),
    }
}
