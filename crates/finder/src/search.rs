//! From a question to its best answers: candidates by the posting lists, the strictest way first, ranked by the words that are kept of them.

use std::collections::HashSet;

use rayon::prelude::*;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Searcher, SegmentReader, TantivyDocument, Term};

use crate::ask::Ask;
use crate::entry::Kind;
use crate::error::FinderError;
use crate::index::Index;
use crate::kept::Kept;
use crate::rank::{Asked, Ranked};
use crate::terms;
use crate::walk::{Bounds, Clauses, Rows, Union};

/// Candidates of one way that are ranked, and as many again that lack a word.
const CANDIDATES: usize = 600;
/// Rows of a leading list that are looked at. Who asks for two words that millions bear, and hardly anybody together, gets what was found by then.
const STEPS: usize = 150_000;
/// Spellings that a beginning is completed to, the commonest, and how many are looked through for them.
const COMPLETED: usize = 64;
const COMPLETIONS: usize = 4096;
/// Rows of a piece of the index up to which a word may be a slip of the pen for another.
const RARE: u64 = 100;
/// Letters from which a word is taken for one with a slip.
const LONG: usize = 5;
/// What a document is worth a word before its text is read: as it is asked, and by sound alone.
const TEXT: f32 = 0.7;
const TEXT_ALIKE: f32 = 0.4;

/// Something found: its place in the lake, the better answer first.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub kind: Kind,
    /// The key of what it speaks of; empty where the row has none.
    pub key: String,
    /// SHA-256 of the received file, and the row in it.
    pub object: String,
    pub row: i64,
    /// Each word of the question gives 1 at most and costs a little where the row has nothing like it; each number gives 2.
    pub score: f32,
}

/// A way of looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All words in the name, as they are spelled.
    Spelled,
    /// Words by their sound, anywhere.
    Alike,
    /// Rare words with a slip of the pen too.
    Slips,
    /// Words of documents, as they are spelled, and by their sound.
    Text,
    TextAlike,
}

/// A word of the question as it is looked up.
struct Wanted {
    /// As it is spelled, and in Latin letters.
    spelled: Vec<String>,
    /// Its keys, and those of it and a neighbour written as one.
    keys: Vec<String>,
    /// May be a beginning only.
    begins: bool,
}

/// A question on its way through one state of the index.
struct Look<'i> {
    index: &'i Index,
    searcher: Searcher,
    ask: &'i Ask,
    words: Vec<Wanted>,
    seen: HashSet<DocAddress>,
    answers: Vec<(Ranked, Vec<u8>)>,
}

impl Index {
    /// The best answers, [`Ask::limit`] at most.
    pub fn search(&self, ask: &Ask) -> Result<Vec<Found>, FinderError> {
        if ask.is_empty() {
            return Ok(Vec::new());
        }
        let (searcher, words) = (self.reader.searcher(), wanted(ask));
        let mut look = Look { index: self, searcher, ask, words, seen: HashSet::new(), answers: Vec::new() };
        let found = look.all().map_err(|e| self.broken(&e));
        found.map(|()| look.best())
    }
}

fn wanted(ask: &Ask) -> Vec<Wanted> {
    let pairs = terms::joined(&ask.words);
    let one = |(i, word): (usize, &String)| {
        let roman = terms::roman(word);
        let mut keys = terms::keys(word, &roman);
        let neighbours = [i.checked_sub(1), Some(i)].into_iter().flatten().filter_map(|j| pairs.get(j));
        keys.extend(neighbours.filter_map(|pair| terms::sound(pair)));
        let mut spelled = roman;
        spelled.push(word.clone());
        for list in [&mut keys, &mut spelled] {
            list.sort();
            list.dedup();
        }
        Wanted { spelled, keys, begins: ask.typing && i + 1 == ask.words.len() }
    };
    ask.words.iter().enumerate().map(one).collect()
}

