//! From spelling to sounds.
//!
//! A word becomes a row of small numbers, one for each letter that carries a sound: Devanagari letters and Latin letter
//! groups have numbers of their own, because what one tells about the other is learnt ([`super::sounds`]), not assumed.
//! Devanagari leaves the inherent vowel unwritten; whether Hindi speaks it follows Ohala's rule (M. Ohala, *Aspects of Hindi
//! Phonology*, 1983): a schwa between single consonants that have vowels on both outer sides falls, as does one at the end.

use super::scripts::{ANUSVARA, NUKTA, Script, VIRAMA, is_consonant, is_matra, to_devanagari};

/// One letter or letter group that carries a sound.
pub type Sound = u8;

/// Devanagari sounds by name; a sound's number is its place here.
pub const DEVANAGARI: [&str; 79] = [
    "a", "~", "_", "_c", "aa", "aa$", "i", "i$", "ii", "ii$", "u", "u$", "uu", "uu$", "r1", "r2", "e", "e$", "ai", "ai2", "o",
    "o$", "au", "au2", "O", "E", "Mn", "Mb", "Mv", "H", "dbl", "k", "kh", "g", "gh", "ng", "c", "ch", "j", "jh", "ny", "T", "Th",
    "D", "Dh", "N", "t", "th", "d", "dh", "n", "p", "ph", "b", "bh", "m", "y", "r", "l", "v", "sh", "ss", "s", "h", "q", "x",
    "G", "z", "R", "Rh", "f", "L", "rr", "nn", "zh", "gy1", "gy2", "A", "I",
];
/// Latin sounds by name, numbered after the Devanagari ones.
pub const LATIN: [&str; 50] = [
    "a", "a$", "aa", "e", "e$", "ee", "i", "i$", "ii", "o", "o$", "oo", "u", "u$", "uu", "y", "y$", "dbl", "b", "bh", "c", "ch",
    "chh", "d", "dh", "f", "g", "gh", "h", "j", "jh", "k", "kh", "l", "m", "n", "p", "ph", "q", "r", "s", "sh", "t", "th", "v",
    "w", "x", "x2", "z", "zh",
];
/// How many sounds there are.
pub const SOUNDS: usize = DEVANAGARI.len() + LATIN.len();
/// Sounds below this number are Devanagari's.
pub const FIRST_LATIN: Sound = DEVANAGARI.len() as Sound;

/// No word has more sounds than this; the rest of a longer one is not looked at, which keeps every comparison bounded.
pub const LONGEST: usize = 40;

const fn find(names: &[&str], name: &str) -> Sound {
    let (mut i, wanted) = (0, name.as_bytes());
    while i < names.len() {
        let here = names[i].as_bytes();
        let mut k = 0;
        while k < here.len() && k < wanted.len() && here[k] == wanted[k] {
            k += 1;
        }
        if k == here.len() && k == wanted.len() {
            return i as Sound;
        }
        i += 1;
    }
    panic!("no such sound")
}

/// The Devanagari sound of this name.
pub const fn dev(name: &str) -> Sound {
    find(&DEVANAGARI, name)
}

/// The Latin sound of this name.
pub const fn lat(name: &str) -> Sound {
    FIRST_LATIN + find(&LATIN, name)
}

const SCHWA: Sound = dev("~");
const MUTE: Sound = dev("_");
const MUTE_AFTER_CLUSTER: Sound = dev("_c");
const GEMINATE: Sound = dev("dbl");

/// A schwa that is written by leaving everything out, and not spoken.
pub fn is_mute(sound: Sound) -> bool {
    sound == MUTE || sound == MUTE_AFTER_CLUSTER
}

/// Appends the sounds of one folded word, at most [`LONGEST`].
pub fn sounds(word: &str, out: &mut Vec<Sound>) {
    let end = out.len() + LONGEST;
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let script = Script::of(first);
        // Signs that are no letters (vowel signs, viramas) belong to the run they stand in.
        let stop =
            rest.char_indices().find(|(_, c)| Script::of(*c).is_some_and(|s| Some(s) != script)).map_or(rest.len(), |(i, _)| i);
        let (run, after) = rest.split_at(stop);
        match script {
            Some(Script::Latin) => latin(run, out),
            Some(script) => devanagari(&to_devanagari(run, script), script.speaks_every_schwa(), out),
            None => {}
        }
        rest = after;
    }
    out.truncate(end);
}

