//! Links tables without the rest of Sarovar: `link [--model M.toml] A [B] --out PAIRS.csv`. For measuring the engine alone; the program's own
//! `sarovar link` has all options.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use identity::link::{Job, LinkError, Model, Table, evaluate, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut err = std::io::stderr();
    match link() {
        Ok(text) => {
            let _ = writeln!(err, "{text}");
            ExitCode::SUCCESS
        }
        Err(e) => {
            let _ = writeln!(err, "link: {e}");
            ExitCode::from(1)
        }
    }
}

fn link() -> Result<String, LinkError> {
    let (mut model, mut out, mut files) = (Model::default(), None, Vec::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--model" => {
                let path = PathBuf::from(args.next().unwrap_or_default());
                let text = std::fs::read_to_string(&path).map_err(LinkError::io("reading", &path))?;
                model = Model::parse(&text)?;
            }
            "--out" => out = args.next().map(PathBuf::from),
            _ => files.push(PathBuf::from(arg)),
        }
    }
    let started = std::time::Instant::now();
    let tables: Vec<Table> = files.iter().map(|f| Table::read(f, &model.missing)).collect::<Result<_, _>>()?;
    let read = started.elapsed().as_secs_f64();
    let done = run::run(Job::new(model), &tables.iter().collect::<Vec<_>>(), &Default::default())?;
    let pairs = out.map_or(Ok(0), |path| done.write_pairs(&path))?;
    let mut text = format!("read {read:.2}");
    done.seconds.iter().for_each(|(stage, s)| text += &format!(" {stage} {s:.2}"));
    text += &format!(
        " total {:.2} s; {} candidates, {pairs} pairs, one to one: {}\n",
        started.elapsed().as_secs_f64(),
        done.candidates,
        done.one_to_one
    );
    done.notes.iter().for_each(|n| text += &format!("note: {n}\n"));
    if std::env::var_os("VERBOSE").is_some() {
        text += &done.model.to_toml()?;
        text += &serde_json::to_string_pretty(&done.parameters).unwrap_or_default();
    }
    if let Some(labels) = &done.truth_inside {
        text += &format!("{:?}", evaluate::quality(&done.frame, &done.resolved.cluster, labels, Some(&done.blocking)));
    }
    Ok(text)
}
