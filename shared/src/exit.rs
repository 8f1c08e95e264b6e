//! The exit of a program: the one table of exit codes (`docs/exit-codes.md`) and the failure that carries one.

use std::io::ErrorKind;
use std::path::Path;

use crate::audit_log::AuditLogError;
use crate::export::ExportError;
use crate::import::ImportError;
use crate::label::Lang;
use crate::message;
use crate::message::{Explain, Label, Message};
use crate::settings_reader::Mistake;
use crate::store::StoreError;

/// Everything was done.
pub const OK: u8 = 0;
/// Rows were refused and the rest is in.
pub const ROWS_REFUSED: u8 = 3;
/// A schedule has nothing to do now.
pub const NOTHING_DUE: u8 = 4;
/// A scheduled run was done, and there is something to look at.
pub const WARNED: u8 = 5;
/// What would be done is more than anybody agreed to; nothing was written.
pub const REFUSED: u8 = 6;

/// Why a command could not do its work: an exit code, and a sentence with place, cause and cure; of settings a sentence
/// for each mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct Failure {
    code: u8,
    message: Message,
    further: Vec<Message>,
}

/// Declares the code and its constructor, in one place each.
macro_rules! codes {
    ($($(#[$doc:meta])* $constant:ident $name:ident = $code:literal;)+) => {
        $($(#[$doc])* pub const $constant: u8 = $code;)+

        impl Failure {
            $($(#[$doc])* #[must_use] pub fn $name(message: Message) -> Self { Self::new($constant, message) })+
        }
    };
}

codes! {
    /// The command line is wrong.
    USAGE usage = 64;
    /// The input, or what is kept, does not read as what it should be.
    DATA data = 65;
    /// A store, a mirror or a file that is named is not there.
    NO_INPUT no_input = 66;
    /// Something that is needed is not available: a port is taken, a service does not answer.
    UNAVAILABLE unavailable = 69;
    /// A defect of the program or of its engine.
    SOFTWARE software = 70;
    /// The output exists already or cannot be made.
    CANNOT_CREATE cannot_create = 73;
    /// The disk or the network failed.
    IO io = 74;
    /// Another program holds the store or the mirror; try again later.
    LOCKED locked = 75;
    /// Something may not be read or done.
    NO_PERMISSION no_permission = 77;
    /// The settings are wrong, including the PBX's secret.
    CONFIG config = 78;
}

impl Failure {
    /// A failure with one of the codes above.
    #[must_use]
    pub fn new(code: u8, message: Message) -> Self {
        Self { code, message, further: Vec::new() }
    }

    /// A file with mistakes; each is a line of its own.
    #[must_use]
    pub fn mistakes(code: u8, file: &Path, mistakes: &[Mistake]) -> Self {
        let file = file.display();
        let line = |mistake: &Mistake| {
            message!("{file}: {what}", "{file}: {what}", file = file, what = mistake.located())
        };
        let mut lines = mistakes.iter().map(line);
        let message = lines.next().unwrap_or_else(|| {
            message!("{file}: 設定として読み取れません", "{file}: it does not read as settings", file = file)
        });
        Self { code, message, further: lines.collect() }
    }

    /// The sentences, each for a line of its own.
    pub fn lines(&self) -> impl Iterator<Item = &Message> {
        std::iter::once(&self.message).chain(&self.further)
    }

    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl Explain for Failure {
    fn message(&self) -> Message {
        Message::join(self.lines(), Label::new("\n", "\n"))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Missing(_) => NO_INPUT,
            StoreError::Exists(_) => CANNOT_CREATE,
            StoreError::NotAStore { .. }
            | StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::StrayLog { .. }
            | StoreError::Conflict(_)
            | StoreError::MadeHere(_)
            | StoreError::Forbidden(_)
            | StoreError::Corrupt(_) => DATA,
            StoreError::Moved { .. } => UNAVAILABLE,
            StoreError::Busy { .. } | StoreError::Served(_) | StoreError::InUse(_) => LOCKED,
            StoreError::Unusable { .. } => IO,
            StoreError::Database(_) => SOFTWARE,
        };
        Self::new(code, error.message())
    }
}

impl From<AuditLogError> for Failure {
    fn from(error: AuditLogError) -> Self {
        let code = match error {
            AuditLogError::Store(error) => return error.into(),
            AuditLogError::Unusable { ref source, .. } if source.kind() == ErrorKind::PermissionDenied => {
                NO_PERMISSION
            }
            AuditLogError::Unusable { .. } => IO,
        };
        Self::new(code, error.message())
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let code = match error {
            ImportError::Store(error) => return error.into(),
            ImportError::Unreadable { denied: true, .. } => NO_PERMISSION,
            ImportError::Unreadable { .. } | ImportError::EmptyFolder(_) => NO_INPUT,
            ImportError::Temporary(_) => IO,
            ImportError::Snapshot { .. } => DATA,
            ImportError::Changed(_) => LOCKED,
        };
        Self::new(code, error.message())
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        let code = match error {
            ExportError::Store(error) => return error.into(),
            ExportError::Unwritable { failed: true, .. } => IO,
            ExportError::Unwritable { .. } => CANNOT_CREATE,
            ExportError::Unmappable { .. } => DATA,
            ExportError::OtherDataset { .. } => USAGE,
        };
        Self::new(code, error.message())
    }
}
