//! Why a certificate was refused, in both languages, on its way through the TLS library.

use std::sync::Arc;

use shared::label::Lang;
use shared::message::{Explain, Message};
use tokio_rustls::rustls::{CertificateError, Error, OtherError};

/// A refusal in words of our own.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.0.text(Lang::En))]
pub(in crate::source::connection) struct Refusal(Message);

impl Refusal {
    /// The same as an error of rustls.
    pub(super) fn error(why: Message) -> Error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(Self(why)))))
    }

    /// The refusal in an error of the library, if there is one.
    pub(in crate::source::connection) fn of(error: &Error) -> Option<&Self> {
        match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => inner.downcast_ref(),
            _ => None,
        }
    }
}

impl Explain for Refusal {
    fn message(&self) -> Message {
        self.0.clone()
    }
}
