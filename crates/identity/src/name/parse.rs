//! From a name as written to its parts.
//!
//! Records put more than a name into a name's field. The words are read once from left to right; a mark ("पुत्र", "urf",
//! "निवासी") says whose the words after it are. Nothing here fails: what cannot be read is no part of the name.

use super::age::{Age, Born};
use super::key::PhoneticKey;
use super::letters::Sound;
use super::marks::{Mark, Relation, Sex, mark, spelled_letter, written_out};
use super::scripts::{Script, fold};
use super::word;

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
    /// Folded: lower case, without joiners and points; short forms written out.
    pub text: String,
    pub class: WordClass,
    pub script: Script,
    /// What agreement on this word is worth, in bits: minus log2 of how often it occurs.
    pub bits: f32,
    pub key: PhoneticKey,
    /// The sex an element speaks of: Kumar, Kumari.
    pub sex: Option<Sex>,
    /// Of the folded text, so that equality costs nothing.
    pub(super) id: u64,
    /// Where the word's sounds lie in its part.
    pub(super) start: u16,
    pub(super) length: u16,
    /// Latin letters an initial of this word may be, `a` in the lowest bit.
    pub(super) initials: u32,
    /// Which name of several forms this is one of; 0 for none.
    pub(super) form: u32,
    /// Sounds of a pet name that are also the beginning of the full one (Jit-u); 0 when it is no pet name's form.
    pub(super) stem: u16,
}

/// The words of one name in the order written, and their sounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    pub words: Vec<Word>,
    pub(super) sounds: Vec<Sound>,
}

impl Part {
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// Whose child, wife or widow the person is said to be; several names where that person has aliases.
#[derive(Debug, Clone, PartialEq)]
pub struct Relative {
    pub relation: Relation,
    pub names: Vec<Part>,
}

/// A name as written, read once and ready to be compared many times.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Name {
    pub own: Part,
    pub aliases: Vec<Part>,
    pub relatives: Vec<Relative>,
    /// Caste or community as stated after its mark. Held apart: never compared, never a filter.
    pub community: Option<String>,
    /// Village and address as written, the words from the first mark on.
    pub place: Option<String>,
    pub age: Option<Age>,
    pub born: Option<Born>,
    pub sex: Option<Sex>,
    pub deceased: bool,
    /// The record says that the name is not known.
    pub unknown: bool,
    /// The record says that there were more people.
    pub others: bool,
}

impl Name {
    /// Words of the place, without those that only announce one (village, tehsil, निवासी).
    pub fn place_words(&self) -> impl Iterator<Item = &str> {
        let words = self.place.iter().flat_map(|place| place.split(' '));
        words.filter(|word| mark(word) != Some(Mark::Place))
    }

    /// Adds a father's name that stands in a column of its own.
    pub fn with_relative(mut self, relation: Relation, text: &str) -> Self {
        let read = parse(text);
        let names: Vec<Part> = std::iter::once(read.own).chain(read.aliases).filter(|p| !p.is_empty()).collect();
        if !names.is_empty() {
            self.relatives.push(Relative { relation, names });
            self.shade();
        }
        self
    }

    /// A family name that a relative's name repeats says nothing new.
    fn shade(&mut self) {
        for word in self.relatives.iter_mut().flat_map(|r| &mut r.names).flat_map(|p| &mut p.words) {
            if self.own.words.iter().any(|w| w.id == word.id) && word.class == WordClass::Given {
                (word.class, word.bits) = (WordClass::Element, 1.0);
            }
        }
    }

    /// Adds an age that stands in a column of its own; `on` is the year of the record.
    pub fn with_age(mut self, years: u8, on: Option<i32>) -> Self {
        self.age = Age::new(u32::from(years), on);
        self
    }
}

/// The most words of one name, and the most characters read.
const MOST_WORDS: usize = 8;
const MOST_CHARACTERS: usize = 2000;
/// And the most aliases or relatives.
const MOST_PARTS: usize = 4;

