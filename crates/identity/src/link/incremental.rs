//! New, changed and withdrawn records against what is there, without doing the whole again.
//!
//! The decision: **parameters, weights of values and stop keys are frozen** with the state. Then the clusters are a function of the present
//! records and judgements alone, and it does not matter in which order they came: an update touches the records that share a key with
//! what changed, and the components they are in; [`State::recompute`] gives the same.

pub mod ids;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::judgement::Judgement;
use crate::link::block::expression::Expression;
use crate::link::compare::words::{self, Known, Words};
use crate::link::comparison::Comparisons;
use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::model::{Kind, Mode, Model};
use crate::link::parameters::Parameters;
use crate::link::resolve::{Bounds, Edge, Judged, of_edges};
use crate::link::score::{Scorer, bits};
use crate::link::table::{Column, Table};
use ids::Ids;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A record that came or changed: its id and the model's columns in the order of [`State::columns`].
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: String,
    pub values: Vec<Option<String>>,
}

/// What an update did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Pairs compared.
    pub compared: usize,
    /// Records whose cluster was looked at again.
    pub records: usize,
}

/// A linked table that changes.
#[derive(Debug)]
pub struct State {
    model: Model,
    rules: Vec<Vec<Expression>>,
    /// Keys that too many records had when the state began: they block nothing, then and later.
    stop: BTreeSet<u64>,
    parameters: Parameters,
    duplicates: f64,
    records: BTreeMap<String, Record>,
    holders: HashMap<u64, BTreeSet<String>>,
    /// Pairs at or above the merge threshold, in both directions.
    edges: HashMap<String, BTreeMap<String, f32>>,
    judgements: Vec<Judgement>,
    /// Record to the first record of its cluster.
    cluster: BTreeMap<String, String>,
    pub ids: Ids,
    /// Frequencies of values as they were when the state began.
    frequencies: Vec<HashMap<String, u32>>,
    words: Vec<Known>,
}

impl State {
    /// Begins with a model whose fields, levels and blocking are complete (as a run leaves it) and its parameters. `table` gives the frequencies
    /// and the stop keys; its records are not yet in the state.
    pub fn new(model: Model, parameters: Parameters, duplicates: f64, table: &Table) -> Result<State, LinkError> {
        let model = Model { mode: Some(Mode::Dedupe), ..model };
        let frame = Frame::new(&model, &[table])?;
        if model.blocks.is_empty() {
            return Err(LinkError::Model("an incremental state needs blocking rules; give [[block]] in the model".into()));
        }
        let rules: Vec<Vec<Expression>> = model
            .blocks
            .iter()
            .map(|b| b.on.iter().map(|t| Expression::parse(t, &frame.names).map_err(LinkError::Model)).collect())
            .collect::<Result<_, _>>()?;
        parameters.fit(&Comparisons::new(&model, &frame)?, &frame, std::path::Path::new("the state's parameters"))?;
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for row in 0..frame.rows {
            for key in keys(&rules, |f| frame.fields[f].column.get(row)) {
                *counts.entry(key).or_default() += 1;
            }
        }
        let stop = counts.into_iter().filter(|(_, n)| *n > model.limits.block).map(|(k, _)| k).collect();
        let frequencies: Vec<HashMap<String, u32>> = frame
            .fields
            .iter()
            .map(|f| f.column.values.iter().map(String::from).zip(f.column.counts.iter().copied()).skip(1).collect())
            .collect();
        let words = frequencies.iter().map(|f| words::known(f.iter().map(|(v, n)| (v.as_str(), *n)))).collect();
        Ok(State {
            words,
            model,
            rules,
            stop,
            parameters,
            duplicates,
            records: BTreeMap::new(),
            holders: HashMap::new(),
            edges: HashMap::new(),
            judgements: Vec::new(),
            cluster: BTreeMap::new(),
            ids: Ids::default(),
            frequencies,
        })
    }

    /// Columns a record has values for, in this order.
    pub fn columns(&self) -> Vec<&str> {
        let names = self
            .model
            .fields
            .iter()
            .flat_map(|f| if f.columns.is_empty() { std::slice::from_ref(&f.name) } else { &f.columns[..] });
        let mut out: Vec<&str> = Vec::new();
        for name in names {
            if !out.contains(&name.as_str()) {
                out.push(name);
            }
        }
        out
    }

    /// The first record of a record's cluster.
    pub fn cluster(&self, id: &str) -> Option<&str> {
        self.cluster.get(id).map(String::as_str)
    }

    pub fn clusters(&self) -> &BTreeMap<String, String> {
        &self.cluster
    }

