//! Writes made-up persons with spoilt repetitions as CSV: `persons ROWS SEED OUT.csv`. Column `cluster` is the truth.

#[path = "../tests/it/persons.rs"]
mod persons;

use std::io::{BufWriter, Write};

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let number = |i: usize| args.get(i).and_then(|t| t.parse::<u64>().ok());
    let (Some(rows), Some(seed), Some(path)) = (number(1), number(2), args.get(3)) else {
        return Err(std::io::Error::other("usage: persons ROWS SEED OUT.csv"));
    };
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "{}", persons::HEADER)?;
    persons::rows(rows as usize, seed).try_for_each(|row| writeln!(out, "{}", row.csv()))?;
    out.flush()
}
