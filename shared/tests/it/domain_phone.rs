//! Telephone numbers and callers: facts of the numbering plan and of written forms.

use proptest::prelude::*;
use shared::caller::CallerNumber;
use shared::phone::{PhoneError, PhoneKind, PhoneNumber};

fn e164(raw: &str) -> String {
    match PhoneNumber::parse(raw) {
        Ok(number) => number.e164().to_owned(),
        Err(error) => panic!("{raw}: {error}"),
    }
}

fn error(raw: &str) -> PhoneError {
    match PhoneNumber::parse(raw) {
        Ok(number) => panic!("{raw} was read as {}", number.e164()),
        Err(error) => error,
    }
}

#[test]
fn every_written_form_of_one_number_is_one_number() {
    for raw in [
        "03-1234-5678",
        "0312345678",
        "０３－１２３４－５６７８",
        "(03)1234-5678",
        "03(1234)5678",
        "（０３）１２３４－５６７８",
        "03 1234 5678",
        "03　1234　5678",
        "03.1234.5678",
        "03‐1234‐5678",
        "03‑1234–5678",
        "03—1234―5678",
        "03−1234−5678",
        "03ー1234ー5678",
        "03ｰ1234ｰ5678",
        "０３―１２３４―５６７８",
        "+81312345678",
        "+81-3-1234-5678",
        "+81 (0)3-1234-5678",
        "+81-(0)3-1234-5678",
        "＋８１－３－１２３４－５６７８",
        "+810312345678",
        "0081-3-1234-5678",
        "0081312345678",
        "010-81-3-1234-5678",
        "001-010-81-3-1234-5678",
        "0033-010-81-3-1234-5678",
        "81312345678",
        "81-3-1234-5678",
        "81-(0)3-1234-5678",
        "184-03-1234-5678",
        "186-0312345678",
        "1860312345678",
        "tel:+81-3-1234-5678",
        "tel:0312345678;phone-context=+81",
        "TEL:03-1234-5678",
        "Tel. 03-1234-5678",
        "℡03-1234-5678",
        "sip:0312345678@pbx.example",
        "sip:+81312345678@pbx.example;user=phone",
        "sip:%2B81312345678@pbx.example",
        "sips:+81312345678@pbx.example",
        "\"山田\" <sip:0312345678@pbx.example>",
        "0312345678@pbx.example",
        "03-1234-5678（代）",
        "03-1234-5678(代表)",
        "03-1234-5678㈹",
        "代表 03-1234-5678",
        "03-1234-5678 内線123",
        "03-1234-5678（内線：123）",
        "03-1234-5678(内)123",
        "03-1234-5678 ext.123",
        "03-1234-5678 x123",
        "03-1234-5678#123",
        "'0312345678",
        "=\"0312345678\"",
        "\u{202D}03-1234-5678\u{202C}",
        "\u{FEFF}03-1234-5678",
    ] {
        assert_eq!(e164(raw), "+81312345678", "{raw}");
    }
}

