//! The ways in, into a real lake.

mod basin;
mod feed;
mod pull;
mod watch;
