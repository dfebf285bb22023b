//! Every script of India, written as Devanagari.
//!
//! Unicode laid the Indic blocks out alike (after ISCII), so a letter keeps its place when its block is changed; what differs
//! from script to script is listed here. Urdu has no such block and writes few short vowels: it is spelled out by rule.

use unicode_normalization::UnicodeNormalization;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    Latin,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Odia,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Urdu,
    Other,
}

impl Script {
    pub fn of(c: char) -> Option<Script> {
        let code = u32::from(c);
        Some(match code {
            0x900..0x980 | 0xa8e0..0xa900 => Script::Devanagari,
            0x980..0xa00 => Script::Bengali,
            0xa00..0xa80 => Script::Gurmukhi,
            0xa80..0xb00 => Script::Gujarati,
            0xb00..0xb80 => Script::Odia,
            0xb80..0xc00 => Script::Tamil,
            0xc00..0xc80 => Script::Telugu,
            0xc80..0xd00 => Script::Kannada,
            0xd00..0xd80 => Script::Malayalam,
            0x600..0x700 | 0x750..0x780 | 0xfb50..0xfe00 | 0xfe70..0xff00 => Script::Urdu,
            _ if c.is_ascii_alphabetic() || (0xc0..0x250).contains(&code) && c.is_alphabetic() => Script::Latin,
            _ if c.is_alphabetic() => Script::Other,
            _ => return None,
        })
    }

    /// Scripts that write a vowel's absence, so that an inherent vowel is one that is spoken.
    pub fn speaks_every_schwa(self) -> bool {
        matches!(self, Script::Tamil | Script::Telugu | Script::Kannada | Script::Malayalam)
    }
}

/// One form for what looks the same: compatibility forms resolved, joiners, direction marks and other invisible characters
/// gone, lower case, Latin letters without accents.
pub fn fold(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .filter(|c| !invisible(*c))
        .nfkc()
        // A presentation form may hide an invisible one.
        .filter(|c| !invisible(*c))
        .flat_map(|c| if Script::of(c) == Some(Script::Latin) && !c.is_ascii() { Folded::Many(c) } else { Folded::One(c) })
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .flat_map(char::to_lowercase)
}

enum Folded {
    One(char),
    Many(char),
}

impl IntoIterator for Folded {
    type Item = char;
    type IntoIter = std::vec::IntoIter<char>;
    fn into_iter(self) -> Self::IntoIter {
        match self {
            Folded::One(c) => vec![c],
            Folded::Many(c) => std::iter::once(c).nfd().collect(),
        }
        .into_iter()
    }
}

fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

pub(super) const VIRAMA: char = '\u{94d}';
pub(super) const NUKTA: char = '\u{93c}';
pub(super) const ANUSVARA: char = '\u{902}';

pub(super) fn is_consonant(c: char) -> bool {
    matches!(c, 'क'..='ह' | '\u{958}'..='\u{95f}')
}

pub(super) fn is_matra(c: char) -> bool {
    matches!(c, '\u{93a}' | '\u{93b}' | '\u{93e}'..='\u{94c}' | '\u{94e}' | '\u{94f}' | '\u{955}'..='\u{957}' | '\u{962}' | '\u{963}')
}

/// A sign that belongs to the letter before it (vowel sign, virama, nukta, Arabic short vowel), as far as Unicode does not call it a
/// letter.
pub(super) fn is_sign(c: char) -> bool {
    match c {
        '।' | '॥' | '॰' => false,
        '\u{900}'..='\u{d7f}' => !c.is_numeric(),
        '\u{64b}'..='\u{65f}' | '\u{670}' => true,
        _ => false,
    }
}

/// A folded word of one script in Devanagari letters. Latin and unknown scripts give nothing.
pub fn to_devanagari(word: &str, script: Script) -> Vec<char> {
    match script {
        Script::Latin | Script::Other => Vec::new(),
        Script::Devanagari => word.chars().collect(),
        Script::Urdu => urdu(&word.chars().collect::<Vec<_>>()),
        _ => indic(word, script),
    }
}

