//! The sentences of `validate`: what is wrong, and what to do about it.

use shared::dataset::{QUOTES, by_name};
use shared::message;
use shared::message::{Label, Message};
use shared::store::{Finding, Rule};

use crate::labels;

/// Declares the sentence of each rule, with the facts that it names. A rule without one does not compile.
macro_rules! sentences {
    ($($rule:ident($($fact:ident),*) = $ja:literal, $en:literal;)+) => {
        /// The sentence of a finding.
        pub(super) fn sentence(finding: &Finding) -> Message {
            match finding.rule {
                $(Rule::$rule => message!($ja, $en, $($fact = word(finding, stringify!($fact))),*),)+
            }
        }
    };
}

sentences! {
    Orphan(column, value, target) =
        "{column} {value} は {target} に登録されていません",
        "{column} {value} is not in {target}";
    NoMaster(rows, target) =
        "{rows} 行が {target} を参照していますが、{target} は1件も取り込まれていません",
        "{rows} rows refer to {target}, but no {target} were imported";
    OneSidedLink(column, value, back) =
        "{column} {value} を参照していますが、相手が参照しているのは {back} です",
        "refers to {column} {value}, which refers to {back} in return";
    SaleOnOpenQuote(value, status) =
        "受注になっていない見積 {value}(状態: {status})に売上があります",
        "a sale on quote {value}, whose status is {status} and not won";
    OrderOnOpenQuote(value, status) =
        "受注になっていない見積 {value}(状態: {status})に受注があります",
        "an order on quote {value}, whose status is {status} and not won";
    SaleTotal(amount, sum) =
        "見積額 {amount} と売上合計 {sum} が一致しません",
        "{amount} was quoted, but {sum} was sold";
    QuoteTotal(amount, sum) =
        "金額 {amount} と明細の合計 {sum} が一致しません",
        "the amount is {amount}, but its lines add up to {sum}";
    OrderTotal(amount, sum) =
        "金額 {amount} と明細の合計 {sum} が一致しません",
        "the amount is {amount}, but its lines add up to {sum}";
    Overpaid(amount, sum) =
        "請求額 {amount} を超える {sum} が入金されています",
        "{sum} was paid on an invoice of {amount}";
    SlipCustomers(value, other) =
        "1つの伝票に2つの顧客 {value} と {other} があります",
        "one slip has two customers, {value} and {other}";
    SlipDates(value, other) =
        "1つの伝票に2つの売上日 {value} と {other} があります",
        "one slip has two dates, {value} and {other}";
    TwoDefaults(count) =
        "標準配送先が {count} 件あります",
        "there are {count} default ship-to addresses";
    NoDefault(count) =
        "配送先 {count} 件のうち標準配送先がありません",
        "none of the {count} ship-to addresses is the default";
    NegativeCredit(amount) = "与信限度額が {amount} です", "the credit limit is {amount}";
    NegativeStock(quantity) = "在庫数が {quantity} です", "the stock is {quantity}";
    RawPhone(column) =
        "{column} を電話番号として読み取れないため、着信と照合できません",
        "{column} cannot be read as a phone number, so no call matches it";
    NoKana() = "フリガナがありません", "there is no kana name";
    NoContact() = "連絡先がありません", "there is no contact";
}

/// A fact as people read it.
fn word(finding: &Finding, name: &str) -> Message {
    match name {
        "column" => column(finding),
        "target" => target(finding),
        "status" => status(finding),
        _ => {
            let value = fact(finding, name);
            message!("{value}", "{value}", value = value)
        }
    }
}

/// A fact of a finding, `—` for an empty one.
fn fact<'f>(finding: &'f Finding, name: &str) -> &'f str {
    let found = finding.facts.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()).unwrap_or("—")
}

/// The column that a finding names.
pub(super) fn column(finding: &Finding) -> Message {
    let name = fact(finding, "column");
    let known = by_name(finding.dataset).and_then(|dataset| dataset.column(name));
    known.map_or_else(|| message!("{name}", "{name}", name = name), |column| column.label.into())
}

/// The data set that a finding refers to.
pub(super) fn target(finding: &Finding) -> Message {
    labels::dataset(fact(finding, "target"))
}

/// The status of a quote.
fn status(finding: &Finding) -> Message {
    let value = fact(finding, "status");
    let label = QUOTES.column("status").map_or(value, |column| column.choice_label_ja(value));
    Message::new(label.to_owned(), value.to_owned())
}

/// What to do about a finding of a rule.
pub(super) const fn cure(rule: Rule) -> Label {
    match rule {
        Rule::Orphan => Label::new(
            "参照先を取り込むか、コードを訂正して取り込み直してください",
            "import what is missing, or correct the code and import the row again",
        ),
        Rule::NoMaster => Label::new(
            "そのデータを取り込んでください(使わない場合はそのままで構いません)",
            "import that data set, or ignore this if you do not use it",
        ),
        Rule::OneSidedLink => Label::new(
            "見積と受注の両方に相手の番号を入れて取り込み直してください",
            "enter the other's number in both the quote and the order",
        ),
        Rule::SaleOnOpenQuote | Rule::OrderOnOpenQuote => Label::new(
            "見積の状態を「受注」にするか、見積番号を訂正してください",
            "set the quote to won, or correct the quote's number",
        ),
        Rule::SaleTotal => Label::new(
            "売上明細と見積額を確認してください(分割納品であれば問題ありません)",
            "compare the lines with the quote; a partial delivery is fine",
        ),
        Rule::QuoteTotal | Rule::OrderTotal => Label::new(
            "明細をすべて取り込むか、金額を訂正してください",
            "import all lines, or correct the amount",
        ),
        Rule::Overpaid => Label::new(
            "請求番号を確認し、過入金であれば返金するか次回の請求に充当してください",
            "check the invoice number; refund, or settle with the next invoice",
        ),
        Rule::SlipCustomers | Rule::SlipDates => Label::new(
            "伝票番号が重複しています。片方に別の番号を付けてください",
            "two slips share a number: give one of them another",
        ),
        Rule::TwoDefaults => Label::new("標準配送先を1つにしてください", "keep one of them as the default"),
        Rule::NoDefault => Label::new("標準配送先を1つ決めてください", "make one of them the default"),
        Rule::NegativeCredit => Label::new("与信限度額を訂正してください", "correct the credit limit"),
        Rule::NegativeStock => {
            Label::new("入出庫の記録を確認してください", "check the goods received and issued")
        }
        Rule::RawPhone => Label::new("番号を訂正してください", "correct the number"),
        Rule::NoKana => Label::new("フリガナを登録してください", "enter the customer's kana name"),
        Rule::NoContact => Label::new(
            "電話番号かメールアドレスを登録してください",
            "enter a telephone number or a mail address",
        ),
    }
}
