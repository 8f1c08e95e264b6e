//! How an error of this program becomes the failure that ends it (`docs/exit-codes.md`).

use shared::exit;
use shared::message;
use shared::message::Explain;
use shared::store::StoreError;

pub use shared::exit::{
    CANNOT_CREATE, CONFIG, DATA, IO, LOCKED, NO_INPUT, NOTHING_DUE, OK, REFUSED, SOFTWARE, USAGE, WARNED,
};

use crate::mirror::MirrorError;
use crate::warehouse::WarehouseError;

impl From<MirrorError> for exit::Failure {
    fn from(error: MirrorError) -> Self {
        let code = match error {
            MirrorError::Store(error) => return error.into(),
            MirrorError::Missing(_) => NO_INPUT,
            MirrorError::Unreadable { .. } | MirrorError::Outdated(_) | MirrorError::Value { .. } => DATA,
            MirrorError::Locked(_) => LOCKED,
            MirrorError::Io { .. } => IO,
            MirrorError::Engine(_) | MirrorError::Mismatch { .. } => SOFTWARE,
        };
        Self::new(code, error.message())
    }
}

impl From<WarehouseError> for exit::Failure {
    fn from(error: WarehouseError) -> Self {
        match error {
            WarehouseError::Mirror(error) => error.into(),
            WarehouseError::Engine(_) | WarehouseError::Shape(_) => Self::software(error.message()),
        }
    }
}

/// A failure of the rank update and the schedule, whose sentences are English yet.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// Place, cause and cure, in one line.
    pub message: String,
}

impl Failure {
    /// A failure with its code, ready for `?`.
    pub fn error(code: u8, message: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Self { code, message: message.into() })
    }
}

/// The failure that an error of the rank update or the schedule is.
pub fn failure_of(error: anyhow::Error) -> exit::Failure {
    let code = code_of(&error);
    let known = error
        .downcast::<exit::Failure>()
        .or_else(|error| error.downcast::<StoreError>().map(Into::into))
        .or_else(|error| error.downcast::<MirrorError>().map(Into::into))
        .or_else(|error| error.downcast::<WarehouseError>().map(Into::into));
    known.unwrap_or_else(|error| {
        let text = format!("{error:#}");
        exit::Failure::new(code, message!("{text}", "{text}", text = text))
    })
}

/// The exit code of an error: that of the first cause which has one.
pub fn code_of(error: &anyhow::Error) -> u8 {
    error.chain().find_map(code_of_cause).unwrap_or(SOFTWARE)
}

fn code_of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<u8> {
    if let Some(failure) = cause.downcast_ref::<Failure>() {
        return Some(failure.code);
    }
    if let Some(failure) = cause.downcast_ref::<exit::Failure>() {
        return Some(failure.code());
    }
    if let Some(store) = cause.downcast_ref::<StoreError>() {
        return Some(code_of_store(store));
    }
    if let Some(mirror) = cause.downcast_ref::<MirrorError>() {
        return Some(code_of_mirror(mirror));
    }
    if let Some(warehouse) = cause.downcast_ref::<WarehouseError>() {
        return Some(match warehouse {
            WarehouseError::Mirror(mirror) => code_of_mirror(mirror),
            WarehouseError::Engine(_) | WarehouseError::Shape(_) => SOFTWARE,
        });
    }
    cause.downcast_ref::<std::io::Error>().map(|io| match io.kind() {
        std::io::ErrorKind::NotFound => NO_INPUT,
        _ => IO,
    })
}

fn code_of_store(error: &StoreError) -> u8 {
    match error {
        StoreError::Missing(_) => NO_INPUT,
        StoreError::Exists(_) => CANNOT_CREATE,
        StoreError::NotAStore { .. }
        | StoreError::Newer { .. }
        | StoreError::Conflict(_)
        | StoreError::Corrupt(_) => DATA,
        StoreError::Busy { .. } => LOCKED,
        StoreError::Unusable { .. } => IO,
        StoreError::Database(_) => SOFTWARE,
    }
}

fn code_of_mirror(error: &MirrorError) -> u8 {
    match error {
        MirrorError::Missing(_) => NO_INPUT,
        MirrorError::Unreadable { .. } | MirrorError::Outdated(_) | MirrorError::Value { .. } => DATA,
        MirrorError::Locked(_) => LOCKED,
        MirrorError::Store(store) => code_of_store(store),
        MirrorError::Io { .. } => IO,
        MirrorError::Engine(_) | MirrorError::Mismatch { .. } => SOFTWARE,
    }
}
