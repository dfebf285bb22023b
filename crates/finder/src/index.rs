//! The index on disk.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::store::Compressor;
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use crate::ask::Ask;
use crate::entry::{Entry, Kind};
use crate::error::FinderError;
use crate::rank::Asked;
use crate::terms;

/// Candidates that are ranked.
const CANDIDATES: usize = 200;
/// Memory of a writer, in bytes for each of its threads.
const MEMORY: usize = 64 << 20;
/// Threads a writer has at most.
const THREADS: usize = 8;
/// Candidates of the plain question from which it is not asked again with slips of the pen.
const ENOUGH: usize = 20;
/// Words of running text that are indexed of one entry.
const WORDS: usize = 20_000;

#[derive(Debug, Clone, Copy)]
struct Fields {
    kind: Field,
    /// Data file of the lake the row lies in.
    file: Field,
    word: Field,
    sound: Field,
    relative: Field,
    relative_sound: Field,
    place: Field,
    place_sound: Field,
    number: Field,
    body: Field,
    body_sound: Field,
    tag: Field,
    entry: Field,
}

/// An open index; cheap to ask.
pub struct Index {
    path: PathBuf,
    inner: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({})", self.path.display())
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub entry: Entry,
    pub score: f32,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexing =
        TextFieldIndexing::default().set_tokenizer("blank").set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
    let words = TextOptions::default().set_indexing_options(indexing);
    let mut text = |name: &str| schema.add_text_field(name, words.clone());
    let (word, sound, relative, relative_sound) = (text("word"), text("sound"), text("relative"), text("relative_sound"));
    let (place, place_sound, number) = (text("place"), text("place_sound"), text("number"));
    let (body, body_sound, tag) = (text("body"), text("body_sound"), text("tag"));
    let kind = schema.add_text_field("kind", STRING);
    let file = schema.add_text_field("file", STRING);
    let entry = schema.add_bytes_field("entry", STORED);
    let fields =
        Fields { kind, file, word, sound, relative, relative_sound, place, place_sound, number, body, body_sound, tag, entry };
    (schema.build(), fields)
}

impl Index {
    /// Opens the index of a folder, making it when there is none.
    pub fn open(path: &Path) -> Result<Index, FinderError> {
        let broken = |e: &dyn std::fmt::Display| FinderError::Broken { path: path.into(), message: e.to_string() };
        std::fs::create_dir_all(path).map_err(|e| broken(&e))?;
        let directory = tantivy::directory::MmapDirectory::open(path).map_err(|e| broken(&e))?;
        let (schema, fields) = schema();
        // Candidates are read one by one from all over the store: unpacking whole blocks for each would be most of a question's time.
        let settings = IndexSettings { docstore_compression: Compressor::None, ..IndexSettings::default() };
        let inner =
            tantivy::Index::builder().schema(schema).settings(settings).open_or_create(directory).map_err(|e| broken(&e))?;
        inner.tokenizers().register("blank", TextAnalyzer::builder(WhitespaceTokenizer::default()).build());
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(|e| broken(&e))?;
        Ok(Index { path: path.into(), inner, reader, fields })
    }

    fn broken(&self, e: &dyn std::fmt::Display) -> FinderError {
        FinderError::Broken { path: self.path.clone(), message: e.to_string() }
    }

    /// Takes in what was committed since.
    pub fn reload(&self) -> Result<(), FinderError> {
        self.reader.reload().map_err(|e| self.broken(&e))
    }

    /// What the last commit said it had followed; empty before the first.
    pub fn followed(&self) -> Result<String, FinderError> {
        Ok(self.inner.load_metas().map_err(|e| self.broken(&e))?.payload.unwrap_or_default())
    }

