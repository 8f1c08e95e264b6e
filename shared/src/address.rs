//! Prefectures and the sales areas they belong to.

use std::collections::BTreeMap;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// One of the 47 prefectures, by its JIS X 0401 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefecture(u8);

/// Name and romanised name, in the order of the codes 01 to 47.
#[rustfmt::skip]
const NAMES: [(&str, &str); 47] = [
    ("北海道", "Hokkaido"), ("青森県", "Aomori"), ("岩手県", "Iwate"), ("宮城県", "Miyagi"), ("秋田県", "Akita"),
    ("山形県", "Yamagata"), ("福島県", "Fukushima"), ("茨城県", "Ibaraki"), ("栃木県", "Tochigi"),
    ("群馬県", "Gunma"), ("埼玉県", "Saitama"), ("千葉県", "Chiba"), ("東京都", "Tokyo"), ("神奈川県", "Kanagawa"),
    ("新潟県", "Niigata"), ("富山県", "Toyama"), ("石川県", "Ishikawa"), ("福井県", "Fukui"), ("山梨県", "Yamanashi"),
    ("長野県", "Nagano"), ("岐阜県", "Gifu"), ("静岡県", "Shizuoka"), ("愛知県", "Aichi"), ("三重県", "Mie"),
    ("滋賀県", "Shiga"), ("京都府", "Kyoto"), ("大阪府", "Osaka"), ("兵庫県", "Hyogo"), ("奈良県", "Nara"),
    ("和歌山県", "Wakayama"), ("鳥取県", "Tottori"), ("島根県", "Shimane"), ("岡山県", "Okayama"),
    ("広島県", "Hiroshima"), ("山口県", "Yamaguchi"), ("徳島県", "Tokushima"), ("香川県", "Kagawa"),
    ("愛媛県", "Ehime"), ("高知県", "Kochi"), ("福岡県", "Fukuoka"), ("佐賀県", "Saga"), ("長崎県", "Nagasaki"),
    ("熊本県", "Kumamoto"), ("大分県", "Oita"), ("宮崎県", "Miyazaki"), ("鹿児島県", "Kagoshima"), ("沖縄県", "Okinawa"),
];

/// Designated cities, prefectural capitals and Tokyo wards whose name alone tells the
/// prefecture. Names that two prefectures share (府中市, 中央区) are not here.
#[rustfmt::skip]
const CITIES: &[(&str, u8)] = &[
    ("札幌市", 1), ("青森市", 2), ("盛岡市", 3), ("仙台市", 4), ("秋田市", 5), ("山形市", 6), ("福島市", 7),
    ("水戸市", 8), ("宇都宮市", 9), ("前橋市", 10), ("さいたま市", 11), ("千葉市", 12), ("横浜市", 14),
    ("川崎市", 14), ("相模原市", 14), ("新潟市", 15), ("富山市", 16), ("金沢市", 17), ("福井市", 18), ("甲府市", 19),
    ("長野市", 20), ("岐阜市", 21), ("静岡市", 22), ("浜松市", 22), ("名古屋市", 23), ("津市", 24), ("大津市", 25),
    ("京都市", 26), ("大阪市", 27), ("堺市", 27), ("神戸市", 28), ("奈良市", 29), ("和歌山市", 30), ("鳥取市", 31),
    ("松江市", 32), ("岡山市", 33), ("広島市", 34), ("山口市", 35), ("徳島市", 36), ("高松市", 37), ("松山市", 38),
    ("高知市", 39), ("北九州市", 40), ("福岡市", 40), ("佐賀市", 41), ("長崎市", 42), ("熊本市", 43), ("大分市", 44),
    ("宮崎市", 45), ("鹿児島市", 46), ("那覇市", 47), ("千代田区", 13), ("新宿区", 13), ("文京区", 13), ("台東区", 13),
    ("墨田区", 13), ("江東区", 13), ("品川区", 13), ("目黒区", 13), ("大田区", 13), ("世田谷区", 13), ("渋谷区", 13),
    ("中野区", 13), ("杉並区", 13), ("豊島区", 13), ("荒川区", 13), ("板橋区", 13), ("練馬区", 13), ("足立区", 13),
    ("葛飾区", 13), ("江戸川区", 13),
];

impl Prefecture {
    /// The prefecture with a JIS X 0401 code, 1 to 47.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Prefecture> {
        (1..=47).contains(&code).then_some(Prefecture(code))
    }

    /// The prefecture with a name: 「東京都」, 「東京」 or `Tokyo`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Prefecture> {
        let name: String = name.nfkc().filter(|c| !c.is_whitespace()).collect();
        Prefecture::all()
            .find(|p| name == p.name() || name == p.short_name() || name.eq_ignore_ascii_case(p.name_en()))
    }

    /// All 47, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Prefecture> {
        (1..=47).map(Prefecture)
    }

    /// The JIS X 0401 code, 1 to 47.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// The full name: 「東京都」.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// The name without 都, 府 or 県; 北海道 keeps its 道.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        match self.name() {
            "北海道" => "北海道",
            name => name.trim_end_matches(['都', '府', '県']),
        }
    }

    /// The romanised name without a suffix: `Tokyo`.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        // The code is 1 to 47 by construction.
        NAMES.get(usize::from(self.0).wrapping_sub(1)).copied().unwrap_or(("", ""))
    }
}

