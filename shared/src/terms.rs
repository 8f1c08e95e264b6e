//! Closing days and payment days (締め日・支払サイト).

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::calendar::{month_end, month_start};
use crate::label::labelled_enum;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// The day number that stands for the last day of a month.
pub const END_OF_MONTH: u8 = 31;

/// The most months between closing and payment.
const MONTHS_AFTER_MAX: u8 = 12;

/// The longest run of closed days that a payment day is moved over.
const CLOSED_RUN_DAYS_MAX: u64 = 31;

/// The longest text that is read as terms, in bytes.
const TEXT_LEN_MAX: usize = 256;

labelled_enum! {
    /// Where a payment day goes that falls on a day when banks are closed.
    pub enum Shift {
        /// It stays.
        None = "none", "そのまま", "None", ["なし"];
        /// 前営業日.
        Before = "before", "前営業日", "Business day before", ["前倒し"];
        /// 翌営業日.
        After = "after", "翌営業日", "Business day after", ["後倒し", "後営業日"];
    }
}

/// Why a text or a set of numbers is no payment terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum TermsError {
    /// Nothing but blanks.
    Empty,
    /// No form that is known.
    Unrecognised,
    /// A day other than 1 to 28 and the end of the month.
    BadDay,
    /// More months than anybody waits.
    BadMonths,
    /// 20日締め当月10日払い: due before the bill exists.
    DueBeforeClosing,
    /// 都度, 現金 and 前払い have no closing day.
    NoClosing,
}

impl Explain for TermsError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => message!("支払条件が空です", "the payment terms are empty"),
            Self::Unrecognised => message!(
                "支払条件として読み取れません。「月末締め翌月末払い」「20日締め翌月10日払い」のように入力してください",
                "not payment terms; write them like 月末締め翌月末払い or 20日締め翌月10日払い"
            ),
            Self::BadDay => message!(
                "締め日・支払日は1から28まで、または月末(31)で入力してください",
                "a closing or payment day must be 1 to 28, or 末 (31) for the end of the month"
            ),
            Self::BadMonths => message!(
                "支払月は締め月の0から{MONTHS_AFTER_MAX}か月後までで入力してください",
                "payment must be 0 to {MONTHS_AFTER_MAX} months after closing"
            ),
            Self::DueBeforeClosing => message!(
                "支払日が同じ月の締め日より前です。支払日または支払月を確認してください",
                "the payment day is before the closing day of the same month"
            ),
            Self::NoClosing => {
                message!("この支払条件には締め日がありません", "these terms have no closing day")
            }
        }
    }
}

/// Terms with a closing day: what is sold up to it is billed together and paid on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PaymentTerms {
    /// The closing day: 1 to 28, or 31 for the last day of the month.
    pub closing_day: u8,
    /// Months from the closing month to the month of payment; 0 is the same month.
    pub months_after: u8,
    /// The payment day: 1 to 28, or 31 for the last day of the month.
    pub pay_day: u8,
    /// Where a payment day goes when banks are closed.
    pub shift: Shift,
}

/// Any payment terms that a customer may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terms {
    /// With a closing day (掛売).
    Closing(PaymentTerms),
    /// 都度請求: every sale is billed by itself.
    EachSale,
    /// 現金: paid when it is handed over.
    Cash,
    /// 前払い: paid before it is sent.
    Prepaid,
}

impl Terms {
    /// Reads terms as people write them: 「月末締め翌月末払い」, 「20日〆翌月10日」, `NET30`, 「都度」.
    ///
    /// `NET30` is the old name of 月末締翌月末 and no count of days: it gives 28 to 61 days.
    ///
    /// # Errors
    /// [`TermsError`] when the text is empty, unknown or contradicts itself.
    pub fn parse(text: &str) -> Result<Terms, TermsError> {
        if text.len() > TEXT_LEN_MAX {
            return Err(TermsError::Unrecognised);
        }
        let folded: String =
            text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        if folded.is_empty() {
            return Err(TermsError::Empty);
        }
        if folded.contains(['締', '〆']) || folded.contains("シメ") {
            return closing_terms(&folded).map(Terms::Closing);
        }
        if let Some(months) = net_months(&folded) {
            return PaymentTerms::new(END_OF_MONTH, months, END_OF_MONTH, Shift::None).map(Terms::Closing);
        }
        match folded.trim_end_matches("払い").trim_end_matches('払') {
            "都度" | "都度請求" | "その都度" => Ok(Terms::EachSale),
            "現金" | "現金売" | "現金売上" | "現金取引" | "代引" | "代金引換" => {
                Ok(Terms::Cash)
            }
            "前" | "前金" | "前受" | "先" | "前受金" => Ok(Terms::Prepaid),
            _ => Err(TermsError::Unrecognised),
        }
    }

    /// The day the money is due, without any shift: for cash and single bills the day of the
    /// sale. `None` beyond chrono's calendar.
    #[must_use]
    pub fn due_date(&self, sale: NaiveDate) -> Option<NaiveDate> {
        match self {
            Terms::Closing(terms) => terms.due_date(sale),
            Terms::EachSale | Terms::Cash | Terms::Prepaid => Some(sale),
        }
    }

    /// 「月末締め翌月末払い」, 「都度請求」, 「現金」, 「前払い」.
    #[must_use]
    pub fn describe_ja(&self) -> String {
        match self {
            Terms::Closing(terms) => terms.describe_ja(),
            Terms::EachSale => "都度請求".to_owned(),
            Terms::Cash => "現金".to_owned(),
            Terms::Prepaid => "前払い".to_owned(),
        }
    }
}