/// A piece of text between blanks and signs.
#[derive(Debug, Default)]
struct Token {
    text: String,
    /// A full stop follows.
    point: bool,
    /// A comma or bracket stands before it.
    apart: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut now = Token::default();
    let chars: Vec<char> = fold(text).take(MOST_CHARACTERS).collect();
    let letter = |c: char| c.is_alphabetic() || super::scripts::is_sign(c);
    let mut apart = false;
    let mut flush = |now: &mut Token, apart: &mut bool, point: bool| {
        if !now.text.is_empty() {
            let mut done = std::mem::take(now);
            (done.point, done.apart) = (point, std::mem::take(apart));
            out.push(done);
        }
    };
    for (i, &c) in chars.iter().enumerate() {
        let digit = match c {
            // The zero stands for a full stop after a short form (कु०).
            '०' if now.text.chars().next_back().is_some_and(|l| l.is_alphabetic() || super::scripts::is_sign(l)) => None,
            '०'..='९' => char::from_digit(u32::from(c) - u32::from('०'), 10),
            _ => c.is_ascii_digit().then_some(c),
        };
        if let Some(d) = digit {
            if now.text.chars().next_back().is_some_and(|l| !l.is_ascii_digit()) {
                flush(&mut now, &mut apart, false);
            }
            now.text.push(d);
        } else if letter(c) {
            if now.text.ends_with(|l: char| l.is_ascii_digit()) {
                flush(&mut now, &mut apart, false);
            }
            now.text.push(c);
        } else if c == '/' && now.text.len() == 1 && matches!(chars.get(i + 1), Some('o' | 'n')) {
            now.text.push(c);
        } else if matches!(c, '\'' | '’' | '`' | '‘') {
            // An apostrophe joins: D'Souza.
        } else {
            flush(&mut now, &mut apart, matches!(c, '.' | '॰' | '०'));
            apart |= matches!(c, ',' | '(' | ')' | ';' | '[' | ']' | '|');
            if c == '@' {
                now.text.push(c);
                flush(&mut now, &mut apart, false);
            }
        }
    }
    flush(&mut now, &mut apart, false);
    out
}

/// Whose words come next.
enum Section {
    Own,
    Alias,
    Relative,
    Community,
    Place,
    Birth,
    Nowhere,
}

