use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion};

use super::*;
use crate::source::connection::ConnectionError;
use shared::label::Lang;
use shared::message::{Explain as _, Label};

/// An authority, its file, and a server with a certificate of it.
struct World {
    folder: tempfile::TempDir,
    acceptor: TlsAcceptor,
}

fn world(names: &[&str]) -> World {
    let folder = tempfile::tempdir().unwrap();
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&authority_key).unwrap();
    std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    World { folder, acceptor: TlsAcceptor::from(Arc::new(config)) }
}

impl World {
    fn connector(&self) -> Connector {
        Connector::new(Some(&self.folder.path().join("ca.pem"))).unwrap()
    }

    /// A connection whose other end answers what it gets, encrypted.
    fn echo(&self) -> DuplexStream {
        let (ours, theirs) = duplex(4096);
        let acceptor = self.acceptor.clone();
        tokio::spawn(async move {
            let Ok(mut tls) = acceptor.accept(theirs).await else { return };
            let mut bytes = [0_u8; 5];
            if tls.read_exact(&mut bytes).await.is_ok() {
                let _ = tls.write_all(&bytes).await;
                let _ = tls.shutdown().await;
            }
        });
        ours
    }
}

#[tokio::test]
async fn a_certificate_of_the_named_authority_is_trusted() {
    let world = world(&["pbx.example", "127.0.0.1"]);
    for name in ["pbx.example", "127.0.0.1"] {
        let mut tls = world.connector().connect(world.echo(), name).await.unwrap();
        tls.write_all(b"hello").await.unwrap();
        let mut answer = Vec::new();
        tls.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer, b"hello");
    }
}

#[tokio::test]
async fn another_name_another_authority_and_no_tls_are_refused() {
    let (world, other) = (world(&["pbx.example"]), world(&["pbx.example"]));
    for (connector, peer, name) in [
        (world.connector(), world.echo(), "pbx.other"),
        (world.connector(), other.echo(), "pbx.example"),
        (world.connector(), world.echo(), "not a name"),
    ] {
        assert!(connector.connect(peer, name).await.is_err(), "{name}");
    }
    let (ours, mut theirs) = duplex(4096);
    theirs.write_all(b"Asterisk Call Manager/9.0.0\r\n").await.unwrap();
    drop(theirs);
    assert!(world.connector().connect(ours, "pbx.example").await.is_err());
}

#[test]
fn a_wrong_authority_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    assert_eq!(Connector::new(Some(&path)).unwrap_err().code(), 78);
    std::fs::write(&path, "nothing").unwrap();
    let failure = Connector::new(Some(&path)).unwrap_err();
    assert!(failure.code() == 78 && failure.to_string().contains("ca.pem"), "{failure}");
}

/// A server with this certificate, which may be one that rustls itself would not serve, and this version of TLS.
fn serving(
    certificate: CertificateDer<'static>,
    key: &PrivateKeyDer<'_>,
    version: &'static SupportedProtocolVersion,
) -> TlsAcceptor {
    let key = CertifiedKey::new(vec![certificate], any_supported_type(key).unwrap());
    let config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    TlsAcceptor::from(Arc::new(config))
}

const VERSION_1: &[u8] = include_bytes!("../../../../tests/keys/version-1-of-the-tests.pem");
const KEY: &[u8] = include_bytes!("../../../../tests/keys/rsa-of-the-tests.pk8");
/// As `openssl x509 -noout -fingerprint -sha256` prints it.
const PRINTED: &str = "sha256 Fingerprint=2A:F6:AC:7D:55:4C:A0:40:DE:61:26:34:5D:A4:25:8D:03:BA:7D:89:9B:B1:08:7B:66:61:46:0D:B7:7E:21:2E";

/// The client's end of a connection that this server accepts.
fn serve_once(acceptor: &TlsAcceptor) -> DuplexStream {
    let (ours, theirs) = duplex(16 * 1024);
    let acceptor = acceptor.clone();
    tokio::spawn(async move { drop(acceptor.accept(theirs).await) });
    ours
}

