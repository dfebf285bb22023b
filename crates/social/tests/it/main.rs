//! The desk from outside.

mod bluesky;
mod conformance;
mod connect;
mod desk;
mod office;
mod outbox;
mod server;
mod specification;
mod torture;
mod vendor;
