//! Refusals in Hindi. The desk's functions say in English why they did not do something; pages say it in the reader's language. The
//! sentences are data (`data/refusals.tsv`), and a test reads this crate's own sources for any that is missing.

use std::sync::LazyLock;

struct Sentence {
    /// What stands between the words that are filled in.
    english: Vec<&'static str>,
    hindi: &'static str,
}

/// Sentences, those with the most words of their own first, and translations of single words.
struct Book {
    sentences: Vec<Sentence>,
    words: Vec<(&'static str, &'static str)>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let lines = include_str!("../data/refusals.tsv").lines().filter(|l| !l.starts_with('#'));
    let pairs: Vec<(&str, &str)> = lines.filter_map(|l| l.split_once('\t')).collect();
    let words = pairs.iter().filter_map(|(e, h)| Some((e.strip_prefix('=')?, *h))).collect();
    let mut sentences: Vec<Sentence> = pairs
        .iter()
        .filter(|(e, _)| !e.starts_with('='))
        .map(|(e, h)| Sentence { english: e.split("{}").collect(), hindi: h })
        .collect();
    sentences.sort_by_key(|s| std::cmp::Reverse(s.english.iter().map(|part| part.len()).sum::<usize>()));
    Book { sentences, words }
});

/// A refusal in Hindi; none when the sentence is not known.
pub fn hindi(english: &str) -> Option<String> {
    BOOK.sentences.iter().find_map(|s| {
        let filled = filled(english, &s.english)?;
        let mut out = s.hindi.to_owned();
        for (n, value) in filled.iter().enumerate() {
            let value = BOOK.words.iter().find(|(e, _)| e == value).map_or(*value, |(_, h)| h);
            out = out.replace(&format!("{{{}}}", n + 1), value);
        }
        Some(out)
    })
}

/// What stands in `text` where `parts` leave room; none when it is another sentence.
fn filled<'a>(text: &'a str, parts: &[&str]) -> Option<Vec<&'a str>> {
    let (first, rest) = parts.split_first()?;
    let mut left = text.strip_prefix(*first)?;
    let mut out = Vec::new();
    for (n, part) in rest.iter().enumerate() {
        let last = n + 1 == rest.len();
        let at = if last {
            left.len().checked_sub(part.len()).filter(|at| left.is_char_boundary(*at) && left.ends_with(part))?
        } else {
            left.find(part)?
        };
        out.push(&left[..at]);
        left = &left[at + part.len()..];
    }
    left.is_empty().then_some(out)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Texts in quotation marks within the brackets that open at `from`.
    fn quoted(source: &str, from: usize) -> Vec<String> {
        let (mut out, mut depth, mut inside, mut escaped, mut text) = (Vec::new(), 1, false, false, String::new());
        for c in source[from..].chars() {
            match (inside, c) {
                (true, _) if escaped => {
                    text.push(c);
                    escaped = false;
                }
                (true, '\\') => escaped = true,
                (true, '"') => {
                    out.push(std::mem::take(&mut text));
                    inside = false;
                }
                (true, _) => text.push(c),
                (false, '"') => inside = true,
                (false, '(') => depth += 1,
                (false, ')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        out
    }

    fn sources(folder: &Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() => sources(&path, out),
                path => out.push(std::fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap().to_owned()),
            }
        }
    }

    #[test]
    fn every_refusal_of_this_crate_is_said_in_hindi() {
        let mut all = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        let mut seen = 0;
        // What is wrong with a picture, a film or its captions is a text until the page says it.
        let texts = [include_str!("media.rs"), include_str!("transcode.rs"), include_str!("caption.rs")];
        let texts: Vec<&str> = texts.iter().map(|s| s.split("#[cfg(test)]").next().unwrap()).collect();
        let desk: &[&str] = &["DeskError::Refused(", "DeskError::Invalid(", "enough("];
        let plain: &[&str] = &["Err(", "ok_or_else(", "map_err(", "let failed = |e: std::io::Error| format!("];
        let all = all.iter().map(|s| (s.as_str(), desk)).chain(texts.into_iter().map(|s| (s, plain)));
        for (source, begins) in all {
            for begin in begins {
                for (at, _) in source.match_indices(begin) {
                    for text in quoted(source, at + begin.len()).into_iter().filter(|t| t.len() > 8 && t.contains(' ')) {
                        // What is filled in does not matter.
                        let mut plain = String::new();
                        for (n, part) in text.split('{').enumerate() {
                            plain.push_str(if n == 0 { part } else { "X" });
                            plain.push_str(if n == 0 { "" } else { part.split_once('}').unwrap().1 });
                        }
                        let said = hindi(&plain).unwrap_or_else(|| panic!("not in data/refusals.tsv: {text}"));
                        assert!(said.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)) && !said.contains('{'), "{said}");
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 90, "{seen}");
    }

    #[test]
    fn what_is_said_of_a_delivery_is_said_in_hindi() {
        let mut all = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        sources(&root.join("../store/src/social"), &mut all);
        let mut said: Vec<String> =
            all.iter().flat_map(|s| s.split("reason = '").skip(1)).map(|s| s.split('\'').next().unwrap().into()).collect();
        all.clear();
        sources(&root.join("src/outbox"), &mut all);
        sources(&root.join("src/network"), &mut all);
        all.push(include_str!("desk/schedule.rs").into());
        for source in &all {
            for begin in ["reason: Some(", "let why = Some(", "Unclear(", "=> (", "let what = format!(", "const VANISHED"] {
                said.extend(
                    source
                        .match_indices(begin)
                        .flat_map(|(at, _)| quoted(source, at + begin.len()))
                        .map(|t| t.replace("{}", "X")),
                );
            }
        }
        let by_hand = |t: &String| t.contains("by hand") && !t.contains("look by hand") && !t.contains("somebody");
        let sentences: Vec<String> = said
            .into_iter()
            .filter(|t| t.contains(' ') && !t.contains('{') && !t.starts_with(' '))
            .map(|t| if by_hand(&t) { format!("{t} (asha)") } else { t })
            .collect();
        assert!(sentences.len() > 25, "{sentences:?}");
        for sentence in sentences {
            assert!(hindi(&sentence).is_some(), "not in data/refusals.tsv: {sentence}");
        }
    }

    #[test]
    fn names_stay_and_states_are_translated() {
        assert_eq!(
            hindi("version 2 of 019a is withdrawn, not approved").unwrap(),
            "019a के संस्करण 2 की स्थिति “वापस लिया गया” है, अनुमोदित नहीं"
        );
        assert!(
            hindi("asha is not publisher in T1 or a unit above it; `sarovar channel officer` gives the role")
                .unwrap()
                .starts_with("asha इकाई T1")
        );
        assert_eq!(hindi("something else altogether"), None);
    }
}
