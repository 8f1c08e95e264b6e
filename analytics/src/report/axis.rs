//! The attributes by which a report divides customers.

use clap::ValueEnum;
use rust_decimal::Decimal;
use shared::dataset::{CUSTOMERS, Choices};
use shared::label::Lang;
use shared::rank::RankMaster;

use crate::labels::Label;

/// An attribute of customers that divides them into segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Axis {
    /// 業種.
    Industry,
    /// 顧客区分.
    #[value(alias = "type")]
    CustomerType,
    /// 顧客ランク.
    Rank,
    /// 担当エリア, or the area of the customer's prefecture.
    #[value(alias = "area")]
    SalesArea,
    /// 自社担当.
    #[value(alias = "owner")]
    AccountOwner,
    /// The calendar year of the first trade.
    FirstTradeYear,
    /// 取引状態.
    #[value(alias = "status")]
    TradingStatus,
    /// 獲得経路.
    AcquisitionSource,
    /// 支払方法.
    PaymentMethod,
}

impl Axis {
    /// The identifier in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Industry => "industry",
            Self::CustomerType => "customer_type",
            Self::Rank => "rank",
            Self::SalesArea => "sales_area",
            Self::AccountOwner => "account_owner",
            Self::FirstTradeYear => "first_trade_year",
            Self::TradingStatus => "trading_status",
            Self::AcquisitionSource => "acquisition_source",
            Self::PaymentMethod => "payment_method",
        }
    }

    /// The column of `segment_customers`, as text.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::FirstTradeYear => "CAST(EXTRACT(YEAR FROM c.first_trade_date) AS VARCHAR)",
            Self::Industry => "c.industry",
            Self::CustomerType => "c.customer_type",
            Self::Rank => "c.rank",
            Self::SalesArea => "c.sales_area",
            Self::AccountOwner => "c.account_owner",
            Self::TradingStatus => "c.trading_status",
            Self::AcquisitionSource => "c.acquisition_source",
            Self::PaymentMethod => "c.payment_method",
        }
    }

    /// The column's heading.
    pub fn label(self) -> Label {
        match self {
            Self::Industry => Label::new("業種", "Industry"),
            Self::CustomerType => Label::new("顧客区分", "Type"),
            Self::Rank => Label::new("ランク", "Rank"),
            Self::SalesArea => Label::new("エリア", "Area"),
            Self::AccountOwner => Label::new("担当者", "Owner"),
            Self::FirstTradeYear => Label::new("取引開始年", "First year"),
            Self::TradingStatus => Label::new("取引状態", "Status"),
            Self::AcquisitionSource => Label::new("獲得経路", "Source"),
            Self::PaymentMethod => Label::new("支払方法", "Payment"),
        }
    }

    /// The text of a value for people: the label of a choice, other text unchanged.
    pub fn display(self, value: &str, lang: Lang) -> String {
        let known = choices(self.name()).iter().find(|(id, _)| *id == value);
        match (known, lang) {
            (Some((_, labels)), Lang::Ja) => labels.first().copied().unwrap_or(value).to_owned(),
            (Some(_), Lang::En) => value.replace('_', " "),
            (None, _) => value.to_owned(),
        }
    }

    /// The stored value of a typed one: the identifier for any label of a choice.
    pub fn stored(self, typed: &str) -> String {
        let known = choices(self.name()).iter().find(|(id, labels)| *id == typed || labels.contains(&typed));
        known.map_or(typed, |(id, _)| *id).to_owned()
    }

    /// The sort order of a value: ranks by the rank master, years in time order, all else by sales.
    /// Smaller comes first; values of equal order are sorted by name.
    pub(crate) fn order(self, value: &str, sales: Decimal, ranks: &RankMaster) -> Decimal {
        match self {
            Self::Rank => ranks.position(value).map_or(Decimal::MAX, Decimal::from),
            Self::FirstTradeYear => Decimal::ZERO,
            _ => -sales,
        }
    }
}

/// The choices of a column of customers.
fn choices(column: &str) -> Choices {
    CUSTOMERS.column(column).map_or(&[], |column| column.kind.choices())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_names_are_those_of_the_command_line() {
        for axis in Axis::value_variants() {
            assert_eq!(axis.to_possible_value().unwrap().get_name(), axis.name());
        }
    }

    #[test]
    fn choices_are_read_and_shown_by_their_labels() {
        assert_eq!(Axis::CustomerType.stored("卸売"), "wholesale");
        assert_eq!(Axis::CustomerType.stored("wholesale"), "wholesale");
        assert_eq!(Axis::CustomerType.display("wholesale", Lang::Ja), "卸売");
        assert_eq!(Axis::Industry.display("酒販店", Lang::En), "酒販店");
    }
}
