//! Rows of one segment that hold enough of a question's words, found by walking its posting lists.
//!
//! The walk begins with the rarest words: a row that may lack one of n words holds the rarest or the second rarest, so only these two lists are
//! read through, and in all others the walk jumps to what it has found. A list of a million rows costs as much as the rare one beside it.

use tantivy::postings::SegmentPostings;
use tantivy::{DocId, DocSet, TERMINATED};

/// Whatever one word may stand for: the union of some posting lists.
#[derive(Default, Clone)]
pub(crate) struct Union {
    lists: Vec<SegmentPostings>,
    /// Rows in all lists together.
    pub rows: u64,
}

impl Union {
    pub fn add(&mut self, list: SegmentPostings) {
        self.rows += u64::from(list.doc_freq());
        self.lists.push(list);
    }

    /// The first row from `from` on; [`TERMINATED`] after the last.
    fn seek(&mut self, from: DocId) -> DocId {
        let mut first = TERMINATED;
        for list in &mut self.lists {
            let at = list.doc();
            first = first.min(if at < from { list.seek(from) } else { at });
        }
        first
    }
}

/// What is asked of the rows of one segment.
#[derive(Default, Clone)]
pub(crate) struct Clauses {
    /// Each must hold.
    pub needed: Vec<Union>,
    pub words: Vec<Union>,
    /// Words that may be missing.
    pub spare: usize,
}

/// How far a walk goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Rows that hold every word, and as many more that lack some.
    pub rows: usize,
    /// Rows of the leading list that are looked at.
    pub steps: usize,
}

/// Rows found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// With every word.
    pub whole: Vec<DocId>,
    /// With all but a spare one.
    pub partly: Vec<DocId>,
}

impl Clauses {
    /// Rows that hold the rarest word, and where it is too rare to be led by, all rows.
    pub fn with_rarest(mut self, bounds: Bounds, alive: impl Fn(DocId) -> bool) -> Rows {
        self.order();
        let mut out = Rows::default();
        match self.led_by_needed() {
            true => self.by_needed(bounds, alive, &mut out),
            false => self.by_word(0, bounds, alive, &mut out),
        }
        out
    }

    /// Rows that lack the rarest word, where [`Clauses::with_rarest`] did not give them.
    pub fn without_rarest(mut self, bounds: Bounds, alive: impl Fn(DocId) -> bool) -> Rows {
        self.order();
        let mut out = Rows::default();
        if !self.led_by_needed() {
            for lead in 1..=self.spare.min(self.words.len().saturating_sub(1)) {
                // A walk leaves its lists at their ends.
                self.clone().by_word(lead, bounds, &alive, &mut out);
            }
        }
        out
    }

    fn order(&mut self) {
        self.needed.sort_by_key(|u| u.rows);
        self.words.sort_by_key(|u| u.rows);
    }

    /// Whether what must hold is rarer than the words that lead otherwise.
    fn led_by_needed(&self) -> bool {
        let words: u64 = self.words.iter().take(self.spare + 1).map(|u| u.rows).sum();
        self.needed.first().is_some_and(|u| self.words.is_empty() || u.rows < words)
    }

    fn by_needed(&mut self, bounds: Bounds, alive: impl Fn(DocId) -> bool, out: &mut Rows) {
        let Some((lead, needed)) = self.needed.split_first_mut() else { return };
        let mut at = lead.seek(0);
        for _ in 0..bounds.steps {
            if at == TERMINATED || out.whole.len() >= bounds.rows {
                return;
            }
            at = match check(needed, at, 0).and_then(|_| check(&mut self.words, at, self.spare)) {
                Ok(missed) => {
                    keep(missed, at, bounds, &alive, out);
                    lead.seek(at + 1)
                }
                Err(next) => lead.seek(next),
            };
        }
    }

    /// Rows of the word numbered `lead` that hold none of the rarer ones.
    fn by_word(&mut self, lead: usize, bounds: Bounds, alive: impl Fn(DocId) -> bool, out: &mut Rows) {
        let (rarer, rest) = self.words.split_at_mut(lead);
        let Some((leading, others)) = rest.split_first_mut() else { return };
        let Some(spare) = self.spare.checked_sub(lead) else { return };
        let mut at = leading.seek(0);
        for _ in 0..bounds.steps {
            if at == TERMINATED || out.whole.len() >= bounds.rows || lead > 0 && out.partly.len() >= bounds.rows {
                return;
            }
            at = match check(others, at, spare).and_then(|missed| check(&mut self.needed, at, 0).map(|_| missed)) {
                Ok(missed) => {
                    if rarer.iter_mut().all(|u| u.seek(at) != at) {
                        keep(lead + missed, at, bounds, &alive, out);
                    }
                    leading.seek(at + 1)
                }
                Err(next) => leading.seek(next),
            };
        }
    }
}

fn keep(missed: usize, row: DocId, bounds: Bounds, alive: impl Fn(DocId) -> bool, out: &mut Rows) {
    let list = if missed == 0 { &mut out.whole } else { &mut out.partly };
    if list.len() < bounds.rows && alive(row) {
        list.push(row);
    }
}

