//! `cti-bridge`: puts the caller's profile and history on the screen of the agent whose phone rings.
//!
//! This file is a code map only. A call becomes a pop-up on this way:
//! bytes → `AmiMessage` → `CallSignal` → `CallChange` → `Profile` → pop-up → the ringing agent's sockets.

// The telephone's side.
pub mod call; // signals, changes, the pure tracker
pub mod simulator; // a telephone system that plays scripts
pub mod source; // connections to telephone systems

// The middle.
pub mod bridge; // the loop: every event that can wake it, then a synchronous apply
pub mod lookup; // threads that read the store
pub mod popup; // who has a number, and everything an agent should know of them

// The agents' side.
pub mod agent; // streams, sockets, frames
mod web; // routes: page, /ws, /v1, /healthz, /metrics

// Who may, and who did.
pub mod audit; // the audit trail's writer
pub mod limit; // how often somebody may try or ask
pub mod oidc; // single sign-on
mod password; // argon2

// The program.
pub mod cli; // commands and flags
pub mod config; // settings and limits
pub mod demo; // a company day in a few minutes
pub mod exit; // exit codes
mod files; // text files of settings
pub mod lifecycle; // signals and the two-step stop
pub mod metrics; // what is counted and measured
pub mod server; // everything put together
pub mod telemetry; // logs
pub mod tls; // the listener's certificate
