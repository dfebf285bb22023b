//! The desk from outside.

mod conformance;
