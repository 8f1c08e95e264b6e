//! `agent token add`, `agent token list`, `agent token revoke`.

use clap::Subcommand;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::Label;
use shared::store::{AuditAction, Store, StoreError, TokenInfo, TokenKind};
use shared::{Clock, SystemClock};

use super::{Expiry, audit};
use crate::cli::output::{Column, Terminal, japan_minute, say, say_json, table, text};
use crate::cli::{Format, StoreArgs};

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Give an agent another token; prints only the token.
    Add {
        #[command(flatten)]
        store: StoreArgs,
        /// The agent's code.
        #[arg(long)]
        code: String,
        #[command(flatten)]
        expiry: Expiry,
    },
    /// List tokens, including sessions. Tokens themselves are not kept; the list shows their ids.
    List {
        #[command(flatten)]
        store: StoreArgs,
        /// Only this agent's.
        #[arg(long)]
        code: Option<String>,
        /// Output format.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Revoke one token; its open sockets are closed.
    Revoke {
        #[command(flatten)]
        store: StoreArgs,
        /// The token's id, as in the list.
        #[arg(long)]
        id: String,
    },
}

const COLUMNS: [Column; 6] = [
    text("ID", "ID"),
    text("オペレーター", "Agent"),
    text("種類", "Kind"),
    text("発行日時", "Created"),
    text("有効期限", "Expires"),
    text("失効日時", "Revoked"),
];

pub(super) fn run(command: &TokenCommand, actor: &str, lang: Lang) -> Result<(), Failure> {
    match command {
        TokenCommand::Add { store, code, expiry } => {
            let now = SystemClock.now();
            let expires_at = expiry.at(now)?;
            let token = store.open_for(actor)?.write(|tx| {
                let token = tx.add_token(code, TokenKind::Token, expires_at, now)?;
                audit(tx, now, AuditAction::AgentTokenAdd, code)?;
                Ok::<_, StoreError>(token)
            })?;
            say(&token)
        }
        TokenCommand::List { store, code, format } => {
            let tokens = store.open()?.reader()?.tokens(code.as_deref())?;
            match format {
                Format::Json => say_json(&tokens),
                Format::Table => {
                    let rows: Vec<Vec<String>> = tokens.iter().map(|token| row(token, lang)).collect();
                    say(&table(&COLUMNS, &rows, lang, Terminal::stdout()))
                }
            }
        }
        TokenCommand::Revoke { store, id } => revoke(&store.open_for(actor)?, id),
    }
}

fn row(token: &TokenInfo, lang: Lang) -> Vec<String> {
    let kind = match token.kind {
        TokenKind::Token => Label::new("トークン", "Token"),
        TokenKind::Session => Label::new("サインイン中", "Session"),
    };
    vec![
        token.token_id.clone(),
        token.agent_code.clone(),
        kind.text(lang).to_owned(),
        japan_minute(token.created_at),
        token.expires_at.map(japan_minute).unwrap_or_default(),
        token.revoked_at.map(japan_minute).unwrap_or_default(),
    ]
}

fn revoke(store: &Store, id: &str) -> Result<(), Failure> {
    let now = SystemClock.now();
    let there = store.write(|tx| {
        let there = tx.revoke_token(id, now)?;
        if there {
            audit(tx, now, AuditAction::AgentTokenRevoke, id)?;
        }
        Ok::<_, StoreError>(there)
    })?;
    match there {
        true => Ok(()),
        false => Err(Failure::data(message!(
            "ID「{id}」のトークンはありません。cti-bridge agent token list で確認してください",
            "there is no token {id}; `cti-bridge agent token list` lists them",
            id = id,
        ))),
    }
}
