//! Customers, products and departments.

use std::io;

use shared::dataset::{CUSTOMERS, DEPARTMENTS as DEPARTMENTS_SET, PORTAL_ACCOUNTS, PRODUCTS as PRODUCTS_SET};

use super::catalog::PRODUCTS;
use super::conventions::{corporate_number, days, owner, portal_email, terms_of};
use super::dice::Dice;
use super::files::{Cell, Style, Table, text};
use super::history::Account;
use super::people::{Customer, Kind};
use super::words::{CAUTIONS, DEPARTMENTS, MEMOS, OWNERS, PREFERENCES};
use super::{Plan, SampleFile, streams};

/// One yen, in 1/10000.
const YEN: i64 = 10_000;

/// Writes the files; returns them and the customers who have an account in the shop.
pub(super) fn write(
    plan: &Plan,
    customers: &[Customer],
    accounts: &[Account],
) -> io::Result<(Vec<SampleFile>, Vec<u32>)> {
    let mut table = Table::create(&plan.folder, &DEPARTMENTS_SET, Style::Native)?;
    for (code, name) in DEPARTMENTS {
        table.row(&[Cell::Text(code), Cell::Text(name)])?;
    }
    let mut files = vec![SampleFile { dataset: "departments", rows: table.finish()? }];
    let mut table = Table::create(&plan.folder, &PRODUCTS_SET, Style::Native)?;
    for product in PRODUCTS {
        table.row(&[
            Cell::Text(product.code),
            Cell::Text(product.name),
            Cell::Text(product.category),
            Cell::Amount(i64::from(product.price) * YEN),
            text(product.advice),
        ])?;
    }
    files.push(SampleFile { dataset: "products", rows: table.finish()? });
    let mut portal = Vec::new();
    let rows = write_customers(plan, customers, accounts, &mut portal)?;
    files.push(SampleFile { dataset: "customers", rows });
    files.push(SampleFile { dataset: "portal_accounts", rows: portal_accounts(plan, customers, &portal)? });
    Ok((files, portal))
}

/// The same accounts as the customers' own columns say, with what they may do and when they were used last.
fn portal_accounts(plan: &Plan, customers: &[Customer], portal: &[u32]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::PORTAL);
    let mut table = Table::create(&plan.folder, &PORTAL_ACCOUNTS, Style::Native)?;
    for &at in portal {
        let code = plan.code(at);
        let day = days(plan.span.end, -i64::from(dice.below(200)));
        let login = format!("{day} {:02}:{:02}", dice.between(7, 22), dice.between(0, 59));
        table.row(&[
            Cell::Text(&code),
            Cell::Text(&portal_email(&code)),
            Cell::Text(if customers[at as usize].suspended { "disabled" } else { "active" }),
            Cell::Text(dice.word(&["閲覧、注文", "閲覧、注文", "閲覧"])),
            if dice.chance(900) { Cell::Text(&login) } else { Cell::Empty },
        ])?;
    }
    table.finish()
}

fn write_customers(
    plan: &Plan,
    customers: &[Customer],
    accounts: &[Account],
    portal: &mut Vec<u32>,
) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::MASTERS);
    let mut more = Dice::new(plan.seed, streams::MORE_MASTERS);
    let mut native = Table::create(&plan.folder, &CUSTOMERS, Style::Native)?;
    let office = plan.office.then(|| Table::create(&plan.folder.join("cp932"), &CUSTOMERS, Style::Office));
    let mut office = office.transpose()?;
    for (at, (customer, account)) in customers.iter().zip(accounts).enumerate() {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let (trading, billing) = terms_of(customer);
        let number = corporate_number(&mut more);
        let registration = format!("T{number}");
        let is_known = customer.kind != Kind::Direct && more.chance(350);
        let further = [
            Cell::Text(&trading),
            Cell::Text(&billing),
            text(if is_known { &number } else { "" }),
            text(if is_known { &registration } else { "" }),
        ];
        let has_portal = customer_row(&mut dice, plan, at, (customer, account), &further, &mut |cells| {
            native.row(cells)?;
            office.as_mut().map_or(Ok(()), |office| office.row(cells))
        })?;
        portal.extend(has_portal.then_some(at));
    }
    if let Some(office) = office {
        office.finish()?;
    }
    native.finish()
}

