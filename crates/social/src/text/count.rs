//! Length in the unit a network counts in.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::entity::{mentions_with_domain, urls};
use crate::limit::TextLimit;

/// The unit a network counts a text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// X: weights by code point, 23 for a link, 2 for an emoji (twitter-text, configuration 3).
    Weighted,
    /// Extended grapheme clusters (Unicode Annex 29): what a reader calls a character.
    Graphemes,
    CodePoints,
    /// As JavaScript counts.
    Utf16,
    /// Code points; a link counts 23, a mention without its domain.
    Mastodon,
}

/// How long a text is, and how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Length {
    pub used: u32,
    pub most: u32,
    pub bytes: u32,
    pub most_bytes: Option<u32>,
}

impl Length {
    pub fn fits(&self) -> bool {
        self.used <= self.most && self.most_bytes.is_none_or(|most| self.bytes <= most)
    }
}

/// Measures `text` against a network's limit.
pub fn length(text: &str, limit: TextLimit) -> Length {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let used = match limit.counting {
        Counting::Weighted => weigh(text),
        Counting::Graphemes => count(text.graphemes(true).count()),
        Counting::CodePoints => count(text.chars().count()),
        Counting::Utf16 => count(text.encode_utf16().count()),
        Counting::Mastodon => mastodon(text),
    };
    Length { used, most: limit.most, bytes: count(text.len()), most_bytes: limit.most_bytes }
}

/// Characters X gives the weight 1; every other weighs 2.
const LIGHT: &[(u32, u32)] = &[(0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)];
/// What X counts for a link of any length.
const LINK: u32 = 23;

static EMOJI: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // Flags, keycaps, and pictographs with their modifiers, tags and joiners. © and ® are emoji only when they say so.
    let one = r"[\p{Extended_Pictographic}--[©®]](?:\x{FE0F}|\p{Emoji_Modifier})?(?:[\x{E0020}-\x{E007E}]+\x{E007F})?";
    let joined = format!(r"(?:{one})(?:\x{{200D}}(?:{one}))*");
    Regex::new(&format!(r"\p{{RI}}\p{{RI}}|[0-9#*]\x{{FE0F}}?\x{{20E3}}|[©®]\x{{FE0F}}|{joined}")).ok()
});

/// X's weighted length; a post may weigh 280.
pub fn weigh(text: &str) -> u32 {
    let text: String = text.nfc().collect();
    let mut total = 0;
    let mut at = 0;
    for link in urls(&text) {
        total += weigh_plain(&text[at..link.start]) + LINK;
        at = link.end;
    }
    total + weigh_plain(&text[at..])
}

fn weigh_plain(text: &str) -> u32 {
    let of = |plain: &str| -> u32 {
        plain.chars().map(|c| if LIGHT.iter().any(|(a, b)| (*a..=*b).contains(&(c as u32))) { 1 } else { 2 }).sum()
    };
    let mut total = 0;
    let mut at = 0;
    for emoji in EMOJI.iter().flat_map(|e| e.find_iter(text)) {
        total += of(&text[at..emoji.start()]) + 2;
        at = emoji.end();
    }
    total + of(&text[at..])
}

fn mastodon(text: &str) -> u32 {
    let mut total = text.chars().count();
    for link in urls(text).iter().filter(|l| text[l.start..l.end].starts_with("http")) {
        total = total + 23 - text[link.start..link.end].chars().count();
    }
    for (whole, local) in mentions_with_domain(text) {
        total -= whole.chars().count() - local.chars().count();
    }
    u32::try_from(total).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counting: Counting, text: &str) -> u32 {
        length(text, TextLimit { counting, most: 1, most_bytes: None }).used
    }

    #[test]
    fn devanagari_weighs_one_and_rupees_two() {
        assert_eq!(weigh("राजस्थान"), 8);
        assert_eq!(weigh("₹500"), 5);
        assert_eq!(weigh("पढ़ें police.rajasthan.gov.in/x"), 6 + 23);
        assert_eq!(weigh("© 2026 ©️"), 1 + 1 + 4 + 1 + 2);
    }

    #[test]
    fn one_text_has_four_lengths() {
        let text = "क्षत्रिय 👨‍👩‍👧‍👦";
        assert_eq!(of(Counting::Graphemes, text), 5, "क्ष त्रि य, space, one family");
        assert_eq!(of(Counting::CodePoints, text), 8 + 1 + 7);
        assert_eq!(of(Counting::Utf16, text), 8 + 1 + 11);
        assert_eq!(of(Counting::Weighted, text), 8 + 1 + 2);
    }

    #[test]
    fn mastodon_shortens_links_and_mentions() {
        assert_eq!(of(Counting::Mastodon, "https://example.org/a/very/long/path/indeed"), 23);
        assert_eq!(of(Counting::Mastodon, "@thana@social.example नमस्ते"), 6 + 1 + 6);
    }

    #[test]
    fn bytes_can_be_the_tighter_limit() {
        let limit = TextLimit { counting: Counting::Graphemes, most: 300, most_bytes: Some(3000) };
        let text = "क्षत्रि".repeat(148);
        let measured = length(&text, limit);
        assert!(measured.used <= 300 && measured.bytes > 3000 && !measured.fits(), "{measured:?}");
    }
}
