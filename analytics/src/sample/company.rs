//! The company's own records: warehouses, ranks, members, campaigns, terms, extension fields; earlier owners of
//! customers; and the customers' accounts in the shop.

use std::io;

use shared::calendar::YearMonth;
use shared::dataset::{
    BILLING_TERMS, CAMPAIGNS, EXTENSION_FIELDS, EXTENSION_VALUES, MEMBERS, OWNER_HISTORY, RANKS,
    STOCK_SNAPSHOTS, TRADING_TERMS, WAREHOUSES,
};

use super::catalog::PRODUCTS;
use super::conventions::{CAMPAIGN_DAYS, days, member_code, owner};
use super::dice::Dice;
use super::files::{Cell, Style, Table, text};
use super::people::{Customer, Kind};
use super::words::{DEPARTMENTS, MAKERS, OWNERS, TERMS};
use super::{Plan, SampleFile, streams};

/// One, in 1/10000.
const UNIT: i64 = 10_000;

const WAREHOUSE_NAMES: &[(&str, &str)] = &[("W01", "仙台倉庫"), ("W02", "川崎倉庫"), ("W03", "大阪倉庫")];

const RANK_COLORS: &[(&str, &str)] =
    &[("S", "#8a5a00"), ("A", "#5b3fb8"), ("B", "#0b63bd"), ("C", "#556070")];

pub(super) fn write(plan: &Plan, customers: &[Customer]) -> io::Result<Vec<SampleFile>> {
    let file = |dataset: &'static str, rows: u64| SampleFile { dataset, rows };
    Ok(vec![
        file("warehouses", warehouses(plan)?),
        file("ranks", ranks(plan)?),
        file("members", members(plan)?),
        file("campaigns", campaigns(plan)?),
        file("trading_terms", trading_terms(plan)?),
        file("billing_terms", billing_terms(plan)?),
        file("stock_snapshots", stock(plan)?),
        file("owner_history", owner_history(plan, customers)?),
        file("extension_fields", extension_fields(plan)?),
        file("extension_values", extension_values(plan, customers)?),
    ])
}

fn warehouses(plan: &Plan) -> io::Result<u64> {
    let mut table = Table::create(&plan.folder, &WAREHOUSES, Style::Native)?;
    for (code, name) in WAREHOUSE_NAMES {
        table.row(&[Cell::Text(code), Cell::Text(name)])?;
    }
    table.finish()
}

fn ranks(plan: &Plan) -> io::Result<u64> {
    let mut table = Table::create(&plan.folder, &RANKS, Style::Native)?;
    for ((rank, color), position) in RANK_COLORS.iter().zip(1..) {
        table.row(&[Cell::Text(rank), Cell::Number(position), Cell::Text(color)])?;
    }
    table.finish()
}

fn members(plan: &Plan) -> io::Result<u64> {
    let mut table = Table::create(&plan.folder, &MEMBERS, Style::Native)?;
    for (at, name) in OWNERS.iter().chain(MAKERS).enumerate() {
        let cost = 3_200 + i64::try_from(at % 5).unwrap_or_default() * 350;
        table.row(&[
            Cell::Text(&member_code(at)),
            Cell::Text(name),
            Cell::Text(DEPARTMENTS[at % DEPARTMENTS.len()].0),
            Cell::Amount(cost * UNIT),
        ])?;
    }
    table.finish()
}

fn campaigns(plan: &Plan) -> io::Result<u64> {
    let mut table = Table::create(&plan.folder, &CAMPAIGNS, Style::Native)?;
    for (code, name, from, to, channel) in CAMPAIGN_DAYS {
        table.row(&[
            Cell::Text(code),
            Cell::Text(name),
            Cell::Date(days(plan.span.end, -from)),
            Cell::Date(days(plan.span.end, -to)),
            Cell::Text(channel),
        ])?;
    }
    table.finish()
}

fn trading_terms(plan: &Plan) -> io::Result<u64> {
    let mut table = Table::create(&plan.folder, &TRADING_TERMS, Style::Native)?;
    let sets = [
        ("TT01", "卸売標準", "A卸価格", "public", "路線便", "1万円以上で無料"),
        ("TT02", "個人・通販", "一般価格", "public", "宅配便", "全国一律800円、8千円以上で無料"),
        ("TT03", "業務用標準", "B業務用価格", "private", "自社便", "無料"),
    ];
    for (id, name, prices, visibility, method, freight) in sets {
        table.row(&[
            Cell::Text(id),
            Cell::Text(name),
            Cell::Text(prices),
            text(if id == "TT01" { "定期便パック" } else { "" }),
            Cell::Text(visibility),
            Cell::Text(method),
            Cell::Text(freight),
            Cell::Text("標準伝票"),
            text(if id == "TT02" { "キャンペーンは会員価格に限る" } else { "" }),
        ])?;
    }
    table.finish()
}

