//! Kana, company names, addresses and encodings.

use proptest::prelude::*;
use shared::address::{AreaMap, AreaMapError, Prefecture, prefecture_of};
use shared::company::company_key;
use shared::encoding::{Encoding, decode, encode_cp932, encode_cp932_replacing};
use shared::kana::kana_sort_key;
use shared::text::search_key;

fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) }
}

#[test]
fn kana_sorts_in_the_order_of_the_fifty_sounds() {
    // Each list is in order; the key must keep it.
    for list in [
        &["アオキ", "アカギ", "イトウ", "ウエダ", "カトウ", "ガトウ", "キムラ", "ワダ", "ンドウ"][..],
        &["ハナ", "バナ", "パナ", "ハナコ", "バナコ"],
        &["キヤ", "キャンプ"],
        &["カア", "カアサン"],
        &["ツタ", "ッタロウ", "ツタワ"],
        &["コオヒ", "コーヒー"],
    ] {
        let keys: Vec<String> = list.iter().map(|k| kana_sort_key(k)).collect();
        let mut sorted = keys.clone();
        sorted.sort();
        assert_eq!(keys, sorted, "{list:?}");
        assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), list.len());
    }
    let first = |text: &str| kana_sort_key(text).split('\u{1}').next().unwrap_or_default().to_owned();
    for (a, b) in [
        ("あかぎ", "アカギ"),
        ("ｱｶｷﾞ", "アカギ"),
        ("カブシキガイシャアカギ", "アカギ"),
        ("アカギ カブシキガイシャ", "アカギ"),
        ("カ)アカギ", "アカギ"),
        ("アカギ(カ", "アカギ"),
        ("アカギ（ユ）", "アカギ"),
        ("サーバー", "サアハア"),
        ("ショップ", "シヨツフ"),
        ("アカ・ギ", "アカギ"),
    ] {
        assert_eq!(first(a), first(b), "{a}");
    }
    for blank in ["", " ", "　", "・"] {
        assert_eq!(kana_sort_key(blank), "");
    }
    // The word alone is a person's name then.
    assert_ne!(kana_sort_key("カブシキガイシャ"), "");
}

#[test]
fn spellings_of_one_name_have_one_search_key() {
    for (a, b) in [
        ("ｱｶｷﾞ電機", "あかぎ電機"),
        ("ＡＢＣ商事", "abc商事"),
        ("赤木　電機", "赤木電機"),
        ("赤木・電機", "赤木電機"),
        ("㈱赤木", "(株)赤木"),
        ("E-mail", "email"),
        ("№1", "no1"),
    ] {
        assert_eq!(search_key(a), search_key(b), "{a}");
    }
    assert_eq!(search_key("コーヒー"), "コーヒー");
    assert_eq!(search_key("ABC123"), "ABC123");
    assert_eq!(search_key(" -・ "), "");
    assert_ne!(search_key("髙橋"), search_key("高橋"));
}

#[test]
fn company_keys_ignore_legal_forms_and_old_letters() {
    for (names, key) in [
        (
            &[
                "株式会社赤木電機",
                "㈱赤木電機",
                "(株)赤木電機",
                "（株）赤木電機",
                "㍿赤木電機",
                "赤木電機株式会社",
                "赤木電機　㈱",
                "株式会社 赤木電機 御中",
                "赤木・電機(株)様",
                "赤木電機",
            ][..],
            "赤木電機",
        ),
        (&["㈲高橋商店", "有限会社髙橋商店", "(有)髙橋商店 殿"], "高橋商店"),
        (&["渡邊酒店", "渡辺酒店", "渡邉酒店"], "渡辺酒店"),
        (&["合同会社ABC", "(同)ＡＢＣ", "abc合同会社"], "ABC"),
        (
            &[
                "カ)アカギデンキ",
                "アカギデンキ(カ",
                "アカギデンキ(カ)",
                "ｶ)ｱｶｷﾞﾃﾞﾝｷ",
                "カブシキガイシャアカギデンキ",
            ],
            "アカギデンキ",
        ),
        (&["特定非営利活動法人みどり", "NPO法人みどり", "(特非)みどり", "ＮＰＯ法人ミドリ"], "ミドリ"),
        (&["さがみ農業協同組合"], "サガミ"),
        (&["一般社団法人 斎藤会", "(一社)齋藤会", "齊藤会"], "斉藤会"),
        (&["J.フロント", "Jフロント", "Ｊ・フロント"], "Jフロント"),
    ] {
        for name in names {
            assert_eq!(company_key(name), key, "{name}");
        }
    }
    assert_eq!(company_key("株式会社"), "株式会社");
    assert_eq!(company_key("(株)"), "株");
    assert_eq!(company_key("様"), "様");
    assert_eq!(company_key("　"), "");
}

