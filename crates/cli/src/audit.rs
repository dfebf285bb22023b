//! The access log from the command line. `verify` with `--tiles` opens no lake: it is what somebody outside runs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use chrono::Utc;
use clap::{Parser, Subcommand};
use governance::audit::cosign::Cosigner;
use governance::audit::note::{Checkpoint, Verifier};
use governance::audit::proof::Proof;
use governance::audit::{AuditRecord, AuditSink};
use lake::LakeError;
use ledger::{Filter, Ledger, LedgerError};
use serde_json::json;

use crate::args::Args;
use crate::bring::open;
use crate::look::access;
use crate::output::{self, say};

#[derive(Debug, clap::Args)]
pub struct Audit {
    #[command(subcommand)]
    pub what: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// The newest records, or those that fit.
    Tail {
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// Only below this record.
        #[arg(long)]
        before: Option<u64>,
        /// Only of this person.
        #[arg(long)]
        who: Option<String>,
        #[arg(long)]
        action: Option<String>,
        #[arg(long)]
        table: Option<String>,
        /// Only where this name or number was asked for. It is compared by its mark; the log does not hold it.
        #[arg(long, value_name = "NAME OR NUMBER")]
        key: Option<String>,
        /// Only what was refused.
        #[arg(long)]
        denied: bool,
    },
    /// Checks the log, or an export of it, or one proof.
    Verify {
        /// An exported folder; the lake of --home when absent.
        #[arg(long, requires = "key")]
        tiles: Option<PathBuf>,
        /// File with the public key that was handed over (`sarovar audit key`).
        #[arg(long)]
        key: Option<PathBuf>,
        /// Signed heads kept from before: a file, or a folder of *.checkpoint files. The log must continue each.
        #[arg(long)]
        checkpoint: Vec<PathBuf>,
        /// File with the public keys of witnesses; each must have signed a head that lies with the log, and the log must continue it. Those of
        /// `SAROVAR_WITNESS_KEY` when absent.
        #[arg(long, conflicts_with = "proof")]
        witness: Option<PathBuf>,
        /// A proof (*.tlog-proof); its record is in --entry.
        #[arg(long, requires_all = ["key", "entry"], conflicts_with = "tiles")]
        proof: Option<PathBuf>,
        #[arg(long, requires = "proof")]
        entry: Option<PathBuf>,
    },
    /// Writes all a verifier needs into a new folder.
    Export {
        #[arg(long)]
        to: PathBuf,
    },
    /// Proves that a record stands in the log, or that the log continues an older head.
    Prove {
        #[arg(required_unless_present = "since")]
        record: Option<u64>,
        /// Folder for INDEX.json (the record) and INDEX.tlog-proof.
        #[arg(long)]
        to: Option<PathBuf>,
        /// Size of an older head: prints what a C2SP witness is sent.
        #[arg(long, conflicts_with = "record")]
        since: Option<u64>,
    },
    /// Sends the newest head to the witness whose address `SAROVAR_WITNESS` names, and prints what it signed. A server does so each minute.
    Witness,
    /// The public key, to be handed to whoever is to verify.
    Key,
    /// Replaces the signing key. Nothing else may run on the lake.
    Rotate {
        /// The old key is gone: verifiers must be given the new public key by hand.
        #[arg(long)]
        lost: bool,
    },
}

