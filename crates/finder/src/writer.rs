//! Rows on their way into the index.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rayon::prelude::*;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::schema::Field;
use tantivy::{IndexWriter, TantivyDocument, Term};

use crate::entry::Entry;
use crate::error::FinderError;
use crate::index::{Fields, Index};
use crate::kept::{self, Words};
use crate::terms;

/// Memory of a writer, in bytes for each of its threads.
const MEMORY: usize = 96 << 20;
/// Threads a writer has at most.
const THREADS: usize = 8;
/// Rows from which a piece of the index is not merged any more: the pieces of a large index are asked side by side.
const PIECE: usize = 4_000_000;
/// Words of running text that are indexed of one entry.
const WORDS: usize = 20_000;
/// Words whose terms each thread keeps.
const KEPT: usize = 1 << 15;

/// What a word is indexed as.
#[derive(Debug, Default)]
struct Terms {
    roman: Vec<String>,
    keys: Vec<String>,
}

thread_local! {
    /// The same words come again and again, and spelling one in Latin letters takes longer than all else that is done with it.
    static KNOWN: RefCell<HashMap<String, Rc<Terms>>> = RefCell::default();
    static TOGETHER: RefCell<HashMap<String, Option<String>>> = RefCell::default();
}

fn known<T: Clone>(map: &RefCell<HashMap<String, T>>, word: &str, make: impl Fn(&str) -> T) -> T {
    let mut map = map.borrow_mut();
    if let Some(known) = map.get(word) {
        return known.clone();
    }
    if map.len() >= KEPT {
        map.clear();
    }
    let made = make(word);
    map.insert(word.to_string(), made.clone());
    made
}

fn terms_of(word: &str) -> Rc<Terms> {
    let make = |word: &str| {
        let roman = terms::roman(word);
        Rc::new(Terms { keys: terms::keys(word, &roman), roman })
    };
    KNOWN.with(|map| known(map, word, make))
}

/// Adds the terms of words: these and their Latin spellings to the first list, keys to the second.
fn put<'w>(words: impl IntoIterator<Item = &'w String>, mut spelled: Option<&mut Vec<String>>, keys: &mut Vec<String>) {
    for word in words {
        let terms = terms_of(word);
        keys.extend_from_slice(&terms.keys);
        if let Some(spelled) = spelled.as_deref_mut() {
            spelled.extend_from_slice(&terms.roman);
            spelled.push(word.clone());
        }
    }
}

fn document(f: Fields, file: &str, entry: &Entry) -> TantivyDocument {
    let words = Words::of(entry);
    let (mut word, mut sound, mut body, mut body_sound): (Vec<_>, Vec<_>, Vec<_>, Vec<_>) = Default::default();
    put(words.names.iter().flatten(), Some(&mut word), &mut sound);
    put(words.relatives.iter().chain(&words.places).flatten(), None, &mut sound);
    // Neighbouring words may be written as one.
    let texts = words.names.iter().chain(&words.relatives).chain(&words.places);
    for pair in texts.flat_map(|words| terms::joined(words)) {
        sound.extend(TOGETHER.with(|map| known(map, &pair, terms::sound)));
    }
    for text in &entry.body {
        let mut own = terms::running(text);
        own.truncate(WORDS);
        own.sort_unstable();
        own.dedup();
        put(&own, Some(&mut body), &mut body_sound);
    }
    let written = entry
        .body
        .iter()
        .flat_map(|t| terms::running(t))
        .filter(|w| w.chars().filter(char::is_ascii_digit).count() >= terms::GRAM);
    let numbers = entry.numbers.iter().cloned().chain(written.take(WORDS));
    let grams = numbers.flat_map(|n| terms::grams(&terms::number(&n))).collect();
    let mut document = TantivyDocument::default();
    let lists: [(Field, Vec<String>); 6] = [
        (f.word, word),
        (f.sound, sound),
        (f.body, body),
        (f.body_sound, body_sound),
        (f.number, grams),
        (f.tag, entry.tags.clone()),
    ];
    for (field, mut list) in lists {
        list.sort_unstable();
        list.dedup();
        if !list.is_empty() {
            document.add_text(field, list.join(" "));
        }
    }
    document.add_text(f.kind, entry.kind.word());
    document.add_text(f.file, file);
    document.add_bytes(f.kept, &kept::write(entry, &words));
    document
}

impl Index {
    /// The only writer. What it holds in memory is bounded, whatever number of rows comes.
    pub fn writer(&self) -> Result<Writer<'_>, FinderError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
        match self.inner.writer_with_num_threads::<TantivyDocument>(threads, threads * MEMORY) {
            Ok(inner) => {
                let mut policy = LogMergePolicy::default();
                policy.set_max_docs_before_merge(PIECE);
                inner.set_merge_policy(Box::new(policy));
                Ok(Writer { index: self, inner })
            }
            Err(tantivy::TantivyError::LockFailure(..)) => Err(self.busy()),
            Err(e) => Err(self.broken(&e)),
        }
    }
}

/// Changes of the index; nothing is there before [`Writer::commit`].
pub struct Writer<'i> {
    index: &'i Index,
    inner: IndexWriter<TantivyDocument>,
}

impl Writer<'_> {
    /// Adds a row of a data file.
    pub fn add(&mut self, file: &str, entry: &Entry) -> Result<(), FinderError> {
        self.inner.add_document(document(self.index.fields, file, entry)).map(|_| ()).map_err(|e| self.index.broken(&e))
    }

    /// Adds many: finding their terms is most of the work, and is shared out.
    pub fn add_all(&mut self, file: &str, entries: &[Entry]) -> Result<(), FinderError> {
        let fields = self.index.fields;
        entries
            .par_iter()
            .try_for_each(|e| self.inner.add_document(document(fields, file, e)).map(|_| ()))
            .map_err(|e| self.index.broken(&e))
    }

    /// Takes out all rows of a data file.
    pub fn forget(&mut self, file: &str) {
        self.inner.delete_term(Term::from_field_text(self.index.fields.file, file));
    }

    /// Takes out everything.
    pub fn clear(&mut self) -> Result<(), FinderError> {
        self.inner.delete_all_documents().map(|_| ()).map_err(|e| self.index.broken(&e))
    }

    /// Takes back what was not committed.
    pub fn leave(mut self) -> Result<(), FinderError> {
        let wrong = |e: tantivy::TantivyError| self.index.broken(&e);
        self.inner.rollback().map_err(wrong)?;
        self.inner.garbage_collect_files().wait().map_err(wrong)?;
        Ok(())
    }

    /// Makes the changes visible in one step, with a note of what was followed, and waits until what was taken out is out of the files too.
    pub fn commit(mut self, followed: &str) -> Result<(), FinderError> {
        let wrong = |e: tantivy::TantivyError| self.index.broken(&e);
        let mut commit = self.inner.prepare_commit().map_err(wrong)?;
        commit.set_payload(followed);
        commit.commit().map_err(wrong)?;
        let metas = self.index.inner.searchable_segment_metas().map_err(wrong)?;
        let holed: Vec<_> = metas.iter().filter(|m| m.has_deletes()).map(|m| m.id()).collect();
        for piece in holed {
            self.inner.merge(&[piece]).wait().map_err(wrong)?;
        }
        // A reader that still has the old files open, or a note of them, would keep them.
        drop(metas);
        self.index.reload()?;
        self.inner.garbage_collect_files().wait().map_err(wrong)?;
        self.inner.wait_merging_threads().map_err(wrong)?;
        self.index.reload()
    }
}
