//! Campaigns: sales before, during and after, and in the same days of the year before.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use clap::{ArgMatches, Command};
use rust_decimal::Decimal;
use shared::calendar::{end_of_year_before, sub_months};
use shared::dataset::CAMPAIGNS;
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, control, covered_from, laid_out, until};
use super::{Shape, Shaped};
use crate::model::figures::figure;
use crate::model::{Cube, Dimension};
use crate::output::{Chart, ChartKind, Unit, ratio};
use crate::report::measured::{Figures, Measured};
use crate::report::request::Request;
use crate::warehouse::{Columns, Grid};

/// The shape.
#[derive(Debug)]
pub struct Campaigns;

const COLUMNS: &[Made] = &[
    Made::new(
        "starts_on",
        Unit::Date,
        ("開始日", "From"),
        ("キャンペーンの初日", "First day of the campaign"),
    ),
    Made::new("ends_on", Unit::Date, ("終了日", "To"), ("キャンペーンの最終日", "Last day of the campaign")),
    Made::new(
        "campaign_sales_amount",
        Unit::Yen,
        ("キャンペーン売上", "Campaign sales"),
        (
            "キャンペーンコードのある明細の、期間の最終日までの売上金額",
            "Sales of the lines that name the campaign, up to the period's last day",
        ),
    ),
    Made::new(
        "before_amount",
        Unit::Yen,
        ("実施前", "Before"),
        (
            "開始日の前の、同じ日数の売上金額。データがない場合は空欄",
            "Sales of as many days before the first day; empty where the data do not reach",
        ),
    )
    .prioritised(3),
    Made::new("during_amount", Unit::Yen, ("実施中", "During"), ("実施期間の売上金額", "Sales of its days")),
    Made::new(
        "after_amount",
        Unit::Yen,
        ("実施後", "After"),
        (
            "終了日の後の、同じ日数の売上金額。その日数が経っていない場合は空欄",
            "Sales of as many days after the last day; empty until they are over",
        ),
    )
    .prioritised(3),
    Made::new(
        "year_before_amount",
        Unit::Yen,
        ("前年同期", "Year before"),
        (
            "実施期間の前年同期の売上金額。データがない場合は空欄",
            "Sales of the same days a year before; empty where the data do not reach",
        ),
    )
    .prioritised(2),
    Made::new(
        "uplift_amount",
        Unit::Yen,
        ("前年差", "Uplift"),
        ("実施中 − 前年同期", "Sales during the campaign minus the year before"),
    )
    .prioritised(1),
    Made::new(
        "uplift_rate",
        Unit::Rate,
        ("前年比増減率", "Uplift %"),
        ("前年差 ÷ 前年同期(正の場合)", "Uplift divided by the year before, if that is positive"),
    ),
];

/// A campaign with a period.
struct Campaign {
    code: String,
    name: Option<String>,
    from: NaiveDate,
    to: NaiveDate,
}

