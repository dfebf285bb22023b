//! Why two records are one person, or may be: in words that can be read out, Hindi and English.

use identity::link::explain::{self, Finding, Language, Reason};
use identity::link::score::probability;
use identity::name;
use serde::{Deserialize, Serialize};

use super::frozen::Engine;

/// The evidence of two records in words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// That they are one person, 0 to 1.
    pub probability: f64,
    /// log2 of the odds.
    pub bits: f64,
    /// A sentence each, the most telling first; the last says what it comes to.
    pub hi: Vec<String>,
    pub en: Vec<String>,
}

/// The words of the model's fields: Hindi, English.
fn label(field: &str) -> (&str, &str) {
    match field {
        "name" => ("नाम", "Name"),
        "relative" => ("पिता, माता या पति/पत्नी", "Father, mother or spouse"),
        "father" => ("पिता", "Father"),
        "sex" => ("लिंग", "Sex"),
        "birth_date" => ("जन्म तिथि", "Date of birth"),
        "born" => ("जन्म वर्ष (बताया गया या आयु से)", "Year of birth (stated, or by age)"),
        "village" => ("गाँव या मोहल्ला", "Village or locality"),
        "thana" => ("थाना", "Thana"),
        "phone" => ("मोबाइल नंबर", "Phone"),
        "document" => ("पहचान दस्तावेज़", "Identity document"),
        "vehicle" => ("वाहन", "Vehicle"),
        other => (other, other),
    }
}

/// Two rows of an engine's frame.
pub fn why(engine: &Engine, a: u32, b: u32) -> Why {
    let found = explain::explain(&engine.frame, &engine.comparisons, &engine.scorer, a, b);
    let mut out = Why { probability: found.probability, bits: found.bits, ..Why::default() };
    let said = found.reasons.iter().filter(|r| !matches!(r.finding, Finding::Missing | Finding::Contained));
    for reason in said {
        out.hi.push(sentence(engine, reason, a, b, Language::Hindi));
        out.en.push(sentence(engine, reason, a, b, Language::English));
    }
    if let Some(field) = engine.comparisons.excluded(&engine.frame, a, b) {
        let (hi, en) = label(&engine.frame.names[field]);
        out.hi.push(format!("{hi}: दोनों अभिलेखों के कथन एक व्यक्ति के नहीं हो सकते।"));
        out.en.push(format!("{en}: what the two records state cannot be true of one person."));
    }
    out.hi.push(format!("कुल मिलाकर: {}।", explain::odds(found.bits, Language::Hindi)));
    out.en.push(format!("All in all: {}.", explain::odds(found.bits, Language::English)));
    out.probability = probability(found.bits);
    out
}

fn sentence(engine: &Engine, reason: &Reason, a: u32, b: u32, language: Language) -> String {
    let (hi, en) = label(&reason.field);
    let (label, stop) = if language == Language::Hindi { (hi, "।") } else { (en, ".") };
    let field = engine.frame.names.iter().position(|n| *n == reason.field);
    let data = field.map(|f| &engine.frame.fields[f]).filter(|d| !d.names.is_empty());
    let Some(data) = data else { return reason.words(language, label) };
    let code = |row: u32| data.column.codes[row as usize] as usize;
    let (left, right) = (&data.names[code(a)], &data.names[code(b)]);
    let tongue = if language == Language::Hindi { name::Language::Hindi } else { name::Language::English };
    let evidence = name::compare(left, right);
    // The engine speaks of a name; here it may be a father's or a village's.
    let words: Vec<String> = name::explain(&evidence, left, right, tongue)
        .into_iter()
        .map(|w| w.split_once(": ").map_or(w.clone(), |(_, said)| said.to_string()))
        .collect();
    format!("{label}: {}; {}{stop}", words.join("; "), explain::times(reason.bits, language))
}
