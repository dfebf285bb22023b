//! Learns the letter counts of the name engine and measures it, on a fixed split of name pairs.
//!
//! `train DIR` writes the counts to standard output; `measure DIR` prints the measures as JSON lines.

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
        ["train", folder] => {
            let pairs = pairs::read(Path::new(folder))?;
            let counts = learn::learn(pairs.iter().filter(|p| p.development()));
            out.write_all(counts.write().as_bytes())?;
        }
        ["measure", folder] => measure::all(Path::new(folder), &mut out)?,
        _ => return Err("usage: names train FOLDER | measure FOLDER (the folder of the Hindi name pairs)".into()),
    }
    Ok(())
}
