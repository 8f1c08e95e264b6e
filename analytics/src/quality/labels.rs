//! The words of the data quality commands, in Japanese and in English.

use shared::store::{Rule, Severity};

use crate::labels::Label;

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label { ja, en }
}

pub(super) const GO_ON: Label = label("実行しますか? [y/N]", "Go on? [y/N]");
pub(super) const VALIDATION: Label = label("データ検証", "Validation");
pub(super) const RULE: Label = label("ルール", "Rule");
pub(super) const SEVERITY: Label = label("重大度", "Severity");
pub(super) const KEY: Label = label("キー", "Key");
pub(super) const MESSAGE: Label = label("内容", "Finding");
pub(super) const CURE: Label = label("対処", "Cure");
pub(super) const NO_FINDING: Label = label("問題はありません", "Nothing was found");
pub(super) const LISTED: Label = label("{n}件中 {shown}件を表示", "{n}, {shown} listed");

pub(super) const SUM: Label = label("合計", "sum");
pub(super) const WOULD_VANISH: Label =
    label("{dataset} {before}件のうち{n}件が消えます", "{n} of {before} rows of {dataset} would vanish");
pub(super) const VANISHED: Label =
    label("{dataset} {before}件のうち{n}件を消しました", "{n} of {before} rows of {dataset} vanished");
pub(super) const STAYED: Label = label(
    "ファイルにない{n}件は他のデータから参照されているため残しました",
    "{n} rows are not in the file and stay, because other rows refer to them",
);

pub(super) const QUARANTINE: Label = label("取り込めなかった行", "Refused rows");
pub(super) const BATCH: Label = label("バッチ", "Batch");
pub(super) const AT: Label = label("日時", "At");
pub(super) const OPEN: Label = label("未解決", "Open");
pub(super) const LINE: Label = label("行", "Line");
pub(super) const COLUMN: Label = label("列", "Column");
pub(super) const CODE: Label = label("コード", "Code");
pub(super) const SETTLED_BY: Label = label("解決バッチ", "Settled by");
pub(super) const RAW: Label = label("元の行", "Row");
pub(super) const FORGET: Label =
    label("未解決の{n}行を含めて破棄します", "{n} rows that are still open would be forgotten");
pub(super) const FORGOTTEN: Label = label("破棄した行", "Rows forgotten");

pub(super) const DUPLICATES: Label = label("重複の可能性がある顧客", "Likely duplicates");
pub(super) const GROUP: Label = label("組", "Group");
pub(super) const GROUPS: Label = label("組数", "Groups");
pub(super) const SCORE: Label = label("点", "Score");
pub(super) const REASONS: Label = label("理由", "Reasons");
pub(super) const AND: Label = label("・", ", ");
pub(super) const IGNORED: Label = label("別の顧客として記録", "Noted as two customers");
pub(super) const TOO_COMMON: Label =
    label("共有が多すぎて比べなかったキー", "Keys that too many share to compare them");
pub(super) const PAIRS_CUT: Label =
    label("組合せが多すぎるため一部のみ", "There were too many pairs; some are left out");

/// Why two customers may be one, or may not.
pub(super) fn reason(code: &str) -> Label {
    match code {
        "registration_number" => label("登録番号が同じ", "registration number"),
        "name" => label("名称が同じ", "name"),
        "person_name" => label("氏名が同じ", "name of a person"),
        "kana" => label("フリガナが同じ", "reading"),
        "phone" => label("電話番号が同じ", "telephone number"),
        "shared_phone" => label("代表番号を共有(弱い)", "shared head-office number (weak)"),
        "email" => label("メールが同じ", "mail address"),
        "address" => label("住所が同じ", "address"),
        "different_name" => label("名称は別", "but another name"),
        "different_prefecture" => label("都道府県は別", "but another prefecture"),
        _ => label("前株・後株が違う", "but 株式会社 stands elsewhere"),
    }
}

pub(super) const MERGE: Label = label("統合", "Merge");
pub(super) const MERGES: Label = label("顧客の統合", "Merges");
pub(super) const WOULD_MERGE: Label = label("{drop} を {keep} に統合します", "{drop} would become {keep}");
pub(super) const MOVED: Label = label("付け替え", "Moved");
pub(super) const REMOVED: Label = label("同じ行のため記録のみ", "In the log only");
pub(super) const FILLED: Label = label("補った項目", "Filled");
pub(super) const UNDONE: Label = label("取り消し", "Undone");
pub(super) const KEPT: Label = label("残す顧客", "Kept");
pub(super) const DROPPED: Label = label("統合された顧客", "Dropped");

/// A severity for people.
pub(super) const fn severity(severity: Severity) -> Label {
    match severity {
        Severity::Error => label("エラー", "error"),
        Severity::Warning => label("注意", "warning"),
    }
}