impl PaymentTerms {
    /// Checked terms.
    ///
    /// # Errors
    /// [`TermsError`] for a day that not every month has, too many months, or a payment day
    /// before the closing day of the same month.
    pub fn new(
        closing_day: u8,
        months_after: u8,
        pay_day: u8,
        shift: Shift,
    ) -> Result<PaymentTerms, TermsError> {
        let valid = |day: u8| (1..=28).contains(&day) || day == END_OF_MONTH;
        if !valid(closing_day) || !valid(pay_day) {
            Err(TermsError::BadDay)
        } else if months_after > MONTHS_AFTER_MAX {
            Err(TermsError::BadMonths)
        } else if months_after == 0 && pay_day < closing_day {
            Err(TermsError::DueBeforeClosing)
        } else {
            Ok(PaymentTerms { closing_day, months_after, pay_day, shift })
        }
    }

    /// Reads terms with a closing day; see [`Terms::parse`].
    ///
    /// # Errors
    /// [`TermsError`]; 都度, 現金 and 前払い give [`TermsError::NoClosing`].
    pub fn parse(text: &str) -> Result<PaymentTerms, TermsError> {
        match Terms::parse(text)? {
            Terms::Closing(terms) => Ok(terms),
            Terms::EachSale | Terms::Cash | Terms::Prepaid => Err(TermsError::NoClosing),
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

    /// The day on which a sale is due, before any shift. `None` beyond chrono's calendar.
    #[must_use]
    pub fn due_date(&self, sale: NaiveDate) -> Option<NaiveDate> {
        let closing = self.closing_date(sale)?;
        let month = month_start(closing).checked_add_months(Months::new(u32::from(self.months_after)))?;
        Some(day_of_month(month, self.pay_day))
    }

    /// The due day moved off the days on which banks are closed, as `shift` says. `is_closed`
    /// must be true for weekends too ([`is_weekend`]). More than a month of closed days leaves
    /// the day where it is.
    #[must_use]
    pub fn payment_date(&self, sale: NaiveDate, is_closed: &dyn Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
        let due = self.due_date(sale)?;
        let moved = |n: u64| match self.shift {
            Shift::None => Some(due),
            Shift::Before => due.checked_sub_days(Days::new(n)),
            Shift::After => due.checked_add_days(Days::new(n)),
        };
        let open = (0..=CLOSED_RUN_DAYS_MAX).filter_map(moved).find(|day| !is_closed(*day));
        if self.shift == Shift::None { Some(due) } else { open.or(Some(due)) }
    }

    /// 「月末締め翌月末払い」, 「20日締め翌月10日払い(翌営業日)」.
    #[must_use]
    pub fn describe_ja(&self) -> String {
        let closing = if self.closing_day == END_OF_MONTH {
            "月末".to_owned()
        } else {
            format!("{}日", self.closing_day)
        };
        let month = match self.months_after {
            0 => "当月".to_owned(),
            1 => "翌月".to_owned(),
            2 => "翌々月".to_owned(),
            n => format!("{n}ヶ月後"),
        };
        let pay =
            if self.pay_day == END_OF_MONTH { "末".to_owned() } else { format!("{}日", self.pay_day) };
        let shift = match self.shift {
            Shift::None => String::new(),
            shift => format!("({})", shift.label_ja()),
        };
        format!("{closing}締め{month}{pay}払い{shift}")
    }
}

/// True on Saturdays and Sundays.
#[must_use]
pub fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
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
fn closing_terms(text: &str) -> Result<PaymentTerms, TermsError> {
    let text = text.replace('〆', "締").replace("シメ", "締").replace("毎月", "");
    // 「(NET30)」 behind the rule is its alias; a shift may follow there too.
    let shift = shift_of(&text);
    let rule = text.split('(').next().unwrap_or_default();
    let (closing, rest) = rule.split_once('締').ok_or(TermsError::Unrecognised)?;
    let rest = ["め切り", "め切", "切り", "切", "日", "め", "メ", "り"]
        .iter()
        .find_map(|s| rest.strip_prefix(s))
        .unwrap_or(rest)
        .trim_start_matches(['、', ',', '・', '/', '-']);
    let (months_after, rest) = month_word(rest).ok_or(TermsError::Unrecognised)?;
    let pay = ["前営業日", "翌営業日"].iter().find_map(|s| rest.strip_suffix(s)).unwrap_or(rest);
    let pay = ["お支払い", "お支払", "支払い", "支払", "払い", "払", "回収", "入金", "振込"]
        .iter()
        .find_map(|s| pay.strip_suffix(s))
        .unwrap_or(pay);
    PaymentTerms::new(day_word(closing)?, months_after, day_word(pay)?, shift)
}

fn shift_of(text: &str) -> Shift {
    if text.contains("前営業日") || text.contains("前倒") {
        Shift::Before
    } else if text.contains("翌営業日") || text.contains("後営業日") || text.contains("後倒") {
        Shift::After
    } else {
        Shift::None
    }
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
fn day_word(text: &str) -> Result<u8, TermsError> {
    let text = text.strip_prefix('の').unwrap_or(text);
    match text {
        "末" | "月末" | "末日" | "月末日" => Ok(END_OF_MONTH),
        text => {
            let digits = text.strip_suffix('日').unwrap_or(text);
            if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
                return Err(TermsError::Unrecognised);
            }
            let day: u8 = digits.parse().map_err(|_| TermsError::BadDay)?;
            // A written 31日 would be the end of the month only in months that have it.
            if (1..=28).contains(&day) { Ok(day) } else { Err(TermsError::BadDay) }
        }
    }
}
