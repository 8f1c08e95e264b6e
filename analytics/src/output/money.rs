//! How people read amounts: in which currency, with how many places, in yen, thousands or millions. Files for programs
//! keep the exact amounts.

use clap::ValueEnum;
use rust_decimal::{Decimal, RoundingStrategy};
use shared::label::Lang;

use super::grouped;

/// What an amount is shown in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum MoneyUnit {
    /// The currency's own unit: yen.
    #[default]
    Yen,
    /// Thousands.
    Thousand,
    /// Millions.
    Million,
}

/// Currencies with the decimals of ISO 4217.
const CURRENCIES: &[(&str, u32)] = &[
    ("JPY", 0),
    ("USD", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("CHF", 2),
    ("CNY", 2),
    ("HKD", 2),
    ("TWD", 2),
    ("KRW", 0),
    ("SGD", 2),
    ("THB", 2),
    ("MYR", 2),
    ("PHP", 2),
    ("IDR", 2),
    ("VND", 0),
    ("INR", 2),
    ("AUD", 2),
    ("NZD", 2),
    ("CAD", 2),
];

/// The currency of the store's amounts, for display only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    code: &'static str,
    decimals: u32,
}

impl Default for Currency {
    fn default() -> Self {
        Self { code: "JPY", decimals: 0 }
    }
}

impl Currency {
    /// The currency with this code of ISO 4217, in any case.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        let found = CURRENCIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code.trim()))?;
        Some(Self { code: found.0, decimals: found.1 })
    }

    /// The codes that are known, for messages.
    #[must_use]
    pub fn known() -> String {
        CURRENCIES.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")
    }
}

/// How amounts are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MoneyStyle {
    /// What they are shown in.
    pub unit: MoneyUnit,
    /// Their currency.
    pub currency: Currency,
}

impl MoneyStyle {
    /// An amount with thousands separators, rounded half away from zero to the places of its currency; thousands and
    /// millions are whole.
    #[must_use]
    pub fn text(self, amount: Decimal) -> String {
        let places = self.places();
        let shown = amount.checked_div(self.divisor()).unwrap_or(amount);
        let shown = shown.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        // No zero with a sign.
        let shown = if shown.is_zero() { Decimal::ZERO } else { shown };
        grouped(&format!("{shown:.0$}", places as usize))
    }

    /// What a header says of the unit; nothing when amounts are in yen, as everybody expects.
    #[must_use]
    pub fn label(self, lang: Lang) -> Option<String> {
        if self == Self::default() {
            return None;
        }
        let is_yen = self.currency == Currency::default();
        let base = match (is_yen, lang) {
            (true, Lang::Ja) => "円",
            (true, Lang::En) => "yen",
            (false, _) => self.currency.code,
        };
        let prefix = match (self.unit, lang) {
            (MoneyUnit::Yen, _) => "",
            (MoneyUnit::Thousand, Lang::Ja) => "千",
            (MoneyUnit::Million, Lang::Ja) => "百万",
            (MoneyUnit::Thousand, Lang::En) => "thousand ",
            (MoneyUnit::Million, Lang::En) => "million ",
        };
        Some(format!("{prefix}{base}"))
    }

    /// Places after the point.
    #[must_use]
    pub fn places(self) -> u32 {
        if self.unit == MoneyUnit::Yen { self.currency.decimals } else { 0 }
    }

    /// The power of a thousand that amounts are divided by: 0, 1 or 2.
    #[must_use]
    pub fn thousands(self) -> usize {
        self.unit as usize
    }

    fn divisor(self) -> Decimal {
        match self.unit {
            MoneyUnit::Yen => Decimal::ONE,
            MoneyUnit::Thousand => Decimal::ONE_THOUSAND,
            MoneyUnit::Million => Decimal::new(1_000_000, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(unit: MoneyUnit, code: &str) -> MoneyStyle {
        MoneyStyle { unit, currency: Currency::of(code).unwrap() }
    }

    #[test]
    fn amounts_are_rounded_once_half_away_from_zero() {
        for (unit, code, amount, expected) in [
            (MoneyUnit::Yen, "JPY", "1234567.5", "1,234,568"),
            (MoneyUnit::Yen, "JPY", "-0.4", "0"),
            (MoneyUnit::Yen, "usd", "1234.5", "1,234.50"),
            (MoneyUnit::Yen, "USD", "-0.005", "-0.01"),
            (MoneyUnit::Thousand, "JPY", "1234499.99", "1,234"),
            (MoneyUnit::Thousand, "JPY", "1234500", "1,235"),
            (MoneyUnit::Thousand, "JPY", "-499", "0"),
            (MoneyUnit::Million, "JPY", "999499999", "999"),
            (MoneyUnit::Million, "USD", "1500000", "2"),
        ] {
            assert_eq!(style(unit, code).text(amount.parse().unwrap()), expected, "{amount} {unit:?}");
        }
    }

    #[test]
    fn the_unit_is_said_unless_it_is_yen() {
        assert_eq!(MoneyStyle::default().label(Lang::Ja), None);
        assert_eq!(style(MoneyUnit::Thousand, "JPY").label(Lang::Ja).as_deref(), Some("千円"));
        assert_eq!(style(MoneyUnit::Million, "JPY").label(Lang::En).as_deref(), Some("million yen"));
        assert_eq!(style(MoneyUnit::Yen, "USD").label(Lang::Ja).as_deref(), Some("USD"));
        assert_eq!(style(MoneyUnit::Million, "EUR").label(Lang::Ja).as_deref(), Some("百万EUR"));
        assert_eq!(Currency::of("YEN"), None);
    }
}
