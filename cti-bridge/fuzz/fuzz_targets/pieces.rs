//! Decoding bytes that arrive in pieces.

/// The messages of bytes that arrive in pieces of this size, and the error that ended them. `buffered_max` is what the
/// decoder may hold between two pieces.
macro_rules! messages {
    ($decoder:expr, $bytes:expr, $piece:expr, $buffered_max:expr) => {{
        let mut decoder = $decoder;
        let mut messages = Vec::new();
        let mut failed = None;
        'pieces: for piece in $bytes.chunks($piece) {
            decoder.push(piece);
            loop {
                match decoder.next_message() {
                    Ok(Some(message)) => messages.push(message),
                    Ok(None) => break,
                    Err(error) => {
                        failed = Some(error);
                        break 'pieces;
                    }
                }
            }
            assert!(decoder.buffered() <= $buffered_max);
        }
        (messages, failed)
    }};
}

pub(crate) use messages;
