//! d
pub mod call; // signals, changes, the pure call tracker
pub mod source; // telephone systems: connect and translate
