//! Pieces to syllables.

use crate::glyph::{Piece, pieces};
use crate::sibilant;

/// A converted text and how well it is written.
#[derive(Debug, Default)]
pub(crate) struct Converted {
    pub text: String,
    /// Places no typist of Hindi leaves: a vowel sign on nothing, a half letter at the end, a code without a glyph.
    pub faults: usize,
    /// Syllables made.
    pub syllables: usize,
}

const VIRAMA: char = '्';
const NUKTA: char = '़';

/// One syllable under construction.
#[derive(Default)]
struct Syllable {
    /// Consonants joined by viramas; ends in one while `open`.
    cluster: String,
    open: bool,
    /// The virama was typed as such: a stroke that follows is ा, and it may end a word.
    explicit: bool,
    /// The last letter is त्र, whose stroke is optional.
    tra: bool,
    vowel: Option<&'static str>,
    sign: Option<char>,
    short: bool,
    reph: bool,
    mark: Option<char>,
    /// The code of a lone quotation mark.
    quote: Option<char>,
}

impl Syllable {
    fn is_empty(&self) -> bool {
        self.cluster.is_empty() && self.vowel.is_none()
    }

    /// Whether a new consonant begins another syllable.
    fn is_closed(&self) -> bool {
        self.vowel.is_some() || !self.cluster.is_empty() && !self.open
    }
}

struct Writer {
    now: Syllable,
    /// The word so far: sibilants are settled when it is whole.
    word: String,
    done: Converted,
}

/// Converts a text that is all in the legacy font.
pub(crate) fn convert(text: &str) -> Converted {
    let mut writer = Writer { now: Syllable::default(), word: String::new(), done: Converted::default() };
    let mut codes = text.chars().peekable();
    let mut before = ' ';
    while let Some(code) = codes.next() {
        // Between two digits a sign is the sign itself, as in 12/05/2019 and 10:30.
        let number = before.is_ascii_digit() && code.is_ascii_punctuation() && codes.peek().is_some_and(char::is_ascii_digit);
        before = code;
        match pieces(code).filter(|list| !number || matches!(list[0], Piece::Plain(_))) {
            Some(list) => list.iter().for_each(|piece| writer.take(*piece, code, codes.peek().copied())),
            None => {
                writer.flush();
                if !(code.is_whitespace() || code.is_ascii_digit() || code == '!' || number) {
                    writer.done.faults += 1;
                }
                writer.word.push(code);
                if code.is_whitespace() {
                    writer.end_word();
                }
            }
        }
    }
    writer.flush();
    writer.end_word();
    writer.done
}

impl Writer {
    fn take(&mut self, piece: Piece, code: char, next: Option<char>) {
        match piece {
            Piece::Full(letters) => self.consonant(letters, false),
            Piece::Half(letters) => {
                self.consonant(letters, true);
                self.now.quote = matches!(code, '\'' | '"').then_some(code);
            }
            Piece::Tra => {
                self.consonant("त्र", false);
                self.now.tra = true;
            }
            Piece::Quote(_) => {
                self.consonant(sibilant::placeholder(code), true);
                self.now.quote = Some(code);
            }
            Piece::Vowel(vowel) => {
                self.flush();
                self.now.vowel = Some(vowel);
            }
            Piece::Stem => self.stem(next),
            Piece::Sign(sign) => self.sign(sign),
            Piece::Mark(mark) => self.mark(mark),
            Piece::Short | Piece::ShortReph => {
                // Some type the half letter before ि, most after it.
                if self.now.is_closed() || self.now.short {
                    self.flush();
                }
                self.now.short = true;
                self.now.reph |= piece == Piece::ShortReph;
            }
            Piece::Reph => match self.now.vowel {
                Some("इ") => self.now.vowel = Some("ई"),
                None if !self.now.is_empty() => self.now.reph = true,
                _ => self.stray("Z"),
            },
            Piece::Below(letter) => self.below(letter),
            Piece::Nukta => self.nukta(),
            Piece::Halant => {
                if self.now.cluster.is_empty() || self.now.sign.is_some() {
                    self.stray("्");
                } else if !self.now.open {
                    self.now.cluster.push(VIRAMA);
                    (self.now.open, self.now.explicit) = (true, true);
                }
            }
            Piece::Plain(text) => {
                self.flush();
                self.word.push_str(text);
            }
        }
    }

    fn consonant(&mut self, letters: &str, open: bool) {
        if self.now.is_closed() {
            self.flush();
        }
        self.now.cluster.push_str(letters);
        (self.now.open, self.now.explicit, self.now.tra) = (open, false, false);
        self.now.quote = None;
    }

    fn stem(&mut self, next: Option<char>) {
        if self.now.open && !self.now.explicit {
            self.now.cluster.pop();
            self.now.open = false;
            self.now.quote = None;
            return;
        }
        if self.now.tra && self.now.sign.is_none() {
            self.now.tra = false;
            // No letter carries two signs: before another one, or behind ि, the stroke belongs to त्र.
            let signed = next.and_then(pieces).is_some_and(|list| match list[0] {
                Piece::Stem => true,
                Piece::Sign(sign) => joined(Some('ा'), sign).is_none(),
                _ => false,
            });
            if self.now.short || signed {
                return;
            }
        }
        self.sign('ा');
    }

