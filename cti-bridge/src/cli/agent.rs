//! `agent add`, `agent list`, `agent revoke`, `agent phone …`, `agent token …`, `agent password`.

mod password;
mod phone;
mod token;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args, Subcommand, ValueEnum};
use cli_kit::{ActorArg, BadValue, bad_value, one_line};
use shared::agent::AgentRole;
use shared::clock::japan_midnight;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::Label;
use shared::store::{Agent, AuditAction, AuditEntry, NewAgent, Store, StoreError, Transaction};
use shared::{Clock, SystemClock};

use super::output::{Column, Terminal, japan_minute, say, say_json, table, text};
use super::{Format, StoreArgs};

#[derive(Debug, Args)]
pub(crate) struct AgentArgs {
    #[command(flatten)]
    actor: ActorArg,
    #[command(subcommand)]
    command: AgentCommand,
}

#[derive(Debug, Subcommand)]
enum AgentCommand {
    /// Add an agent, or give an existing one another token; prints only the token.
    Add {
        #[command(flatten)]
        store: StoreArgs,
        /// Unique agent code, such as A201.
        #[arg(long, value_parser = short_text)]
        code: String,
        /// Name that screens show.
        #[arg(long, value_parser = short_text)]
        name: String,
        /// Extension of the agent's phone (SYSTEM/EXTENSION on another than the first telephone system); without one no
        /// calls pop up.
        #[arg(long, value_parser = short_text)]
        extension: Option<String>,
        /// What the agent may do.
        #[arg(long, value_enum, default_value_t = Role::Agent)]
        role: Role,
        #[command(flatten)]
        expiry: Expiry,
    },
    /// List all agents.
    List {
        #[command(flatten)]
        store: StoreArgs,
        /// Output format.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Revoke an agent and all of the agent's tokens.
    Revoke {
        #[command(flatten)]
        store: StoreArgs,
        /// The agent's code.
        #[arg(long)]
        code: String,
    },
    /// Add, list and remove further phones.
    #[command(subcommand)]
    Phone(phone::PhoneCommand),
    /// Add, list and revoke single tokens.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Set or remove an agent's password; it is read from the terminal or from stdin.
    Password(password::PasswordArgs),
}

/// When a token expires.
#[derive(Debug, Args)]
struct Expiry {
    /// Time until the token expires, such as 90d or 12h.
    #[arg(long, value_name = "TIME", value_parser = period, conflicts_with = "expires")]
    expires_in: Option<TimeDelta>,
    /// Last day on which the token is valid (Asia/Tokyo), such as 2027-01-31.
    #[arg(long, value_name = "DATE")]
    expires: Option<NaiveDate>,
}

impl Expiry {
    fn at(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Failure> {
        let end = match (self.expires_in, self.expires) {
            (Some(period), _) => now.checked_add_signed(period),
            (None, Some(day)) => day.succ_opt().map(japan_midnight),
            (None, None) => return Ok(None),
        };
        match end {
            Some(end) if end > now => Ok(Some(end)),
            _ => Err(Failure::usage(message!(
                "有効期限が過ぎているか、遠すぎます。--expires または --expires-in に今より後の期限を指定してください",
                "the expiry is in the past or too far away; name a later one",
            ))),
        }
    }
}

/// `90d` or `12h`.
fn period(text: &str) -> Result<TimeDelta, BadValue> {
    let wrong = || {
        bad_value(message!(
            "90d(90日)や 12h(12時間)のように、整数と d または h で指定してください",
            "write a whole number of days or hours, such as 90d or 12h",
        ))
    };
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let period = match unit {
        'd' => TimeDelta::try_days(number),
        'h' => TimeDelta::try_hours(number),
        _ => None,
    };
    period.filter(|period| *period > TimeDelta::zero()).ok_or_else(wrong)
}

/// What an agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Answers calls.
    Agent,
    /// Leads agents.
    Supervisor,
    /// Runs the system.
    Admin,
    /// Is another program.
    Integration,
}

impl From<Role> for AgentRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Agent => Self::Agent,
            Role::Supervisor => Self::Supervisor,
            Role::Admin => Self::Admin,
            Role::Integration => Self::Integration,
        }
    }
}

