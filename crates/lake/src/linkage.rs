//! What record linkage keeps in the lake.
//!
//! Three decisions. **No value is kept**: mentions stand by their place in the received files, records and persons by hashes, evidence by bits and
//! levels; so erasure has little to do here and the folder tells nobody's name. **A state is a folder**: it is written beside the one in
//! force, with links to that one's files and what has changed, and becomes it by one renaming; killed before, nothing has happened.
//! **Judgements only grow**: a line each, on the disk before it counts.
//!
//! ```text
//! identity/CURRENT               name of the folder in force
//! identity/gen-…/                state.json, redirects.parquet; members, pairs and keys, whole and (-1, -2, …) what changed since
//! identity/judgements.ndjson     what people said
//! ```

mod change;
mod file;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::Lock;

/// One mention: its place, the record it is part of, and the person that record belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Hash of the mention's id.
    pub mention: u64,
    pub source: Arc<str>,
    /// SHA-256 of the received file.
    pub object: Arc<str>,
    pub row: i64,
    /// The law or the source seals who this is.
    pub sealed: bool,
    pub record: u64,
    pub person: u64,
    /// Hash of all rows of the record.
    pub print: u64,
    /// Hash of the district the record is of; 0 where none is stated.
    pub district: u64,
}

/// Evidence of two records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The smaller record.
    pub left: u64,
    pub right: u64,
    pub bits: f32,
    /// Four bits a field: the level of agreement.
    pub pattern: u64,
    /// See the constants.
    pub flags: u8,
}

impl Pair {
    /// Above the threshold and with the evidence the model asks for.
    pub const MERGES: u8 = 1;
    /// Something on record excludes that they are one.
    pub const EXCLUDED: u8 = 2;
    /// Above the threshold, but by one kind of evidence alone.
    pub const ALONE: u8 = 4;
    /// One of the two is sealed.
    pub const SEALED: u8 = 8;

    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// What is known beside mentions and pairs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of `pole.person_mention` that was linked.
    pub version: u64,
    /// The data files that were linked, by POLE table; none in states of before, which are then linked whole.
    #[serde(default)]
    pub files: BTreeMap<String, Vec<String>>,
    /// Judgements that were followed.
    pub judgements: usize,
    /// RFC 3339.
    pub at: String,
    /// Rows were erased since: the next run looks at everything.
    pub stale: bool,
    /// Parameters, stop keys, frequencies: the linkage's own.
    pub frozen: serde_json::Value,
    /// Measures and remarkable clusters, for the page of quality.
    pub report: serde_json::Value,
}

/// Blocking keys, each with a record that has it: what is new is compared with those that share one.
#[derive(Debug)]
pub enum BlockKeys {
    /// Those of all records.
    Whole(Vec<(u64, u64)>),
    /// Those of new and changed records. Keys a record no longer has stay until the next whole run; they propose and decide nothing.
    More(Vec<(u64, u64)>),
}

/// A state of the linkage.
#[derive(Debug, Default)]
pub struct Linkage {
    pub header: Header,
    /// Sorted by person, then record, then mention.
    pub members: Vec<Member>,
    /// Sorted by the two records.
    pub pairs: Vec<Pair>,
    /// Ids that lead to another person.
    pub redirects: HashMap<u64, u64>,
    by_mention: HashMap<u64, u32>,
    by_record: HashMap<u64, u32>,
}

impl Linkage {
    /// Sorts and makes ready for look-ups.
    pub fn new(header: Header, mut members: Vec<Member>, mut pairs: Vec<Pair>, redirects: HashMap<u64, u64>) -> Linkage {
        members.sort_unstable_by_key(|m| (m.person, m.record, m.mention));
        pairs.sort_unstable_by_key(|p| (p.left, p.right));
        let by_mention = members.iter().enumerate().map(|(i, m)| (m.mention, i as u32)).collect();
        let by_record = members.iter().enumerate().rev().map(|(i, m)| (m.record, i as u32)).collect();
        Linkage { header, members, pairs, redirects, by_mention, by_record }
    }