fn consonant(c: char, nukta: bool) -> Option<Sound> {
    let name = match (c, nukta) {
        ('क', true) => "q",
        ('ख', true) => "x",
        ('ग', true) => "G",
        ('ज' | 'झ', true) => "z",
        ('ड', true) => "R",
        ('ढ', true) => "Rh",
        ('फ', true) => "f",
        ('क', _) => "k",
        ('ख', _) => "kh",
        ('ग', _) => "g",
        ('घ', _) => "gh",
        ('ङ', _) => "ng",
        ('च', _) => "c",
        ('छ', _) => "ch",
        ('ज', _) => "j",
        ('झ', _) => "jh",
        ('ञ', _) => "ny",
        ('ट', _) => "T",
        ('ठ', _) => "Th",
        ('ड', _) => "D",
        ('ढ', _) => "Dh",
        ('ण', _) => "N",
        ('त', _) => "t",
        ('थ', _) => "th",
        ('द', _) => "d",
        ('ध', _) => "dh",
        ('न', _) => "n",
        ('ऩ', _) => "nn",
        ('प', _) => "p",
        ('फ', _) => "ph",
        ('ब', _) => "b",
        ('भ', _) => "bh",
        ('म', _) => "m",
        ('य', _) => "y",
        ('र', _) => "r",
        ('ऱ', _) => "rr",
        ('ल', _) => "l",
        ('ळ', _) => "L",
        ('ऴ', _) => "zh",
        ('व', _) => "v",
        ('श', _) => "sh",
        ('ष', _) => "ss",
        ('स', _) => "s",
        ('ह', _) => "h",
        _ => return None,
    };
    Some(find(&DEVANAGARI, name))
}

/// The sounds of a vowel letter or sign.
fn vowel(c: char) -> &'static [Sound] {
    const R: [Sound; 2] = [dev("r1"), dev("r2")];
    const AI: [Sound; 2] = [dev("ai"), dev("ai2")];
    const AU: [Sound; 2] = [dev("au"), dev("au2")];
    match c {
        'अ' => const { &[dev("a")] },
        'आ' => const { &[dev("A")] },
        '\u{93e}' => const { &[dev("aa")] },
        'इ' => const { &[dev("I")] },
        '\u{93f}' => const { &[dev("i")] },
        'ई' | '\u{940}' => const { &[dev("ii")] },
        'उ' | '\u{941}' => const { &[dev("u")] },
        'ऊ' | '\u{942}' => const { &[dev("uu")] },
        'ऋ' | '\u{943}' | '\u{944}' => &R,
        'ए' | 'ऎ' | '\u{946}' | '\u{947}' => const { &[dev("e")] },
        'ऐ' | '\u{948}' => &AI,
        'ओ' | 'ऒ' | '\u{94a}' | '\u{94b}' => const { &[dev("o")] },
        'औ' | '\u{94c}' => &AU,
        'ऑ' | '\u{949}' => const { &[dev("O")] },
        'ऍ' | '\u{945}' => const { &[dev("E")] },
        _ => &[],
    }
}

fn is_vowel(s: Sound) -> bool {
    s < dev("Mn") || s >= dev("A") && s < FIRST_LATIN
}

/// A vowel that Hindi speaks.
pub(super) fn is_spoken_vowel(s: Sound) -> bool {
    is_vowel(s) && s != MUTE && s != MUTE_AFTER_CLUSTER
}

