//! Extension fields, which the company defines, as axes and filters of reports (`docs/reports.md#options`).
//!
//! The definitions are read from the store, the values from the mirror. Only fields of customers divide reports;
//! those of other data sets are stored and exported.

use std::ops::ControlFlow;

use shared::dataset::{CUSTOMERS, EXTENSION_FIELDS, ExtensionKind};
use shared::exit::Failure;
use shared::import::field_value;
use shared::label::Labelled;
use shared::message;
use shared::message::Message;
use shared::store::{Store, StoreError};
use shared::text::search_key;

use crate::engine::quoted;
use crate::warehouse::Literal;

/// Prefix of a field's code on the command line and in JSON.
pub(crate) const PREFIX: &str = "ext:";

/// An extension field of customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionField {
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

    /// The value of the customer `c`. There is at most one, which the aggregate states for every engine.
    pub(crate) fn sql(&self) -> String {
        format!("(SELECT MAX(v.value) {} AND v.row_key = c.customer_code)", self.values())
    }

    /// The condition that the customer `c` has one of these values, or, when `missing`, no value.
    pub(crate) fn condition(&self, values: &[String], missing: bool) -> String {
        let named = format!(
            "c.customer_code IN (SELECT v.row_key {} AND v.value IN {})",
            self.values(),
            Literal::Texts(values.to_vec()).sql()
        );
        match missing {
            false => named,
            true => format!(
                "({named} OR c.customer_code NOT IN (SELECT v.row_key {} AND v.value IS NOT NULL))",
                self.values()
            ),
        }
    }

    fn values(&self) -> String {
        format!(
            "FROM extension_values v WHERE v.dataset = {} AND v.field_code = {}",
            quoted(CUSTOMERS.name),
            quoted(&self.code)
        )
    }
}

/// The extension fields of customers.
#[derive(Debug, Clone, Default)]
pub struct ExtensionFields(Vec<ExtensionField>);

impl ExtensionFields {
    /// Reads the definitions.
    pub fn read(store: &Store) -> Result<Self, StoreError> {
        let column = |name: &str| EXTENSION_FIELDS.column_index(name).unwrap_or(usize::MAX);
        let (dataset, code, label) = (column("dataset"), column("field_code"), column("label_ja"));
        let kind = column("kind");
        let mut fields = Vec::new();
        store.reader()?.scan(&EXTENSION_FIELDS, None, &mut |row| {
            if row.text(dataset) == Some(CUSTOMERS.name) {
                let code = row.text(code).unwrap_or_default().to_owned();
                let label = row.text(label).map_or_else(|| code.clone(), str::to_owned);
                let kind = row.text(kind).and_then(ExtensionKind::from_identifier);
                let kind = kind.unwrap_or(ExtensionKind::Text);
                fields.push(ExtensionField { code, label, kind });
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
                "顧客に拡張項目「{typed}」はありません",
                "customers have no field {typed}",
                typed = typed,
            ))),
        }
    }

    fn wrong(&self, what: &Message) -> Failure {
        let known: Vec<String> =
            self.0.iter().map(|field| format!("{} ({})", field.code, field.label)).collect();
        let cure = match known.is_empty() {
            true => message!(
                "拡張項目は登録されていません。extension_fields.csv を取り込んでください",
                "none is defined; import extension_fields.csv",
            ),
            false => message!(
                "次のいずれかをコードで指定してください: {known}",
                "choose by code one of: {known}",
                known = known.join(", "),
            ),
        };
        Failure::usage(message!("{what}。{cure}", "{what}; {cure}", what = *what, cure = cure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(all: &[(&str, &str)]) -> ExtensionFields {
        let field = |(code, label): &(&str, &str)| ExtensionField {
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
        let field =
            ExtensionField { code: "a'b".to_owned(), label: String::new(), kind: ExtensionKind::Text };
        let sql = field.condition(&["x' OR 1=1 --".to_owned()], true);
        assert!(sql.contains("'a''b'") && sql.contains("'x'' OR 1=1 --'"), "{sql}");
    }
}
