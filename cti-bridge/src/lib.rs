//! `cti-bridge`: puts the caller's profile and history on the screen of the agent whose phone rings.
//!
//! This file is a code map. A call becomes a pop-up in these steps:
//! bytes → `AmiMessage` → `CallSignal` → `CallChange` → `Profile` → pop-up → the ringing agent's sockets.

// PBXs and their calls.
pub mod call; // signals, changes, the pure tracker
pub mod simulator; // a PBX that plays scripts
pub mod source; // connections to PBXs

// The middle.
pub mod bridge; // the loop: an input at a time, applied without waiting
pub mod lookup; // threads that read the store
pub mod popup; // who has a number, and what an agent should know about them

// Agents.
pub mod agent; // a session for each socket, an operation for each request
mod app; // the state that sessions and routes share
mod client; // a client's connection: write time-out, unambiguous heads
pub mod hub; // a stream of pushes for each agent
pub mod permission; // roles and what they may do
pub mod protocol; // frames: limits, fields, refusals
mod web; // routes: page, /ws, /v1, /healthz, /metrics

// Other systems.
pub mod events_out; // which events of calls they are told, and how those are signed
mod outgoing; // requests over HTTP

// Security (docs/security.md).
pub mod audit; // writes the audit log
pub mod oidc; // single sign-on
mod password; // argon2
pub mod throttle; // rate limits of sign-ins and requests
pub mod tls; // the listener's certificate

// The program.
pub mod cli; // commands and flags
pub mod config; // settings and limits
mod files; // text files named in settings or flags
pub mod lifecycle; // signals and the two-step stop
pub mod metrics; // what is counted and measured
pub mod server; // puts everything together
pub mod telemetry; // logs
