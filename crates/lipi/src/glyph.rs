//! What each code of the font draws, as pieces of a syllable.
//!
//! Source: the glyph charts of Kruti Dev 010 and DevLys 010 (Remington layout); both fonts share them. Codes above ASCII are
//! given as the Windows-1252 characters that readers make of them.

/// A piece of writing, in the order in which the font needs it typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// One or more whole consonants.
    Full(&'static str),
    /// A letter without its upright stroke; [`Piece::Stem`] completes it, another consonant joins it.
    Half(&'static str),
    /// त्र, written with or without the stroke that follows.
    Tra,
    /// An independent vowel.
    Vowel(&'static str),
    /// The upright stroke: the rest of a half letter, else the sign ा.
    Stem,
    /// A vowel sign behind, above or below its letter.
    Sign(char),
    /// ं, ँ or ः.
    Mark(char),
    /// ि stands before the letter it belongs to.
    Short,
    /// ि with the hook of र् in one glyph, before the letter.
    ShortReph,
    /// The hook of र्, typed behind the syllable it is spoken before.
    Reph,
    /// A consonant hung below or behind the one before.
    Below(&'static str),
    Nukta,
    Halant,
    /// An apostrophe or quotation mark that a word processor has rounded: a half श or ष, or a real quotation mark.
    Quote(char),
    /// A sign with its own meaning.
    Plain(&'static str),
}

use Piece::*;

/// The pieces a code draws; none where the font has no glyph we know.
pub(crate) fn pieces(code: char) -> Option<&'static [Piece]> {
    Some(match windows(code) {
        'D' => &[Half("क्")],
        'd' => &[Full("क")],
        'ô' => &[Full("क्क")],
        'ä' => &[Full("क्त")],
        'Ø' => &[Full("क्र")],
        '—' | 'Ñ' => &[Full("क"), Sign('ृ')],
        '[' => &[Half("ख्")],
        '£' => &[Full("ख")],
        'X' => &[Half("ग्")],
        'x' => &[Full("ग")],
        '?' => &[Half("घ्")],
        'Ä' => &[Full("घ")],
        '³' => &[Full("ङ")],
        'P' => &[Half("च्")],
        'p' => &[Full("च")],
        'N' => &[Full("छ")],
        'T' => &[Half("ज्")],
        't' => &[Full("ज")],
        'K' => &[Full("ज्ञ")],
        '÷' | 'Ö' => &[Half("झ्")],
        '>' => &[Full("झ")],
        '¥' => &[Full("ञ")],
        'V' => &[Full("ट")],
        'ê' | 'Í' => &[Full("ट्ट")],
        'ë' | 'Î' => &[Full("ट्ठ")],
        'B' => &[Full("ठ")],
        'M' => &[Full("ड")],
        'ì' | 'Ï' => &[Full("ड्ड")],
        'ï' | 'Ô' => &[Full("ड्ढ")],
        '<' => &[Full("ढ")],
        '.' => &[Half("ण्")],
        'R' => &[Half("त्")],
        'r' => &[Full("त")],
        'Ù' => &[Half("त्त्")],
        '=' => &[Tra],
        '«' => &[Half("त्र्")],
        'F' => &[Half("थ्")],
        'n' => &[Full("द")],
        '–' => &[Full("द"), Sign('ृ')],
        'í' | 'Ì' => &[Full("द्द")],
        ')' => &[Full("द्ध")],
        '|' => &[Full("द्य")],
        'æ' => &[Full("द्र")],
        '}' => &[Full("द्व")],
        '/' | 'è' | 'Ë' => &[Half("ध्")],
        'U' => &[Half("न्")],
        'u' => &[Full("न")],
        'é' => &[Full("न्न")],
        '™' => &[Half("न्न्")],
        'I' => &[Half("प्")],
        'i' => &[Full("प")],
        'ç' | 'Á' => &[Full("प्र")],
        '¶' => &[Half("फ्")],
        'Q' => &[Full("फ")],
        'Ý' => &[Full("फ्र")],
        'C' => &[Half("ब्")],
        'c' => &[Full("ब")],
        'H' => &[Half("भ्")],
        'Ò' => &[Full("भ")],
        'E' => &[Half("म्")],
        'e' => &[Full("म")],
        '¸' => &[Half("य्")],
        ';' => &[Full("य")],
        'j' => &[Full("र")],
        '#' => &[Full("र"), Sign('ु')],
        ':' => &[Full("र"), Sign('ू')],
        'Y' => &[Half("ल्")],
        'y' => &[Full("ल")],
        'G' => &[Full("ळ")],
        'O' => &[Half("व्")],
        'o' => &[Full("व")],
        '\'' | 'Ü' => &[Half("श्")],
        'J' => &[Full("श्र")],
        '"' => &[Half("ष्")],
        'L' => &[Half("स्")],
        'l' => &[Full("स")],
        'º' => &[Half("ह्")],
        'g' => &[Full("ह")],
        'à' => &[Full("ह्न")],
        'á' => &[Full("ह्य")],
        'â' => &[Full("ह"), Sign('ृ')],
        'ã' => &[Full("ह्म")],
        '{' => &[Half("क्ष्")],
        'v' => &[Vowel("अ")],
        'b' => &[Vowel("इ")],
        'Ã' => &[Vowel("ई")],
        'm' => &[Vowel("उ")],
        'Å' => &[Vowel("ऊ")],
        ',' => &[Vowel("ए")],
        '_' => &[Vowel("ऋ")],
        'k' => &[Stem],
        'h' => &[Sign('ी')],
        'q' => &[Sign('ु')],
        'w' => &[Sign('ू')],
        '`' => &[Sign('ृ')],
        's' | '¢' => &[Sign('े')],
        'S' => &[Sign('ै')],
        '¨' => &[Sign('ो')],
        '©' => &[Sign('ौ')],
        '‚' => &[Sign('ॉ')],
        'W' => &[Sign('ॅ')],
        'È' => &[Sign('ी'), Mark('ं')],
        'Ê' => &[Sign('ी'), Reph],
        'a' => &[Mark('ं')],
        '¡' => &[Mark('ँ')],
        '%' => &[Mark('ः')],
        'f' => &[Short],
        'Æ' => &[ShortReph],
        'Ç' => &[Short, Mark('ं')],
        'É' => &[ShortReph, Mark('ं')],
        'Z' => &[Reph],
        '±' => &[Reph, Mark('ं')],
        'z' | 'ª' => &[Below("र")],
        'î' | 'Ó' => &[Below("य")],
        '+' => &[Nukta],
        '~' => &[Halant],
        '‘' | '’' | '“' | '”' | '´' => return quote(code),
        'A' => &[Plain("।")],
        ']' => &[Plain(",")],
        '-' => &[Plain(".")],
        '&' | 'µ' => &[Plain("-")],
        '\\' => &[Plain("?")],
        '@' => &[Plain("/")],
        '(' => &[Plain(";")],
        '¼' => &[Plain("(")],
        '½' => &[Plain(")")],
        '¿' => &[Plain("{")],
        'À' => &[Plain("}")],
        '¾' => &[Plain("=")],
        '$' => &[Plain("+")],
        'Œ' | 'ñ' => &[Plain("॰")],
        '•' | '·' | '∙' => &[Plain("ऽ")],
        '^' => &[Plain("‘")],
        '*' => &[Plain("’")],
        'Þ' => &[Plain("“")],
        'ß' => &[Plain("”")],
        'Û' => &[Plain("x")],
        'å' => &[Plain("०")],
        'ƒ' => &[Plain("१")],
        '„' => &[Plain("२")],
        '…' => &[Plain("३")],
        '†' => &[Plain("४")],
        '‡' => &[Plain("५")],
        'ˆ' => &[Plain("६")],
        '‰' => &[Plain("७")],
        'Š' => &[Plain("८")],
        '‹' => &[Plain("९")],
        _ => return None,
    })
}

fn quote(code: char) -> Option<&'static [Piece]> {
    Some(match code {
        '‘' => &[Quote('‘')],
        '’' => &[Quote('’')],
        '´' => &[Quote('´')],
        '“' => &[Quote('“')],
        _ => &[Quote('”')],
    })
}

/// Files read as Latin-1 hold control codes where Windows-1252 has characters.
fn windows(code: char) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“',
        '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match code {
        '\u{80}'..='\u{9f}' => HIGH[code as usize - 0x80],
        other => other,
    }
}