    /// Takes records in (new ones, and changed ones by their id), takes others out, and adds judgements.
    pub fn update(&mut self, records: Vec<Record>, withdrawn: &[&str], judgements: Vec<Judgement>) -> Result<Touched, LinkError> {
        let width = self.columns().len();
        if let Some(r) = records.iter().find(|r| r.values.len() != width) {
            return Err(LinkError::Data(format!("record {} has {} values, the state has {width} columns", r.id, r.values.len())));
        }
        let mut dirty: BTreeSet<String> = judgements.iter().flat_map(|j| [j.left.clone(), j.right.clone()]).collect();
        self.judgements.extend(judgements);
        for id in withdrawn.iter().map(|s| s.to_string()).chain(records.iter().map(|r| r.id.clone())) {
            dirty.extend(self.edges.get(&id).into_iter().flat_map(|e| e.keys().cloned()));
            dirty.extend(self.mates(&id));
            self.take_out(&id);
            dirty.insert(id);
        }
        let mut fresh: Vec<String> = Vec::new();
        for record in records {
            fresh.push(record.id.clone());
            self.records.insert(record.id.clone(), record);
        }
        let mut pairs: BTreeSet<(String, String)> = BTreeSet::new();
        if !fresh.is_empty() {
            let frame = self.frame(&fresh)?;
            for row in 0..frame.rows {
                let id = frame.id(row as u32).to_string();
                for key in keys(&self.rules, |f| frame.fields[f].column.get(row)).into_iter().filter(|k| !self.stop.contains(k)) {
                    let holders = self.holders.entry(key).or_default();
                    pairs.extend(
                        holders.iter().filter(|h| **h != id).map(|h| (id.clone().min(h.clone()), id.clone().max(h.clone()))),
                    );
                    holders.insert(id.clone());
                }
            }
        }
        let compared = pairs.len();
        for (a, b, bits) in self.scores(&pairs)? {
            self.edges.entry(a.clone()).or_default().insert(b.clone(), bits);
            self.edges.entry(b.clone()).or_default().insert(a.clone(), bits);
            dirty.extend([a, b]);
        }
        let region = self.region(dirty);
        self.resolve(&region)?;
        Ok(Touched { compared, records: region.len() })
    }

    /// Clusters of everything, from the records alone.
    pub fn recompute(&self) -> Result<BTreeMap<String, String>, LinkError> {
        let mut other = State {
            model: self.model.clone(),
            rules: self.rules.clone(),
            stop: self.stop.clone(),
            parameters: self.parameters.clone(),
            duplicates: self.duplicates,
            frequencies: self.frequencies.clone(),
            words: self.words.clone(),
            records: BTreeMap::new(),
            holders: HashMap::new(),
            edges: HashMap::new(),
            judgements: Vec::new(),
            cluster: BTreeMap::new(),
            ids: Ids::default(),
        };
        other.update(self.records.values().cloned().collect(), &[], self.judgements.clone())?;
        Ok(other.cluster)
    }

    fn take_out(&mut self, id: &str) {
        self.records.remove(id);
        self.cluster.remove(id);
        // Withdrawals are rare beside look-ups; an index from record to keys would double the memory for them.
        self.holders.retain(|_, h| {
            h.remove(id);
            !h.is_empty()
        });
        for other in self.edges.remove(id).into_iter().flat_map(BTreeMap::into_keys) {
            if let Some(e) = self.edges.get_mut(&other) {
                e.remove(id);
            }
        }
    }

    /// Records of the same cluster.
    fn mates(&self, id: &str) -> Vec<String> {
        let Some(first) = self.cluster.get(id) else { return Vec::new() };
        self.region(BTreeSet::from([id.to_string()])).into_iter().filter(|m| self.cluster.get(m) == Some(first)).collect()
    }

    /// Everything that edges and judgements connect with the given records.
    fn region(&self, from: BTreeSet<String>) -> BTreeSet<String> {
        let mut judged: HashMap<&str, Vec<&str>> = HashMap::new();
        for j in &self.judgements {
            judged.entry(&j.left).or_default().push(&j.right);
            judged.entry(&j.right).or_default().push(&j.left);
        }
        let (mut seen, mut open) = (BTreeSet::new(), from.into_iter().collect::<Vec<_>>());
        while let Some(id) = open.pop() {
            if !self.records.contains_key(&id) || seen.contains(&id) {
                continue;
            }
            open.extend(self.edges.get(&id).into_iter().flat_map(|e| e.keys().cloned()));
            open.extend(judged.get(id.as_str()).into_iter().flatten().map(|s| s.to_string()));
            seen.insert(id);
        }
        seen
    }

