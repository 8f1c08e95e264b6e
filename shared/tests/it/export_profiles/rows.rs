//! Rows of every data set that a layout carries, as an import leaves them.

use super::Row;
use proptest::prelude::*;

/// Text that CP932 has, with what goes wrong in CSV and in spreadsheets.
fn words() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "株式会社",
        "㈱髙﨑",
        "青葉",
        "ｶﾌﾞ",
        "酒店",
        "=1+1",
        "-",
        "@",
        "a,b",
        "\"引用\"",
        "改\n行",
        "001",
        "1,000",
        "～",
        "タブ\tx",
    ]);
    proptest::collection::vec(word, 1..4).prop_map(|words| words.join(" "))
}

fn or_empty<S: Strategy<Value = String> + 'static>(some: S) -> BoxedStrategy<String> {
    prop_oneof![3 => some, 1 => Just(String::new())].boxed()
}

fn of(values: &[&str]) -> BoxedStrategy<String> {
    proptest::sample::select(values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()).boxed()
}

fn date() -> BoxedStrategy<String> {
    (2015..2030_i32, 1..=12_u32, 1..=28_u32).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}")).boxed()
}

fn amount() -> BoxedStrategy<String> {
    prop_oneof![
        (-99_999_999..99_999_999_i64).prop_map(|yen| (yen * 10_000).to_string()),
        (-999_999_999_999_999_999..=999_999_999_999_999_999_i64).prop_map(|scaled| scaled.to_string()),
    ]
    .boxed()
}

const ADDRESSES: &[(&str, &str, &str)] = &[
    ("東京都", "千代田区", "丸の内1-1"),
    ("神奈川県", "横浜市西区", "みなとみらい2-2"),
    ("三重県", "四日市市", "諏訪町1-5"),
    ("愛知県", "愛知郡東郷町", "大字春木1"),
    ("北海道", "札幌市中央区", "北1条西2"),
    ("", "", "1-2-3"),
];

const PHONES: &[&str] = &[
    "",
    "03-1234-5678",
    "090-1234-5678",
    "+81-3-1234-5679",
    "03-1234-5678 / 090-1234-5678",
    "不明",
    "045-555-0101 内線12",
];

const STATUSES: &[&str] = &["", "posted", "provisional", "contract", "cancelled", "article", "独自"];

fn code() -> impl Strategy<Value = String> {
    (1..40_u32).prop_map(|code| format!("{code:06}"))
}

fn customers() -> impl Strategy<Value = Row> {
    (
        code(),
        words(),
        or_empty(words()),
        or_empty(amount()),
        or_empty(words()),
        of(&["", "wholesale", "direct"]),
    )
        .prop_map(|(code, name, kana, limit, remarks, kind)| {
            (
                "customers",
                vec![
                    ("customer_code", code),
                    ("customer_name", name),
                    ("name_kana", kana),
                    ("credit_limit", limit),
                    ("remarks", remarks),
                    ("customer_type", kind),
                    ("trading_status", "active".to_owned()),
                ],
            )
        })
}

fn contacts() -> impl Strategy<Value = Row> {
    (code(), of(&["sales", "billing"]), or_empty(words()), of(PHONES), or_empty(words()), of(&["", "携帯"]))
        .prop_map(|(code, purpose, person, phone, fax, note)| {
            (
                "contacts",
                vec![
                    ("customer_code", code),
                    ("purpose", purpose),
                    ("person_name", person),
                    ("phone", phone),
                    ("fax", fax),
                    ("note", note),
                ],
            )
        })
}

fn addresses() -> impl Strategy<Value = Row> {
    (
        code(),
        of(&["head_office", "ship_to"]),
        of(&["1", "2"]),
        proptest::sample::select(ADDRESSES),
        or_empty(words()),
    )
        .prop_map(|(code, kind, no, (prefecture, city, street), building)| {
            (
                "addresses",
                vec![
                    ("customer_code", code),
                    ("kind", kind),
                    ("address_no", no),
                    ("prefecture", prefecture.to_owned()),
                    ("city", city.to_owned()),
                    ("street", street.to_owned()),
                    ("building", building),
                ],
            )
        })
}

