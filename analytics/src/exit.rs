//! How an error of this program becomes the failure that ends it (`docs/exit-codes.md`).

use shared::exit::{DATA, Failure, IO, LOCKED, NO_INPUT, SOFTWARE};
use shared::message::Explain;

use crate::mirror::MirrorError;
use crate::warehouse::WarehouseError;

impl From<MirrorError> for Failure {
    fn from(error: MirrorError) -> Self {
        let code = match error {
            MirrorError::Store(error) => return error.into(),
            MirrorError::Missing(_) => NO_INPUT,
            MirrorError::Unreadable { .. } | MirrorError::Outdated(_) | MirrorError::Value { .. } => DATA,
            MirrorError::Locked(_) => LOCKED,
            MirrorError::Io { .. } => IO,
            MirrorError::Engine(_) | MirrorError::Mismatch { .. } => SOFTWARE,
        };
        Self::new(code, error.message())
    }
}

impl From<WarehouseError> for Failure {
    fn from(error: WarehouseError) -> Self {
        match error {
            WarehouseError::Mirror(error) => error.into(),
            WarehouseError::Engine(_) | WarehouseError::Shape(_) => Self::software(error.message()),
        }
    }
}
