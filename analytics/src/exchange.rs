//! `sample`, `import` and `export`: files of other programs into the store and out of it (`docs/import.md`).

mod columnar;
mod describe;
mod export;
mod import;
mod imported;
mod profile;
mod sample;

pub use export::{ExportArgs, export};
pub use import::{ImportArgs, import};
pub use sample::sample;
