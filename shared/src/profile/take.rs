//! Parts of a cell: an address in one line as prefecture, city and street.

use unicode_normalization::UnicodeNormalization;

use crate::address::Prefecture;

/// The part of a cell that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// 都道府県 of an address.
    Prefecture,
    /// 市区町村 of an address.
    City,
    /// What follows the city.
    Street,
}

/// Cities in whose names 市, 区, 町 or 村 is not the end.
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
        let (prefecture, city, street) = split_address(text);
        match self {
            Take::Prefecture => prefecture,
            Take::City => city,
            Take::Street => street,
        }
    }
}

/// Prefecture, city and the rest, which put together are the text again. What is not said is empty.
pub(crate) fn split_address(text: &str) -> (&str, &str, &str) {
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
    // A digit or a blank is behind the city's name, and a county's name is before a town's.
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
            // 「横浜市西区」: a ward's name has up to four letters.
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
    fn an_address_in_one_line_is_taken_apart() {
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
