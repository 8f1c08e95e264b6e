//! Exit codes (`docs/exit-codes.md`) and how an error finds its own.

use std::process::ExitCode;

use shared::export::ExportError;
use shared::import::ImportError;
use shared::store::StoreError;

use crate::mirror::MirrorError;
use crate::warehouse::WarehouseError;

/// Everything was done.
pub const OK: u8 = 0;
/// Rows were refused and the rest is in.
pub const ROWS_REFUSED: u8 = 3;
/// A schedule has nothing to do now.
pub const NOTHING_DUE: u8 = 4;
/// A scheduled run was done, and there is something to look at.
pub const WARNED: u8 = 5;
/// What would be done is not what anybody has agreed to; nothing was written.
pub const REFUSED: u8 = 6;
/// The command line is wrong.
pub const USAGE: u8 = 64;
/// The input, or what is kept, does not read as what it should be.
pub const DATA: u8 = 65;
/// A store, a mirror or a file that is named is not there.
pub const NO_INPUT: u8 = 66;
/// Something that is needed is not available.
pub const UNAVAILABLE: u8 = 69;
/// A defect of this program or of its engine.
pub const SOFTWARE: u8 = 70;
/// The output exists already or cannot be made.
pub const CANNOT_CREATE: u8 = 73;
/// The disk or the network failed.
pub const IO: u8 = 74;
/// Another program holds the store or the mirror; try again later.
pub const LOCKED: u8 = 75;
/// Something may not be read.
pub const NOT_PERMITTED: u8 = 77;
/// A settings file is wrong.
pub const CONFIG: u8 = 78;

/// A failure whose exit code its place of origin knows.
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

/// The exit code of an error: that of the first cause which has one.
pub fn code_of(error: &anyhow::Error) -> u8 {
    error.chain().find_map(code_of_cause).unwrap_or(SOFTWARE)
}

/// The exit code of an error as the process's result.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    ExitCode::from(code_of(error))
}

/// Whether the reader of our output went away, which is no failure.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

fn code_of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<u8> {
    if let Some(failure) = cause.downcast_ref::<Failure>() {
        return Some(failure.code);
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
    if let Some(import) = cause.downcast_ref::<ImportError>() {
        return Some(match import {
            ImportError::Unreadable { denied: true, .. } => NOT_PERMITTED,
            ImportError::Unreadable { .. } | ImportError::EmptyFolder(_) => NO_INPUT,
            ImportError::Temporary(_) => IO,
            ImportError::Snapshot { .. } => DATA,
            ImportError::Changed(_) => LOCKED,
            ImportError::Store(store) => code_of_store(store),
        });
    }
    if let Some(export) = cause.downcast_ref::<ExportError>() {
        return Some(match export {
            ExportError::Store(store) => code_of_store(store),
            ExportError::Unwritable { failed: true, .. } => IO,
            ExportError::Unwritable { .. } => CANNOT_CREATE,
            ExportError::Unmappable { .. } => DATA,
            ExportError::OtherDataset { .. } => USAGE,
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
