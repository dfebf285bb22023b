//! Stand-ins for networks that no test can reach: X, Facebook and Instagram, YouTube, Mastodon. Only tests and the desk's benchmark use this crate.
//!
//! The key decision: **a stand-in is believed only as far as others vouch for it.** Requests are written down, and tests hold them
//! against the vendors' own specifications; the vendors' own client libraries publish, read and delete here too
//! (`tests/social/clients.py`). It remembers what it took, and it fails on purpose in the ways that were seen in life: errors after
//! success, connections that break before or after, reads that lag, limits, tokens that end.

mod call;
mod graph;
mod mastodon;
mod world;
mod x;
mod youtube;

pub use call::{Call, Reply};
pub use world::{Faults, Medium, Memory, Post, Session, World};

/// Which network a server stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    X,
    /// Facebook Pages and Instagram.
    Graph,
    Youtube,
    Mastodon,
}

impl World {
    /// Answers one call.
    pub(crate) async fn answer(&self, call: &Call) -> Reply {
        match self.kind {
            Kind::X => x::answer(self, call).await,
            Kind::Graph => graph::answer(self, call).await,
            Kind::Youtube => youtube::answer(self, call).await,
            Kind::Mastodon => mastodon::answer(self, call).await,
        }
    }
}
