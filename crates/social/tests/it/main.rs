//! The desk from outside.

mod conformance;
mod desk;
mod office;
mod outbox;
mod server;
