//! How customers are reached: contacts, persons, addresses, where documents go; and leads.

use std::io;

use shared::dataset::{ADDRESSES, CONTACT_PERSONS, CONTACTS, DOCUMENT_DESTINATIONS, LEADS};

use super::dice::Dice;
use super::files::{Cell, Style, Table, text};
use super::people::{Customer, Kind};
use super::words::{GIVEN_NAMES, SURNAMES, WHOLESALE};
use super::{Plan, SampleFile, streams};

/// One customer in this many shares the number of the one before: branches with one 代表番号.
const SHARED_NUMBER_EVERY: u32 = 47;

pub(super) fn write(plan: &Plan, customers: &[Customer]) -> io::Result<Vec<SampleFile>> {
    Ok(vec![
        SampleFile { dataset: "contacts", rows: contacts(plan, customers)? },
        SampleFile { dataset: "contact_persons", rows: persons(plan, customers)? },
        SampleFile { dataset: "addresses", rows: addresses(plan, customers)? },
        SampleFile { dataset: "document_destinations", rows: destinations(plan, customers)? },
        SampleFile { dataset: "leads", rows: leads(plan, customers)? },
    ])
}

fn each(customers: &[Customer]) -> impl Iterator<Item = (u32, &Customer)> {
    (0_u32..).zip(customers)
}

/// The main number of a customer: digits in their groups. Consumers have mobiles.
pub(super) fn number(at: u32, customer: &Customer, line: u32) -> [String; 3] {
    let spread = at.wrapping_mul(7_919) + line * 101;
    if customer.kind == Kind::Direct {
        let tail = spread % 100_000_000;
        return ["090".to_owned(), format!("{:04}", tail / 10_000), format!("{:04}", tail % 10_000)];
    }
    let dial = customer.place().dial;
    // Ten digits in all; the exchange begins with 5.
    let exchange = 6_usize.saturating_sub(dial.len());
    let tail = format!(
        "{:0width$}",
        spread % 10_u32.pow(u32::try_from(exchange + 3).unwrap_or(3)),
        width = exchange + 3
    );
    let (head, rest) = tail.split_at(exchange.saturating_sub(1));
    [dial.to_owned(), format!("5{head}"), rest.to_owned()]
}

/// The number as people write it.
fn written(dice: &mut Dice, [dial, exchange, line]: &[String; 3]) -> String {
    match dice.weighted(&[70, 10, 7, 5, 8]) {
        0 => format!("{dial}-{exchange}-{line}"),
        1 => format!("{dial}{exchange}{line}"),
        2 => format!("({dial}){exchange}-{line}"),
        3 => format!("+81-{}-{exchange}-{line}", dial.trim_start_matches('0')),
        _ => format!("{dial}-{exchange}-{line}").chars().map(wide).collect(),
    }
}

fn wide(c: char) -> char {
    match c {
        '0'..='9' => char::from_u32(u32::from(c) - u32::from('0') + u32::from('０')).unwrap_or(c),
        '-' => '－',
        c => c,
    }
}

fn person(dice: &mut Dice) -> (String, String) {
    let ((surname, surname_kana), (given, given_kana)) = (*dice.pick(SURNAMES), *dice.pick(GIVEN_NAMES));
    (format!("{surname} {given}"), format!("{surname_kana} {given_kana}"))
}

fn contacts(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::CONTACTS);
    let mut table = Table::create(&plan.folder, &CONTACTS, Style::Native)?;
    for (at, customer) in each(customers) {
        let code = plan.code(at);
        // A branch shares the number of the customer before it, when that one is a company as well.
        let before = at.checked_sub(1).and_then(|before| customers.get(before as usize));
        let owner = before.filter(|before| {
            at % SHARED_NUMBER_EVERY == 0 && before.kind != Kind::Direct && customer.kind != Kind::Direct
        });
        let main = owner.map_or_else(|| number(at, customer, 0), |owner| number(at - 1, owner, 0));
        let phone = written(&mut dice, &main);
        let who = if customer.kind == Kind::Direct {
            customer.name().0
        } else if dice.chance(700) {
            person(&mut dice).0
        } else {
            String::new()
        };
        let email = if dice.chance(600) { format!("c{}@example.jp", at + 1) } else { String::new() };
        let fax = match dice.weighted(&[30, 50, 20]) {
            _ if customer.kind == Kind::Direct => String::new(),
            0 => String::new(),
            1 => number(at, customer, 7).join("-"),
            // FAX=TEL.
            _ => phone.clone(),
        };
        let note = dice.word(&["", "", "", "(代)", "10時以降", "夕方は不可"]);
        let mut row = |who: &str, purpose: &str, phone: &str, email: &str, fax: &str, note: &str| {
            table.row(&[
                Cell::Text(&code),
                text(who),
                Cell::Text(purpose),
                text(phone),
                text(email),
                text(fax),
                text(note),
            ])
        };
        row(&who, "sales", &phone, &email, &fax, note)?;
        if customer.kind == Kind::Direct {
            continue;
        }
        if dice.chance(420) {
            let extension = match dice.weighted(&[50, 30, 20]) {
                0 => written(&mut dice, &number(at, customer, 1)),
                1 => format!("{} 内線{}", main.join("-"), dice.between(10, 99)),
                _ => format!("{}(内){}", main.join("-"), dice.between(100, 999)),
            };
            row(&person(&mut dice).0, "billing", &extension, "", "", "")?;
        }
        if dice.chance(300) {
            let mobile = format!("080-{:04}-{:04}", dice.below(10_000), dice.below(10_000));
            row(&person(&mut dice).0, "delivery", &mobile, "", "", "")?;
        }
    }
    table.finish()
}

