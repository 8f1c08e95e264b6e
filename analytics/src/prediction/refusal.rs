//! Why a model gives no numbers.

use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Message};

/// What the data does not tell, and what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum Refusal {
    /// There are too few customers.
    TooFew {
        /// Those there are.
        customers: u64,
        /// Those it needs.
        needed: u64,
    },
    /// Every customer bought for the first time on the last day.
    NoTime,
    /// Nobody bought a second time.
    NoRepeats,
    /// The likelihood grows for ever as a parameter goes to zero or to infinity.
    Runaway {
        /// The parameter.
        parameter: &'static str,
        /// Whether it goes to infinity.
        upwards: bool,
    },
    /// Every value of a parameter fits about as well.
    Undetermined {
        /// The parameter.
        parameter: &'static str,
    },
    /// The maximum was not reached.
    NotConverged {
        /// The steps that were made.
        steps: u32,
    },
}

impl Explain for Refusal {
    fn message(&self) -> Message {
        match *self {
            Self::TooFew { customers, needed } => message!(
                "対象の顧客が {customers} 件しかなく、モデルを推定できません(最低 {needed} 件)。絞り込みを減らすか、期間を\
                 延ばしてください",
                "there are only {customers} customers to estimate the model from, and it needs {needed}; use fewer \
                 filters or a longer period",
                customers = customers,
                needed = needed,
            ),
            Self::NoTime => message!(
                "全顧客の初回購入が最終日で、購入の間隔が分かりません。後の日付を --until に指定してください",
                "every customer first bought on the last day, so nothing is known of how often they buy; give a later \
                 day with --until",
            ),
            Self::NoRepeats => message!(
                "2回以上購入した顧客がいないため、購入の間隔と離脱を推定できません",
                "no customer bought twice, so neither how often they buy nor whether they leave can be estimated",
            ),
            Self::Runaway { parameter, upwards } => message!(
                "最尤推定値がありません: パラメーター {parameter} が{way}ほど尤度が高くなります。この顧客の購入の仕方は\
                 モデルに合いません",
                "there is no maximum likelihood estimate: the likelihood grows as the parameter {parameter} goes to \
                 {way}; these customers do not buy as the model says",
                parameter = parameter,
                way = match upwards {
                    true => message!("大きくなる", "infinity"),
                    false => message!("0 に近づく", "zero"),
                },
            ),
            Self::Undetermined { parameter } => message!(
                "データからパラメーター {parameter} を決められません(どの値でも尤度がほぼ同じです)。顧客または期間を増やして\
                 ください",
                "the data does not determine the parameter {parameter}: every value fits about as well; use more \
                 customers or a longer period",
                parameter = parameter,
            ),
            Self::NotConverged { steps } => message!(
                "推定が {steps} 回の反復で収束しませんでした。別のモデル(--model)を試してください",
                "the estimation did not converge in {steps} steps; try another model (--model)",
                steps = steps,
            ),
        }
    }
}
