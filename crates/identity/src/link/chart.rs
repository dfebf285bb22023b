//! Charts as files of their own: HTML with inline SVG, no script, no outside resource; each picture has its table below it.

pub mod svg;

use std::path::Path;

use crate::link::error::LinkError;
use crate::link::evaluate::{Labels, each_true_pair, f1};
use crate::link::explain::Explanation;
use crate::link::parameters::Parameters;
use crate::link::run::Outcome;
use crate::link::score::probability;
use svg::{Bar, bars, escape, lines, page};

/// Precision and recall of candidate pairs at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub threshold: f64,
    pub precision: f64,
    pub recall: f64,
}

/// Weights of all levels, in bits.
pub fn weights(parameters: &Parameters) -> String {
    let rows = parameters.fields.iter().flat_map(|f| {
        f.levels.iter().map(|l| Bar {
            label: format!("{}: {}", f.field, l.level),
            value: l.bits(),
            note: format!("m = {:.4}, u = {:.3e}", l.m, l.u),
        })
    });
    page("Match weights", &bars(&rows.collect::<Vec<_>>(), "bits (log2 of m / u)"))
}

/// Shares of levels within matches (m) and within non-matches (u).
pub fn shares(parameters: &Parameters) -> String {
    let of = |what: fn(&crate::link::parameters::LevelParameters) -> f64| {
        let rows = parameters.fields.iter().flat_map(move |f| {
            f.levels.iter().map(move |l| Bar { label: format!("{}: {}", f.field, l.level), value: what(l), note: String::new() })
        });
        rows.collect::<Vec<_>>()
    };
    let body = format!(
        "<h2>m: among matches</h2>{}<h2>u: among non-matches</h2>{}",
        bars(&of(|l| l.m), "share"),
        bars(&of(|l| l.u), "share")
    );
    page("Shares of levels", &body)
}

/// One pair: the prior, what each field adds, the sum.
pub fn waterfall(e: &Explanation) -> String {
    let mut rows = vec![Bar { label: "prior".into(), value: e.prior, note: String::new() }];
    rows.extend(e.reasons.iter().map(|r| Bar {
        label: format!("{}: {}", r.field, if r.level.is_empty() { "–" } else { &r.level }),
        value: r.bits,
        note: format!("{} | {}", r.left, r.right),
    }));
    let body = format!(
        "<p>{} and {}: {:.2} bits, probability {:.4}</p>{}",
        escape(&e.left),
        escape(&e.right),
        e.bits,
        e.probability,
        svg::waterfall(&rows)
    );
    page("Evidence of one pair", &body)
}

/// Precision and recall by threshold.
pub fn curve(points: &[Point]) -> String {
    let body = lines(
        &[
            ("precision", points.iter().map(|p| (p.threshold, p.precision)).collect()),
            ("recall", points.iter().map(|p| (p.threshold, p.recall)).collect()),
        ],
        "threshold (match probability)",
    );
    let rows: String = points
        .iter()
        .map(|p| {
            format!(
                "<tr><td>{:.3}</td><td>{:.4}</td><td>{:.4}</td><td>{:.4}</td></tr>",
                p.threshold,
                p.precision,
                p.recall,
                f1(p.precision, p.recall)
            )
        })
        .collect();
    let table = format!("<table><tr><th>threshold</th><th>precision</th><th>recall</th><th>F1</th></tr>{rows}</table>");
    page("Precision and recall", &format!("{body}{table}"))
}

impl Outcome {
    /// Precision and recall of scored pairs, before clustering, at thresholds from the review threshold up.
    pub fn curve(&self, labels: &Labels) -> Result<Vec<Point>, LinkError> {
        let mut all = 0u64;
        each_true_pair(&self.frame, labels, |_, _| all += 1);
        let mut scored: Vec<(f32, bool)> = Vec::new();
        self.pairs.read(|s| {
            if let (Some(x), Some(y)) = (labels[s.a as usize], labels[s.b as usize]) {
                scored.push((s.bits, x == y));
            }
        })?;
        scored.sort_by(|x, y| y.0.total_cmp(&x.0));
        let mut out = Vec::new();
        for step in 1..40 {
            let threshold = f64::from(step) / 40.0;
            if threshold < self.model.thresholds.review {
                continue;
            }
            let n = scored.partition_point(|s| probability(f64::from(s.0)) >= threshold);
            let right = scored[..n].iter().filter(|s| s.1).count() as f64;
            let share = |whole: f64| if whole == 0.0 { 1.0 } else { right / whole };
            out.push(Point { threshold, precision: share(n as f64), recall: share(all as f64) });
        }
        Ok(out)
    }

    /// Writes `weights.html`, `shares.html`, `waterfall.html` (of the joined pair nearest to the threshold) and, with a truth, `curve.html`.
    pub fn write_charts(&self, folder: &Path, labels: Option<&Labels>) -> Result<Vec<String>, LinkError> {
        std::fs::create_dir_all(folder).map_err(LinkError::io("creating", folder))?;
        let mut files = vec![("weights.html", weights(&self.parameters)), ("shares.html", shares(&self.parameters))];
        let mut nearest: Option<(f32, u32, u32)> = None;
        self.pairs.read(|s| {
            if nearest.is_none_or(|n| s.bits.abs() < n.0) {
                nearest = Some((s.bits.abs(), s.a, s.b));
            }
        })?;
        if let Some((_, a, b)) = nearest {
            files.push(("waterfall.html", waterfall(&self.explain(a, b))));
        }
        if let Some(labels) = labels {
            files.push(("curve.html", curve(&self.curve(labels)?)));
        }
        let mut names = Vec::new();
        for (name, text) in files {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(LinkError::io("writing", &path))?;
            names.push(name.to_string());
        }
        Ok(names)
    }
}
