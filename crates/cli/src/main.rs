//! The `sarovar` program: one subcommand per job, rows on stdout, everything else on stderr.
//!
//! Exit code 0: done. 1: refused or failed, with the reason. 2: wrong usage.

mod args;
mod audit;
mod bench;
mod bring;
mod campaign;
mod case;
mod certificate;
mod channel;
mod draft;
mod find;
mod keep;
mod link;
mod log;
mod look;
#[cfg(test)]
mod matrix;
mod names;
mod output;
mod outside;
mod post;
mod pull;
mod resolve;
mod serve;
mod stop;
mod subject;
mod user;
mod who;

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

/// Parsing and sorting allocate and free large blocks from several threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The allocator gives memory back soon after it was used, and the kernel has to clear every block that an ingest takes next (a quarter of its
/// processor time, measured). A command keeps what it has until it ends, the server for ten seconds. The allocator reads its settings before `main`
/// begins, so the program starts over in its own process, once.
fn patient() {
    const DELAY: &str = "MIMALLOC_PURGE_DELAY";
    if std::env::var_os(DELAY).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let mut given = std::env::args_os();
        let name = given.next().unwrap_or_default();
        let stays = std::env::args_os().any(|word| word == "serve");
        // It only comes back when it failed, and then all goes on as it was.
        let _ = std::process::Command::new(program).arg0(name).args(given).env(DELAY, if stays { "10000" } else { "-1" }).exec();
    }
}

fn main() -> ExitCode {
    patient();
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return output::fail(&e.to_string()),
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        // Whoever reads our rows has seen enough (`| head`).
        Err(lake::LakeError::Io { source, .. }) if source.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => output::fail(&told(&e.to_string())),
    }
}

/// What went wrong, in Hindi where `SAROVAR_LANG=hi` asks for it and the sentence is known.
fn told(why: &str) -> String {
    let asked = std::env::var("SAROVAR_LANG").unwrap_or_default();
    server::refusal(pages::Lang::from_tag(&asked).unwrap_or(pages::Lang::En), why, None)
}

async fn run(args: Args) -> Result<ExitCode, lake::LakeError> {
    match &args.command {
        Command::Init => keep::init(&args).await,
        Command::Doctor => keep::doctor(&args).await,
        Command::Demo(d) => serve::demo(&args, d).await,
        Command::Serve(s) => serve::serve(&args, s).await,
        Command::Generate(g) => bring::generate(g),
        Command::Ingest(i) => bring::ingest(&args, i).await,
        Command::Pull(p) => pull::run(&args, p).await,
        Command::Source(s) => pull::source(&args, s).await,
        Command::Contract { what } => draft::run(&args, what).await,
        Command::Detect { paths } => bring::detect(&args, paths).await,
        Command::Quarantine(q) => bring::quarantine(&args, q).await,
        Command::Catalog(c) => look::catalog(&args, c).await,
        Command::Sql(s) => look::sql(&args, s).await,
        Command::Search(s) => find::search(&args, s).await,
        Command::Index { rebuild } => find::index(&args, *rebuild).await,
        Command::Dossier(d) => find::dossier(&args, d).await,
        Command::Section { text, offence } => find::section(&args, &text.join(" "), offence.as_deref()).await,
        Command::Export { name, to } => look::export(&args, name, to).await,
        Command::Exports(e) => outside::exports(&args, e).await,
        Command::Expunge { what } => outside::expunge(&args, what).await,
        Command::Certificate(c) => certificate::run(&args, c).await,
        Command::Link(l) => link::link(&args, l),
        Command::Resolve(r) => resolve::run(&args, r).await,
        Command::Review { what } => resolve::review(&args, what).await,
        Command::Maintain(m) => keep::maintain(&args, m).await,
        Command::Audit(a) => audit::run(&args, a).await,
        Command::Bench { arguments } if arguments.first().is_some_and(|name| name == "audit") => audit::bench(&args, arguments),
        Command::Bench { arguments } if arguments.first().is_some_and(|name| name == "desk") => {
            bench::desk::bench(&args, arguments).await
        }
        Command::Names { what } => names::run(what, args.format),
        Command::Post { what } => post::run(&args, what).await,
        Command::Channel { what } => channel::run(&args, what).await,
        Command::Campaign { what } => campaign::run(&args, what).await,
        Command::Inbox { what } => channel::inbox(&args, what).await,
        Command::User { what } => user::user(&args, what).await,
        Command::Case { what } => case::case(&args, what).await,
        Command::Authority { what } => case::authority(&args, what).await,
        Command::Subject { what } => subject::subject(&args, what).await,
        Command::Sheet { what } => subject::sheet(&args, what).await,
        Command::Policy { what } => case::policy(&args, what).await,
        Command::Token { what } => user::token(&args, what).await,
        Command::Bench { arguments } if arguments.first().is_some_and(|name| name == "feed") => {
            bench::feed(&args, arguments).await
        }
        Command::Bench { arguments } => bench::run(arguments),
        Command::BenchWorker => bench::worker(&bring::open(&args).await?).await,
    }
}
