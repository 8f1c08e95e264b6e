//! Amounts that a layout has with tax, and parts of amounts of which we have the rest.

use super::Writer;
use crate::dataset::Dataset;
use crate::import::scaled_amount;
use crate::money::from_scaled;
use crate::profile::{ColumnRule, Less};

/// An amount and a rate in per cent, both in 1/10000, multiplied and divided by this are whole yen.
const TAX_UNIT: i128 = 100 * 10_000 * 10_000;

/// One yen in 1/10000.
const YEN: i128 = 10_000;

impl Writer<'_> {
    /// Adds the tax to an amount that the layout has with tax, and writes it beside it, so that an import deducts it
    /// again: by the row's rate, rounded down to the yen. Without a rate the amount is written as it is, and no tax.
    pub(super) fn add_tax(
        &self,
        dataset: &Dataset,
        cells: &[String],
        (rule, less, only_with): (&ColumnRule, &Less, &(String, Vec<String>)),
        made: &mut [String],
    ) {
        let place = |name: &String| self.profile.position(name).filter(|at| *at < made.len());
        let (Some(whole), Some(tax), Some(only)) =
            (rule.from.first().and_then(place), place(&less.column), place(&only_with.0))
        else {
            return;
        };
        let rate = dataset.column_index("tax_rate").and_then(|at| scaled_amount(&cells[at]).ok());
        let (Some(rate), Ok(net)) = (rate, scaled_amount(&made[whole])) else { return };
        let contained = i128::from(net) * i128::from(rate) / TAX_UNIT * YEN;
        let gross = i64::try_from(i128::from(net) + contained).map(|gross| from_scaled(gross).to_string());
        let takes = only_with.1.contains(&made[only]) && rate > 0;
        // What an import would refuse is written as it is.
        if let (true, Ok(gross), Ok(contained)) = (takes, gross, i64::try_from(contained))
            && scaled_amount(&gross).is_ok()
        {
            made[whole] = gross;
            made[tax] = from_scaled(contained).to_string();
        }
    }

    /// Writes what an import deducts from an amount to get this value: the profit that leaves the cost.
    pub(super) fn add_part(&self, (rule, less): (&ColumnRule, &Less), native: &str, made: &mut [String]) {
        let place = |name: &String| self.profile.position(name).filter(|at| *at < made.len());
        let (Some(whole), Some(part)) = (rule.from.first().and_then(place), place(&less.column)) else {
            return;
        };
        if let (Ok(amount), Ok(rest)) = (scaled_amount(&made[whole]), scaled_amount(native))
            && let Some(difference) = amount.checked_sub(rest)
        {
            made[part] = from_scaled(difference).to_string();
        }
    }
}
