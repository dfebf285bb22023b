//! What two names say about being one.

/// How alike, from least to most: the order is the order of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The names agree, but a stated fact excludes it: another sex, another father, another age.
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
    /// Letter for letter what the other script writes.
    OtherScript,
    Exact,
}

impl Level {
    /// A word for programs; the page's texts are found under it.
    pub fn code(self) -> &'static str {
        match self {
            Level::Contradiction => "contradiction",
            Level::Different => "different",
            Level::DifferentSurname => "different-surname",
            Level::MissingPart => "missing-part",
            Level::Initial => "initial",
            Level::Nickname => "nickname",
            Level::Spelling => "spelling",
            Level::OtherScript => "other-script",
            Level::Exact => "exact",
        }
    }
}

/// The field of the mention a reason speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The person's own name.
    Own,
    /// One side's name or alias with the other side's alias.
    Alias,
    Father,
    Mother,
    Spouse,
    CareOf,
    Age,
    Sex,
}

impl Field {
    pub fn code(self) -> &'static str {
        match self {
            Field::Own => "name",
            Field::Alias => "alias",
            Field::Father => "father",
            Field::Mother => "mother",
            Field::Spouse => "spouse",
            Field::CareOf => "care-of",
            Field::Age => "age",
            Field::Sex => "sex",
        }
    }
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
    /// One side has it, the other does not.
    Missing,
    /// Both sides have a word here, and not the same.
    Differs,
    /// Both cannot be true of one person.
    Contradicts,
}

impl ReasonKind {
    pub fn code(self) -> &'static str {
        match self {
            ReasonKind::Same => "same",
            ReasonKind::OtherScript => "other-script",
            ReasonKind::Spelling => "spelling",
            ReasonKind::Nickname => "nickname",
            ReasonKind::Initial => "initial",
            ReasonKind::Joined => "joined",
            ReasonKind::Order => "order",
            ReasonKind::Missing => "missing",
            ReasonKind::Differs => "differs",
            ReasonKind::Contradicts => "contradicts",
        }
    }
}

/// Words of one part: `first` to `last`, both included; none where a side has no word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Which name of the field: 0 is the name itself, others are aliases in the order written.
    pub part: u8,
    pub first: u8,
    pub last: u8,
}

/// One step of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    pub kind: ReasonKind,
    pub field: Field,
    pub left: Option<Words>,
    pub right: Option<Words>,
    /// What this step adds to the weight, in bits.
    pub bits: f32,
}

/// The most reasons one comparison keeps; the weight counts all.
const MOST_REASONS: usize = 20;

/// The outcome of a comparison. Copied freely; holds no text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    pub level: Level,
    /// Bits for (positive) or against (negative) two mentions with these names being one person: log2 of a likelihood ratio. A
    /// prior is not part of it.
    pub weight: f32,
    /// How alike the own names are, 0 to 1; for ranking, and for models that set levels of their own.
    pub similarity: f32,
    reasons: [Option<Reason>; MOST_REASONS],
    count: u8,
}

impl Evidence {
    pub(super) const NOTHING: Evidence =
        Evidence { level: Level::Different, weight: 0.0, similarity: 0.0, reasons: [None; MOST_REASONS], count: 0 };

    pub(super) fn add(&mut self, reason: Reason) {
        self.weight += reason.bits;
        if let Some(slot) = self.reasons.get_mut(usize::from(self.count)) {
            *slot = Some(reason);
            self.count += 1;
        }
    }

    /// Why, in the order found: the name, its relatives, sex and age.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().flatten()
    }

    /// Whether the evidence reaches [`AGREES`].
    pub fn agrees(&self) -> bool {
        self.weight >= AGREES
    }
}

/// Bits from which two mentions are put forward as one person. Preset on the development half of the name pairs (docs/names.md);
/// a name alone may reach it and still merges nobody.
pub const AGREES: f32 = 6.0;
