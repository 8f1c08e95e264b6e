//! Months, dates as written, payment terms, clocks.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, Utc};
use proptest::prelude::*;
use shared::calendar::{YearMonth, month_end, sub_months};
use shared::era::{
    DateError, Era, parse_date, parse_date_lenient_era, parse_excel_serial, to_wareki, to_wareki_short,
};
use shared::terms::{END_OF_MONTH, PaymentTerms};
use shared::{Clock, SystemClock};
use test_support::FixedClock;

fn d(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn no_cases_file() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) }
}

#[test]
fn subtracting_months_clamps_to_the_last_day() {
    for (date, n, expected) in [
        ("2025-05-31", 3, "2025-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2025-07-31", 1, "2025-06-30"),
        ("2011-08-01", 3, "2011-05-01"),
        ("2025-01-15", 0, "2025-01-15"),
        ("2025-01-31", 2, "2024-11-30"),
    ] {
        assert_eq!(sub_months(d(date), n), Some(d(expected)), "{date} - {n}");
    }
    assert_eq!(sub_months(d("2025-01-01"), u32::MAX), None);
}

fn any_date() -> impl Strategy<Value = NaiveDate> {
    (0_u64..80_000).prop_map(|n| d("1900-01-01") + Days::new(n))
}

proptest! {
    #![proptest_config(no_cases_file())]

    #[test]
    fn every_written_form_of_a_date_is_the_date(n in 0_u64..57_000, space in "[ 　]?") {
        let date = Era::Meiji.first_day() + Days::new(n);
        let (y, m, day) = (date.year(), date.month(), date.day());
        for form in [
            format!("{y}-{m:02}-{day:02}"), format!("{y}/{m}/{day}"), format!("{y}.{m}.{day}"),
            format!("{y}{m:02}{day:02}"), format!("{y}年{m}月{day}日"), format!("{y}年{space}{m}月{space}{day}日"),
            to_wareki(date).unwrap(), to_wareki_short(date).unwrap(),
            to_wareki_short(date).unwrap().to_lowercase().replace('.', "/"),
        ] {
            prop_assert_eq!(parse_date(&form), Ok(date), "{}", form);
        }
    }

    #[test]
    fn excel_serials_count_days(serial in 61_u64..2_958_465) {
        let date = d("1900-03-01") + Days::new(serial - 61);
        prop_assert_eq!(parse_excel_serial(&serial.to_string()), Ok(date));
    }

    #[test]
    fn dates_and_terms_never_panic(text in any::<String>(), dateish in "[RHSTM令和平成昭元年月日0-9０-９/.\\- ㋿()締末翌々当払NET〆]{0,20}") {
        for text in [&text, &dateish] {
            let _ = parse_date(text);
            let _ = parse_date_lenient_era(text);
            let _ = parse_excel_serial(text);
            let _ = PaymentTerms::parse(text);
        }
    }

    #[test]
    fn terms_are_never_due_before_the_sale(
        sale in any_date(), closing in prop_oneof![1_u8..=28, Just(31)], months in 0_u8..=12,
        pay in prop_oneof![1_u8..=28, Just(31)],
    ) {
        let day = |day: u8| if day == END_OF_MONTH { "末".to_owned() } else { format!("{day}日") };
        let text = format!("{}締め{months}ヶ月後{}払い", day(closing), day(pay));
        let Some(terms) = PaymentTerms::parse(&text) else {
            prop_assert!(months == 0 && pay < closing, "{}", text);
            return Ok(());
        };
        prop_assert_eq!((terms.closing_day, terms.months_after, terms.pay_day), (closing, months, pay));
        let closed = terms.closing_date(sale).unwrap();
        prop_assert!(sale <= closed && closed <= terms.due_date(sale).unwrap());
        // Naive model: the first day from the sale on that is a closing day.
        let is_closing = |day: &NaiveDate| {
            if closing == END_OF_MONTH { *day == month_end(*day) } else { day.day() == u32::from(closing) }
        };
        prop_assert_eq!(sale.iter_days().find(is_closing), Some(closed));
    }
}

#[test]
fn year_months_are_text_and_arithmetic() {
    let january: YearMonth = "2025-01".parse().unwrap();
    assert_eq!(january.to_string(), "2025-01");
    assert_eq!(january.plus(-1).to_string(), "2024-12");
    assert_eq!(january.plus(23).to_string(), "2026-12");
    assert_eq!(january.last_day(), d("2025-01-31"));
    assert_eq!(YearMonth::of(d("2024-02-29")).last_day(), d("2024-02-29"));
    let names: Vec<String> = january.plus(-2).through(january).map(|m| m.to_string()).collect();
    assert_eq!(names, ["2024-11", "2024-12", "2025-01"]);
    assert_eq!(january.through(january.plus(-1)).count(), 0);
    for bad in ["2025-13", "2025-00", "2025-1", "2025", "", "+025-01", "2025-01-01", "0000-01"] {
        assert!(bad.parse::<YearMonth>().is_err(), "{bad}");
    }
}