#[test]
fn extension_is_kept_apart_and_not_part_of_equality() {
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
fn foreign_numbers_with_every_prefix_or_none() {
    for (forms, expected) in [
        (&["+1 415 555 0123", "0014155550123", "010-1-415-555-0123", "14155550123"][..], "+14155550123"),
        (
            &["+44 (0)20 7946 0958", "+4402079460958", "00442079460958", "010442079460958", "442079460958"],
            "+442079460958",
        ),
        (&["+39 06 6982 1234", "+39 (0)6 6982 1234", "0039 06 6982 1234", "390669821234"], "+390669821234"),
        (&["+86 138 0013 8000", "8613800138000", "0108613800138000"], "+8613800138000"),
        (&["+82-10-1234-5678", "821012345678", "0082-10-1234-5678"], "+821012345678"),
        (&["+65 6123 4567", "6561234567"], "+6561234567"),
        (&["+852 2123 4567", "85221234567"], "+85221234567"),
    ] {
        for raw in forms {
            assert_eq!(e164(raw), expected, "{raw}");
        }
    }
}

#[test]
fn what_is_not_a_whole_number_is_refused() {
    use PhoneError::{Empty, MissingZero, NotANumber, Several, Special, TooLong, TooShort, Unassigned};
    for (raw, expected) in [
        ("", Empty),
        ("  　 ", Empty),
        ("-", Empty),
        ("なし", NotANumber),
        ("anonymous", NotANumber),
        ("anonymous@anonymous.invalid", NotANumber),
        ("<unknown>", NotANumber),
        ("110", Special),
        ("119", Special),
        ("117", Special),
        ("104", Special),
        ("１１０", Special),
        ("#7119", Special),
        ("201", TooShort),
        ("1234-5678", TooShort),
        ("12345678", TooShort),
        ("03-1234-567", TooShort),
        ("03-1234-56789", TooLong),
        ("090-1234-567", TooShort),
        ("186+81312345678", Several),
        ("031234567890", TooLong),
        ("331234567890", TooLong),
        ("001-1-415-555-0123", TooLong),
        ("0120-12-345", TooShort),
        ("312345678", TooShort),
        ("9012345678", MissingZero),
        ("5012345678", MissingZero),
        ("03-1234-5678 / 090-1234-5678", Several),
        ("03-1234-5678\n090-1234-5678", Several),
        ("03-1234-5678～9", Several),
        ("03-1234-5678 090-1234-5678", TooLong),
        ("0120-ABC-123", NotANumber),
        ("03-1234-5678*1", NotANumber),
        ("03-代表-1234-5678", NotANumber),
        ("+81", TooShort),
        ("+81110", TooShort),
        ("+1 415 555", TooShort),
        ("+1 115 555 0123", Unassigned),
        ("+999 1234 5678", Unassigned),
        ("+0312345678", Unassigned),
        ("+81 0 03-1234-5678", Unassigned),
        ("+36 00 0000 0000", Unassigned),
        ("0000000000", Unassigned),
        ("030-1234-5678", Unassigned),
    ] {
        assert_eq!(error(raw), expected, "{raw}");
    }
    assert_eq!(error(&"0".repeat(100_000)), TooLong);
}

#[test]
fn several_numbers_in_one_cell() {
    let all = |raw: &str| -> Vec<Result<String, PhoneError>> {
        PhoneNumber::parse_all(raw).into_iter().map(|r| r.map(|n| n.e164().to_owned())).collect()
    };
    let both = vec![Ok("+81312345678".to_owned()), Ok("+819012345678".to_owned())];
    for raw in [
        "03-1234-5678/090-1234-5678",
        "03-1234-5678 ／ 090-1234-5678",
        "03-1234-5678、090-1234-5678",
        "03-1234-5678・090-1234-5678",
        "03-1234-5678\n090-1234-5678",
        "03-1234-5678\r\n090-1234-5678",
        "03-1234-5678, 090-1234-5678",
        "03-1234-5678 090-1234-5678",
        "03-1234-5678　090-1234-5678",
        "TEL 03-1234-5678、携帯 090-1234-5678（社長）",
    ] {
        assert_eq!(all(raw), both, "{raw}");
    }
    assert_eq!(all(""), vec![]);
    assert_eq!(all("なし"), vec![Err(PhoneError::NotANumber)]);
    assert_eq!(all("03-1234-5678、代表"), vec![Ok("+81312345678".to_owned())]);
    assert_eq!(all("03-1234-5678~9"), vec![Ok("+81312345678".to_owned()), Err(PhoneError::TooShort)]);
    assert_eq!(all(&"0312345678/".repeat(20)).len(), 16);
    assert_eq!(all(&"1/".repeat(500)), vec![Err(PhoneError::TooShort); 16]);
}

#[test]
fn nothing_prints_a_number_in_full_by_accident() {
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
fn callers_without_a_number_say_why() {
    for (number, name, kind) in [
        ("0312345678", "<unknown>", "number"),
        ("+81312345678", "Anonymous", "number"),
        ("201", "佐藤 花子", "internal"),
        ("12345", "", "internal"),
        ("1", "", "unknown"),
        ("sip:201@pbx.example", "", "internal"),
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
        assert_eq!(caller.kind(), kind, "{number:?} {name:?}");
        assert_eq!(caller.number().is_some(), kind == "number");
        assert!(!caller.display(shared::Lang::Ja).is_empty());
    }
}

/// A Japanese number as dialled, of any kind.
fn domestic() -> impl Strategy<Value = String> {
    prop_oneof![
        "0[1-9][1-9][0-9]{7}".prop_filter("its own kind", |d| {
            !["0120", "0170", "0180", "0570", "0910", "0990"].iter().any(|p| d.starts_with(p))
        }),
        "0[6-9]0[1-9][0-9]{7}",
        "050[0-9]{8}",
        "0120[0-9]{6}",
        "0800[0-9]{7}",
        "0570[0-9]{6}",
        "0200[0-9]{10}",
        "020[1-9][0-9]{7}",
    ]
}

/// A foreign number in E.164.
fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![
        r"\+1[2-9][0-9]{2}[2-9][0-9]{6}",
        r"\+44[1-9][0-9]{9}",
        r"\+86[1-9][0-9]{10}",
        r"\+65[3689][0-9]{7}",
        r"\+39[03][0-9]{9}",
        r"\+49[1-9][0-9]{9}",
        r"\+852[2-9][0-9]{7}",
    ]
}

fn to_full_width(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0).unwrap_or(c) } else { c })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn parse_never_panics(raw in any::<String>(), dialish in r"[0-9０-９+\-ー ()/、内線ext#;:@<>％%.\n]{0,40}") {
        for text in [&raw, &dialish] {
            let _ = PhoneNumber::parse(text);
            let _ = PhoneNumber::parse_all(text);
            let _ = CallerNumber::from_caller_id(text, &raw);
        }
    }

    #[test]
    fn what_is_read_is_whole_and_reads_back(raw in r"[0-9+\- ()]{0,20}") {
        if let Ok(number) = PhoneNumber::parse(&raw) {
            let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
            let own = &number.e164()[1..];
            prop_assert!((7..=15).contains(&own.len()));
            // The significant digits were all written: nothing was made up but a country code.
            let significant = own.strip_prefix("81").unwrap_or(own);
            // A trunk 0 behind the country code may have been dropped, and nothing else.
            let with_trunk = (1..=3).any(|n| digits.ends_with(&format!("{}0{}", &own[..n], &own[n..])));
            prop_assert!(digits.ends_with(significant) || digits.ends_with(own) || with_trunk);
            let again = PhoneNumber::parse(number.e164()).unwrap();
            prop_assert_eq!((again.e164(), again.kind()), (number.e164(), number.kind()));
        }
    }

    #[test]
    fn every_domestic_form_is_the_same_number(digits in domestic(), cut in 1_usize..9, hyphen in "[-‐‑–—―−ーｰ－ .　]") {
        let number = PhoneNumber::parse(&digits).unwrap();
        let nsn = &digits[1..];
        prop_assert_eq!(number.e164(), format!("+81{nsn}"));
        prop_assert_eq!(number.national_digits().unwrap(), digits.clone());
        let cut = cut.min(digits.len() - 2);
        let (head, tail) = digits.split_at(cut);
        for form in [
            format!("{head}{hyphen}{tail}"),
            format!("({head}){tail}"),
            format!("{head}({tail}"),
            format!("+81{nsn}"),
            format!("+81 (0){nsn}"),
            format!("+81-{digits}"),
            format!("81{nsn}"),
            format!("0081{nsn}"),
            format!("01081{nsn}"),
            format!("184{digits}"),
            format!("186-{digits}"),
            format!("tel:+81{nsn}"),
            format!("sip:{digits}@10.0.0.1:5060"),
            format!("{digits}（代）"),
            format!("{digits}内線12"),
            to_full_width(&digits),
            to_full_width(&format!("+81-{nsn}")),
            number.display(),
            to_full_width(&number.display()),
        ] {
            prop_assert_eq!(&PhoneNumber::parse(&form).unwrap_or_else(|e| panic!("{form}: {e}")), &number, "{}", form);
        }
    }

    #[test]
    fn fewer_digits_are_never_the_number(digits in domestic(), drop in 1_usize..8, from_end in any::<bool>()) {
        let number = PhoneNumber::parse(&digits).unwrap();
        let part = if from_end { &digits[..digits.len() - drop] } else { &digits[drop..] };
        // The leading 0 alone may be missing only behind a country code.
        if let Ok(other) = PhoneNumber::parse(part) {
            prop_assert_ne!(other, number);
        }
    }

    #[test]
    fn masked_forms_hide_all_but_two_digits(digits in domestic()) {
        let number = PhoneNumber::parse(&digits).unwrap();
        prop_assert_eq!(number.to_string().chars().filter(char::is_ascii_digit).count(), 2);
    }
}

