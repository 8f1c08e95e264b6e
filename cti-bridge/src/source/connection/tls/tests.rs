use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::*;

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
