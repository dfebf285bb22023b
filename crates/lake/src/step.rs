//! Whether the operational state is the one this lake was left with.
//!
//! Each opening, and each minute of a server, counts one step, in the operational state first and then in a file beside the log. A state put back
//! from a backup counts fewer than the file: what was granted, closed, erased or exported since is in the log and not in it. That is said
//! loudly and goes into the log, once.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Lake;
use crate::error::{LakeError, Result};

/// The setting, and the file's name in the lake's folder.
const SETTING: &str = "step";
const FILE: &str = "step.json";

/// A count of steps, with what the log held at the last of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub count: u64,
    /// Records in the access log.
    pub records: u64,
}

/// An operational state older than the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    /// What the state was left with.
    pub had: Step,
    pub now: Step,
}

impl std::fmt::Display for Behind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "THE OPERATIONAL STATE IS OLDER THAN THE ACCESS LOG: it ends at record {} and the lake had come to {}. Accounts closed, work ended, \
             grants withdrawn and erasures made since are not in it. Restore the newest backup, or go through the log from record {} on \
             (`sarovar audit tail`) and do them again",
            self.had.records, self.now.records, self.had.records
        )
    }
}

impl Lake {
    fn step_file(&self) -> std::path::PathBuf {
        self.home().root().join(FILE)
    }

    /// Compares, logs a state that is behind, and counts one step.
    pub(crate) async fn step_in(&self) -> Result<Option<Behind>> {
        let _one = self.home().lock("step").await?;
        let path = self.step_file();
        let file: Step = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Step::default(),
            Err(e) => return Err(LakeError::io("reading", path)(e)),
        };
        let had: Step = self.store().setting(SETTING).await.map_err(crate::state)?.unwrap_or_default();
        let behind = (had.count < file.count).then_some(Behind { had, now: file });
        if let Some(behind) = &behind {
            let principal = governance::Principal { id: "sarovar".into(), ..governance::Principal::operator() };
            let context = governance::Context { purpose: None, case: None, authority: None, now: self.now() };
            let access = crate::Access { principal, context, at: crate::At::Now };
            let what = json!({ "state_had": behind.had.records, "log_had": behind.now.records });
            self.record(&access, "state-behind", true, what)?;
        }
        let count = had.count.max(file.count);
        self.count_step(Step { count, ..file }).await?;
        Ok(behind)
    }

    /// Counts one step: what a backup from before it holds is older than the lake.
    pub async fn step(&self) -> Result<()> {
        let _one = self.home().lock("step").await?;
        let had: Step = self.store().setting(SETTING).await.map_err(crate::state)?.unwrap_or_default();
        self.count_step(had).await
    }

    async fn count_step(&self, from: Step) -> Result<()> {
        use std::io::Write;
        let records = self.audit().publish().map_err(LakeError::from)?.checkpoint.size;
        let step = Step { count: from.count + 1, records };
        // The state first: killed in between, it is ahead, which says nothing bad.
        self.store().set_setting(SETTING, &step).await.map_err(crate::state)?;
        let (path, scratch) = (self.step_file(), self.home().scratch());
        let text = serde_json::to_vec(&step).map_err(|e| LakeError::Invalid(e.to_string()))?;
        let mut file = tempfile::NamedTempFile::new_in(scratch).map_err(LakeError::io("writing in", scratch))?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", &path))?;
        file.persist(&path).map_err(|e| LakeError::Io { action: "writing", path, source: e.error })?;
        Ok(())
    }

    /// Whether the operational state was found to be older than the log when this program opened the lake.
    pub fn behind(&self) -> Option<Behind> {
        self.inner.behind.get().copied()
    }
}
