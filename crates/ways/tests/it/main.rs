//! The ways in, into a real lake.

mod basin;
mod cut;
mod document;
mod feed;
mod members;
mod pull;
mod source;
mod watch;
