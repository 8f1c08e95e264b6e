//! TLS towards others: PBXs and sign-on services. Certificates are always checked, against the
//! system's authorities or those of a file.

mod hints;
mod pinned;
mod refusal;

use std::io;
use std::path::Path;
use std::sync::Arc;

use shared::exit::Failure;
use shared::message;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, Error as TlsError, RootCertStore};

use crate::tls::{certificates, provider, unusable};
use hints::Explaining;
use pinned::Pinned;

pub use pinned::Fingerprint;
pub(super) use refusal::Refusal;

/// Makes encrypted connections. Cheap to clone.
#[derive(Clone)]
pub struct Connector(TlsConnector);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl Connector {
    /// A connector that trusts the authorities of `ca` (a PEM file, for a PBX with a certificate of the
    /// company's own), or else the system's.
    ///
    /// # Errors
    /// 78: the file is missing or holds no certificate, or the system has no authorities.
    pub fn new(ca: Option<&Path>) -> Result<Self, Failure> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_root_certificates(roots(ca)?)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// A connector to a PBX, which trusts the certificate with this fingerprint, or else the authorities of `ca` or of
    /// the system; refusals of those say what to do.
    ///
    /// # Errors
    /// As [`Connector::new`].
    pub fn to_pbx(ca: Option<&Path>, fingerprint: Option<Fingerprint>) -> Result<Self, Failure> {
        let provider = provider();
        let verifier: Arc<dyn ServerCertVerifier> = match fingerprint {
            Some(fingerprint) => {
                Arc::new(Pinned { fingerprint, algorithms: provider.signature_verification_algorithms })
            }
            None => {
                let roots = Arc::new(roots(ca)?);
                let usual = WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build();
                Arc::new(Explaining(usual.map_err(|error| unusable(TlsError::General(error.to_string())))?))
            }
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// Does the handshake over an open connection. `server_name` is the host name or address that the
    /// certificate must be for, without a port.
    ///
    /// # Errors
    /// The peer speaks no TLS, its certificate is not trusted or is another name's, or the connection broke.
    pub async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        server_name: &str,
    ) -> io::Result<TlsStream<S>> {
        let name = ServerName::try_from(server_name.trim_matches(['[', ']']).to_owned()).map_err(|e| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("{server_name} is no host name: {e}"))
        })?;
        self.0.connect(name, stream).await
    }
}

/// The authorities of a file, or else the system's.
fn roots(ca: Option<&Path>) -> Result<RootCertStore, Failure> {
    match ca {
        Some(path) => roots_of_file(path),
        None => roots_of_system(),
    }
}

fn roots_of_file(path: &Path) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|error| {
            Failure::config(message!(
                "{path} に認証局の証明書ではないものがあります({error})。認証局の PEM ファイルを指定してください",
                "{path} has a certificate that is not an authority's ({error}); name the authority's PEM file",
                path = path.display(),
                error = error,
            ))
        })?;
    }
    Ok(roots)
}

fn roots_of_system() -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    // Single certificates that cannot be read are usual on real systems; none at all is not.
    let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match added {
        0 => Err(Failure::config(message!(
            "この機器に認証局の証明書がありません。ca-certificates パッケージをインストールするか、PEM ファイルを指定してください",
            "the system has no certificate authorities; install its package ca-certificates, or name a PEM file",
        ))),
        _ => Ok(roots),
    }
}

#[cfg(test)]
mod tests;
