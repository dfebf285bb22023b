//! Prints what the checks find among the held-back sentences; `--mistakes` lists what they get wrong among the others, for whoever
//! mends a rule.

use std::io::Write;

use social::check::{labelled, measure, mistakes};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sentences = labelled()?;
    let mut out = std::io::stdout().lock();
    for held_back in [false, true] {
        let part = sentences.iter().filter(|l| l.held_back == held_back).count();
        writeln!(out, "{} half, {part} sentences", if held_back { "held-back" } else { "development" })?;
        for s in measure(&sentences, held_back) {
            writeln!(
                out,
                "  {:18} v{} positives {:3} found {:3} false {:3} precision {:.2} recall {:.2}",
                s.rule, s.version, s.positives, s.found, s.false_alarms, s.precision, s.recall
            )?;
            if std::env::args().any(|a| a == "--mistakes") && !held_back {
                for (missed, text) in mistakes(&sentences, s.rule) {
                    writeln!(out, "      {} {text}", if missed { "missed" } else { "false " })?;
                }
            }
        }
    }
    Ok(())
}
