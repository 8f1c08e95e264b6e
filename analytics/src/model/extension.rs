//! Extension fields, which the company defines, as axes and filters of reports (`docs/reports.md#options`).
//!
//! The definitions are read from the store, the values from the mirror.

use std::ops::ControlFlow;

use shared::dataset::{Dataset, EXTENSION_FIELDS, ExtensionKind, by_name};
use shared::exit::Failure;
use shared::import::field_value;
use shared::label::Labelled;
use shared::message;
use shared::message::Message;
use shared::store::{Store, StoreError};
use shared::text::search_key;

use crate::engine::quoted;

/// Prefix of a field's code on the command line and in JSON.
pub(crate) const PREFIX: &str = "ext:";

/// An extension field of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionField {
    /// The data set whose rows have it.
    pub dataset: &'static str,
    /// Its code.
    pub code: String,
    /// Its label, else its code.
    pub label: String,
    /// The kind of its values.
    pub kind: ExtensionKind,
}

impl ExtensionField {
    /// The identifier in JSON and on the command line: `ext:CODE`.
    pub fn name(&self) -> String {
        format!("{PREFIX}{}", self.code)
    }

    /// A typed value in its stored form.
    ///
    /// # Errors
    /// It is not of the field's kind: exit code 64.
    pub(crate) fn stored(&self, typed: &str) -> Result<String, Failure> {
        field_value(self.kind, typed).map_err(|reason| {
            Failure::usage(message!(
                "--where {field}={typed}: {reason}",
                "--where {field}={typed}: {reason}",
                field = self.code,
                typed = typed,
                reason = reason,
            ))
        })
    }

    /// The value of the row with this key. There is at most one, which the aggregate states for every engine.
    pub(crate) fn sql(&self, key: &str) -> String {
        format!(
            "(SELECT MAX(v.value) FROM extension_values v WHERE v.dataset = {} AND v.field_code = {} \
             AND v.row_key = {key})",
            quoted(self.dataset),
            quoted(&self.code),
        )
    }
}

/// The extension fields of some data sets.
#[derive(Debug, Clone, Default)]
pub struct ExtensionFields(Vec<ExtensionField>);

impl ExtensionFields {
    /// Reads the definitions of these data sets.
    pub fn read(store: &Store, datasets: &[&Dataset]) -> Result<Self, StoreError> {
        let column = |name: &str| EXTENSION_FIELDS.column_index(name).unwrap_or(usize::MAX);
        let (dataset, code, label) = (column("dataset"), column("field_code"), column("label_ja"));
        let kind = column("kind");
        let mut fields = Vec::new();
        store.reader()?.scan(&EXTENSION_FIELDS, None, &mut |row| {
            let owner = row.text(dataset).and_then(by_name);
            if let Some(owner) =
                owner.filter(|owner| datasets.iter().any(|dataset| dataset.name == owner.name))
            {
                let code = row.text(code).unwrap_or_default().to_owned();
                let label = row.text(label).map_or_else(|| code.clone(), str::to_owned);
                let kind = row.text(kind).and_then(ExtensionKind::from_identifier);
                let kind = kind.unwrap_or(ExtensionKind::Text);
                fields.push(ExtensionField { dataset: owner.name, code, label, kind });
            }
            ControlFlow::Continue(())
        })?;
        Ok(Self(fields))
    }

    /// The field of this code or label, regardless of width and kind of kana; a code takes precedence.
    ///
    /// # Errors
    /// No such field, or several with this label: exit code 64, with the defined fields.
    pub fn find(&self, typed: &str) -> Result<&ExtensionField, Failure> {
        let typed = typed.trim();
        let typed = typed.strip_prefix(PREFIX).unwrap_or(typed);
        let key = search_key(typed);
        let exact = self.0.iter().find(|field| field.code == typed);
        if let Some(field) = exact.or_else(|| self.0.iter().find(|field| search_key(&field.code) == key)) {
            return Ok(field);
        }
        let mut labelled = self.0.iter().filter(|field| search_key(&field.label) == key);
        match (labelled.next(), labelled.next()) {
            (Some(field), None) => Ok(field),
            (Some(_), Some(_)) => Err(self.wrong(&message!(
                "「{typed}」という名前の項目が複数あります",
                "several fields are called {typed}",
                typed = typed,
            ))),
            (None, _) => Err(self.wrong(&message!(
                "拡張項目「{typed}」はありません",
                "there is no extension field {typed}",
                typed = typed,
            ))),
        }
    }

    /// The fields as a list: `route (配送便), seats (席数)`.
    pub(crate) fn listed(&self) -> String {
        let listed: Vec<String> =
            self.0.iter().map(|field| format!("{} ({})", field.code, field.label)).collect();
        listed.join(", ")
    }

    fn wrong(&self, what: &Message) -> Failure {
        let known = self.listed();
        let cure = match known.is_empty() {
            true => message!(
                "拡張項目は登録されていません。extension_fields.csv を取り込んでください",
                "none is defined; import extension_fields.csv",
            ),
            false => message!(
                "次のいずれかをコードで指定してください: {known}",
                "choose by code one of: {known}",
                known = known,
            ),
        };
        Failure::usage(message!("{what}。{cure}", "{what}; {cure}", what = *what, cure = cure))
    }
}

#[cfg(test)]
mod tests {
    use shared::dataset::CUSTOMERS;

    use super::*;

    fn fields(all: &[(&str, &str)]) -> ExtensionFields {
        let field = |(code, label): &(&str, &str)| ExtensionField {
            dataset: CUSTOMERS.name,
            code: (*code).to_owned(),
            label: (*label).to_owned(),
            kind: ExtensionKind::Text,
        };
        ExtensionFields(all.iter().map(field).collect())
    }

    #[test]
    fn a_field_is_found_by_code_before_label() {
        let fields = fields(&[
            ("visit", "ホウモン"),
            ("route", "配送便"),
            ("x", "route"),
            ("y", "二つ"),
            ("z", "二つ"),
        ]);
        for (typed, code) in
            [("visit", "visit"), ("ext:VISIT", "visit"), ("ﾎｳﾓﾝ", "visit"), ("route", "route")]
        {
            assert_eq!(fields.find(typed).unwrap().code, code, "{typed}");
        }
        let error = fields.find("色").unwrap_err().to_string();
        assert!(
            error.contains("色") && error.contains("visit (ホウモン)") && !error.contains('\n'),
            "{error}"
        );
        assert!(fields.find("二つ").unwrap_err().to_string().contains("several"));
    }

    #[test]
    fn values_are_quoted() {
        let (code, kind) = ("a'b".to_owned(), ExtensionKind::Text);
        let field = ExtensionField { dataset: CUSTOMERS.name, code, label: String::new(), kind };
        assert!(field.sql("c.customer_code").contains("'a''b'"));
    }
}
