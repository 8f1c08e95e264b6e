//! The texts that cells share: in memory up to a limit, in an unnamed temporary file beyond it.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use super::Trouble;
use super::text::Text;
use super::xml::{Piece, Xml};
use crate::message;

/// The most texts.
const STRINGS_MAX: usize = 1 << 25;

/// The most bytes of all texts.
const BYTES_MAX: usize = 2 << 30;

/// How many bytes of them are held in memory.
const HELD_BYTES_MAX: usize = 128 << 20;

/// The texts, by their number.
#[derive(Default)]
pub(super) struct SharedStrings {
    held: String,
    /// The texts that are not held.
    spilled: Option<File>,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl SharedStrings {
    /// Reads the part with the texts.
    pub(super) fn read(part: impl Read) -> Result<Self, Trouble> {
        let mut strings = Self::default();
        let mut spill = None;
        let mut xml = Xml::new(part);
        let mut text = Text::default();
        while let Some(piece) = xml.next()? {
            match &piece {
                Piece::Start(element) if element.local_name().as_ref() == "si" => text.clear(),
                Piece::End(element) if element.local_name().as_ref() == "si" => {
                    strings.push(text.decoded(), &mut spill)?;
                }
                _ => text.take(&piece),
            }
        }
        if let Some(spill) = spill {
            let file =
                BufWriter::into_inner(spill).map_err(|error| Trouble::Temporary(error.into_error()))?;
            strings.spilled = Some(file);
        }
        Ok(strings)
    }

    fn push(&mut self, text: &str, spill: &mut Option<BufWriter<File>>) -> Result<(), Trouble> {
        let end = self.ends.last().map_or(0, |end| *end as usize) + text.len();
        if self.ends.len() == STRINGS_MAX || end > BYTES_MAX {
            return Err(Trouble::Broken(message!(
                "共有文字列が{texts}個または{bytes}バイトを超えています",
                "it has more than {texts} shared texts, or {bytes} bytes of them",
                texts = STRINGS_MAX,
                bytes = BYTES_MAX,
            )));
        }
        if spill.is_none() && end <= HELD_BYTES_MAX {
            self.held.push_str(text);
        } else {
            let file = match spill {
                Some(file) => file,
                None => spill.insert(BufWriter::new(tempfile::tempfile().map_err(Trouble::Temporary)?)),
            };
            file.write_all(text.as_bytes()).map_err(Trouble::Temporary)?;
        }
        // BYTES_MAX fits into 32 bits.
        self.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Appends the text of a number; false when there is no such text.
    pub(super) fn append(&mut self, number: usize, cell: &mut String) -> Result<bool, Trouble> {
        let Some(end) = self.ends.get(number).map(|end| *end as usize) else { return Ok(false) };
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        if let Some(text) = self.held.get(start..end) {
            cell.push_str(text);
            return Ok(true);
        }
        let Some(file) = &mut self.spilled else { return Ok(false) };
        file.seek(SeekFrom::Start((start - self.held.len()) as u64)).map_err(Trouble::Temporary)?;
        let length = (end - start) as u64;
        Read::by_ref(file).take(length).read_to_string(cell).map_err(Trouble::Temporary)?;
        Ok(true)
    }
}
