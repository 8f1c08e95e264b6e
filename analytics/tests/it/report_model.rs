//! The segment report against a naive model that goes row by row, on random companies.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{Company, day};
use analytics::report::segment::{self, Args, Figures};
use proptest::prelude::*;
use rust_decimal::Decimal;
use shared::dataset::{CUSTOMERS, EXTENSION_FIELDS, EXTENSION_VALUES, SALES};

/// Days at and around every bound of the two periods as of 2026-10-31.
const DAYS: &[&str] = &[
    "2024-10-31",
    "2024-11-01",
    "2025-02-28",
    "2025-10-31",
    "2025-11-01",
    "2026-02-28",
    "2026-10-30",
    "2026-10-31",
    "2026-11-01",
];
const STATUSES: &[&str] =
    &["", "confirmed", "returned", "cancelled", "provisional", "estimate", "article", "出荷済"];
const NO_SALE: &[&str] = &["cancelled", "deleted", "provisional", "contract", "estimate", "article"];
const INDUSTRIES: &[&str] = &["", "酒販店", "飲食店"];

#[derive(Debug, Clone)]
struct Line {
    slip: u8,
    day: &'static str,
    customer: u8,
    amount: i64,
    cost: Option<i64>,
    status: &'static str,
}

prop_compose! {
    fn line()(
        slip in 0u8..5,
        day in prop::sample::select(DAYS),
        customer in 0u8..6,
        amount in -30_000i64..50_000,
        cost in prop::option::of(-10_000i64..40_000),
        status in prop::sample::select(STATUSES),
    ) -> Line {
        Line { slip, day, customer, amount, cost, status }
    }
}

/// Customers 0 to 3 exist, as many as there are industries; the others are unknown codes.
fn company(industries: &[&str], lines: &[Line]) -> Company {
    let company = Company::new();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let customers: Vec<Vec<String>> = industries
        .iter()
        .enumerate()
        .map(|(index, industry)| vec![format!("C{index}"), format!("顧客{index}"), (*industry).to_owned()])
        .collect();
    company.put_rows(&CUSTOMERS, &names(&["customer_code", "customer_name", "industry"]), &customers);
    let money = |amount: i64| Decimal::new(amount, 4).to_string();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            vec![
                format!("S{}", line.slip),
                index.to_string(),
                line.day.to_owned(),
                format!("C{}", line.customer),
                money(line.amount),
                line.cost.map(money).unwrap_or_default(),
                line.status.to_owned(),
            ]
        })
        .collect();
    let header = names(&["slip_no", "line_no", "sold_on", "customer_code", "amount", "cost", "status"]);
    company.put_rows(&SALES, &header, &rows);
    company.sync();
    company
}

/// The key of a segment: whether its customers exist, and their industry.
type Key = (bool, Option<String>);

/// The expected report, computed naively line by line.
fn model(industries: &[&str], lines: &[Line]) -> BTreeMap<Key, Figures> {
    let industry = |customer: u8| industries.get(usize::from(customer));
    let key = |customer: u8| match industry(customer) {
        Some(industry) => (true, (!industry.is_empty()).then(|| (*industry).to_owned())),
        None => (false, None),
    };
    let counted = |line: &&Line| !NO_SALE.contains(&line.status);
    let within = |line: &Line, from: &str, to: &str| (day(from)..=day(to)).contains(&day(line.day));
    let mut out: BTreeMap<Key, Figures> = BTreeMap::new();
    for customer in 0..u8::try_from(industries.len()).unwrap() {
        out.entry(key(customer)).or_default().customers += 1;
    }
    let mut unknown = BTreeSet::new();
    let mut nets: BTreeMap<(u8, u8, &str), i64> = BTreeMap::new();
    for line in lines.iter().filter(counted) {
        let (now, before) =
            (within(line, "2025-11-01", "2026-10-31"), within(line, "2024-11-01", "2025-10-31"));
        if !now && !before {
            continue;
        }
        if industry(line.customer).is_none() {
            unknown.insert(line.customer);
        }
        let figures = out.entry(key(line.customer)).or_default();
        if before {
            figures.previous_amount += Decimal::new(line.amount, 4);
            continue;
        }
        figures.source_rows += 1;
        figures.sales_amount += Decimal::new(line.amount, 4);
        if let Some(cost) = line.cost {
            *figures.cost.get_or_insert_default() += Decimal::new(cost, 4);
            *figures.costed_amount.get_or_insert_default() += Decimal::new(line.amount, 4);
        }
        *nets.entry((line.customer, line.slip, line.day)).or_default() += line.amount;
    }
    let mut slips: BTreeMap<u8, u64> = BTreeMap::new();
    for ((customer, _, _), _) in nets.iter().filter(|(_, net)| **net > 0) {
        *slips.entry(*customer).or_default() += 1;
    }
    for (customer, count) in slips {
        let figures = out.entry(key(customer)).or_default();
        figures.slips += count;
        figures.active_customers += 1;
        figures.repeat_customers += u64::from(count >= 2);
    }
    if let Some(figures) = out.get_mut(&(false, None)) {
        figures.customers = unknown.len() as u64;
    }
    out
}

