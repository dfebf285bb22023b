//! `sarovar bench`: Sarovar beside its peers in one run.
//!
//! Every engine runs as a process of its own so that the kernel can say what each one took; the driver is therefore a small Python program
//! (`bench/` of the repository, carried inside this one), and this module unpacks it, makes its environment and starts it. [`worker`] is what it asks
//! for warm look-ups: one process, many queries.

mod access;
pub mod desk;
mod feed;

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use crate::args::Args;
use futures::StreamExt;
use governance::{Context, Principal};
use identity::names::{self, Name};
use lake::{Access, At, Lake, LakeError};
use serde::Deserialize;
use serde_json::{Value, json};

pub use feed::run as feed;

/// The driver's files, as they are in the repository.
const FILES: [(&str, &str); 17] = [
    ("access.py", include_str!("../../../bench/access.py")),
    ("bench.py", include_str!("../../../bench/bench.py")),
    ("checking.py", include_str!("../../../bench/checking.py")),
    ("ground.py", include_str!("../../../bench/ground.py")),
    ("ingesting.py", include_str!("../../../bench/ingesting.py")),
    ("linkage.py", include_str!("../../../bench/linkage.py")),
    ("splink_peer.py", include_str!("../../../bench/splink_peer.py")),
    ("lookups.py", include_str!("../../../bench/lookups.py")),
    ("measure.py", include_str!("../../../bench/measure.py")),
    ("naming.py", include_str!("../../../bench/naming.py")),
    ("people.py", include_str!("../../../bench/people.py")),
    ("peer.py", include_str!("../../../bench/peer.py")),
    ("resolving.py", include_str!("../../../bench/resolving.py")),
    ("searching.py", include_str!("../../../bench/searching.py")),
    ("report.py", include_str!("../../../bench/report.py")),
    ("requirements.txt", include_str!("../../../bench/requirements.txt")),
    ("venv.sh", include_str!("../../../bench/venv.sh")),
];

/// Runs the named bench with the driver's own options.
pub fn run(arguments: &[String]) -> Result<ExitCode, LakeError> {
    let folder = cache().join("bench");
    std::fs::create_dir_all(&folder).map_err(LakeError::io("creating", &folder))?;
    for (name, text) in FILES {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(LakeError::io("writing", &path))?;
    }
    let script = folder.join("venv.sh");
    let made = Command::new("sh").arg(&script).stderr(Stdio::inherit()).output().map_err(LakeError::io("running", &script))?;
    if !made.status.success() {
        return Err(LakeError::Invalid("the benchmark's Python environment could not be made; the lines above say why".into()));
    }
    let python = Path::new(String::from_utf8_lossy(&made.stdout).trim()).join("bin/python");
    let program = std::env::current_exe().map_err(LakeError::io("finding", Path::new("this program")))?;
    let status = Command::new(&python)
        .arg(folder.join("bench.py"))
        .args(arguments)
        .arg("--binary")
        .arg(program)
        .status()
        .map_err(LakeError::io("running", &python))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(1))
    })
}

fn cache() -> PathBuf {
    match std::env::var_os("SAROVAR_CACHE") {
        Some(folder) => folder.into(),
        None => PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/tmp".into())).join(".cache/sarovar"),
    }
}

/// A folder of its own for a bench called `name`, in `work` (made where it is not there), else beside the lake.
pub fn scratch(args: &Args, work: Option<&Path>, name: &str) -> Result<tempfile::TempDir, LakeError> {
    let parent = work.or(args.home.parent()).unwrap_or(Path::new("."));
    let made = std::fs::create_dir_all(parent)
        .and_then(|()| tempfile::Builder::new().prefix(&format!("sarovar-{name}-")).tempdir_in(parent));
    made.map_err(LakeError::io("making a folder in", parent))
}

/// One line the driver sends.
#[derive(Deserialize)]
#[serde(untagged)]
enum Question {
    /// Run a query `repeat` times and say how long each took.
    Query {
        sql: String,
        #[serde(default = "once")]
        repeat: usize,
    },
    /// What policy costs: so many numbers in the smaller authority.
    Access {
        access: usize,
        #[serde(default = "once")]
        repeat: usize,
    },
    /// The documents of a contract.
    Contract { contract: String },
    /// Search for persons: how long it took, and the keys found, the best first.
    Search { search: String },
    /// Texts as the name engine reads them.
    Fold { fold: Vec<String> },
    /// Whether the name engine takes each pair for one name.
    Alike { alike: Vec<(String, String)> },
    /// For each query the numbers of the names it is likest to, the best first.
    Rank { pool: Vec<String>, queries: Vec<String>, top: usize },
    /// Which of two lists of people are one, by name, father and age: candidates by the name engine's keys, pairs from its own threshold on.
    People { left: Vec<Stated>, right: Vec<Stated> },
}