fn indic(word: &str, script: Script) -> Vec<char> {
    let mut out = Vec::with_capacity(word.len() / 3);
    let mut chars = word.chars().peekable();
    let moved = |c: char| char::from_u32(0x900 + (u32::from(c) & 0x7f)).unwrap_or(c);
    while let Some(c) = chars.next() {
        match (script, c) {
            // Bengali ya is spoken j; with a dot below it is y.
            (Script::Bengali, 'য') if chars.peek() == Some(&'\u{9bc}') => {
                chars.next();
                out.push('य');
            }
            (Script::Bengali, 'য') if out.last() != Some(&VIRAMA) => out.push('ज'),
            (Script::Bengali, 'ৎ') => out.extend(['त', VIRAMA]),
            (Script::Bengali, 'ৰ') => out.push('र'),
            (Script::Bengali, 'ৱ') => out.push('व'),
            (Script::Gurmukhi, '\u{a70}') => out.push(ANUSVARA),
            // The addak doubles the consonant that follows.
            (Script::Gurmukhi, '\u{a71}') => {
                if let Some(next) = chars.peek().map(|n| moved(*n)).filter(|n| is_consonant(*n)) {
                    out.extend([next, VIRAMA]);
                }
            }
            (Script::Gurmukhi, 'ਸ') if chars.peek() == Some(&'\u{a3c}') => {
                chars.next();
                out.push('श');
            }
            (Script::Malayalam, 'ൺ') => out.extend(['ण', VIRAMA]),
            (Script::Malayalam, 'ൻ') => out.extend(['न', VIRAMA]),
            (Script::Malayalam, 'ർ') => out.extend(['र', VIRAMA]),
            (Script::Malayalam, 'ൽ') => out.extend(['ल', VIRAMA]),
            (Script::Malayalam, 'ൾ') => out.extend(['ळ', VIRAMA]),
            (Script::Malayalam, 'ൿ') => out.extend(['क', VIRAMA]),
            _ => out.push(moved(c)),
        }
    }
    out
}

fn urdu_consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'ب' => "ब",
        'پ' => "प",
        'ت' | 'ط' | 'ة' => "त",
        'ٹ' => "ट",
        'ث' | 'س' | 'ص' => "स",
        'ج' => "ज",
        'چ' => "च",
        'ح' | 'ہ' | 'ه' | 'ۂ' | 'ۃ' => "ह",
        'خ' => "ख\u{93c}",
        'د' => "द",
        'ڈ' => "ड",
        'ذ' | 'ز' | 'ژ' | 'ض' | 'ظ' => "ज\u{93c}",
        'ر' => "र",
        'ڑ' => "ड\u{93c}",
        'ش' => "श",
        'غ' => "ग\u{93c}",
        'ف' => "फ\u{93c}",
        'ق' => "क\u{93c}",
        'ک' | 'ك' => "क",
        'گ' => "ग",
        'ل' => "ल",
        'م' => "म",
        'ن' => "न",
        _ => return None,
    })
}

/// Reads Urdu: `و` and `ی` are consonants at a word's start and beside a written vowel, vowels elsewhere.
fn urdu(chars: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(chars.len() * 2);
    let vowel = |c: Option<&char>| c.is_some_and(|c| matches!(c, 'ا' | 'آ' | 'و' | 'ی' | 'ي' | 'ے'));
    for (i, &c) in chars.iter().enumerate() {
        let (first, last) = (out.is_empty(), i + 1 == chars.len());
        let open = out.last().is_some_and(|c| is_consonant(*c) || *c == NUKTA);
        match c {
            'آ' if open => out.push('ा'),
            'آ' => out.push('आ'),
            'ا' | 'أ' | 'إ' | 'ٱ' if first => out.push('अ'),
            'ا' | 'أ' | 'ٰ' if open => out.push('ा'),
            'ا' => out.push('आ'),
            'ع' if first => out.push('अ'),
            'ع' | 'ء' | 'ئ' | 'ؤ' => {}
            'و' if first || vowel(chars.get(i + 1)) || !open => out.push('व'),
            'و' => out.push(if last { 'ू' } else { 'ो' }),
            'ی' | 'ي' | 'ى' if first || !open || chars.get(i + 1) == Some(&'ا') => out.push(if last { 'ई' } else { 'य' }),
            'ی' | 'ي' | 'ى' => out.push('ी'),
            'ے' => out.push(if open { 'े' } else { 'ए' }),
            'ں' => out.push('ँ'),
            // The two-eyed he makes the letter before it an aspirate, its neighbour in Devanagari's order.
            'ھ' => {
                if let Some(last) =
                    out.last_mut().filter(|c| matches!(**c, 'क' | 'ग' | 'च' | 'ज' | 'ट' | 'ड' | 'त' | 'द' | 'प' | 'ब'))
                {
                    *last = char::from_u32(u32::from(*last) + 1).unwrap_or(*last);
                } else {
                    out.push('ह');
                }
            }
            'ہ' | 'ه' | 'ة' | 'ۃ' if last && open => out.push('ा'),
            '\u{650}' if open => out.push('ि'),
            '\u{64f}' if open => out.push('ु'),
            '\u{651}' => {
                if let Some(twice) = out.last().copied().filter(|c| is_consonant(*c)) {
                    out.extend([VIRAMA, twice]);
                }
            }
            '\u{652}' if open => out.push(VIRAMA),
            _ => out.extend(urdu_consonant(c).unwrap_or_default().chars()),
        }
    }
    out
}
