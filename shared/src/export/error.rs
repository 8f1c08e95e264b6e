//! Why an export ended before its end.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::cause::Cause;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Label, Message};
use crate::store::StoreError;

/// Why an export ended.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum ExportError {
    /// The store.
    Store(#[from] StoreError),
    /// The file.
    Unwritable {
        /// The file.
        path: String,
        /// The error of the system.
        reason: Message,
        /// Whether the disk failed (it is full), and not the place.
        failed: bool,
    },
    /// Characters that CP932 does not have.
    Unmappable {
        /// The data set, or the title of what is written.
        dataset: Message,
        /// The first ones.
        places: Vec<UnmappablePlace>,
        /// How many more there are.
        uncounted: u64,
    },
    /// The profile writes another data set.
    OtherDataset {
        /// The profile.
        profile: String,
        /// What it writes.
        writes: Label,
        /// What was asked for.
        wanted: Vec<Label>,
    },
}

/// A character that CP932 does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmappablePlace {
    /// The row of the file, from 1, without the header.
    pub row: u64,
    /// The header of the column.
    pub column: String,
    /// The character.
    pub character: char,
}

impl Explain for ExportError {
    fn message(&self) -> Message {
        match self {
            Self::Store(error) => error.message(),
            Self::Unwritable { path, reason, .. } => message!(
                "{path} に書き込めません({reason})。フォルダーと空き容量を確認してください",
                "{path} cannot be written: {reason}; check the folder and the free space on the disk",
                path = path,
                reason = reason,
            ),
            Self::Unmappable { dataset, places, uncounted } => message!(
                "「{dataset}」に Shift_JIS で表せない文字があります: {places}{more}。UTF-8 で出力するか、〓 に置き換える\
                 指定をしてください",
                "{dataset} has characters that do not exist in Shift_JIS: {places}{more}; export as UTF-8, \
                 or have them replaced by 〓",
                dataset = dataset,
                places = Message::join(places.iter().map(UnmappablePlace::message), Label::new("、", "; ")),
                more = further(*uncounted),
            ),
            Self::OtherDataset { profile, writes, wanted } => message!(
                "取込プロファイル {profile} で出力できるのは「{writes}」です(指定されたデータ種別: {wanted})。データ種別に\
                 「{writes}」を指定するか、別のプロファイルを指定してください",
                "the profile {profile} writes {writes}, not {wanted}; export {writes}, or choose another profile",
                profile = profile,
                writes = writes,
                wanted = Message::join(wanted, Label::new("、", ", ")),
            ),
        }
    }
}

impl UnmappablePlace {
    fn message(&self) -> Message {
        message!(
            "{row}行目「{column}」の {character}(U+{code})",
            "row {row}, {column}: {character} (U+{code})",
            row = self.row,
            column = self.column,
            character = self.character,
            code = format!("{:04X}", u32::from(self.character)),
        )
    }
}

/// How many further places there are.
fn further(uncounted: u64) -> Message {
    match uncounted {
        0 => Label::new("", "").into(),
        count => message!("、ほか{count}件", "; and {count} more", count = count),
    }
}

impl ExportError {
    pub(super) fn unwritable(path: &Path, error: &io::Error) -> Self {
        let failed = matches!(
            error.kind(),
            ErrorKind::StorageFull
                | ErrorKind::QuotaExceeded
                | ErrorKind::FileTooLarge
                | ErrorKind::WriteZero
        );
        Self::Unwritable { path: path.display().to_string(), reason: error.cause(), failed }
    }

    /// A failure of the output, whose name is not known here.
    pub(super) fn broken(error: impl Cause) -> Self {
        Self::Unwritable { path: String::new(), reason: error.cause(), failed: true }
    }

    /// The error with the name of the output.
    pub(super) fn named(self, path: &Path) -> Self {
        match self {
            Self::Unwritable { path: unknown, reason, failed } if unknown.is_empty() => {
                Self::Unwritable { path: path.display().to_string(), reason, failed }
            }
            error => error,
        }
    }
}
