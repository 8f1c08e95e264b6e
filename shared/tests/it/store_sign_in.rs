//! Tokens, passwords and the audit log, as every store must keep them.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use shared::store::{AuditEntry, AuditFilter, NewAgent, Reader, Store, StoreError, TokenKind};
use test_support::new_store;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn store() -> (tempfile::TempDir, Store) {
    let (folder, store) = new_store();
    for code in ["A201", "A202"] {
        let agent = NewAgent {
            agent_code: code.to_owned(),
            agent_name: "佐藤".to_owned(),
            extension: None,
            role: shared::agent::AgentRole::Agent,
            token_expires_at: None,
        };
        store.write(|tx| tx.add_agent(&agent, at("2026-11-01T00:00:00Z"))).unwrap();
    }
    (folder, store)
}

#[test]
fn a_token_is_valid_until_its_end() {
    let (_folder, store) = store();
    let (now, end) = (at("2026-11-01T00:00:00Z"), at("2026-11-02T00:00:00Z"));
    let token = store.write(|tx| tx.add_token("A201", TokenKind::Session, Some(end), now)).unwrap();
    let mut reader = store.reader().unwrap();
    let signed_in = reader.signed_in(&token, at("2026-11-01T23:59:59.999Z")).unwrap().unwrap();
    assert_eq!((signed_in.agent.agent_code.as_str(), signed_in.expires_at), ("A201", Some(end)));
    assert_eq!(reader.signed_in(&token, end).unwrap(), None, "at its end it has ended");
    let ids = [signed_in.token_id, "unknown".to_owned()];
    assert_eq!(reader.ended_tokens(&ids, now).unwrap(), ["unknown"]);
    assert_eq!(reader.ended_tokens(&ids, end).unwrap(), ids);
}

#[test]
fn a_token_is_revoked_by_its_listed_id_alone() {
    let (_folder, store) = store();
    let now = at("2026-11-01T00:00:00Z");
    let token = store.write(|tx| tx.add_token("A201", TokenKind::Token, None, now)).unwrap();
    let mut reader = store.reader().unwrap();
    let whole = reader.signed_in(&token, now).unwrap().unwrap().token_id;
    let listed = reader.tokens(Some("A201")).unwrap();
    assert_eq!((listed.len(), reader.tokens(None).unwrap().len()), (2, 3));
    let shown = listed.iter().find(|info| whole.starts_with(&info.token_id)).unwrap();
    assert!(shown.token_id.len() == 12 && !token.contains(&shown.token_id));
    assert!(store.write(|tx| tx.revoke_token(&shown.token_id, now)).unwrap());
    assert!(!store.write(|tx| tx.revoke_token("none such", now)).unwrap());
    let all = store.write(|tx| tx.revoke_token("", now));
    assert!(matches!(all, Err(StoreError::Conflict(_))), "never several at once");
    assert_eq!(reader.signed_in(&token, now).unwrap(), None);
    let ended = reader.tokens(Some("A201")).unwrap().iter().filter(|info| info.revoked_at.is_some()).count();
    assert_eq!(ended, 1);
}

#[test]
fn unknown_and_revoked_agents_get_no_token_or_password() {
    let (_folder, store) = store();
    let now = at("2026-11-01T00:00:00Z");
    store.write(|tx| tx.set_password("A202", Some("hash"), now)).unwrap();
    store.write(|tx| tx.revoke_agent("A202", now)).unwrap();
    for code in ["A202", "A999"] {
        let token = store.write(|tx| tx.add_token(code, TokenKind::Token, None, now));
        assert!(matches!(token, Err(StoreError::Conflict(_))), "{code}");
        assert!(!store.write(|tx| tx.set_password(code, Some("hash"), now)).unwrap());
        assert_eq!(store.reader().unwrap().active_agent(code).unwrap(), None);
        assert_eq!(store.reader().unwrap().password_hash(code).unwrap(), None);
    }
    let again = NewAgent {
        agent_code: "A202".to_owned(),
        agent_name: "x".to_owned(),
        extension: None,
        role: shared::agent::AgentRole::Agent,
        token_expires_at: None,
    };
    store.write(|tx| tx.add_agent(&again, now)).unwrap();
    assert_eq!(store.reader().unwrap().password_hash("A202").unwrap(), None, "an old password stays gone");
}

