//! One binary for all integration tests.

mod archives;
mod builtin;
mod contracts;
mod delimited;
mod forms;
mod golden;
mod hostile;
mod large;
mod legacy;
mod nested;
mod properties;
mod public;
mod sheets;
mod support;
