//! Telephone numbers and callers: facts of the numbering plan and of written forms.

mod meaning;
mod written;

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
    fn every_number_read_is_complete_and_round_trips(raw in r"[0-9+\- ()]{0,20}") {
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
    fn a_number_never_equals_one_with_fewer_digits(digits in domestic(), drop in 1_usize..8, from_end in any::<bool>()) {
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
    fn foreign_numbers_agree_with_libphonenumber(raw in r"\+[1-9][0-9]{8,13}") {
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