/// The prefecture of an address; `None` (「不明」) when the text does not name one.
///
/// The full name at the start decides, so that 「東京都府中市」 and 「広島県府中市」 are told apart;
/// without one, a designated city, a capital or an unambiguous Tokyo ward at the start does.
#[must_use]
pub fn prefecture_of(address: &str) -> Option<Prefecture> {
    // The longest name that decides is nine characters behind a postal code; the rest is not read.
    let folded: String = address.nfkc().filter(|c| !c.is_whitespace()).take(40).collect();
    let place = strip_postal_code(&folded);
    Prefecture::all().find(|p| place.starts_with(p.name())).or_else(|| {
        let city = CITIES.iter().find(|(city, _)| place.starts_with(city));
        city.and_then(|(_, code)| Prefecture::from_code(*code))
    })
}

/// Takes 「〒100-0001」 or `100-0001` off the head of an address.
fn strip_postal_code(address: &str) -> &str {
    let rest = address.trim_start_matches('〒');
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
    let digits = rest[..end].bytes().filter(u8::is_ascii_digit).count();
    if digits == 7 { &rest[end..] } else { rest }
}

/// A key for comparing addresses: without width, blanks and postal code, 一丁目2番地3号 as 1-2-3.
#[must_use]
pub fn address_key(address: &str) -> String {
    const NUMERALS: [(&str, &str); 10] = [
        ("十丁目", "10-"),
        ("一丁目", "1-"),
        ("二丁目", "2-"),
        ("三丁目", "3-"),
        ("四丁目", "4-"),
        ("五丁目", "5-"),
        ("六丁目", "6-"),
        ("七丁目", "7-"),
        ("八丁目", "8-"),
        ("九丁目", "9-"),
    ];
    let folded: String = address.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let mut place = strip_postal_code(&folded).to_owned();
    for (written, digits) in NUMERALS {
        place = place.replace(written, digits);
    }
    for mark in ["丁目", "番地の", "番地", "番", "号"] {
        place = place.replace(mark, "-");
    }
    let mut key = String::with_capacity(place.len());
    for c in place.chars() {
        // ー between digits is a hyphen typed in kana mode.
        let dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}')
            || (c == 'ー' && key.ends_with(|before: char| before.is_ascii_digit()));
        match dash {
            true if key.ends_with('-') => {}
            true => key.push('-'),
            false => key.push(c),
        }
    }
    key.trim_end_matches('-').to_owned()
}

/// The area of a prefecture unless a map says otherwise.
fn default_area(prefecture: Prefecture) -> &'static str {
    match prefecture.code() {
        1 => "北海道",
        2..=7 => "東北",
        8..=14 => "関東",
        15..=23 => "中部",
        24..=30 => "近畿",
        31..=35 => "中国",
        36..=39 => "四国",
        _ => "九州・沖縄",
    }
}

/// Why a table of areas cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum AreaMapError {
    /// A name that is not one of the 47.
    UnknownPrefecture {
        /// The area it was listed under.
        area: String,
        /// The name as given.
        name: String,
    },
    /// A prefecture in two areas.
    Twice {
        /// The prefecture.
        name: &'static str,
        /// The area that listed it first.
        first: String,
        /// The area that listed it again.
        second: String,
    },
}

impl Explain for AreaMapError {
    fn message(&self) -> Message {
        match self {
            Self::UnknownPrefecture { area, name } => message!(
                "エリア「{area}」の「{name}」は都道府県名ではありません。「東京都」のように入力してください",
                "area {area}: {name} is not a prefecture; write it like 東京都",
                area = area,
                name = name,
            ),
            Self::Twice { name, first, second } => message!(
                "「{name}」がエリア「{first}」と「{second}」の両方にあります。どちらか1つにしてください",
                "{name} is listed in the areas {first} and {second}; keep one",
                name = name,
                first = first,
                second = second,
            ),
        }
    }
}

/// Which area each prefecture belongs to: the default eight, or a company's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AreaMap {
    own: BTreeMap<Prefecture, String>,
}

impl AreaMap {
    /// A map from areas and the names of their prefectures, as a settings file lists them:
    /// `("東海", ["静岡県", "愛知県", …])`. Prefectures that are not listed keep the default.
    ///
    /// # Errors
    /// [`AreaMapError`] for an unknown name or one that is listed twice.
    pub fn from_groups<'a, G, P>(groups: G) -> Result<AreaMap, AreaMapError>
    where
        G: IntoIterator<Item = (&'a str, P)>,
        P: IntoIterator<Item = &'a str>,
    {
        let mut own: BTreeMap<Prefecture, String> = BTreeMap::new();
        for (area, prefectures) in groups {
            for name in prefectures {
                let prefecture = Prefecture::from_name(name).ok_or_else(|| {
                    AreaMapError::UnknownPrefecture { area: area.to_owned(), name: name.to_owned() }
                })?;
                if let Some(first) = own.insert(prefecture, area.to_owned()) {
                    let name = prefecture.name();
                    return Err(AreaMapError::Twice { name, first, second: area.to_owned() });
                }
            }
        }
        Ok(AreaMap { own })
    }

    /// The area of a prefecture.
    #[must_use]
    pub fn area_of(&self, prefecture: Prefecture) -> &str {
        self.own.get(&prefecture).map_or_else(|| default_area(prefecture), String::as_str)
    }
}
