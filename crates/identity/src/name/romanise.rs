//! Spellings of a name in the other script, the likeliest first.
//!
//! Each sound is written in the ways it was seen written ([`super::sounds::counts`]); a beam keeps the best whole spellings. Into
//! Devanagari the inherent vowel decides what may be written at all, so vowels become signs or letters as the place asks.

use super::letters::{self, DEVANAGARI, FIRST_LATIN, LATIN, Sound, sounds};
use super::marks::{BESIDE, Sex};
use super::parse::WordClass;
use super::scripts::{Script, VIRAMA, fold, is_consonant};
use super::sounds::counts;

/// Whole spellings kept on the way, and given back.
const BEAM: usize = 24;
const BEST: usize = 5;
/// The most words of a text that are spelled.
const MOST_WORDS: usize = 8;

/// The likeliest Latin spellings with their shares (which add up to at most 1), best first. A Latin name is its own spelling;
/// text without letters has none.
pub fn romanise(text: &str) -> Vec<(String, f32)> {
    spell(text, |word| {
        let script = word.chars().find_map(Script::of)?;
        Some(if script == Script::Latin {
            vec![(word.to_string(), 1.0)]
        } else {
            settled(word, best(word, in_latin), |(.., latin, own)| (own, latin))
        })
    })
}

/// The likeliest Devanagari spellings of a Latin name, as [`romanise`] gives Latin ones. Other scripts of India are written in
/// Devanagari letter by letter.
pub fn devanagari(text: &str) -> Vec<(String, f32)> {
    spell(text, |word| {
        let script = word.chars().find_map(Script::of)?;
        Some(match script {
            Script::Latin => settled(word, best(word, in_devanagari), |(.., latin, own)| (latin, own)),
            other => vec![(super::scripts::to_devanagari(word, other).into_iter().collect(), 1.0)],
        })
    })
}

/// A listed word has one settled spelling, whatever its letters would give (सिंह is Singh): it comes first.
fn settled(
    word: &str,
    mut spelled: Vec<(String, f32)>,
    sides: fn(&(WordClass, Option<Sex>, &'static str, &'static str)) -> (&'static str, &'static str),
) -> Vec<(String, f32)> {
    let listed = BESIDE.iter().map(sides).find(|(from, _)| fold(from).eq(word.chars()));
    if let Some((_, to)) = listed {
        spelled.iter_mut().for_each(|s| s.1 *= 0.4);
        spelled.push((fold(to).collect(), 0.6));
        keep(&mut spelled, BEST);
    }
    spelled
}

/// Spells word by word and puts the best together.
fn spell(text: &str, word: impl Fn(&str) -> Option<Vec<(String, f32)>>) -> Vec<(String, f32)> {
    let folded: String =
        fold(text).take(600).map(|c| if c.is_alphabetic() || super::scripts::is_sign(c) { c } else { ' ' }).collect();
    let mut out: Vec<(String, f32)> = Vec::new();
    for spellings in folded.split_whitespace().take(MOST_WORDS).filter_map(word).filter(|s| !s.is_empty()) {
        if out.is_empty() {
            out = spellings;
            continue;
        }
        out = out.iter().flat_map(|(before, p)| spellings.iter().map(move |(s, q)| (format!("{before} {s}"), p * q))).collect();
        keep(&mut out, BEST);
    }
    out.retain(|(s, _)| !s.is_empty());
    keep(&mut out, BEST);
    out
}

/// Best first; equal spellings reached in several ways are added up.
fn keep(all: &mut Vec<(String, f32)>, n: usize) {
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(n);
}

/// How one sound may be written, given what was written so far; with shares.
type Ways = fn(&[Sound], usize, &str) -> Vec<(String, f32)>;

fn best(word: &str, ways: Ways) -> Vec<(String, f32)> {
    let mut row = Vec::new();
    sounds(word, &mut row);
    let mut beam = vec![(String::new(), 1.0f32)];
    for i in 0..row.len() {
        let mut next = Vec::with_capacity(beam.len() * 4);
        for (text, p) in &beam {
            for (piece, q) in ways(&row, i, text) {
                next.push((format!("{text}{piece}"), p * q));
            }
        }
        keep(&mut next, BEAM);
        // Long names would run out of small numbers.
        let most = next.first().map_or(1.0, |b| b.1);
        next.iter_mut().for_each(|b| b.1 /= most);
        beam = next;
    }
    let sum: f32 = beam.iter().map(|b| b.1).sum();
    beam.iter_mut().for_each(|b| b.1 /= sum.max(f32::MIN_POSITIVE));
    keep(&mut beam, BEST);
    beam
}

fn in_latin(row: &[Sound], i: usize, before: &str) -> Vec<(String, f32)> {
    let d = usize::from(row[i]);
    if d >= DEVANAGARI.len() {
        return vec![(plain_latin(row[i]).to_string(), 1.0)];
    }
    let seen = &counts().pairs[d];
    let sum: f64 = seen.iter().sum();
    let mut ways: Vec<(String, f32)> = Vec::new();
    for (l, n) in seen.iter().enumerate().filter(|(_, n)| **n > 0.0 && **n >= 0.04 * sum) {
        let share = (*n / sum) as f32;
        let piece = match LATIN.get(l).map(|_| FIRST_LATIN + l as Sound) {
            None => String::new(),
            // Doubling repeats the letter before, the first one of a group: Siddharth.
            Some(s) if letters::name(s) == "dbl" => match before.chars().last() {
                Some(last) if last != 'h' => last.to_string(),
                _ => String::new(),
            },
            Some(s) => plain_latin(s).to_string(),
        };
        ways.push((piece, share));
    }
    if ways.is_empty() {
        ways.push((default_latin(DEVANAGARI[d]).to_string(), 1.0));
    }
    ways
}

