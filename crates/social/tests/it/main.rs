//! The desk from outside.

mod bluesky;
mod campaign;
mod conformance;
mod connect;
mod desk;
mod duty;
mod many;
mod office;
mod outbox;
mod server;
mod sign;
mod specification;
mod torture;
mod vendor;
