//! `sarovar link`: record linkage over any tables.

use std::path::Path;
use std::process::ExitCode;

use identity::link::explain::Language;
use identity::link::model::Mode;
use identity::link::{Job, LinkError, Model, Outcome, Parameters, Table, evaluate, judgements, run, truth};
use lake::LakeError;
use serde_json::{Value, json};

use crate::args::{Args, Link};
use crate::output::{self, say};

fn wrong(e: LinkError) -> LakeError {
    LakeError::Invalid(e.to_string())
}

fn read(path: &Path) -> Result<String, LakeError> {
    std::fs::read_to_string(path).map_err(|e| LakeError::Io { action: "reading", path: path.into(), source: e })
}

pub fn link(args: &Args, l: &Link) -> Result<ExitCode, LakeError> {
    let mut model = match &l.model {
        Some(path) => Model::parse(&read(path)?).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?,
        None => Model::default(),
    };
    if let Some(p) = l.threshold {
        if !(0.0..=1.0).contains(&p) {
            return Err(LakeError::Invalid(format!("--threshold {p}: a match probability lies between 0 and 1")));
        }
        model.thresholds.merge = p;
        model.thresholds.review = model.thresholds.review.min(p);
    }
    if let Some(mode) = &l.mode {
        model.mode = Some(self::mode(mode)?);
    }
    let tables: Vec<Table> = l.tables.iter().map(|t| Table::read(t, &model.missing)).collect::<Result<_, _>>().map_err(wrong)?;
    let mut job = Job::new(model);
    let said = l.judgements.as_deref().map(|p| judgements::read(p, tables.len())).transpose();
    job.judgements = said.map_err(wrong)?.unwrap_or_default();
    if let Some(path) = &l.parameters {
        job.parameters = Some((Parameters::load(path).map_err(wrong)?, path.clone()));
    }
    job.labels = l.labels.as_deref().map(labels).transpose()?;
    let refs: Vec<&Table> = tables.iter().collect();
    let done = run::run(job, &refs, &crate::stop::on_interrupt()).map_err(wrong)?;
    done.notes.iter().for_each(|n| say(n));
    let report = write(l, &done).map_err(wrong)?;
    explain(l, &done)?;
    output::records(&[report], args.format)?;
    Ok(ExitCode::SUCCESS)
}

/// Pairs of ids: the first two columns, in rows whose third, if there is one, does not say 0, no or false.
fn labels(path: &Path) -> Result<Vec<(String, String)>, LakeError> {
    let table = Table::read_plain(path).map_err(wrong)?;
    let [left, right, rest @ ..] = table.columns.as_slice() else {
        return Err(LakeError::Invalid(format!("{}: two columns of ids are needed", path.display())));
    };
    let says_no =
        |i: usize| rest.first().is_some_and(|c| matches!(c.get(i).to_lowercase().as_str(), "0" | "0.0" | "no" | "false"));
    Ok((0..table.rows).filter(|i| !says_no(*i)).map(|i| (left.get(i).to_string(), right.get(i).to_string())).collect())
}

fn mode(text: &str) -> Result<Mode, LakeError> {
    match text {
        "dedupe" => Ok(Mode::Dedupe),
        "link" => Ok(Mode::Link),
        "link-and-dedupe" => Ok(Mode::LinkAndDedupe),
        other => Err(LakeError::Invalid(format!("--mode {other}: it is dedupe, link or link-and-dedupe"))),
    }
}

fn write(l: &Link, done: &Outcome) -> Result<Value, LinkError> {
    let pairs = done.write_pairs(&l.out)?;
    l.clusters.as_deref().map(|p| done.write_clusters(p)).transpose()?;
    let review = l.review.as_deref().map(|p| done.write_review(p)).transpose()?;
    l.save_parameters.as_deref().map(|p| done.parameters.save(p)).transpose()?;
    if let Some(path) = &l.save_model {
        std::fs::write(path, done.model.to_toml()?).map_err(LinkError::io("writing", path))?;
    }
    let labels = match &l.truth {
        Some(path) => Some(truth::from_table(&Table::read_plain(path)?, &done.frame)?),
        None => done.truth_inside.clone(),
    };
    if let Some(folder) = &l.charts {
        done.write_charts(folder, labels.as_deref())?;
    }
    let clusters = done.resolved.cluster.iter().enumerate().filter(|(row, c)| *row as u32 == **c).count();
    let mut report = json!({
        "records": done.frame.rows, "candidates": done.candidates, "pairs": pairs, "clusters": clusters, "review": review,
        "threshold": done.model.thresholds.merge, "one_to_one": done.one_to_one,
    });
    let quality = labels.map(|labels| evaluate::quality(&done.frame, &done.resolved.cluster, &labels, Some(&done.blocking)));
    if let (Some(Ok(Value::Object(quality))), Value::Object(report)) = (quality.map(serde_json::to_value), &mut report) {
        report.extend(quality);
    }
    Ok(report)
}

fn explain(l: &Link, done: &Outcome) -> Result<(), LakeError> {
    let [left, right] = l.explain.as_slice() else { return Ok(()) };
    let row = |id: &str, last: bool| {
        let mut found = (0..done.frame.rows as u32).filter(|&r| done.frame.id(r) == id.trim());
        let row = if last { found.next_back() } else { found.next() };
        row.ok_or_else(|| LakeError::Invalid(format!("--explain: no record has the id {id}")))
    };
    let explanation = done.explain(row(left, false)?, row(right, true)?);
    for language in [Language::Hindi, Language::English] {
        say(&explanation.words(language, str::to_string));
    }
    Ok(())
}
