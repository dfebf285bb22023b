//! Results as CSV.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::link::error::LinkError;
use crate::link::run::{Outcome, enough};
use crate::link::score::{bits, probability};

/// A cell, quoted where it must be.
pub fn cell(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

/// Writes a file that is there whole or not at all; a pipe or a terminal is written to as it is.
fn file(path: &Path, f: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> Result<(), LinkError> {
    let io = LinkError::io("writing", path);
    let plain = std::fs::metadata(path).is_ok_and(|m| !m.is_file());
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let to = if plain { path.to_path_buf() } else { beside.into() };
    let mut out = BufWriter::with_capacity(1 << 18, File::create(&to).map_err(&io)?);
    let written = f(&mut out).and_then(|()| out.flush());
    drop(out);
    let moved = written.and_then(|()| if plain { Ok(()) } else { std::fs::rename(&to, path) });
    moved.map_err(|e| {
        if !plain {
            // What is half written goes; if it cannot, its name says what it is.
            let _ = std::fs::remove_file(&to);
        }
        io(e)
    })
}

impl Outcome {
    /// Pairs of records in one cluster, by row.
    pub fn joined(&self) -> Vec<(u32, u32)> {
        let mut clusters: HashMap<u32, Vec<u32>> = HashMap::new();
        for (row, &cluster) in self.resolved.cluster.iter().enumerate().filter(|(row, c)| *row as u32 != **c) {
            clusters.entry(cluster).or_insert_with(|| vec![cluster]).push(row as u32);
        }
        let mut out: Vec<(u32, u32)> = Vec::new();
        for rows in clusters.values() {
            for (j, &b) in rows.iter().enumerate() {
                out.extend(rows[..j].iter().map(|&a| (a.min(b), a.max(b))).filter(|&(a, b)| self.frame.asked(a, b)));
            }
        }
        out.sort_unstable();
        out
    }

    /// All pairs of records held to be one: `left_id,right_id,match_probability,match_weight,left_source,right_source,why`. Weight in bits of
    /// log2 odds; source 1 or 2; why: `evidence` (above the threshold itself), `cluster` (through the others), `judgement`.
    pub fn write_pairs(&self, path: &Path) -> Result<usize, LinkError> {
        let pairs = self.joined();
        let merge = bits(self.model.thresholds.merge.clamp(1e-9, 1.0 - 1e-9)) as f32;
        let same: std::collections::HashSet<(u32, u32)> = self.judged.same.iter().copied().collect();
        let mut caches = self.comparisons.caches();
        file(path, |out| {
            writeln!(out, "left_id,right_id,match_probability,match_weight,left_source,right_source,why")?;
            for &(a, b) in &pairs {
                let pattern = self.comparisons.pattern(&self.frame, a, b, &mut caches);
                let bits = self.scorer.total(&self.comparisons, &self.frame, pattern, a);
                let why = if same.contains(&(a, b)) {
                    "judgement"
                } else if bits >= merge {
                    "evidence"
                } else {
                    "cluster"
                };
                let (left, right) = (cell(self.frame.id(a)), cell(self.frame.id(b)));
                let (p, s, t) = (probability(f64::from(bits)), self.frame.source(a) + 1, self.frame.source(b) + 1);
                writeln!(out, "{left},{right},{p:.6},{bits:.3},{s},{t},{why}")?;
            }
            Ok(())
        })?;
        Ok(pairs.len())
    }

    /// Every record with its cluster: `id,source,cluster`. A cluster is named by its first record's id.
    pub fn write_clusters(&self, path: &Path) -> Result<(), LinkError> {
        file(path, |out| {
            writeln!(out, "id,source,cluster")?;
            for (row, &cluster) in self.resolved.cluster.iter().enumerate() {
                let source = self.frame.source(row as u32) + 1;
                // Ids of two tables may be equal; the name of a cluster may not.
                let first = self.frame.source(cluster) + 1;
                let mark = if self.frame.left < self.frame.rows { format!("{first}:") } else { String::new() };
                writeln!(
                    out,
                    "{},{source},{}",
                    cell(self.frame.id(row as u32)),
                    cell(&format!("{mark}{}", self.frame.id(cluster)))
                )?;
            }
            Ok(())
        })
    }

    /// Pairs for a person to decide: between the thresholds, or above without the evidence the model asks for, and not in one cluster.
    /// With `verdict`, `who` and `why` filled in, [`judgements::read`](crate::link::judgements::read) takes the file back.
    pub fn write_review(&self, path: &Path) -> Result<usize, LinkError> {
        let merge = bits(self.model.thresholds.merge.clamp(1e-9, 1.0 - 1e-9)) as f32;
        let mut rows = Vec::new();
        self.pairs.read(|s| {
            let open = self.resolved.cluster[s.a as usize] != self.resolved.cluster[s.b as usize];
            if open && !self.judged.apart(s.a, s.b) && !self.judged.unsure.contains(&(s.a, s.b)) {
                rows.push(s);
            }
        })?;
        rows.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
        file(path, |out| {
            write!(out, "left_id,right_id,left_source,right_source,match_probability,reason")?;
            for n in &self.frame.names {
                // Two columns may not have one name.
                let n = if matches!(n.as_str(), "id" | "source") { format!("{n}_value") } else { n.clone() };
                write!(out, ",{},{}", cell(&format!("left_{n}")), cell(&format!("right_{n}")))?;
            }
            writeln!(out, ",verdict,who,why")?;
            for s in &rows {
                let enough = enough(&self.model, &self.comparisons, &self.frame, &self.scorer, &self.groups, s);
                let reason = if s.bits < merge {
                    "between thresholds"
                } else if enough {
                    "contradicted by the cluster"
                } else {
                    "one kind of evidence only"
                };
                let (left, right) = (cell(self.frame.id(s.a)), cell(self.frame.id(s.b)));
                let (of, to) = (self.frame.source(s.a) + 1, self.frame.source(s.b) + 1);
                write!(out, "{left},{right},{of},{to},{:.6},{reason}", probability(f64::from(s.bits)))?;
                for field in 0..self.frame.names.len() {
                    write!(out, ",{},{}", cell(self.frame.value(field, s.a)), cell(self.frame.value(field, s.b)))?;
                }
                writeln!(out, ",,,")?;
            }
            Ok(())
        })?;
        Ok(rows.len())
    }
}
