//! The values of the store.

/// A stored value: text (also dates), or an integer (also amounts in 1/10000 and flags).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// Text, a code, a date or an instant.
    Text(String),
    /// A whole number, a flag, or a decimal times 10⁴.
    Integer(i64),
}
