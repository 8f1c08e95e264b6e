//! Codes that name a record, kept as they were given, leading zeros included.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// The longest code that is accepted, in bytes.
pub const CODE_LEN_MAX: usize = 64;

/// Why a text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum CodeError {
    /// Nothing but blanks.
    Empty,
    /// Longer than [`CODE_LEN_MAX`] bytes.
    TooLong,
    /// A line break, tab or other control character inside.
    Control,
}

impl Explain for CodeError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => message!(
                "コードが空です。すべての行にコードを入力してください",
                "the code is empty; give every record a code"
            ),
            Self::TooLong => message!(
                "コードが長すぎます({CODE_LEN_MAX}バイトまで)。列の割り当てを確認してください",
                "the code is longer than {CODE_LEN_MAX} bytes; check the column mapping"
            ),
            Self::Control => message!(
                "コードに制御文字が含まれています。区切り文字と引用符を確認してください",
                "the code contains a control character; check the delimiter and the quotes"
            ),
        }
    }
}

/// The code of a customer, unique in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomerCode(String);

impl CustomerCode {
    /// Checks and trims a code. Blanks at both ends (full-width ones too) are dropped,
    /// everything else is kept as given.
    ///
    /// # Errors
    /// [`CodeError`] when it is empty, too long or holds a control character.
    pub fn parse(text: &str) -> Result<CustomerCode, CodeError> {
        check_code(text).map(|code| CustomerCode(code.to_owned()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CustomerCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        CustomerCode::parse(text)
    }
}

impl TryFrom<String> for CustomerCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        CustomerCode::parse(&text)
    }
}

impl From<CustomerCode> for String {
    fn from(code: CustomerCode) -> String {
        code.0
    }
}

/// Checks a code of any kind of record and trims it, without copying it.
///
/// # Errors
/// [`CodeError`] when it is empty, too long or holds a control character.
pub fn check_code(text: &str) -> Result<&str, CodeError> {
    let code = text.trim();
    if code.is_empty() {
        Err(CodeError::Empty)
    } else if code.len() > CODE_LEN_MAX {
        Err(CodeError::TooLong)
    } else if code.chars().any(char::is_control) {
        Err(CodeError::Control)
    } else {
        Ok(code)
    }
}

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
