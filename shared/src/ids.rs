//! Codes that name a record.

/// Orders two codes the way people expect: numbers numerically, otherwise by bytes.
///
/// Used where a list says "customer id descending" (`docs/rank.md`).
#[must_use]
pub fn compare_codes(a: &str, b: &str) -> std::cmp::Ordering {
    let numeric = |s: &str| !s.is_empty() && s.bytes().all(|c| c.is_ascii_digit());
    match (numeric(a), numeric(b)) {
        (true, true) => {
            let (x, y) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y)).then_with(|| a.cmp(b))
        }
        // Numbers before the rest: mixing both orders without this would not be transitive.
        (true, false) => std::cmp::Ordering::Less,
        (false, true) => std::cmp::Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}