impl Look<'_> {
    /// Looks until there are answers enough. A looser way is gone only where the stricter ones gave too little.
    fn all(&mut self) -> tantivy::Result<()> {
        let (words, spare) = (!self.words.is_empty(), usize::from(self.words.len() > 2));
        if self.ask.kind != Some(Kind::Document) {
            if words {
                self.go(Way::Spelled, 0)?;
            }
            if !self.enough() {
                self.go(Way::Alike, spare)?;
            }
            if words && !self.answers.iter().any(|(r, _)| r.missed == 0) {
                self.go(Way::Slips, spare)?;
            }
        }
        if words && self.ask.kind.is_none_or(|kind| kind == Kind::Document) {
            let before = self.answers.len();
            self.go(Way::Text, 0)?;
            if self.answers.len() - before < self.ask.limit {
                self.go(Way::TextAlike, spare)?;
            }
        } else if !words && self.ask.kind == Some(Kind::Document) {
            self.go(Way::Text, 0)?;
        }
        Ok(())
    }

    /// Whether as many answers as are wanted have all words.
    fn enough(&self) -> bool {
        self.answers.iter().filter(|(r, _)| r.missed == 0).count() >= self.ask.limit
    }

    fn go(&mut self, way: Way, spare: usize) -> tantivy::Result<()> {
        // Where no word may be missing all lists jump over each other: who has every word is found however common the words are.
        let rows = self.walk(way, 0, STEPS, |clauses, bounds, alive| clauses.with_rarest(bounds, alive))?;
        self.rank(way, rows.iter().flat_map(|(piece, rows)| addresses(*piece, &rows.whole)))?;
        if spare == 0 || self.enough() {
            return Ok(());
        }
        let steps = if self.answers.is_empty() { STEPS } else { STEPS / 3 };
        let rows = self.walk(way, spare, steps, |clauses, bounds, alive| clauses.with_rarest(bounds, alive))?;
        // The rarest word tells most: who lacks it is looked for where nobody has them all.
        let more = match self.answers.iter().any(|(r, _)| r.missed == 0) {
            true => Vec::new(),
            false => self.walk(way, spare, steps, |clauses, bounds, alive| clauses.without_rarest(bounds, alive))?,
        };
        self.rank(way, rows.iter().chain(&more).flat_map(|(piece, rows)| addresses(*piece, &rows.partly)))
    }

    /// Walks all pieces of the index side by side.
    fn walk(
        &self,
        way: Way,
        spare: usize,
        steps: usize,
        of: impl Fn(Clauses, Bounds, &dyn Fn(u32) -> bool) -> Rows + Sync,
    ) -> tantivy::Result<Vec<(u32, Rows)>> {
        let all = self.searcher.num_docs().max(1) as usize;
        let one = |(piece, reader): (usize, &SegmentReader)| {
            // Each piece gives its share, and small ones a little more.
            let share = |of: usize| of * reader.max_doc() as usize / all + of / 32;
            let bounds = Bounds { rows: share(CANDIDATES.max(3 * self.ask.limit)), steps: share(steps) };
            let alive = |row: u32| reader.alive_bitset().is_none_or(|alive| alive.is_alive(row));
            Ok((piece as u32, of(self.clauses(reader, way, spare)?, bounds, &alive)))
        };
        self.searcher.segment_readers().par_iter().enumerate().map(one).collect()
    }

    fn clauses(&self, reader: &SegmentReader, way: Way, spare: usize) -> tantivy::Result<Clauses> {
        let f = self.index.fields;
        let mut needed = Vec::new();
        let numbers = self.ask.numbers.iter().flat_map(|n| {
            // A number with its country code is the number.
            terms::grams(n.strip_prefix("91").filter(|n| n.len() == 10).unwrap_or(n))
        });
        for gram in numbers {
            needed.push(union(reader, f.number, [&gram])?);
        }
        for any in &self.ask.tags {
            needed.push(union(reader, f.tag, any)?);
        }
        if let Some(kind) = self.ask.kind {
            needed.push(union(reader, f.kind, [kind.word()])?);
        }
        let mut words = Vec::new();
        for wanted in &self.words {
            let mut any = match way {
                Way::Spelled => union(reader, f.word, &wanted.spelled)?,
                Way::Alike | Way::Slips => union(reader, f.sound, &wanted.keys)?,
                Way::Text => union(reader, f.body, &wanted.spelled)?,
                Way::TextAlike => union(reader, f.body_sound, &wanted.keys)?,
            };
            if wanted.begins && matches!(way, Way::Spelled | Way::Alike) {
                complete(reader, f.word, wanted, &mut any)?;
            }
            if way == Way::Slips && (any.rows <= RARE || self.words.len() <= 2) {
                slips(reader, f.word, wanted, &mut any)?;
            }
            words.push(any);
        }
        Ok(Clauses { needed, words, spare })
    }

    /// Ranks candidates that were not met before.
    fn rank(&mut self, way: Way, rows: impl Iterator<Item = DocAddress>) -> tantivy::Result<()> {
        let fresh: Vec<DocAddress> = rows.filter(|row| self.seen.insert(*row)).collect();
        let part = fresh.len().div_ceil(rayon::current_num_threads().max(1)).max(16);
        let (searcher, ask, field) = (&self.searcher, self.ask, self.index.fields.kept);
        let ranked = fresh.par_chunks(part).map(|some| {
            let asked = Asked::new(ask);
            let mut out = Vec::new();
            for row in some {
                let document: TantivyDocument = searcher.doc(*row)?;
                let Some(bytes) = document.get_first(field).and_then(|v| v.as_bytes()) else { continue };
                let wrong = || tantivy::TantivyError::InvalidArgument("an entry cannot be read".into());
                let kept = Kept::read(bytes).ok_or_else(wrong)?;
                let ranked = match kept.kind {
                    // Its text is not kept here; whoever reads it ranks it.
                    Kind::Document => {
                        let word = if way == Way::TextAlike { TEXT_ALIKE } else { TEXT };
                        Some(Ranked { score: ask.numbers.len() as f32 + word * ask.words.len() as f32, missed: 0 })
                    }
                    _ => asked.rank(&kept, &[]),
                };
                out.extend(ranked.map(|ranked| (ranked, bytes.to_vec())));
            }
            Ok(out)
        });
        let ranked: tantivy::Result<Vec<Vec<_>>> = ranked.collect();
        self.answers.extend(ranked?.into_iter().flatten());
        Ok(())
    }

    fn best(&self) -> Vec<Found> {
        let mut all: Vec<(f32, Kept<'_>)> =
            self.answers.iter().filter_map(|(r, bytes)| Some((r.score, Kept::read(bytes)?))).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.place().cmp(&b.1.place())));
        all.truncate(self.ask.limit);
        let found = |(score, kept): (f32, Kept<'_>)| Found {
            kind: kept.kind,
            key: kept.key.to_string(),
            object: kept.object(),
            row: kept.row,
            score,
        };
        all.into_iter().map(found).collect()
    }
}

