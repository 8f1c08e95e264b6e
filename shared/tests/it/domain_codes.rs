//! Amounts, ranks, record codes and labelled enums.

use std::cmp::Ordering;
use std::str::FromStr;

use proptest::prelude::*;
use rust_decimal::Decimal;
use shared::agent::AgentRole;
use shared::customer::{ContactPurpose, CustomerType, PaymentMethod, SuspendedReason, TradingStatus};
use shared::ids::compare_codes;
use shared::message::Explain;
use shared::money::{MoneyError, from_scaled, parse_amount, to_scaled, yen};
use shared::rank::{RankDirection, RankMaster, RankMasterError};
use shared::sales::{
    DealStage, InquiryStatus, InteractionChannel, OrderStatus, QuoteStatus, SalesChannel, SlipStatus,
};
use shared::{Lang, phone::PhoneKind};

fn dec(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) }
}

#[test]
fn amounts_are_read_as_files_write_them() {
    for (text, expected) in [
        ("1000", "1000"),
        ("1,000", "1000"),
        ("1,234,567", "1234567"),
        ("¥1,000", "1000"),
        ("￥１，０００", "1000"),
        ("\\1,000", "1000"),
        ("1,000円", "1000"),
        ("１０００円", "1000"),
        ("▲1,000", "-1000"),
        ("△1,000", "-1000"),
        ("(1,000)", "-1000"),
        ("（1,000）", "-1000"),
        ("(¥1,000)", "-1000"),
        ("1,000-", "-1000"),
        ("-1,000", "-1000"),
        ("−1,000", "-1000"),
        ("－１０００", "-1000"),
        ("-¥300", "-300"),
        ("¥-300", "-300"),
        ("▲ 1,000 円", "-1000"),
        ("12 500", "12500"),
        ("1\u{A0}234\u{A0}567.5", "1234567.5"),
        ("¥ 1 000 -", "1000"),
        ("( 7\u{3000}000 )", "-7000"),
        ("+1,000", "1000"),
        ("1234.5", "1234.5"),
        ("0.0001", "0.0001"),
        (".5", "0.5"),
        ("1.50000", "1.5"),
        ("-0", "0"),
        ("007", "7"),
        ("99999999999999.9999", "99999999999999.9999"),
    ] {
        assert_eq!(parse_amount(text), Ok(dec(expected)), "{text}");
    }
    assert_eq!(parse_amount("-0").map(|d| d.to_string()), Ok("0".to_owned()));
}

#[test]
fn text_that_is_not_an_amount_is_refused() {
    use MoneyError::{Empty, NotANumber, TooLarge, TooPrecise};
    for (text, error) in [
        ("", Empty),
        ("　", Empty),
        ("-", NotANumber),
        ("円", NotANumber),
        ("abc", NotANumber),
        ("1,00", NotANumber),
        ("1000,000", NotANumber),
        (",100", NotANumber),
        ("1,,000", NotANumber),
        ("12.34.56", NotANumber),
        ("1.", NotANumber),
        (".", NotANumber),
        ("1.5,000", NotANumber),
        ("--1", NotANumber),
        ("-1-", NotANumber),
        ("(-1)", NotANumber),
        ("+-1", NotANumber),
        ("1e5", NotANumber),
        ("NaN", NotANumber),
        ("1 USD", NotANumber),
        ("50000\n30000", NotANumber),
        ("50000\u{3000}30000", NotANumber),
        ("1 000 2 000", NotANumber),
        ("1,000 000", NotANumber),
        ("7\n000", NotANumber),
        ("12  500", NotANumber),
        ("1 2", NotANumber),
        ("1. 5", NotANumber),
        ("1.500 000", NotANumber),
        ("▲\n300", NotANumber),
        ("2025/11/21", NotANumber),
        ("0.00001", TooPrecise),
        ("100000000000000", TooLarge),
        ("99999999999999999999999999999999999999", TooLarge),
    ] {
        assert_eq!(parse_amount(text), Err(error), "{text}");
    }
    assert_eq!(parse_amount(&"9".repeat(1_000_000)), Err(NotANumber));
}

