//! Records that were made here: no row of a file changes one, and none takes a number that is given here.

use crate::dataset::{Dataset, ORIGIN, Origin};
use crate::message;
use crate::message::Message;
use crate::store::driver::binds;
use crate::store::{StoreError, Transaction};
use crate::value::Value;

impl Transaction<'_> {
    /// Refuses a new row of a file whose number begins like those that are given here.
    pub(super) fn check_number(
        &mut self,
        dataset: &Dataset,
        key: &[&Value],
        values: &[Option<Value>],
    ) -> Result<(), StoreError> {
        let [Value::Text(number)] = key else { return Ok(()) };
        if !dataset.has_form_of_given(number, self.number_prefix()?) || is_own(dataset, values) {
            return Ok(());
        }
        let sql = format!("SELECT 1 FROM {} WHERE {} = ?1", dataset.table, dataset.key[0]);
        if self.db.exists(&sql, &binds(key.iter().copied()))? {
            return Ok(());
        }
        let prefix = self.number_prefix()?;
        Err(StoreError::MadeHere(message!(
            "「{number}」は使用できません。{prefix} で始まるこの形の番号は本システムで登録した記録専用です。別の番号にするか、\
             cti-bridge の設定 number_prefix を変更してください",
            "{number} cannot be used: numbers of this form that begin with {prefix} are only given here; use another \
             number, or change number_prefix in the bridge's settings",
            number = number,
            prefix = prefix,
        )))
    }
}

/// Whether the row says that it was made here: it comes from an export of a store.
fn is_own(dataset: &Dataset, values: &[Option<Value>]) -> bool {
    let said = dataset.column_index(ORIGIN).and_then(|at| values[at].as_ref());
    matches!(said, Some(Value::Text(said)) if said == Origin::Here.as_str())
}

/// The error of a row that would change a record that was made here.
pub(super) fn made_here(dataset: &Dataset, key: &[&Value]) -> StoreError {
    let part = |value: &&Value| match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Null => String::new(),
    };
    let number = key.iter().map(part).collect::<Vec<_>>().join("/");
    StoreError::MadeHere(sentence(dataset, &number))
}

fn sentence(dataset: &Dataset, number: &str) -> Message {
    message!(
        "「{number}」は本システムで登録した{dataset}の番号のため、取込では変更できません。別の記録であれば番号を変えて\
         ください。同じ顧客が別のコードで登録されている場合は analytics merge で統合してください",
        "{number} is the number of a record of {dataset} that was made here, which no import changes; give another record \
         another number, and join a customer who has two codes with `analytics merge`",
        number = number,
        dataset = dataset.label(),
    )
}
