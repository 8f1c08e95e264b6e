//! Customers near a boundary, and what would move them across it (`docs/rank.md#runs`).
//!
//! Each move is of one criterion alone. A new record changes several at once, so it has at least that effect.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use shared::calendar::sub_months;

use crate::rank::scoring::scored::{Exact, Scored};
use crate::rank::scoring::scorer::{Scorer, TooEarly};
use crate::rank::settings::{Criterion, RankSettings};

/// A customer near a boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Near<'a> {
    pub(crate) customer_code: &'a str,
    pub(crate) scored: Scored,
    /// Index into the settings' points of the rank beyond the boundary.
    pub(crate) beyond: usize,
    pub(crate) is_rise: bool,
    /// The boundary, in hundredths.
    pub(crate) bound: u32,
    /// Hundredths of points between the total and the boundary.
    pub(crate) distance: u32,
    pub(crate) moves: Vec<Move>,
}

/// A change of one criterion that is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Move {
    /// A counted record on this day or later.
    RecordSince(NaiveDate),
    /// No new record until this as-of date.
    NothingUntil(NaiveDate),
    /// The count or amount reaches a row: the figure it needs, and how much is missing.
    Reach(Figure, Decimal, Decimal),
    /// The count or amount falls below this row.
    FallBelow(Figure, Decimal),
}

/// A criterion with decimal rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Count,
    Amount,
}

/// The customers whose total is at most `points` (hundredths) from a boundary, the nearest first. Customers that are not
/// updated are left out. A total near two boundaries is listed for each.
pub(crate) fn near<'a>(
    settings: &RankSettings,
    as_of: NaiveDate,
    customers: impl Iterator<Item = (&'a str, &'a Scored)>,
    points: u32,
) -> Result<Vec<Near<'a>>, TooEarly> {
    let scorer = Scorer::new(settings, as_of)?;
    let mut found = Vec::new();
    for (customer_code, scored) in customers {
        if !scored.reason.is_updated() {
            continue;
        }
        let edges = scorer.edges(scored.total);
        let mut add = |is_rise: bool, bound: u32, beyond: usize| {
            let distance = bound.abs_diff(scored.total);
            if distance <= points {
                let (scored, moves) = (*scored, Vec::new());
                found.push(Near { customer_code, scored, beyond, is_rise, bound, distance, moves });
            }
        };
        if let Some((bound, beyond)) = edges.above {
            add(true, bound, beyond);
        }
        if let Some((bound, beyond)) = edges.below {
            add(false, bound, beyond);
        }
    }
    found.sort_by(|a, b| {
        let total = || b.scored.total.cmp(&a.scored.total);
        let code = || shared::ids::compare_codes(b.customer_code, a.customer_code);
        a.distance.cmp(&b.distance).then_with(total).then_with(code).then(b.is_rise.cmp(&a.is_rise))
    });
    Ok(found)
}

impl Near<'_> {
    /// Works out what would move this customer.
    pub(crate) fn explain(&mut self, settings: &RankSettings, as_of: NaiveDate) {
        let exact = self.scored.exact();
        self.moves =
            if self.is_rise { self.rises(settings, as_of, &exact) } else { self.falls(settings, &exact) };
    }

    /// The row to reach: the nearest one above with enough points.
    fn row_up<T>(&self, criterion: &Criterion<T>, points: Option<u8>) -> Option<usize> {
        let rows = criterion.rows.len();
        let points = usize::from(points?);
        let gain = |row: usize| u32::try_from(rows - row - points).unwrap_or(u32::MAX);
        (0..rows - points.min(rows))
            .rev()
            .find(|row| gain(*row).saturating_mul(criterion.weight) >= self.distance)
    }

    /// The row to lose: the first one down whose loss is enough.
    fn row_down<T>(&self, criterion: &Criterion<T>, points: Option<u8>) -> Option<usize> {
        let rows = criterion.rows.len();
        let points = usize::from(points?).min(rows);
        // Below row r there are rows − r − 1 points.
        let loss = |row: usize| u32::try_from(points + row + 1 - rows).unwrap_or(u32::MAX);
        (rows - points..rows).find(|row| loss(*row).saturating_mul(criterion.weight) > self.distance)
    }

    fn rises(&self, settings: &RankSettings, as_of: NaiveDate, exact: &Exact) -> Vec<Move> {
        let mut moves = Vec::new();
        let points = self.scored.points;
        let criteria = &settings.chosen.criteria;
        if let Some(c) = criteria.enabled_recency()
            && let Some(row) = self.row_up(c, points.recency)
        {
            moves.extend(sub_months(as_of, c.rows[row]).map(Move::RecordSince));
        }
        let figures = [
            (Figure::Count, criteria.enabled_count(), points.count, exact.count),
            (Figure::Amount, criteria.enabled_amount(), points.amount, exact.amount),
        ];
        for (figure, criterion, points, value) in figures {
            if let (Some(c), Some(value)) = (criterion, value)
                && let Some(row) = self.row_up(c, points)
            {
                let least = c.rows[row];
                moves.push(Move::Reach(figure, least.normalize(), (least - value).normalize()));
            }
        }
        moves
    }

    fn falls(&self, settings: &RankSettings, exact: &Exact) -> Vec<Move> {
        let mut moves = Vec::new();
        let points = self.scored.points;
        let criteria = &settings.chosen.criteria;
        if let (Some(c), Some(latest)) = (criteria.enabled_recency(), exact.latest_date)
            && let Some(row) = self.row_down(c, points.recency)
        {
            moves.extend(leaves(latest, c.rows[row]).map(Move::NothingUntil));
        }
        let figures = [
            (Figure::Count, criteria.enabled_count(), points.count),
            (Figure::Amount, criteria.enabled_amount(), points.amount),
        ];
        for (figure, criterion, points) in figures {
            if let Some(c) = criterion
                && let Some(row) = self.row_down(c, points)
            {
                moves.push(Move::FallBelow(figure, c.rows[row].normalize()));
            }
        }
        moves
    }
}

