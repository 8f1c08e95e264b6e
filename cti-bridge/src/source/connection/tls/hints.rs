//! Refused certificates of PBXs, explained: what is wrong, and how to come by one that is accepted.

use std::sync::Arc;

use shared::message;
use shared::message::Message;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::Refusal;
use super::pinned::Fingerprint;

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
            Refusal::error(message!(
                "{what}。`openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout key.pem -out cert.pem -subj /CN={host} \
                 -addext subjectAltName={kind}:{host} -addext basicConstraints=critical,CA:FALSE` で証明書を作り、manager.conf \
                 で使い、cert.pem を tls_ca に指定してください。または、PBX 上の `openssl x509 -noout -fingerprint -sha256 -in \
                 cert.pem` の値と比べたうえで tls_fingerprint = \"{found}\" とし、送られてきた証明書だけを信頼してください",
                "{what}. Make a certificate with `openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout key.pem -out \
                 cert.pem -subj /CN={host} -addext subjectAltName={kind}:{host} -addext basicConstraints=critical,CA:FALSE`, \
                 use it in manager.conf and name cert.pem as tls_ca; or trust exactly the one that was sent with \
                 tls_fingerprint = \"{found}\", after comparing it with `openssl x509 -noout -fingerprint -sha256 -in \
                 cert.pem` on the PBX",
                what = what,
                host = host,
                found = found,
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
fn what(error: &Error, host: &str) -> Message {
    let text = error.to_string();
    match error {
        // Another authority of the same name is unknown too.
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            message!(
                "PBX の証明書は、信頼できる認証局が署名したものではありません",
                "nobody whom the bridge trusts signed the PBX's certificate"
            )
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => message!(
            "PBX の証明書の subjectAltName に {host} がありません",
            "the PBX's certificate does not name {host} in its subjectAltName",
            host = host
        ),
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            message!("PBX の証明書は有効期限が切れています", "the PBX's certificate has expired")
        }
        _ if text.contains("UnsupportedCertVersion") => {
            message!(
                "PBX の証明書は、Asterisk の ast_tls_cert が作るバージョン1のものです",
                "the PBX's certificate is of version 1, as Asterisk's ast_tls_cert makes them"
            )
        }
        _ if text.contains("CaUsedAsEndEntity") => {
            message!(
                "PBX の証明書は認証局のもので、PBX 自身の証明書としては使えません",
                "the PBX's certificate is an authority's, used as the PBX's own"
            )
        }
        _ => message!(
            "PBX の証明書を信頼できません({text})",
            "the PBX's certificate is refused: {text}",
            text = text
        ),
    }
}