fn addresses(piece: u32, rows: &[u32]) -> impl Iterator<Item = DocAddress> {
    rows.iter().map(move |row| DocAddress::new(piece, *row))
}

/// The lists of some terms of a field.
fn union<T: AsRef<str>>(reader: &SegmentReader, field: Field, texts: impl IntoIterator<Item = T>) -> tantivy::Result<Union> {
    let (lists, mut out) = (reader.inverted_index(field)?, Union::default());
    for text in texts {
        if let Some(list) = lists.read_postings(&Term::from_field_text(field, text.as_ref()), IndexRecordOption::Basic)? {
            out.add(list);
        }
    }
    Ok(out)
}

/// Adds the commonest words that begin as a word does.
fn complete(reader: &SegmentReader, field: Field, wanted: &Wanted, any: &mut Union) -> tantivy::Result<()> {
    let lists = reader.inverted_index(field)?;
    let mut found = Vec::new();
    for begin in wanted.spelled.iter().filter(|b| b.chars().count() >= 2) {
        let mut terms = lists.terms().range().ge(begin).into_stream()?;
        while terms.advance() && terms.key().starts_with(begin.as_bytes()) && found.len() < COMPLETIONS {
            found.push(terms.value().clone());
        }
    }
    found.sort_by_key(|info| std::cmp::Reverse(info.doc_freq));
    for info in found.iter().take(COMPLETED) {
        any.add(lists.read_postings_from_terminfo(info, IndexRecordOption::Basic)?);
    }
    Ok(())
}

/// Adds the words that are one letter away.
fn slips(reader: &SegmentReader, field: Field, wanted: &Wanted, any: &mut Union) -> tantivy::Result<()> {
    let lists = reader.inverted_index(field)?;
    for word in wanted.spelled.iter().filter(|w| w.is_ascii() && w.len() >= LONG) {
        let near = FuzzyTermQuery::new(Term::from_field_text(field, word), 1, true).automaton()?;
        let mut terms = lists.terms().search(near).into_stream()?;
        while terms.advance() {
            any.add(lists.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?);
        }
    }
    Ok(())
}