/// The company's own field 配送便: a value of each customer, empty for none.
fn define_routes(company: &Company, routes: &[&str]) {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let field = names(&["customers", "route", "配送便"]);
    company.put_rows(&EXTENSION_FIELDS, &names(&["dataset", "field_code", "label_ja"]), &[field]);
    let rows: Vec<Vec<String>> = (0..)
        .zip(routes)
        .map(|(index, route): (usize, _)| names(&["customers", &format!("C{index}"), "route", route]))
        .collect();
    // Another data set's row with the same key has nothing to do with it.
    let header = names(&["dataset", "row_key", "field_code", "value"]);
    company.put_rows(&EXTENSION_VALUES, &header, &rows);
    company.put_rows(&EXTENSION_VALUES, &header, &[names(&["leads", "C0", "route", "Z"])]);
    company.sync();
}

/// The rows of the model for customers who pass, summed by a key of theirs.
fn filtered(keys: &[&str], lines: &[Line], passes: impl Fn(usize) -> bool) -> BTreeMap<Key, Figures> {
    let lines: Vec<Line> = lines
        .iter()
        .filter(|line| usize::from(line.customer) < keys.len() && passes(usize::from(line.customer)))
        .cloned()
        .collect();
    let mut out = model(keys, &lines);
    for (index, key) in keys.iter().enumerate().filter(|(index, _)| !passes(*index)) {
        let key = (true, (!key.is_empty()).then(|| (*key).to_owned()));
        let figures = out.get_mut(&key).unwrap_or_else(|| panic!("customer {index} has a row"));
        figures.customers -= 1;
    }
    out.retain(|_, figures| figures.customers > 0);
    out
}

fn found(report: &segment::SegmentReport) -> BTreeMap<Key, Figures> {
    report.rows.iter().map(|row| ((row.known, row.keys[0].clone()), row.figures.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn the_report_agrees_with_a_naive_count_of_rows(
        industries in prop::collection::vec(prop::sample::select(INDUSTRIES), 0..4),
        lines in prop::collection::vec(line(), 0..40),
    ) {
        let company = company(&industries, &lines);
        let args = Args { by: vec!["industry".to_owned()], ..Args::default() };
        let report = segment::compute(&company.context, &args).unwrap();
        let found: BTreeMap<Key, Figures> =
            report.rows.iter().map(|row| ((row.known, row.keys[0].clone()), row.figures.clone())).collect();
        prop_assert_eq!(found.len(), report.rows.len());
        prop_assert_eq!(found, model(&industries, &lines));
    }

    /// A field that the company defined divides and limits as an attribute does, by code or label, together with
    /// the other filters.
    #[test]
    fn an_extension_field_is_an_axis_and_a_filter(
        customers in prop::collection::vec(
            (prop::sample::select(INDUSTRIES), prop::sample::select(&["", "A便", "B'便"][..])), 0..4),
        lines in prop::collection::vec(line(), 0..40),
        wanted in prop::sample::select(&["A便", "B'便", "不明"][..]),
    ) {
        let (industries, routes): (Vec<&str>, Vec<&str>) = customers.into_iter().unzip();
        let company = company(&industries, &lines);
        define_routes(&company, &routes);
        let by = |name: &str| vec![name.parse().unwrap()];
        let all = segment::compute(&company.context, &Args { by: by("ext:route"), ..Args::default() }).unwrap();
        prop_assert_eq!(found(&all), model(&routes, &lines));

        let mut args = Args { by: by("industry"), ..Args::default() };
        args.filters.conditions = vec![format!("配送便={wanted}"), "route=A便".to_owned()];
        let either = segment::compute(&company.context, &args).unwrap();
        let is = |route: &str| route == "A便" || route == wanted || (route.is_empty() && wanted == "不明");
        prop_assert_eq!(found(&either), filtered(&industries, &lines, |at| is(routes[at])));

        args.filters.customers.industry = vec!["酒販店".to_owned()];
        args.by = by("ext:配送便");
        let both = segment::compute(&company.context, &args).unwrap();
        let passes = |at: usize| is(routes[at]) && industries[at] == "酒販店";
        prop_assert_eq!(found(&both), filtered(&routes, &lines, passes));
        prop_assert_eq!(both.control.counted_amount, both.total.sales_amount);
    }
}
