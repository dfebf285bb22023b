//! From a name as written to its parts.

use super::plain;

/// What a word does in a name. Only [`WordClass::Given`] words carry much weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WordClass {
    /// A name of its own: given name, family name, anything not known to be something else.
    Given,
    /// One letter that stands for a word.
    Initial,
    /// A common element beside a name: Kumar, Lal, Devi.
    Element,
    /// A title, clan or community word. Kept apart, little weight, never offered as a filter.
    Title,
    /// A religious prefix: Mohammad, Sheikh. Kept apart likewise.
    Religious,
}

/// One word of a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// In lower case, without joiners and points.
    pub text: String,
    pub class: WordClass,
    /// What agreement on this word is worth, in bits: minus log2 of how often it occurs.
    pub bits: f32,
}

/// The words of one name in the order written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    pub words: Vec<Word>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    Father,
    Mother,
    Husband,
    Wife,
    /// C/o: not kin.
    CareOf,
}

/// Whose child, wife or widow the person is said to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Relative {
    pub relation: Relation,
    pub name: Part,
}

/// A name as written, read once and ready to be compared many times.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Name {
    pub own: Part,
    pub aliases: Vec<Part>,
    pub relatives: Vec<Relative>,
}

/// Reads a name. Never fails: what cannot be read is no part of the name.
pub fn parse(text: &str) -> Name {
    let words = plain(text)
        .split(' ')
        .filter(|w| !w.is_empty())
        .take(12)
        .map(|w| Word { text: w.chars().take(64).collect(), class: WordClass::Given, bits: 10.0 })
        .collect();
    Name { own: Part { words }, ..Name::default() }
}
