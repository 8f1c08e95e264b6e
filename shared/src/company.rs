//! Company names as keys for matching. A key is never shown and never merges two customers by
//! itself: 前株 and 後株 of one name can be two companies.

use unicode_normalization::UnicodeNormalization;

/// Legal forms as words. Longer ones first, so that 農業協同組合 is not left as 農業.
const FORMS: &[&str] = &[
    "特定非営利活動法人",
    "公益社団法人",
    "公益財団法人",
    "一般社団法人",
    "一般財団法人",
    "社会福祉法人",
    "独立行政法人",
    "農事組合法人",
    "農業協同組合",
    "弁護士法人",
    "税理士法人",
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "協同組合",
    "医療法人",
    "学校法人",
    "宗教法人",
    "NPO法人",
];

/// Abbreviations in brackets, after NFKC: ㈱ is (株) by then.
const SHORT_FORMS: &[&str] = &[
    "(株)", "(有)", "(同)", "(合)", "(資)", "(名)", "(一社)", "(一財)", "(公社)", "(公財)", "(医)", "(福)",
    "(社福)", "(学)", "(宗)", "(特非)", "(独)", "(農)", "(弁)", "(税)", "(社)", "(財)",
];

/// Bank kana: 「カ)」 at the head, 「(カ」 at the tail, 「(カ)」 in the middle.
const BANK_FORMS: &[&str] = &[
    "カ",
    "ユ",
    "ド",
    "シ",
    "メ",
    "シヤ",
    "ザイ",
    "イ",
    "フク",
    "ガク",
    "シユウ",
    "トクヒ",
    "ドク",
    "ノウ",
    "ベン",
    "ゼイ",
    "キヨウクミ",
    "ノウキヨウ",
];

/// Readings of the legal forms, katakana, large and small letters as people write them.
const READINGS: &[&str] = &[
    "カブシキガイシャ",
    "カブシキカイシャ",
    "カブシキガイシヤ",
    "カブシキカイシヤ",
    "ユウゲンガイシャ",
    "ユウゲンカイシャ",
    "ユウゲンガイシヤ",
    "ゴウドウガイシャ",
    "ゴウドウカイシャ",
    "ゴウドウガイシヤ",
    "ゴウシガイシャ",
    "ゴウシカイシャ",
    "ゴウメイガイシャ",
    "ゴウメイカイシャ",
    "イッパンシャダンホウジン",
    "イッパンザイダンホウジン",
    "コウエキシャダンホウジン",
    "コウエキザイダンホウジン",
    "イリョウホウジン",
    "シャカイフクシホウジン",
    "ガッコウホウジン",
    "シュウキョウホウジン",
    "トクテイヒエイリカツドウホウジン",
];

/// Forms of address at the end of a name.
const HONORIFICS: &[&str] = &["御中", "様", "殿"];

/// Old and variant letters, and the one they are matched as.
const VARIANTS: &[(char, char)] = &[
    ('髙', '高'),
    ('﨑', '崎'),
    ('濵', '浜'),
    ('濱', '浜'),
    ('齋', '斉'),
    ('斎', '斉'),
    ('齊', '斉'),
    ('邊', '辺'),
    ('邉', '辺'),
    ('澤', '沢'),
    ('廣', '広'),
    ('國', '国'),
    ('澁', '渋'),
];

/// A key for matching company names: without legal form, address form, blanks, marks, width,
/// case and old letters. A name that is nothing but a legal form keeps it.
#[must_use]
pub fn company_key(name: &str) -> String {
    let folded: String =
        name.nfkc().flat_map(char::to_uppercase).map(crate::text::hiragana_to_katakana).collect();
    // Brackets and marks decide what is a legal form, so that they go last.
    let spaceless: String = folded.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let bare = strip_forms(strip_honorific(&spaceless));
    let key = tidy(&bare);
    if key.is_empty() { tidy(&spaceless) } else { key }
}

/// The key's last step: no marks, no old letters.
fn tidy(text: &str) -> String {
    text.chars().filter(|c| !crate::text::is_mark(*c)).map(modern).collect()
}

fn modern(c: char) -> char {
    VARIANTS.iter().find(|(old, _)| *old == c).map_or(c, |(_, new)| *new)
}

fn strip_honorific(name: &str) -> &str {
    HONORIFICS.iter().find_map(|h| name.strip_suffix(h)).unwrap_or(name)
}

fn strip_forms(name: &str) -> String {
    let mut out = name.to_owned();
    for form in SHORT_FORMS.iter().chain(FORMS) {
        if out.contains(form) {
            out = out.replace(form, "");
        }
    }
    strip_bank_forms(&strip_readings(&out)).to_owned()
}

/// Bank kana forms at the head or the tail of a name in capitals.
fn strip_bank_forms(name: &str) -> &str {
    for form in BANK_FORMS {
        let head = name.strip_prefix(form).and_then(|rest| rest.strip_prefix(')'));
        let bracketed = || name.strip_prefix('(')?.strip_prefix(form)?.strip_prefix(')');
        if let Some(rest) = head.or_else(bracketed) {
            return rest;
        }
        let tail = name.strip_suffix(')').unwrap_or(name);
        if let Some(rest) = tail.strip_suffix(form).and_then(|rest| rest.strip_suffix('(')) {
            return rest;
        }
    }
    name
}

fn strip_readings(name: &str) -> String {
    let name = READINGS.iter().find_map(|r| name.strip_prefix(r)).unwrap_or(name);
    READINGS.iter().find_map(|r| name.strip_suffix(r)).unwrap_or(name).to_owned()
}

/// A reading (NFKC katakana, upper case) without the words or abbreviations of its legal form.
/// A reading that is nothing else stays.
pub(crate) fn strip_legal_reading(reading: &str) -> String {
    let mut name = strip_readings(reading);
    if name.contains('(') {
        for form in SHORT_FORMS {
            name = name.replace(form, "");
        }
    }
    let name = strip_bank_forms(name.trim()).trim();
    if name.is_empty() { reading.to_owned() } else { name.to_owned() }
}
