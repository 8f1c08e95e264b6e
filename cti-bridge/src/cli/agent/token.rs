//! `agent token add`, `agent token list`, `agent token revoke`.

use clap::Subcommand;
use shared::store::{StoreError, TokenInfo, TokenKind};
use shared::{Clock, SystemClock};

use super::{Expiry, audit};
use crate::agent::protocol::stamp;
use crate::cli::output::table;
use crate::cli::{Format, StoreArgs, say};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Give an agent a further token; prints it, alone.
    Add {
        #[command(flatten)]
        store: StoreArgs,
        /// The agent's code.
        #[arg(long)]
        code: String,
        #[command(flatten)]
        expiry: Expiry,
    },
    /// List tokens, sessions included. A token itself is kept nowhere; its id names it.
    List {
        #[command(flatten)]
        store: StoreArgs,
        /// Of this agent only.
        #[arg(long)]
        code: Option<String>,
        /// How to print.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// End one token; its open sockets are closed.
    Revoke {
        #[command(flatten)]
        store: StoreArgs,
        /// The id that the list shows.
        #[arg(long)]
        id: String,
    },
}

pub(super) fn run(command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Add { store, code, expiry } => {
            let now = SystemClock.now();
            let expires_at = expiry.at(now)?;
            let token = store.open()?.write(|tx| {
                let token = tx.add_token(code, TokenKind::Token, expires_at, now)?;
                tx.audit(&audit(now, "agent.token.add", code))?;
                Ok::<_, StoreError>(token)
            })?;
            say(&token)
        }
        TokenCommand::List { store, code, format } => {
            let tokens = store.open()?.reader()?.tokens(code.as_deref())?;
            match format {
                Format::Json => {
                    say(&serde_json::to_string(&tokens).map_err(|e| Failure::software(e.to_string()))?)
                }
                Format::Table => {
                    let headers = ["ID", "AGENT", "KIND", "CREATED", "EXPIRES", "REVOKED"];
                    say(&table(&headers, &tokens.iter().map(row).collect::<Vec<_>>()))
                }
            }
        }
        TokenCommand::Revoke { store, id } => revoke(store, id),
    }
}

fn row(token: &TokenInfo) -> Vec<String> {
    vec![
        token.token_id.clone(),
        token.agent_code.clone(),
        token.kind.as_str().to_owned(),
        stamp(token.created_at),
        token.expires_at.map(stamp).unwrap_or_default(),
        token.revoked_at.map(stamp).unwrap_or_default(),
    ]
}

fn revoke(store: &StoreArgs, id: &str) -> Result<(), Failure> {
    let now = SystemClock.now();
    let there = store.open()?.write(|tx| {
        let there = tx.revoke_token(id, now)?;
        if there {
            tx.audit(&audit(now, "agent.token.revoke", id))?;
        }
        Ok::<_, StoreError>(there)
    })?;
    match there {
        true => Ok(()),
        false => {
            Err(Failure::data(format!("there is no token {id}; `cti-bridge agent token list` names them")))
        }
    }
}
