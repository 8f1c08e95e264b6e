//! The database beneath the repositories: SQL with positional values in, typed rows out.
//!
//! The repositories name no database crate. Only [`sqlite`] does; a second database is a second file beside it with
//! the same [`Connection`], [`Statement`] and [`Row`].

mod cell;
mod sqlite;

pub(super) use cell::instant_text;
pub(super) use cell::{Bind, Cell, bind, binds};
pub(super) use sqlite::{Access, BUSY_TIMEOUT, Connection, Row, Statement};
