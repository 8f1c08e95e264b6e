//! TLS of the listener: the certificate and its key, which can be reloaded without a restart.

pub(crate) mod stream;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;
use shared::message::{Label, Message};
use shared::settings_reader::{Table, Value};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error as TlsError, ServerConfig};

/// The largest certificate or key file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
const CERTIFICATE: Label = Label::new("証明書", "certificate");
const PRIVATE_KEY: Label = Label::new("秘密鍵", "private key");

/// Where the certificate and its key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// The certificate and the intermediate ones up to the authority's, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM without a password.
    pub key: PathBuf,
}

impl TlsConfig {
    /// Reads `[tls]`; `None` where a mistake was noted.
    pub(crate) fn read(table: &Table<'_>) -> Option<Self> {
        table.fields(|fields| {
            let certificate = fields.needed("certificate", Value::file);
            let key = fields.needed("key", Value::file);
            Some(Self { certificate: certificate?, key: key? })
        })
    }
}

/// The listener's TLS. A handshake uses the certificate that was loaded last.
#[derive(Debug)]
pub struct ServerTls {
    files: TlsConfig,
    current: RwLock<Arc<ServerConfig>>,
}

impl ServerTls {
    /// Loads both files.
    ///
    /// # Errors
    /// 78: a file is missing or not PEM, or the key does not belong to the certificate.
    pub fn load(files: TlsConfig) -> Result<Self, Failure> {
        let current = RwLock::new(Arc::new(server_config(&files)?));
        Ok(Self { files, current })
    }

    /// Loads both files again. When that fails, the old certificate stays.
    ///
    /// # Errors
    /// As [`ServerTls::load`].
    pub fn reload(&self) -> Result<(), Failure> {
        let new = Arc::new(server_config(&self.files)?);
        // Nothing can panic while the lock is held.
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// For the next handshake.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// The cryptography of the whole program.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn server_config(files: &TlsConfig) -> Result<ServerConfig, Failure> {
    let chain = certificates(&files.certificate)?;
    let key = private_key(&files.key)?;
    let (certificate, key_file) = (files.certificate.display(), files.key.display());
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| Failure::config(mismatch(&error, &certificate, &key_file)))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn mismatch(error: &TlsError, certificate: &dyn Display, key: &dyn Display) -> Message {
    match error {
        TlsError::InconsistentKeys(_) => message!(
            "{key} は証明書 {certificate} の秘密鍵ではありません。対になる2つのファイルを指定してください",
            "{key} is not the key of the certificate in {certificate}; name the two files of one pair",
            key = key,
            certificate = certificate,
        ),
        other => message!(
            "証明書 {certificate} と秘密鍵 {key} は使用できません({other})。証明書を発行し直してください",
            "{certificate} and {key} cannot be used ({other}); have the certificate reissued",
            certificate = certificate,
            key = key,
            other = other,
        ),
    }
}

/// TLS itself cannot be set up.
#[expect(clippy::needless_pass_by_value, reason = "what map_err gives")]
pub(crate) fn unusable(error: TlsError) -> Failure {
    Failure::software(message!(
        "TLS を準備できません({error})",
        "TLS cannot be set up: {error}",
        error = error
    ))
}

/// All certificates of a file, at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem = read(path, CERTIFICATE)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err(not_pem(path, CERTIFICATE, message!("ありません", "it has none"))),
        Err(error) => Err(not_pem(path, CERTIFICATE, message!("{error}", "{error}", error = error))),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    let pem = read(path, PRIVATE_KEY)?;
    warn_if_open(path);
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| match error {
        PemError::NoItemsFound => {
            let why = message!(
                "ないか、パスワード付きのため使用できません",
                "it has none, or one with a password, which cannot be used",
            );
            not_pem(path, PRIVATE_KEY, why)
        }
        other => not_pem(path, PRIVATE_KEY, message!("{other}", "{other}", other = other)),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is made for this message")]
fn not_pem(path: &Path, what: Label, why: Message) -> Failure {
    Failure::config(message!(
        "{path} に{what}がありません({why})。-----BEGIN {begin}----- で始まる PEM ファイルを指定してください",
        "{path} holds no {what} ({why}); name a PEM file that begins with -----BEGIN {begin}-----",
        path = path.display(),
        what = what,
        why = why,
        begin = what.en.to_uppercase(),
    ))
}

fn read(path: &Path, what: Label) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::config(message!(
            "{what} {path} を読み取れません({error})。[tls] の設定とファイルの権限を確認してください",
            "the {what} {path} cannot be read ({error}); check [tls] and the file's permissions",
            what = what,
            path = path.display(),
            error = error.cause(),
        ))
    };
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(Failure::config(message!(
            "{what} {path} が {max} バイトを超えています。指定したファイルを確認してください",
            "the {what} {path} is larger than {max} bytes; is it the right file?",
            what = what,
            path = path.display(),
            max = FILE_BYTES_MAX,
        )));
    }
    std::fs::read(path).map_err(failed)
}

/// Warns of a key that every user of the machine can read. It is not refused: it may be one of a test.
fn warn_if_open(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_or(0, |found| found.permissions().mode());
    if mode & 0o007 != 0 {
        tracing::warn!(file = %path.display(), "every user of this machine can read the private key; chmod o-rwx");
    }
}

#[cfg(test)]
mod tests;
