//! Pulls and sources: run them, and see how they stand.

use std::process::ExitCode;

use lake::LakeError;
use ways::{Pulled, Pulls};

use crate::args::Args;
use crate::bring::open;
use crate::look::access;
use crate::output::{self, say};
use crate::who::wrong;

#[derive(Debug, clap::Args)]
pub struct Pull {
    /// Which; all when none is named.
    pub names: Vec<String>,
    /// Only those whose time has come. `sarovar serve` runs them by itself.
    #[arg(long, conflicts_with = "names")]
    pub due: bool,
    /// Runs nothing; shows how they stand.
    #[arg(long, conflicts_with_all = ["names", "due"])]
    pub list: bool,
}

pub async fn run(args: &Args, p: &Pull) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let access = access(args, None)?;
    let pulls = Pulls::new(lake);
    if p.list {
        let all = pulls.list().await.map_err(wrong)?;
        if all.is_empty() {
            say(&format!("there are no pulls; their files would be {}", pulls.folder().join("NAME.toml").display()));
        }
        let broken = all.iter().any(|s| s.broken.is_some());
        output::records(&all, args.format)?;
        return Ok(if broken { ExitCode::from(1) } else { ExitCode::SUCCESS });
    }
    let mut failed = false;
    let mut chosen = Vec::new();
    if p.due {
        chosen = pulls.due().await.map_err(wrong)?;
    } else if p.names.is_empty() {
        for standing in pulls.list().await.map_err(wrong)? {
            match standing.broken {
                Some(why) => {
                    failed = true;
                    say(&why);
                }
                None => chosen.push(pulls.find(&standing.name).map_err(wrong)?),
            }
        }
    } else {
        for name in &p.names {
            chosen.push(pulls.find(name).map_err(wrong)?);
        }
    }
    let mut done: Vec<Pulled> = Vec::new();
    for pull in chosen {
        let pulled = pulls.run(&pull, &access).await.map_err(wrong)?;
        failed |= !pulled.done;
        if let Some(message) = &pulled.message {
            say(&format!("{}: {message}", pulled.name));
        }
        done.push(pulled);
    }
    output::records(&done, args.format)?;
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

#[derive(Debug, clap::Args)]
pub struct Source {
    /// Only this one, with its days.
    pub name: Option<String>,
    /// Only those that are late; exit code 1 when there is one, for whatever watches the lake.
    #[arg(long, conflicts_with = "name")]
    pub late: bool,
}

pub async fn source(args: &Args, s: &Source) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let contracts = match &s.name {
        Some(name) => vec![lake.contract(name)?],
        None => lake.contracts(),
    };
    let mut rows = Vec::new();
    for contract in contracts {
        rows.push(ways::source::standing(&lake, &contract).await?);
    }
    rows.retain(|r| r.late || !s.late);
    rows.sort_by(|a, b| a.contract.cmp(&b.contract));
    let table = matches!(args.format, crate::args::Format::Table | crate::args::Format::Csv);
    match (&s.name, rows.as_slice()) {
        (Some(_), [one]) if table => output::records(&one.days, args.format)?,
        _ => output::records(&rows, args.format)?,
    }
    Ok(if s.late && !rows.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
