//! Parts of a cell: prefecture, city and street of an address in one line, the percentage in front of words.

use unicode_normalization::UnicodeNormalization;

use crate::address::{Prefecture, prefecture_of};

/// The part of a cell that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// 都道府県 of an address.
    Prefecture,
    /// 市区町村 of an address.
    City,
    /// What follows the city.
    Street,
    /// The number before a percent sign: 50 of 「50% 検討中」. A cell without one is used as a whole.
    Percent,
}

/// 政令指定都市: an address that begins with one is in its prefecture.
const DESIGNATED: [&str; 20] = [
    "札幌市",
    "仙台市",
    "さいたま市",
    "千葉市",
    "横浜市",
    "川崎市",
    "相模原市",
    "新潟市",
    "静岡市",
    "浜松市",
    "名古屋市",
    "京都市",
    "大阪市",
    "堺市",
    "神戸市",
    "岡山市",
    "広島市",
    "北九州市",
    "福岡市",
    "熊本市",
];

/// Cities with a 市, 区, 町 or 村 inside their names.
const INNER: &[&str] = &[
    "四日市市",
    "廿日市市",
    "野々市市",
    "八日市場市",
    "十日町市",
    "大町市",
    "町田市",
    "東村山市",
    "武蔵村山市",
    "村山市",
    "羽村市",
    "村上市",
    "田村市",
    "市川市",
    "市原市",
    "余市町",
    "玉村町",
    "大村市",
    "柴田町",
    "大和郡山市",
    "小郡市",
    "郡山市",
    "郡上市",
    "蒲郡市",
];

impl Take {
    /// The part of this text.
    pub fn of(self, text: &str) -> &str {
        match self {
            Take::Prefecture => located_address(text).0,
            Take::City => split_address(text).1,
            Take::Street => split_address(text).2,
            Take::Percent => percent(text),
        }
    }

    /// Whether it is a part of an address.
    pub(crate) fn is_address(self) -> bool {
        self != Take::Percent
    }
}

/// Prefecture, city and the rest; a designated city without a prefecture gets its own.
pub(crate) fn located_address(text: &str) -> (&str, &str, &str) {
    let (prefecture, city, street) = split_address(text);
    let is_designated = || DESIGNATED.iter().any(|known| city.starts_with(known));
    if prefecture.is_empty() && is_designated() {
        return (prefecture_of(city).map_or("", Prefecture::name), city, street);
    }
    (prefecture, city, street)
}

/// The number before a percent sign.
fn percent(text: &str) -> &str {
    let text = text.trim();
    let Some((number, _)) = text.split_once(['%', '％']) else { return text };
    let is_part = |c: char| matches!(c, '0'..='9' | '０'..='９' | '.' | '．');
    let number = number.trim();
    if !number.is_empty() && number.chars().all(is_part) { number } else { text }
}

/// Prefecture, city and the rest, which joined are the text again. What is missing is empty.
fn split_address(text: &str) -> (&str, &str, &str) {
    let text = text.trim();
    let prefecture = Prefecture::all().find(|known| text.starts_with(known.name()));
    let (prefecture, rest) = text.split_at(prefecture.map_or(0, |known| known.name().len()));
    let (city, street) = rest.split_at(city_end(rest));
    (prefecture, city, street)
}

/// Where the name of a city, ward, town or village ends: 「横浜市西区」, 「愛知郡東郷町」.
fn city_end(text: &str) -> usize {
    if let Some(city) = INNER.iter().find(|city| text.starts_with(**city)) {
        return city.len();
    }
    // The city's name ends before a digit or a blank, and a county's name comes before a town's.
    let name_end = text
        .find(|c: char| c.is_whitespace() || c.nfkc().any(|folded| folded.is_ascii_digit()))
        .unwrap_or(text.len());
    let name = &text[..name_end];
    let end_of = |marks: &[char], from: usize| {
        name.get(from..)
            .and_then(|rest| rest.char_indices().find(|(at, c)| *at > 0 && marks.contains(c)))
            .map(|(at, c)| from + at + c.len_utf8())
    };
    if let Some(county) = end_of(&['郡'], 0).filter(|end| *end <= 18)
        && let Some(town) = end_of(&['町', '村'], county)
    {
        return town;
    }
    match end_of(&['市', '区', '町', '村'], 0) {
        Some(end) if name[..end].ends_with('市') => match end_of(&['区'], end) {
            // 「横浜市西区」: a ward's name has up to four characters.
            Some(ward) if name[end..ward].chars().count() <= 5 => ward,
            _ => end,
        },
        Some(end) => end,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_designated_city_implies_its_prefecture() {
        for (text, prefecture) in [
            ("大阪市北区梅田1-1-1", "大阪府"),
            ("横浜市西区みなとみらい3-3", "神奈川県"),
            ("堺市堺区南瓦町3-1", "大阪府"),
            ("大阪府大阪市北区", "大阪府"),
            ("府中市宮西町3", ""),
            ("大阪狭山市狭山1", ""),
            ("堺町1-2", ""),
            ("", ""),
        ] {
            assert_eq!(Take::Prefecture.of(text), prefecture, "{text}");
        }
        for city in DESIGNATED {
            assert_ne!(Take::Prefecture.of(city), "", "{city}");
        }
    }

    #[test]
    fn the_percentage_in_front_of_words_is_used() {
        for (text, number) in [
            ("50% 検討中", "50"),
            ("80％", "80"),
            ("５０％商談中", "５０"),
            ("100% 決裁済", "100"),
            ("0%", "0"),
            ("35", "35"),
            ("検討中 50%", "検討中 50%"),
            ("%", "%"),
            ("-5%", "-5%"),
            ("", ""),
        ] {
            assert_eq!(Take::Percent.of(text), number, "{text}");
        }
    }

    #[test]
    fn an_address_on_one_line_is_split() {
        for (text, parts) in [
            ("東京都千代田区丸の内1-1", ("東京都", "千代田区", "丸の内1-1")),
            ("神奈川県横浜市西区みなとみらい2-2", ("神奈川県", "横浜市西区", "みなとみらい2-2")),
            ("三重県四日市市諏訪町1-5", ("三重県", "四日市市", "諏訪町1-5")),
            ("愛知県愛知郡東郷町大字春木1", ("愛知県", "愛知郡東郷町", "大字春木1")),
            ("東京都町田市森野2-2-22", ("東京都", "町田市", "森野2-2-22")),
            ("東京都府中市宮西町2-24", ("東京都", "府中市", "宮西町2-24")),
            ("札幌市中央区北1条西2", ("", "札幌市中央区", "北1条西2")),
            ("１−２−３", ("", "", "１−２−３")),
            ("", ("", "", "")),
        ] {
            assert_eq!(split_address(text), parts, "{text}");
        }
    }
}
