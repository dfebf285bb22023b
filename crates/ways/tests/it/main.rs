//! The ways in, into a real lake.

mod basin;
mod document;
mod feed;
mod pull;
mod source;
mod watch;
mod witness;
