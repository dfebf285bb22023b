//! The tables as SeaORM entities. The schema itself is in `schema`; a test compares the two.

pub mod history;
pub mod object;
pub mod run;
pub mod setting;
pub mod upload;