    pub fn mention(&self, mention: u64) -> Option<&Member> {
        self.members.get(*self.by_mention.get(&mention)? as usize)
    }

    /// A member of a record.
    pub fn record(&self, record: u64) -> Option<&Member> {
        self.members.get(*self.by_record.get(&record)? as usize)
    }

    /// Members of a record.
    pub fn of_record(&self, record: u64) -> &[Member] {
        let Some(&first) = self.by_record.get(&record) else { return &[] };
        let rest = &self.members[first as usize..];
        &rest[..rest.partition_point(|m| m.record == record && m.person == rest[0].person)]
    }

    /// Where a person's id leads now.
    pub fn follow(&self, mut person: u64) -> u64 {
        for _ in 0..=self.redirects.len() {
            match self.redirects.get(&person) {
                Some(next) => person = *next,
                None => break,
            }
        }
        person
    }

    /// All mentions of a person.
    pub fn person(&self, person: u64) -> &[Member] {
        let from = self.members.partition_point(|m| m.person < person);
        let rest = &self.members[from..];
        &rest[..rest.partition_point(|m| m.person == person)]
    }

    /// The pair of two records.
    pub fn pair(&self, a: u64, b: u64) -> Option<&Pair> {
        let key = (a.min(b), a.max(b));
        self.pairs.binary_search_by_key(&key, |p| (p.left, p.right)).ok().map(|i| &self.pairs[i])
    }
}

impl Lake {
    fn identity(&self) -> PathBuf {
        self.home().root().join("identity")
    }

    /// The only writer's place of the linkage.
    pub async fn linkage_lock(&self) -> Result<Lock> {
        self.home().lock("identity").await
    }

    /// The linkage in force; none before the first run.
    pub async fn linkage(&self) -> Result<Option<Arc<Linkage>>> {
        let dir = self.identity();
        for _ in 0..8 {
            let Some(name) = file::current(&dir)? else { return Ok(None) };
            if let Some(known) = self.known_linkage(&name) {
                return Ok(Some(known));
            }
            let folder = dir.join(&name);
            let read = tokio::task::spawn_blocking(move || file::read(&folder)).await;
            match read.map_err(|e| LakeError::Invalid(e.to_string()))? {
                Ok(linkage) => {
                    let linkage = Arc::new(linkage);
                    self.know_linkage(name, linkage.clone());
                    return Ok(Some(linkage));
                }
                // Another run took its place while we read.
                Err(_) if file::current(&dir)?.as_deref() != Some(&name) => {}
                Err(e) => return Err(e),
            }
        }
        Err(LakeError::Contended { table: "identity".into(), tries: 8 })
    }

    /// Puts a state in force. The caller holds the lock.
    pub async fn keep_linkage(&self, linkage: Linkage, keys: BlockKeys) -> Result<Arc<Linkage>> {
        let (dir, scratch) = (self.identity(), self.home().scratch().to_path_buf());
        let linkage = Arc::new(linkage);
        let kept = linkage.clone();
        let before = match keys {
            BlockKeys::More(_) => file::current(&dir)?.zip(self.linkage().await?),
            BlockKeys::Whole(_) => None,
        };
        let name = tokio::task::spawn_blocking(move || file::write(&dir, &scratch, &kept, &keys, before)).await;
        let name = name.map_err(|e| LakeError::Invalid(e.to_string()))??;
        self.know_linkage(name, linkage.clone());
        Ok(linkage)
    }

    /// Records that have one of these blocking keys, sorted; the keys are sorted too. None where no keys are kept.
    pub async fn linkage_sharing(&self, keys: Vec<u64>) -> Result<Option<Vec<u64>>> {
        let dir = self.identity();
        let Some(name) = file::current(&dir)? else { return Ok(None) };
        let found = tokio::task::spawn_blocking(move || file::sharing(&dir.join(name), &keys)).await;
        found.map_err(|e| LakeError::Invalid(e.to_string()))?
    }

