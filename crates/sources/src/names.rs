//! Header names: how two spellings of one column are recognised, and which name was probably meant.

/// Lower case with blanks and punctuation collapsed: `Target /A PARTY NUMBER` and `target/a-party number` are equal.
/// Letters of every script count; a name made of punctuation only (`:ID` has letters, `%` has not) is kept as it is.
pub fn fold(name: &str) -> String {
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut folded = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        // Marks of Devanagari (vowel signs, virama) are not alphanumeric but are part of the word.
        if c.is_alphanumeric() || !c.is_ascii() && !c.is_whitespace() {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.extend(c.to_lowercase());
        } else {
            gap = true;
        }
    }
    if folded.is_empty() { name.to_owned() } else { folded }
}

/// How alike two names are: 1 is equal, 0 has nothing in common (Dice coefficient over letter pairs of folded names).
pub fn likeness(a: &str, b: &str) -> f32 {
    let (a, b) = (fold(a).replace(' ', ""), fold(b).replace(' ', ""));
    if a == b {
        return 1.0;
    }
    let pairs = |s: &str| -> Vec<(char, char)> { s.chars().zip(s.chars().skip(1)).collect() };
    let (pa, mut pb) = (pairs(&a), pairs(&b));
    let total = pa.len() + pb.len();
    if total == 0 {
        return 0.0;
    }
    let shared = pa.iter().filter(|p| pb.iter().position(|q| q == *p).map(|i| pb.swap_remove(i)).is_some()).count();
    2.0 * shared as f32 / total as f32
}

/// The candidate most like `name`, if any is like it at all.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|c| (likeness(name, c), c))
        .filter(|(score, _)| *score >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| c)
}

/// A header cell without blanks, byte order mark and quotes around it.
pub(crate) fn strip(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}
