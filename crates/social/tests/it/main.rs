//! The desk from outside.

mod bluesky;
mod conformance;
mod desk;
mod office;
mod outbox;
mod server;
mod torture;
