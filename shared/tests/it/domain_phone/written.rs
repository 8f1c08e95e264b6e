//! Every written form of a number.

use super::{e164, error};
use shared::phone::{PhoneError, PhoneNumber, split_cell};

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
fn incomplete_and_impossible_numbers_are_refused() {
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

fn all(raw: &str) -> Vec<Result<String, PhoneError>> {
    PhoneNumber::parse_all(raw).into_iter().map(|r| r.map(|n| n.e164().to_owned())).collect()
}

#[test]
fn several_numbers_in_one_cell() {
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
fn parameters_behind_a_number_are_no_part_of_it() {
    for parameters in [
        ";verstat=TN-Validation-Passed",
        ";verstat=No-TN-Validation;cpc=ordinary",
        ";phone-context=+81",
        ";phone-context=ims.example.jp",
        ";npdi;rn=+81300000000",
        ";npdi",
        ";isub=1234",
        ";tgrp=trunk1;trunk-context=carrier.example",
        ";user=phone",
        "; verstat = x",
        ";",
    ] {
        for number in ["+81312345678", "0312345678", "%2B81312345678", "+81-3-1234-5678"] {
            for raw in [
                format!("{number}{parameters}"),
                format!("{number}{parameters}@carrier.example"),
                format!("\"Taro\" <{number}{parameters}>"),
                format!("sip:{number}{parameters}@carrier.example;user=phone"),
                format!("tel:{number}{parameters}"),
            ] {
                assert_eq!(e164(&raw), "+81312345678", "{raw}");
            }
        }
    }
    assert_eq!(PhoneNumber::parse("+81312345678;ext=123").unwrap().extension(), Some("123"));
    let two = ["+81312345678", "+819012345678"];
    for raw in ["03-1234-5678;090-1234-5678", "03-1234-5678; 090-1234-5678", "03-1234-5678;tel=090-1234-5678"]
    {
        assert_eq!(all(raw), two.map(|number| Ok(number.to_owned())), "{raw}");
    }
}

#[test]
fn a_sign_between_groups_of_digits_does_not_divide_the_number() {
    for raw in [
        "045/200/0001",
        "045/2000001",
        "045・200・0001",
        "045･200･0001",
        "045，200，0001",
        "045,200,0001",
        "045、200、0001",
        "045〜200〜0001",
        "045～200～0001",
        "045;200;0001",
        "+81 45/200 0001",
        "+81/45/200/0001",
        "81/45/200/0001",
        "０４５／２００／０００１",
        "TEL:045/200/0001（代）",
        "184/045/200/0001",
        "045/200/0001 内線12",
    ] {
        assert_eq!(e164(raw), "+81452000001", "{raw}");
        assert_eq!(split_cell(raw), [raw], "{raw}");
    }
    assert_eq!(e164("0120/444/113"), "+81120444113");
    assert_eq!(e164("090/1234/5678"), "+819012345678");
    assert_eq!(e164("+49 30/1234567"), "+49301234567");
    for (raw, expected) in [
        ("045/200", PhoneError::Several),
        ("2026/11/30", PhoneError::Several),
        ("2012/345-67890", PhoneError::Several),
        ("110/119", PhoneError::Several),
        ("045/200/0001/2", PhoneError::Several),
    ] {
        assert_eq!(error(raw), expected, "{raw}");
    }
    let two = ["+81452000001", "+819012345678"].map(|number| Ok(number.to_owned()));
    for raw in [
        "045/200/0001 090/1234/5678",
        "045/200/0001、090/1234/5678",
        "045/200/0001\n090-1234-5678",
        "045・200・0001 / 090-1234-5678",
        "045，200，0001；090，1234，5678",
        "TEL 045/200/0001 FAX 090/1234/5678",
    ] {
        assert_eq!(all(raw), two, "{raw}");
    }
    let pair = "045-200-0001、090-1234-5678/06-6111-2222";
    assert_eq!(all(pair).into_iter().filter_map(Result::ok).count(), 3);
}
