//! Projects: work that is made to order, the hours spent on it and what was bought for it.

use std::io;

use chrono::{Datelike, NaiveDate, Weekday};
use shared::dataset::{PROJECTS, PURCHASES, TIME_ENTRIES};
use shared::sales::ProjectStatus;

use super::catalog::PRODUCTS;
use super::conventions::{MEMBERS_SELLING, days, member_code, owner, warehouse};
use super::dice::Dice;
use super::files::{Cell, Style, Table, text, word};
use super::people::{Customer, Kind};
use super::words::{MAKERS, PROJECT_NAMES, PROJECT_TASKS, SUPPLIERS};
use super::{Plan, SampleFile, streams};

/// One yen, and one hour, in 1/10000.
const UNIT: i64 = 10_000;

/// The most projects.
const PROJECTS_MAX: usize = 5_000;

/// A project.
pub(super) struct Project {
    pub(super) code: String,
    /// The customer's position.
    pub(super) customer: u32,
    name: &'static str,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    status: ProjectStatus,
    amount: i64,
    hours: u32,
}

/// Makes up the projects, by the position of their customers.
pub(super) fn plan(plan: &Plan, customers: &[Customer]) -> Vec<Project> {
    let mut dice = Dice::new(plan.seed, streams::PROJECTS);
    let mut projects = Vec::new();
    for (at, customer) in (0_u32..).zip(customers) {
        if customer.kind != Kind::Corporate || customer.suspended || !dice.chance(60) {
            continue;
        }
        let (name, usual) = *dice.pick(PROJECT_NAMES);
        let to = days(plan.span.end, i64::from(dice.below(300)) - 180);
        let from = days(to, -i64::from(dice.between(30, 120)));
        let over = to < plan.span.end;
        let status = match (over, dice.weighted(&[85, 10, 5])) {
            (true, 0 | 2) => ProjectStatus::Completed,
            (false, _) if from > plan.span.end => ProjectStatus::Planned,
            (false, 2) => ProjectStatus::OnHold,
            // Some that should be over are not.
            _ => ProjectStatus::Running,
        };
        let hours = usual * dice.between(70, 130) / 100;
        projects.push(Project {
            code: format!("PJ{:05}", projects.len() + 1),
            customer: at,
            name,
            from,
            to,
            status,
            amount: i64::from(hours * dice.between(8, 14)) * 1_000 * UNIT,
            hours,
        });
        if projects.len() == PROJECTS_MAX {
            break;
        }
    }
    projects
}

pub(super) fn write(
    plan: &Plan,
    customers: &[Customer],
    projects: &[Project],
) -> io::Result<Vec<SampleFile>> {
    let mut table = Table::create(&plan.folder, &PROJECTS, Style::Native)?;
    for project in projects {
        let customer = &customers[project.customer as usize];
        let done = project.status == ProjectStatus::Completed;
        table.row(&[
            Cell::Text(&project.code),
            Cell::Text(project.name),
            Cell::Text(&plan.code(project.customer)),
            Cell::Text(customer.place().department),
            Cell::Text(&member_code(owner(plan, customer))),
            word(project.status),
            Cell::Amount(project.amount),
            Cell::Amount(i64::from(project.hours) * UNIT),
            Cell::Date(project.from),
            Cell::Date(project.to),
            if done { Cell::Date(project.to) } else { Cell::Empty },
        ])?;
    }
    Ok(vec![
        SampleFile { dataset: "projects", rows: table.finish()? },
        SampleFile { dataset: "time_entries", rows: time_entries(plan, projects)? },
        SampleFile { dataset: "purchases", rows: purchases(plan, projects)? },
    ])
}

/// Hours on working days, until they are used up or the history ends.
fn time_entries(plan: &Plan, projects: &[Project]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::TIME_ENTRIES);
    let mut table = Table::create(&plan.folder, &TIME_ENTRIES, Style::Native)?;
    for project in projects {
        let (mut day, mut left) = (project.from, project.hours * dice.between(80, 125) / 100);
        while left > 0 && day <= plan.span.end.min(project.to) {
            day = days(day, i64::from(dice.between(1, 4)));
            if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || day > plan.span.end {
                continue;
            }
            let halves = dice.between(2, 16).min(left * 2);
            left -= halves.div_ceil(2).min(left);
            let member = MEMBERS_SELLING + dice.below(u32::try_from(MAKERS.len()).unwrap_or(1)) as usize;
            table.row(&[
                Cell::Text(&format!("H{:07}", table.rows + 1)),
                Cell::Text(&project.code),
                Cell::Text(dice.word(PROJECT_TASKS)),
                Cell::Text(&member_code(member)),
                Cell::Date(day),
                Cell::Amount(i64::from(halves) * UNIT / 2),
                text(dice.word(&["", "", "", "先方確認待ち", "手戻りあり"])),
            ])?;
        }
    }
    table.finish()
}

/// What was bought for projects, and goods of the last quarter.
fn purchases(plan: &Plan, projects: &[Project]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::PURCHASES);
    let mut table = Table::create(&plan.folder, &PURCHASES, Style::Native)?;
    for project in projects.iter().filter(|project| project.from <= plan.span.end) {
        for _ in 0..dice.below(4) {
            let (supplier, what) = *dice.pick(SUPPLIERS);
            let amount = project.amount / 100 * i64::from(dice.between(4, 15));
            let bought = days(project.from, i64::from(dice.below(40))).min(plan.span.end);
            table.row(&[
                Cell::Text(&format!("B{:07}", table.rows + 1)),
                Cell::Number(1),
                Cell::Date(bought),
                Cell::Text(supplier),
                Cell::Text(&project.code),
                Cell::Empty,
                Cell::Text(what),
                Cell::Amount(UNIT),
                Cell::Amount(amount),
                Cell::Amount(amount),
            ])?;
        }
    }
    for item in PRODUCTS.iter().filter(|item| !item.by_weight) {
        let quantity = i64::from(dice.between(5, 60)) * 10;
        let price = i64::from(item.price) * i64::from(item.cost) * (UNIT / 100);
        table.row(&[
            Cell::Text(&format!("B{:07}", table.rows + 1)),
            Cell::Number(1),
            Cell::Date(days(plan.span.end, -i64::from(dice.below(90)))),
            Cell::Text(dice.word(&["中央物産㈱", "東日本酒類販売㈱", "㈲丸十商店"])),
            Cell::Empty,
            Cell::Text(item.code),
            Cell::Text(item.name),
            Cell::Amount(quantity * UNIT),
            Cell::Amount(price),
            Cell::Amount(quantity * price),
            Cell::Text(warehouse(dice.word(&["D01", "D02", "D04"]))),
        ])?;
    }
    table.finish()
}