impl Shape for Campaigns {
    fn id(&self) -> &'static str {
        "campaigns"
    }

    fn with_options(&self, command: Command) -> Command {
        command
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort", "--compare"]
    }

    fn shaped(&self, request: &Request<'_>, _options: &ArgMatches) -> Result<Shaped, Failure> {
        let campaign = request.dimension("campaign")?;
        let others: Vec<Dimension> = request.by.iter().filter(|by| **by != campaign).cloned().collect();
        let daily = sums(request, &others, "day")?;
        let own = sums(request, &others, "campaign")?;
        let covered = covered_from(request)?;
        let mut rows = Vec::new();
        let campaigns = campaigns(request)?;
        let is_running = campaigns.iter().any(|campaign| campaign.to > request.period.to);
        for campaign in campaigns {
            for &first in &daily.groups {
                let values = values(&campaign, request.period.to, covered, (&daily, &own), first);
                rows.push((campaign.code.clone(), campaign.name.clone(), first, values));
            }
        }
        let measured = grid(&campaign, &others, &daily.grid, &rows)?;
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &|_| None)?;
        shaped.total = None;
        let query = until(request, &[], request.period.to)?;
        let direct = query.direct(&request.warehouse, "r.amount")?;
        shaped.source_rows = query.direct_rows(&request.warehouse)?;
        let all = |sums: &Sums| {
            sums.grid.numbers("sales_amount").map(|all| all.into_iter().flatten().sum::<Decimal>())
        };
        shaped.control =
            control(&[("all_sales_amount", all(&daily)?, direct), ("by_campaign", all(&own)?, direct)])?;
        shaped.notes.extend(is_running.then(|| {
            message!(
                "終了していないキャンペーンは {to} までの集計で、同じ日数の実施前・前年同期と比べています",
                "campaigns that are not over count up to {to} and are compared with as many days",
                to = request.period.to,
            )
        }));
        shaped.reads = vec![&CAMPAIGNS];
        shaped.chart = Some(Chart {
            kind: ChartKind::Stacks,
            names: vec!["campaign_name".to_owned()],
            values: ["before_amount", "during_amount", "after_amount", "year_before_amount"]
                .map(str::to_owned)
                .to_vec(),
        });
        shaped.cut(request.top);
        Ok(shaped)
    }
}

/// The campaigns of the master that have a period and overlap the report's, the earliest first.
fn campaigns(request: &Request<'_>) -> Result<Vec<Campaign>, Failure> {
    let frame = request.warehouse.frame(
        "SELECT campaign_code, campaign_name, starts_on, ends_on FROM campaigns \
         WHERE starts_on IS NOT NULL AND ends_on IS NOT NULL AND starts_on <= ends_on \
         ORDER BY starts_on, campaign_code",
    )?;
    let columns = Columns(&frame);
    let (codes, names) = (columns.texts("campaign_code")?, columns.texts("campaign_name")?);
    let (from, to) = (columns.dates("starts_on")?, columns.dates("ends_on")?);
    let wanted =
        request.conditions.each().find(|(dimension, _)| dimension.id() == "campaign").map(|(_, codes)| codes);
    let mut out = Vec::new();
    for at in 0..frame.height() {
        let (Some(code), Some(from), Some(to)) = (codes[at].clone(), from[at], to[at]) else { continue };
        let is_within = from <= request.period.to && to >= request.period.from;
        if is_within && wanted.is_none_or(|wanted| wanted.contains(&code)) {
            out.push(Campaign { code, name: names[at].clone(), from, to });
        }
    }
    Ok(out)
}

/// Sales up to the period's last day by attributes and one more.
struct Sums {
    grid: Grid,
    /// The first row of each group of attributes.
    groups: Vec<usize>,
    sums: BTreeMap<(Vec<Option<String>>, Option<String>), Decimal>,
    keys: Vec<Vec<Option<String>>>,
}

fn sums(request: &Request<'_>, others: &[Dimension], last: &str) -> Result<Sums, Failure> {
    let last = request.dimension(last)?;
    let by: Vec<Dimension> = others.iter().cloned().chain([last]).collect();
    let figures: Vec<_> = figure("sales_amount", request.report.table).into_iter().collect();
    let query = until(request, &by, request.period.to)?;
    let query = crate::model::CubeQuery { figures: &figures, ..query };
    let grid = query.run(&request.warehouse)?;
    let names: Vec<String> = (0..others.len()).map(Cube::key).collect();
    let (keys, lasts) = (grid.keys(&names)?, grid.texts(&Cube::key(others.len()))?);
    let amounts = grid.numbers("sales_amount")?;
    let groups = grid.groups(&names)?;
    let mut firsts = Vec::new();
    for (at, &group) in groups.iter().enumerate() {
        if group == firsts.len() {
            firsts.push(at);
        }
    }
    let rows = keys.iter().cloned().zip(lasts).zip(amounts);
    let sums = rows.map(|(key, amount)| (key, amount.unwrap_or_default())).collect();
    Ok(Sums { grid, groups: firsts, sums, keys })
}

