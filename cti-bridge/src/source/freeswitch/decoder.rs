//! Bytes to messages, with limits and without I/O.

use super::message::Headers;
use super::{EslKind, EslMessage};

/// What a decoder accepts at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EslLimits {
    /// Longest line of headers, in bytes, without its end; inside an event too.
    pub line_bytes_max: usize,
    /// Most headers; inside an event too.
    pub headers_max: usize,
    /// Longest body, in bytes.
    pub body_bytes_max: usize,
    /// Longest message with its body, in bytes.
    pub message_bytes_max: usize,
}

impl Default for EslLimits {
    fn default() -> Self {
        Self {
            line_bytes_max: 64 * 1024,
            headers_max: 2_000,
            body_bytes_max: 16 * 1024 * 1024,
            message_bytes_max: 17 * 1024 * 1024,
        }
    }
}

/// Why bytes are not from an event socket. The connection must be closed: the start of the next message is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EslDecodeError {
    /// The first bytes are of another protocol.
    #[error("not a FreeSWITCH event socket: the first line is not `Content-Type: …`; check the port")]
    NotEsl,
    /// A line is too long.
    #[error("a line is longer than line_bytes_max = {limit}")]
    LineTooLong {
        /// The limit exceeded.
        limit: usize,
    },
    /// There are too many headers.
    #[error("a message has more headers than headers_max = {limit}")]
    TooManyHeaders {
        /// The limit exceeded.
        limit: usize,
    },
    /// A body is too long.
    #[error("a body is longer than body_bytes_max = {limit}")]
    BodyTooLong {
        /// The limit exceeded.
        limit: usize,
    },
    /// A message is too long.
    #[error("a message is longer than message_bytes_max = {limit}")]
    MessageTooLong {
        /// The limit exceeded.
        limit: usize,
    },
    /// `Content-Length` is not a number.
    #[error("a `Content-Length` is not a number")]
    BadLength,
}

/// How every message of an event socket begins: `Content-Type` or `Content-Length`.
const BEGINNING: &[u8] = b"Content-";

/// Cuts a stream of bytes into messages: feed it with [`Self::push`], then call [`Self::next_message`] until it returns
/// `None`. It buffers at most one message and one chunk.
#[derive(Debug)]
pub struct EslDecoder {
    limits: EslLimits,
    buffer: Vec<u8>,
    /// Where the current message begins in the buffer.
    start: usize,
    /// Where the current line of headers begins.
    line: usize,
    /// Up to where there is no line end.
    scanned: usize,
    /// Headers of the current message.
    headers: usize,
    /// The headers have been read: where the body begins and ends.
    body: Option<Body>,
    /// No message has been read yet.
    is_first: bool,
}

/// A message that waits for its body.
#[derive(Debug)]
struct Body {
    kind: EslKind,
    begin: usize,
    end: usize,
}

impl EslDecoder {
    /// A decoder for what FreeSWITCH sends, from the first byte on.
    #[must_use]
    pub fn new(limits: EslLimits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            start: 0,
            line: 0,
            scanned: 0,
            headers: 0,
            body: None,
            is_first: true,
        }
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
    /// The bytes are not from an event socket or exceed a limit; the decoder must not be used afterwards.
    pub fn next_message(&mut self) -> Result<Option<EslMessage>, EslDecodeError> {
        loop {
            if let Some(body) = &self.body {
                if self.buffer.len() < body.end {
                    return Ok(None);
                }
                return self.take_message().map(Some);
            }
            if !self.read_line()? {
                return Ok(None);
            }
        }
    }

    /// Reads to the end of a header line. Returns whether there was one.
    fn read_line(&mut self) -> Result<bool, EslDecodeError> {
        let rest = self.buffer.get(self.scanned..).unwrap_or_default();
        let Some(length) = rest.iter().position(|&b| b == b'\n') else {
            self.scanned = self.buffer.len();
            self.check_line(self.buffer.len())?;
            return Ok(false);
        };
        let (begin, end) = (self.line, self.scanned + length);
        self.check_line(end)?;
        self.line = end + 1;
        self.scanned = self.line;
        if !matches!(self.buffer.get(begin..end), Some(b"" | b"\r")) {
            self.headers += 1;
            if self.headers > self.limits.headers_max {
                return Err(EslDecodeError::TooManyHeaders { limit: self.limits.headers_max });
            }
        } else if self.headers == 0 {
            // Empty lines between messages are harmless.
            self.start = self.line;
        } else {
            self.body = Some(self.body_after(begin)?);
        }
        Ok(true)
    }

