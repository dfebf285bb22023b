//! Parameters without labels, by expectation and maximisation over candidate pairs.
//!
//! The decision: one training over the union of all candidate pairs, with the prior over *all* pairs. Blocking is a function of the
//! compared values, so it leaves likelihood ratios as they are; what it changes, the share of matches among candidates, is not
//! what is estimated. How often different records agree by chance comes from random pairs, less the matches among them, which
//! matters in small tables where a rare value's only agreements are matches.

pub mod labels;
pub mod sample;

use std::collections::HashMap;

use crate::link::comparison::{Comparisons, at};
use crate::link::frame::Frame;
use crate::link::level::Level;
use crate::link::model::Training;
use crate::link::parameters::{FieldParameters, LevelParameters, Parameters};

/// Patterns of candidate pairs with how many pairs each stands for.
pub type Patterns = HashMap<u64, f64>;

/// Pairs by level among all pairs of a mode, by comparison; index 0 counts pairs with a missing value.
#[derive(Debug, Clone)]
pub struct Chance {
    pub all: f64,
    pub levels: Vec<Vec<f64>>,
    /// What one random pair stands for: the resolution of sampled counts.
    pub step: f64,
    /// By comparison: whether exact agreement was counted outright and not sampled.
    pub counted: Vec<bool>,
}

impl Chance {
    /// Shares of the levels of a comparison among pairs that do not match: counts less the matches', never below half a pair of
    /// what the count could resolve.
    pub fn shares(&self, c: usize, matches: &[f64]) -> Vec<f64> {
        let left: Vec<f64> = (1..self.levels[c].len())
            .map(|i| {
                let step = if i == 1 && self.counted[c] { 1.0 } else { self.step };
                (self.levels[c][i] - matches[i]).max(0.5 * step)
            })
            .collect();
        let sum: f64 = left.iter().sum();
        left.iter().map(|n| (n / sum).clamp(1e-12, 1.0)).collect()
    }
}

/// How many made-up matches the starting values weigh.
const INERTIA: f64 = 8.0;

/// Starting values: agreement is the rule within matches. `u` is chance as sampled.
pub fn start(comparisons: &Comparisons, frame: &Frame, chance: &Chance, prior: Option<f64>) -> Parameters {
    let fields = comparisons.all.iter().enumerate().map(|(c, comparison)| {
        let m = expected(&comparison.levels);
        let u = chance.shares(c, &vec![0.0; chance.levels[c].len()]);
        let mut names: Vec<String> = comparison.levels.iter().map(ToString::to_string).collect();
        names.push("none".into());
        let levels = names.into_iter().zip(m).zip(u).map(|((level, m), u)| LevelParameters { level, m, u }).collect();
        FieldParameters { field: frame.names[comparison.field].clone(), levels }
    });
    let guess = (0.2 * frame.rows as f64 / chance.all.max(1.0)).clamp(1e-12, 0.3);
    Parameters { prior: prior.unwrap_or(guess), fields: fields.collect(), rounds: 0, converged: false, notes: Vec::new() }
}

/// Shares of the levels within matches that training starts from.
fn expected(levels: &[Level]) -> Vec<f64> {
    let loose = levels.len() - 1;
    let mut m = vec![0.75];
    m.extend((0..loose).map(|i| 0.17 * 0.6f64.powi(i as i32)));
    m.push(0.08);
    let sum: f64 = m.iter().sum();
    m.iter().map(|x| x / sum).collect()
}

/// Expectation and maximisation until nothing moves.
pub fn train(training: &Training, comparisons: &Comparisons, frame: &Frame, chance: &Chance, patterns: &Patterns) -> Parameters {
    let first = start(comparisons, frame, chance, training.prior);
    let mut now = first.clone();
    let mut all: Vec<(u64, f64)> = patterns.iter().map(|(&p, &n)| (p, n)).collect();
    all.sort_unstable_by_key(|x| x.0);
    for round in 1..=training.rounds {
        let next = step(training, chance, &first, &now, &all);
        let moved = distance(&now, &next);
        now = Parameters { rounds: round, converged: moved < 1e-4, ..next };
        if now.converged {
            break;
        }
    }
    if !now.converged && training.rounds > 0 {
        now.notes.push(format!("training had not come to rest after {} rounds", now.rounds));
    }
    sound(&first, now, chance)
}

fn step(training: &Training, chance: &Chance, first: &Parameters, now: &Parameters, patterns: &[(u64, f64)]) -> Parameters {
    let weights: Vec<Vec<f64>> =
        now.fields.iter().map(|f| std::iter::once(0.0).chain(f.levels.iter().map(LevelParameters::bits)).collect()).collect();
    let prior = now.prior_bits();
    let mut matched: Vec<Vec<f64>> = chance.levels.iter().map(|l| vec![0.0; l.len()]).collect();
    let mut total = 0.0;
    for &(pattern, n) in patterns {
        let bits: f64 = weights.iter().enumerate().map(|(c, w)| w[at(pattern, c)]).sum::<f64>() + prior;
        let p = n / (1.0 + (-bits).exp2());
        total += p;
        for (c, counts) in matched.iter_mut().enumerate() {
            counts[at(pattern, c)] += p;
        }
    }
    let fields = now.fields.iter().enumerate().map(|(c, f)| {
        let seen: f64 = matched[c][1..].iter().sum();
        let u = chance.shares(c, &matched[c]);
        let levels =
            f.levels.iter().zip(&first.fields[c].levels).zip(u).enumerate().map(|(i, ((l, start), u))| LevelParameters {
                level: l.level.clone(),
                m: ((matched[c][i + 1] + INERTIA * start.m) / (seen + INERTIA)).clamp(1e-6, 1.0),
                u,
            });
        FieldParameters { field: f.field.clone(), levels: levels.collect() }
    });
    let prior = training.prior.unwrap_or_else(|| ((total + 0.5) / (chance.all + 1.0)).clamp(1e-15, 0.5));
    Parameters { prior, fields: fields.collect(), rounds: now.rounds, converged: false, notes: Vec::new() }
}

fn distance(a: &Parameters, b: &Parameters) -> f64 {
    let levels = a.fields.iter().zip(&b.fields).flat_map(|(f, g)| f.levels.iter().zip(&g.levels));
    levels.map(|(x, y)| (x.m - y.m).abs()).fold((a.prior.ln() - b.prior.ln()).abs() * 0.01, f64::max)
}

/// Falls back where training ended in nonsense: matches that agree no more than chance, or no matches at all.
fn sound(first: &Parameters, mut now: Parameters, chance: &Chance) -> Parameters {
    let gain: f64 = now.fields.iter().flat_map(|f| &f.levels).map(|l| l.m * l.bits()).sum();
    let none = now.prior * chance.all < 1.0;
    if gain.is_finite() && gain > 1.0 {
        if none {
            now.notes.push("training found no pair that is likely to match".into());
        }
        for f in &now.fields {
            if f.levels.iter().all(|l| l.bits().abs() < 0.05) {
                now.notes.push(format!("{} tells nothing: it agrees as often by chance as in matches", f.field));
            }
        }
        return now;
    }
    let mut back = first.clone();
    back.rounds = now.rounds;
    back.notes = now.notes;
    back.notes.push("training collapsed (matches agreed no more than chance); the starting values are used".into());
    back
}
