//! What people feel who write to the department's own accounts: a list of words anybody can read (`data/feeling.yaml`), and silence where
//! it does not know. **Counted by topic and day, never by person**: no author enters here, and few are not told at all.
//!
//! How far it agrees with a reader is measured on sentences written for the purpose (`data/feeling.tsv`), half of them held back by a hash.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Fewer items of a topic on a day than this are not told: one could know who wrote.
pub const FEW: usize = 5;
/// How far in front of a word, and how close behind it, another one turns it round.
const BEFORE: usize = 3;
const BEHIND: usize = 2;

/// What a sentence says. Where nothing is certain, nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Feeling {
    Good,
    Bad,
    Unknown,
}

/// A judgement with the words it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    pub feeling: Feeling,
    pub good: Vec<String>,
    pub bad: Vec<String>,
    /// Keys of topics; `other` where none is known.
    pub topics: Vec<String>,
}

/// A topic.
#[derive(Debug, Clone, Deserialize)]
pub struct Topic {
    pub key: String,
    pub en: String,
    pub hi: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Data {
    good: Vec<Vec<String>>,
    bad: Vec<Vec<String>>,
    turns: Vec<String>,
    though: Vec<String>,
    topics: Vec<Topic>,
}

/// Words in order; the star of each says that any ending fits.
type Term = Vec<(String, bool)>;

struct Lexicon {
    good: Vec<Term>,
    bad: Vec<Term>,
    turns: Vec<Term>,
    though: Vec<Term>,
    topics: Vec<(Topic, Vec<Term>)>,
}

static LEXICON: LazyLock<Result<Lexicon, String>> = LazyLock::new(|| {
    let data: Data = serde_norway::from_str(include_str!("../data/feeling.yaml")).map_err(|e| e.to_string())?;
    let all = |lists: Vec<Vec<String>>| lists.into_iter().flatten().map(|t| term(&t)).collect();
    Ok(Lexicon {
        good: all(data.good),
        bad: all(data.bad),
        turns: data.turns.iter().map(|t| term(t)).collect(),
        though: data.though.iter().map(|t| term(t)).collect(),
        topics: data.topics.into_iter().map(|t| (t.clone(), t.words.iter().map(|w| term(w)).collect())).collect(),
    })
});

fn lexicon() -> Option<&'static Lexicon> {
    LEXICON.as_ref().ok()
}

fn term(text: &str) -> Term {
    text.split_whitespace()
        .map(|word| match word.strip_suffix('*') {
            Some(stem) => (fold(stem), true),
            None => (fold(word), false),
        })
        .collect()
}

/// Small letters without the marks that people leave out: nukta, chandrabindu, anusvara, joiners.
fn fold(text: &str) -> String {
    text.to_lowercase().nfd().filter(|c| !matches!(c, '\u{93c}' | '\u{901}' | '\u{902}' | '\u{200c}' | '\u{200d}')).collect()
}

fn words(text: &str) -> Vec<String> {
    // Vowel signs and the virama are no letters to Unicode; the danda is no part of a word.
    let inside = |c: char| {
        c.is_alphanumeric() || c == '\'' || (('\u{900}'..='\u{97f}').contains(&c) && !matches!(c, '\u{964}' | '\u{965}'))
    };
    let text = fold(&text.replace('\u{2019}', "'"));
    text.split(|c| !inside(c)).map(|w| w.trim_matches('\'')).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn fits(term: &[(String, bool)], words: &[String]) -> bool {
    words.len() >= term.len()
        && term.iter().zip(words).all(|((stem, open), word)| if *open { word.starts_with(stem.as_str()) } else { word == stem })
}

/// The longest term that begins here.
fn longest<'a>(terms: &'a [Term], words: &[String]) -> Option<&'a Term> {
    terms.iter().filter(|t| fits(t, words)).max_by_key(|t| t.len())
}

