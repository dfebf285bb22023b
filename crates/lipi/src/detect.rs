//! Which runs of a text are in the legacy font.

use crate::model::evidence;
use crate::syllable::{self, Converted};

/// How sure the reading of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Hindi in the legacy font, beyond doubt: converted.
    Legacy,
    /// It may be: kept as it is, for a person to decide.
    Doubtful,
}

/// A run of words of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Bytes of the original text: `original[start..end]`.
    pub start: usize,
    pub end: usize,
    pub verdict: Verdict,
    /// The run in Unicode, also where it was not taken into the reading.
    pub unicode: String,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The text with every [`Verdict::Legacy`] run in Unicode and everything else as it was.
    pub text: String,
    /// Runs in order; empty where nothing looks like the font.
    pub runs: Vec<Run>,
}

impl Reading {
    /// Whether any run was converted.
    pub fn is_converted(&self) -> bool {
        self.runs.iter().any(|r| r.verdict == Verdict::Legacy)
    }

    /// Whether any run may be legacy and was left alone.
    pub fn is_doubtful(&self) -> bool {
        self.runs.iter().any(|r| r.verdict == Verdict::Doubtful)
    }
}

/// Evidence (natural logarithm of the odds of a run's letter pairs) above which a run is converted: none of 16,000 Latin cells
/// that the model had not seen reaches it. Between the two a run is doubtful.
const SURE: f32 = 9.0;
const DOUBT: f32 = 2.0;
/// What a known legacy column adds to every run.
const KNOWN: f32 = 12.0;
/// What a change of font between two words costs.
const SWITCH: f32 = 3.0;
/// What each place costs that no typist of Hindi leaves.
const FAULT: f32 = 4.0;

/// Reads a text in which some runs may be in the legacy font.
pub fn read(text: &str) -> Reading {
    weigh(text, 0.0)
}

/// Reads a text that is expected to be in the legacy font (a column of a register known to be typed in it). Words that are
/// clearly Latin and words in Unicode Devanagari stay as they are.
pub fn read_as_legacy(text: &str) -> Reading {
    weigh(text, KNOWN)
}

/// The code of the full stop ।, alone between blanks: it follows the writing before it.
const DANDA: &str = "A";

#[derive(Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    /// None for words that speak for nothing: digits, dashes.
    evidence: Option<f32>,
    /// Unicode Devanagari and addresses of the network: never part of a run.
    fixed: bool,
}

fn weigh(text: &str, known: f32) -> Reading {
    let words = words(text);
    let mut reading = Reading { text: String::with_capacity(text.len()), runs: Vec::new() };
    let mut copied = 0;
    for (from, to) in legacy(&words, known) {
        let run = &words[from..to];
        // Digits and signs at the ends of a run belong to the text around it.
        let (Some(first), Some(last)) = (
            run.iter().position(|w| w.evidence.is_some() && &text[w.start..w.end] != DANDA),
            run.iter().rposition(|w| w.evidence.is_some()),
        ) else {
            continue;
        };
        let run = &run[first..=last];
        let (start, end) = (run[0].start, run[run.len() - 1].end);
        let total: f32 = run.iter().filter_map(|w| w.evidence).sum();
        if total + known < DOUBT {
            continue;
        }
        // A short word of small letters alone may be an abbreviation.
        let plain = first == last && text[start..end].bytes().all(|b| b.is_ascii_lowercase());
        let sure = if plain { SURE + SWITCH } else { SURE };
        let verdict = if total + known >= sure { Verdict::Legacy } else { Verdict::Doubtful };
        let unicode = syllable::convert(&text[start..end]).text;
        if verdict == Verdict::Legacy {
            reading.text.push_str(&text[copied..start]);
            reading.text.push_str(&unicode);
            copied = end;
        }
        reading.runs.push(Run { start, end, verdict, unicode });
    }
    reading.text.push_str(&text[copied..]);
    reading
}

fn is_devanagari(c: char) -> bool {
    ('\u{900}'..='\u{97f}').contains(&c)
}

/// Words between blanks, cut also where Unicode Devanagari meets another script.
fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start: Option<(usize, bool)> = None;
    let mut close = |start: &mut Option<(usize, bool)>, end: usize| {
        if let Some((from, devanagari)) = start.take() {
            found.push(word(text, from, end, devanagari));
        }
    };
    for (at, c) in text.char_indices() {
        if c.is_whitespace() || c.is_control() && !('\u{80}'..='\u{9f}').contains(&c) {
            close(&mut start, at);
            continue;
        }
        let devanagari = is_devanagari(c);
        if start.is_some_and(|(_, before)| before != devanagari) {
            close(&mut start, at);
        }
        start.get_or_insert((at, devanagari));
    }
    close(&mut start, text.len());
    found
}

fn word(text: &str, start: usize, end: usize, devanagari: bool) -> Word {
    let word = &text[start..end];
    let fixed = devanagari || word.contains("://") || word.contains("www.") || is_address(word) || is_mojibake(word);
    // Alone, digits and signs of either writing say nothing.
    let silent = fixed || !word.chars().any(|c| c.is_alphabetic());
    if word == DANDA {
        return Word { start, end, evidence: Some(0.0), fixed };
    }
    let evidence = (!silent).then(|| {
        let Converted { faults, .. } = syllable::convert(word);
        evidence(word) - FAULT * faults as f32
    });
    Word { start, end, evidence, fixed }
}

/// An address of electronic mail.
fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(_, domain)| domain.contains('.') && domain.len() > 3 && domain.is_ascii())
}

/// UTF-8 read as Windows-1252: nearly nothing but signs above ASCII. It is broken in another way.
fn is_mojibake(word: &str) -> bool {
    let all = word.chars().count();
    let high = word.chars().filter(|c| !c.is_ascii()).count();
    all > 3 && high * 5 > all * 3
}

/// Stretches of words that are more likely in the legacy font than not: the best path through two states.
fn legacy(words: &[Word], known: f32) -> Vec<(usize, usize)> {
    // For each word, best sums ending in Latin and in legacy, and whether each came from legacy.
    let mut sums = [0.0_f32, 0.0];
    let mut from: Vec<[bool; 2]> = Vec::with_capacity(words.len());
    for word in words {
        let gain = if word.fixed { -1000.0 } else { word.evidence.unwrap_or(0.0) + if known > 0.0 { SWITCH } else { 0.0 } };
        let latin = [sums[0], sums[1] - SWITCH];
        let legacy = [sums[0] - SWITCH, sums[1]];
        from.push([latin[1] > latin[0], legacy[1] >= legacy[0]]);
        sums = [latin[0].max(latin[1]), legacy[0].max(legacy[1]) + gain];
    }
    let mut state = sums[1] > sums[0];
    let mut marks = vec![false; words.len()];
    for (i, came) in from.iter().enumerate().rev() {
        marks[i] = state;
        state = came[usize::from(state)];
    }
    let mut found = Vec::new();
    let mut start = None;
    for (i, mark) in marks.iter().copied().chain(std::iter::once(false)).enumerate() {
        match (mark, start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                found.push((from, i));
                start = None;
            }
            _ => {}
        }
    }
    found
}
