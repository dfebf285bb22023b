//! Measures one thread: reads a file under a contract and throws the rows away.
//!
//! `cargo run --release -p sources --example parse -- CONTRACT.yaml FILE [VARIANT]`; CPU time is printed by `perf stat` or
//! `time`, which count it right on a busy machine.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::sync::Arc;
use std::time::Instant;

use sources::{Contract, Limits, open};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [yaml, file, rest @ ..] = arguments.as_slice() else { return Err("CONTRACT.yaml FILE [VARIANT]".into()) };
    let contract = Arc::new(Contract::parse(&std::fs::read_to_string(yaml)?, "")?);
    let variant = rest.first().map_or(Ok(0), |v| v.parse())?;
    let bytes = std::fs::metadata(file)?.len();
    let begun = Instant::now();
    let input = Box::new(std::fs::File::open(file)?);
    let mut reader = open(&contract, variant, file, input, &Limits::default())?;
    let (mut rows, mut rejects) = (0u64, 0usize);
    let mut parsing = std::time::Duration::ZERO;
    while let Some(chunk) = reader.next()? {
        let at = Instant::now();
        let parsed = chunk.parse();
        parsing += at.elapsed();
        rows += parsed.rows_in;
        if rejects == 0 {
            for reject in parsed.rejects.iter().take(3) {
                println!("{reject:?}");
            }
        }
        rejects += parsed.rejects.len();
    }
    let trailer = reader.finish();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{} rows, {rejects} refused, {seconds:.2} s ({:.2} s parsing)", rows, parsing.as_secs_f64());
    println!("{:.0} rows/s, {:.0} MB/s; {trailer:?}", rows as f64 / seconds, bytes as f64 / seconds / 1e6);
    Ok(())
}
