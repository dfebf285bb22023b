//! The desk from outside.

mod bluesky;
mod campaign;
mod conformance;
mod connect;
mod desk;
mod duty;
mod letter;
mod many;
mod office;
mod outbox;
mod plan;
mod revise;
mod server;
mod sign;
mod specification;
mod torture;
mod vendor;
