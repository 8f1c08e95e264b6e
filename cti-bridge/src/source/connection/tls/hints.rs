//! Refused certificates of PBXs, explained: what is wrong, and how to come by one that is accepted.

use std::sync::Arc;

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::pinned::{Fingerprint, explained};

/// Checks as usual; a refusal says what to do.
#[derive(Debug)]
pub(super) struct Explaining(pub(super) Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let checked = self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        checked.map_err(|error| {
            let host = server_name.to_str();
            let (what, found) = (what(&error, &host), Fingerprint::of(end_entity));
            explained(format!(
                "{what}. Make a certificate with `openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout key.pem -out \
                 cert.pem -subj /CN={host} -addext subjectAltName={kind}:{host} -addext basicConstraints=critical,CA:FALSE`, \
                 use it in manager.conf and name cert.pem as tls_ca; or trust exactly the one that was sent with \
                 tls_fingerprint = \"{found}\", after comparing it with `openssl x509 -noout -fingerprint -sha256 -in \
                 cert.pem` on the PBX",
                kind = if matches!(server_name, ServerName::IpAddress(_)) { "IP" } else { "DNS" },
            ))
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// What is wrong with a certificate.
fn what(error: &Error, host: &str) -> String {
    let text = error.to_string();
    match error {
        // Another authority of the same name is unknown too.
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            "nobody whom the bridge trusts signed the PBX's certificate".to_owned()
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!("the PBX's certificate does not name {host} in its subjectAltName"),
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "the PBX's certificate has expired".to_owned()
        }
        _ if text.contains("UnsupportedCertVersion") => {
            "the PBX's certificate is of version 1, as Asterisk's ast_tls_cert makes them".to_owned()
        }
        _ if text.contains("CaUsedAsEndEntity") => {
            "the PBX's certificate is an authority's, used as the PBX's own".to_owned()
        }
        _ => format!("the PBX's certificate is refused: {text}"),
    }
}
