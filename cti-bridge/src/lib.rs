//! d
pub mod call; // signals, changes, the pure call tracker
pub mod simulator; // a telephone system that plays scripts
pub mod source; // telephone systems: connect and translate
