//! Completion and manual pages.

use std::fs;
use std::process::Command;

use crate::common::run;

#[test]
fn completions_name_every_command_and_bash_accepts_its_own() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, word) in [("bash", "--within"), ("zsh", "_analytics"), ("fish", "complete -c analytics")] {
        for lang in ["ja", "en"] {
            let output = run(&["completion", shell, "--lang", lang]);
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(
                output.status.success() && text.contains(word) && text.contains("segment"),
                "{shell}: {text}"
            );
            assert!(!text.contains('\u{200B}'), "{shell}: marks for line breaks");
            fs::write(folder.path().join(shell), text).unwrap();
        }
    }
    let checked = Command::new("bash").arg("-n").arg(folder.path().join("bash")).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(run(&["completion", "tcsh"]).status.code(), Some(64));
}

#[test]
fn every_command_has_a_manual_page_in_either_language() {
    let folder = tempfile::tempdir().unwrap();
    for (lang, word) in [("ja", "セグメント別の売上"), ("en", "Sales, margin")] {
        let pages = folder.path().join(lang);
        let output = run(&["man", pages.to_str().unwrap(), "--lang", lang]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let page = fs::read_to_string(pages.join("analytics-report-segment.1")).unwrap();
        assert!(page.contains(".TH") && !page.contains('\u{200B}'), "{page}");
        assert!(page.contains(word), "{page}");
        assert!(pages.join("analytics.1").is_file() && pages.join("analytics-rank-config-save.1").is_file());
    }
}
