//! Ranks, running sums and sums of groups over a grid.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{Grid, WarehouseError};

impl Grid {
    /// The group of each row, numbered in the order in which they occur: rows with equal keys are one.
    ///
    /// # Errors
    /// A column is missing.
    pub fn groups(&self, within: &[String]) -> Result<Vec<usize>, WarehouseError> {
        let mut known: HashMap<Vec<Option<String>>, usize> = HashMap::new();
        let group = |key| {
            let next = known.len();
            *known.entry(key).or_insert(next)
        };
        Ok(self.keys(within)?.into_iter().map(group).collect())
    }

    /// The place of each row in its group: 1 has the largest number, equal numbers have equal places. Rows without a
    /// number have none.
    ///
    /// # Errors
    /// A column is missing.
    pub fn ranks(&self, of: &str, within: &[String]) -> Result<Vec<Option<Decimal>>, WarehouseError> {
        let (groups, values) = (self.groups(within)?, self.numbers(of)?);
        let mut order: Vec<usize> = (0..values.len()).filter(|&at| values[at].is_some()).collect();
        order.sort_by(|&a, &b| groups[a].cmp(&groups[b]).then_with(|| values[b].cmp(&values[a])));
        let mut ranks = vec![None; values.len()];
        let mut before: Option<(usize, u64, u64)> = None;
        for at in order {
            let (rank, place) = match before {
                Some((last, rank, place)) if groups[last] == groups[at] => {
                    (if values[last] == values[at] { rank } else { place + 1 }, place + 1)
                }
                _ => (1, 1),
            };
            ranks[at] = Some(Decimal::from(rank));
            before = Some((at, rank, place));
        }
        Ok(ranks)
    }

    /// The running sum of a column in the order of the rows, of each group on its own.
    ///
    /// # Errors
    /// A column is missing.
    pub fn cumulative(&self, of: &str, within: &[String]) -> Result<Vec<Decimal>, WarehouseError> {
        let mut sums: HashMap<usize, Decimal> = HashMap::new();
        let add = |(group, value): (usize, Option<Decimal>)| {
            let sum = sums.entry(group).or_default();
            *sum += value.unwrap_or_default();
            *sum
        };
        Ok(self.groups(within)?.into_iter().zip(self.numbers(of)?).map(add).collect())
    }

    /// The sum of a column over the group of each row.
    ///
    /// # Errors
    /// A column is missing.
    pub fn group_sums(&self, of: &str, within: &[String]) -> Result<Vec<Decimal>, WarehouseError> {
        let groups = self.groups(within)?;
        let mut sums = vec![Decimal::ZERO; groups.iter().max().map_or(0, |last| last + 1)];
        for (&group, value) in groups.iter().zip(self.numbers(of)?) {
            sums[group] += value.unwrap_or_default();
        }
        Ok(groups.into_iter().map(|group| sums[group]).collect())
    }

    /// A row for each group, with its keys, the other texts of its first row, and the sums of these columns; a sum is
    /// unknown when no row has a value.
    ///
    /// # Errors
    /// A column is missing.
    pub fn grouped(
        &self,
        within: &[String],
        texts: &[String],
        sums: &[&str],
    ) -> Result<Self, WarehouseError> {
        let groups = self.groups(within)?;
        let mut firsts: Vec<usize> = Vec::new();
        for (at, &group) in groups.iter().enumerate() {
            if group == firsts.len() {
                firsts.push(at);
            }
        }
        let mut out = Self::of_height(firsts.len());
        for name in within.iter().chain(texts) {
            let column = self.texts(name)?;
            out = out.with_texts(name, firsts.iter().map(|&at| column[at].clone()).collect())?;
        }
        for name in sums {
            let mut column: Vec<Option<Decimal>> = vec![None; firsts.len()];
            for (&group, value) in groups.iter().zip(self.numbers(name)?) {
                if let Some(value) = value {
                    *column[group].get_or_insert_default() += value;
                }
            }
            out = out.with_numbers(name, &column)?;
        }
        Ok(out)
    }
}

/// Parts of a whole to so many places, rounded so that they add up to the whole, which is rounded to the same: those that
/// lose most by rounding down get the missing units (the largest remainders).
pub fn rounded_to_sum(parts: &[Decimal], whole: Decimal, places: u32) -> Vec<Decimal> {
    let unit = Decimal::new(1, places);
    let mut rounded: Vec<Decimal> = parts
        .iter()
        .map(|part| part.round_dp_with_strategy(places, rust_decimal::RoundingStrategy::ToNegativeInfinity))
        .collect();
    let missing = (whole - rounded.iter().sum::<Decimal>()) / unit;
    let missing = usize::try_from(missing.round().mantissa().max(0)).unwrap_or_default();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| (rounded[at] - parts[at], at));
    for at in order.into_iter().cycle().take(if parts.is_empty() { 0 } else { missing }) {
        rounded[at] += unit;
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// Rows of a group and a number; `-` has none.
    fn grid(rows: &[(&str, &str)]) -> Grid {
        let groups = rows.iter().map(|(group, _)| Some((*group).to_owned())).collect();
        let numbers: Vec<Option<Decimal>> = rows.iter().map(|(_, number)| number.parse().ok()).collect();
        Grid::of_height(rows.len()).with_texts("g", groups).unwrap().with_numbers("n", &numbers).unwrap()
    }

    fn whole(numbers: &[Option<Decimal>]) -> Vec<String> {
        numbers.iter().map(|number| number.map_or("-".to_owned(), |number| number.to_string())).collect()
    }

    #[test]
    fn equal_numbers_have_equal_places_and_the_next_ones_are_left_out() {
        let grid = grid(&[("a", "5"), ("b", "1"), ("a", "9"), ("a", "5"), ("a", "-"), ("a", "2")]);
        assert_eq!(whole(&grid.ranks("n", &["g".to_owned()]).unwrap()), ["2", "1", "1", "2", "-", "4"]);
        assert_eq!(whole(&grid.ranks("n", &[]).unwrap()), ["2", "5", "1", "2", "-", "4"]);
    }

    #[test]
    fn sums_run_within_groups() {
        let grid = grid(&[("a", "5"), ("b", "1"), ("a", "-"), ("a", "2")]);
        let within = ["g".to_owned()];
        assert_eq!(grid.cumulative("n", &within).unwrap(), [dec("5"), dec("1"), dec("5"), dec("7")]);
        assert_eq!(grid.group_sums("n", &within).unwrap(), [dec("7"), dec("1"), dec("7"), dec("7")]);
        let sums = grid.grouped(&within, &[], &["n"]).unwrap();
        assert_eq!(
            (sums.height(), whole(&sums.numbers("n").unwrap())),
            (2, vec!["7".to_owned(), "1".to_owned()])
        );
    }

    #[test]
    fn rounded_parts_add_up_to_the_rounded_whole() {
        let third = dec("1") / dec("3");
        let parts = rounded_to_sum(&[third, third, third], dec("1"), 2);
        assert_eq!(parts, [dec("0.34"), dec("0.33"), dec("0.33")]);
        let parts = rounded_to_sum(&[-third, dec("1") + third], dec("1"), 2);
        assert_eq!(parts, [dec("-0.33"), dec("1.33")]);
        assert!(rounded_to_sum(&[], dec("1"), 2).is_empty());
    }
}