fn sales() -> impl Strategy<Value = Row> {
    (
        (1..9_u32, 1..5_u32, date()),
        code(),
        amount(),
        or_empty(amount()),
        or_empty(words()),
        of(STATUSES),
        of(&["", "100000", "80000", "50000"]),
        of(&["", "exclusive", "inclusive", "exempt"]),
    )
        .prop_map(|((slip, line, day), code, amount, cost, product, status, rate, tax)| {
            (
                "sales",
                vec![
                    ("slip_no", format!("S{slip:05}")),
                    ("line_no", line.to_string()),
                    ("sold_on", day),
                    ("customer_code", code),
                    ("amount", amount),
                    ("cost", cost),
                    ("product_name", product),
                    ("status", status),
                    ("tax_rate", rate),
                    ("tax_category", tax),
                ],
            )
        })
}

fn persons() -> impl Strategy<Value = Row> {
    (1..9_u32, code(), words(), of(PHONES)).prop_map(|(no, code, name, phone)| {
        (
            "contact_persons",
            vec![
                ("person_code", format!("P{no}")),
                ("customer_code", code),
                ("person_name", name),
                ("mobile", phone),
            ],
        )
    })
}

fn deals() -> impl Strategy<Value = Row> {
    (
        1..9_u32,
        code(),
        words(),
        of(&["", "lead", "won", "独自"]),
        of(&["", "20", "35", "60", "100"]),
        or_empty(date()),
    )
        .prop_map(|(no, code, title, stage, probability, day)| {
            (
                "deals",
                vec![
                    ("deal_no", format!("D{no}")),
                    ("customer_code", code),
                    ("title", title),
                    ("stage", stage),
                    ("probability", probability),
                    ("expected_on", day),
                ],
            )
        })
}

fn inquiries() -> impl Strategy<Value = Row> {
    (
        1..9_u32,
        code(),
        of(&["inquiry", "complaint"]),
        date(),
        of(&["05:02:11.120", "15:00:00.000", "01:30:00.000"]),
        words(),
    )
        .prop_map(|(no, code, kind, day, time, subject)| {
            (
                "inquiries",
                vec![
                    ("inquiry_no", format!("I{no}")),
                    ("customer_code", code),
                    ("kind", kind),
                    ("opened_at", format!("{day}T{time}Z")),
                    ("subject", subject),
                    ("status", "open".to_owned()),
                ],
            )
        })
}

fn quotes() -> impl Strategy<Value = Row> {
    (1..6_u32, code(), date(), or_empty(amount()), of(&["", "sent", "won"])).prop_map(
        |(no, code, day, amount, status)| {
            (
                "quotes",
                vec![
                    ("quote_no", format!("Q{no}")),
                    ("customer_code", code),
                    ("quoted_on", day),
                    ("amount", amount),
                    ("status", status),
                ],
            )
        },
    )
}

fn lines() -> impl Strategy<Value = Row> {
    (1..6_u32, 1..4_u32, amount(), or_empty(words())).prop_map(|(quote, line, amount, product)| {
        (
            "quote_lines",
            vec![
                ("quote_no", format!("Q{quote}")),
                ("line_no", line.to_string()),
                ("amount", amount),
                ("product_name", product),
            ],
        )
    })
}

/// Rows of a company: data set and cells.
pub(super) fn company() -> impl Strategy<Value = Vec<Row>> {
    let row = prop_oneof![
        3 => lines(),
        3 => customers(), 3 => contacts(), 3 => addresses(), 4 => sales(), 1 => persons(), 1 => deals(), 1 => inquiries(), 2 => quotes(),
    ];
    proptest::collection::vec(row, 1..60)
}
