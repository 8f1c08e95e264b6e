//! Customer ranks and their order. Scoring lives in `analytics`; both programs need the order.

use std::cmp::Ordering;

use thiserror::Error;

use crate::label::labelled_enum;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

labelled_enum! {
    /// The direction of a rank change.
    pub enum RankDirection {
        /// To a better rank.
        Up = "up", "上昇", "Up", ["改善", "↑"];
        /// To a worse rank.
        Down = "down", "下降", "Down", ["悪化", "↓"];
        /// A first rank, or from a rank the master does not know.
        Initial = "initial", "初回", "Initial", ["新規"];
        /// No rank after the change: a first rank was reverted.
        Cleared = "cleared", "ランクなし", "Cleared", [];
        /// No change.
        Same = "same", "変化なし", "Same", ["維持", "→"];
    }
}

labelled_enum! {
    /// Who started a rank run.
    pub enum RankTrigger {
        /// The monthly schedule.
        Scheduled = "scheduled", "定期実行", "Scheduled", [];
        /// A person.
        Manual = "manual", "手動実行", "Manual", [];
    }
}

labelled_enum! {
    /// What a rank run did.
    pub enum RankRunMode {
        /// It computed ranks.
        Run = "run", "更新", "Run", [];
        /// It reverted another run.
        Revert = "revert", "取り消し", "Revert", [];
    }
}

labelled_enum! {
    /// What a rank run does with a customer, and why.
    pub enum RankReason {
        /// The rank changes.
        Changed = "changed", "変更", "changed", [];
        /// The customer already has the rank of the total.
        Unchanged = "unchanged", "変更なし", "unchanged", [];
        /// The customer is excluded from the automatic update.
        Excluded = "excluded", "更新対象外(自動更新から除外)", "not updated: excluded", [];
        /// The current rank is not a target of the update.
        NotTargetRank = "not_target_rank", "更新対象外(対象ランク以外)", "not updated: rank is not a target", [];
        /// The customer has no rank and such customers are not updated.
        Unranked = "unranked", "更新対象外(ランクなし)", "not updated: no rank", [];
        /// The current rank is not in the rank master.
        UnknownRank = "unknown_rank", "更新対象外(未登録のランク)", "not updated: unknown rank", [];
    }
}

impl RankReason {
    /// Whether the customer's rank follows the total.
    #[must_use]
    pub fn is_updated(self) -> bool {
        matches!(self, Self::Changed | Self::Unchanged)
    }
}

/// Why a list of ranks is not a rank master.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum RankMasterError {
    /// No rank at all.
    Empty,
    /// A blank name.
    Blank {
        /// Its place in the list, from 1.
        position: usize,
    },
    /// The same name twice.
    Duplicate {
        /// The name.
        name: String,
    },
}

impl Explain for RankMasterError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => message!(
                "ランクマスターが空です。上位から順に1つ以上のランクを登録してください",
                "the rank master is empty; list at least one rank, the best first",
            ),
            Self::Blank { position } => message!(
                "ランクマスターの{position}番目の名称が空です。名称を入力してください",
                "rank {position} of the master has no name; give it one",
                position = position,
            ),
            Self::Duplicate { name } => message!(
                "ランク {name} がランクマスターに2回あります。1つにしてください",
                "rank {name} is listed twice in the rank master; remove one",
                name = name,
            ),
        }
    }
}

/// The ranks in order, the best first. The order, not the letters, says what "better" means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankMaster {
    ranks: Vec<String>,
}

impl Default for RankMaster {
    fn default() -> Self {
        RankMaster { ranks: ["S", "A", "B", "C"].map(str::to_owned).to_vec() }
    }
}

impl RankMaster {
    /// A master from names, the best first.
    ///
    /// # Errors
    /// When the list is empty, a name is blank or listed twice.
    pub fn new<I, S>(names: I) -> Result<RankMaster, RankMasterError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let mut ranks: Vec<String> = Vec::new();
        for name in names {
            let name = name.as_ref().trim();
            if name.is_empty() {
                return Err(RankMasterError::Blank { position: ranks.len() + 1 });
            }
            if ranks.iter().any(|r| r == name) {
                return Err(RankMasterError::Duplicate { name: name.to_owned() });
            }
            ranks.push(name.to_owned());
        }
        if ranks.is_empty() { Err(RankMasterError::Empty) } else { Ok(RankMaster { ranks }) }
    }

    /// The names, the best first.
    #[must_use]
    pub fn ranks(&self) -> &[String] {
        &self.ranks
    }

    /// The place of a rank: 0 is the best. `None` when the master does not know it.
    #[must_use]
    pub fn position(&self, rank: &str) -> Option<usize> {
        self.ranks.iter().position(|r| r == rank.trim())
    }

    /// Compares two ranks: `Greater` means that `a` is the better one.
    /// `None` when the master does not know one of them.
    fn compare(&self, a: &str, b: &str) -> Option<Ordering> {
        Some(self.position(b)?.cmp(&self.position(a)?))
    }

    /// The direction of a change. An empty or unknown rank on either side has no order:
    /// the change is `Initial`, unless both are the same text.
    #[must_use]
    pub fn direction(&self, from: Option<&str>, to: Option<&str>) -> RankDirection {
        let (from, to) = (from.unwrap_or_default().trim(), to.unwrap_or_default().trim());
        if from == to {
            return RankDirection::Same;
        }
        match self.compare(to, from) {
            Some(Ordering::Greater) => RankDirection::Up,
            Some(Ordering::Less) => RankDirection::Down,
            Some(Ordering::Equal) => RankDirection::Same,
            None => RankDirection::Initial,
        }
    }
}
