//! A long text as a thread of posts that each fit.

use super::{Length, entities, length};
use crate::limit::TextLimit;

/// A word (or link) that alone does not fit into one post.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} alone is longer than one post ({} of {}); shorten it", length.used, length.most)]
pub struct Unsplittable {
    pub word: String,
    pub length: Length,
}

/// Splits at paragraphs where that leaves posts at least half full, else at sentences, else between words; links, hashtags and
/// mentions stay whole. A text that fits is returned as it is; otherwise each part ends in ` 1/n`.
pub fn split(text: &str, limit: TextLimit) -> Result<Vec<String>, Unsplittable> {
    let text = text.trim();
    if length(text, limit).fits() {
        return Ok(vec![text.to_owned()]);
    }
    // The mark's own length depends on how many parts there will be.
    for digits in 1..=3 {
        let mark = format!(" {}/{}", "9".repeat(digits), "9".repeat(digits));
        let parts = pieces(text, limit, &mark)?;
        if parts.len() < 10_usize.pow(u32::try_from(digits).unwrap_or(3)) {
            let n = parts.len();
            return Ok(parts.iter().enumerate().map(|(i, p)| format!("{p} {}/{n}", i + 1)).collect());
        }
    }
    Err(Unsplittable { word: text.chars().take(20).collect(), length: length(text, limit) })
}

fn pieces(text: &str, limit: TextLimit, mark: &str) -> Result<Vec<String>, Unsplittable> {
    let whole = entities(text);
    let mut out = Vec::new();
    let mut rest = 0;
    while rest < text.len() {
        rest += text[rest..].len() - text[rest..].trim_start().len();
        let fits = |end: usize| length(&format!("{}{mark}", text[rest..end].trim_end()), limit).fits();
        if fits(text.len()) {
            out.push(text[rest..].trim_end().to_owned());
            break;
        }
        // Places between words, outside of links; then the last that fits, by the best reason to cut.
        let cuts: Vec<usize> = text[rest..]
            .char_indices()
            .filter(|(_, c)| c.is_whitespace())
            .map(|(i, _)| rest + i)
            .filter(|cut| *cut > rest && !whole.iter().any(|e| e.start < *cut && *cut < e.end))
            .collect();
        let last = cuts.partition_point(|cut| fits(*cut));
        let Some(end) = best(text, rest, &cuts[..last]) else {
            let word: String = text[rest..].split_whitespace().next().unwrap_or_default().to_owned();
            return Err(Unsplittable { length: length(&word, limit), word });
        };
        out.push(text[rest..end].trim_end().to_owned());
        rest = end;
    }
    Ok(out)
}

fn best(text: &str, start: usize, cuts: &[usize]) -> Option<usize> {
    let last = *cuts.last()?;
    let half = start + (last - start) / 2;
    let late = |cut: &&usize| **cut >= half;
    let paragraph = cuts.iter().rev().filter(late).find(|c| text[**c..].starts_with("\n\n"));
    let sentence = || cuts.iter().rev().filter(late).find(|c| text[..**c].ends_with(['।', '.', '!', '?', '॥', '\n']));
    Some(*paragraph.or_else(sentence).unwrap_or(&last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::NetworkName;

    #[test]
    fn a_short_text_stays_one_post() {
        assert_eq!(split(" नमस्ते ", NetworkName::X.limits().text).unwrap(), ["नमस्ते"]);
    }

    #[test]
    fn every_part_fits_and_nothing_is_lost() {
        let text = "हेलमेट पहनें। धीरे चलें और police.rajasthan.gov.in/road देखें। Wear a helmet, always! ".repeat(20);
        for name in [NetworkName::X, NetworkName::Bluesky, NetworkName::Mastodon] {
            let limit = name.limits().text;
            let parts = split(&text, limit).unwrap();
            assert!(parts.len() > 2, "{name}");
            let mut words = Vec::new();
            for (i, part) in parts.iter().enumerate() {
                assert!(length(part, limit).fits(), "{name}: {part}");
                let (body, mark) = part.rsplit_once(' ').unwrap();
                assert_eq!(mark, format!("{}/{}", i + 1, parts.len()));
                assert!(i + 1 == parts.len() || body.ends_with(['।', '!']), "cut inside a sentence: {body}");
                words.extend(body.split_whitespace().map(str::to_owned));
            }
            assert_eq!(words, text.split_whitespace().collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn ten_parts_number_themselves_with_two_digits() {
        let limit = TextLimit { counting: super::super::Counting::CodePoints, most: 12, most_bytes: None };
        let parts = split(&"abcd ".repeat(20), limit).unwrap();
        assert!(parts.len() >= 10 && parts.iter().all(|p| p.chars().count() <= 12), "{parts:?}");
    }

    #[test]
    fn a_word_longer_than_a_post_is_named() {
        let error = split(&"अ".repeat(400), NetworkName::X.limits().text).unwrap_err();
        assert!(error.to_string().contains("shorten"), "{error}");
    }
}
