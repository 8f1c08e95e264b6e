//! What a snapshot removed, or why it was refused.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::label::Lang;
use crate::message;
use crate::message::{Explain, Label, Message, counted};

/// What a snapshot removed, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotReport {
    /// Rows in scope before the file: those that the file has too, those that are removed and those that stay.
    pub before: u64,
    /// Rows that are removed.
    pub vanished: u64,
    /// The exact sum of their amounts, where the data set has amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The first of their keys.
    pub keys: Vec<String>,
    /// Rows that the file lacks and that stay, because other rows refer to them.
    pub kept: u64,
    /// The first of their keys.
    pub kept_keys: Vec<String>,
    /// Rows that the file lacks and that stay, because they were made here.
    pub own: u64,
}

/// Why a snapshot was refused. Nothing of its file is in the store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum SnapshotRefusal {
    /// A row was refused: the file is not complete.
    Refused {
        /// How many.
        refused: u64,
        /// The first of them.
        first: Message,
    },
    /// More rows would be removed than is allowed.
    TooMany {
        /// How many would be removed.
        vanishing: u64,
        /// Of how many.
        before: u64,
        /// The allowed share.
        max_ratio: Decimal,
    },
    /// Two files of one data set, each said to be complete.
    SeveralFiles(Label),
    /// The data set has no months.
    NoMonths(Label),
}

impl Explain for SnapshotRefusal {
    fn message(&self) -> Message {
        match self {
            Self::Refused { refused, first } => message!(
                "取込エラーの行が{refused}件あるため、洗い替えできません({first})。行を修正するか、--snapshot を付けずに\
                 取り込んでください",
                "{refused} refused, so the file is not complete ({first}); correct them, or import without \
                 --snapshot",
                refused = counted(refused, "row was", "rows were"),
                first = first,
            ),
            Self::TooMany { vanishing, before, max_ratio } => message!(
                "{before}件のうち{vanishing}件が削除されます。許容割合 {max_ratio} を超えるため中止しました。ファイルに\
                 すべての行がそろっているか確認し、問題がなければ --snapshot-max-ratio の値を大きくしてください",
                "{vanishing} of {before} would be removed, more than the allowed share of {max_ratio}; check that \
                 the file is complete, and raise --snapshot-max-ratio if it is",
                vanishing = vanishing,
                before = counted(before, "row", "rows"),
                max_ratio = max_ratio,
            ),
            Self::SeveralFiles(dataset) => message!(
                "「{dataset}」のファイルが2つ以上あるため、洗い替えできません。1つのファイルにまとめるか、月ごとのファイル\
                 なら --snapshot-months を指定してください",
                "there is more than one file of {dataset}, so none of them is complete; give one file, or use \
                 --snapshot-months",
                dataset = dataset,
            ),
            Self::NoMonths(dataset) => message!(
                "「{dataset}」は月単位のデータではありません。--snapshot-months を外してください",
                "{dataset} is not kept by month; leave out --snapshot-months",
                dataset = dataset,
            ),
        }
    }
}