fn billing_terms(plan: &Plan) -> io::Result<u64> {
    let mut table = Table::create(&plan.folder, &BILLING_TERMS, Style::Native)?;
    let at_once = ("都度", 0, 0);
    for (at, (terms, _, _)) in TERMS.iter().chain(std::iter::once(&at_once)).enumerate() {
        let direct = at == TERMS.len();
        table.row(&[
            Cell::Text(&format!("BT{:02}", at + 1)),
            Cell::Text(terms),
            Cell::Text(terms),
            Cell::Text(if direct { "credit_card" } else { "bank_transfer" }),
            Cell::Number(0),
            text(if direct { "" } else { "みずほ銀行 神田支店 普通 1234567" }),
            Cell::Text("down"),
            text(if direct { "お届け時に決済" } else { "" }),
        ])?;
    }
    table.finish()
}

/// Months at whose end stock was counted.
const STOCK_MONTHS: i32 = 12;

/// What was in stock at the end of each month of a year.
fn stock(plan: &Plan) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::STOCK);
    let mut before = Dice::new(plan.seed, streams::OLD_STOCK);
    let mut table = Table::create(&plan.folder, &STOCK_SNAPSHOTS, Style::Native)?;
    let ends = (2..STOCK_MONTHS).rev().map(|ago| YearMonth::of(plan.span.end).plus(-ago).last_day());
    for counted in ends.chain([plan.office_after, plan.span.end]) {
        let dice = if counted < plan.office_after { &mut before } else { &mut dice };
        for item in PRODUCTS {
            for (code, _) in WAREHOUSE_NAMES {
                let there = i64::from(dice.below(400));
                let promised = there * i64::from(dice.below(40)) / 100;
                table.row(&[
                    Cell::Text(item.code),
                    Cell::Text(code),
                    Cell::Date(counted),
                    Cell::Amount(there * UNIT),
                    Cell::Amount(promised * UNIT),
                ])?;
            }
        }
    }
    table.finish()
}

/// Earlier owners of customers.
fn owner_history(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::OWNERS);
    let mut table = Table::create(&plan.folder, &OWNER_HISTORY, Style::Native)?;
    for (at, customer) in (0_u32..).zip(customers) {
        if !dice.chance(35) || !plan.has_records(&mut dice) {
            continue;
        }
        let now = owner(plan, customer);
        let before = (now + 1 + dice.below(5) as usize) % OWNERS.len();
        let day = days(plan.span.end, -i64::from(dice.between(10, 500)));
        table.row(&[
            Cell::Text(&plan.code(at)),
            Cell::Text(&format!("{day} 09:00")),
            Cell::Text(OWNERS[before]),
            Cell::Text(OWNERS[now]),
        ])?;
    }
    table.finish()
}

/// The fields that the company defined: code, label, kind, meaning.
const FIELDS: &[(&str, &str, &str, &str, &str)] = &[
    ("customers", "route", "配送便", "text", "配送のコース"),
    ("customers", "cold_storage", "冷蔵設備", "flag", "冷蔵ショーケースがあるか"),
    ("customers", "seats", "席数", "number", "飲食店の席数"),
    ("customers", "renewal_on", "契約更新日", "date", "年間契約の更新日"),
    ("products", "allergens", "アレルゲン", "text", "表示が必要な原材料"),
];

fn extension_fields(plan: &Plan) -> io::Result<u64> {
    let mut table = Table::create(&plan.folder, &EXTENSION_FIELDS, Style::Native)?;
    for (dataset, code, label, kind, meaning) in FIELDS {
        table.row(&[*dataset, *code, *label, *kind, *meaning].map(Cell::Text))?;
    }
    table.finish()
}

fn extension_values(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::EXTENSIONS);
    let mut table = Table::create(&plan.folder, &EXTENSION_VALUES, Style::Native)?;
    for (at, customer) in (0_u32..).zip(customers) {
        if customer.kind == Kind::Direct || !dice.chance(400) || !plan.has_records(&mut dice) {
            continue;
        }
        let code = plan.code(at);
        let mut value =
            |field: &str, value: &str| table.row(&["customers", code.as_str(), field, value].map(Cell::Text));
        value("route", ["A便", "B便", "C便"][dice.weighted(&[50, 30, 20])])?;
        if dice.chance(600) {
            value("cold_storage", dice.word(&["1", "0"]))?;
        }
        if customer.kind == Kind::Corporate && dice.chance(500) {
            value("seats", &(dice.between(4, 60) * 2).to_string())?;
        }
        if dice.chance(300) {
            value("renewal_on", &days(plan.span.end, i64::from(dice.between(5, 330))).to_string())?;
        }
    }
    for (product, allergens) in
        [("P0031", "落花生、くるみ"), ("P0032", "小麦、大豆"), ("P0033", "乳"), ("P0034", "えび、いか")]
    {
        table.row(&["products", product, "allergens", allergens].map(Cell::Text))?;
    }
    table.finish()
}
