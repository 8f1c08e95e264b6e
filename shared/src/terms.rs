//! Closing days and payment days (締め日・支払サイト).

use chrono::{Datelike, Months, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::calendar::{month_end, month_start};

/// The day number that stands for the last day of a month.
pub const END_OF_MONTH: u8 = 31;

/// The most months between closing and payment.
const MONTHS_AFTER_MAX: u8 = 12;

/// The longest text that is read as terms, in bytes.
const TEXT_LEN_MAX: usize = 256;

/// Terms with a closing day: what is sold up to it is billed together and paid on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentTerms {
    /// The closing day: 1 to 28, or 31 for the last day of the month.
    pub closing_day: u8,
    /// Months from the closing month to the month of payment; 0 is the same month.
    pub months_after: u8,
    /// The payment day: 1 to 28, or 31 for the last day of the month.
    pub pay_day: u8,
}

impl PaymentTerms {
    /// Checked terms: days that every month has, not too many months, and no payment before the bill exists.
    fn new(closing_day: u8, months_after: u8, pay_day: u8) -> Option<PaymentTerms> {
        let valid = |day: u8| (1..=28).contains(&day) || day == END_OF_MONTH;
        let is_after_closing = months_after > 0 || pay_day >= closing_day;
        let terms = PaymentTerms { closing_day, months_after, pay_day };
        (valid(closing_day) && valid(pay_day) && months_after <= MONTHS_AFTER_MAX && is_after_closing)
            .then_some(terms)
    }

    /// Reads terms as people write them: 「月末締め翌月末払い」, 「20日〆翌月10日」, `NET30`.
    ///
    /// `NET30` is the old name of 月末締翌月末 and no count of days: it gives 28 to 61 days.
    ///
    /// `None` when the text contradicts itself or is anything else; 都度, 現金 and 前払い have no closing day.
    #[must_use]
    pub fn parse(text: &str) -> Option<PaymentTerms> {
        if text.len() > TEXT_LEN_MAX {
            return None;
        }
        let folded: String =
            text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        match net_months(&folded) {
            Some(months) => PaymentTerms::new(END_OF_MONTH, months, END_OF_MONTH),
            None => closing_terms(&folded),
        }
    }

    /// The day on which the bill that a sale belongs to closes: the first closing day on or
    /// after the sale. `None` beyond chrono's calendar.
    #[must_use]
    pub fn closing_date(&self, sale: NaiveDate) -> Option<NaiveDate> {
        let here = day_of_month(sale, self.closing_day);
        if sale <= here {
            return Some(here);
        }
        let next = month_start(sale).checked_add_months(Months::new(1))?;
        Some(day_of_month(next, self.closing_day))
    }

    /// The day on which a sale is due; banks may be closed on it. `None` beyond chrono's calendar.
    #[must_use]
    pub fn due_date(&self, sale: NaiveDate) -> Option<NaiveDate> {
        let closing = self.closing_date(sale)?;
        let month = month_start(closing).checked_add_months(Months::new(u32::from(self.months_after)))?;
        Some(day_of_month(month, self.pay_day))
    }
}

/// A day of the month of `date`; 31 is its last one.
fn day_of_month(date: NaiveDate, day: u8) -> NaiveDate {
    if day == END_OF_MONTH { month_end(date) } else { date.with_day(u32::from(day)).unwrap_or(date) }
}

/// `NET30` and multiples of it, as months.
fn net_months(text: &str) -> Option<u8> {
    let days: u8 = text.strip_prefix("NET")?.trim_start_matches('-').parse().ok()?;
    (days > 0 && days.is_multiple_of(30)).then_some(days / 30)
}

/// 「20日締め翌月10日払い」, folded and without blanks.
fn closing_terms(text: &str) -> Option<PaymentTerms> {
    let text = text.replace('〆', "締").replace("シメ", "締").replace("毎月", "");
    // 「(NET30)」 behind the rule is its alias; where a closed day moves to may stand there too.
    let rule = text.split('(').next().unwrap_or_default();
    let (closing, rest) = rule.split_once('締')?;
    let rest = ["め切り", "め切", "切り", "切", "日", "め", "メ", "り"]
        .iter()
        .find_map(|s| rest.strip_prefix(s))
        .unwrap_or(rest)
        .trim_start_matches(['、', ',', '・', '/', '-']);
    let (months_after, rest) = month_word(rest)?;
    let pay = ["前営業日", "翌営業日"].iter().find_map(|s| rest.strip_suffix(s)).unwrap_or(rest);
    let pay = ["お支払い", "お支払", "支払い", "支払", "払い", "払", "回収", "入金", "振込"]
        .iter()
        .find_map(|s| pay.strip_suffix(s))
        .unwrap_or(pay);
    PaymentTerms::new(day_word(closing)?, months_after, day_word(pay)?)
}

/// 当月, 翌月, 翌々月, 3ヶ月後 at the head of a text: the months and the rest.
fn month_word(text: &str) -> Option<(u8, &str)> {
    let words = [
        ("翌々々月", 3),
        ("翌翌翌月", 3),
        ("翌々月", 2),
        ("翌翌月", 2),
        ("再来月", 2),
        ("翌月", 1),
        ("来月", 1),
        ("当月", 0),
        ("同月", 0),
        ("今月", 0),
        // 「末締め翌末」, 「20日締め翌々10日」.
        ("翌々", 2),
        ("翌", 1),
        ("当", 0),
    ];
    let named = words.iter().find_map(|(word, n)| text.strip_prefix(word).map(|rest| (*n, rest)));
    named.or_else(|| {
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let months = text[..end].parse().ok()?;
        let rest = text[end..].trim_start_matches(['ヶ', 'ケ', 'カ', 'か', '箇', 'ヵ']);
        rest.strip_prefix("月後").map(|rest| (months, rest))
    })
}

/// 「末」, 「月末」, 「末日」, 「20日」, 「20」.
fn day_word(text: &str) -> Option<u8> {
    let text = text.strip_prefix('の').unwrap_or(text);
    match text {
        "末" | "月末" | "末日" | "月末日" => Some(END_OF_MONTH),
        text => {
            let day: u8 = text.strip_suffix('日').unwrap_or(text).parse().ok()?;
            // A written 31日 would be the end of the month only in months that have it.
            (1..=28).contains(&day).then_some(day)
        }
    }
}