#[test]
fn scaling_is_exact_or_an_error() {
    for (amount, scaled) in
        [("0", 0), ("1", 10_000), ("-1.5", -15_000), ("0.0001", 1), ("1.00000000", 10_000)]
    {
        assert_eq!(to_scaled(dec(amount)), Ok(scaled));
        assert_eq!(from_scaled(scaled), dec(amount));
    }
    assert_eq!(to_scaled(dec("99999999999999.9999")), Ok(999_999_999_999_999_999));
    assert_eq!(to_scaled(dec("-99999999999999.9999")), Ok(-999_999_999_999_999_999));
    assert_eq!(to_scaled(dec("100000000000000")), Err(MoneyError::TooLarge));
    assert_eq!(to_scaled(dec("0.00005")), Err(MoneyError::TooPrecise));
    assert_eq!(to_scaled(Decimal::MAX), Err(MoneyError::TooLarge));
}

#[test]
fn yen_is_rounded_half_away_from_zero_and_grouped() {
    for (amount, text) in [
        ("1234000", "¥1,234,000"),
        ("-300", "-¥300"),
        ("0", "¥0"),
        ("999", "¥999"),
        ("1000", "¥1,000"),
        ("0.5", "¥1"),
        ("0.4999", "¥0"),
        ("-0.4", "¥0"),
        ("-0.5", "-¥1"),
        ("2.5", "¥3"),
        ("99999999999999.9999", "¥100,000,000,000,000"),
    ] {
        assert_eq!(yen(dec(amount)), text, "{amount}");
    }
}

#[test]
fn ranks_are_ordered_by_the_master_not_by_letters() {
    let master = RankMaster::default();
    assert_eq!(master.ranks(), ["S", "A", "B", "C"]);
    assert_eq!(
        (master.position("S"), master.position(" C "), master.position("D")),
        (Some(0), Some(3), None)
    );
    for (from, to, expected) in [
        (Some("B"), Some("A"), RankDirection::Up),
        (Some("A"), Some("S"), RankDirection::Up),
        (Some("S"), Some("C"), RankDirection::Down),
        (Some("A"), Some("A"), RankDirection::Same),
        (None, Some("C"), RankDirection::Initial),
        (Some(""), Some("C"), RankDirection::Initial),
        (Some("X"), Some("C"), RankDirection::Initial),
        (Some("X"), Some("X"), RankDirection::Same),
        (None, None, RankDirection::Same),
    ] {
        assert_eq!(master.direction(from, to), expected, "{from:?} {to:?}");
    }
    let own = RankMaster::new(["プラチナ", "ゴールド"]).unwrap();
    assert_eq!(own.direction(Some("ゴールド"), Some("プラチナ")), RankDirection::Up);
    assert_eq!(RankMaster::new(Vec::<String>::new()), Err(RankMasterError::Empty));
    assert_eq!(RankMaster::new(["A", ""]), Err(RankMasterError::Blank { position: 2 }));
    assert_eq!(RankMaster::new(["A", "A "]), Err(RankMasterError::Duplicate { name: "A".to_owned() }));
}

#[test]
fn codes_of_digits_are_ordered_as_numbers() {
    let mut codes = ["b", "10", "9", "009", "a", "100"];
    codes.sort_by(|a, b| compare_codes(a, b));
    assert_eq!(codes, ["009", "9", "10", "100", "a", "b"]);
}