    /// Checks the current line up to here, whole or not, and the message so far.
    fn check_line(&self, end: usize) -> Result<(), EslDecodeError> {
        let line = self.buffer.get(self.line..end).unwrap_or_default();
        let common = line.len().min(BEGINNING.len());
        let is_beginning = self.is_first && self.headers == 0 && !matches!(line, b"" | b"\r");
        if is_beginning && (line.get(..common) != BEGINNING.get(..common)) {
            return Err(EslDecodeError::NotEsl);
        }
        if line.len() > self.limits.line_bytes_max {
            return Err(EslDecodeError::LineTooLong { limit: self.limits.line_bytes_max });
        }
        self.check_message(end)
    }

    fn check_message(&self, end: usize) -> Result<(), EslDecodeError> {
        if end - self.start > self.limits.message_bytes_max {
            return Err(EslDecodeError::MessageTooLong { limit: self.limits.message_bytes_max });
        }
        Ok(())
    }

    /// The headers end here: where the body lies, if its length is acceptable.
    fn body_after(&self, headers_end: usize) -> Result<Body, EslDecodeError> {
        let headers = Headers::parse(self.buffer.get(self.start..headers_end).unwrap_or_default(), false);
        let length = match headers.get("Content-Length") {
            None => 0,
            Some(text) => length(text)?,
        };
        if length > self.limits.body_bytes_max {
            return Err(EslDecodeError::BodyTooLong { limit: self.limits.body_bytes_max });
        }
        let (begin, end) = (self.line, self.line.saturating_add(length));
        self.check_message(end)?;
        let kind = match headers.get("Content-Type").unwrap_or_default() {
            "auth/request" => EslKind::AuthRequest,
            "command/reply" => EslKind::CommandReply,
            "api/response" => EslKind::ApiResponse,
            "text/event-plain" => EslKind::Event,
            "text/disconnect-notice" => EslKind::DisconnectNotice,
            "text/rude-rejection" => EslKind::Rejection,
            _ => EslKind::Other,
        };
        Ok(Body { kind, begin, end })
    }

    /// The message whose body is complete.
    fn take_message(&mut self) -> Result<EslMessage, EslDecodeError> {
        let Some(Body { kind, begin, end }) = self.body.take() else {
            return Ok(EslMessage::new(EslKind::Other, Headers::default(), String::new()));
        };
        let head = self.buffer.get(self.start..begin).unwrap_or_default();
        let body = self.buffer.get(begin..end).unwrap_or_default();
        let message = if kind == EslKind::Event {
            self.event(body)?
        } else {
            let text = String::from_utf8_lossy(body).into_owned();
            EslMessage::new(kind, Headers::parse(head, false), text)
        };
        self.is_first = false;
        (self.start, self.line, self.scanned, self.headers) = (end, end, end, 0);
        Ok(message)
    }

    /// An event: headers and an empty line, all counted in `Content-Length`, perhaps followed by a body of its own.
    fn event(&self, bytes: &[u8]) -> Result<EslMessage, EslDecodeError> {
        let (mut end, mut headers) = (0, 0);
        for line in bytes.split_inclusive(|&b| b == b'\n') {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            end += line.len();
            if matches!(text, b"" | b"\r") {
                break;
            }
            headers += 1;
            if text.len() > self.limits.line_bytes_max {
                return Err(EslDecodeError::LineTooLong { limit: self.limits.line_bytes_max });
            }
            if headers > self.limits.headers_max {
                return Err(EslDecodeError::TooManyHeaders { limit: self.limits.headers_max });
            }
        }
        let (head, body) = bytes.split_at(end.min(bytes.len()));
        let text = String::from_utf8_lossy(body).into_owned();
        Ok(EslMessage::new(EslKind::Event, Headers::parse(head, true), text))
    }

    /// Drops what was consumed, so that the buffer does not grow with the stream.
    fn forget_consumed(&mut self) {
        let start = std::mem::take(&mut self.start);
        if start == 0 {
            return;
        }
        self.buffer.drain(..start);
        self.line -= start;
        self.scanned -= start;
        if let Some(body) = &mut self.body {
            body.begin -= start;
            body.end -= start;
        }
    }
}

/// Accepts digits only, because `parse` would accept a sign too. A number that does not fit exceeds any limit.
fn length(text: &str) -> Result<usize, EslDecodeError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(EslDecodeError::BadLength);
    }
    Ok(text.parse().unwrap_or(usize::MAX))
}