/// What a client of this connector is told by a server with this certificate.
async fn told(connector: &Connector, acceptor: &TlsAcceptor, host: &str) -> Result<(), String> {
    let (ours, theirs) = duplex(16 * 1024);
    let acceptor = acceptor.clone();
    let serving = tokio::spawn(async move {
        let Ok(mut tls) = acceptor.accept(theirs).await else { return };
        let _ = tls.write_all(b"hello").await;
        let _ = tls.shutdown().await;
    });
    let connected = connector.connect(ours, host).await;
    let told = match connected {
        Ok(mut tls) => {
            let mut greeting = Vec::new();
            tls.read_to_end(&mut greeting).await.unwrap();
            assert_eq!(greeting, b"hello");
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    };
    serving.await.unwrap();
    told
}

#[tokio::test]
async fn a_certificate_of_version_1_is_explained_and_may_be_pinned() {
    let certificate = CertificateDer::from_pem_slice(VERSION_1).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pbx.pem");
    std::fs::write(&path, VERSION_1).unwrap();
    let fingerprint = Fingerprint::parse(PRINTED).unwrap();
    let other = Fingerprint::parse(&"0".repeat(64)).unwrap();
    for version in [&TLS12, &TLS13] {
        let acceptor = serving(certificate.clone(), &key, version);
        let usual = Connector::to_pbx(Some(&path), None).unwrap();
        let refused = told(&usual, &acceptor, "pbx.example").await.unwrap_err();
        for part in ["version 1", "ast_tls_cert", "subjectAltName=DNS:pbx.example", &fingerprint.to_string()]
        {
            assert!(refused.contains(part), "{part}: {refused}");
        }
        let pinned = Connector::to_pbx(None, Some(fingerprint)).unwrap();
        assert_eq!(told(&pinned, &acceptor, "10.0.0.1").await, Ok(()), "{version:?}");
        let refused =
            told(&Connector::to_pbx(None, Some(other)).unwrap(), &acceptor, "pbx").await.unwrap_err();
        let ja = Connector::to_pbx(None, Some(other)).unwrap().connect(serve_once(&acceptor), "pbx").await;
        let told_ja =
            ConnectionError::Connect { error: ja.unwrap_err(), advice: Label::new("確認", "check") };
        assert!(told_ja.message().text(Lang::Ja).contains("tls_fingerprint のものと違います"), "{told_ja}");
        assert!(refused.contains("another one") && refused.contains(&fingerprint.to_string()), "{refused}");
    }
}

#[tokio::test]
async fn who_has_the_certificate_but_not_its_key_is_refused() {
    let certificate = CertificateDer::from_pem_slice(VERSION_1).unwrap();
    let stranger = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(stranger.serialize_der()));
    let pinned = Connector::to_pbx(None, Fingerprint::parse(PRINTED)).unwrap();
    for version in [&TLS12, &TLS13] {
        let acceptor = serving(certificate.clone(), &key, version);
        assert!(told(&pinned, &acceptor, "pbx.example").await.is_err(), "{version:?}");
    }
}

#[tokio::test]
async fn other_refusals_say_what_is_wrong_and_the_advised_certificate_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cert.pem");
    let own = |names: &[&str], is_ca: IsCa| {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.is_ca = is_ca;
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(&path, certificate.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        serving(CertificateDer::from(certificate.der().to_vec()), &key, &TLS13)
    };
    let stranger = world(&["pbx.example"]);
    let acceptor = own(&["pbx.example"], IsCa::ExplicitNoCa);
    assert_eq!(told(&Connector::to_pbx(Some(&path), None).unwrap(), &acceptor, "pbx.example").await, Ok(()));
    let of_stranger = Connector::to_pbx(Some(&stranger.folder.path().join("ca.pem")), None).unwrap();
    let refused = of_stranger.connect(serve_once(&acceptor), "pbx.example").await.unwrap_err();
    let refused = ConnectionError::Connect { error: refused, advice: Label::new("確認", "check") };
    let ja = refused.message().text(Lang::Ja).to_owned();
    for part in ["信頼できる認証局", "subjectAltName=DNS:pbx.example", "tls_fingerprint = \"sha256:"]
    {
        assert!(ja.contains(part), "{part}: {ja}");
    }
    let refused = told(&of_stranger, &acceptor, "pbx.example").await.unwrap_err();
    assert!(refused.contains("nobody whom the bridge trusts"), "{refused}");
    let acceptor = own(&["pbx.example"], IsCa::ExplicitNoCa);
    let refused =
        told(&Connector::to_pbx(Some(&path), None).unwrap(), &acceptor, "10.0.0.5").await.unwrap_err();
    assert!(
        refused.contains("does not name 10.0.0.5") && refused.contains("subjectAltName=IP:10.0.0.5"),
        "{refused}"
    );
    let acceptor = own(&["pbx.example"], IsCa::Ca(BasicConstraints::Unconstrained));
    let refused =
        told(&Connector::to_pbx(Some(&path), None).unwrap(), &acceptor, "pbx.example").await.unwrap_err();
    assert!(refused.contains("an authority's"), "{refused}");
}

#[test]
fn fingerprints_are_read_as_tools_print_them() {
    let digits = "9cc8e95949d943b3b66db283af733eef5950f6689f48efe381df76064b9773bb";
    let colons: Vec<String> =
        digits.as_bytes().chunks(2).map(|pair| String::from_utf8(pair.to_vec()).unwrap()).collect();
    let expected = Fingerprint::parse(digits).unwrap();
    assert_eq!(expected.to_string(), format!("sha256:{digits}"));
    for text in [
        expected.to_string(),
        colons.join(":"),
        format!("sha256 Fingerprint={}", colons.join(":").to_uppercase()),
        format!("SHA256:{}", digits.to_uppercase()),
    ] {
        assert_eq!(Fingerprint::parse(&text), Some(expected), "{text}");
    }
    for text in
        ["", "sha256:", &digits[2..], &format!("{digits}00"), "sha1:aa", &digits.replace('9', "g"), "あいう"]
    {
        assert_eq!(Fingerprint::parse(text), None, "{text}");
    }
}
