//! `agent add`, `agent list`, `agent revoke`, `agent token …`, `agent password`.

mod password;
mod token;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args, Subcommand, ValueEnum};
use shared::clock::japan_midnight;
use shared::store::{Agent, AuditEntry, NewAgent, StoreError};
use shared::{Clock, SystemClock};

use super::output::table;
use super::{Format, StoreArgs, say};
use crate::exit::Failure;

#[derive(Debug, Args)]
pub(crate) struct AgentArgs {
    #[command(subcommand)]
    command: AgentCommand,
}

#[derive(Debug, Subcommand)]
enum AgentCommand {
    /// Add an agent, or give one who is there a further token; prints the token, alone.
    Add {
        #[command(flatten)]
        store: StoreArgs,
        /// Unique code: A201.
        #[arg(long, value_parser = short_text)]
        code: String,
        /// Name for the screen.
        #[arg(long, value_parser = short_text)]
        name: String,
        /// The telephone's extension; without one no call pops up.
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
        /// How to print.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Revoke an agent and all the agent's tokens, at once.
    Revoke {
        #[command(flatten)]
        store: StoreArgs,
        /// The agent's code.
        #[arg(long)]
        code: String,
    },
    /// Give, list and revoke single tokens.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Set or take away the password that an agent signs in with; read from the terminal or from stdin.
    Password(password::PasswordArgs),
}

/// Until when a token counts.
#[derive(Debug, Args)]
struct Expiry {
    /// The token ends after so long: 90d, 12h.
    #[arg(long, value_name = "TIME", value_parser = period, conflicts_with = "expires")]
    expires_in: Option<TimeDelta>,
    /// The last day on which the token counts (Asia/Tokyo): 2027-01-31.
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
            _ => Err(Failure::usage("--expires is over already, or too far away; name a later day")),
        }
    }
}

/// `90d` or `12h`.
fn period(text: &str) -> Result<TimeDelta, String> {
    let wrong = || "a whole number of days or hours, such as 90d or 12h".to_owned();
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
    /// Takes calls.
    Agent,
    /// Leads agents.
    Supervisor,
    /// Runs the system.
    Admin,
    /// Another program.
    Integration,
}

impl Role {
    const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
            Self::Integration => "integration",
        }
    }
}

/// Something to see, on one line, of a length that fits a screen.
fn short_text(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err("must not be empty".to_owned()),
        1..=64 if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err("must be at most 64 characters without control characters".to_owned()),
    }
}

pub(super) fn run(args: &AgentArgs) -> Result<(), Failure> {
    match &args.command {
        AgentCommand::Add { store, code, name, extension, role, expiry } => {
            let agent = NewAgent {
                agent_code: code.clone(),
                agent_name: name.clone(),
                extension: extension.clone(),
                role: role.word().to_owned(),
                token_expires_at: expiry.at(SystemClock.now())?,
            };
            say(&add(&store.open()?, &agent)?)
        }
        AgentCommand::List { store, format } => list(store, *format),
        AgentCommand::Revoke { store, code } => revoke(store, code),
        AgentCommand::Token(command) => token::run(command),
        AgentCommand::Password(args) => password::run(args),
    }
}

/// Adds the agent and writes it into the audit trail, in one transaction; gives the token.
pub(crate) fn add(store: &shared::store::Store, agent: &NewAgent) -> Result<String, Failure> {
    let now = SystemClock.now();
    let token = store.write(|tx| {
        let token = tx.add_agent(agent, now)?;
        tx.audit(&audit(now, "agent.add", &agent.agent_code))?;
        Ok::<_, StoreError>(token)
    })?;
    Ok(token)
}

fn audit(at: DateTime<Utc>, action: &str, code: &str) -> AuditEntry {
    AuditEntry {
        at,
        actor: "command line".to_owned(),
        action: action.to_owned(),
        subject: Some(code.to_owned()),
        detail: None,
    }
}

fn list(store: &StoreArgs, format: Format) -> Result<(), Failure> {
    let agents = store.open()?.reader()?.agents()?;
    match format {
        Format::Json => say(&serde_json::to_string(&agents).map_err(|e| Failure::software(e.to_string()))?),
        Format::Table => say(&table(&["CODE", "NAME", "EXTENSION", "ROLE", "REVOKED"], &rows(&agents))),
    }
}

fn rows(agents: &[Agent]) -> Vec<Vec<String>> {
    let row = |agent: &Agent| {
        vec![
            agent.agent_code.clone(),
            agent.agent_name.clone(),
            agent.extension.clone().unwrap_or_default(),
            agent.role.clone(),
            agent.revoked_at.map(crate::agent::protocol::stamp).unwrap_or_default(),
        ]
    };
    agents.iter().map(row).collect()
}

fn revoke(store: &StoreArgs, code: &str) -> Result<(), Failure> {
    let now = SystemClock.now();
    let there = store.open()?.write(|tx| {
        let there = tx.revoke_agent(code, now)?;
        if there {
            tx.audit(&audit(now, "agent.revoke", code))?;
        }
        Ok::<_, StoreError>(there)
    })?;
    match there {
        true => Ok(()),
        false => Err(Failure::data(format!("there is no agent {code}; `cti-bridge agent list` names them"))),
    }
}
