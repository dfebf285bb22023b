//! The desk in numbers, its record for those who ask under the Right to Information Act, and its rows in the lake.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use lake::LakeError;
use pages::Lang;
use serde_json::{Value, json};
use social::Desk;
use social::desk::parse_ist;

use super::{Fault, channels, networks, who, wrong};
use crate::args::{Args, Format};
use crate::bring::open;
use crate::output::{self, say};

/// Which time, which unit.
#[derive(Debug, clap::Args)]
pub struct Time {
    /// First day (2026-11-01), Indian time.
    #[arg(long)]
    pub from: String,
    /// Last day; today when absent.
    #[arg(long)]
    pub until: Option<String>,
    /// A unit and those below it; all when absent.
    #[arg(long)]
    pub unit: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct Report {
    #[command(flatten)]
    pub time: Time,
    /// Writes the report as PDF too.
    #[arg(short, long, value_name = "FILE.pdf")]
    pub out: Option<PathBuf>,
    /// One table: service, measures, campaigns, sleeping, mix, sentiment.
    #[arg(long, default_value = "service")]
    pub table: String,
    #[arg(long, default_value = "hi", value_parser = ["hi", "en"])]
    pub lang: String,
}

#[derive(Debug, clap::Args)]
pub struct Records {
    #[command(flatten)]
    pub time: Time,
    /// A new folder for the record and its proof.
    #[arg(long)]
    pub to: PathBuf,
    #[arg(long, default_value = "hi", value_parser = ["hi", "en"])]
    pub lang: String,
}

impl Time {
    /// UTC microseconds; the end is the first moment that is not part of it.
    fn span(&self) -> Result<(i64, i64), Fault> {
        let day =
            |text: &str| parse_ist(&format!("{text} 00:00")).map_err(|_| wrong(format!("{text:?} is no day; write 2026-11-01")));
        let until = match &self.until {
            Some(day_text) => day(day_text)? + model::time::MICROS_PER_DAY,
            None => Utc::now().timestamp_micros() + 1,
        };
        Ok((day(&self.from)?, until))
    }
}

fn lang(tag: &str) -> Lang {
    Lang::from_tag(tag).unwrap_or_default()
}

pub(super) async fn report(args: &Args, desk: &Desk, r: &Report) -> Result<(), Fault> {
    let (from, until) = r.time.span()?;
    let numbers = desk.numbers(r.time.unit.as_deref(), from, until, Utc::now()).await?;
    let paper = server::report::paper(&numbers, lang(&r.lang));
    if let Some(out) = &r.out {
        let fonts = server::certificate::fonts().map_err(wrong)?;
        let pdf = paper.pdf(&fonts).map_err(wrong)?;
        std::fs::write(out, pdf).map_err(|source| LakeError::Io { action: "writing", path: out.clone(), source })?;
        say(&format!("{}: {}", out.display(), paper.title));
    }
    if args.format == Format::Json {
        return Ok(output::records(&[numbers], args.format)?);
    }
    let place = server::report::TABLES.iter().position(|t| *t == r.table);
    let section = place.and_then(|i| paper.sections.get(i));
    let section = section
        .ok_or_else(|| wrong(format!("there is no table {:?}; known are {}", r.table, server::report::TABLES.join(", "))))?;
    let row = |cells: &Vec<String>| -> Value {
        section.columns.iter().cloned().zip(cells.iter().map(|c| json!(c))).collect::<serde_json::Map<_, _>>().into()
    };
    say(&format!("{}. {}", section.title, section.note));
    Ok(output::records(&section.rows.iter().map(row).collect::<Vec<_>>(), args.format)?)
}

pub(super) async fn measure(args: &Args, desk: &Desk) -> Result<(), Fault> {
    let channels = channels(args)?;
    let reading = desk.measure(&channels, &networks(&channels)?, Utc::now()).await?;
    say(&format!("{} number(s) read", reading.read));
    if reading.gone > 0 {
        say(&format!(
            "{} post(s) are no longer at their network, and nobody removed them here: `sarovar post list --state human`",
            reading.gone
        ));
    }
    Ok(())
}

pub(super) fn sentiment(args: &Args, text: &[String]) -> Result<(), Fault> {
    if !text.is_empty() {
        return Ok(output::records(&[social::sentiment::judge(&text.join(" "))], args.format)?);
    }
    let scores = social::sentiment::measure(&social::sentiment::labelled().map_err(wrong)?, true);
    say(
        "agreement: of the sentences it says something of; coverage: of those a reader finds good or bad. One person wrote list and sentences: expect less in life",
    );
    Ok(output::records(&scores, args.format)?)
}

pub(super) async fn records(args: &Args, desk: &Desk, r: &Records) -> Result<ExitCode, Fault> {
    let (from, until) = r.time.span()?;
    let lake = open(args).await?;
    let files = server::records::export(&lake, desk, &who(args), r.time.unit.as_deref(), from, until, lang(&r.lang)).await?;
    std::fs::create_dir_all(&r.to).map_err(|source| LakeError::Io { action: "making", path: r.to.clone(), source })?;
    if std::fs::read_dir(&r.to).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(wrong(format!("{} is not empty; name a new folder", r.to.display())).into());
    }
    let mut told = Vec::new();
    for file in files {
        let path = r.to.join(&file.name);
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir).map_err(|source| LakeError::Io { action: "making", path: dir.into(), source })?;
        }
        std::fs::write(&path, &file.bytes).map_err(|source| LakeError::Io { action: "writing", path: path.clone(), source })?;
        told.push(json!({ "file": file.name, "bytes": file.bytes.len(), "sha256": social::bulk::digest(&file.bytes) }));
    }
    say("check it elsewhere: `sarovar audit verify --proof proofs/N.tlog-proof --entry proofs/N.json --key log.pub`");
    output::records(&told, args.format)?;
    Ok(ExitCode::SUCCESS)
}

/// Brings posts, numbers and what was addressed to the accounts into the lake.
pub(super) async fn lake(args: &Args, desk: &Desk) -> Result<(), Fault> {
    let lake = open(args).await?;
    let reports = server::records::fill(&lake, desk, &crate::look::access(args, None)?).await?;
    Ok(output::records(&reports, args.format)?)
}
