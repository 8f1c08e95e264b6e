//! Documents of a file without line numbers of which a line is in quarantine: when the file has less lines of one than
//! the number of the refused line, it is not the whole document, and its lines would overwrite others.

use std::collections::HashMap;

use crate::dataset::Dataset;
use crate::import::report::fault::RowFault;
use crate::message;
use crate::store::{Reader, StoreError, Value};

/// The documents with refused lines, and how many lines of each the file has.
#[derive(Debug, Default)]
pub(super) struct PartialDocuments {
    documents: HashMap<String, Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    /// The number of the last refused line.
    refused: i64,
    in_file: i64,
}

impl PartialDocuments {
    /// Reads the documents that have refused lines.
    pub(super) fn load(reader: &mut Reader, dataset: &Dataset) -> Result<Self, StoreError> {
        let mut documents: HashMap<String, Lines> = HashMap::new();
        for key in reader.open_quarantine_keys(dataset.name)? {
            let Some((document, line)) = key.rsplit_once('/') else { continue };
            let Ok(line) = line.parse() else { continue };
            let lines = documents.entry(document.to_owned()).or_default();
            lines.refused = lines.refused.max(line);
        }
        Ok(Self { documents })
    }

    /// The file has a line of this document.
    pub(super) fn see(&mut self, document: Option<&Value>) {
        if self.documents.is_empty() {
            return;
        }
        if let Some(Value::Text(document)) = document
            && let Some(lines) = self.documents.get_mut(document)
        {
            lines.in_file += 1;
        }
    }

    /// The fault of a line whose document is not whole in this file.
    pub(super) fn fault(&self, document: Option<&Value>) -> Option<RowFault> {
        let Some(Value::Text(document)) = document.filter(|_| !self.documents.is_empty()) else {
            return None;
        };
        let lines = self.documents.get(document).filter(|lines| lines.in_file < lines.refused)?;
        let message = message!(
            "伝票 {document} には取込エラーになった明細({line}行目)があり、このファイルにはその伝票の明細が{found}行しかないため、\
             行番号がわかりません。analytics quarantine export で書き出したファイル(行番号が付きます)を訂正するか、伝票の全明細を\
             含むファイルを取り込んでください",
            "line {line} of {document} was refused before, and this file has only {found} lines of it, without numbers: \
             correct the file that `analytics quarantine export` writes, which has the numbers, or import the whole \
             document",
            document = document,
            line = lines.refused,
            found = lines.in_file,
        );
        Some(RowFault::new("lines_counted", message))
    }
}
