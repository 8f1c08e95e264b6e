//! Breaks a request's head that two programs could read differently, so that it is refused: a line that ends with a bare
//! LF, or a length that is said twice. A proxy and the bridge could otherwise be made to see two different requests.
//!
//! RFC 9112, section 2.2, allows a server to accept a bare LF, and hyper does.

/// The longest line that matters: `content-length` with any number.
const LINE_MAX: usize = 64;

/// Follows the bytes of a connection, from one head to the next.
#[derive(Debug, Default)]
pub(super) struct Heads {
    place: Place,
    /// The line so far, up to [`LINE_MAX`].
    line: Vec<u8>,
    before: u8,
    /// What the head has said so far about what follows it.
    next: Next,
}

#[derive(Debug, Default)]
enum Place {
    #[default]
    Head,
    /// In a body with this many bytes left.
    Body(u64),
    /// No further head can follow: the request was broken, has a body of unknown length, or asked for another protocol.
    /// `web::admit` ends the connection after such a request, unless it is a WebSocket by then.
    Beyond,
}

#[derive(Debug, Default)]
struct Next {
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

impl Heads {
    /// Checks the bytes that came next. Where a head is to be refused, a byte is changed to one that no head may have.
    pub(super) fn check(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            let taken = match &mut self.place {
                Place::Beyond => return,
                Place::Body(left) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= taken as u64;
                    if *left == 0 {
                        self.place = Place::Head;
                    }
                    taken
                }
                Place::Head => self.check_head(bytes),
            };
            bytes = &mut bytes[taken..];
        }
    }

    /// Checks up to the end of the head; returns how many bytes that are.
    fn check_head(&mut self, bytes: &mut [u8]) -> usize {
        for (at, byte) in bytes.iter_mut().enumerate() {
            let before = std::mem::replace(&mut self.before, *byte);
            match *byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    if before != b'\r' || !self.next.takes(&line) {
                        *byte = 0;
                        self.place = Place::Beyond;
                        return at;
                    }
                    if line.is_empty() {
                        self.place = std::mem::take(&mut self.next).place();
                        return at + 1;
                    }
                }
                b'\r' => {}
                byte if self.line.len() < LINE_MAX => self.line.push(byte),
                _ => {}
            }
        }
        bytes.len()
    }
}

impl Next {
    /// Takes in a line of the head; returns whether it can be read in one way only.
    fn takes(&mut self, line: &[u8]) -> bool {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return true };
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = (line.len() < LINE_MAX).then(|| length(value.trim_ascii())).flatten();
            return length.is_some() && !self.chunked && self.length.replace(length.unwrap_or(0)).is_none();
        }
        self.chunked |= name.eq_ignore_ascii_case(b"transfer-encoding");
        self.upgrade |= name.eq_ignore_ascii_case(b"upgrade");
        !(self.chunked && self.length.is_some())
    }

    fn place(self) -> Place {
        match self.length {
            _ if self.chunked || self.upgrade => Place::Beyond,
            None | Some(0) => Place::Head,
            Some(length) => Place::Body(length),
        }
    }
}

fn length(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is left of the bytes when they come in pieces of this size.
    fn checked(bytes: &str, piece: usize) -> Vec<u8> {
        let (mut heads, mut bytes) = (Heads::default(), bytes.as_bytes().to_vec());
        bytes.chunks_mut(piece).for_each(|piece| heads.check(piece));
        bytes
    }

    #[test]
    fn only_heads_that_can_be_read_in_two_ways_are_broken() {
        let get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\n\n\n\n";
        let socket = "GET /ws HTTP/1.1\r\nupgrade: websocket\r\n\r\n\n\n";
        let chunks = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\n\n0\n\n";
        for good in [get, post, socket, chunks, &format!("{post}{get}{post}"), &format!("\r\n{get}{chunks}")]
        {
            for piece in 1..good.len() {
                assert_eq!(checked(good, piece), good.as_bytes(), "{good} in pieces of {piece}");
            }
        }
        for bad in [
            "GET / HTTP/1.1\nhost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: x\ny: z\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: x\r\n\n",
            "\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: +1\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 1, 1\r\n\r\n",
            &format!("POST / HTTP/1.1\r\ncontent-length: {}1\r\n\r\n", " ".repeat(LINE_MAX)),
            &format!("{post}GET / HTTP/1.1\n"),
        ] {
            for piece in 1..bad.len() {
                let nulls = checked(bad, piece).iter().filter(|byte| **byte == 0).count();
                assert_eq!(nulls, 1, "{bad} in pieces of {piece}");
            }
        }
    }

    proptest! {
        /// However the bytes are cut, the result is the same.
        #[test]
        fn where_the_bytes_are_cut_makes_no_difference(
            parts in proptest::collection::vec(
                proptest::sample::select(vec!["\r\n", "\n", "\r", "a: b", "content-length: 3", "xyz", "upgrade: w"]),
                0..40,
            ),
            piece in 1_usize..20,
        ) {
            let text = parts.concat();
            prop_assert_eq!(checked(&text, piece), checked(&text, text.len().max(1)));
        }
    }
}
