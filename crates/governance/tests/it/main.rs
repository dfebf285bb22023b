//! The log and the decision against slow, plain references.

mod log;
mod policy;
mod reference;
