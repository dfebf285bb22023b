//! The log on disk: appended to from all sides, killed, cut, put back from backups, handed to an outsider.

mod append;
mod bench;
mod outsider;
mod trouble;