/// Vowels sound otherwise at a word's end, and have sounds of their own there.
const ENDS: [(Sound, Sound); 13] = [
    (dev("aa"), dev("aa$")),
    (dev("i"), dev("i$")),
    (dev("ii"), dev("ii$")),
    (dev("u"), dev("u$")),
    (dev("uu"), dev("uu$")),
    (dev("e"), dev("e$")),
    (dev("o"), dev("o$")),
    (lat("a"), lat("a$")),
    (lat("e"), lat("e$")),
    (lat("i"), lat("i$")),
    (lat("o"), lat("o$")),
    (lat("u"), lat("u$")),
    (lat("y"), lat("y$")),
];

/// The r of both scripts, the one consonant that changes places with its vowel.
#[inline]
pub(super) fn is_r(s: Sound) -> bool {
    s == dev("r") || s == lat("r")
}

/// An -a that is spoken at a word's end.
#[inline]
pub(super) fn is_final_a(s: Sound) -> bool {
    s == dev("aa$") || s == lat("a$")
}

/// What the last sound of a word is when more follows.
pub(super) fn inside(s: Sound) -> Sound {
    if s == MUTE_AFTER_CLUSTER { MUTE } else { ENDS.iter().find(|(_, to)| *to == s).map_or(s, |(from, _)| *from) }
}

fn at_end(s: Sound) -> Sound {
    ENDS.iter().find(|(from, _)| *from == s).map_or(s, |(_, to)| *to)
}

/// Places where a consonant is made, for nasals and doubling: velar 1, palatal 2, retroflex 3, dental 4, labial 5.
fn place(s: Sound) -> u8 {
    const BY: [(&str, u8); 25] = [
        ("k", 1),
        ("kh", 1),
        ("g", 1),
        ("gh", 1),
        ("q", 1),
        ("x", 1),
        ("G", 1),
        ("c", 2),
        ("ch", 2),
        ("j", 2),
        ("jh", 2),
        ("z", 2),
        ("T", 3),
        ("Th", 3),
        ("D", 3),
        ("Dh", 3),
        ("t", 4),
        ("th", 4),
        ("d", 4),
        ("dh", 4),
        ("p", 5),
        ("ph", 5),
        ("b", 5),
        ("bh", 5),
        ("f", 5),
    ];
    BY.iter().find(|(name, _)| DEVANAGARI[usize::from(s)] == *name).map_or(0, |(_, p)| *p)
}

fn devanagari(chars: &[char], every_schwa: bool, out: &mut Vec<Sound>) {
    let start = out.len();
    let mut i = 0;
    while i < chars.len() && out.len() < start + 2 * LONGEST {
        let c = chars[i];
        i += 1;
        if !is_consonant(c) {
            match c {
                // Both nasal signs are written for one sound; at a word's end it is mostly not written at all.
                '\u{900}' | '\u{901}' | ANUSVARA => {
                    let next = chars.get(i).and_then(|c| consonant(*c, false));
                    out.push(match next {
                        Some(n) if place(n) == 5 || n == dev("m") => dev("Mb"),
                        Some(_) => dev("Mn"),
                        None => dev("Mv"),
                    });
                }
                '\u{903}' => out.push(dev("H")),
                'ॐ' => out.extend([dev("o"), dev("m")]),
                _ => out.extend_from_slice(vowel(c)),
            }
            continue;
        }
        let nukta = chars.get(i) == Some(&NUKTA);
        i += usize::from(nukta);
        let Some(mut sound) = consonant(c, nukta) else { continue };
        let mut bare = chars.get(i) == Some(&VIRAMA);
        i += usize::from(bare);
        let next = if bare { chars.get(i).and_then(|c| consonant(*c, chars.get(i + 1) == Some(&NUKTA))) } else { None };
        let mut twice = false;
        if let Some(next) = next {
            if sound == dev("j") && next == dev("ny") {
                out.push(dev("gy1"));
                sound = dev("gy2");
                i += 1;
                bare = chars.get(i) == Some(&VIRAMA);
                i += usize::from(bare);
            } else if matches!(DEVANAGARI[usize::from(sound)], "ng" | "ny" | "N" | "n") && (1..5).contains(&place(next)) {
                sound = dev("Mn");
            } else if sound == dev("m") && place(next) == 5 {
                sound = dev("Mb");
            } else if next == sound || next == sound + 1 && place(next) != 0 && place(next) == place(sound) {
                twice = true;
            }
        }
        if twice {
            // The doubled letter is the second one, so that द्ध is a long ध.
            let nukta = chars.get(i + 1) == Some(&NUKTA);
            sound = consonant(chars[i], nukta).unwrap_or(sound);
            i += 1 + usize::from(nukta);
            bare = chars.get(i) == Some(&VIRAMA);
            i += usize::from(bare);
            out.extend([sound, GEMINATE]);
        } else {
            out.push(sound);
        }
        if !bare && !chars.get(i).is_some_and(|c| is_matra(*c)) {
            out.push(SCHWA);
        }
    }
    if let Some(last) = out[start..].last_mut() {
        *last = at_end(*last);
    }
    if !every_schwa {
        drop_schwas(&mut out[start..]);
    }
}