    /// Entries there are.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The only writer.
    pub fn writer(&self) -> Result<Writer<'_>, FinderError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
        match self.inner.writer_with_num_threads::<TantivyDocument>(threads, threads * MEMORY) {
            Ok(inner) => Ok(Writer { index: self, inner }),
            Err(tantivy::TantivyError::LockFailure(..)) => Err(FinderError::Busy { path: self.path.clone() }),
            Err(e) => Err(self.broken(&e)),
        }
    }

    /// The best answers. Slips of the pen are looked for where few answers are spelled or sound as asked: they cost a walk through all words.
    pub fn search(&self, ask: &Ask) -> Result<Vec<Found>, FinderError> {
        if ask.is_empty() {
            return Ok(Vec::new());
        }
        let plain = self.answers(ask, false)?;
        if plain.len() >= ENOUGH.min(ask.limit) || ask.words.is_empty() {
            return Ok(plain);
        }
        self.answers(ask, true)
    }

    fn answers(&self, ask: &Ask, slips: bool) -> Result<Vec<Found>, FinderError> {
        let searcher = self.reader.searcher();
        let query = self.query(ask, slips);
        let candidates = CANDIDATES.max(2 * ask.limit);
        let top = searcher.search(&query, &TopDocs::with_limit(candidates).order_by_score()).map_err(|e| self.broken(&e))?;
        let asked = Asked::new(ask);
        let mut out = Vec::new();
        for (_, address) in top {
            let document: TantivyDocument = searcher.doc(address).map_err(|e| self.broken(&e))?;
            let Some(bytes) = document.get_first(self.fields.entry).and_then(|v| v.as_bytes()) else { continue };
            let entry = Entry::read(bytes).ok_or_else(|| self.broken(&"an entry cannot be read"))?;
            // The text of a document is not kept here; whoever reads it ranks it.
            let score = asked.score(&entry).or((entry.kind == Kind::Document).then_some(0.0));
            if let Some(score) = score {
                out.push(Found { entry, score });
            }
        }
        out.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| (&a.entry.key, &a.entry.object, a.entry.row).cmp(&(&b.entry.key, &b.entry.object, b.entry.row)))
        });
        out.truncate(ask.limit);
        Ok(out)
    }

    fn query(&self, ask: &Ask, slips: bool) -> Box<dyn Query> {
        let f = self.fields;
        let mut must: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        if let Some(kind) = ask.kind {
            must.push((Occur::Must, term(f.kind, kind.word())));
        }
        for any in &ask.tags {
            let any = any.iter().map(|t| (Occur::Should, term(self.fields.tag, t))).collect();
            must.push((Occur::Must, boost(Box::new(BooleanQuery::new(any)), 0.0)));
        }
        for number in &ask.numbers {
            let bare = number.strip_prefix("91").filter(|n| n.len() == 10).unwrap_or(number);
            for gram in terms::grams(bare) {
                must.push((Occur::Must, term(f.number, &gram)));
            }
        }
        if !ask.words.is_empty() {
            let (last, pairs) = (ask.words.len() - 1, terms::joined(&ask.words));
            let words = ask.words.iter().enumerate().map(|(i, w)| {
                let neighbours = [i.checked_sub(1), Some(i)].into_iter().flatten().filter_map(|j| pairs.get(j));
                self.word(w, &neighbours.map(String::as_str).collect::<Vec<_>>(), ask.typing && i == last, slips)
            });
            let words: Vec<Box<dyn Query>> = words.collect();
            // Of three words and more one may be wrong, of two none.
            let least = if words.len() > 2 { words.len() - 1 } else { words.len() };
            must.push((Occur::Must, Box::new(BooleanQuery::union_with_minimum_required_clauses(words, least))));
        }
        Box::new(BooleanQuery::new(must))
    }

    /// Whatever a word may stand for, alone or together with a neighbour.
    fn word(&self, word: &str, together: &[&str], typing: bool, slips: bool) -> Box<dyn Query> {
        let f = self.fields;
        let mut any: Vec<Box<dyn Query>> =
            vec![boost(term(f.word, word), 4.0), boost(term(f.relative, word), 1.5), boost(term(f.place, word), 1.4)];
        any.push(boost(term(f.body, word), 1.0));
        for roman in terms::roman(word) {
            if slips && roman.chars().count() >= 5 {
                any.push(boost(Box::new(FuzzyTermQuery::new(Term::from_field_text(f.word, &roman), 1, true)), 0.8));
            }
            if typing && roman.chars().count() >= 2 {
                any.push(boost(Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(f.word, &roman), 0, true)), 2.0));
            }
            any.push(boost(term(f.word, &roman), 3.0));
            any.push(boost(term(f.place, &roman), 1.2));
            any.push(boost(term(f.body, &roman), 0.9));
        }
        if typing && !word.is_ascii() {
            any.push(boost(Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(f.word, word), 0, true)), 2.0));
        }
        for sound in together.iter().filter_map(|w| terms::sound(w)) {
            any.push(boost(term(f.sound, &sound), 1.8));
            any.push(boost(term(f.relative_sound, &sound), 1.1));
        }
        if let Some(sound) = terms::sound(word) {
            any.push(boost(term(f.sound, &sound), 2.0));
            any.push(boost(term(f.relative_sound, &sound), 1.2));
            any.push(boost(term(f.place_sound, &sound), 1.0));
            any.push(boost(term(f.body_sound, &sound), 0.7));
        }
        Box::new(DisjunctionMaxQuery::new(any))
    }
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn boost(query: Box<dyn Query>, by: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, by))
}

