use chrono::DateTime;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::lang::Lang;
use shared::message;

use super::*;

fn id(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

#[test]
fn text_that_is_not_a_frame_is_refused() {
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
        let refused = Envelope::read(text).map(|_| ()).map_err(|refusal| refusal.code);
        assert_eq!(refused, Err(ErrorCode::BadRequest), "{text}");
    }
}

#[test]
fn a_request_id_is_returned_unchanged_up_to_its_limit() {
    for id in ["1", "-1.5e3", "\"a\\u0041\"", "\"\""] {
        let frame = format!("{{\"id\":{id},\"op\":\"ping\"}}");
        assert_eq!(Envelope::read(&frame).unwrap().id.get(), id);
    }
    let with = |bytes: usize| format!("{{\"id\":\"{}\",\"op\":\"ping\"}}", "i".repeat(bytes));
    assert!(Envelope::read(&with(ID_BYTES_MAX)).is_ok());
    assert!(Envelope::read(&with(ID_BYTES_MAX + 1)).is_err());
}

#[test]
fn a_key_is_a_short_string_and_names_the_request_behind_it() {
    let read = |frame: &str| {
        let envelope = Envelope::read(frame).unwrap();
        WriteKey::read(envelope.key, frame)
    };
    let with = |key: &str| read(&format!("{{\"id\":1,\"op\":\"ping\",\"key\":{key}}}"));
    assert_eq!(with("null"), Ok(None));
    for wrong in ["7", "\"\"", "[]", "\"\\u0000\"", &format!("\"{}\"", "k".repeat(KEY_BYTES_MAX + 1))] {
        assert_eq!(with(wrong).unwrap_err().code, ErrorCode::BadRequest, "{wrong}");
    }
    assert_eq!(
        with(&format!("\"{}\"", "k".repeat(KEY_BYTES_MAX))).unwrap().unwrap().key.len(),
        KEY_BYTES_MAX
    );
    let one =
        read(r#"{"id":1,"op":"task.done","key":"k","task_no":"T1","x":{"a":1,"b":2}}"#).unwrap().unwrap();
    let again = read(r#"{"key":"k","x":{"b":2,"a":1},"task_no":"T1","op":"task.done","id":"2","y":null}"#);
    assert_eq!(again.unwrap().unwrap(), one, "neither the id nor the order of the fields counts");
    let other = read(r#"{"id":1,"op":"task.done","key":"k","task_no":"T2"}"#).unwrap().unwrap();
    assert_ne!(other.request, one.request);
}

#[test]
fn nesting_is_limited_everywhere() {
    let nested =
        |levels: usize| format!(r#"{{"id":1,"op":"ping","x":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert!(Envelope::read(&nested(JSON_DEPTH_MAX - 1)).is_ok());
    assert!(Envelope::read(&nested(JSON_DEPTH_MAX)).is_err());
    // Brackets inside a string nest nothing.
    let quoted = format!(r#"{{"id":1,"op":"ping","x":"{}\"{}"}}"#, "[".repeat(99), "{".repeat(99));
    assert!(Envelope::read(&quoted).is_ok());
}

#[test]
fn a_field_twice_or_too_many_fields_are_refused() {
    let with = |fields: usize| {
        let fields: String = (0..fields).map(|n| format!(",\"f{n}\":1")).collect();
        format!("{{\"id\":1,\"op\":\"ping\"{fields}}}")
    };
    assert!(Envelope::read(&with(62)).is_ok());
    assert!(Envelope::read(&with(63)).is_err());
    assert!(Envelope::read(r#"{"id":1,"op":"ping","a":1,"\u0061":2}"#).is_err());
}

#[test]
fn frames_are_json_whatever_they_contain() {
    let text = "a \"quote\"\n\u{1}\\";
    let refusal = Refusal::new(ErrorCode::BadRequest, message!("「{text}」", "{text}", text = text));
    let back: Value = serde_json::from_str(&refuse(None, &refusal, Lang::En)).unwrap();
    assert_eq!((&back["re"], back["error"]["message"].as_str()), (&Value::Null, Some(text)));
    let back: Value = serde_json::from_str(&refuse(Some(&id("\"x\"")), &refusal, Lang::Ja)).unwrap();
    assert_eq!(
        (&back["re"], back["error"]["message"].as_str()),
        (&"x".into(), Some(&*format!("「{text}」")))
    );
    assert_eq!(&*answer(&id("1"), &Empty {}), r#"{"re":1,"ok":true,"data":{}}"#);
    assert_eq!(stamp(DateTime::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
}
