//! Text in lines of a limited width: Japanese may break between characters, other text between words only.

use unicode_width::UnicodeWidthStr;

/// The width of a text in brackets that is not broken.
const BRACKETED_MAX: usize = 12;

/// The width of a text on a terminal; a full-width character takes two columns.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text in lines of at most this width. Only a word that is longer is cut.
pub(super) fn wrapped(text: &str, limit: usize) -> Vec<String> {
    if width(text) <= limit {
        return vec![text.to_owned()];
    }
    let limit = limit.max(2);
    let mut lines = vec![String::new()];
    for (space, piece) in pieces(text) {
        let line = lines.last_mut().map_or("", |line| line.as_str());
        let gap = if line.is_empty() { "" } else { space };
        if width(line) + width(gap) + width(piece) > limit && !line.is_empty() {
            lines.push(String::new());
            append(&mut lines, "", piece, limit);
        } else {
            append(&mut lines, gap, piece, limit);
        }
    }
    lines
}

/// The text in as many lines as at this width, of about the same length.
pub(super) fn balanced(text: &str, limit: usize) -> Vec<String> {
    let lines = wrapped(text, limit);
    let mut narrower = (longest_piece(text)..limit.min(width(text))).map(|limit| wrapped(text, limit));
    narrower.find(|narrow| narrow.len() == lines.len()).unwrap_or(lines)
}

/// The width of the longest piece that is not broken.
pub(super) fn longest_piece(text: &str) -> usize {
    pieces(text).map(|(_, piece)| width(piece)).max().unwrap_or_default()
}

fn append(lines: &mut Vec<String>, gap: &str, piece: &str, limit: usize) {
    let Some(line) = lines.last_mut() else { return };
    line.push_str(gap);
    if width(line) + width(piece) <= limit {
        line.push_str(piece);
        return;
    }
    let mut buffer = [0; 4];
    for c in piece.chars() {
        let c: &str = c.encode_utf8(&mut buffer);
        match lines.last_mut() {
            Some(line) if width(line) + width(c) <= limit => line.push_str(c),
            _ => lines.push(c.to_owned()),
        }
    }
}

/// What stays on one line, each with the space before it.
fn pieces(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let trimmed = rest.trim_start_matches(' ');
        let space = &rest[..rest.len() - trimmed.len()];
        if trimmed.is_empty() {
            return None;
        }
        let (piece, behind) = trimmed.split_at(end_of_piece(trimmed));
        rest = behind;
        Some((space, piece))
    })
}

fn end_of_piece(text: &str) -> usize {
    let inside = bracketed(text).unwrap_or(0);
    let chars = text.char_indices().zip(text.chars().skip(1));
    let ends = chars.map(|((at, c), next)| (at + c.len_utf8(), c, next)).filter(|(end, ..)| *end >= inside);
    let mut ends = ends.filter(|(_, c, next)| {
        *next == ' ' || (!opens(*c) && !closes(*next) && (breaks(*c) || breaks(*next)))
    });
    ends.next().map_or(text.len(), |(end, ..)| end)
}

/// The end of a short text in brackets that the text begins with; it stays on one line.
fn bracketed(text: &str) -> Option<usize> {
    let end = text.find([')', '\u{FF09}']).filter(|_| text.starts_with(['(', '\u{FF08}']))?;
    let end = end + text[end..].chars().next().map_or(0, char::len_utf8);
    (width(&text[..end]) <= BRACKETED_MAX).then_some(end)
}

/// Characters beside which a line may break.
fn breaks(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF01}'..='\u{FFEE}')
}

/// Characters that do not end a line.
fn opens(c: char) -> bool {
    matches!(c, '(' | '\u{FF08}' | '「' | '『' | '[' | '【')
}

/// Characters that do not begin a line.
fn closes(c: char) -> bool {
    let small = "ぁぃぅぇぉっゃゅょァィゥェォッャュョ";
    matches!(
        c,
        ')' | '\u{FF09}' | '」' | '』' | ']' | '】' | '、' | '。' | ',' | '.' | ':' | '・' | 'ー' | '%'
    ) || small.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_breaks_between_characters_but_not_at_brackets() {
        assert_eq!(wrapped("平均応答待ち時間(ASA・秒)", 9), ["平均応答", "待ち時間", "(ASA・秒)"]);
        assert_eq!(wrapped("ランクアップ", 7), ["ランク", "アップ"]);
        assert_eq!(longest_piece("平均応答(AHT・秒)"), 9);
        assert_eq!(wrapped("対象外 (期間前)", 10), ["対象外", "(期間前)"]);
        assert_eq!(longest_piece("(とても長い注意書きです)"), 3);
    }

    #[test]
    fn headings_have_lines_of_about_the_same_length() {
        assert_eq!(wrapped("平均処理時間(AHT・秒)", 10), ["平均処理時", "間", "(AHT・秒)"]);
        assert_eq!(balanced("平均処理時間(AHT・秒)", 10), ["平均処理", "時間", "(AHT・秒)"]);
        assert_eq!(balanced("Calls", 40), ["Calls"]);
    }

    #[test]
    fn other_text_breaks_between_words() {
        assert_eq!(wrapped("First response (s)", 8), ["First", "response", "(s)"]);
        assert_eq!(wrapped("one two", 40), ["one two"]);
        assert_eq!(longest_piece("First response (s)"), 8);
        assert_eq!(wrapped("", 8), [""]);
    }

    #[test]
    fn only_a_word_that_is_too_long_is_cut() {
        assert_eq!(wrapped("a bcdefgh", 4), ["a", "bcde", "fgh"]);
        assert_eq!(wrapped("C0001の 売上", 6), ["C0001", "の 売", "上"]);
    }
}
