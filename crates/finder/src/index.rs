//! The index on disk: its fields, and opening it.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::store::Compressor;
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{IndexReader, IndexSettings, ReloadPolicy};

use crate::error::FinderError;

/// Bytes of a block of the store. Candidates are read one by one from all over it, each with the whole of its block.
const BLOCK: usize = 2 << 10;

/// The way words are read, as part of the schema: whoever changes the keys of words raises it, and an older index is made anew from the lake.
const READING: &str = "kept_2";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub kind: Field,
    /// Data file of the lake the row lies in.
    pub file: Field,
    /// Words of names as they are spelled, and in Latin letters.
    pub word: Field,
    /// Keys of the words of names, relatives and places ([`crate::terms::keys`]).
    pub sound: Field,
    pub number: Field,
    /// Words of running text, and their keys.
    pub body: Field,
    pub body_sound: Field,
    pub tag: Field,
    /// What is kept of the row ([`crate::kept`]).
    pub kept: Field,
}

/// An open index; cheap to ask.
pub struct Index {
    path: PathBuf,
    pub(crate) inner: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
    /// Tantivy's note of the state the reader has.
    read: Mutex<Vec<u8>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({})", self.path.display())
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexing =
        TextFieldIndexing::default().set_tokenizer("blank").set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
    let words = TextOptions::default().set_indexing_options(indexing);
    let mut text = |name: &str| schema.add_text_field(name, words.clone());
    let (word, sound, number) = (text("word"), text("sound"), text("number"));
    let (body, body_sound, tag) = (text("body"), text("body_sound"), text("tag"));
    let kind = schema.add_text_field("kind", STRING);
    let file = schema.add_text_field("file", STRING);
    let kept = schema.add_bytes_field(READING, STORED);
    (schema.build(), Fields { kind, file, word, sound, number, body, body_sound, tag, kept })
}

impl Index {
    /// Opens the index of a folder, making it when there is none. Fails on one of another version too.
    pub fn open(path: &Path) -> Result<Index, FinderError> {
        let broken = |e: &dyn std::fmt::Display| FinderError::Broken { path: path.into(), message: e.to_string() };
        std::fs::create_dir_all(path).map_err(|e| broken(&e))?;
        let directory = tantivy::directory::MmapDirectory::open(path).map_err(|e| broken(&e))?;
        let (schema, fields) = schema();
        let settings =
            IndexSettings { docstore_compression: Compressor::None, docstore_blocksize: BLOCK, ..IndexSettings::default() };
        let inner =
            tantivy::Index::builder().schema(schema).settings(settings).open_or_create(directory).map_err(|e| broken(&e))?;
        inner.tokenizers().register("blank", TextAnalyzer::builder(WhitespaceTokenizer::default()).build());
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(|e| broken(&e))?;
        Ok(Index { path: path.into(), inner, reader, fields, read: Mutex::default() })
    }

    pub(crate) fn broken(&self, e: &dyn std::fmt::Display) -> FinderError {
        FinderError::Broken { path: self.path.clone(), message: e.to_string() }
    }

    pub(crate) fn busy(&self) -> FinderError {
        FinderError::Busy { path: self.path.clone() }
    }

    /// Takes in what was committed since. Opening the pieces takes as long as many a question, so it is done only where there is something new.
    pub fn reload(&self) -> Result<(), FinderError> {
        let now = std::fs::read(self.path.join("meta.json")).map_err(|e| self.broken(&e))?;
        let mut read = self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *read != now {
            self.reader.reload().map_err(|e| self.broken(&e))?;
            *read = now;
        }
        Ok(())
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::Ask;
    use crate::entry::{Entry, Kind, tag};

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
        index.search(&Ask::read(text, None, 10)).unwrap().into_iter().map(|f| f.row).collect()
    }

    #[test]
    fn an_index_is_of_the_way_words_are_read() {
        let words = "ramesh मीणा कृष्ण rathod विष्णु surinder मोहम्मद लक्ष्मण jagdish बगरू".split(' ');
        let keys: Vec<String> = words.map(|w| crate::terms::keys(w, &crate::terms::roman(w)).join(",")).collect();
        let keys = keys.join(" ");
        assert_eq!(
            (READING, keys.as_str()),
            ("kept_2", "RMS MN KRSN,KRSR RTR BSN SRDR MMD LCMN JKDS BKR"),
            "words are read otherwise: raise READING, then write the keys anew"
        );
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
        assert_eq!(index.search(&ask).unwrap()[0].row, 4);
        let ask = Ask { typing: true, ..Ask::read("रमे", None, 10) };
        assert!(index.search(&ask).unwrap().iter().any(|f| f.row == 2));
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
        assert_eq!(index.search(&only(Kind::Document)).unwrap()[0].row, 20);
        assert!(rows(&index, "0309").contains(&20));
        let there = |district: &str| {
            let ask = Ask { tags: vec![vec![tag("district", district), tag("district", "nowhere")]], ..only(Kind::Person) };
            index.search(&ask).unwrap().into_iter().map(|f| f.row).collect::<Vec<_>>()
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
        assert!(holds("qwyxzvbnmk"), "words lie in the files as they are");
        let mut writer = index.writer().unwrap();
        writer.forget("two");
        writer.commit("v2").unwrap();
        assert!(!holds("qwyxzvbnmk"));
        assert!(holds("ramesh"), "what is left is there");
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
