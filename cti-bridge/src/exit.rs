//! How the program ends: exit codes of sysexits(3), one line that names cause and cure (`docs/exit-codes.md`).

use std::process::ExitCode;

use shared::label::Lang;
use shared::message;
use shared::message::Explain as _;
use shared::store::StoreError;

use crate::source::SourceError;

/// Why a command could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    code: u8,
    message: String,
}

/// Declares a constructor for each exit code.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        impl Failure {
            $($(#[$doc])* #[must_use] pub fn $name(message: impl Into<String>) -> Self {
                Self { code: $code, message: message.into() }
            })+
        }
    };
}

codes! {
    /// 64: the command line is wrong.
    usage = 64,
    /// 65: what was given is not what it should be.
    data = 65,
    /// 66: an input is missing.
    no_input = 66,
    /// 69: a service that is needed is not there, or a port is taken.
    unavailable = 69,
    /// 70: our fault.
    software = 70,
    /// 73: an output cannot be made.
    cannot_create = 73,
    /// 74: reading or writing failed.
    io = 74,
    /// 75: try again later.
    temporary = 75,
    /// 77: not allowed.
    no_permission = 77,
    /// 78: the settings are wrong, the telephone system's secret included.
    config = 78,
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }

    /// The exit code as `main` gives it.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        // A store's message may quote a system's; one line is promised.
        let message = error.to_string().replace('\n', " ");
        match error {
            StoreError::Missing(_) => Self::no_input(message),
            StoreError::Exists(_) => Self::cannot_create(message),
            StoreError::NotAStore { .. }
            | StoreError::Newer { .. }
            | StoreError::Conflict(_)
            | StoreError::Corrupt(_) => Self::data(message),
            StoreError::Busy { .. } => Self::temporary(message),
            StoreError::Unusable { .. } | StoreError::Database(_) => Self::io(message),
        }
    }
}

impl From<shared::exit::Failure> for Failure {
    fn from(failure: shared::exit::Failure) -> Self {
        Self { code: failure.code(), message: failure.message().text(Lang::En).replace('\n', " ") }
    }
}

impl From<Failure> for shared::exit::Failure {
    fn from(failure: Failure) -> Self {
        Self::new(failure.code, message!("{text}", "{text}", text = failure.message))
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::config(error.to_string().replace('\n', " "))
    }
}
