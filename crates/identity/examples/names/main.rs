//! Learns the letter counts of the name engine and measures it, on a fixed split of name pairs.
//!
//! `train FOLDER VARIANTS` writes the counts to standard output; `measure FOLDER` prints the measures.

mod learn;
mod measure;
mod pairs;
mod people;

use std::io::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout().lock();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["train", folder, variants] => {
            let (pairs, variants) = (pairs::read(Path::new(folder))?, pairs::variants(Path::new(variants))?);
            let counts = learn::learn(pairs.iter().filter(|p| p.development()).chain(&variants));
            out.write_all(counts.write().as_bytes())?;
        }
        ["measure", folder, ref parts @ ..] => measure::all(Path::new(folder), parts, &mut out)?,
        _ => {
            return Err(
                "usage: names train FOLDER VARIANTS | measure FOLDER [words|names|people] (the folder of the Hindi name pairs)"
                    .into(),
            );
        }
    }
    Ok(())
}
