//! The policies in force: the built-in ones, and the operator's own from `policies/*.cedar` in the lake's folder.
//!
//! A set that does not hold is not half taken: the one before it stays in force, also across a restart (it is kept in
//! `policies.json`), and `sarovar policy list` says what is wrong with the new one.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use governance::{Context, Policies, PolicyError, Principal};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::session::{Access, At};

/// How long a look at the folder is trusted.
const TRUSTED: Duration = Duration::from_secs(1);

/// Name, time and size of each file: what changes when somebody writes one.
type Print = Vec<(PathBuf, Option<SystemTime>, u64)>;
type Files = Vec<(String, String)>;

/// What is in force, and what was seen of the folder.
#[derive(Debug)]
pub(crate) struct InForce {
    policies: Policies,
    files: Files,
    print: Print,
    looked: Instant,
    trouble: Option<String>,
}

fn folder(root: &Path) -> PathBuf {
    root.join("policies")
}

fn kept(root: &Path) -> PathBuf {
    root.join("policies.json")
}

/// The operator's files, in the order of their names.
fn look(root: &Path) -> Result<(Print, Files)> {
    let dir = folder(root);
    let mut paths: Vec<PathBuf> = match std::fs::read_dir(&dir) {
        Ok(entries) => entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "cedar")).collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(LakeError::io("reading", dir)(e)),
    };
    paths.sort();
    let (mut print, mut files) = (Print::new(), Files::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(LakeError::io("reading", &path))?;
        let meta = std::fs::metadata(&path).map_err(LakeError::io("reading", &path))?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        print.push((path, meta.modified().ok(), meta.len()));
        files.push((name, text));
    }
    Ok((print, files))
}

/// Only the names, times and sizes.
fn glance(root: &Path) -> Print {
    let entries = std::fs::read_dir(folder(root)).into_iter().flatten().flatten().map(|e| e.path());
    let mut print: Print = entries
        .filter(|p| p.extension().is_some_and(|e| e == "cedar"))
        .map(|p| {
            let meta = std::fs::metadata(&p).ok();
            (p, meta.as_ref().and_then(|m| m.modified().ok()), meta.map_or(0, |m| m.len()))
        })
        .collect();
    print.sort();
    print
}

impl InForce {
    /// What was in force last; with a look at the folder to come.
    pub(crate) fn at(root: &Path) -> Result<InForce> {
        let path = kept(root);
        let files: Files = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|e| {
                LakeError::Invalid(format!("{}: {e}; take it away to begin with the built-in policies", path.display()))
            })?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Files::new(),
            Err(e) => return Err(LakeError::io("reading", path)(e)),
        };
        let policies = Policies::with(&files).map_err(|e| {
            LakeError::Invalid(format!(
                "the policies that were in force do not hold any more: {e}; mend policies/ and take {} away",
                path.display()
            ))
        })?;
        Ok(InForce { policies, files, print: Print::new(), looked: Instant::now(), trouble: None })
    }
}

impl Lake {
    /// The policies in force at this moment.
    pub fn policies(&self) -> Policies {
        let stale = match self.in_force().lock() {
            Ok(mut now) if now.looked.elapsed() > TRUSTED => {
                now.looked = Instant::now();
                glance(self.home().root()) != now.print
            }
            Ok(_) => false,
            Err(_) => true,
        };
        if stale {
            // Trouble is kept for `sarovar policy list`; the old set stays.
            let _ = self.reload_policies();
        }
        match self.in_force().lock() {
            Ok(now) => now.policies.clone(),
            Err(poisoned) => poisoned.into_inner().policies.clone(),
        }
    }

    /// What is wrong with the operator's files, when they are not what is in force.
    pub fn policy_trouble(&self) -> Option<String> {
        let _ = self.policies();
        self.in_force().lock().ok().and_then(|now| now.trouble.clone())
    }

    /// Reads the operator's files and puts them in force.
    ///
    /// # Errors
    /// What is wrong with which file; the set before it stays in force.
    pub fn reload_policies(&self) -> Result<Policies> {
        let root = self.home().root();
        let print = glance(root);
        let read = look(root).and_then(|(print, files)| {
            let policies = Policies::with(&files).map_err(|e| match e {
                // All of them together are at fault.
                PolicyError::LockedOut { .. } => {
                    let names: Vec<String> = files.iter().map(|(name, _)| format!("policies/{name}")).collect();
                    LakeError::Invalid(format!("{}: {e}", names.join(", ")))
                }
                e => LakeError::Invalid(format!("policies/{e}")),
            })?;
            Ok((print, files, policies))
        });
        let mut now =
            self.in_force().lock().map_err(|_| LakeError::Invalid("the policies could not be read; start again".into()))?;
        let (print, files, policies) = match read {
            Ok(read) => read,
            Err(error) => {
                now.print = print;
                now.trouble = Some(format!("{error}; the policies before it stay in force"));
                return Err(error);
            }
        };
        if files != now.files {
            self.keep_policies(&files)?;
        }
        (now.print, now.files, now.trouble, now.looked) = (print, files, None, Instant::now());
        now.policies = policies.clone();
        Ok(policies)
    }

    /// Writes a set down, and into the access log, before it counts.
    fn keep_policies(&self, files: &Files) -> Result<()> {
        use std::io::Write;
        let names: Vec<_> = files
            .iter()
            .map(|(name, text)| json!({ "file": name, "sha256": Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect::<String>() }))
            .collect();
        let principal = Principal { id: "sarovar".into(), name: "Sarovar".into(), ..Principal::operator() };
        let context = Context { purpose: None, case: None, authority: None, now: self.now() };
        self.record(&Access { principal, context, at: At::Now }, "policy", true, json!({ "own": names }))?;
        let path = kept(self.home().root());
        let text = serde_json::to_string(files).map_err(|e| LakeError::Invalid(e.to_string()))?;
        let scratch = self.home().scratch();
        let mut file = tempfile::NamedTempFile::new_in(scratch).map_err(LakeError::io("writing in", scratch))?;
        file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", &path))?;
        file.persist(&path).map_err(|e| LakeError::Io { action: "writing", path: path.clone(), source: e.error })?;
        Ok(())
    }
}
