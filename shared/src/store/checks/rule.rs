//! The rules that the rows of the store have to keep among each other (`docs/data-quality.md#rules`).

/// How severe a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Figures or links are wrong.
    Error,
    /// Something is likely to be missing or mistaken.
    Warning,
}

impl Severity {
    /// The identifier for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A violation of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Against which rule.
    pub rule: Rule,
    /// The data set of the row.
    pub dataset: &'static str,
    /// The row's key columns joined by `/`; of a slip its number.
    pub key: String,
    /// The values of the message, each with its name: `column`, `value`, `target`, `amount` …
    pub facts: Vec<(&'static str, String)>,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal $severity:ident,)+) => {
        /// A rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[$doc])* $name,)+ }

        impl Rule {
            /// Every rule, in the order in which they are checked.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)+];

            /// The identifier for programs.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// How severe a finding is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }
        }
    };
}

rules! {
    /// A column names a row that is not there.
    Orphan = "orphan" Error,
    /// A column names rows of a data set of which nothing was imported.
    NoMaster = "no_master" Warning,
    /// A quote names an order that does not name the quote, or the other way round.
    OneSidedLink = "one_sided_link" Error,
    /// A slip on a quote that is not won.
    SaleOnOpenQuote = "sale_on_open_quote" Error,
    /// An order, not cancelled, on a quote that is not won.
    OrderOnOpenQuote = "order_on_open_quote" Warning,
    /// What was sold on a won quote is not what was quoted.
    SaleTotal = "sale_total" Warning,
    /// A quote's amount is not the sum of its lines.
    QuoteTotal = "quote_total" Error,
    /// An order's amount is not the sum of its lines.
    OrderTotal = "order_total" Error,
    /// More was paid for an invoice than it asks for.
    Overpaid = "overpaid" Error,
    /// The lines of one slip number name two customers.
    SlipCustomers = "slip_two_customers" Error,
    /// The lines of one slip number have two dates.
    SlipDates = "slip_two_dates" Error,
    /// Two default ship-to addresses.
    TwoDefaults = "two_default_ship_tos" Error,
    /// Ship-to addresses, and none is the default.
    NoDefault = "no_default_ship_to" Warning,
    /// A credit limit below zero.
    NegativeCredit = "negative_credit_limit" Error,
    /// A stock below zero.
    NegativeStock = "negative_stock" Warning,
    /// A telephone number that was kept as written because it cannot be one: no call finds it.
    RawPhone = "raw_phone" Warning,
    /// A customer without a reading.
    NoKana = "no_kana" Warning,
    /// A customer whom no number or address reaches.
    NoContact = "no_contact" Warning,
}

impl Rule {
    /// The rule with this identifier.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }
}