#[test]
fn prefectures_of_addresses() {
    for (address, expected) in [
        ("東京都府中市宮西町2-24", Some("東京都")),
        ("広島県府中市府川町315", Some("広島県")),
        ("京都府京都市中京区", Some("京都府")),
        ("大阪市北区梅田1-1", Some("大阪府")),
        ("〒060-0001 北海道札幌市中央区", Some("北海道")),
        ("〒5300001大阪府大阪市", Some("大阪府")),
        ("530-0001　大阪府大阪市", Some("大阪府")),
        ("　神奈川県 横浜市", Some("神奈川県")),
        ("さいたま市大宮区", Some("埼玉県")),
        ("津市丸之内", Some("三重県")),
        ("大津市御陵町", Some("滋賀県")),
        ("世田谷区太子堂", Some("東京都")),
        ("和歌山市七番丁", Some("和歌山県")),
        ("府中市宮西町", None),
        ("中央区銀座", None),
        ("津山市山北", None),
        ("New York, NY", None),
        ("", None),
    ] {
        assert_eq!(prefecture_of(address).map(Prefecture::name), expected, "{address}");
    }
    assert_eq!(Prefecture::all().count(), 47);
    assert!(Prefecture::all().all(|p| Prefecture::from_code(p.code()) == Some(p)));
    assert!(Prefecture::all().all(|p| prefecture_of(p.name()) == Some(p)));
    assert!(Prefecture::all().all(|p| Prefecture::from_name(p.short_name()) == Some(p)));
    assert_eq!(Prefecture::from_name("東京").map(Prefecture::code), Some(13));
    assert_eq!((Prefecture::from_code(0), Prefecture::from_code(48)), (None, None));
}

#[test]
fn areas_are_eight_unless_configured() {
    let usual = AreaMap::default();
    let area = |name: &str| usual.area_of(Prefecture::from_name(name).unwrap());
    for (name, expected) in [
        ("北海道", "北海道"),
        ("青森県", "東北"),
        ("福島県", "東北"),
        ("茨城県", "関東"),
        ("神奈川県", "関東"),
        ("新潟県", "中部"),
        ("愛知県", "中部"),
        ("三重県", "近畿"),
        ("和歌山県", "近畿"),
        ("鳥取県", "中国"),
        ("山口県", "中国"),
        ("徳島県", "四国"),
        ("高知県", "四国"),
        ("福岡県", "九州・沖縄"),
        ("沖縄県", "九州・沖縄"),
    ] {
        assert_eq!(area(name), expected);
    }
    let map = AreaMap::from_groups([
        ("東海", vec!["静岡県", "愛知", "岐阜県", "三重県"]),
        ("関東", vec!["山梨県"]),
    ])
    .unwrap();
    let of = |name: &str| map.area_of(Prefecture::from_name(name).unwrap()).to_owned();
    assert_eq!([of("三重県"), of("山梨県"), of("長野県")], ["東海", "関東", "中部"]);
    assert!(matches!(AreaMap::from_groups([("x", ["江戸"])]), Err(AreaMapError::UnknownPrefecture { .. })));
    assert!(matches!(AreaMap::from_groups([("x", ["東京", "東京都"])]), Err(AreaMapError::Twice { .. })));
}

#[test]
fn encodings_are_detected_in_order() {
    let text = "顧客コード,株式会社赤木";
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), Encoding::Utf8Bom),
        (cp932.to_vec(), Encoding::Cp932),
        ([b"\xFF\xFE".to_vec(), utf16].concat(), Encoding::Utf16Le),
        ([b"\xFE\xFF".to_vec(), utf16be].concat(), Encoding::Utf16Be),
    ] {
        let (decoded, found) = decode(&bytes).unwrap_or_else(|e| panic!("{encoding:?}: {e}"));
        assert_eq!((decoded.as_ref(), found), (text, encoding));
    }
    assert_eq!(decode(b"").map(|(t, e)| (t.into_owned(), e)), Ok((String::new(), Encoding::Utf8)));
}