/// Checks what every labelled enum promises.
macro_rules! check_labels {
    ($($name:ident),+) => {$(
        let mut seen = std::collections::HashSet::new();
        for variant in $name::ALL {
            let id = variant.as_str();
            assert!(seen.insert(id), "{id} twice");
            assert!(id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_'), "{id}");
            assert_eq!(variant.to_string(), id);
            for text in [id, variant.label(Lang::Ja), variant.label(Lang::En), &format!("　{} ", id.to_uppercase())] {
                assert_eq!($name::from_label(text), Some(*variant), "{} {text}", stringify!($name));
            }
            assert_eq!(serde_json::to_string(variant).unwrap(), format!("\"{id}\""));
            assert_eq!(serde_json::from_str::<$name>(&format!("\"{id}\"")).unwrap(), *variant);
        }
        assert_eq!($name::from_label(""), None);
        assert_eq!($name::from_label("そんなものはない"), None);
        let error = "?".parse::<$name>().unwrap_err();
        assert!(error.to_string().contains($name::ALL[0].as_str()), "{error}");
        assert!(error.message().text(Lang::Ja).contains($name::ALL[0].label_ja()), "{error}");
    )+};
}

#[test]
fn labels_and_identifiers_round_trip() {
    check_labels!(
        CustomerType,
        TradingStatus,
        SuspendedReason,
        ContactPurpose,
        PaymentMethod,
        SalesChannel,
        SlipStatus,
        QuoteStatus,
        DealStage,
        OrderStatus,
        InquiryStatus,
        InteractionChannel,
        AgentRole,
        RankDirection,
        PhoneKind
    );
}

#[test]
fn other_spellings_are_understood() {
    assert_eq!(CustomerType::from_label("卸"), Some(CustomerType::Wholesale));
    assert_eq!(CustomerType::from_label("法人顧客"), Some(CustomerType::Corporate));
    assert_eq!(TradingStatus::from_label("取引停止中"), Some(TradingStatus::Suspended));
    assert_eq!(SalesChannel::from_label("ｅｃ"), Some(SalesChannel::Ec));
    assert_eq!(InteractionChannel::from_label("電話（受信）"), Some(InteractionChannel::PhoneIn));
    assert_eq!(InquiryStatus::from_label("In Progress"), Some(InquiryStatus::InProgress));
    assert_eq!(SlipStatus::from_label("仮伝票"), Some(SlipStatus::Provisional));
    for status in SlipStatus::ALL {
        assert_ne!(status.is_sale(), SlipStatus::NOT_COUNTED.contains(status), "{status}");
    }
    assert_eq!(Lang::from_tag("ja_JP.UTF-8"), Some(Lang::Ja));
    assert_eq!(Lang::from_tag("en-US"), Some(Lang::En));
    assert_eq!(Lang::from_tag("C.UTF-8"), None);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn scaled_amounts_round_trip(scaled in -999_999_999_999_999_999_i64..=999_999_999_999_999_999) {
        let amount = from_scaled(scaled);
        prop_assert_eq!(to_scaled(amount), Ok(scaled));
        prop_assert_eq!(parse_amount(&amount.to_string()), Ok(amount));
        // Yen are within half a yen, and read back whole.
        if let Ok(whole) = parse_amount(&yen(amount)) {
            prop_assert!((whole - amount).abs() <= dec("0.5"));
        }
    }

    #[test]
    fn amounts_and_labels_never_panic(text in any::<String>(), amountish in "[0-9０-９,.+\\-▲△()¥￥円 −]{0,30}") {
        for text in [&text, &amountish] {
            if let Ok(amount) = parse_amount(text) {
                prop_assert!(to_scaled(amount).is_ok());
            }
            let _ = CustomerType::from_label(text);
        }
    }

    #[test]
    fn code_order_is_total(mut codes in proptest::collection::vec("[0-9a-b]{0,3}", 0..8)) {
        codes.sort_by(|a, b| compare_codes(a, b));
        for i in 0..codes.len() {
            for j in i..codes.len() {
                prop_assert_ne!(compare_codes(&codes[i], &codes[j]), Ordering::Greater);
            }
        }
    }
}
