//! Keys that duplicate customers share: a customer's names, numbers and addresses, normalised and hashed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use shared::address::{Prefecture, address_key};
use shared::company::company_key;
use shared::customer::{AddressKind, CustomerType};
use shared::dataset::{ADDRESSES, CONTACT_PERSONS, CONTACTS, CUSTOMERS, Dataset};
use shared::label::Labelled;
use shared::phone::PhoneNumber;
use shared::store::{Reader, ScanRow, StoreError};
use shared::text::search_key;

/// What two customers can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The invoice registration number or the corporate number.
    Registration,
    /// The name without the legal form.
    Name,
    /// The reading.
    Kana,
    /// A phone number.
    Phone,
    /// A mail address.
    Email,
    /// Prefecture, town and street.
    Address,
}

/// Columns of customers with an official number of a company, if declared.
const REGISTRATIONS: &[&str] = &["invoice_registration_no", "corporate_number"];

/// What is held in memory of a customer: a few dozen bytes.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_hash: u64,
    pub(super) kana_hash: u64,
    /// Whether this is a consumer: many people share a name.
    pub(super) consumer: bool,
    pub(super) prefecture: Option<Prefecture>,
}

/// One key of one customer.
pub(super) type Entry = (u64, u32);

/// The keys of all customers.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The customers, sorted by code.
    pub(super) people: Vec<Person>,
    pub(super) entries: Vec<(Kind, Vec<Entry>)>,
    /// Hashes of numbers that are marked as head-office numbers (代表).
    pub(super) head_office: Vec<u64>,
}

/// Reads the keys of all customers.
pub(super) fn read(reader: &mut Reader) -> Result<Keys, StoreError> {
    let mut keys = Keys::default();
    let (mut names, mut kana, mut mails, mut official) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let official_at: Vec<usize> =
        REGISTRATIONS.iter().filter_map(|name| CUSTOMERS.column_index(name)).collect();
    let at = Columns::new(&CUSTOMERS);
    reader.scan(&CUSTOMERS, None, &mut |row| {
        let Ok(number) = u32::try_from(keys.people.len()) else { return ControlFlow::Break(()) };
        let name = at.text(row, "customer_name");
        let name_hash = folded(&company_key(name));
        let kana_hash = folded(&search_key(at.text(row, "name_kana")));
        push(&mut names, name_hash, number);
        push(&mut kana, kana_hash, number);
        push(&mut mails, mail(at.text(row, "portal_email")), number);
        for &at in &official_at {
            let digits: String =
                search_key(row.text(at).unwrap_or_default()).trim_start_matches('T').to_owned();
            push(&mut official, folded(&digits), number);
        }
        keys.people.push(Person {
            code: at.text(row, "customer_code").to_owned(),
            name: name.to_owned(),
            name_hash,
            kana_hash,
            consumer: CustomerType::from_identifier(at.text(row, "customer_type"))
                == Some(CustomerType::Direct),
            prefecture: None,
        });
        ControlFlow::Continue(())
    })?;
    let mut phones = Vec::new();
    for (dataset, columns) in [(&CONTACTS, &["phone"][..]), (&CONTACT_PERSONS, &["phone", "mobile"])] {
        read_contacts(reader, dataset, columns, &mut keys, &mut phones, &mut mails)?;
    }
    let addresses = read_addresses(reader, &mut keys)?;
    keys.entries = vec![
        (Kind::Registration, official),
        (Kind::Name, names),
        (Kind::Kana, kana),
        (Kind::Phone, phones),
        (Kind::Email, mails),
        (Kind::Address, addresses),
    ];
    keys.head_office.sort_unstable();
    Ok(keys)
}

fn read_contacts(
    reader: &mut Reader,
    dataset: &'static Dataset,
    columns: &[&'static str],
    keys: &mut Keys,
    phones: &mut Vec<Entry>,
    mails: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let at = Columns::new(dataset);
    reader.scan(dataset, None, &mut |row| {
        if let Some(number) = keys.number(at.text(row, "customer_code")) {
            push(mails, mail(at.text(row, "email")), number);
            for column in columns {
                let written = at.text(row, column);
                for phone in PhoneNumber::parse_all(written).into_iter().flatten() {
                    let hash = folded(phone.e164());
                    push(phones, hash, number);
                    if written.contains('代') {
                        keys.head_office.push(hash);
                    }
                }
            }
        }
        ControlFlow::Continue(())
    })
}

fn read_addresses(reader: &mut Reader, keys: &mut Keys) -> Result<Vec<Entry>, StoreError> {
    let mut addresses = Vec::new();
    let at = Columns::new(&ADDRESSES);
    reader.scan(&ADDRESSES, None, &mut |row| {
        if let Some(number) = keys.number(at.text(row, "customer_code")) {
            let prefecture = Prefecture::from_name(at.text(row, "prefecture"));
            let person = &mut keys.people[number as usize];
            let kind = AddressKind::from_identifier(at.text(row, "kind"));
            if person.prefecture.is_none() || kind == Some(AddressKind::HeadOffice) {
                person.prefecture = prefecture.or(person.prefecture);
            }
            // A town alone is not an address: many customers share it.
            if !at.text(row, "street").trim().is_empty() {
                let place = ["prefecture", "city", "street"].map(|name| at.text(row, name)).concat();
                push(&mut addresses, folded(&address_key(&place)), number);
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(addresses)
}

impl Keys {
    /// The number of a customer, if it exists.
    fn number(&self, code: &str) -> Option<u32> {
        let at = self.people.binary_search_by(|person| person.code.as_str().cmp(code)).ok()?;
        u32::try_from(at).ok()
    }
}

/// Columns of a data set by name.
struct Columns(&'static Dataset);

impl Columns {
    fn new(dataset: &'static Dataset) -> Self {
        Self(dataset)
    }

    fn text<'r>(&self, row: &'r ScanRow<'_>, name: &str) -> &'r str {
        self.0.column_index(name).and_then(|at| row.text(at)).unwrap_or_default()
    }
}

fn mail(address: &str) -> u64 {
    folded(&address.trim().to_lowercase())
}

/// The hash of a key; 0 for an empty one. Two of a million keys collide once in 10^7 runs.
fn folded(key: &str) -> u64 {
    if key.is_empty() {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish().max(1)
}

fn push(entries: &mut Vec<Entry>, hash: u64, number: u32) {
    if hash != 0 {
        entries.push((hash, number));
    }
}