#[test]
fn undecodable_bytes_are_located() {
    for (bytes, offset) in [
        (&b"abc\xFF"[..], 3),
        (b"abc\x81", 3),
        (b"\x82\xA0\x82\xA0\xFF\x82\xA0", 4),
        (b"\xEF\xBB\xBFab\xFF", 5),
        (b"\xFF\xFEa\0\x00\xD8b\0", 4),
        ("あいう\u{3042}".as_bytes().split_last().map(|(_, head)| head).unwrap_or_default(), 9),
    ] {
        assert_eq!(decode(bytes).map(|_| ()).map_err(|e| e.offset), Err(offset), "{bytes:?}");
    }
}

#[test]
fn cp932_encodes_characters_that_unicode_has_twice() {
    for (text, bytes) in [
        ("〜", &b"\x81\x60"[..]),
        ("～", b"\x81\x60"),
        ("−", b"\x81\x7C"),
        ("－", b"\x81\x7C"),
        ("‖", b"\x81\x61"),
        ("—", b"\x81\x5C"),
        ("―", b"\x81\x5C"),
        ("¥", b"\x81\x8F"),
        ("\\", b"\\"),
        ("~", b"~"),
        ("㈱", b"\x87\x8A"),
        ("№", b"\x87\x82"),
        ("㍿", b"\x8A\x94\x8E\xAE\x89\xEF\x8E\xD0"),
        ("ｱ", b"\xB1"),
    ] {
        assert_eq!(encode_cp932(text).as_deref(), Ok(bytes), "{text}");
    }
    for text in ["髙﨑", "株式会社", "№㈱㈲㈹"] {
        let bytes = encode_cp932(text).unwrap();
        assert_eq!(decode(&bytes).map(|(t, _)| t.into_owned()), Ok(text.to_owned()));
    }
    for (text, character, offset) in [("赤𠮷", '𠮷', 3), ("ゔ", 'ゔ', 0), ("a😀", '😀', 1)] {
        let error = encode_cp932(text).unwrap_err();
        assert_eq!((error.character, error.offset), (character, offset));
        assert!(error.to_string().contains("U+"));
    }
    let (bytes, replaced) = encode_cp932_replacing("𠮷野家😀", '〓').unwrap();
    assert_eq!(decode(&bytes).map(|(t, _)| t.into_owned()), Ok("〓野家〓".to_owned()));
    assert_eq!(replaced, 2);
    assert!(encode_cp932_replacing("😀", '😀').is_err());
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn keys_never_panic_and_are_stable(text in any::<String>(), japanese in "[ぁ-ゖァ-ヺー゛゜ｦ-ﾟ㈱株式会社様赤髙Ａa・ ()（）カユ]{0,16}") {
        for text in [&text, &japanese] {
            let key = search_key(text);
            prop_assert_eq!(&search_key(&key), &key);
            let _ = kana_sort_key(text);
            let _ = company_key(text);
            let _ = prefecture_of(text);
        }
    }

    #[test]
    fn hiragana_and_katakana_sort_alike(kana in "[ァ-ヴー]{1,12}") {
        let hiragana: String = kana.chars().map(|c| match c {
            'ァ'..='ヴ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
            c => c,
        }).collect();
        let first = |t: &str| kana_sort_key(t).split('\u{1}').next().map(str::to_owned);
        prop_assert_eq!(first(&kana), first(&hiragana));
    }

    #[test]
    fn decoding_never_panics_and_cp932_round_trips(bytes in proptest::collection::vec(any::<u8>(), 0..64), text in "[ -~ぁ-んァ-ヶ亜-熙｡-ﾟ]{0,32}") {
        if let Err(error) = decode(&bytes) {
            prop_assert!(error.offset <= bytes.len());
        }
        if let Ok(encoded) = encode_cp932(&text)
            && std::str::from_utf8(&encoded).is_err()
        {
            let (decoded, encoding) = decode(&encoded).unwrap();
            prop_assert_eq!((decoded.as_ref(), encoding), (text.as_str(), Encoding::Cp932));
        }
    }
}
