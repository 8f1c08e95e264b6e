//! Pairs of customers that share a key, their scores and groups.

use std::collections::{BTreeMap, HashMap, HashSet};

use shared::message::Label;

use super::key::{Keys, Kind, Person};

/// The most customers of one key; a key that more share says nothing about two of them.
const SHARED_MAX: usize = 20;
/// A number that more customers than this share is a head-office number (代表番号).
const OWNERS_MAX: usize = 2;
/// The most pairs; further ones are left out, which the result states.
const PAIRS_MAX: usize = 5_000_000;

/// A reason for or against two customers being the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    Registration,
    SameName,
    SamePersonName,
    SameKana,
    SamePhone,
    SharedPhone,
    SameEmail,
    SameAddress,
    DifferentName,
    DifferentPrefecture,
    LegalFormPlace,
}

impl Reason {
    /// The identifier for programs, the points that it adds to the score, and what people call it
    /// (`docs/data-quality.md#duplicates`).
    fn entry(self) -> (&'static str, i32, Label) {
        let entry = |code, points, ja, en| (code, points, Label::new(ja, en));
        match self {
            Self::Registration => {
                entry("registration_number", 60, "登録番号が同じ", "same registration number")
            }
            Self::SameName => entry("name", 40, "名称が同じ", "same name"),
            Self::SamePersonName => entry("person_name", 25, "氏名が同じ", "same name of a person"),
            Self::SameKana => entry("kana", 10, "フリガナが同じ", "same reading"),
            Self::SamePhone => entry("phone", 30, "電話番号が同じ", "same phone number"),
            Self::SharedPhone => {
                entry("shared_phone", 10, "代表番号を共有(弱い)", "shared head-office number (weak)")
            }
            Self::SameEmail => entry("email", 30, "メールアドレスが同じ", "same mail address"),
            Self::SameAddress => entry("address", 25, "住所が同じ", "same address"),
            Self::DifferentName => entry("different_name", -10, "名称が異なる", "different name"),
            Self::DifferentPrefecture => {
                entry("different_prefecture", -15, "都道府県が異なる", "different prefecture")
            }
            Self::LegalFormPlace => {
                entry("legal_form_place", -10, "前株・後株が異なる", "株式会社 before and after the name")
            }
        }
    }

    /// The identifier for programs.
    pub(super) fn code(self) -> &'static str {
        self.entry().0
    }

    /// The points that it adds to the score.
    pub(super) fn points(self) -> i32 {
        self.entry().1
    }

    /// What people call it.
    pub(super) fn label(self) -> Label {
        self.entry().2
    }
}

/// Two likely duplicates, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) score: i32,
    pub(super) reasons: Vec<Reason>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Groups of pairs, the best first.
    pub(super) groups: Vec<Vec<Pair>>,
    /// Keys shared by too many customers to compare.
    pub(super) too_common: u64,
    /// Whether there were more than [`PAIRS_MAX`] pairs.
    pub(super) cut: bool,
}

/// Compares customers who share a key, and only those.
pub(super) fn find(mut keys: Keys, ignored: &HashSet<(String, String)>, min_score: i32) -> (Keys, Found) {
    let mut found = Found::default();
    let mut shared: HashMap<(u32, u32), Vec<Reason>> = HashMap::new();
    for (kind, mut entries) in std::mem::take(&mut keys.entries) {
        entries.sort_unstable();
        entries.dedup();
        for block in entries.chunk_by(|a, b| a.0 == b.0) {
            if block.len() > SHARED_MAX {
                found.too_common += 1;
                continue;
            }
            let head_office = kind == Kind::Phone
                && (block.len() > OWNERS_MAX || keys.head_office.binary_search(&block[0].0).is_ok());
            for (at, (_, a)) in block.iter().enumerate() {
                for (_, b) in &block[at + 1..] {
                    if shared.len() >= PAIRS_MAX && !shared.contains_key(&(*a, *b)) {
                        found.cut = true;
                        continue;
                    }
                    let people = (&keys.people[*a as usize], &keys.people[*b as usize]);
                    note(shared.entry((*a, *b)).or_default(), reason(kind, head_office, people));
                }
            }
        }
    }
    let pairs = shared.into_iter().filter_map(|((a, b), reasons)| {
        let (one, other) = (&keys.people[a as usize], &keys.people[b as usize]);
        let known = ignored.contains(&(one.code.clone(), other.code.clone()));
        let pair = judge(a, b, one, other, reasons);
        (!known && pair.score >= min_score).then_some(pair)
    });
    found.groups = groups(pairs.collect());
    (keys, found)
}

