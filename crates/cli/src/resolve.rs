//! Which mentions are one person: `sarovar resolve`, and the queue of what a person decides.

use std::path::PathBuf;
use std::process::ExitCode;

use dossier::resolve::{self, Judge, Options};
use identity::Verdict;
use lake::LakeError;
use serde_json::json;

use crate::args::{Args, Format};
use crate::bring::open;
use crate::look::access;
use crate::output::{self, say};

#[derive(Debug, clap::Args)]
pub struct Resolve {
    /// Compares everything again, not only what is new, changed or gone; the outcome is the same.
    #[arg(long)]
    full: bool,
    /// Learns parameters, stop keys and frequencies of names anew from the lake's records first.
    #[arg(long)]
    train: bool,
    /// Another model than the program's own (TOML).
    #[arg(long)]
    model: Option<PathBuf>,
    /// Who is who: truth/mentions.csv of a made-up state, or a file of person keys and true persons. Measures are printed.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Keeps the parameters in force as JSON.
    #[arg(long, value_name = "JSON")]
    save_parameters: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
pub enum ReviewCommand {
    /// Pairs that wait for a decision, the likeliest first.
    List {
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[arg(long, default_value_t = 0)]
        offset: usize,
    },
    /// Two records side by side, with the evidence in words.
    Show {
        /// Id of a record, or a source's person key.
        left: String,
        right: String,
        #[arg(long, default_value = "hi", value_parser = ["hi", "en"])]
        lang: String,
    },
    /// Says whether two records are one person. It outranks all evidence, is kept for good, and stands in the access log.
    Judge {
        left: String,
        right: String,
        #[arg(value_enum)]
        verdict: Said,
        /// The reason; a later reader will want it.
        #[arg(long, default_value = "")]
        why: String,
        /// Does not form the clusters anew at once; the next `resolve` will.
        #[arg(long)]
        later: bool,
    },
    /// How the linkage stands: persons by size, what looks wrong, what waits.
    Quality,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Said {
    Same,
    NotSame,
    Unsure,
}

pub async fn run(args: &Args, r: &Resolve) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let wrong = |action: &'static str, path: &PathBuf, source| LakeError::Io { action, path: path.clone(), source };
    let read = |path: &PathBuf| std::fs::read_to_string(path).map_err(|e| wrong("reading", path, e));
    let options = Options {
        full: r.full,
        train: r.train,
        model: r.model.as_ref().map(read).transpose()?,
        truth: r.truth.clone(),
        stop: crate::stop::on_interrupt(),
    };
    let report = resolve::resolve(&lake, &access(args, None)?, options).await?;
    if let Some(path) = &r.save_parameters
        && let Some(linkage) = lake.linkage().await?
    {
        let text = format!("{:#}\n", linkage.header.frozen["parameters"]);
        std::fs::write(path, text).map_err(|e| wrong("writing", path, e))?;
    }
    say(&format!(
        "{} mentions in {} records are {} persons; {} pairs wait for a decision (sarovar review list)",
        report.mentions, report.records, report.persons, report.review
    ));
    let mut row = serde_json::to_value(&report).map_err(|e| LakeError::Invalid(e.to_string()))?;
    if !matches!(args.format, Format::Json | Format::Ndjson)
        && let Some(fields) = row.as_object_mut()
    {
        let measured = fields.remove("measured").and_then(|m| m.as_object().cloned()).unwrap_or_default();
        let seconds: f64 = report.seconds.iter().map(|s| s.1).sum();
        fields.insert("seconds".into(), json!((seconds * 1000.0).round() / 1000.0));
        fields.extend(measured.into_iter().map(|(k, v)| if k == "records" { ("truth_records".to_string(), v) } else { (k, v) }));
    }
    output::records(&[row], args.format)?;
    Ok(ExitCode::SUCCESS)
}

pub async fn review(args: &Args, what: &ReviewCommand) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let who = access(args, None)?;
    match what {
        ReviewCommand::List { limit, offset } => {
            let (offset, limit, reader) = (*offset, *limit, lake.clone());
            let queue = lake
                .act(&who, "review", |session| async move {
                    let queue = resolve::queue(&reader, &session, offset, limit).await?;
                    let what = json!({ "waiting": queue.waiting });
                    Ok::<_, LakeError>((queue, what))
                })
                .await?;
            if queue.at.is_none() {
                say("no linkage has run yet; run `sarovar resolve`");
            }
            say(&format!("{} pairs wait{}", queue.waiting, if queue.more { " and more" } else { "" }));
            output::records(&queue.pairs, args.format)?;
        }
        ReviewCommand::Show { left, right, lang } => {
            let (left, right, reader) = (left.clone(), right.clone(), lake.clone());
            let shown = lake
                .act(&who, "review", |session| async move {
                    let shown = resolve::show(&reader, &session, &left, &right).await?;
                    let what = json!({ "left": shown.left.record, "right": shown.right.record });
                    Ok::<_, LakeError>((shown, what))
                })
                .await?;
            let words = if lang == "hi" { &shown.why.hi } else { &shown.why.en };
            words.iter().for_each(|line| say(line));
            if matches!(args.format, Format::Json | Format::Ndjson) {
                output::records(&[shown], args.format)?;
            } else {
                let sides = [("left", &shown.left), ("right", &shown.right)];
                let rows = sides.iter().flat_map(|(side, of)| of.mentions.iter().map(move |m| {
                    json!({ "side": side, "record": of.record, "person": of.person, "name": m.name, "name_local": m.name_local,
                        "relative": m.relative_name, "sex": m.sex, "birth_date": m.birth_date, "birth_year": m.birth_year, "age": m.age,
                        "address": m.address, "phone": m.phone, "role": m.shown_role(), "standing_in_force": m.in_force.as_ref().map(|f| f.standing), "source": m.origin.source, "row": m.origin.row })
                }));
                output::records(&rows.collect::<Vec<_>>(), args.format)?;
            }
        }
        ReviewCommand::Judge { left, right, verdict, why, later } => {
            let verdict = match verdict {
                Said::Same => Verdict::Same,
                Said::NotSame => Verdict::NotSame,
                Said::Unsure => Verdict::Unsure,
            };
            let answer = Judge { left: left.clone(), right: right.clone(), verdict, why: why.clone() };
            let made = resolve::judge(&lake, &who, answer).await?;
            if !later {
                resolve::resolve(&lake, &who, Options::default()).await?;
            }
            output::records(&[made], args.format)?;
        }
        ReviewCommand::Quality => {
            let reader = lake.clone();
            let quality = lake
                .act(&who, "review", |session| async move {
                    let quality = resolve::quality(&reader, &session).await?;
                    let what = json!({ "suspects": quality.suspects.len() });
                    Ok::<_, LakeError>((quality, what))
                })
                .await?;
            if quality.at.is_none() {
                say("no linkage has run yet; run `sarovar resolve`");
            } else if quality.stale {
                say("the lake has moved on since; `sarovar resolve` takes that in");
            }
            if matches!(args.format, Format::Json | Format::Ndjson) {
                output::records(&[quality], args.format)?;
            } else {
                quality.sizes.iter().for_each(|(size, n)| say(&format!("{n} persons of {size} records and more of this step")));
                let rows = quality.parts.iter().map(|p| {
                    json!({ "part": p.kind, "name": p.name, "records": p.records, "joined": p.joined, "precision": p.precision,
                        "recall": p.recall, "judged": p.judged, "agreed": p.agreed })
                });
                let suspects = quality.suspects.iter().map(|s| {
                    json!({ "part": "suspect", "name": s.person, "records": s.records, "why": s.why.join(" "), "years": s.years,
                        "sexes": s.sexes, "phones": s.phones })
                });
                output::records(&rows.chain(suspects).collect::<Vec<_>>(), args.format)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