/// Name, father's name, age in years.
type Stated = (String, Option<String>, Option<u8>);

fn once() -> usize {
    1
}

/// Answers one JSON line on stdout for each on stdin until that ends.
pub async fn worker(lake: &Lake) -> Result<ExitCode, LakeError> {
    let console = |source| LakeError::Io { action: "reading", path: "standard input".into(), source };
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line.map_err(console)?) {
            Ok(question) => answer(lake, question).await.unwrap_or_else(|e| json!({ "error": e.to_string() })),
            Err(e) => json!({ "error": e.to_string() }),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}").and_then(|()| out.flush()).map_err(console)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn answer(lake: &Lake, question: Question) -> Result<Value, LakeError> {
    match question {
        Question::Access { access, repeat } => access::compare(lake, access.max(1), repeat).await,
        Question::Contract { contract } => {
            let found = lake.contract(&contract)?;
            Ok(json!({ "yaml": found.yaml, "mapping": found.mapping_sql }))
        }
        Question::Fold { fold } => {
            Ok(json!({ "folded": fold.iter().map(|t| names::scripts::fold(t).collect::<String>()).collect::<Vec<_>>() }))
        }
        Question::Alike { alike } => {
            let one = |(a, b): &(String, String)| names::compare(&names::parse(a), &names::parse(b)).agrees();
            Ok(json!({ "agrees": alike.iter().map(one).collect::<Vec<_>>() }))
        }
        Question::Rank { pool, queries, top } => Ok(json!({ "best": ranked(&pool, &queries, top) })),
        Question::People { left, right } => Ok(together(&left, &right)),
        Question::Search { search } => {
            let started = Instant::now();
            let context =
                Context { purpose: Some(model::Purpose::Operation), case: None, authority: None, now: chrono::Utc::now() };
            let access = Access { principal: Principal::operator(), context, at: At::Now };
            let found = lake
                .act(&access, "search", |session| async move {
                    let found = dossier::search(&session, &search, Some(dossier::Kind::Person)).await?;
                    Ok::<_, LakeError>((found, json!({})))
                })
                .await?;
            let keys: Vec<String> = found.hits.into_iter().map(|h| h.target.key).collect();
            Ok(json!({ "ms": started.elapsed().as_secs_f64() * 1_000.0, "keys": keys }))
        }
        Question::Query { sql, repeat } => {
            let (mut rows, mut times) = (0, Vec::with_capacity(repeat));
            for _ in 0..repeat {
                let started = Instant::now();
                // A session of its own for each query, as a request gets: policy and the audit record are part of the time.
                let context = Context {
                    purpose: Some(model::Purpose::Operation),
                    case: None,
                    authority: Some("BENCH".into()),
                    now: chrono::Utc::now(),
                };
                let session = lake.session(&Access { principal: Principal::operator(), context, at: At::Now })?;
                let mut found = session.sql(&sql).await?;
                rows = 0;
                while let Some(batch) = found.stream.next().await {
                    rows += batch?.num_rows();
                }
                times.push(started.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok(json!({ "rows": rows, "ms": times }))
        }
    }
}

fn ranked(pool: &[String], queries: &[String], top: usize) -> Vec<Vec<usize>> {
    let pool: Vec<Name> = pool.iter().map(|n| names::parse(n)).collect();
    let best = |query: &String| {
        let query = names::parse(query);
        let mut scored: Vec<(f32, f32, usize)> = Vec::with_capacity(pool.len());
        for (i, name) in pool.iter().enumerate() {
            let evidence = names::compare(&query, name);
            scored.push((evidence.similarity, evidence.weight, i));
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        scored.into_iter().take(top).map(|s| s.2).collect()
    };
    queries.iter().map(best).collect()
}

fn together(left: &[Stated], right: &[Stated]) -> Value {
    let whole = |(name, father, age): &Stated| {
        let mut read = names::parse(name);
        if let Some(father) = father {
            read = read.with_relative(names::Relation::Father, father);
        }
        match age {
            Some(age) => read.with_age(*age, None),
            None => read,
        }
    };
    let right: Vec<Name> = right.iter().map(whole).collect();
    let mut blocks: HashMap<names::PhoneticKey, Vec<usize>> = HashMap::new();
    for (j, name) in right.iter().enumerate() {
        for key in names::keys(name) {
            blocks.entry(key).or_default().push(j);
        }
    }
    let (mut candidates, mut found) = (0, Vec::new());
    for (i, name) in left.iter().map(whole).enumerate() {
        let near: BTreeSet<usize> = names::keys(&name).iter().filter_map(|k| blocks.get(k)).flatten().copied().collect();
        candidates += near.len();
        for j in near {
            let evidence = names::compare(&name, &right[j]);
            if evidence.agrees() {
                found.push((i, j, evidence.weight));
            }
        }
    }
    json!({ "found": found, "candidates": candidates, "agrees": names::AGREES })
}
