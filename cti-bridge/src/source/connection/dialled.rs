//! Extensions and numbers that may be put into a command to a PBX.

/// Longest extension and longest number, in characters.
pub(in crate::source) const DIALLED_CHARS_MAX: usize = 32;

/// Whether this can be an extension: no character that a PBX would interpret.
pub(in crate::source) fn is_extension(text: &str) -> bool {
    consists_of(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// Whether this can be dialled: digits, `+`, `*` and `#`.
pub(in crate::source) fn is_dialled(text: &str) -> bool {
    consists_of(text, |b| b.is_ascii_digit() || matches!(b, b'+' | b'*' | b'#'))
}

fn consists_of(text: &str, is_allowed: fn(u8) -> bool) -> bool {
    (1..=DIALLED_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
}