fn reason(kind: Kind, head_office: bool, (one, other): (&Person, &Person)) -> Reason {
    match kind {
        Kind::Registration => Reason::Registration,
        Kind::Name if one.consumer && other.consumer => Reason::SamePersonName,
        Kind::Name => Reason::SameName,
        Kind::Kana => Reason::SameKana,
        Kind::Phone if head_office => Reason::SharedPhone,
        Kind::Phone => Reason::SamePhone,
        Kind::Email => Reason::SameEmail,
        Kind::Address => Reason::SameAddress,
    }
}

/// A pair may share two numbers: each reason counts once, and an own number replaces a head-office number.
fn note(reasons: &mut Vec<Reason>, reason: Reason) {
    if !reasons.contains(&reason) {
        reasons.push(reason);
    }
    if reasons.contains(&Reason::SamePhone) {
        reasons.retain(|kept| *kept != Reason::SharedPhone);
    }
}

fn judge(a: u32, b: u32, one: &Person, other: &Person, mut reasons: Vec<Reason>) -> Pair {
    let same = |x: u64, y: u64| x != 0 && x == y;
    if !same(one.name_hash, other.name_hash) && !same(one.kana_hash, other.kana_hash) {
        reasons.push(Reason::DifferentName);
    }
    if one.prefecture.is_some() && other.prefecture.is_some() && one.prefecture != other.prefecture {
        reasons.push(Reason::DifferentPrefecture);
    }
    if let (Some(first), Some(second)) = (form_place(&one.name), form_place(&other.name))
        && first != second
    {
        reasons.push(Reason::LegalFormPlace);
    }
    reasons.sort_unstable();
    let score = reasons.iter().map(|reason| reason.points()).sum();
    Pair { a, b, score, reasons }
}

/// Whether the legal form, such as 株式会社, is before the name (前株) or after it (後株).
fn form_place(name: &str) -> Option<bool> {
    const FORMS: &[&str] = &[
        "株式会社",
        "有限会社",
        "合同会社",
        "㈱",
        "㈲",
        "(株)",
        "（株）",
        "(有)",
        "（有）",
        "(同)",
        "（同）",
    ];
    let name = name.trim();
    let before = FORMS.iter().any(|form| name.starts_with(form));
    let behind = FORMS.iter().any(|form| name.ends_with(form));
    (before != behind).then_some(before)
}

/// Connected pairs, the best pair of each group first, the best group first.
fn groups(mut pairs: Vec<Pair>) -> Vec<Vec<Pair>> {
    pairs.sort_by_key(|pair| (-pair.score, pair.a, pair.b));
    let mut parent: HashMap<u32, u32> = HashMap::new();
    for pair in &pairs {
        let (a, b) = (root(&mut parent, pair.a), root(&mut parent, pair.b));
        // The first pair decides the group's position.
        parent.insert(b, a);
    }
    let mut order: HashMap<u32, usize> = HashMap::new();
    let mut groups: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
    for pair in pairs {
        let root = root(&mut parent, pair.a);
        let next = order.len();
        groups.entry(*order.entry(root).or_insert(next)).or_default().push(pair);
    }
    groups.into_values().collect()
}

fn root(parent: &mut HashMap<u32, u32>, of: u32) -> u32 {
    let mut at = of;
    while let Some(&up) = parent.get(&at).filter(|up| **up != at) {
        at = up;
    }
    // Compress the path for the next search.
    let mut step = of;
    while step != at {
        let up = parent.insert(step, at).unwrap_or(at);
        step = up;
    }
    parent.insert(at, at);
    at
}