pub async fn run(args: &Args, a: &Audit) -> Result<ExitCode, LakeError> {
    match &a.what {
        AuditCommand::Verify { tiles: Some(dir), key: Some(key), checkpoint, witness, .. } => {
            verify(args, dir, &keys(key)?, checkpoint, &witnesses(witness.as_deref())?)
        }
        AuditCommand::Verify { proof: Some(proof), entry: Some(entry), key: Some(key), .. } => {
            one(args, proof, entry, &keys(key)?)
        }
        AuditCommand::Verify { key, checkpoint, witness, .. } => {
            let lake = open(args).await?;
            lake.audit().publish()?;
            let known = match key {
                Some(file) => keys(file)?,
                None => lake.audit().keys()?,
            };
            verify(args, lake.audit().dir(), &known, checkpoint, &witnesses(witness.as_deref())?)
        }
        AuditCommand::Witness => {
            let lake = open(args).await?;
            let none = || LakeError::Invalid("SAROVAR_WITNESS names no address (https://…)".into());
            let witness = crate::bring::witness()?.ok_or_else(none)?;
            if witness.keys.is_empty() {
                say("SAROVAR_WITNESS_KEY names no key of the witness: its signature is kept and not checked");
            }
            let signed = ways::witness::submit(&lake, &witness).await.map_err(|e| LakeError::Audit(e.to_string()))?;
            output::records(&[signed], args.format)?;
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Tail { limit, before, who, action, table, key, denied } => {
            let lake = open(args).await?;
            let filter = Filter {
                who: who.clone(),
                action: action.clone(),
                table: table.clone(),
                marks: key.as_deref().map(|k| lake.audit().marks(k)).unwrap_or_default(),
                case: None,
                allowed: denied.then_some(false),
            };
            let found = lake.audit().find(&filter, *before, *limit)?;
            lake.record(
                &access(args, None)?,
                "audit",
                true,
                json!({ "filter": filter.noted(), "records": found.entries.len() }),
            )?;
            output::records(&found.entries, args.format)?;
            if let Some(before) = found.before {
                say(&format!("there may be more: add --before {before}"));
            }
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Export { to } => {
            let lake = open(args).await?;
            lake.record(&access(args, None)?, "audit-export", true, json!({}))?;
            output::records(&[lake.audit().export(to)?], args.format)?;
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Prove { since: Some(old), .. } => {
            let text = open(args).await?.audit().since(*old)?;
            output::text(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Prove { record, to, .. } => {
            let index = record.unwrap_or_default();
            let lake = open(args).await?;
            let (proof, bytes) = lake.audit().prove(index)?;
            match to {
                Some(dir) => {
                    std::fs::create_dir_all(dir).map_err(LakeError::io("making", dir))?;
                    let text = proof.to_string();
                    for (ending, content) in [("json", bytes.as_slice()), ("tlog-proof", text.as_bytes())] {
                        let path = dir.join(format!("{index}.{ending}"));
                        std::fs::write(&path, content).map_err(LakeError::io("writing", &path))?;
                        say(&format!("{}", path.display()));
                    }
                    Ok(ExitCode::SUCCESS)
                }
                None => {
                    let record: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
                    output::records(&[json!({ "index": index, "record": record, "proof": proof.to_string() })], args.format)?;
                    Ok(ExitCode::SUCCESS)
                }
            }
        }
        AuditCommand::Key => {
            let lines: String = ledger::public(&args.home.join("audit"))?.iter().map(|k| format!("{k}\n")).collect();
            output::text(&lines)?;
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Rotate { lost } => {
            let (old, new) = ledger::rotate(&args.home.join("audit"), *lost)?;
            let lake = open(args).await?;
            let what = json!({ "old": old.as_ref().map(|k| format!("{:08x}", k.id)), "new": new.to_string(), "lost": lost });
            lake.record(&access(args, None)?, "key-rotation", true, what)?;
            output::text(&format!("{new}\n"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read(path: &Path) -> Result<String, LakeError> {
    std::fs::read_to_string(path).map_err(LakeError::io("reading", path))
}

fn keys(path: &Path) -> Result<Vec<Verifier>, LakeError> {
    let keys = Verifier::parse_all(&read(path)?).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?;
    if keys.is_empty() { Err(LakeError::Invalid(format!("{} holds no key", path.display()))) } else { Ok(keys) }
}

/// Public keys of witnesses, from a file or the environment.
fn witnesses(file: Option<&Path>) -> Result<Vec<Cosigner>, LakeError> {
    let Some(path) = file else { return crate::bring::witness_keys() };
    let keys = Cosigner::parse_all(&read(path)?).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?;
    if keys.is_empty() { Err(LakeError::Invalid(format!("{} holds no key", path.display()))) } else { Ok(keys) }
}

/// What was found, with the witnesses that vouch for it.
#[derive(serde::Serialize)]
struct Found {
    #[serde(flatten)]
    log: ledger::Checked,
    witnessed: Vec<ledger::Witnessed>,
}

fn verify(
    args: &Args,
    dir: &Path,
    keys: &[Verifier],
    earlier: &[PathBuf],
    witnesses: &[Cosigner],
) -> Result<ExitCode, LakeError> {
    let mut earlier: Vec<&Path> = earlier.iter().map(PathBuf::as_path).collect();
    let cosigned = dir.join(ledger::COSIGNED);
    if !witnesses.is_empty() && cosigned.exists() {
        earlier.push(&cosigned);
    }
    let mut told = 0;
    let found = ledger::check(dir, keys, &earlier, &mut |done| {
        if done / 1_000_000 > told {
            told = done / 1_000_000;
            say(&format!("{told},000,000 records checked"));
        }
    })?;
    let witnessed = ledger::witnessed(dir, keys, witnesses)?;
    for of in &witnessed {
        say(&format!("the witness {} signed its first {} records at {}", of.witness, of.records, of.at));
    }
    output::records(&[Found { log: found, witnessed }], args.format)?;
    Ok(ExitCode::SUCCESS)
}

/// Checks one record against its proof.
fn one(args: &Args, proof: &Path, entry: &Path, keys: &[Verifier]) -> Result<ExitCode, LakeError> {
    let wrong = |why: String| LakeError::Invalid(format!("{}: {why}", proof.display()));
    let parsed = Proof::parse(&read(proof)?).map_err(wrong)?;
    let (head, signed_by) = Checkpoint::open(&parsed.checkpoint, keys).map_err(|e| wrong(e.to_string()))?;
    let bytes = std::fs::read(entry).map_err(LakeError::io("reading", entry))?;
    if !parsed.holds(&bytes, head.size, &head.root) {
        return Err(wrong(format!("{} is not record {} of this log", entry.display(), parsed.index)));
    }
    output::records(
        &[json!({ "index": parsed.index, "origin": head.origin, "records": head.size, "signed_by": signed_by })],
        args.format,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `bench audit`: what the log takes and how fast it is checked, in a scratch folder of its own.
#[derive(Debug, Parser)]
#[command(name = "sarovar bench audit")]
struct Bench {
    name: String,
    /// Records appended at --rate by --threads.
    #[arg(long, default_value_t = 10_000)]
    entries: u64,
    /// Records a second; 0 as fast as it goes.
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    #[arg(long, default_value_t = 8)]
    threads: u64,
    /// Records in the log that is then verified.
    #[arg(long, default_value_t = 1_000_000)]
    verify: u64,
    /// Folder for the scratch log; it must be on the disk that is to be measured.
    #[arg(long)]
    work: Option<PathBuf>,
}

pub fn bench(args: &Args, arguments: &[String]) -> Result<ExitCode, LakeError> {
    let options = Bench::parse_from(std::iter::once("sarovar bench audit".to_string()).chain(arguments.iter().cloned()));
    let scratch = crate::bench::scratch(args, options.work.as_deref(), "audit")?;
    let log = Ledger::open(ledger::Options { dir: scratch.path().join("log"), witness: None, clock: Utc::now })?;
    let record = |n: u64| AuditRecord {
        at: Utc::now().to_rfc3339(),
        who: format!("officer-{}", n % 500),
        action: "query".into(),
        allowed: true,
        purpose: Some("case".into()),
        case: Some("0123/2026".into()),
        authority: None,
        what: json!({ "tables": { "clean.cctns_fir": ["fir_no", "station", "registered_at"] }, "query": "0".repeat(64) }),
    };
    let started = Instant::now();
    let mut times: Vec<f64> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..options.threads)
            .map(|lane| {
                let (log, options, record) = (&log, &options, &record);
                scope.spawn(move || {
                    let mine = (lane..options.entries).step_by(options.threads as usize);
                    mine.map(|n| {
                        if options.rate > 0 {
                            let due = std::time::Duration::from_secs_f64(n as f64 / options.rate as f64);
                            std::thread::sleep(due.saturating_sub(started.elapsed()));
                        }
                        let asked = Instant::now();
                        log.append(&record(n)).map(|_| asked.elapsed().as_secs_f64() * 1e3)
                    })
                    .collect::<Result<Vec<f64>, String>>()
                })
            })
            .collect();
        lanes.into_iter().map(|l| l.join().unwrap_or_else(|_| Err("a thread died".into()))).collect::<Result<Vec<_>, _>>()
    })
    .map_err(LakeError::Audit)?
    .concat();
    let took = started.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get(((times.len() - 1) as f64 * share) as usize).copied().unwrap_or_default();

    let filling = Instant::now();
    for n in options.entries..options.verify {
        let bytes = record(n).bytes().map_err(LakeError::Invalid)?;
        log.append_later(bytes);
        if n % 10_000 == 0 {
            log.publish()?;
        }
    }
    let size = log.publish()?.checkpoint.size;
    let filled = filling.elapsed().as_secs_f64();
    let checking = Instant::now();
    let found = log.verify()?;
    let checked = checking.elapsed().as_secs_f64();
    if found.records != size {
        return Err(LedgerError::Behind { found: found.records, signed: size }.into());
    }
    output::records(
        &[json!({
            "appended": options.entries, "asked_per_second": options.rate, "per_second": options.entries as f64 / took,
            "append_ms_median": at(0.5), "append_ms_p95": at(0.95), "append_ms_p99": at(0.99), "append_ms_most": at(1.0),
            "filled_per_second": (size - options.entries.min(size)) as f64 / filled,
            "verified": found.records, "verify_seconds": checked, "verified_per_second": found.records as f64 / checked,
        })],
        args.format,
    )?;
    Ok(ExitCode::SUCCESS)
}
