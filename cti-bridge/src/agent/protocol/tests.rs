use chrono::DateTime;

use super::*;

fn request(text: &str) -> Result<Request, ErrorCode> {
    parse(text).map_err(|r| r.code)?.request.map_err(|r| r.code)
}

#[test]
fn every_op_is_read() {
    let customer = |code: &str| Subject::Customer(code.to_owned());
    for (text, expected) in [
        (r#"{"id":1,"op":"hello","token":"t"}"#, Request::Hello { token: "t".to_owned(), resume: None }),
        (
            r#"{"id":1,"op":"hello","token":"t","resume":{"epoch":"e","seq":3}}"#,
            Request::Hello { token: "t".to_owned(), resume: Some(Resume { epoch: "e".to_owned(), seq: 3 }) },
        ),
        (r#"{"id":1,"op":"lookup","customer_code":"C1"}"#, Request::Lookup(customer("C1"))),
        (
            r#"{"id":1,"op":"lookup","customer_code":"\u0043\"1","number":null}"#,
            Request::Lookup(customer("C\"1")),
        ),
        (r#"{"id":1,"op":"search","q":" 赤木 "}"#, Request::Search { q: "赤木".to_owned(), limit: 20 }),
        (
            r#"{"id":1,"op":"history","customer_code":"C1","limit":100}"#,
            Request::History { customer_code: "C1".to_owned(), before: None, limit: 100 },
        ),
        (r#"{"id":1,"op":"calls","limit":200}"#, Request::Calls { limit: 200 }),
        (
            r#"{"id":1,"op":"presence","state":"away"}"#,
            Request::Presence { state: Presence::Away, reason: None },
        ),
        (r#"{"id":1,"op":"call.shown","call_id":"c-1"}"#, Request::CallShown { call_id: "c-1".to_owned() }),
        (r#"{"id":1,"op":"ack","seq":18446744073709551615}"#, Request::Ack { seq: u64::MAX }),
        (r#"{"id":1,"op":"ping","more":[1,{"x":null}]}"#, Request::Ping),
    ] {
        assert_eq!(request(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    for text in [
        "",
        " ",
        "null",
        "[]",
        "\"op\"",
        "{",
        "{\"op\":\"ping\"}",
        "{\"id\":{},\"op\":\"ping\"}",
        "{\"id\":1,\"id\":2}",
        "{\"id\":1e999,\"op\":\"ping\"}",
        "{\"id\":\"\\ud800\",\"op\":\"ping\"}",
    ] {
        assert_eq!(parse(text).map_err(|r| r.code), Err(ErrorCode::BadRequest), "{text}");
    }
}

#[test]
fn an_id_comes_back_as_it_came_up_to_its_limit() {
    for id in ["1", "-1.5e3", "\"a\\u0041\"", "\"\""] {
        let parsed = parse(&format!("{{\"id\":{id},\"op\":\"ping\"}}")).unwrap();
        assert_eq!(&*parsed.id, id);
    }
    let with = |bytes: usize| format!("{{\"id\":\"{}\",\"op\":\"ping\"}}", "i".repeat(bytes));
    assert!(parse(&with(ID_BYTES_MAX)).is_ok());
    assert!(parse(&with(ID_BYTES_MAX + 1)).is_err());
}

#[test]
fn nesting_is_limited_wherever_it_is() {
    let nested =
        |levels: usize| format!(r#"{{"id":1,"op":"ping","x":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert_eq!(request(&nested(JSON_DEPTH_MAX - 1)), Ok(Request::Ping));
    assert_eq!(request(&nested(JSON_DEPTH_MAX)), Err(ErrorCode::BadRequest));
    // Brackets inside a string nest nothing.
    let quoted = format!(r#"{{"id":1,"op":"ping","x":"{}\"{}"}}"#, "[".repeat(99), "{".repeat(99));
    assert_eq!(request(&quoted), Ok(Request::Ping));
}

#[test]
fn limits_hold_at_their_boundaries() {
    let search = |chars: usize| request(&format!(r#"{{"id":1,"op":"search","q":"{}"}}"#, "検".repeat(chars)));
    assert!(search(SEARCH_CHARS_MAX).is_ok());
    assert_eq!(search(SEARCH_CHARS_MAX + 1), Err(ErrorCode::BadRequest));
    assert_eq!(search(0), Err(ErrorCode::BadRequest));
    for (op, max) in [("calls", 200), ("search\",\"q\":\"a", 50), ("history\",\"customer_code\":\"a", 100)] {
        for (limit, fits) in [(0, false), (1, true), (max, true), (max + 1, false)] {
            let text = format!(r#"{{"id":1,"op":"{op}","limit":{limit}}}"#);
            assert_eq!(request(&text).is_ok(), fits, "{text}");
        }
    }
}

#[test]
fn frames_are_json_whatever_is_in_them() {
    let refusal = Refusal::new(ErrorCode::BadRequest, "a \"quote\"\n\u{1}\\");
    for frame in [
        answer("1", "{}"),
        refuse(Some("\"x\""), &refusal),
        refuse(None, &refusal),
        push(PushKind::CallEnded, 7, DateTime::UNIX_EPOCH, "{}"),
    ] {
        assert!(serde_json::from_str::<serde_json::Value>(&frame).is_ok(), "{frame}");
    }
    let back: serde_json::Value = serde_json::from_str(&refuse(None, &refusal)).unwrap();
    assert_eq!(back["error"]["message"], "a \"quote\"\n\u{1}\\");
    assert_eq!(stamp(DateTime::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_string_survives_writing(text in proptest::prelude::any::<String>()) {
        let mut out = String::new();
        push_json_str(&mut out, &text);
        proptest::prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
