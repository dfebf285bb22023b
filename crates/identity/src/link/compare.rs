//! Comparators over two values. Pure functions; what they are given has been normalised.

pub mod bag;
pub mod date;
pub mod geo;
pub mod phonetic;
pub mod text;
pub mod words;
