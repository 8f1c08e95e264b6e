//! Bytes to messages, with limits and without I/O.

use super::AmiMessage;

/// What a decoder accepts at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmiLimits {
    /// Longest line, in bytes, without its end.
    pub line_bytes_max: usize,
    /// Longest message, in bytes.
    pub message_bytes_max: usize,
    /// Most lines of a message.
    pub message_lines_max: usize,
}

impl Default for AmiLimits {
    fn default() -> Self {
        Self { line_bytes_max: 64 * 1024, message_bytes_max: 256 * 1024, message_lines_max: 2_000 }
    }
}

/// Why bytes are not AMI. The connection must be closed: the start of the next message is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The first line is not Asterisk's banner.
    #[error(
        "not an Asterisk manager interface: the first line is not `Asterisk Call Manager/…`; check the port"
    )]
    NotAmi,
    /// A line is too long.
    #[error("a line is longer than line_bytes_max = {limit}")]
    LineTooLong {
        /// The limit exceeded.
        limit: usize,
    },
    /// A message is too long.
    #[error("a message is longer than message_bytes_max = {limit}")]
    MessageTooLong {
        /// The limit exceeded.
        limit: usize,
    },
    /// A message has too many lines.
    #[error("a message has more lines than message_lines_max = {limit}")]
    TooManyLines {
        /// The limit exceeded.
        limit: usize,
    },
}

const BANNER: &[u8] = b"Asterisk Call Manager/";

/// Cuts a stream of bytes into messages: feed it with [`Self::push`], then call [`Self::next_message`] until it returns
/// `None`. It buffers at most one message and one chunk.
#[derive(Debug)]
pub struct AmiDecoder {
    limits: AmiLimits,
    buffer: Vec<u8>,
    /// Where the current message begins in the buffer.
    start: usize,
    /// Where the current line begins.
    line: usize,
    /// Up to where there is no line end.
    scanned: usize,
    /// Lines of the current message.
    lines: usize,
    banner: Option<String>,
    expect_banner: bool,
}

impl AmiDecoder {
    /// A decoder for what Asterisk sends, which begins with the banner.
    #[must_use]
    pub fn new(limits: AmiLimits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            start: 0,
            line: 0,
            scanned: 0,
            lines: 0,
            banner: None,
            expect_banner: true,
        }
    }

    /// A decoder for what a client sends, which has no banner.
    #[must_use]
    pub fn without_banner(limits: AmiLimits) -> Self {
        Self { expect_banner: false, ..Self::new(limits) }
    }

    /// The banner, once it was read.
    #[must_use]
    pub fn banner(&self) -> Option<&str> {
        self.banner.as_deref()
    }

    /// Bytes buffered now.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// Appends received bytes, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        self.forget_consumed();
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, or `None` until more bytes arrive.
    ///
    /// # Errors
    /// The bytes are not AMI or exceed a limit; the decoder must not be used afterwards.
    pub fn next_message(&mut self) -> Result<Option<AmiMessage>, DecodeError> {
        loop {
            let rest = self.buffer.get(self.scanned..).unwrap_or_default();
            let Some(length) = memchr::memchr(b'\n', rest) else {
                self.scanned = self.buffer.len();
                self.check_line(self.buffer.len() - self.line)?;
                return Ok(None);
            };
            let (line_start, line_end) = (self.line, self.scanned + length);
            self.check_line(line_end - line_start)?;
            self.line = line_end + 1;
            self.scanned = self.line;
            if let Some(message) = self.end_of_line(line_start, line_end)? {
                return Ok(Some(message));
            }
        }
    }

    /// Handles a whole line; returns the message that it ends.
    fn end_of_line(&mut self, start: usize, end: usize) -> Result<Option<AmiMessage>, DecodeError> {
        let line = self.buffer.get(start..end).unwrap_or_default();
        if self.expect_banner {
            self.take_banner(start, end)?;
            return Ok(None);
        }
        let is_empty = line.is_empty() || line == b"\r";
        if !is_empty {
            self.lines += 1;
            if self.lines > self.limits.message_lines_max {
                return Err(DecodeError::TooManyLines { limit: self.limits.message_lines_max });
            }
            return Ok(None);
        }
        let message = AmiMessage::parse(self.buffer.get(self.start..start).unwrap_or_default());
        self.start = self.line;
        self.lines = 0;
        // Empty lines between messages are harmless.
        Ok((!message.is_empty()).then_some(message))
    }

    fn take_banner(&mut self, start: usize, end: usize) -> Result<(), DecodeError> {
        let line = self.buffer.get(start..end).unwrap_or_default();
        if !line.starts_with(BANNER) {
            return Err(DecodeError::NotAmi);
        }
        self.banner = Some(String::from_utf8_lossy(line).trim_end().to_owned());
        self.expect_banner = false;
        self.start = self.line;
        Ok(())
    }

    /// Checks the length of the current line, whole or not, and of the message so far.
    fn check_line(&self, bytes: usize) -> Result<(), DecodeError> {
        if self.expect_banner {
            let line = self.buffer.get(self.line..).unwrap_or_default();
            let common = line.len().min(BANNER.len());
            if line.get(..common) != BANNER.get(..common) {
                return Err(DecodeError::NotAmi);
            }
        }
        if bytes > self.limits.line_bytes_max {
            return Err(DecodeError::LineTooLong { limit: self.limits.line_bytes_max });
        }
        if self.line + bytes - self.start > self.limits.message_bytes_max {
            return Err(DecodeError::MessageTooLong { limit: self.limits.message_bytes_max });
        }
        Ok(())
    }

    /// Drops what was consumed, so that the buffer does not grow with the stream.
    fn forget_consumed(&mut self) {
        if self.start == 0 {
            return;
        }
        self.buffer.drain(..self.start);
        self.line -= self.start;
        self.scanned -= self.start;
        self.start = 0;
    }
}
