use super::*;

fn pair(folder: &Path, name: &str) -> TlsConfig {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsConfig {
        certificate: folder.join(format!("{name}.pem")),
        key: folder.join(format!("{name}.key")),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    files
}

#[track_caller]
fn refused(files: TlsConfig, words: &[&str]) {
    let failure = ServerTls::load(files).unwrap_err();
    assert_eq!(failure.code(), 78, "{failure}");
    let text = failure.to_string();
    assert!(!text.contains('\n'), "{text}");
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn wrong_files_are_named_with_cause_and_cure() {
    let folder = tempfile::tempdir().unwrap();
    let (good, other) = (pair(folder.path(), "good"), pair(folder.path(), "other"));
    assert!(ServerTls::load(good.clone()).is_ok());
    let missing = folder.path().join("missing.pem");
    refused(TlsConfig { certificate: missing.clone(), ..good.clone() }, &["missing.pem", "[tls]"]);
    refused(TlsConfig { key: missing, ..good.clone() }, &["private key", "missing.pem"]);
    refused(TlsConfig { key: other.key, ..good.clone() }, &["other.key", "good.pem", "pair"]);
    // The two mixed up.
    let mixed = TlsConfig { certificate: good.key.clone(), key: good.certificate.clone() };
    refused(mixed, &["good.key", "BEGIN CERTIFICATE"]);
    refused(TlsConfig { key: good.certificate.clone(), ..good.clone() }, &["good.pem", "BEGIN PRIVATE KEY"]);
    for (text, word) in
        [("", "none"), ("no PEM at all", "none"), ("-----BEGIN CERTIFICATE-----\nAAAA", "good.pem")]
    {
        std::fs::write(&good.certificate, text).unwrap();
        refused(good.clone(), &[word]);
    }
    std::fs::write(&good.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .unwrap();
    refused(good.clone(), &["reissued"]);
    std::fs::write(&good.certificate, vec![b'x'; 1024 * 1024 + 1]).unwrap();
    refused(good, &["larger"]);
}

#[test]
fn a_failed_reload_keeps_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let files = pair(folder.path(), "a");
    let tls = ServerTls::load(files.clone()).unwrap();
    let first = tls.current.read().unwrap().clone();
    std::fs::write(&files.key, "gone").unwrap();
    assert_eq!(tls.reload().unwrap_err().code(), 78);
    assert!(Arc::ptr_eq(&first, &tls.current.read().unwrap()));
    pair(folder.path(), "a");
    tls.reload().unwrap();
    assert!(!Arc::ptr_eq(&first, &tls.current.read().unwrap()));
}