#[test]
fn dates_are_read_as_people_write_them() {
    let friday = Ok(d("2025-11-21"));
    for text in [
        "令和7年11月21日",
        "令和７年１１月２１日",
        "R7.11.21",
        "R07/11/21",
        "R.07/11/21",
        "Ｒ７．１１．２１",
        "㋿7年11月21日",
        "2025/11/21",
        "2025-11-21",
        "20251121",
        "2025年11月21日",
        "２０２５／１１／２１",
        "2025.11.21",
        " 2025-11-21 ",
        "2025年11月21日(金)",
        "2025/11/21（金曜日）",
        "2025/11/21 0:00",
        "2025-11-21T00:00:00",
        "R071121",
        "r7.11.21",
        "令和 7年 11月 21日",
    ] {
        assert_eq!(parse_date(text), friday, "{text}");
    }
    for (text, date) in [
        ("令和元年5月1日", "2019-05-01"),
        ("R1.5.1", "2019-05-01"),
        ("R.07/12/01", "2025-12-01"),
        ("H31.4.30", "2019-04-30"),
        ("平成元年1月8日", "1989-01-08"),
        ("S64.1.7", "1989-01-07"),
        ("昭和元年12月25日", "1926-12-25"),
        ("㍼64年1月7日", "1989-01-07"),
        ("T15.12.24", "1926-12-24"),
        ("M1.1.25", "1868-01-25"),
        ("2024/2/29", "2024-02-29"),
        ("R6.2.29", "2024-02-29"),
    ] {
        assert_eq!(parse_date(text), Ok(d(date)), "{text}");
    }
}

#[test]
fn ambiguous_and_impossible_dates_are_refused() {
    use DateError::{Ambiguous, Empty, NoSuchDay, OutsideEra, Unrecognised};
    for (text, error) in [
        ("", Empty),
        ("　", Empty),
        ("R0.1.1", OutsideEra),
        ("H32.1.1", OutsideEra),
        ("H31.5.1", OutsideEra),
        ("R1.4.30", OutsideEra),
        ("S64.1.8", OutsideEra),
        ("S1.12.24", OutsideEra),
        ("M1.1.24", OutsideEra),
        ("2025/02/29", NoSuchDay),
        ("R7.2.29", NoSuchDay),
        ("2025-13-01", NoSuchDay),
        ("2025-00-01", NoSuchDay),
        ("0000-01-01", NoSuchDay),
        ("07/11/21", Ambiguous),
        ("7.11.21", Ambiguous),
        ("251121", Ambiguous),
        ("45982", Unrecognised),
        ("2025-11", Unrecognised),
        ("2025/11-21", Unrecognised),
        ("2025-11-21 10:30", Unrecognised),
        ("2025年11月21", Unrecognised),
        ("21/11/2025", Ambiguous),
        ("-2025-11-21", Unrecognised),
        ("12025-11-21", Unrecognised),
        ("2025-11-21-01", Unrecognised),
        ("未定", Unrecognised),
        ("R", Unrecognised),
    ] {
        assert_eq!(parse_date(text), Err(error), "{text}");
    }
    assert_eq!(parse_date(&"1".repeat(1_000_000)), Err(Unrecognised));
    assert_eq!(parse_date_lenient_era("平成32年4月1日"), Ok(d("2020-04-01")));
    assert_eq!(parse_date_lenient_era("H31.5.1"), Ok(d("2019-05-01")));
    assert_eq!(parse_date_lenient_era("R1.4.30"), Err(OutsideEra));
    assert_eq!(parse_date_lenient_era("R0.5.1"), Err(OutsideEra));
}

#[test]
fn excel_serials_skip_february_29_1900() {
    for (serial, date) in [
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("45982", "2025-11-21"),
        ("45982.75", "2025-11-21"),
        ("2958465", "9999-12-31"),
    ] {
        assert_eq!(parse_excel_serial(serial), Ok(d(date)), "{serial}");
    }
    for bad in ["0", "60", "2958466", "-1", "1e5", "45982.", "abc", "99999999999999999999"] {
        assert_eq!(parse_excel_serial(bad), Err(DateError::BadSerial), "{bad}");
    }
    assert_eq!(parse_excel_serial(""), Err(DateError::Empty));
}

