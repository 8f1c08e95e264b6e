//! Trust in exactly one certificate, known by its fingerprint: for PBXs whose certificate no authority signed, or is of
//! version 1, as Asterisk's own script makes them.

use sha2::{Digest, Sha256};
use shared::message;
use shared::text::hex;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::Refusal;

/// The SHA-256 of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Reads a fingerprint as `openssl x509 -fingerprint -sha256` prints it, with or without `sha256:` and colons.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.rsplit_once('=').map_or(text, |(_, digits)| digits).trim();
        let digits =
            text.get(..7).filter(|head| head.eq_ignore_ascii_case("sha256:")).map_or(text, |_| &text[7..]);
        let digits: Vec<u32> =
            digits.chars().filter(|c| *c != ':').map(|c| c.to_digit(16)).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => u8::try_from(high * 16 + low).ok(),
                _ => None,
            })
            .collect::<Option<_>>()?;
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate.as_ref()).into())
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sha256:{}", hex(&self.0))
    }
}

/// Accepts one certificate, whatever its names, dates, version and issuer.
#[derive(Debug)]
pub(super) struct Pinned {
    pub(super) fingerprint: Fingerprint,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let found = Fingerprint::of(end_entity);
        if found == self.fingerprint {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Refusal::error(message!(
            "証明書が tls_fingerprint のものと違います。送られてきた証明書: {found}",
            "the certificate is another one than tls_fingerprint says: {found}",
            found = found
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let bad = || Error::InvalidCertificate(CertificateError::BadEncoding);
        let (algorithm, key) = public_key(public_key_info(cert).ok_or_else(bad)?).ok_or_else(bad)?;
        let mapping = self.algorithms.mapping.iter().find(|(scheme, _)| *scheme == dss.scheme);
        let fitting = mapping.into_iter().flat_map(|(_, algorithms)| algorithms.iter());
        let mut fitting = fitting.filter(|one| one.public_key_alg_id().as_ref() == algorithm);
        match fitting.any(|one| one.verify_signature(key, message, dss.signature()).is_ok()) {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => Err(Error::InvalidCertificate(CertificateError::BadSignature)),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let info = public_key_info(cert).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        verify_tls13_signature_with_raw_key(
            message,
            &SubjectPublicKeyInfoDer::from(info),
            dss,
            &self.algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// One element of DER.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    /// The element with its header.
    whole: &'a [u8],
    /// What follows it.
    rest: &'a [u8],
}

fn element(input: &[u8]) -> Option<Element<'_>> {
    let (&tag, &first) = (input.first()?, input.get(1)?);
    let (header, length) = match first {
        0..=0x7f => (2, usize::from(first)),
        0x81..=0x83 => {
            let count = usize::from(first & 0x7f);
            let digits = input.get(2..2 + count)?;
            (2 + count, digits.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)))
        }
        _ => return None,
    };
    let end = header + length;
    Some(Element { tag, content: input.get(header..end)?, whole: input.get(..end)?, rest: input.get(end..)? })
}

/// The `SubjectPublicKeyInfo` of a certificate of any version (RFC 5280, 4.1).
fn public_key_info<'c>(certificate: &'c CertificateDer<'_>) -> Option<&'c [u8]> {
    let mut rest = element(element(certificate.as_ref())?.content)?.content;
    let version = element(rest)?;
    if version.tag == 0xa0 {
        rest = version.rest;
    }
    // Serial number, signature, issuer, validity, subject.
    for _ in 0..5 {
        rest = element(rest)?.rest;
    }
    let info = element(rest)?;
    (info.tag == 0x30).then_some(info.whole)
}

/// The algorithm and the key of a `SubjectPublicKeyInfo`.
fn public_key(info: &[u8]) -> Option<(&[u8], &[u8])> {
    let algorithm = element(element(info)?.content)?;
    let bits = element(algorithm.rest)?.content;
    // The first byte counts unused bits.
    Some((algorithm.content, bits.get(1..)?))
}
