//! The ways into the lake besides a file in the hand: feeds, watched folders, pulls from other people's systems.
//!
//! The key decision: **every way ends in the ordinary ingest.** Whatever arrives becomes a raw object first (a batch of a feed, the
//! rows of a query, the pages of an API), and that object is taken in under its contract like any file, with the same checks, the same
//! account and the same proof of origin. So nothing here has to be right about rows; it has to be right about *when something
//! counts as received*: a feed answers, and a pull moves its watermark, only after the commit. What is sent or fetched twice is
//! recognised by the contract's key.

pub mod document;
pub mod feed;
pub mod pull;
pub mod schedule;
pub mod source;
pub mod watch;
pub mod witness;

pub use feed::{Ack, Feed, FeedError, Feeds, LineError, Settings};
pub use pull::{Pull, PullError, Pulled, Pulls};
pub use watch::{Settled, Watched};