impl Role {
    const fn label(self) -> Label {
        match self {
            Self::Agent => Label::new("オペレーター", "Agent"),
            Self::Supervisor => Label::new("管理者", "Supervisor"),
            Self::Admin => Label::new("システム管理者", "Administrator"),
            Self::Integration => Label::new("外部システム連携", "Integration"),
        }
    }
}

/// A role as people read it.
fn role_label(role: AgentRole, lang: Lang) -> &'static str {
    let shown = Role::value_variants().iter().find(|shown| AgentRole::from(**shown) == role);
    shown.map_or(role.as_str(), |shown| shown.label().text(lang))
}

/// One line of visible text that fits a screen.
fn short_text(text: &str) -> Result<String, BadValue> {
    one_line(text, 1..=64)
}

pub(super) fn run(args: &AgentArgs, lang: Lang) -> Result<(), Failure> {
    let actor = args.actor.name();
    match &args.command {
        AgentCommand::Add { store, code, name, extension, role, expiry } => {
            let agent = NewAgent {
                agent_code: code.clone(),
                agent_name: name.clone(),
                extension: extension.clone(),
                role: (*role).into(),
                token_expires_at: expiry.at(SystemClock.now())?,
            };
            say(&add(&store.open_for(&actor)?, &agent)?)
        }
        AgentCommand::List { store, format } => list(store, *format, lang),
        AgentCommand::Revoke { store, code } => revoke(&store.open_for(&actor)?, code),
        AgentCommand::Phone(command) => phone::run(command, &actor, lang),
        AgentCommand::Token(command) => token::run(command, &actor, lang),
        AgentCommand::Password(args) => password::run(args, &actor, lang),
    }
}

/// Adds the agent with an entry in the audit log, in one transaction; returns the token.
pub(crate) fn add(store: &Store, agent: &NewAgent) -> Result<String, Failure> {
    let now = SystemClock.now();
    let token = store.write(|tx| {
        let token = tx.add_agent(agent, now)?;
        audit(tx, now, AuditAction::AgentAdd, &agent.agent_code)?;
        Ok::<_, StoreError>(token)
    })?;
    Ok(token)
}

fn audit(
    tx: &mut Transaction<'_>,
    at: DateTime<Utc>,
    action: AuditAction,
    code: &str,
) -> Result<(), StoreError> {
    let (actor, subject) = (tx.actor().to_owned(), Some(code.to_owned()));
    tx.audit(&AuditEntry { at, actor, action: action.into(), subject, detail: None })
}

const COLUMNS: [Column; 5] = [
    text("コード", "Code"),
    text("氏名", "Name"),
    text("内線", "Extension"),
    text("役割", "Role"),
    text("失効日時", "Revoked"),
];

fn list(store: &StoreArgs, format: Format, lang: Lang) -> Result<(), Failure> {
    let agents = store.open()?.reader()?.agents()?;
    match format {
        Format::Json => say_json(&agents),
        Format::Table => say(&table(&COLUMNS, &rows(&agents, lang), lang, Terminal::stdout())),
    }
}

fn rows(agents: &[Agent], lang: Lang) -> Vec<Vec<String>> {
    let row = |agent: &Agent| {
        vec![
            agent.agent_code.clone(),
            agent.agent_name.clone(),
            agent.extension.clone().unwrap_or_default(),
            role_label(agent.role, lang).to_owned(),
            agent.revoked_at.map(japan_minute).unwrap_or_default(),
        ]
    };
    agents.iter().map(row).collect()
}

fn revoke(store: &Store, code: &str) -> Result<(), Failure> {
    let now = SystemClock.now();
    let there = store.write(|tx| {
        let there = tx.revoke_agent(code, now)?;
        if there {
            audit(tx, now, AuditAction::AgentRevoke, code)?;
        }
        Ok::<_, StoreError>(there)
    })?;
    match there {
        true => Ok(()),
        false => Err(unknown_agent(code)),
    }
}

/// No agent has this code.
fn unknown_agent(code: &str) -> Failure {
    Failure::data(message!(
        "オペレーター「{code}」は登録されていません。cti-bridge agent list で確認してください",
        "there is no agent {code}; `cti-bridge agent list` lists them",
        code = code,
    ))
}