    fn sign(&mut self, sign: char) {
        if let Some(vowel) = self.now.vowel {
            match (vowel, sign) {
                ("अ", 'ा') => self.now.vowel = Some("आ"),
                ("आ", 'े') | ("अ", 'ो') => self.now.vowel = Some("ओ"),
                ("आ", 'ै') | ("अ", 'ौ') => self.now.vowel = Some("औ"),
                ("आ", 'ॅ') | ("अ", 'ॉ') => self.now.vowel = Some("ऑ"),
                ("अ", 'ॅ') => self.now.vowel = Some("ॲ"),
                ("ए", 'े') => self.now.vowel = Some("ऐ"),
                ("ए", 'ॅ') => self.now.vowel = Some("ऍ"),
                _ => self.stray(sign.encode_utf8(&mut [0; 4])),
            }
            return;
        }
        if self.now.cluster.is_empty() {
            return self.stray(sign.encode_utf8(&mut [0; 4]));
        }
        if self.now.open {
            // A sign on a half letter: its stroke was forgotten.
            self.now.cluster.pop();
            self.now.open = false;
            self.done.faults += 1;
        }
        match joined(self.now.sign, sign) {
            Some(whole) => self.now.sign = Some(whole),
            None if self.now.sign == Some(sign) => self.done.faults += 1,
            None => self.stray(sign.encode_utf8(&mut [0; 4])),
        }
    }

    fn mark(&mut self, mark: char) {
        let waiting = self.now.short && self.now.is_empty();
        if self.now.is_empty() && !waiting {
            // The font has one glyph for the colon and for ः.
            match mark {
                'ः' => {
                    self.flush();
                    self.word.push(':');
                }
                _ => self.stray(mark.encode_utf8(&mut [0; 4])),
            }
            return;
        }
        match self.now.mark {
            None => self.now.mark = Some(mark),
            Some(same) if same == mark => self.done.faults += 1,
            Some(_) if mark == 'ः' => {
                self.flush();
                self.word.push(':');
            }
            Some(_) => self.stray(mark.encode_utf8(&mut [0; 4])),
        }
    }

    fn below(&mut self, letter: &str) {
        if self.now.cluster.is_empty() {
            return self.stray(letter);
        }
        let open = self.now.open && !self.now.explicit;
        if self.now.open {
            self.now.cluster.pop();
        }
        // Wide letters take two strokes of the hanging र.
        if letter == "र" && self.now.cluster.ends_with("्र") && !self.now.cluster.ends_with("त्र") {
            return;
        }
        self.now.cluster.push(VIRAMA);
        self.now.cluster.push_str(letter);
        self.now.open = open;
        if open {
            self.now.cluster.push(VIRAMA);
        }
    }

    fn nukta(&mut self) {
        if self.now.cluster.is_empty() {
            return match self.now.vowel {
                Some(_) => self.stray("़"),
                None => self.word.push('+'),
            };
        }
        let virama = self.now.open.then(|| self.now.cluster.pop()).flatten();
        match self.now.cluster.pop() {
            Some('न') => self.now.cluster.push('\u{929}'),
            Some('र') => self.now.cluster.push('\u{931}'),
            Some(letter) => {
                self.now.cluster.push(letter);
                if letter != NUKTA {
                    self.now.cluster.push(NUKTA);
                }
            }
            None => {}
        }
        self.now.cluster.extend(virama);
    }

    /// A piece with nothing to hold on to: it stays where it stands.
    fn stray(&mut self, text: &str) {
        self.flush();
        self.done.faults += 1;
        self.word.push_str(text);
    }

    /// Writes the syllable out.
    fn flush(&mut self) {
        let s = std::mem::take(&mut self.now);
        if s.is_empty() {
            if s.short {
                self.done.faults += 1;
                self.word.push('ि');
            }
            return;
        }
        if s.open
            && let Some(code) = s.quote
        {
            // A half श or ष joins what follows; alone it is a quotation mark.
            let joined = s.cluster.chars().filter(|c| *c == VIRAMA).count() > 1;
            if !joined && !s.short {
                self.word.push(code);
                return;
            }
        }
        self.done.syllables += 1;
        if s.open && !s.explicit || s.short && s.sign.is_some() {
            self.done.faults += 1;
        }
        if s.reph && s.vowel.is_none() {
            self.word.push_str("र्");
        }
        self.word.push_str(&s.cluster);
        self.word.push_str(s.vowel.unwrap_or_default());
        if s.short {
            self.word.push('ि');
        }
        self.word.extend(s.sign);
        self.word.extend(s.mark);
    }

    fn end_word(&mut self) {
        self.done.text.push_str(&sibilant::settle(&self.word));
        self.word.clear();
    }
}

/// The sign that two strokes make together.
fn joined(first: Option<char>, second: char) -> Option<char> {
    match (first, second) {
        (None, sign) => Some(sign),
        (Some('ा'), 'े') | (Some('े'), 'ा') => Some('ो'),
        (Some('ा'), 'ै') | (Some('ै'), 'ा') => Some('ौ'),
        (Some('ा'), 'ॅ') | (Some('ॅ'), 'ा') => Some('ॉ'),
        _ => None,
    }
}