/// Judges one text.
pub fn judge(text: &str) -> Judgement {
    let words = words(text);
    let Some(lexicon) = lexicon() else {
        return Judgement { feeling: Feeling::Unknown, good: vec![], bad: vec![], topics: vec!["other".into()] };
    };
    // Where the words of feeling stand: from, until, whether good.
    let mut hits: Vec<(usize, usize, bool)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (good, bad) = (longest(&lexicon.good, &words[at..]), longest(&lexicon.bad, &words[at..]));
        let length = |t: Option<&Term>| t.map_or(0, Vec::len);
        if good.is_none() && bad.is_none() {
            at += 1;
            continue;
        }
        let is_good = length(good) > length(bad);
        let end = at + length(good).max(length(bad));
        hits.push((at, end, is_good));
        at = end;
    }
    let turns = |n: usize| {
        words.get(n..).is_some_and(|rest| longest(&lexicon.turns, rest).is_some())
            && !hits.iter().any(|(from, until, _)| (*from..*until).contains(&n))
    };
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (from, until, is_good) in &hits {
        let turned = (from.saturating_sub(BEFORE)..*from).chain(*until..*until + BEHIND).any(turns);
        let said = words[*from..*until].join(" ");
        match (is_good, turned) {
            (true, false) => good.push(said),
            (true, true) | (false, false) => bad.push(said),
            // "No trouble" is no praise.
            (false, true) => {}
        }
    }
    let about = |terms: &Vec<Term>| (0..words.len()).any(|n| longest(terms, &words[n..]).is_some());
    let feeling = match (good.len(), bad.len()) {
        (0, 0) => Feeling::Unknown,
        (_, 0) if about(&lexicon.though) => Feeling::Unknown,
        (g, b) if b == 0 || g >= b + 2 => Feeling::Good,
        (g, b) if g == 0 || b >= g + 2 => Feeling::Bad,
        _ => Feeling::Unknown,
    };
    let mut topics: Vec<String> = lexicon.topics.iter().filter(|(_, terms)| about(terms)).map(|(t, _)| t.key.clone()).collect();
    if topics.is_empty() {
        topics.push("other".into());
    }
    Judgement { feeling, good, bad, topics }
}

/// Every topic that is known.
pub fn topics() -> impl Iterator<Item = &'static Topic> {
    lexicon().into_iter().flat_map(|l| l.topics.iter().map(|(t, _)| t))
}

/// A sentence with what a reader says of it.
#[derive(Debug, Clone)]
pub struct Labelled {
    pub feeling: Feeling,
    pub language: String,
    pub text: String,
    pub held_back: bool,
}

/// The sentences; an error names the line.
pub fn labelled() -> Result<Vec<Labelled>, String> {
    let lines = include_str!("../data/feeling.tsv").lines().enumerate();
    lines
        .filter(|(_, l)| !l.is_empty() && !l.starts_with('#'))
        .map(|(i, line)| {
            let wrong = || format!("data/feeling.tsv line {}: a label, a language and a sentence are needed", i + 1);
            let mut cells = line.splitn(3, '\t');
            let (Some(label), Some(language), Some(text)) = (cells.next(), cells.next(), cells.next()) else {
                return Err(wrong());
            };
            let feeling = match label {
                "+" => Feeling::Good,
                "-" => Feeling::Bad,
                "0" => Feeling::Unknown,
                _ => return Err(wrong()),
            };
            let held_back = Sha256::digest(text.as_bytes())[0] % 2 == 0;
            Ok(Labelled { feeling, language: language.into(), text: text.into(), held_back })
        })
        .collect()
}

/// How far the list agrees with the reader, in one language (or `all`).
#[derive(Debug, Clone, Serialize)]
pub struct Agreement {
    pub language: String,
    pub sentences: usize,
    /// Sentences the reader finds good or bad.
    pub felt: usize,
    /// Sentences the list says something of.
    pub decided: usize,
    /// Of these, how many the reader says the same of.
    pub right: usize,
    /// right / decided
    pub agreement: f64,
    /// Share of the felt ones the list decides.
    pub coverage: f64,
}

/// The agreement on the held-back sentences, or on the others.
pub fn measure(sentences: &[Labelled], held_back: bool) -> Vec<Agreement> {
    let share = |a: usize, b: usize| if b == 0 { f64::NAN } else { a as f64 / b as f64 };
    ["all", "hi", "hinglish", "en"]
        .into_iter()
        .map(|language| {
            let part: Vec<(&Labelled, Feeling)> = sentences
                .iter()
                .filter(|l| l.held_back == held_back && (language == "all" || l.language == language))
                .map(|l| (l, judge(&l.text).feeling))
                .collect();
            let decided = part.iter().filter(|(_, said)| *said != Feeling::Unknown).count();
            let right = part.iter().filter(|(l, said)| *said != Feeling::Unknown && *said == l.feeling).count();
            let felt: Vec<&(&Labelled, Feeling)> = part.iter().filter(|(l, _)| l.feeling != Feeling::Unknown).collect();
            let reached = felt.iter().filter(|(_, said)| *said != Feeling::Unknown).count();
            Agreement {
                language: language.into(),
                sentences: part.len(),
                felt: felt.len(),
                decided,
                right,
                agreement: share(right, decided),
                coverage: share(reached, felt.len()),
            }
        })
        .collect()
}

