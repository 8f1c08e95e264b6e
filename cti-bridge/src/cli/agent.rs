//! `agent add`, `agent list`, `agent revoke`.

use clap::{Args, Subcommand, ValueEnum};
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
        AgentCommand::Add { store, code, name, extension, role } => {
            let agent = NewAgent {
                agent_code: code.clone(),
                agent_name: name.clone(),
                extension: extension.clone(),
                role: role.word().to_owned(),
                token_expires_at: None,
            };
            say(&add(&store.open()?, &agent)?)
        }
        AgentCommand::List { store, format } => list(store, *format),
        AgentCommand::Revoke { store, code } => revoke(store, code),
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

fn audit(at: chrono::DateTime<chrono::Utc>, action: &str, code: &str) -> AuditEntry {
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
