//! Line breaks in Japanese help: clap breaks lines at spaces only, and Japanese has none.

/// Marks a space that only allows a line break; no help text contains it.
const BREAK: char = '\u{200B}';

/// Marks where a line may be broken: after punctuation, and where a phrase ends (hiragana, then something else).
pub(crate) fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        let Some(&next) = chars.peek() else { break };
        let phrase_ends = hiragana(c) && !hiragana(next) && !closing(next) && next != ' ' && next != '\n';
        if phrase_ends || (matches!(c, '、' | '。') && !closing(next) && next != '\n') {
            out.push(BREAK);
            out.push(' ');
        }
    }
    out
}

/// Removes the marks that allow line breaks in the Japanese help, for texts that break lines in another way.
#[must_use]
pub fn joined(text: &str) -> String {
    text.replace("\u{200B} ", "").replace(BREAK, "")
}

fn hiragana(c: char) -> bool {
    ('\u{3041}'..='\u{309F}').contains(&c)
}

/// Characters that do not begin a line.
fn closing(c: char) -> bool {
    matches!(c, '、' | '。' | '」' | ')' | '）' | '・' | 'ー' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_after_phrases_and_no_marks_remain() {
        let text = "元データのファイル(analytics init で作成)。";
        let marked = breakable(text);
        assert!(marked.starts_with("元データの\u{200B} ファイル("), "{marked}");
        assert_eq!(joined(&marked), text);
        assert_eq!(breakable("English text, as it is"), "English text, as it is");
    }
}
