//! XML event by event, with limits: a tag or a text that is too long is an error before it is in memory. Elements of
//! other namespaces than the part's own, and everything in them, are passed over.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::said;
use super::scope::{Meaning, Scope};
use crate::cause::io_error;
use crate::message;
use crate::message::Message;

/// The longest tag, comment or text without a tag, in bytes: a cell has at most 32,767 characters.
const PIECE_BYTES_MAX: usize = 1 << 20;

/// Bytes unpacked at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// How deep elements may be nested.
const DEPTH_MAX: u32 = 64;

/// The next event of the part's own namespace.
#[derive(Debug)]
pub(super) enum Piece<'x> {
    /// An element begins; an empty one ends at once.
    Start(BytesStart<'x>),
    /// An element ends.
    End(BytesEnd<'x>),
    /// Text, with references resolved. A text may come in several pieces.
    Text(Cow<'x, str>),
    /// A comment or a declaration, or something of another namespace.
    Nothing,
}

/// A part of a workbook being read.
pub(super) struct Xml<R: Read> {
    reader: Reader<Fuel<BufReader<R>>>,
    buffer: Vec<u8>,
    depth: u32,
    scope: Scope,
    /// The depth of the element that is passed over with all that it contains.
    passed: Option<u32>,
}

impl<R: Read> Xml<R> {
    pub(super) fn new(source: R) -> Self {
        let source = BufReader::with_capacity(CHUNK_BYTES, source);
        let mut reader = Reader::from_reader(Fuel { source, left: 0 });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, scope: Scope::default(), passed: None }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'_>>, Message> {
        self.buffer.clear();
        self.reader.get_mut().left = PIECE_BYTES_MAX;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(said)?;
        Ok(Some(match event {
            Event::Start(_) if self.depth == DEPTH_MAX => {
                return Err(message!(
                    "要素の入れ子が{max}段を超えています",
                    "elements are nested more than {max} deep",
                    max = DEPTH_MAX,
                ));
            }
            Event::Start(element) => {
                self.depth += 1;
                if self.passed.is_some() {
                    return Ok(Some(Piece::Nothing));
                }
                match self.scope.enter(&element, self.depth)? {
                    Meaning::Own => Piece::Start(element),
                    Meaning::Transparent => Piece::Nothing,
                    Meaning::Foreign => {
                        self.passed = Some(self.depth);
                        Piece::Nothing
                    }
                }
            }
            Event::End(element) => {
                let own = self.passed.is_none() && self.scope.is_own(element.name());
                if self.passed.is_none_or(|passed| passed == self.depth) {
                    self.passed = None;
                    self.scope.leave(self.depth);
                }
                self.depth = self.depth.saturating_sub(1);
                if own { Piece::End(element) } else { Piece::Nothing }
            }
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if self.passed.is_some() => {
                Piece::Nothing
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(c)) => Piece::Text(Cow::Owned(c.to_string())),
                Ok(None) => match resolve_xml_entity(&reference) {
                    Some(text) => Piece::Text(Cow::Borrowed(text)),
                    None => {
                        return Err(message!(
                            "参照 &{name}; は不明です",
                            "the reference &{name}; is unknown",
                            name = &*reference,
                        ));
                    }
                },
                Err(error) => return Err(said(error)),
            },
            Event::Eof if self.depth > 0 => {
                return Err(message!("途中で切れています", "it is cut off"));
            }
            Event::Eof => return Ok(None),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                Piece::Nothing
            }
        }))
    }
}

/// An attribute by its name; those with a prefix are of other namespaces.
pub(super) fn attribute<'x>(
    element: &'x BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'x, str>>, Message> {
    // Checking for repeated names would take time quadratic in their number.
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(said)?;
        if attribute.key.as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            return value.map(Some).map_err(said);
        }
    }
    Ok(None)
}

/// The values of the attributes with this name in some other namespace: `r:id`.
pub(super) fn foreign_attributes<'x>(
    element: &'x BytesStart<'_>,
    name: &'x str,
) -> impl Iterator<Item = Cow<'x, str>> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let named = attributes.filter_map(Result::ok).filter(move |attribute| {
        attribute.key.prefix().is_some() && attribute.key.local_name().as_ref() == name
    });
    named.filter_map(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok())
}

/// A source with fuel: it fails when more is read than is left, and is refilled for each piece.
struct Fuel<R> {
    source: R,
    left: usize,
}

impl<R: BufRead> Read for Fuel<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Fuel<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io_error(message!(
                "{max}バイトを超えるタグまたは文字列があります",
                "a tag or a text is longer than {max} bytes",
                max = PIECE_BYTES_MAX,
            )));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.source.consume(amount);
    }
}
