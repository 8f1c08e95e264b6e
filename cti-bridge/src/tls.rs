//! TLS of the bridge's own listener: the certificate, its key, and both anew without a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use serde::Deserialize;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error as TlsError, ServerConfig};

use crate::exit::Failure;

/// The largest certificate or key file that is read. Bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Where the certificate and its key are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate and those between it and the authority's, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM without a password.
    pub key: PathBuf,
}

/// The listener's TLS. A handshake uses what was loaded last.
#[derive(Debug)]
pub struct ServerTls {
    files: TlsConfig,
    current: RwLock<Arc<ServerConfig>>,
}

impl ServerTls {
    /// Loads both files.
    ///
    /// # Errors
    /// 78: a file is missing, is not what it should be, or the key is another certificate's.
    pub fn load(files: TlsConfig) -> Result<Self, Failure> {
        let current = RwLock::new(Arc::new(server_config(&files)?));
        Ok(Self { files, current })
    }

    /// Loads both files again. When that fails, what was loaded before stays.
    ///
    /// # Errors
    /// As [`ServerTls::load`].
    pub fn reload(&self) -> Result<(), Failure> {
        let new = Arc::new(server_config(&self.files)?);
        // Nothing can panic while the lock is held.
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// What the next handshake uses.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// The one implementation of cryptography in the program.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn server_config(files: &TlsConfig) -> Result<ServerConfig, Failure> {
    let chain = certificates(&files.certificate)?;
    let key = private_key(&files.key)?;
    let (certificate, key_file) = (files.certificate.display(), files.key.display());
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| Failure::software(format!("TLS cannot be set up: {e}")))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| match e {
            TlsError::InconsistentKeys(_) => Failure::config(format!(
                "{key_file} is not the key of the certificate in {certificate}; name the two files of one pair"
            )),
            other => Failure::config(format!(
                "{certificate} and {key_file} cannot be used ({other}); have the certificate issued anew"
            )),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// All certificates of a file, at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem = read(path, "certificate")?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err(not_pem(path, "certificate", "it has none")),
        Err(error) => Err(not_pem(path, "certificate", &error.to_string())),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    let pem = read(path, "private key")?;
    warn_if_open(path);
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| match error {
        PemError::NoItemsFound => {
            not_pem(path, "private key", "it has none, or one behind a password, which cannot be used")
        }
        other => not_pem(path, "private key", &other.to_string()),
    })
}

fn not_pem(path: &Path, what: &str, reason: &str) -> Failure {
    Failure::config(format!(
        "{} holds no {what} ({reason}); name a PEM file that begins with -----BEGIN {}-----",
        path.display(),
        what.to_uppercase()
    ))
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let failed = |e: std::io::Error| {
        Failure::config(format!(
            "the {what} {shown} cannot be read ({e}); check [tls] and the file's permissions"
        ))
    };
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(Failure::config(format!(
            "the {what} {shown} is larger than {FILE_BYTES_MAX} bytes; is it the right file?"
        )));
    }
    std::fs::read(path).map_err(failed)
}

/// A key that others can read is no secret any more, but it is not for us to refuse it: it may be a test's.
fn warn_if_open(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_or(0, |found| found.permissions().mode());
    if mode & 0o007 != 0 {
        tracing::warn!(file = %path.display(), "everybody on this machine may read the private key; chmod o-rwx");
    }
}

#[cfg(test)]
mod tests;