fn persons(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::PERSONS);
    let mut table = Table::create(&plan.folder, &CONTACT_PERSONS, Style::Native)?;
    for (at, customer) in each(customers) {
        if customer.kind == Kind::Direct || !dice.chance(300) || !plan.has_records(&mut dice) {
            continue;
        }
        let (name, kana) = person(&mut dice);
        let person_code = format!("K{:07}", table.rows + 1);
        let mobile = format!("070-{:04}-{:04}", dice.below(10_000), dice.below(10_000));
        let direct = if dice.chance(400) { number(at, customer, 3).join("-") } else { String::new() };
        table.row(&[
            Cell::Text(&person_code),
            Cell::Text(&plan.code(at)),
            Cell::Text(&name),
            Cell::Text(&kana),
            Cell::Text(dice.word(&["購買部", "経理部", "総務部", "調理部", "店舗運営部"])),
            text(dice.word(&["部長", "課長", "主任", "店長", "料理長", ""])),
            text(&direct),
            Cell::Text(&mobile),
            Cell::Text(&format!("k{}@example.jp", at + 1)),
        ])?;
    }
    table.finish()
}

fn addresses(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::ADDRESSES);
    let mut table = Table::create(&plan.folder, &ADDRESSES, Style::Native)?;
    for (at, customer) in each(customers) {
        let (code, place) = (plan.code(at), customer.place());
        let mut row = |dice: &mut Dice, kind: &str, number: &str, name: &str, default: bool| {
            let street = format!(
                "{}{}-{}-{}",
                place.town,
                dice.between(1, 6),
                dice.between(1, 20),
                dice.between(1, 15)
            );
            let building = dice.word(&["", "", "", "", "第一ビル 2F", "駅前プラザ 1F"]);
            table.row(&[
                Cell::Text(&code),
                Cell::Text(kind),
                Cell::Text(number),
                text(name),
                Cell::Text(place.postal),
                Cell::Text(place.prefecture),
                Cell::Text(place.city),
                Cell::Text(&street),
                text(building),
                Cell::Number(i64::from(default)),
            ])
        };
        row(&mut dice, "head_office", "1", "", true)?;
        if customer.kind != Kind::Direct && dice.chance(220) {
            row(&mut dice, "ship_to", "1", "本店倉庫", true)?;
            if dice.chance(350) {
                row(&mut dice, "ship_to", "2", "二号店", false)?;
            }
        }
    }
    table.finish()
}

fn destinations(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::DESTINATIONS);
    let mut table = Table::create(&plan.folder, &DOCUMENT_DESTINATIONS, Style::Native)?;
    for (at, customer) in each(customers) {
        if customer.kind == Kind::Direct || !dice.chance(250) || !plan.has_records(&mut dice) {
            continue;
        }
        let place = customer.place();
        let (address, email) = (
            format!("{}{}{}", place.prefecture, place.city, place.town),
            format!("keiri{}@example.jp", at + 1),
        );
        let by_mail = dice.chance(600);
        table.row(&[
            Cell::Text(&plan.code(at)),
            Cell::Text("invoice"),
            Cell::Text(if by_mail { "email" } else { "post" }),
            if by_mail { Cell::Empty } else { Cell::Text(&address) },
            if by_mail { Cell::Text(&email) } else { Cell::Empty },
        ])?;
    }
    table.finish()
}

/// One lead in this many, the first included, became a customer.
pub(super) const CONVERTED_EVERY: u32 = 5;

/// How many leads there are.
pub(super) fn leads_of(customers: &[Customer]) -> u32 {
    u32::try_from((customers.len() / 40).clamp(3, 2_000)).unwrap_or(3)
}

fn leads(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::LEADS);
    let mut table = Table::create(&plan.folder, &LEADS, Style::Native)?;
    for at in 0..leads_of(customers) {
        let (_, endings) = dice.pick(WHOLESALE);
        let company = format!("{}{}", dice.pick(SURNAMES).0, dice.pick(endings).0);
        let phone = format!("03-6555-{:04}", at % 10_000);
        table.row(&[
            Cell::Text(&format!("L{:05}", at + 1)),
            Cell::Text(&company),
            Cell::Text(&person(&mut dice).0),
            Cell::Text(&phone),
            Cell::Text(&format!("lead{}@example.jp", at + 1)),
            Cell::Text(match (dice.word(&["new", "contacted", "qualified", "lost"]), at % CONVERTED_EVERY) {
                (_, 0) => "converted",
                (status, _) => status,
            }),
            Cell::Text(dice.word(&["展示会", "ウェブ", "紹介", "飛び込み"])),
            text(dice.word(&["資料送付済み", "試飲会に参加", "来月訪問予定", ""])),
        ])?;
    }
    table.finish()
}