/// The first as-of date on which `latest` is no longer within that many months.
fn leaves(latest: NaiveDate, months: u32) -> Option<NaiveDate> {
    // At month ends several as-of dates share a bound, so the date may be a few days after the month is over.
    let start = latest.checked_add_months(chrono::Months::new(months))?;
    (0..=4)
        .filter_map(|n| start.checked_add_days(Days::new(n)))
        .find(|as_of| sub_months(*as_of, months).is_some_and(|bound| bound > latest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::scoring::scorer::Figures;
    use shared::rank::{RankMaster, RankReason};

    fn settings() -> RankSettings {
        let origin = shared::message!("テスト", "test");
        RankSettings::parse(test_support::RANK_SETTINGS, &RankMaster::default(), &origin).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn scored(latest: &str, count: i64, yen: i128) -> Scored {
        let figures = Figures {
            latest: Some(crate::rank::scoring::scorer::unix_day(day(latest))),
            count,
            amount: yen * 100_000_000,
        };
        let scorer = Scorer::new(&settings(), day("2026-10-31")).unwrap();
        let points = scorer.points(&figures);
        Scored {
            figures,
            months_within: None,
            points,
            total: scorer.total(&points),
            before: Default::default(),
            after: Default::default(),
            reason: RankReason::Unchanged,
        }
    }

    fn found(customer: &Scored, points: u32) -> Vec<(bool, u32, Vec<Move>)> {
        let (settings, as_of) = (settings(), day("2026-10-31"));
        let mut near = near(&settings, as_of, std::iter::once(("C1", customer)), points).unwrap();
        near.iter_mut().for_each(|near| near.explain(&settings, as_of));
        near.into_iter().map(|near| (near.is_rise, near.distance, near.moves)).collect()
    }

    #[test]
    fn a_customer_below_a_rank_is_told_what_is_missing() {
        // 4 × 20 + 3 × 10 + 3 × 20 = 170: ten below A, which 10 slips or 5,000,000 yen give.
        let customer = scored("2026-10-01", 30_000, 2_400_000);
        assert_eq!(customer.total, 17_000);
        let moves = vec![
            Move::Reach(Figure::Count, Decimal::from(10), Decimal::from(7)),
            Move::Reach(Figure::Amount, Decimal::from(5_000_000), Decimal::from(2_600_000)),
        ];
        assert_eq!(found(&customer, 1000), [(true, 1000, moves)]);
        assert_eq!(found(&customer, 999), []);
    }

    #[test]
    fn a_customer_on_a_boundary_is_told_what_would_lose_the_rank() {
        // 4 × 20 = 80, exactly B.
        let customer = scored("2026-10-31", 0, 0);
        let moves = vec![Move::NothingUntil(day("2027-02-01"))];
        assert_eq!(found(&customer, 0), [(false, 0, moves)]);
    }

    #[test]
    fn customers_that_are_not_updated_are_left_out() {
        let customer = Scored { reason: RankReason::Excluded, ..scored("2026-10-31", 0, 0) };
        assert_eq!(found(&customer, 100_000), []);
    }

    #[test]
    fn recency_changes_by_calendar_months() {
        assert_eq!(leaves(day("2026-10-31"), 3), Some(day("2027-02-01")));
        assert_eq!(leaves(day("2026-11-30"), 3), Some(day("2027-03-01")));
        assert_eq!(leaves(day("2026-11-28"), 3), Some(day("2027-03-01")));
        assert_eq!(leaves(day("2026-11-27"), 3), Some(day("2027-02-28")));
        assert_eq!(leaves(day("2026-10-15"), 0), Some(day("2026-10-16")));
    }

    proptest::proptest! {
        #[test]
        fn the_smallest_sufficient_change_is_given(latest in 0_i32..400, count in 0_i64..130_000, yen in 0_i128..6_000_000) {
            let as_of = day("2026-10-31");
            let date = as_of - Days::new(latest.unsigned_abs().into());
            let customer = scored(&date.to_string(), count, yen);
            let scorer = Scorer::new(&settings(), as_of).unwrap();
            let rank = |figures: &Figures| scorer.rank_index(scorer.total(&scorer.points(figures)));
            for (is_rise, _, moves) in found(&customer, 100_000) {
                for one in moves {
                    let (just, not) = match one {
                        Move::RecordSince(day) => {
                            let at = |day| Figures { latest: Some(crate::rank::scoring::scorer::unix_day(day)), ..customer.figures };
                            (at(day), at(day - Days::new(1)))
                        }
                        Move::Reach(Figure::Count, least, _) => {
                            let at = |count: i64| Figures { count, ..customer.figures };
                            let least = rust_decimal::prelude::ToPrimitive::to_i64(&(least * Decimal::from(10_000))).unwrap();
                            (at(least), at(least - 1))
                        }
                        _ => continue,
                    };
                    proptest::prop_assert!(is_rise);
                    proptest::prop_assert_ne!(rank(&just), rank(&customer.figures));
                    proptest::prop_assert_eq!(rank(&not), rank(&customer.figures));
                }
            }
        }
    }
}
