//! Warnings about a file as a whole.

use super::{FileImport, Written};
use crate::import::parse::row_check::{Met, Repairs};
use crate::import::report::{ImportReport, Warning};
use crate::message;
use crate::message::{Label, Message};

impl FileImport<'_> {
    /// What is worth a warning before the rows are written.
    pub(super) fn warn_before(&self, overflow: bool, report: &mut ImportReport) {
        let layout = self.layout;
        if !layout.unknown.is_empty() {
            let message = message!(
                "「{dataset}」にない列は取り込みませんでした: {names}。--map で列を指定するか、--extend で拡張項目として\
                 取り込んでください",
                "columns that {dataset} does not have were skipped: {names}; name them with --map, or keep them as \
                 extension fields with --extend",
                dataset = layout.targets.first().map_or(Label::new("", ""), |target| target.dataset.label()),
                names = Message::join(&layout.unknown, Label::new("、", ", ")),
            );
            let (line, count) = (layout.skip_through, layout.unknown.len() as u64);
            self.warn(report, Some(line), "unknown_column", message, count);
        }
        if let Some(also) = self.source.detected.also.filter(|_| self.settings.encoding.is_none()) {
            let used = self.source.encoding();
            let message = message!(
                "文字コードは {used} としても {also} としても読めるため、{used} として読みました。名前が文字化けしていれば、\
                 ファイルを UTF-8 で保存し直してください(--encoding {option} を指定するとこの警告は出ません)",
                "every byte is valid in {used} and in {also}; {used} was used: check the names, and convert the file if \
                 they are garbled (--encoding {option} silences this)",
                used = used,
                also = also,
                option = used.to_lowercase(),
            );
            self.warn(report, None, "ambiguous_encoding", message, 1);
        }
        if self.source.hidden_rows > 0 {
            let message = message!(
                "フィルターなどで非表示になっている行も取り込みました。表示中の行だけを取り込む場合は、その行を別のシートに\
                 コピーしてください",
                "rows that a filter hides were imported as well; to import the visible rows only, copy them into another \
                 sheet",
            );
            self.warn(report, None, "hidden_rows", message, self.source.hidden_rows);
        }
        if overflow {
            let message = message!(
                "同じキーの行が多すぎるため、一部は後の行で上書きしました。重複を取り除いてから取り込んでください",
                "there are too many duplicate keys to check them all; for some, the later row won; remove the duplicates first",
            );
            self.warn(report, None, "duplicates_unchecked", message, 1);
        }
    }

    /// What is worth a warning after the rows were written.
    pub(super) fn warn_after(&self, written: &Written, report: &mut ImportReport) {
        self.warn_of_repairs(&written.repairs, report);
        if let (count, Some(line)) = written.rows_within {
            let message = message!(
                "引用符の中に、1行分のデータのような行があります。引用符(\")の過不足で後の行が取り込まれていない可能性がある\
                 ため、この行を確認してください",
                "a quoted cell contains a line that looks like a row; a missing or extra quote \
                 may have hidden the rows after it; check this line",
            );
            self.warn(report, Some(line), "row_in_cell", message, count);
        }
        if let (count @ 1.., line) = written.unlocated {
            let message = message!(
                "都道府県または政令指定都市で始まらない住所があります。都道府県別の集計では「不明」になります。住所の先頭に\
                 都道府県を入力してください",
                "addresses do not begin with a prefecture or a designated city: reports by prefecture list them under \
                 不明; begin them with the prefecture",
            );
            self.warn(report, Some(line), "no_prefecture", message, count);
        }
    }

    fn warn_of_repairs(&self, repairs: &Repairs, report: &mut ImportReport) {
        let invisible = || {
            message!(
                "コード・数値・メールアドレスなどに含まれていた、目に見えない文字(BOM、書字方向の記号など)を取り除きました",
                "characters that nobody sees (byte order marks, marks of direction) were removed from codes, numbers, \
                 mail addresses and the like",
            )
        };
        let zeros = || {
            message!(
                "先頭の0が失われていた電話番号・郵便番号に0を補いました",
                "telephone numbers and postal codes without their leading zeros got them back",
            )
        };
        let null_words = || {
            message!(
                "NULL などの「値なし」を表す語を、文字列のまま取り込みました。空欄にする場合は、自社用の取込プロファイルの \
                 none にその語を加えてください",
                "words such as NULL were imported as text; if they mean no value, name them in a profile of your own \
                 (none)",
            )
        };
        let kinds: [(Met, &'static str, &dyn Fn() -> Message); 3] = [
            (repairs.invisible, "invisible_characters", &invisible),
            (repairs.zeros, "zeros_restored", &zeros),
            (repairs.null_words, "null_words", &null_words),
        ];
        for (met, code, message) in kinds.into_iter().filter(|(met, ..)| met.cells > 0) {
            self.warn(report, Some(met.line), code, message(), met.cells);
        }
    }

    fn warn(
        &self,
        report: &mut ImportReport,
        line: Option<u64>,
        code: &'static str,
        message: Message,
        count: u64,
    ) {
        let file = self.source.name.clone();
        report.warnings.push(Warning { file, line, code, message, count });
    }
}
