//! Quotes and line ends in the bytes of a row.

/// Whether anything but the next cell follows a closing quote.
pub(super) fn is_behind_a_quote(raw: &[u8], delimiter: u8) -> bool {
    let (mut begins, mut quoted) = (true, false);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.peek() == Some(&b'"') => drop(bytes.next()),
            b'"' if quoted => {
                quoted = false;
                if bytes.peek().is_some_and(|next| *next != delimiter && !matches!(next, b'\r' | b'\n')) {
                    return true;
                }
            }
            b'"' if begins => quoted = true,
            _ => {}
        }
        begins = !quoted && (byte == delimiter || matches!(byte, b'\r' | b'\n'));
    }
    false
}

/// How many lines end in `bytes`, which come after the byte `before`: by CR, by LF, or by both.
pub(super) fn line_ends(mut before: u8, bytes: &[u8]) -> u64 {
    let mut count = 0;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || byte == b'\n' && before != b'\r');
        before = byte;
    }
    count
}

/// A row in which a quoted cell does not end: quotes that are part of a cell come in pairs.
pub(super) fn has_open_quote(raw: &[u8]) -> bool {
    raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

/// Where lines begin, but for the first.
pub(super) fn line_starts(raw: &[u8]) -> impl Iterator<Item = usize> {
    raw.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1)
}
