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

/// Whether a quoted cell is open at the end. A quote within a cell that does not begin with one is a letter: `27"`.
pub(super) fn is_within_a_quote(raw: &[u8], delimiter: u8) -> bool {
    let (mut begins, mut quoted) = (true, false);
    for &byte in raw {
        begins = match byte {
            // A doubled quote closes a cell and opens it again.
            b'"' if quoted || begins => {
                quoted = !quoted;
                !quoted
            }
            byte => !quoted && (byte == delimiter || matches!(byte, b'\r' | b'\n')),
        };
    }
    quoted
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

/// Where lines begin, but for the first.
pub(super) fn line_starts(raw: &[u8]) -> impl Iterator<Item = usize> {
    raw.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::is_within_a_quote;

    #[test]
    fn a_quote_is_open_or_a_letter() {
        for raw in ["a,\"b", "\"", "a,\"b\"\"", "a,\"b\"\"c,d\n", "a,\"\"\"b"] {
            assert!(is_within_a_quote(raw.as_bytes(), b','), "{raw}");
        }
        for raw in ["", "a,27\"", "27\",\"b\"", "a,\"b\"\"c\"", "\"\"", "a,b\"c\"\"d"] {
            assert!(!is_within_a_quote(raw.as_bytes(), b','), "{raw}");
        }
    }
}
