//! What the name engine thinks of names, with its reasons.

use std::process::ExitCode;

use identity::names::{self, Language};
use lake::LakeError;
use serde_json::{Value, json};

use crate::args::{Format, NamesCommand};
use crate::output;

/// `names compare A B | key A | translit A`.
pub fn run(what: &NamesCommand, format: Format) -> Result<ExitCode, LakeError> {
    match what {
        NamesCommand::Compare { a, b } => output::records(&compare(a, b, format), format)?,
        NamesCommand::Key { name } => output::records(&keys(name), format)?,
        NamesCommand::Translit { name } => output::records(&spellings(name), format)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// One record for programs; for people a line for the outcome and one for each reason.
fn compare(a: &str, b: &str, format: Format) -> Vec<Value> {
    let (left, right) = (names::parse(a), names::parse(b));
    let evidence = names::compare(&left, &right);
    let reasons: Vec<Value> = evidence
        .reasons()
        .map(|r| {
            json!({
                "field": r.field.code(),
                "kind": r.kind.code(),
                "bits": tenth(r.bits),
                "hi": names::reason_words(r, &left, &right, Language::Hindi),
                "en": names::reason_words(r, &left, &right, Language::English),
            })
        })
        .collect();
    let whole = json!({
        "level": evidence.level.code(),
        "agrees": evidence.agrees(),
        "weight": tenth(evidence.weight),
        "similarity": (f64::from(evidence.similarity) * 1000.0).round() / 1000.0,
        "hi": names::level_words(evidence.level, Language::Hindi),
        "en": names::level_words(evidence.level, Language::English),
        "reasons": reasons,
    });
    if matches!(format, Format::Json | Format::Ndjson) {
        return vec![whole];
    }
    let outcome = json!({
        "field": "all", "kind": whole["level"], "bits": whole["weight"], "similarity": whole["similarity"], "agrees": whole["agrees"],
        "hi": whole["hi"], "en": whole["en"],
    });
    std::iter::once(outcome).chain(reasons).collect()
}

fn tenth(bits: f32) -> f64 {
    (f64::from(bits) * 10.0).round() / 10.0
}

fn keys(name: &str) -> Vec<Value> {
    names::keys(&names::parse(name)).iter().map(|k| json!({ "key": k.to_string(), "value": format!("{:016x}", k.0) })).collect()
}

/// Latin spellings, then Devanagari ones.
fn spellings(name: &str) -> Vec<Value> {
    let row = |script: &'static str| move |(spelling, share): (String, f32)| json!({ "script": script, "spelling": spelling, "share": (f64::from(share) * 1000.0).round() / 1000.0 });
    names::romanise(name)
        .into_iter()
        .map(row("latin"))
        .chain(names::devanagari(name).into_iter().map(row("devanagari")))
        .collect()
}