/// Reads a name. Takes time in proportion to the text, of which at most 2,000 characters are read.
pub fn parse(text: &str) -> Name {
    let tokens = tokens(text);
    let mut name = Name::default();
    let mut section = Section::Own;
    let mut words: Vec<word::Raw> = Vec::new();
    let mut dates: Vec<u32> = Vec::new();
    let mut sexes: Option<Sex> = None;
    let sole = tokens.len() == 1;
    for (i, token) in tokens.iter().enumerate() {
        let text = token.text.as_str();
        let next = tokens.get(i + 1);
        let nearby = |t: Option<&Token>| t.is_some_and(|t| mark(&t.text) == Some(Mark::Age));
        if let Ok(number) = text.parse::<u32>() {
            let before = i.checked_sub(1).and_then(|k| tokens.get(k));
            if matches!(section, Section::Birth) {
                dates.push(number);
            } else if !matches!(section, Section::Place) && (nearby(before) || nearby(next) || token.apart && next.is_none()) {
                name.age = Age::new(number, None).or(name.age);
            } else if matches!(section, Section::Place) {
                add(&mut name.place, text);
            }
            continue;
        }
        let initial = if token.point || !matches!(text, "जी" | "बी") || next.is_some_and(|n| spelled_letter(&n.text).is_some())
        {
            spelled_letter(text).filter(|_| !matches!(section, Section::Place | Section::Community))
        } else {
            None
        };
        let found = if sole || initial.is_some() { None } else { mark(text) };
        let found = found.filter(|m| match m {
            Mark::MaybePlace => token.apart || matches!(section, Section::Place | Section::Relative),
            // Short forms without a stroke are names too.
            Mark::Relation(..) if matches!(text, "so" | "do" | "wo" | "पु" | "son" | "care") => i > 0 && next.is_some(),
            _ => true,
        });
        match found {
            Some(Mark::Filler | Mark::Age) => continue,
            Some(Mark::Honorific(sex)) => {
                if matches!(section, Section::Own) {
                    sexes = sexes.or(sex);
                }
                continue;
            }
            Some(Mark::Deceased) => {
                name.deceased |= matches!(section, Section::Own);
                continue;
            }
            Some(other) => {
                close(&mut name, &section, &mut words);
                section = open(other, &section, &mut name, &mut sexes, text);
                continue;
            }
            None => {}
        }
        // A comma ends an address or a community as it ends a relative's name.
        if token.apart && matches!(section, Section::Community) {
            section = Section::Nowhere;
        }
        match section {
            Section::Place => add(&mut name.place, text),
            Section::Community => add(&mut name.community, text),
            Section::Birth | Section::Nowhere => {}
            Section::Own | Section::Alias | Section::Relative => {
                let short = written_out(text, token.point);
                match (initial, short) {
                    (Some(letter), _) => {
                        words.push(word::Raw { text: letter.to_string(), initial: true, script: Some(Script::Devanagari) })
                    }
                    (None, Some(full)) => words.push(word::Raw { text: full.into(), initial: false, script: None }),
                    (None, None) => word::split(text, &mut words),
                }
            }
        }
    }
    close(&mut name, &section, &mut words);
    name.shade();
    name.born = Born::from_numbers(&dates);
    let told = name.own.words.iter().filter(|w| w.class == WordClass::Element || w.class == WordClass::Title).find_map(|w| w.sex);
    // An element beside the name is surer than "Shri", which forms print before every line.
    name.sex = told.or(sexes);
    name
}

fn add(place: &mut Option<String>, word: &str) {
    let text = place.get_or_insert_with(String::new);
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

fn open(mark: Mark, section: &Section, name: &mut Name, sexes: &mut Option<Sex>, text: &str) -> Section {
    match mark {
        Mark::Relation(relation, sex) => {
            // A relative's own relation (the grandfather) is no fact of this person.
            if matches!(section, Section::Relative | Section::Place) || name.relatives.len() >= MOST_PARTS {
                if name.relatives.iter().any(|r| r.relation == relation) || name.relatives.len() >= MOST_PARTS {
                    return Section::Nowhere;
                }
            } else {
                *sexes = sexes.or(sex);
            }
            name.relatives.push(Relative { relation, names: Vec::new() });
            Section::Relative
        }
        Mark::Alias => match section {
            Section::Relative => Section::Relative,
            Section::Own | Section::Alias => Section::Alias,
            _ => Section::Nowhere,
        },
        Mark::Community => Section::Community,
        Mark::Birth => Section::Birth,
        Mark::Place | Mark::MaybePlace => {
            add(&mut name.place, text);
            Section::Place
        }
        Mark::Unknown => {
            name.unknown |= matches!(section, Section::Own) && name.own.is_empty();
            Section::Nowhere
        }
        Mark::Others => {
            name.others = true;
            Section::Nowhere
        }
        Mark::Filler | Mark::Age | Mark::Honorific(_) | Mark::Deceased => Section::Own,
    }
}

/// Gives the words read so far to whom they belong.
fn close(name: &mut Name, section: &Section, words: &mut Vec<word::Raw>) {
    if words.is_empty() {
        return;
    }
    words.truncate(MOST_WORDS);
    let part = word::part(words);
    words.clear();
    match section {
        Section::Own if name.own.is_empty() => name.own = part,
        Section::Own | Section::Alias if name.aliases.len() < MOST_PARTS => name.aliases.push(part),
        Section::Relative => {
            if let Some(last) = name.relatives.last_mut().filter(|r| r.names.len() < MOST_PARTS) {
                last.names.push(part);
            }
        }
        _ => {}
    }
}
