//! What both programs mean by a customer: the domain, the store, the data sets.
//!
//! This file is a code map only. The first group is pure: no I/O, no clock of its own.

// Who is calling, and how a number is written.
pub mod caller; // why there is no number, when there is none
pub mod phone; // every written form of a telephone number, to E.164

// Money and time.
pub mod calendar; // months
pub mod clock; // the only source of "now"
pub mod era; // dates as people write them, 和暦 included
pub mod money; // exact decimal amounts
pub mod terms; // closing days and payment days

// Text.
pub mod address; // prefectures and sales areas
pub mod color;
pub mod company; // company names as matching keys
pub mod encoding; // UTF-8, UTF-16 and CP932
pub mod kana; // 五十音 order
pub mod text; // search keys, what is safe to show

// Masters and labelled codes.
pub mod agent; // who uses the screen
pub mod call; // directions and outcomes of calls
pub mod cause; // errors of the system and of libraries in words for people
pub mod customer; // customer types, statuses, purposes
pub mod ids; // the order of codes that name a record
pub mod label; // the pattern behind every labelled enum
pub mod lang; // Japanese or English
pub mod message; // sentences for people, in both languages
pub mod rank; // the customer ranks and their order
pub mod sales; // channels, quotes, deals, orders, inquiries

// The store and what goes in and out.
pub mod audit_log; // who looked at whom: files beside the store
pub mod card; // what a pop-up shows of a customer
pub mod dataset; // every data set, declared once
pub mod export; // the store's rows into files
pub mod import; // files into the store, bad rows refused alone
pub mod profile; // layouts of other programs' files
pub mod settings_reader; // TOML, with every mistake at once
pub mod store; // the only public database API
pub mod value; // what a cell of the store holds

// How the programs end.
pub mod exit; // exit codes, and the failure that carries one

pub use caller::CallerNumber;
pub use clock::{Clock, Moment, SystemClock};
pub use lang::Lang;
pub use message::Message;
pub use phone::PhoneNumber;