impl Sums {
    /// The sales of these days, both included; days as text are in the order of time.
    fn days(&self, first: usize, from: NaiveDate, to: NaiveDate) -> Decimal {
        let key = &self.keys[first];
        let bound = |day: NaiveDate| (key.clone(), Some(day.to_string()));
        self.sums.range(bound(from)..=bound(to)).map(|(_, amount)| amount).sum()
    }
}

/// The values of a campaign for the group of attributes whose first row is `first`; `end` is the last day that counts,
/// `covered` the first one of the data.
fn values(
    campaign: &Campaign,
    end: NaiveDate,
    covered: Option<NaiveDate>,
    (daily, own): (&Sums, &Sums),
    first: usize,
) -> [Option<Decimal>; 9] {
    let one = Days::new(1);
    let is_covered = |day: NaiveDate| covered.is_some_and(|covered| covered <= day);
    // A campaign that is not over is compared with as many days as have passed.
    let to = campaign.to.min(end);
    let length = Days::new(u64::try_from((to - campaign.from).num_days() + 1).unwrap_or_default());
    let during = daily.days(first, campaign.from, to);
    let before = campaign.from.checked_sub_days(length).filter(|day| is_covered(*day));
    let before = before.and_then(|from| Some(daily.days(first, from, campaign.from.checked_sub_days(one)?)));
    let after = campaign.to.checked_add_days(length).filter(|day| *day <= end);
    let after = after.and_then(|last| Some(daily.days(first, campaign.to.checked_add_days(one)?, last)));
    let earlier = sub_months(campaign.from, 12).filter(|day| is_covered(*day));
    let earlier = earlier.and_then(|from| Some(daily.days(first, from, end_of_year_before(to)?)));
    let uplift = earlier.map(|earlier| during - earlier);
    let rate = earlier.filter(|earlier| *earlier > Decimal::ZERO).and_then(|earlier| ratio(uplift?, earlier));
    let own = own.sums.get(&(daily.keys[first].clone(), Some(campaign.code.clone()))).copied();
    let day = |day: NaiveDate| Some(Decimal::from(day.to_epoch_days()));
    [
        day(campaign.from),
        day(campaign.to),
        own.or(Some(Decimal::ZERO)),
        before,
        Some(during),
        after,
        earlier,
        uplift,
        rate,
    ]
}

type Row = (String, Option<String>, usize, [Option<Decimal>; 9]);

/// The rows: the campaign, then the other attributes.
fn grid(campaign: &Dimension, others: &[Dimension], daily: &Grid, rows: &[Row]) -> Result<Measured, Failure> {
    let firsts: Vec<usize> = rows.iter().map(|(_, _, first, _)| *first).collect();
    let taken = daily.taken(&firsts)?;
    let mut out = Grid::of_height(rows.len())
        .with_texts(&Cube::key(0), rows.iter().map(|(code, _, _, _)| Some(code.clone())).collect())?
        .with_texts(&Cube::name(0), rows.iter().map(|(_, name, _, _)| name.clone()).collect())?;
    for at in 0..others.len() {
        out = out.with_texts(&Cube::key(at + 1), taken.texts(&Cube::key(at))?)?;
        if taken.has(&Cube::name(at)) {
            out = out.with_texts(&Cube::name(at + 1), taken.texts(&Cube::name(at))?)?;
        }
    }
    for (at, made) in COLUMNS.iter().enumerate() {
        let column: Vec<Option<Decimal>> = rows.iter().map(|(_, _, _, values)| values[at]).collect();
        out = out.with_numbers(made.id, &column)?;
    }
    let by = std::iter::once(campaign.clone()).chain(others.iter().cloned()).collect();
    Ok(Measured { by, grid: out, total: Figures::new(), source_rows: 0 })
}
