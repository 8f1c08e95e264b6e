//! What several files of the sample company have to agree on: codes, owners, warehouses, campaigns, terms.

use chrono::{Days, NaiveDate};

use super::Plan;
use super::dice::Dice;
use super::people::{Customer, Kind};
use super::words::{GIVEN_NAMES, OWNERS, TERMS};

/// The number of sales representatives, who come first among the members.
pub(super) const MEMBERS_SELLING: usize = OWNERS.len();

/// The warehouse of a department's customers.
pub(super) fn warehouse(department: &str) -> &'static str {
    match department {
        "D01" => "W01",
        "D04" | "D05" => "W03",
        _ => "W02",
    }
}

/// A member's code by position.
pub(super) fn member_code(at: usize) -> String {
    format!("M{:02}", at + 1)
}

/// The representative who looks after a customer, by position.
pub(super) fn owner(plan: &Plan, customer: &Customer) -> usize {
    (usize::from(customer.terms) + customer.place().area.len() + plan.digits + GIVEN_NAMES.len())
        % OWNERS.len()
}

/// The address with which a customer signs in to the shop.
pub(super) fn portal_email(code: &str) -> String {
    format!("shop{}@example.jp", code.trim_start_matches('0'))
}

/// A campaign: code, name, days before the end of the history on which it began and ended, channel.
pub(super) const CAMPAIGN_DAYS: &[(&str, &str, i64, i64, &str)] = &[
    ("CP01", "夏の生ビールフェア", 130, 62, "phone"),
    ("CP02", "お中元ギフト", 150, 85, "direct_mail"),
    ("CP03", "新酒予約会", 40, 5, "email"),
    ("CP04", "年末ギフト早割", 30, -40, "ec"),
    ("CP05", "LINE友だち感謝祭", 210, 180, "line"),
];

/// The campaign of a day; of several, the one that began last.
pub(super) fn campaign_on(end: NaiveDate, date: NaiveDate) -> Option<&'static str> {
    let ago = (end - date).num_days();
    let running = CAMPAIGN_DAYS.iter().filter(|(_, _, from, to, _)| (*to..=*from).contains(&ago));
    running.min_by_key(|(_, _, from, _, _)| *from).map(|(code, ..)| *code)
}

/// The trading and billing terms of a customer.
pub(super) fn terms_of(customer: &Customer) -> (String, String) {
    let billing = if customer.kind == Kind::Direct { TERMS.len() } else { usize::from(customer.terms) };
    (format!("TT{:02}", customer.kind as usize + 1), format!("BT{:02}", billing + 1))
}

/// A corporate number that no company has: no registry number begins with 9.
pub(super) fn corporate_number(dice: &mut Dice) -> String {
    let base = format!("9999{:04}{:04}", dice.below(10_000), dice.below(10_000));
    // From the right, digits at even places count twice; the check digit is 9 less the rest by 9.
    let digits = base.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits.zip([1, 2].into_iter().cycle()).map(|(digit, times)| digit * times).sum();
    format!("{}{base}", 9 - sum % 9)
}

/// A day moved by a number of days; itself at the end of the calendar.
pub(super) fn days(date: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    let moved = if days < 0 { date.checked_sub_days(by) } else { date.checked_add_days(by) };
    moved.unwrap_or(date)
}
