//! The desk: what the department says in public, from the first draft to the proof that it was said once.
//!
//! **A post that may have gone out is never sent again blindly.** Networks answer "error" for posts that are live, time out after
//! they accepted, and forget what they were asked. So sending is split in two: `prepare` may be repeated at will, `commit` is
//! the one call that cannot be taken back. It is recorded before it is made, and an unclear answer is a state of its own
//! (`unknown`) that only reading the network, or a person, can end. Everything else in this crate (checks, approvals,
//! pauses, takedowns) decides *whether* that call may be made.
//!
//! **What is data is data**: limits, prices and patience of the networks are in `data/networks.yaml`, and the sentences by
//! which checks and sentiment are measured in `data/labelled.tsv` and `data/feeling.tsv`.
//!
//! Not here: tables of persons (this crate does not know the lake), profiles of citizens, likes, follows or reposts.

pub mod bulk;
pub mod caption;
pub mod check;
pub mod desk;
pub mod limit;
pub mod link;
pub mod media;
pub mod message;
pub mod network;
pub mod outbox;
pub mod recur;
pub mod refusal;
pub mod registry;
pub mod sentiment;
pub mod text;
pub mod transcode;
pub mod vault;
pub mod webhook;

pub use desk::Desk;
pub use limit::NetworkName;
pub use message::Message;
pub use outbox::Outbox;

/// Pairs of a URL's query, decoded.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Why the desk did not do something.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// A rule, a role or the state of things stands against it; the text says which and what to do.
    #[error("{0}")]
    Refused(String),
    /// The input cannot be understood.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Network(#[from] network::Trouble),
    #[error(transparent)]
    Vault(#[from] vault::VaultError),
}
