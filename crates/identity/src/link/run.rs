//! A run from tables to clusters.

use std::path::PathBuf;

use crate::judgement::Judgement;
use crate::link::block::Blocking;
use crate::link::candidates::{self, Scored, Stop};
use crate::link::comparison::{Comparisons, at};
use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::model::{Mode, Model};
use crate::link::parameters::Parameters;
use crate::link::resolve::{self, Bounds, Judged, Resolved};
use crate::link::score::{Scorer, bits};
use crate::link::spill::Pairs;
use crate::link::table::Table;
use crate::link::train::{self, sample};
use crate::link::{draft, truth};

/// What is to be linked, and how.
#[derive(Debug)]
pub struct Job {
    pub model: Model,
    pub judgements: Vec<Judgement>,
    /// Parameters of an earlier run; trained when absent.
    pub parameters: Option<(Parameters, PathBuf)>,
    /// Labelled matches to train from, as ids of two records.
    pub labels: Option<Vec<(String, String)>>,
    /// Folder for what does not fit in memory.
    pub scratch: PathBuf,
}

impl Job {
    pub fn new(model: Model) -> Job {
        Job { model, judgements: Vec::new(), parameters: None, labels: None, scratch: std::env::temp_dir() }
    }
}

/// A linked table or two.
#[derive(Debug)]
pub struct Outcome {
    pub model: Model,
    pub frame: Frame,
    pub comparisons: Comparisons,
    pub parameters: Parameters,
    pub scorer: Scorer,
    pub blocking: Blocking,
    pub judged: Judged,
    /// By comparison: its group of evidence.
    pub groups: Vec<usize>,
    /// Candidates visited.
    pub candidates: u64,
    /// Candidates at or above the review threshold.
    pub pairs: Pairs,
    pub resolved: Resolved,
    pub one_to_one: bool,
    /// What the table itself says is true, where it does.
    pub truth_inside: Option<Vec<Option<u32>>>,
    pub notes: Vec<String>,
    /// Seconds by stage.
    pub seconds: Vec<(&'static str, f64)>,
}

/// Evidence below which a candidate is hopeless under any parameters, in bits before training.
const HOPELESS: f32 = -14.0;

/// Runs a job over one table or two.
pub fn run(job: Job, tables: &[&Table], stop: &Stop) -> Result<Outcome, LinkError> {
    let mut clock = Clock::new();
    if tables.is_empty() || tables.len() > 2 {
        return Err(LinkError::Data(format!("{} tables were given; one or two can be linked", tables.len())));
    }
    let mut model = job.model;
    let mut notes = draft::fill(&mut model, tables)?;
    let frame = Frame::new(&model, tables)?;
    clock.lap("prepare");
    notes.extend(draft::block(&mut model, &frame));
    let comparisons = Comparisons::new(&model, &frame)?;
    let blocking = Blocking::new(&model, &frame)?;
    for rule in blocking.rules.iter().filter(|r| r.passed > 0) {
        notes.push(format!(
            "blocking on {}: {} blocks were too large and were split; {} pairs in them were passed over",
            rule.text, rule.split, rule.passed
        ));
    }
    clock.lap("block");
    let parameters = match job.parameters {
        Some((p, path)) => {
            p.fit(&comparisons, &frame, &path)?;
            p
        }
        None => trained(&model, job.labels.as_deref(), &frame, &comparisons, &blocking, stop)?,
    };
    notes.extend(parameters.notes.iter().cloned());
    clock.lap("train");
    let duplicates = (2.0 * parameters.prior * frame.pairs() / frame.rows.max(1) as f64).min(20.0);
    let scorer = Scorer::new(&parameters, &comparisons, &frame, duplicates);
    let merge = bits(model.thresholds.merge.clamp(1e-9, 1.0 - 1e-9)) as f32;
    let review = bits(model.thresholds.review.clamp(1e-9, 1.0 - 1e-9)) as f32;
    let pairs = Pairs::new(model.limits.memory_mb, job.scratch);
    let visited = candidates::score(&blocking, &comparisons, &frame, &scorer, review.min(merge), &pairs, stop)?;
    clock.lap("score");
    let (index, both) = index(&frame, &job.judgements);
    let judged = Judged::new(frame.rows, &job.judgements, |id| index.get(id).copied());
    if both > 0 {
        notes.push(format!("{both} judged ids are in both tables; say which is meant by left_source and right_source"));
    }
    if !judged.conflicts.is_empty() {
        notes.push(format!("{} judgements contradict newer ones and were not followed", judged.conflicts.len()));
    }
    if judged.unknown > 0 {
        notes.push(format!("{} judgements are about records that are not in the tables", judged.unknown));
    }
    let groups = groups(&model, &comparisons);
    let one_to_one = frame.mode == Mode::Link
        && model
            .clustering
            .one_to_one
            .unwrap_or_else(|| resolve::unique::each_is_one(&frame, &comparisons, &scorer, merge, &pairs));
    let bounds = Bounds { merge, largest: model.clustering.largest, one_to_one };
    let allowed = |s: &Scored| {
        comparisons.excluded(&frame, s.a, s.b).is_none() && enough(&model, &comparisons, &frame, &scorer, &groups, s)
    };
    let direct = |a: u32, b: u32| {
        if comparisons.excluded(&frame, a, b).is_some() {
            return f32::NEG_INFINITY;
        }
        let pattern = comparisons.pattern(&frame, a, b, &mut []);
        scorer.total(&comparisons, &frame, pattern, a)
    };
    let resolved = resolve::resolve(&frame, &pairs, bounds, &judged, allowed, direct)?;
    if !resolved.cut.is_empty() {
        notes.push(format!(
            "{} components were larger than {} records and were cut; the largest had {}",
            resolved.cut.len(),
            bounds.largest,
            resolved.cut[0]
        ));
    }
    if stop.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(LinkError::Cancelled);
    }
    clock.lap("cluster");
    let truth_inside = truth::inside(tables, &frame);
    Ok(Outcome {
        model,
        frame,
        comparisons,
        parameters,
        scorer,
        blocking,
        judged,
        groups,
        candidates: visited,
        pairs,
        resolved,
        one_to_one,
        truth_inside,
        notes,
        seconds: clock.laps,
    })
}