/// What a finding of a rule says; facts in braces.
pub(super) const fn message(rule: Rule) -> Label {
    match rule {
        Rule::Orphan => label(
            "{column} の {value} は {target} に登録されていません",
            "{column} {value} is not in {target}",
        ),
        Rule::NoMaster => label(
            "{rows}行が{target}を参照していますが、{target}は1件も取り込まれていません",
            "{rows} rows name {target}, and nothing of {target} was imported",
        ),
        Rule::OneSidedLink => label(
            "{column} {value} を参照していますが、相手が参照するのは {back} です",
            "names {column} {value}, which names {back} in return",
        ),
        Rule::SaleOnOpenQuote => label(
            "受注になっていない見積 {value} (状態: {status}) に売上があります",
            "a sale on quote {value}, whose status is {status} and not won",
        ),
        Rule::OrderOnOpenQuote => label(
            "受注になっていない見積 {value} (状態: {status}) に受注があります",
            "an order on quote {value}, whose status is {status} and not won",
        ),
        Rule::SaleTotal => {
            label("見積額 {amount} と売上合計 {sum} が一致しません", "quoted {amount}, sold {sum}")
        }
        Rule::QuoteTotal | Rule::OrderTotal => label(
            "金額 {amount} と明細の合計 {sum} が一致しません",
            "the amount is {amount}, its lines add up to {sum}",
        ),
        Rule::Overpaid => {
            label("請求額 {amount} より多い {sum} が入金されています", "{amount} is owed, {sum} was paid")
        }
        Rule::SlipCustomers => label(
            "一つの伝票に二つの顧客 {value} と {other} があります",
            "one slip with two customers, {value} and {other}",
        ),
        Rule::SlipDates => label(
            "一つの伝票に二つの売上日 {value} と {other} があります",
            "one slip with two dates, {value} and {other}",
        ),
        Rule::TwoDefaults => label("標準配送先が {count} 件あります", "{count} default ship-to addresses"),
        Rule::NoDefault => label(
            "配送先 {count} 件のうち標準配送先がありません",
            "{count} ship-to addresses and no default among them",
        ),
        Rule::NegativeCredit => label("与信限度額が {amount} です", "the credit limit is {amount}"),
        Rule::NegativeStock => label("在庫数が {quantity} です", "the stock is {quantity}"),
        Rule::RawPhone => label(
            "{column} は電話番号として読めないため、着信と照合できません",
            "{column} cannot be read as a telephone number: no call finds it",
        ),
        Rule::NoKana => label("フリガナがありません", "there is no reading"),
        Rule::NoContact => label("連絡先がありません", "there is no contact"),
    }
}

/// What to do about a finding of a rule.
pub(super) const fn cure(rule: Rule) -> Label {
    match rule {
        Rule::Orphan => label(
            "参照先を取り込むか、コードを訂正して取り込み直す",
            "import what is missing, or correct the code and import the row again",
        ),
        Rule::NoMaster => label(
            "そのデータを取り込む (使わないなら、このままでよい)",
            "import that data set; if it is not used, leave it",
        ),
        Rule::OneSidedLink => label(
            "見積と受注の両方に相手の番号を入れて取り込み直す",
            "give both, the quote and the order, the other's number",
        ),
        Rule::SaleOnOpenQuote | Rule::OrderOnOpenQuote => label(
            "見積の状態を「受注」にするか、見積番号を訂正する",
            "set the quote to won, or correct the quote's number",
        ),
        Rule::SaleTotal => label(
            "売上明細か見積額を確認する (分割納品なら正常)",
            "compare the lines with the quote; a part delivery is in order",
        ),
        Rule::QuoteTotal | Rule::OrderTotal => {
            label("明細を全部取り込むか、金額を訂正する", "import all lines, or correct the amount")
        }
        Rule::Overpaid => label(
            "請求番号を確認し、過入金なら返金か次回請求に充当する",
            "check the invoice number; refund, or settle with the next invoice",
        ),
        Rule::SlipCustomers | Rule::SlipDates => label(
            "伝票番号の重複を確認し、片方に別の番号を付ける",
            "two slips share a number: give one of them another",
        ),
        Rule::TwoDefaults => label("標準配送先を一つにする", "leave one of them the default"),
        Rule::NoDefault => label("標準配送先を一つ決める", "make one of them the default"),
        Rule::NegativeCredit => label("与信限度額を訂正する", "correct the credit limit"),
        Rule::NegativeStock => label("入出庫の記録を確認する", "check what came in and went out"),
        Rule::RawPhone => label("番号を訂正する", "correct the number"),
        Rule::NoKana => label("フリガナを登録する", "give the customer a reading"),
        Rule::NoContact => {
            label("電話番号かメールアドレスを登録する", "give the customer a number or an address")
        }
    }
}