    /// All judgements, one JSON object each, in the order they were made. A last line that was cut off does not count.
    pub fn judgement_lines(&self) -> Result<Vec<String>> {
        let path = self.identity().join("judgements.ndjson");
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let whole = text.rfind('\n').map_or("", |end| &text[..end]);
                Ok(whole.lines().filter(|l| !l.trim().is_empty()).map(String::from).collect())
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(e) => Err(LakeError::io("reading", path)(e)),
        }
    }

    /// Adds a judgement; it is on the disk when this returns. The caller holds the lock.
    pub fn add_judgement(&self, line: &str) -> Result<()> {
        let dir = self.identity();
        std::fs::create_dir_all(&dir).map_err(LakeError::io("creating", &dir))?;
        let path = dir.join("judgements.ndjson");
        let add = || -> std::io::Result<()> {
            let mut file = std::fs::File::options().create(true).truncate(false).read(true).write(true).open(&path)?;
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1) as u64;
            file.set_len(whole)?;
            file.seek(SeekFrom::Start(whole))?;
            file.write_all(format!("{}\n", line.replace('\n', " ")).as_bytes())?;
            file.sync_all()
        };
        add().map_err(LakeError::io("writing", &path))
    }

    /// Takes erased records, and what `clean` finds of them in reasons, out of what people said of pairs. Each line stays in its place: the linkage
    /// counts how many it has followed. Gives how many lines changed.
    pub(crate) async fn forget_judged(&self, gone: &[String], clean: &(dyn Fn(&str) -> Option<String> + Sync)) -> Result<u64> {
        let _one = self.home().lock("judgements").await?;
        let mut changed = 0;
        let mut out = String::new();
        for line in self.judgement_lines()? {
            let mut said: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            let before = said.clone();
            for side in ["left", "right"] {
                if said[side].as_str().is_some_and(|id| gone.iter().any(|g| g == id)) {
                    (said[side], said["why"]) = ("0".repeat(16).into(), "".into());
                }
            }
            if let Some(why) = said["why"].as_str().and_then(clean) {
                said["why"] = why.into();
            }
            changed += u64::from(said != before);
            out += &if said == before { line } else { said.to_string() };
            out.push('\n');
        }
        if changed > 0 {
            let path = self.identity().join("judgements.ndjson");
            let scratch = self.home().scratch();
            let mut file = tempfile::NamedTempFile::new_in(scratch).map_err(LakeError::io("writing in", scratch))?;
            file.write_all(out.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", &path))?;
            file.persist(&path).map_err(|e| LakeError::Io { action: "writing", path, source: e.error })?;
        }
        Ok(changed)
    }

    /// Takes erased members out of the linkage; the next run then looks at everything. Gives how many there were.
    pub(crate) async fn forget_members(&self, gone: &(dyn Fn(&str, i64) -> bool + Sync)) -> Result<u64> {
        let _one = self.linkage_lock().await?;
        let Some(old) = self.linkage().await? else { return Ok(0) };
        let members: Vec<Member> = old.members.iter().filter(|m| !gone(&m.object, m.row)).cloned().collect();
        let forgotten = (old.members.len() - members.len()) as u64;
        if forgotten == 0 {
            return Ok(0);
        }
        let left: HashSet<u64> = members.iter().map(|m| m.record).collect();
        let pairs = old.pairs.iter().filter(|p| left.contains(&p.left) && left.contains(&p.right)).copied().collect();
        let header = Header { stale: true, ..old.header.clone() };
        // Whole and without keys: nothing of what was erased may lie in a file that is kept.
        let persons: HashSet<u64> = members.iter().map(|m| m.person).collect();
        let redirects =
            old.redirects.iter().filter(|(id, _)| persons.contains(&old.follow(**id))).map(|(a, b)| (*a, *b)).collect();
        let linkage = Linkage::new(header, members, pairs, redirects);
        self.keep_linkage(linkage, BlockKeys::Whole(Vec::new())).await?;
        Ok(forgotten)
    }
}