/// Items of one topic on one Indian day. Numbers that are withheld are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// First moment of the day, UTC microseconds.
    pub day: i64,
    pub topic: String,
    pub items: Option<usize>,
    pub good: Option<usize>,
    pub bad: Option<usize>,
    pub unknown: Option<usize>,
}

/// Counts texts by day and topic. A text about two things counts for both.
pub fn count<'a>(texts: impl Iterator<Item = (i64, &'a str)>) -> Vec<Count> {
    let mut found: std::collections::BTreeMap<(i64, String), [usize; 3]> = std::collections::BTreeMap::new();
    for (at, text) in texts {
        let Some(day) = model::time::to_ist(at).map(|t| model::time::from_ist(t.date().and_time(chrono::NaiveTime::MIN))) else {
            continue;
        };
        let judged = judge(text);
        for topic in judged.topics {
            let entry = found.entry((day, topic)).or_default();
            entry[match judged.feeling {
                Feeling::Good => 0,
                Feeling::Bad => 1,
                Feeling::Unknown => 2,
            }] += 1;
        }
    }
    found
        .into_iter()
        .map(|((day, topic), [good, bad, unknown])| {
            let all = good + bad + unknown;
            let told = |n: usize| (all >= FEW).then_some(n);
            Count { day, topic, items: told(all), good: told(good), bad: told(bad), unknown: told(unknown) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_turned_round_and_what_is_mixed_or_unsaid_stays_unknown() {
        for (text, expected) in [
            ("आपका बहुत धन्यवाद।", Feeling::Good),
            ("व्यवहार अच्छा नहीं था", Feeling::Bad),
            ("not good at all", Feeling::Bad),
            ("कोई परेशानी नहीं हुई", Feeling::Unknown),
            ("thanks, but the service is useless", Feeling::Unknown),
            ("good work, but more is needed", Feeling::Unknown),
            ("thank you for nothing", Feeling::Bad),
            ("कल काउंटर खुला है?", Feeling::Unknown),
            ("thodi DIKKAT hai, bekaar service", Feeling::Bad),
            ("", Feeling::Unknown),
        ] {
            assert_eq!(judge(text).feeling, expected, "{text}: {:?}", judge(text));
        }
        let j = judge("सिपाही ने रिश्वत माँगी");
        assert_eq!((j.bad, j.topics), (vec!["रिश्वत".to_owned()], vec!["conduct".to_owned()]));
    }

    #[test]
    fn few_are_not_told_and_days_are_indian() {
        let midnight =
            model::time::from_ist(chrono::NaiveDate::from_ymd_opt(2026, 11, 25).unwrap().and_time(chrono::NaiveTime::MIN));
        let mut texts: Vec<(i64, &str)> = (0..4).map(|_| (midnight, "रिश्वत माँगी")).collect();
        texts.push((midnight + 86_399_000_000, "व्यवहार अच्छा था"));
        texts.push((midnight - 1, "रिश्वत माँगी"));
        let counts = count(texts.into_iter());
        assert_eq!(counts.len(), 2);
        assert_eq!((counts[0].items, counts[0].bad), (None, None), "one alone is not told");
        assert_eq!((counts[1].day, counts[1].items, counts[1].good, counts[1].bad), (midnight, Some(5), Some(1), Some(4)));
    }

    #[test]
    fn there_are_enough_sentences_and_two_halves() {
        let all = labelled().unwrap();
        let texts: std::collections::HashSet<_> = all.iter().map(|l| &l.text).collect();
        assert_eq!(texts.len(), all.len(), "a sentence stands twice");
        for language in ["hi", "hinglish", "en"] {
            assert!(all.iter().filter(|l| l.language == language).count() >= 60, "{language}");
        }
        let held = all.iter().filter(|l| l.held_back).count();
        assert!(held > all.len() * 2 / 5 && held < all.len() * 3 / 5, "{held} of {}", all.len());
    }

    /// A fence: what the documents say of the held-back half must stay true.
    #[test]
    fn the_held_back_half_agrees_no_less_than_published() {
        let scores = measure(&labelled().unwrap(), true);
        for score in &scores {
            assert!(score.agreement >= 0.75 && score.coverage >= 0.6, "{score:?}");
        }
        assert!(lexicon().is_some() && topics().count() == 8);
    }
}
