//! What two names say about being one.

use super::{Name, parse};

/// How alike, from most to least. The order is the order of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// A stated fact excludes it: another sex, another father, another age.
    Contradiction,
    Different,
    /// The given name agrees, the family name does not.
    DifferentSurname,
    /// One side has words the other lacks.
    MissingPart,
    /// An initial stands for a word.
    Initial,
    Nickname,
    /// Another spelling of the same sounds.
    Spelling,
    /// Letter for letter what the other script would write.
    OtherScript,
    Exact,
}

/// The field of the mention a reason speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Own,
    Alias,
    Relative,
    Age,
    Sex,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReasonKind {
    Same,
    OtherScript,
    Spelling,
    Nickname,
    Initial,
    /// Two words of one name are one word of the other.
    Joined,
    /// The words come in another order.
    Order,
    Missing,
    Differs,
    Contradicts,
}

/// One step of a comparison. `left` and `right` are word positions in the field, [`Reason::NONE`] where there is no word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    pub kind: ReasonKind,
    pub field: Field,
    pub left: u8,
    pub right: u8,
    /// What this step adds to the weight, in bits.
    pub bits: f32,
}

impl Reason {
    pub const NONE: u8 = u8::MAX;
    const EMPTY: Reason =
        Reason { kind: ReasonKind::Same, field: Field::Own, left: Reason::NONE, right: Reason::NONE, bits: 0.0 };
}

/// The most reasons one comparison keeps; the weight counts all.
const MOST_REASONS: usize = 16;

/// The outcome of a comparison. Copied freely; holds no text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    pub level: Level,
    /// log2 of the odds that two mentions with these names are one person rather than two, before anything else is known.
    pub weight: f32,
    /// 0 to 1; for ranking and for models that want levels of their own.
    pub similarity: f32,
    reasons: [Reason; MOST_REASONS],
    count: u8,
}

impl Evidence {
    fn new() -> Self {
        Evidence { level: Level::Different, weight: 0.0, similarity: 0.0, reasons: [Reason::EMPTY; MOST_REASONS], count: 0 }
    }

    fn add(&mut self, reason: Reason) {
        self.weight += reason.bits;
        if let Some(slot) = self.reasons.get_mut(usize::from(self.count)) {
            *slot = reason;
            self.count += 1;
        }
    }

    /// Why, strongest field first.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons[..usize::from(self.count)]
    }
}

/// Compares two names. Symmetric up to the sides of the reasons; does not allocate.
pub fn compare(a: &Name, b: &Name) -> Evidence {
    let mut out = Evidence::new();
    let mut same = 0;
    for (i, word) in a.own.words.iter().enumerate() {
        if let Some(j) = b.own.words.iter().position(|w| w.text == word.text) {
            same += 1;
            out.add(Reason {
                kind: ReasonKind::Same,
                field: Field::Own,
                left: i as u8,
                right: j as u8,
                bits: word.bits.min(b.own.words[j].bits),
            });
        }
    }
    let all = a.own.words.len().max(b.own.words.len());
    out.similarity = if all == 0 { 0.0 } else { same as f32 / all as f32 };
    out.level = match same {
        0 => Level::Different,
        n if n == all => Level::Exact,
        _ => Level::MissingPart,
    };
    out
}

/// How alike two names are, from 0 to 1. For many comparisons, [`parse`] each name once and [`compare`].
pub fn similarity(a: &str, b: &str) -> f64 {
    f64::from(compare(&parse(a), &parse(b)).similarity)
}
