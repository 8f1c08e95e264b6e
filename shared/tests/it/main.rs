//! All integration tests of this crate, in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "a test ends at the first error")]

mod audit_log;
mod calls_support;
mod company_data;
mod datasets_document;
mod domain_codes;
mod domain_phone;
mod domain_text;
mod domain_time;
mod export_profiles;
mod export_roundtrip;
mod import_cells;
mod import_detect;
mod import_extensions;
mod import_lines;
mod import_lists;
mod import_nasty;
mod import_profiles;
mod import_rows;
mod import_slices;
mod import_snapshot;
mod import_sources;
mod import_support;
mod import_values;
mod import_workbooks;
mod settings_reader;
mod store_calls;
mod store_card_format;
mod store_contract;
mod store_merge;
mod store_missed_calls;
mod store_rank;
mod store_retention;
mod store_sign_in;