fn document(f: Fields, file: &str, entry: &Entry) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(f.kind, entry.kind.word());
    document.add_text(f.file, file);
    let mut put = |texts: &[String], word: Field, sound: Field, joined: bool, of: fn(&str) -> Vec<String>| {
        let (mut words, mut sounds) = (Vec::new(), Vec::new());
        for text in texts {
            let mut own = of(text);
            own.truncate(WORDS);
            if joined {
                sounds.extend(terms::joined(&own).iter().filter_map(|w| terms::sound(w)));
            }
            own.sort();
            own.dedup();
            for w in own {
                words.extend(terms::roman(&w));
                sounds.extend(terms::sound(&w));
                words.push(w);
            }
        }
        for mut list in [(word, words), (sound, sounds)] {
            list.1.sort();
            list.1.dedup();
            if !list.1.is_empty() {
                document.add_text(list.0, list.1.join(" "));
            }
        }
    };
    put(&entry.names, f.word, f.sound, true, terms::words);
    put(&entry.relatives, f.relative, f.relative_sound, true, terms::words);
    put(&entry.places, f.place, f.place_sound, true, terms::plain);
    put(&entry.body, f.body, f.body_sound, false, terms::running);
    let written = entry
        .body
        .iter()
        .flat_map(|t| terms::running(t))
        .filter(|w| w.chars().filter(char::is_ascii_digit).count() >= terms::GRAM);
    let numbers = entry.numbers.iter().cloned().chain(written.take(WORDS));
    let mut grams: Vec<String> = numbers.flat_map(|n| terms::grams(&terms::number(&n))).collect();
    grams.sort();
    grams.dedup();
    if !grams.is_empty() {
        document.add_text(f.number, grams.join(" "));
    }
    if !entry.tags.is_empty() {
        document.add_text(f.tag, entry.tags.join(" "));
    }
    document.add_bytes(f.entry, &entry.write());
    document
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
        let wrong = |e: tantivy::TantivyError| FinderError::Broken { path: self.index.path.clone(), message: e.to_string() };
        self.inner.rollback().map_err(wrong)?;
        self.inner.garbage_collect_files().wait().map_err(wrong)?;
        Ok(())
    }

    /// Makes the changes visible in one step, with a note of what was followed, and waits until what was taken out is out of the files too.
    pub fn commit(mut self, followed: &str) -> Result<(), FinderError> {
        let wrong = |e: tantivy::TantivyError| FinderError::Broken { path: self.index.path.clone(), message: e.to_string() };
        let mut commit = self.inner.prepare_commit().map_err(wrong)?;
        commit.set_payload(followed);
        commit.commit().map_err(wrong)?;
        let metas = self.index.inner.searchable_segment_metas().map_err(wrong)?;
        let holed: Vec<_> = metas.iter().filter(|m| m.has_deletes()).map(|m| m.id()).collect();
        if !holed.is_empty() {
            self.inner.merge(&holed).wait().map_err(wrong)?;
        }
        // A reader that still has the old files open, or a note of them, would keep them.
        drop(metas);
        self.index.reload()?;
        self.inner.garbage_collect_files().wait().map_err(wrong)?;
        self.inner.wait_merging_threads().map_err(wrong)?;
        self.index.reload()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::tag;

    fn person(row: i64, name: &str, father: &str, village: &str, phone: &str) -> Entry {
        let some = |t: &str| if t.is_empty() { vec![] } else { vec![t.to_string()] };
        Entry {
            kind: Kind::Person,
            key: format!("test:{row}"),
            names: some(name),
            relatives: some(father),
            places: some(village),
            numbers: some(phone),
            body: Vec::new(),
            tags: vec![tag("district", village)],
            object: "00".into(),
            row,
            source: "a.b".into(),
        }
    }

    fn filled(dir: &Path) -> Index {
        let index = Index::open(dir).unwrap();
        let mut writer = index.writer().unwrap();
        for (file, entry) in [
            ("one", person(1, "Ramesh Kumar Meena", "Mohan Lal", "Kalwar", "7000000101")),
            ("one", person(2, "रमेश कुमार मीणा", "सोहन लाल", "बगरू", "7000000102")),
            ("two", person(3, "Suresh Gurjar", "Ramesh", "Kalwar", "7000000203")),
            ("two", person(4, "कृष्ण गोपाल", "", "", "")),
            ("two", person(7, "Mangi Lal Chaudhari", "Hari Ram", "Ward No. 4, Mathuragate", "")),
            ("two", person(6, "Qwyxzvbnmk", "", "", "")),
        ] {
            writer.add(file, &entry).unwrap();
        }
        let vehicle = Entry {
            kind: Kind::Vehicle,
            key: "RJ14CA0001".into(),
            numbers: vec!["RJ14CA0001".into()],
            ..person(5, "", "", "", "")
        };
        writer.add("two", &vehicle).unwrap();
        writer.commit("v1").unwrap();
        index
    }

    fn rows(index: &Index, text: &str) -> Vec<i64> {
        index.search(&Ask::read(text, None, 10)).unwrap().into_iter().map(|f| f.entry.row).collect()
    }

    #[test]
    fn either_script_finds_both() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        for text in ["ramesh meena", "रमेश मीणा", "Rameshh Meena", "ramesh mina"] {
            let mut found = rows(&index, text);
            found.truncate(2);
            found.sort_unstable();
            assert_eq!(found, [1, 2], "{text}");
        }
        assert_eq!(rows(&index, "krishna gopal"), [4]);
        assert_eq!(rows(&index, "ramesh mohan")[0], 1, "by the father's name");
        assert_eq!(rows(&index, "रमेश कालवाड़")[0], 1, "by the village, in the other script");
        assert_eq!(rows(&index, "suresh kalwar"), [3]);
        for text in ["मांगीलाल चौधरी", "mangilal hariram", "mangi lal choudhary ward no. 4"] {
            assert_eq!(rows(&index, text).first(), Some(&7), "two words are one, {text}");
        }
        assert!(rows(&index, "zzz").is_empty());
    }

    #[test]
    fn parts_of_numbers_find() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        assert_eq!(rows(&index, "0101"), [1]);
        assert_eq!(rows(&index, "+91 70000 00102"), [2]);
        assert_eq!(rows(&index, "CA 0001"), [5]);
        assert_eq!(rows(&index, "rj14"), [5]);
        assert_eq!(rows(&index, "ramesh 0101"), [1]);
        assert!(rows(&index, "9999").is_empty());
        let only = Ask::read("7000000101", Some(Kind::Vehicle), 10);
        assert!(index.search(&only).unwrap().is_empty());
    }

    #[test]
    fn what_is_typed_is_completed() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        let ask = Ask { typing: true, ..Ask::read("kri", None, 10) };
        assert_eq!(index.search(&ask).unwrap()[0].entry.row, 4);
        let ask = Ask { typing: true, ..Ask::read("रमे", None, 10) };
        assert!(index.search(&ask).unwrap().iter().any(|f| f.entry.row == 2));
    }

    #[test]
    fn filters_and_running_text() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        let mut writer = index.writer().unwrap();
        let letter = Entry {
            kind: Kind::Document,
            body: vec!["पत्र में रमेश मीणा का नाम है; phone 7000000309, बाक़ी बातें".into()],
            ..person(20, "letter.pdf", "", "", "")
        };
        writer.add_all("three", &[letter]).unwrap();
        writer.commit("v2").unwrap();
        let only = |kind| Ask::read("ramesh meena", Some(kind), 10);
        assert_eq!(index.search(&only(Kind::Document)).unwrap()[0].entry.row, 20);
        assert!(rows(&index, "0309").contains(&20));
        let there = |district: &str| {
            let ask = Ask { tags: vec![vec![tag("district", district), tag("district", "nowhere")]], ..only(Kind::Person) };
            index.search(&ask).unwrap().into_iter().map(|f| f.entry.row).collect::<Vec<_>>()
        };
        assert_eq!((there("KALWAR"), there("Kota")), (vec![1], vec![]));
    }

    #[test]
    fn what_was_not_committed_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        let mut writer = index.writer().unwrap();
        writer.add("three", &person(30, "Naya Naam", "", "", "")).unwrap();
        writer.leave().unwrap();
        assert_eq!((index.len(), index.followed().unwrap().as_str()), (7, "v1"));
    }

    #[test]
    fn a_file_taken_out_leaves_no_byte() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        assert_eq!(index.followed().unwrap(), "v1");
        let holds = |needle: &str| {
            std::fs::read_dir(dir.path())
                .unwrap()
                .flatten()
                .any(|e| std::fs::read(e.path()).unwrap_or_default().windows(needle.len()).any(|w| w == needle.as_bytes()))
        };
        assert!(holds("Qwyxzvbnmk"), "stored entries lie in the files as they are");
        let mut writer = index.writer().unwrap();
        writer.forget("two");
        writer.commit("v2").unwrap();
        assert!(!holds("Qwyxzvbnmk"));
        assert!(holds("Ramesh"), "what is left is there");
        assert!(rows(&index, "suresh").is_empty());
        assert_eq!((index.len(), index.followed().unwrap().as_str()), (2, "v2"));
    }

    #[test]
    fn two_writers_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        let _one = index.writer().unwrap();
        assert!(matches!(index.writer(), Err(FinderError::Busy { .. })));
    }

    #[test]
    fn odd_texts_are_no_errors() {
        let dir = tempfile::tempdir().unwrap();
        let index = filled(dir.path());
        for text in ["*", "\"", "name:x OR", "🙂", "\u{200d}", &"अ".repeat(500), &"x ".repeat(300), "a", "१"] {
            index.search(&Ask::read(text, None, 10)).unwrap();
        }
    }
}