#[expect(clippy::too_many_lines, reason = "one cell after the other, in the order of the columns")]
fn customer_row(
    dice: &mut Dice,
    plan: &Plan,
    at: u32,
    (customer, account): (&Customer, &Account),
    further: &[Cell<'_>],
    write: &mut dyn FnMut(&[Cell<'_>]) -> io::Result<()>,
) -> io::Result<bool> {
    let code = plan.code(at);
    let code = code.as_str();
    let (name, short, kana) = customer.name();
    let direct = customer.kind == Kind::Direct;
    let kana = match dice.weighted(&[70, 24, 6]) {
        0 => kana,
        1 => half_width(&kana),
        _ => String::new(),
    };
    let reason = dice.word(&["credit_hold", "contract_ended", "temporary_pause"]);
    let rank = rank(dice, account.last_year);
    let area = match dice.weighted(&[88, 7, 5]) {
        0 => customer.place().area,
        1 => "",
        _ if matches!(customer.place().area, "北海道" | "東北") => "北海道・東北",
        _ => customer.place().area,
    };
    let caution = if customer.suspended || dice.chance(130) { dice.word(CAUTIONS) } else { "" };
    let memo = if dice.chance(260) { dice.word(MEMOS) } else { "" };
    let remarks = dice.word(&[
        "",
        "",
        "",
        "",
        "",
        "キャンペーン適用外",
        "要与信管理",
        "納品書2部",
        "\"至急\"の表記に注意,電話で確認",
    ]);
    let preferences = preferences(dice);
    let birth =
        chrono::NaiveDate::from_ymd_opt(1945 + i32::try_from(dice.below(58)).unwrap_or_default(), 1, 1)
            .and_then(|day| day.checked_add_days(chrono::Days::new(u64::from(dice.below(365)))));
    let (limit, method) = (
        credit_limit(dice, account),
        dice.word(&["bank_transfer", "bank_transfer", "direct_debit", "promissory_note"]),
    );
    let rating = Cell::Number(i64::from(dice.between(2, 5)));
    let some = |show: bool, cell: Cell<'static>| if show { cell } else { Cell::Empty };
    let has_rating = dice.chance(300);
    let email = portal_email(code);
    let has_portal = dice.chance(if direct { 700 } else { 250 });
    let source = dice.word(&["referral", "word_of_mouth", "web", "exhibition", "visit", "advertisement", ""]);
    let mut cells = vec![
        Cell::Text(code),
        Cell::Text(&name),
        Cell::Text(&short),
        text(&kana),
        Cell::Text(customer.kind.identifier()),
        Cell::Text(if customer.suspended { "suspended" } else { "active" }),
        text(if customer.suspended { reason } else { "" }),
        text(customer.industry().unwrap_or_default()),
        text(rank),
        text(area),
        Cell::Date(customer.since),
        Cell::Text(OWNERS[owner(plan, customer)]),
        if direct { Cell::Empty } else { Cell::Amount(limit * YEN) },
        text(caution),
        text(memo),
        text(remarks),
        text(&preferences),
        text(source),
        if direct { Cell::Text(&name) } else { Cell::Empty },
        birth.filter(|_| direct).map_or(Cell::Empty, Cell::Date),
        some(has_rating, rating),
        Cell::Text(if direct { "都度" } else { customer.terms() }),
        Cell::Text(if direct { "credit_card" } else { method }),
        Cell::Number(i64::from(!direct && dice.chance(300))),
        some(!direct, Cell::Text("みずほ銀行 神田支店 普通 1234567")),
        Cell::Text(["A卸価格", "一般価格", "B業務用価格"][customer.kind as usize]),
        some(!direct && dice.chance(200), Cell::Text("定期便パック")),
        Cell::Text(if dice.chance(850) { "public" } else { "private" }),
        if has_portal { Cell::Text(&email) } else { Cell::Empty },
        some(has_portal, Cell::Text(if customer.suspended { "disabled" } else { "active" })),
        Cell::Number(i64::from(dice.chance(20))),
    ];
    cells.extend_from_slice(further);
    write(&cells)?;
    Ok(has_portal)
}

/// The rank of the last run, by the sales of a year; some have none, some one that the master does not know, and
/// some have moved since.
fn rank(dice: &mut Dice, last_year: i64) -> &'static str {
    let earned = match last_year {
        8_000_000.. => 0,
        2_000_000.. => 1,
        500_000.. => 2,
        _ => 3,
    };
    let moved = match dice.weighted(&[72, 12, 12, 4]) {
        1 => 1,
        2 => -1,
        _ => 0,
    };
    match dice.weighted(&[90, 8, 2]) {
        0 => ["S", "A", "B", "C"][usize::try_from((earned + moved).clamp(0, 3)).unwrap_or_default()],
        1 => "",
        _ => "Z",
    }
}

/// What the customer may owe: about three months of its sales; for some less than is owed.
fn credit_limit(dice: &mut Dice, account: &Account) -> i64 {
    let usual = (account.last_year / 4).max(300_000) / 100_000 * 100_000;
    match dice.weighted(&[93, 7]) {
        0 => usual.max(account.unpaid + account.unpaid / 5),
        _ => (account.unpaid * 3 / 4).max(200_000) / 10_000 * 10_000,
    }
}

fn preferences(dice: &mut Dice) -> String {
    let mut tags: Vec<&str> = Vec::new();
    for _ in 0..dice.weighted(&[55, 28, 17]) {
        let tag = dice.word(PREFERENCES);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.join("、")
}

/// Full-width katakana as half-width.
fn half_width(kana: &str) -> String {
    const FULL: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー";
    const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ";
    const VOICED: &str = "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ";
    const PLAIN: &str = "カキクケコサシスセソタチツテトハヒフヘホウ";
    const SEMI: &str = "パピプペポ";
    let find = |table: &str, c: char| table.chars().position(|known| known == c);
    let at = |table: &str, at: usize| table.chars().nth(at);
    let half = |c: char| find(FULL, c).and_then(|found| at(HALF, found)).unwrap_or(c);
    let mut out = String::new();
    for c in kana.chars() {
        if let Some(plain) = find(VOICED, c).and_then(|found| at(PLAIN, found)) {
            out.extend([half(plain), 'ﾞ']);
        } else if let Some(plain) = find(SEMI, c).and_then(|found| at("ハヒフヘホ", found)) {
            out.extend([half(plain), 'ﾟ']);
        } else {
            out.push(half(c));
        }
    }
    out
}
