//! The texts that cells share: in memory as far as they are few, in a file without a name beyond that.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use super::Trouble;
use super::text::Text;
use super::xml::{Piece, Xml};

/// The most texts.
const STRINGS_MAX: usize = 1 << 25;

/// The most bytes of all texts.
const BYTES_MAX: usize = 2 << 30;

/// How many bytes of them are held in memory.
const HELD_BYTES_MAX: usize = 128 << 20;

/// The texts, by their number.
#[derive(Default)]
pub(super) struct Strings {
    held: String,
    /// What follows what is held.
    spilled: Option<File>,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Strings {
    /// Reads the part that has them.
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
            let reason = format!("it has more than {STRINGS_MAX} shared texts, or {BYTES_MAX} bytes of them");
            return Err(Trouble::Broken(reason));
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
        // The limit lies below what 32 bits hold.
        self.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Appends a text; false when there is none of this number.
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