/// Parameters from labelled matches, or without any.
pub fn trained(
    model: &Model,
    labels: Option<&[(String, String)]>,
    frame: &Frame,
    comparisons: &Comparisons,
    blocking: &Blocking,
    stop: &Stop,
) -> Result<Parameters, LinkError> {
    let chance = sample::chance(comparisons, frame, model.training.sample);
    if let Some(labels) = labels {
        let mut row: std::collections::HashMap<&str, u32> = std::collections::HashMap::new();
        (0..frame.rows as u32).for_each(|r| _ = row.insert(frame.id(r), r));
        let pairs: Vec<(u32, u32)> =
            labels.iter().filter_map(|(a, b)| Some((*row.get(a.as_str())?, *row.get(b.as_str())?))).collect();
        if pairs.is_empty() {
            return Err(LinkError::Data(
                "none of the labelled pairs is in the tables; train without labels or check their ids".into(),
            ));
        }
        return Ok(train::labels::train(&pairs, 1.0, comparisons, frame, &chance));
    }
    let start = train::start(comparisons, frame, &chance, model.training.prior);
    let scorer = Scorer::new(&start, comparisons, frame, 1.0);
    let patterns = candidates::patterns(blocking, comparisons, frame, &scorer, HOPELESS, model.training.pairs, stop)?;
    Ok(train::train(&model.training, comparisons, frame, &chance, &patterns))
}

/// Rows of the judged records: by `1:id` or `2:id` where there are two tables, by the id alone where only one record has it. The
/// number: how many judged names fit a record of either table.
fn index(frame: &Frame, judgements: &[Judgement]) -> (std::collections::HashMap<String, u32>, usize) {
    let wanted: std::collections::HashSet<&str> = judgements.iter().flat_map(|j| [j.left.as_str(), j.right.as_str()]).collect();
    let mut rows: std::collections::HashMap<String, u32> = Default::default();
    let mut both: std::collections::HashSet<&str> = Default::default();
    if wanted.is_empty() {
        return (rows, 0);
    }
    let two = frame.left < frame.rows;
    for row in 0..frame.rows as u32 {
        let id = frame.id(row);
        if wanted.contains(id) && rows.insert(id.to_string(), row).is_some() {
            both.insert(id);
        }
    }
    both.iter().for_each(|id| _ = rows.remove(*id));
    if two {
        for row in 0..frame.rows as u32 {
            let name = format!("{}:{}", frame.source(row) + 1, frame.id(row));
            if wanted.contains(name.as_str()) {
                rows.insert(name, row);
            }
        }
    }
    (rows, both.len())
}

/// The group of evidence of each comparison, by number.
pub fn groups(model: &Model, comparisons: &Comparisons) -> Vec<usize> {
    let mut names: Vec<&str> = Vec::new();
    comparisons
        .all
        .iter()
        .map(|c| {
            let field = &model.fields[c.field];
            let name = field.group.as_deref().unwrap_or(&field.name);
            names.iter().position(|n| *n == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        })
        .collect()
}

/// Whether a pair has the independent evidence that the model asks for.
pub fn enough(model: &Model, comparisons: &Comparisons, frame: &Frame, scorer: &Scorer, groups: &[usize], s: &Scored) -> bool {
    let least = model.evidence.minimum as u32;
    least <= 1 || scorer.groups(comparisons, frame, s.pattern, s.a, groups, model.evidence.bits as f32) >= least
}

struct Clock {
    last: std::time::Instant,
    laps: Vec<(&'static str, f64)>,
}

impl Clock {
    fn new() -> Clock {
        Clock { last: std::time::Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, name: &'static str) {
        self.laps.push((name, self.last.elapsed().as_secs_f64()));
        self.last = std::time::Instant::now();
    }
}

impl Outcome {
    /// Levels of a pair by field name, for those who explain.
    pub fn levels(&self, pattern: u64) -> Vec<(&str, usize)> {
        self.comparisons.all.iter().enumerate().map(|(c, k)| (self.frame.names[k.field].as_str(), at(pattern, c))).collect()
    }
}
