//! What a number says: its kind, its area, its extension, and why there is none.

use shared::caller::CallerNumber;
use shared::phone::{PhoneKind, PhoneNumber};

#[test]
fn an_extension_is_kept_apart_and_not_compared() {
    let plain = PhoneNumber::parse("03-1234-5678").unwrap();
    for raw in [
        "03-1234-5678 内線123",
        "03-1234-5678（内線：123）",
        "03-1234-5678(内)１２３",
        "03-1234-5678 ext.123",
        "03-1234-5678 EXT 123",
        "03-1234-5678#123",
        "tel:+81-3-1234-5678;ext=123",
        "03-1234-5678（代）内線123",
    ] {
        let number = PhoneNumber::parse(raw).unwrap_or_else(|e| panic!("{raw}: {e}"));
        assert_eq!(number.extension(), Some("123"), "{raw}");
        assert_eq!(number, plain);
    }
    assert_eq!(plain.extension(), None);
    assert_eq!(PhoneNumber::parse("03-1234-5678(内)").unwrap().extension(), None);
}

#[test]
fn kinds_and_displays_follow_the_numbering_plan() {
    use PhoneKind::{Fixed, FreeDial, International, Ip, M2m, Mobile, NaviDial, Premium};
    for (raw, e164, kind, display) in [
        ("0312345678", "+81312345678", Fixed, "03-1234-5678"),
        ("0612345678", "+81612345678", Fixed, "06-1234-5678"),
        ("0451234567", "+81451234567", Fixed, "045-123-4567"),
        ("0466212345", "+81466212345", Fixed, "0466-21-2345"),
        ("0112345678", "+81112345678", Fixed, "011-234-5678"),
        ("0155212345", "+81155212345", Fixed, "0155-21-2345"),
        ("0155862123", "+81155862123", Fixed, "01558-6-2123"),
        ("0422201234", "+81422201234", Fixed, "0422-20-1234"),
        ("0426201234", "+81426201234", Fixed, "042-620-1234"),
        ("09012345678", "+819012345678", Mobile, "090-1234-5678"),
        ("08012345678", "+818012345678", Mobile, "080-1234-5678"),
        ("07012345678", "+817012345678", Mobile, "070-1234-5678"),
        ("06012345678", "+816012345678", Mobile, "060-1234-5678"),
        ("05012345678", "+815012345678", Ip, "050-1234-5678"),
        ("0120123456", "+81120123456", FreeDial, "0120-123-456"),
        ("08001234567", "+818001234567", FreeDial, "0800-123-4567"),
        ("080-0123-4567", "+818001234567", FreeDial, "0800-123-4567"),
        ("0570123456", "+81570123456", NaviDial, "0570-123-456"),
        ("0990123456", "+81990123456", Premium, "0990-123-456"),
        ("02012345678", "+812012345678", M2m, "020-1234-5678"),
        ("02001234567890", "+812001234567890", M2m, "0200-12345-67890"),
        ("14155550123", "+14155550123", International, "+1 415-555-0123"),
        ("+442079460958", "+442079460958", International, "+44 20 7946 0958"),
    ] {
        let number = PhoneNumber::parse(raw).unwrap_or_else(|e| panic!("{raw}: {e}"));
        assert_eq!((number.e164(), number.kind(), number.display().as_str()), (e164, kind, display), "{raw}");
    }
}

#[test]
fn debug_and_display_hide_the_number() {
    let number = PhoneNumber::parse("03-1234-5678").unwrap();
    assert_eq!(number.to_string(), "+*********78");
    assert_eq!(format!("{number:?}"), "PhoneNumber(+*********78 fixed)");
    let caller = CallerNumber::Number(number.clone());
    assert!(!format!("{caller:?}").contains("1234"));
    assert_eq!(number.masked(), number.to_string());
    assert_eq!(serde_json::to_string(&number).unwrap(), "\"+81312345678\"");
}

#[test]
fn area_hints_need_a_geographic_number() {
    for (raw, hint) in [
        ("0312345678", Some("東京")),
        ("0112345678", Some("札幌")),
        ("0661234567", Some("大阪")),
        ("0466212345", Some("藤沢")),
        ("09012345678", None),
        ("0120123456", None),
        ("+442079460958", None),
    ] {
        assert_eq!(PhoneNumber::parse(raw).unwrap().area_hint(), hint, "{raw}");
    }
}

#[test]
fn callers_without_a_number_have_a_reason() {
    for (number, name, kind) in [
        ("0312345678", "<unknown>", "number"),
        ("+81312345678", "Anonymous", "number"),
        ("201", "佐藤 花子", "internal"),
        ("12345", "", "internal"),
        ("1", "", "unknown"),
        ("sip:201@pbx.example", "", "internal"),
        ("201;phone-context=pbx.example", "", "internal"),
        ("+81312345678;verstat=TN-Validation-Passed", "", "number"),
        ("anonymous", "Coin line/payphone", "payphone"),
        ("anonymous", "", "withheld"),
        ("anonymous", "<unknown>", "withheld"),
        ("Anonymous", "Anonymous", "withheld"),
        ("anonymous@anonymous.invalid", "", "withheld"),
        ("sip:anonymous@anonymous.invalid", "", "withheld"),
        ("\"Anonymous\" <sip:anonymous@anonymous.invalid>", "", "withheld"),
        ("非通知", "", "withheld"),
        ("", "非通知", "withheld"),
        ("非通知設定", "", "withheld"),
        ("P", "", "withheld"),
        ("公衆電話", "", "payphone"),
        ("", "公衆電話", "payphone"),
        ("Coin line/payphone", "", "payphone"),
        ("C", "", "payphone"),
        ("表示圏外", "", "out_of_area"),
        ("O", "", "out_of_area"),
        ("Unavailable", "", "out_of_area"),
        ("unavailable@unknown.invalid", "", "out_of_area"),
        ("anonymous", "Unavailable", "out_of_area"),
        ("Ｓ", "", "service_conflict"),
        ("anonymous", "Interaction with other service", "service_conflict"),
        ("サービス競合", "", "service_conflict"),
        ("<unknown>", "<unknown>", "unknown"),
        ("", "", "unknown"),
        ("受信エラー", "", "unknown"),
        ("相手先不明", "", "unknown"),
        ("unknown", "", "unknown"),
        ("12345678", "", "unknown"),
    ] {
        let caller = CallerNumber::from_caller_id(number, name);
        assert_eq!(caller.kind().as_str(), kind, "{number:?} {name:?}");
        assert_eq!(caller.number().is_some(), kind == "number");
        assert!(!caller.display(shared::Lang::Ja).is_empty());
    }
}
