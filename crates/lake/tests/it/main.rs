//! The lake from outside: files in, rows out.

mod bench;
mod erase;
mod ingest;
mod query;
mod shipped;