#[test]
fn a_changed_password_ends_sessions_but_not_tokens() {
    let (_folder, store) = store();
    let now = at("2026-11-01T00:00:00Z");
    let add = |kind| store.write(|tx| tx.add_token("A201", kind, None, now)).unwrap();
    let (token, session) = (add(TokenKind::Token), add(TokenKind::Session));
    assert!(store.write(|tx| tx.set_password("A201", Some("first"), now)).unwrap());
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.password_hash("A201").unwrap().as_deref(), Some("first"));
    assert!(reader.signed_in(&token, now).unwrap().is_some());
    assert!(reader.signed_in(&session, now).unwrap().is_none());
    assert!(store.write(|tx| tx.set_password("A201", None, now)).unwrap());
    assert_eq!(reader.password_hash("A201").unwrap(), None);
}

#[test]
fn sessions_that_ended_long_ago_are_forgotten() {
    let (_folder, store) = store();
    let add = |now: &str, end: &str| {
        store.write(|tx| tx.add_token("A201", TokenKind::Session, Some(at(end)), at(now))).unwrap()
    };
    add("2026-01-01T00:00:00Z", "2026-01-01T12:00:00Z");
    add("2026-01-30T00:00:00Z", "2026-01-30T12:00:00Z");
    assert_eq!(store.reader().unwrap().tokens(Some("A201")).unwrap().len(), 3);
    add("2026-02-10T00:00:00Z", "2026-02-10T12:00:00Z");
    assert_eq!(store.reader().unwrap().tokens(Some("A201")).unwrap().len(), 3);
}

fn entries() -> Vec<AuditEntry> {
    (0..60)
        .map(|n| AuditEntry {
            at: at("2026-11-01T00:00:00Z") + chrono::TimeDelta::minutes(n / 2),
            actor: format!("A{}", n % 3),
            action: ["customer.lookup", "customer.history", "sign_in"][n as usize % 3 * 7 % 3]
                .to_owned()
                .into(),
            subject: (n % 4 > 0).then(|| format!("C{}", n % 4)),
            detail: Some(n.to_string()),
        })
        .collect()
}

fn read(reader: &mut Reader, filter: &AuditFilter) -> Vec<AuditEntry> {
    let mut found = Vec::new();
    let mut each = |entry| {
        found.push(entry);
        ControlFlow::Continue(())
    };
    reader.audit_trail(filter, &mut each).unwrap();
    found
}

#[test]
fn the_audit_trail_is_read_as_written_until_the_reader_stops() {
    let (_folder, store) = store();
    let mut reader = store.reader().unwrap();
    let before = read(&mut reader, &AuditFilter::default()).len();
    let written = entries();
    store.write(|tx| written.iter().try_for_each(|entry| tx.audit(entry))).unwrap();
    assert_eq!(read(&mut reader, &AuditFilter::default())[before..], written[..]);
    let mut seen = 0;
    let mut stop = |_| {
        seen += 1;
        ControlFlow::Break(())
    };
    reader.audit_trail(&AuditFilter::default(), &mut stop).unwrap();
    assert_eq!(seen, 1, "a reader that has enough gets no more");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Against a naive model: all entries, filtered, the last few.
    #[test]
    fn any_audit_filter_agrees_with_the_model(
        since in proptest::option::of(0_i64..32), until in proptest::option::of(0_i64..32),
        actor in proptest::option::of("A[0-3]"), subject in proptest::option::of("C[0-4]"),
        action in proptest::option::of("customer\\.|customer\\.lookup|sign_in|customer|nothing"),
        limit in proptest::option::of(0_usize..70),
    ) {
        let (_folder, store) = new_store();
        let written = entries();
        store.write(|tx| written.iter().try_for_each(|entry| tx.audit(entry))).unwrap();
        let minute = |n: i64| at("2026-11-01T00:00:00Z") + chrono::TimeDelta::minutes(n);
        let filter = AuditFilter { since: since.map(minute), until: until.map(minute), actor, action, subject, limit };
        let mut model: Vec<AuditEntry> = written.into_iter().filter(|entry| {
            filter.since.is_none_or(|since| entry.at >= since)
                && filter.until.is_none_or(|until| entry.at < until)
                && filter.actor.as_ref().is_none_or(|actor| &entry.actor == actor)
                && filter.subject.as_ref().is_none_or(|subject| entry.subject.as_ref() == Some(subject))
                && filter.action.as_ref().is_none_or(|action| match action.ends_with('.') {
                    true => entry.action.as_str().starts_with(action),
                    false => entry.action.as_str() == action,
                })
        }).collect();
        let first = model.len().saturating_sub(limit.unwrap_or(usize::MAX));
        prop_assert_eq!(read(&mut store.reader().unwrap(), &filter), model.split_off(first));
    }
}
