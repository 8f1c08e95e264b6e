//! Calls: what a PBX reports ([`CallSignal`]), what it means to agents ([`CallChange`]), and the pure function from one to
//! the other ([`CallTracker`]).
//!
//! Nothing here does I/O, knows a wire format or reads a clock: a source translates, and the caller passes the time.
//! A call is a *set of channels* with one stable [`CallId`], because a PBX's own identities change when calls are joined
//! (ARCHITECTURE.md, "A call becomes a pop-up").
//!
//! What consumers may rely on, for each call and each extension: `Ringing` (or `Placed`, for an agent who calls out)
//! comes first, then at most one `Answered`, then at most one `Left`, then at most one `Dismissed`. `Ended` comes last, once per call, and ends
//! whatever is still shown. An agent who receives a running call (attended transfer, pick-up, a call found running) gets
//! `Ringing` directly followed by `Answered`.

mod caller;
mod change;
mod channel;
mod endings;
mod graph;
mod id;
mod introduce;
mod joined;
mod leg;
mod legs;
mod merge;
mod part;
mod progress;
mod reconcile;
mod signal;
mod tracked_call;
mod tracker;

pub use change::{CallChange, CallInfo, CallOutcome, Direction, DismissReason, EndedCall};
pub use channel::{BridgeId, Caller, ChannelId, ChannelState, DialResult, GoneCause, Party, Role};
pub use id::{CallId, CallIdError, CallIds};
pub use part::{CallPart, QueueVisit};
pub use signal::CallSignal;
pub use tracker::{CallTracker, TrackerLimits, TrackerSize};