fn drop_schwas(word: &mut [Sound]) {
    let n = word.len();
    if n > 1 && word[n - 1] == SCHWA {
        let cluster = n > 2 && !is_vowel(word[n - 3]) && n > 3;
        word[n - 1] = if cluster { MUTE_AFTER_CLUSTER } else { MUTE };
    }
    for k in (2..n.saturating_sub(2)).rev() {
        if word[k] == SCHWA
            && !is_vowel(word[k - 1])
            && is_spoken_vowel(word[k - 2])
            && !is_vowel(word[k + 1])
            && is_spoken_vowel(word[k + 2])
        {
            word[k] = MUTE;
        }
    }
}

fn latin(run: &str, out: &mut Vec<Sound>) {
    const GROUPS: [(&str, Sound); 18] = [
        ("chh", lat("chh")),
        ("aa", lat("aa")),
        ("ee", lat("ee")),
        ("ii", lat("ii")),
        ("oo", lat("oo")),
        ("uu", lat("uu")),
        ("bh", lat("bh")),
        ("ch", lat("ch")),
        ("dh", lat("dh")),
        ("gh", lat("gh")),
        ("jh", lat("jh")),
        ("kh", lat("kh")),
        ("ph", lat("ph")),
        ("sh", lat("sh")),
        ("th", lat("th")),
        ("zh", lat("zh")),
        ("ck", lat("k")),
        ("wh", lat("w")),
    ];
    let start = out.len();
    let bytes = run.as_bytes();
    let mut i = 0;
    while i < bytes.len() && out.len() < start + 2 * LONGEST {
        let rest = &run.as_bytes()[i..];
        let letter = rest[0];
        if !letter.is_ascii_lowercase() {
            i += 1;
            continue;
        }
        let group = |rest: &[u8]| GROUPS.iter().find(|(g, _)| rest.starts_with(g.as_bytes())).map(|(g, s)| (g.len(), *s));
        if let Some((length, sound)) = group(rest) {
            out.push(sound);
            i += length;
            // A vowel drawn out further says no more.
            while length == 2 && matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u') && bytes.get(i) == Some(&letter) {
                i += 1;
            }
            continue;
        }
        let single = |letter: u8| find(&LATIN, std::str::from_utf8(&[letter]).unwrap_or_default()) + FIRST_LATIN;
        // A doubled consonant is one that is long, and so is one before its own aspirate (Siddharth).
        if rest.get(1) == Some(&letter) {
            let (length, sound) = group(&rest[1..]).unwrap_or((1, single(letter)));
            out.extend([sound, lat("dbl")]);
            i += 1 + length;
            while bytes.get(i) == Some(&letter) {
                i += 1;
            }
            continue;
        }
        out.push(single(letter));
        if letter == b'x' {
            out.push(lat("x2"));
        }
        i += 1;
    }
    if let Some(last) = out[start..].last_mut() {
        *last = at_end(*last);
    }
}

/// A sound's spelling in Latin letters or, for Devanagari sounds, its name.
pub fn name(sound: Sound) -> &'static str {
    let i = usize::from(sound);
    DEVANAGARI.get(i).or_else(|| LATIN.get(i.wrapping_sub(DEVANAGARI.len()))).copied().unwrap_or("?")
}
