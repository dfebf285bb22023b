//! Why two records are one, or are not: the evidence of a pair as data, in an order a reader can follow, and in words.

use serde::{Deserialize, Serialize};

use crate::link::comparison::{Comparisons, at};
use crate::link::frame::Frame;
use crate::link::run::Outcome;
use crate::link::score::{Scorer, probability};

/// Languages of the plain renderer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Hindi,
    English,
}

/// What kind of finding a field gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// A value is missing on one side or both.
    Missing,
    /// Equal, and equal values are rare.
    SameRare,
    Same,
    Alike,
    Different,
    /// Says nothing beyond what another field has said.
    Contained,
}

/// What one field says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub field: String,
    pub left: String,
    pub right: String,
    pub finding: Finding,
    /// The level as the model writes it; "none" for no agreement, "" where nothing was compared.
    pub level: String,
    /// log2 of how much likelier this is for one thing than for two.
    pub bits: f64,
}

/// A pair's evidence: `prior + Σ reasons = bits`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    pub left: String,
    pub right: String,
    pub prior: f64,
    /// Strongest first.
    pub reasons: Vec<Reason>,
    pub bits: f64,
    pub probability: f64,
}

/// How much rarer than the average a shared value must be to be called rare, in bits.
const RARE: f32 = 2.0;

impl Outcome {
    /// The evidence of two rows.
    pub fn explain(&self, a: u32, b: u32) -> Explanation {
        explain(&self.frame, &self.comparisons, &self.scorer, a, b)
    }
}

/// The evidence of two rows of a frame.
pub fn explain(frame: &Frame, comparisons: &Comparisons, scorer: &Scorer, a: u32, b: u32) -> Explanation {
    let pattern = comparisons.pattern(frame, a, b, &mut []);
    let mut reasons: Vec<Reason> = Vec::new();
    for (c, comparison) in comparisons.all.iter().enumerate() {
        let level = at(pattern, c);
        let (left, right) = (frame.value(comparison.field, a), frame.value(comparison.field, b));
        let bits = scorer.weight(comparisons, frame, c, level, a);
        let finding = match level {
            0 if left.is_empty() || right.is_empty() => Finding::Missing,
            0 => Finding::Contained,
            1 if bits > scorer.average(c, 1) + RARE => Finding::SameRare,
            1 if left == right => Finding::Same,
            n if n == usize::from(comparison.none()) => Finding::Different,
            _ => Finding::Alike,
        };
        let text = match level {
            0 => String::new(),
            n => comparison.levels.get(n - 1).map_or("none".into(), ToString::to_string),
        };
        let field = frame.names[comparison.field].clone();
        reasons.push(Reason { field, left: left.into(), right: right.into(), finding, level: text, bits: f64::from(bits) });
    }
    reasons.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()).then(x.field.cmp(&y.field)));
    let prior = f64::from(scorer.prior());
    let bits = prior + reasons.iter().map(|r| r.bits).sum::<f64>();
    Explanation { left: frame.id(a).into(), right: frame.id(b).into(), prior, reasons, bits, probability: probability(bits) }
}

impl Explanation {
    /// Plain sentences. `label` gives the reader's word for a field.
    pub fn words(&self, language: Language, label: impl Fn(&str) -> String) -> String {
        let mut out = vec![match language {
            Language::English => format!("Records {} and {}: {}.", self.left, self.right, odds(self.bits, language)),
            Language::Hindi => format!("अभिलेख {} और {}: {}।", self.left, self.right, odds(self.bits, language)),
        }];
        out.extend(self.reasons.iter().map(|r| r.words(language, &label(&r.field))));
        out.push(match language {
            Language::English => {
                format!("Before any comparison, one pair in {:.0} was expected to be the same.", (-self.prior).exp2() + 1.0)
            }
            Language::Hindi => format!("तुलना से पहले {:.0} जोड़ों में से एक के एक ही होने की अपेक्षा थी।", (-self.prior).exp2() + 1.0),
        });
        out.join("\n")
    }
}

impl Reason {
    /// One sentence; `field` is the reader's word for the field.
    pub fn words(&self, language: Language, field: &str) -> String {
        let (l, r) = (&self.left, &self.right);
        let times = times(self.bits, language);
        match (language, self.finding) {
            (Language::English, Finding::Missing) => format!("{field}: not stated on both sides; says nothing."),
            (Language::Hindi, Finding::Missing) => format!("{field}: दोनों ओर दर्ज नहीं; इससे कुछ सिद्ध नहीं होता।"),
            (Language::English, Finding::Contained) => {
                format!("{field}: follows from what was compared already; not counted again.")
            }
            (Language::Hindi, Finding::Contained) => format!("{field}: पहले की गई तुलना में शामिल है; दोबारा नहीं गिना गया।"),
            (Language::English, Finding::SameRare) => format!("{field}: both have \"{l}\", which is rare; {times}."),
            (Language::Hindi, Finding::SameRare) => format!("{field}: दोनों में \"{l}\" है, जो कम ही मिलता है; {times}।"),
            (Language::English, Finding::Same) => format!("{field}: both have \"{l}\"; {times}."),
            (Language::Hindi, Finding::Same) => format!("{field}: दोनों में \"{l}\" है; {times}।"),
            (Language::English, Finding::Alike) => format!("{field}: \"{l}\" and \"{r}\" are alike ({}); {times}.", self.level),
            (Language::Hindi, Finding::Alike) => format!("{field}: \"{l}\" और \"{r}\" मिलते-जुलते हैं ({}); {times}।", self.level),
            (Language::English, Finding::Different) => format!("{field}: \"{l}\" and \"{r}\" differ; {times}."),
            (Language::Hindi, Finding::Different) => format!("{field}: \"{l}\" और \"{r}\" अलग हैं; {times}।"),
        }
    }
}

/// How likely evidence of so many bits makes it.
pub fn odds(bits: f64, language: Language) -> String {
    let percent = 100.0 * probability(bits);
    // Evidence is never certainty; a rounded 100 % would say so.
    let percent = if percent > 99.9 {
        "> 99.9".to_string()
    } else if percent < 0.1 {
        "< 0.1".to_string()
    } else {
        format!("{percent:.1}")
    };
    match language {
        Language::English => format!("the same with a probability of {percent} %"),
        Language::Hindi => format!("एक ही होने की संभावना {percent} %"),
    }
}

/// How much likelier a finding is for one thing than for two, or the reverse.
pub fn times(bits: f64, language: Language) -> String {
    let factor = bits.abs().exp2();
    let factor = if factor >= 10.0 { format!("{factor:.0}") } else { format!("{factor:.1}") };
    match (language, bits >= 0.0) {
        (Language::English, true) => format!("{factor} times likelier if they are the same than if not"),
        (Language::English, false) => format!("{factor} times likelier if they are not the same"),
        (Language::Hindi, true) => format!("एक ही हों तो इसकी संभावना {factor} गुना अधिक"),
        (Language::Hindi, false) => format!("अलग हों तो इसकी संभावना {factor} गुना अधिक"),
    }
}
