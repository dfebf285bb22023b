//! The access log on disk: one file, appended and made durable before an answer leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use governance::audit::{AuditRecord, AuditSink, Entry, GENESIS, hash, line, verify};
use governance::{Action, Decision, Effect, Resource, ResourceColumn, decide};
use model::Classification;

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::session::Access;

/// Appends to `audit/log.ndjson`; several processes may write the same log.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    /// Serialises writers of this process; the file lock serialises processes.
    file: Mutex<File>,
}

impl AuditLog {
    pub fn open(dir: &Path) -> Result<Self> {
        let path = dir.join("log.ndjson");
        let file = File::options()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)
            .map_err(|e| LakeError::Audit(format!("{}: {e}", path.display())))?;
        Ok(AuditLog { path, file: Mutex::new(file) })
    }

    /// The last records, newest first.
    pub fn tail(&self, limit: usize) -> Result<Vec<Entry>> {
        let file = File::open(&self.path).map_err(|e| LakeError::Audit(e.to_string()))?;
        let mut last = std::collections::VecDeque::new();
        let mut lines = BufReader::new(file);
        loop {
            let mut text = String::new();
            lines.read_line(&mut text).map_err(|e| LakeError::Audit(e.to_string()))?;
            if !text.ends_with('\n') {
                break; // the end, or a record cut off by a kill, which was never answered for
            }
            text.pop();
            last.push_back(text);
            if last.len() > limit {
                last.pop_front();
            }
        }
        last.iter().rev().map(|t| serde_json::from_str(t).map_err(|e| LakeError::Audit(e.to_string()))).collect()
    }

    /// Checks the chain from its first line: number of records and the hash of the last.
    pub fn verify(&self) -> Result<(u64, String)> {
        let text = std::fs::read_to_string(&self.path).map_err(|e| LakeError::Audit(e.to_string()))?;
        // A record cut off by a kill was never answered for; the next append removes it.
        let whole = &text[..text.rfind('\n').map_or(0, |i| i + 1)];
        verify(whole.lines()).map_err(|e| LakeError::Audit(e.to_string()))
    }
}

impl AuditSink for AuditLog {
    fn append(&self, record: &AuditRecord) -> std::result::Result<(), String> {
        let mut file = self.file.lock().map_err(|_| "an earlier write failed".to_string())?;
        file.lock().map_err(|e| e.to_string())?;
        let outcome = (|| {
            let (index, previous) = last_line(&mut file).map_err(|e| e.to_string())?;
            let mut text = line(index, &previous, record)?;
            text.push('\n');
            file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(|e| e.to_string())
        })();
        let unlocked = file.unlock().map_err(|e| e.to_string());
        outcome.and(unlocked)
    }
}

/// Index for the next record and the hash of the newest line.
fn last_line(file: &mut File) -> std::io::Result<(u64, String)> {
    use std::io::Read;
    let len = file.seek(SeekFrom::End(0))?;
    let mut window = 4096u64;
    loop {
        let from = len.saturating_sub(window);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(len - from).read_to_end(&mut bytes)?;
        // A line cut off by a kill was never answered for; it is not part of the chain.
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            let keep = bytes.iter().rposition(|b| *b == b'\n').map_or(from, |p| from + p as u64 + 1);
            if keep > 0 || from == 0 {
                file.set_len(keep)?;
                return last_line(file);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let whole: Vec<&str> = text.lines().collect();
        match whole.last() {
            None => return Ok((0, GENESIS.into())),
            Some(last) if whole.len() > 1 || from == 0 => {
                let entry: Entry = serde_json::from_str(last).map_err(std::io::Error::other)?;
                return Ok((entry.index + 1, hash(last)));
            }
            Some(_) => window *= 4,
        }
    }
}

impl Lake {
    /// What policy says of `action` on a table.
    pub fn decide(&self, access: &Access, action: Action, name: &TableName) -> Result<Decision> {
        let contract = self.contracts().into_iter().find(|c| TableName::clean(&c.name).name == name.name);
        let columns = match (&contract, name.area.as_str()) {
            (Some(c), "clean") => {
                c.columns.iter().map(|c| ResourceColumn { name: c.name.clone(), classification: c.classification }).collect()
            }
            (_, "pole") => crate::pole::find(&name.name)
                .map(|t| {
                    let schema = t.schema();
                    schema
                        .fields()
                        .iter()
                        .filter(|f| crate::catalog::default_class(name, f.name()) == "personal")
                        .map(|f| ResourceColumn { name: f.name().clone(), classification: Classification::Personal })
                        .collect()
                })
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        let resource = Resource {
            table: name.to_string(),
            columns,
            authority_required: contract.is_some_and(|c| c.authority_required),
            seal: (name.area == "pole" && name.name == "person_mention").then(|| "sealed".into()),
        };
        let decision = decide(&access.principal, action, &resource, &access.context);
        if decision.effect == Effect::Deny {
            self.record(access, "query", false, serde_json::json!({ "table": name.to_string(), "rule": decision.rule }))?;
        }
        Ok(decision)
    }

    /// Logs a query before its first row leaves. The text of the query is kept as a hash: it may hold a name or a number.
    pub(crate) fn audit_query(&self, access: &Access, touched: &BTreeMap<String, BTreeSet<String>>, sql: &str) -> Result<()> {
        self.record(access, "query", true, serde_json::json!({ "tables": touched, "query": hash(sql) }))
    }

    /// Logs one action. Fails when it cannot be kept; the caller must then not answer.
    pub fn record(&self, access: &Access, action: &str, allowed: bool, what: serde_json::Value) -> Result<()> {
        let record = AuditRecord {
            at: self.now().to_rfc3339(),
            who: access.principal.id.clone(),
            action: action.into(),
            allowed,
            purpose: access.context.purpose.as_ref().map(|p| p.to_string()),
            case: access.context.case.clone(),
            authority: access.context.authority.clone(),
            what,
        };
        self.audit().append(&record).map_err(LakeError::Audit)
    }
}