    fn resolve(&mut self, region: &BTreeSet<String>) -> Result<(), LinkError> {
        let rows: Vec<String> = region.iter().cloned().collect();
        if rows.is_empty() {
            return Ok(());
        }
        let at = |id: &str| rows.binary_search_by(|r| r.as_str().cmp(id)).ok().map(|i| i as u32);
        let mut edges: Vec<Edge> = Vec::new();
        for a in &rows {
            for (b, bits) in self.edges.get(a).into_iter().flatten().filter(|(b, _)| a < *b) {
                if let (Some(a), Some(b)) = (at(a), at(b)) {
                    edges.push((*bits, a, b));
                }
            }
        }
        let judged = Judged::new(rows.len(), &self.judgements, at);
        let frame = self.frame(&rows)?;
        let (comparisons, scorer) = self.scorer(&frame)?;
        let merge = bits(self.model.thresholds.merge.clamp(1e-9, 1.0 - 1e-9)) as f32;
        let bounds = Bounds { merge, largest: self.model.clustering.largest, one_to_one: false };
        let found = of_edges(rows.len(), &mut edges, bounds, &judged, |a, b| {
            if comparisons.excluded(&frame, a, b).is_some() {
                return f32::NEG_INFINITY;
            }
            let pattern = comparisons.pattern(&frame, a, b, &mut []);
            scorer.total(&comparisons, &frame, pattern, a)
        });
        let before: BTreeMap<String, Option<String>> =
            rows.iter().map(|r| (r.clone(), self.ids.of(r).map(String::from))).collect();
        let mut groups: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (row, &first) in found.cluster.iter().enumerate() {
            self.cluster.insert(rows[row].clone(), rows[first as usize].clone());
            groups.entry(first).or_default().push(rows[row].clone());
        }
        self.ids.regroup(groups.into_values().collect(), &before);
        Ok(())
    }

    /// Pairs at or above the merge threshold with the evidence the model asks for.
    fn scores(&self, pairs: &BTreeSet<(String, String)>) -> Result<Vec<(String, String, f32)>, LinkError> {
        let rows: Vec<String> =
            pairs.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect::<BTreeSet<_>>().into_iter().collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let frame = self.frame(&rows)?;
        let (comparisons, scorer) = self.scorer(&frame)?;
        let groups = crate::link::run::groups(&self.model, &comparisons);
        let merge = bits(self.model.thresholds.merge.clamp(1e-9, 1.0 - 1e-9)) as f32;
        let mut caches = comparisons.caches();
        let at = |id: &String| rows.binary_search(id).map_or(0, |i| i as u32);
        let mut out = Vec::new();
        for (a, b) in pairs {
            let (i, j) = (at(a), at(b));
            let pattern = comparisons.pattern(&frame, i, j, &mut caches);
            let bits = scorer.total(&comparisons, &frame, pattern, i);
            let s = crate::link::candidates::Scored { a: i, b: j, bits, pattern };
            let excluded = comparisons.excluded(&frame, i, j).is_some();
            if bits >= merge && !excluded && crate::link::run::enough(&self.model, &comparisons, &frame, &scorer, &groups, &s) {
                out.push((a.clone(), b.clone(), bits));
            }
        }
        Ok(out)
    }

    /// Some records as a frame, with the frozen frequencies in place of their own.
    fn frame(&self, ids: &[String]) -> Result<Frame, LinkError> {
        let columns = self.columns();
        let mut table = Table {
            name: "the state".into(),
            rows: ids.len(),
            columns: columns.iter().map(|c| Column::new(c.to_string())).collect(),
        };
        for id in ids {
            let record = self.records.get(id).ok_or_else(|| LinkError::Data(format!("record {id} is not in the state")))?;
            for (column, value) in table.columns.iter_mut().zip(&record.values) {
                let value = value.as_deref().and_then(|v| crate::link::normalise::normalise(v, &self.model.missing));
                column.push(value.as_deref())?;
            }
        }
        let model = Model { id: None, ..self.model.clone() };
        let mut frame = Frame::new(&model, &[&table])?;
        let mut named = Column::new("id".into());
        ids.iter().try_for_each(|id| named.push(Some(id)))?;
        frame.ids = named;
        for ((data, field), known) in frame.fields.iter_mut().zip(&model.fields).zip(&self.words) {
            if matches!(field.kind, Kind::Words | Kind::FullName) || !data.words.is_empty() {
                data.words = Words::with(&data.column, Some(known));
            }
        }
        Ok(frame)
    }

    fn scorer(&self, frame: &Frame) -> Result<(Comparisons, Scorer), LinkError> {
        let comparisons = Comparisons::new(&self.model, frame)?;
        let scorer = Scorer::frozen(&self.parameters, &comparisons, frame, self.duplicates, &self.frequencies);
        Ok((comparisons, scorer))
    }
}

/// Keys of one record under all rules.
fn keys<'v>(rules: &[Vec<Expression>], value: impl Fn(usize) -> &'v str) -> Vec<u64> {
    let mut out = Vec::new();
    for (n, rule) in rules.iter().enumerate() {
        let mut all = vec![n as u64 + 1];
        for e in rule {
            let text = value(e.field);
            let mut parts = Vec::new();
            if !text.is_empty() {
                e.keys(text, &mut |k| parts.push(k.to_string()));
            }
            all = all.iter().flat_map(|seed| parts.iter().map(move |p| xxh3_64_with_seed(p.as_bytes(), *seed))).collect();
        }
        out.extend(all);
    }
    out.sort_unstable();
    out.dedup();
    out
}