// libphonenumber takes a millisecond where it meets a country for the first time: fewer cases.
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn every_foreign_form_is_the_same_number(e164 in foreign()) {
        let number = PhoneNumber::parse(&e164).unwrap();
        prop_assert_eq!(number.e164(), &e164);
        prop_assert_eq!(number.kind(), PhoneKind::International);
        let digits = &e164[1..];
        for form in [
            digits.to_owned(), format!("00{digits}"), format!("010{digits}"), format!("+{digits}"),
            format!("001-010-{digits}"), to_full_width(&e164), number.display(),
        ] {
            prop_assert_eq!(&PhoneNumber::parse(&form).unwrap_or_else(|e| panic!("{form}: {e}")), &number, "{}", form);
        }
    }

    #[test]
    fn what_libphonenumber_calls_valid_abroad_is_read_the_same(raw in r"\+[1-9][0-9]{8,13}") {
        // It also calls +81 120 000 0000 valid, which has a digit too many, and keeps a 0 behind
        // the code of countries whose trunk prefix is 0: it is no judge there.
        let no_judge = ["+81", "+620", "+820", "+2500", "+5980"].iter().any(|code| raw.starts_with(code));
        if !no_judge && let Ok(theirs) = phonenumber::parse(None, &raw) {
            let e164 = theirs.format().mode(phonenumber::Mode::E164).to_string();
            // Where it takes digits away (a carrier's code), the number is not what was written.
            if theirs.is_valid() && e164 == raw {
                let ours = PhoneNumber::parse(&raw).unwrap_or_else(|e| panic!("{raw}: {e}"));
                prop_assert_eq!(ours.e164(), e164);
            }
        }
    }
}