fn plain_latin(s: Sound) -> &'static str {
    match letters::name(s) {
        "x2" | "dbl" => "",
        name => name.trim_end_matches('$'),
    }
}

/// For letters too rare to have been learnt.
fn default_latin(name: &str) -> &str {
    match name {
        "~" => "a",
        "_" | "_c" | "H" | "dbl" | "ai2" | "au2" | "Mv" => "",
        "Mn" | "N" | "nn" | "ny" => "n",
        "Mb" => "m",
        "r1" | "rr" | "R" => "r",
        "Rh" => "rh",
        "r2" | "I" => "i",
        "O" => "o",
        "E" => "e",
        "A" => "a",
        "ss" => "sh",
        "c" => "ch",
        "ch" => "chh",
        "T" => "t",
        "Th" => "th",
        "D" => "d",
        "Dh" => "dh",
        "L" => "l",
        "G" => "g",
        "gy1" => "g",
        "gy2" => "y",
        "x" => "kh",
        other => other.trim_end_matches('$'),
    }
}

/// Letter of a consonant, and letter and sign of a vowel.
fn letter(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    let consonants = [
        ("k", "क"),
        ("kh", "ख"),
        ("g", "ग"),
        ("gh", "घ"),
        ("c", "च"),
        ("ch", "छ"),
        ("j", "ज"),
        ("jh", "झ"),
        ("T", "ट"),
        ("Th", "ठ"),
        ("D", "ड"),
        ("Dh", "ढ"),
        ("N", "ण"),
        ("t", "त"),
        ("th", "थ"),
        ("d", "द"),
        ("dh", "ध"),
        ("n", "न"),
        ("p", "प"),
        ("ph", "फ"),
        ("b", "ब"),
        ("bh", "भ"),
        ("m", "म"),
        ("y", "य"),
        ("r", "र"),
        ("l", "ल"),
        ("v", "व"),
        ("sh", "श"),
        ("ss", "ष"),
        ("s", "स"),
        ("h", "ह"),
        ("z", "ज"),
        ("f", "फ"),
        ("q", "क"),
        ("x", "ख"),
        ("R", "ड़"),
        ("Rh", "ढ़"),
        ("G", "ग"),
        ("L", "ल"),
    ];
    let vowels = [
        ("aa", "आ", "ा"),
        ("A", "आ", "ा"),
        ("i", "इ", "ि"),
        ("I", "इ", "ि"),
        ("ii", "ई", "ी"),
        ("u", "उ", "ु"),
        ("uu", "ऊ", "ू"),
        ("e", "ए", "े"),
        ("ai", "ऐ", "ै"),
        ("o", "ओ", "ो"),
        ("au", "औ", "ौ"),
    ];
    let name = name.trim_end_matches('$');
    consonants
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, c)| (*c, None))
        .or_else(|| vowels.iter().find(|(n, ..)| *n == name).map(|(_, v, s)| (*v, Some(*s))))
}

fn in_devanagari(row: &[Sound], i: usize, before: &str) -> Vec<(String, f32)> {
    let s = row[i];
    if s < FIRST_LATIN {
        return Vec::new();
    }
    let l = usize::from(s - FIRST_LATIN);
    let open = before.chars().next_back().is_some_and(|c| is_consonant(c) || c == super::scripts::NUKTA);
    let is_vowel = |s: Sound| letters::name(s).starts_with(['a', 'e', 'i', 'o', 'u']);
    let cluster = open && i > 0 && !is_vowel(row[i - 1]);
    if letters::name(s) == "dbl" {
        let last = before.chars().next_back().filter(|c| is_consonant(*c));
        return vec![(last.map_or(String::new(), |c| format!("{VIRAMA}{c}")), 0.7), (String::new(), 0.3)];
    }
    let all: f64 = counts().pairs.iter().map(|r| r[l]).sum();
    let mut ways: Vec<(String, f32)> = Vec::new();
    for (d, seen) in counts().pairs.iter().enumerate().filter(|(_, r)| r[l] > 0.0 && r[l] >= 0.03 * all) {
        let share = (seen[l] / all) as f32;
        match DEVANAGARI.get(d).copied() {
            // The inherent vowel is not written after a consonant; a word's own first one is.
            // After a cluster the last a is this vowel and no long one (Mahendra).
            Some("_c") if open && before.chars().rev().nth(1) == Some(VIRAMA) => ways.push((String::new(), 8.0 * share)),
            Some("~" | "_" | "_c" | "a") if open => ways.push((String::new(), share)),
            Some("a" | "~") if before.is_empty() => ways.push(("अ".into(), share)),
            Some("Mn" | "Mb") if !before.is_empty() && row.get(i + 1).is_some_and(|n| !is_vowel(*n)) => {
                ways.push(("ं".into(), 3.0 * share))
            }
            Some("Mn" | "Mb") => {}
            Some(name) => match letter(name) {
                Some((_, Some(sign))) if open => ways.push((sign.into(), share)),
                Some((vowel, Some(_))) => ways.push((vowel.into(), share)),
                // Two consonants in a row are a cluster, or a vowel between them is mute (Mahendra, Ramlal).
                Some((consonant, None)) if cluster => {
                    let joined = if matches!(name, "r" | "y") { 0.85 } else { 0.35 };
                    ways.push((format!("{VIRAMA}{consonant}"), joined * share));
                    ways.push((consonant.to_string(), (1.0 - joined) * share));
                }
                Some((consonant, None)) => ways.push((consonant.to_string(), share)),
                None => {}
            },
            None => ways.push((String::new(), share)),
        }
    }
    ways
}