/// How many of the unions lack a row, up to `spare`; else the next row that is worth a look.
fn check(unions: &mut [Union], row: DocId, spare: usize) -> Result<usize, DocId> {
    let (mut missed, mut next) = (0, TERMINATED);
    for union in unions {
        let at = union.seek(row);
        if at > row {
            (missed, next) = (missed + 1, next.min(at));
            if missed > spare {
                // Before it no row has what was missing; a row that lacks something else is another matter where something may be lacking.
                return Err(if spare == 0 { next } else { row + 1 });
            }
        }
    }
    Ok(missed)
}

#[cfg(test)]
mod tests {
    use tantivy::schema::{Field, IndexRecordOption, STRING, Schema};
    use tantivy::{Index, SegmentReader, TantivyDocument, Term};

    use super::*;

    const ALL: Bounds = Bounds { rows: usize::MAX, steps: usize::MAX };

    /// Rows with words `0` to `7`, the smaller number the rarer; the same at every run.
    fn rows() -> Vec<Vec<u32>> {
        let mut seed = 1u64;
        let mut next = |of: u64| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) % of
        };
        (0..3000).map(|_| (0..8).filter(|word| next(80) < 1 + 4 * u64::from(*word) * u64::from(word % 3 + 1)).collect()).collect()
    }

    fn filled(rows: &[Vec<u32>]) -> (SegmentReader, Field) {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("word", STRING);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 20 << 20).unwrap();
        for words in rows {
            let mut document = TantivyDocument::default();
            words.iter().for_each(|word| document.add_text(field, word.to_string()));
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        (index.reader().unwrap().searcher().segment_reader(0).clone(), field)
    }

    #[test]
    fn a_walk_finds_what_a_look_at_every_row_finds() {
        let rows = rows();
        let (reader, field) = filled(&rows);
        let union = |words: &[u32]| {
            let mut out = Union::default();
            for word in words {
                let term = Term::from_field_text(field, &word.to_string());
                let list = reader.inverted_index(field).unwrap().read_postings(&term, IndexRecordOption::Basic).unwrap();
                list.into_iter().for_each(|list| out.add(list));
            }
            out
        };
        let alive = |row: u32| !row.is_multiple_of(7);
        let cases: [(&[&[u32]], &[&[u32]], usize); 9] = [
            (&[], &[&[3], &[5]], 0),
            (&[], &[&[0, 2], &[4], &[7, 1]], 1),
            (&[], &[&[6], &[3], &[5], &[0]], 1),
            (&[&[2]], &[&[4], &[5], &[6]], 1),
            (&[&[7, 6]], &[&[1], &[2], &[3]], 1),
            (&[&[4], &[5, 0]], &[], 0),
            (&[], &[&[9], &[4], &[5]], 1),
            (&[&[9]], &[&[4], &[5]], 0),
            (&[], &[&[5], &[6], &[7], &[4]], 2),
        ];
        for (needed, words, spare) in cases {
            let clauses = || Clauses {
                needed: needed.iter().map(|any| union(any)).collect(),
                words: words.iter().map(|any| union(any)).collect(),
                spare,
            };
            let holds = |row: &[u32], any: &[u32]| any.iter().any(|word| row.contains(word));
            let (mut whole, mut partly) = (Vec::new(), Vec::new());
            for (at, row) in rows.iter().enumerate().filter(|(at, _)| alive(*at as u32)) {
                let missed = words.iter().filter(|any| !holds(row, any)).count();
                if missed <= spare && needed.iter().all(|any| holds(row, any)) {
                    if missed == 0 { &mut whole } else { &mut partly }.push(at as u32);
                }
            }
            let (first, second) = (clauses().with_rarest(ALL, alive), clauses().without_rarest(ALL, alive));
            assert_eq!(first.whole, whole, "{needed:?} {words:?}");
            assert!(second.whole.is_empty());
            let mut found = [first.partly, second.partly].concat();
            found.sort_unstable();
            assert_eq!(found, partly, "{needed:?} {words:?}");
            assert!(
                words.contains(&[9].as_slice()) || needed.contains(&[9].as_slice()) || !whole.is_empty(),
                "a case that tells"
            );
        }
    }

    #[test]
    fn a_walk_stays_within_its_bounds() {
        let rows = rows();
        let (reader, field) = filled(&rows);
        let list = |word: &str| {
            let term = Term::from_field_text(field, word);
            let list = reader.inverted_index(field).unwrap().read_postings(&term, IndexRecordOption::Basic).unwrap();
            let mut out = Union::default();
            out.add(list.unwrap());
            out
        };
        let clauses = || Clauses { needed: Vec::new(), words: vec![list("7"), list("6"), list("5")], spare: 1 };
        let found = clauses().with_rarest(Bounds { rows: 5, ..ALL }, |_| true);
        // It ends with the fifth whole one, however few lack a word.
        assert!(found.whole.len() == 5 && found.partly.len() <= 5, "{found:?}");
        let found = clauses().with_rarest(Bounds { steps: 3, ..ALL }, |_| true);
        assert!(found.whole.len() + found.partly.len() <= 3);
    }
}
