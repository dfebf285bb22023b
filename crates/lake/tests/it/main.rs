//! The lake from outside: files in, rows out.

mod bad;
mod bench;
mod damage;
mod drift;
mod erase;
mod expunge;
mod forms;
mod full;
mod ingest;
mod policy;
mod preview;
mod prove;
mod public;
mod query;
mod shipped;