#[test]
fn eras_are_written_with_their_boundaries() {
    for (date, long, short) in [
        ("2025-11-21", "令和7年11月21日", "R7.11.21"),
        ("2019-05-01", "令和元年5月1日", "R1.5.1"),
        ("2019-04-30", "平成31年4月30日", "H31.4.30"),
        ("1989-01-08", "平成元年1月8日", "H1.1.8"),
        ("1989-01-07", "昭和64年1月7日", "S64.1.7"),
        ("1926-12-24", "大正15年12月24日", "T15.12.24"),
        ("1912-07-29", "明治45年7月29日", "M45.7.29"),
    ] {
        assert_eq!(to_wareki(d(date)).as_deref(), Some(long));
        assert_eq!(to_wareki_short(d(date)).as_deref(), Some(short));
    }
    assert_eq!(to_wareki(d("1868-01-24")), None);
}

#[test]
fn due_dates_follow_from_the_usual_terms() {
    for (terms, sale, closing, due) in [
        ("月末締翌月末", "2025-11-21", "2025-11-30", "2025-12-31"),
        ("月末締翌月末", "2025-01-31", "2025-01-31", "2025-02-28"),
        ("20日締翌月10日", "2025-11-20", "2025-11-20", "2025-12-10"),
        ("20日締翌月10日", "2025-11-21", "2025-12-20", "2026-01-10"),
        ("末締翌々月10日", "2025-11-21", "2025-11-30", "2026-01-10"),
        ("15日締当月末", "2025-11-10", "2025-11-15", "2025-11-30"),
        ("15日締当月末", "2025-11-16", "2025-12-15", "2025-12-31"),
        ("月末締め翌月末払い", "2024-01-31", "2024-01-31", "2024-02-29"),
    ] {
        let parsed = PaymentTerms::parse(terms).unwrap_or_else(|| panic!("{terms}"));
        assert_eq!(parsed.due_date(d(sale)), Some(d(due)), "{terms} {sale}");
        assert_eq!(parsed.closing_date(d(sale)), Some(d(closing)), "{terms} {sale}");
    }
}

#[test]
fn payment_terms_are_read_as_people_write_them() {
    let month_end = (31, 1, 31);
    for (text, expected) in [
        ("月末締め翌月末払い", month_end),
        ("月末締め翌月末支払(NET30)", month_end),
        ("末締め翌月末", month_end),
        ("末締翌月末", month_end),
        ("月末〆翌月末払", month_end),
        ("月末日締め 翌月末日払い", month_end),
        ("末〆翌末", month_end),
        ("20日締翌々10日", (20, 2, 10)),
        ("NET30", month_end),
        ("net 30", month_end),
        ("ＮＥＴ３０", month_end),
        ("NET60", (31, 2, 31)),
        ("20日締め翌月10日払い", (20, 1, 10)),
        ("２０日〆翌月１０日", (20, 1, 10)),
        ("毎月20日締め、翌月10日お支払い", (20, 1, 10)),
        ("20日締め翌々月5日払い", (20, 2, 5)),
        ("末締翌翌月10日", (31, 2, 10)),
        ("月末締め3ヶ月後10日払い", (31, 3, 10)),
        ("15日締め当月末払い", (15, 0, 31)),
        ("10日締め同月25日払い", (10, 0, 25)),
        ("20日締め翌月末払い(前営業日)", (20, 1, 31)),
        ("20日締め翌月末払い（休日の場合は翌営業日）", (20, 1, 31)),
    ] {
        let read = PaymentTerms::parse(text);
        assert_eq!(
            read.map(|terms| (terms.closing_day, terms.months_after, terms.pay_day)),
            Some(expected),
            "{text}"
        );
    }
    for text in [
        "",
        "応相談",
        "締",
        "20日締め",
        "20日締め10日払い",
        "30日締め翌月末",
        "0日締め翌月末",
        "300日締め翌月末",
        "20日締め当月10日払い",
        "末締め13ヶ月後末",
        "NET45",
        "NET0",
        "都度請求",
        "現金払い",
        "前払い",
    ] {
        assert_eq!(PaymentTerms::parse(text), None, "{text}");
    }
}

#[test]
fn clocks_give_the_date_in_japan() {
    let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
    let clock = FixedClock::new(at("2025-11-20T14:59:59Z"));
    assert_eq!(clock.today(), d("2025-11-20"));
    clock.advance(Duration::seconds(1));
    assert_eq!((clock.now(), clock.today()), (at("2025-11-20T15:00:00Z"), d("2025-11-21")));
    clock.set(at("2024-02-29T00:00:00.123456Z"));
    assert_eq!(clock.now(), at("2024-02-29T00:00:00.123456Z"));
    let shared: std::sync::Arc<dyn Clock> = std::sync::Arc::new(SystemClock);
    assert!(shared.now() > at("2025-01-01T00:00:00Z"));
}
