//! Serving the lake to browsers, and filling a new one with a made-up state to look at.

use std::path::Path;
use std::process::ExitCode;

use dossier::resolve;
use lake::LakeError;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Args, Demo, Generate, Ingest, Serve};
use crate::bring;
use crate::look::access;
use crate::output::say;

/// Stands in a lake's folder while its demonstration state is being made, so that a killed `demo` is begun again.
const UNFINISHED: &str = "demo-unfinished";

pub async fn serve(args: &Args, s: &Serve) -> Result<ExitCode, LakeError> {
    // The port is taken first: a second program on it should fail before it touches the lake.
    let busy = |source| LakeError::Io { action: "listening on", path: s.listen.clone().into(), source };
    let listener = TcpListener::bind(&s.listen).await.map_err(busy)?;
    let address = listener.local_addr().map_err(busy)?;
    let lake = bring::open(args).await?;
    crate::log::begin(lake.home().root())?;
    let accounts = crate::who::accounts(lake.store(), args)?;
    if s.with_accounts {
        first_administrator(&lake, &accounts).await?;
    }
    if !address.ip().is_loopback() && !accounts.in_use().await.map_err(crate::who::wrong)? {
        return Err(LakeError::Denied(format!(
            "this lake has no accounts, so whoever reaches {address} could read everything. Open the first with `sarovar user add NAME --administrator` or `sarovar serve --with-accounts`, or listen on 127.0.0.1"
        )));
    }
    let site = server::Site::at(s.address.as_deref(), address.ip().is_loopback()).map_err(LakeError::Invalid)?;
    let settings = accounts::oidc::Settings::from_environment(site.address()).map_err(LakeError::Invalid)?;
    let provider = settings.map(accounts::oidc::Provider::new).transpose().map_err(LakeError::Invalid)?;
    let site = site.with_provider(provider);
    if !address.ip().is_loopback() {
        say("cookies go by TLS only: put a proxy with a certificate before it, and name it with --address https://…");
    }
    let mut stop = signal(SignalKind::terminate()).map_err(busy)?;
    say(&format!("Sarovar is at http://{address} (end it with Ctrl-C)"));
    let asked_to_stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = stop.recv() => {}
        }
    };
    // Dropped with the server.
    let _schedule = Alone(tokio::spawn(ways::schedule::run(lake.clone())));
    let _steps = Alone(tokio::spawn(steps(lake.clone())));
    let _witness = bring::witness()?.map(|witness| {
        if witness.keys.is_empty() {
            say("SAROVAR_WITNESS_KEY names no key of the witness: what it signs is kept and not checked");
        }
        Alone(tokio::spawn(ways::witness::run(lake.clone(), witness)))
    });
    let _upkeep = Alone(tokio::spawn(upkeep(lake.clone(), args.home.clone())));
    let _linkage = (s.link_every > 0).then(|| Alone(tokio::spawn(keep_linked(lake.clone(), s.link_every))));
    let _merging = (s.merge_every > 0).then(|| Alone(tokio::spawn(keep_merged(lake.clone(), s.merge_every))));
    let Some(portal) = &s.portal else {
        server::serve(lake, accounts, site, listener, asked_to_stop).await.map_err(busy)?;
        return Ok(ExitCode::SUCCESS);
    };
    let taken = |source| LakeError::Io { action: "listening on", path: portal.clone().into(), source };
    let public = TcpListener::bind(portal).await.map_err(taken)?;
    say(&format!("the public portal is at http://{}", public.local_addr().map_err(taken)?));
    let stopped = std::sync::Arc::new(tokio::sync::Notify::new());
    let (one, two) = (stopped.clone(), stopped.clone());
    let settings = portal_settings(args, s).await?;
    let pages = server::serve(lake.clone(), accounts, site, listener, async move { one.notified().await });
    let door = server::portal::serve(lake, settings, public, async move { two.notified().await });
    let end = async {
        asked_to_stop.await;
        stopped.notify_waiters();
        Ok(())
    };
    tokio::try_join!(pages, door, end).map_err(busy)?;
    Ok(ExitCode::SUCCESS)
}

/// Counts a step each minute, so that a state from an older backup is known as such.
async fn steps(lake: lake::Lake) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        if let Err(error) = lake.step().await {
            tracing::warn!(%error, "a step was not counted");
        }
    }
}

/// From one look at tokens and numbers to the next; each has its own, longer time.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(600);

/// Asks the networks now and then whether the desk's tokens work and what they count.
async fn upkeep(lake: lake::Lake, home: std::path::PathBuf) {
    loop {
        if let Err(error) = look_after(&lake, &home).await {
            tracing::warn!(%error, "tokens and numbers of the desk could not be looked at");
        }
        tokio::time::sleep(UPKEEP).await;
    }
}

async fn look_after(lake: &lake::Lake, home: &Path) -> Result<(), LakeError> {
    use crate::post::wrong;
    // A lake without a desk gets no vault.
    if lake.store().accounts().await.map_err(wrong)?.is_empty() {
        return Ok(());
    }
    let log = std::sync::Arc::new(server::records::Log(lake.clone()));
    let desk = social::Desk::new(lake.store().clone()).with_audit(log);
    let networks = social::network::Networks::all().map_err(wrong)?;
    let done = desk.upkeep(&crate::post::vault(home)?, &networks, lake.now()).await.map_err(wrong)?;
    if done != social::desk::Upkeep::default() {
        tracing::info!(
            probed = done.probed,
            dead = done.dead,
            ending = done.ending,
            read = done.read,
            "the desk was looked after"
        );
    }
    Ok(())
}

/// Links what came in or was erased, behind everybody's back. What goes wrong is tried again, and told each time.
async fn keep_linked(lake: lake::Lake, every: u64) {
    let principal = governance::Principal { id: "sarovar".into(), name: "Sarovar".into(), ..governance::Principal::operator() };
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(every)).await;
        let done = async {
            if resolve::behind(&lake).await? {
                let access = crate::who::access_of(principal.clone(), &lake);
                resolve::resolve(&lake, &access, resolve::Options::default()).await?;
            }
            Ok::<_, LakeError>(())
        };
        if let Err(e) = done.await {
            say(&format!("linkage: {e}"));
        }
    }
}

/// Merges small files of every source's tables, which a look-up would have to open one by one.
async fn keep_merged(lake: lake::Lake, every: u64) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(every)).await;
        for contract in lake.contracts() {
            match lake.fold(&contract).await {
                Ok(0) => {}
                Ok(files) => tracing::info!(contract = contract.name, files, "small files were merged"),
                Err(e) => say(&format!("merging files of {}: {e}", contract.name)),
            }
        }
    }
}

/// A task that ends with its owner.
struct Alone(tokio::task::JoinHandle<()>);

impl Drop for Alone {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Secrets of the applications that sign webhooks come from the vault; the word of Meta's challenge from `SAROVAR_META_WORD`.
async fn portal_settings(args: &Args, s: &Serve) -> Result<server::portal::Settings, LakeError> {
    let (desk, channels) = (crate::post::desk(args).await?, crate::post::channels(args)?);
    let secret = async |network: social::NetworkName| {
        let address = social::network::oauth::usual_address(network);
        desk.app(&channels, network, address).await.map(|a| a.secret).unwrap_or_default()
    };
    Ok(server::portal::Settings {
        base: s.portal_url.trim_end_matches('/').to_owned(),
        key: channels.vault().derived("portal"),
        x_secret: secret(social::NetworkName::X).await,
        meta_secret: secret(social::NetworkName::Facebook).await,
        meta_word: std::env::var("SAROVAR_META_WORD").unwrap_or_default(),
    })
}

/// Opens the first account, when there is none: an administrator's.
async fn first_administrator(lake: &lake::Lake, accounts: &accounts::Accounts) -> Result<(), LakeError> {
    use crate::who::{access_of, system_user, wrong};
    if accounts.in_use().await.map_err(wrong)? {
        return Ok(());
    }
    let new = accounts::NewPerson {
        id: "admin".into(),
        name_en: "Administrator".into(),
        name_hi: "प्रशासक".into(),
        rank: governance::Rank::Civilian,
        roles: vec![governance::Role::Administrator],
        clearances: Vec::new(),
        unit: None,
    };
    let access = access_of(governance::Principal::operator(), lake);
    let what = serde_json::json!({ "change": "add", "account": "admin", "roles": new.roles, "system_user": system_user() });
    lake.record(&access, "account", true, what)?;
    let (person, one_time) = accounts.add(accounts::OPERATOR, new, lake.now()).await.map_err(wrong)?;
    crate::user::tell(&person.id, &one_time);
    Ok(())
}

pub async fn demo(args: &Args, d: &Demo) -> Result<ExitCode, LakeError> {
    let mark = args.home.join(UNFINISHED);
    let lake = bring::open(args).await?;
    std::fs::write(&mark, "").map_err(LakeError::io("writing", &mark))?;
    crate::keep::reference(args, &lake).await?;
    drop(lake);
    let state = tempfile::tempdir().map_err(LakeError::io("making", &std::env::temp_dir()))?;
    let made = Generate {
        persons: d.persons,
        seed: d.seed,
        out: state.path().into(),
        cdr_rows: 0,
        plate_rows: None,
        kinds: Vec::new(),
        district: Some(d.district.clone()),
        few_stations: false,
        threads: 0,
        clean: false,
    };
    bring::write_state(&made)?;
    let mut folders: Vec<String> = std::fs::read_dir(state.path())
        .map_err(LakeError::io("reading", state.path()))?
        .flatten()
        // The truth is for tests of linkage; a lake that held it would know what it should find out.
        .filter(|entry| entry.file_name() != "truth" && entry.path().is_dir())
        .map(|entry| entry.path().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let taken = Ingest { source_and_paths: folders, authority: Some("DEMO/1".into()), ..Ingest::default() };
    let code = bring::ingest(args, &taken).await?;
    // Who is who, so that persons and the queue of doubtful pairs are there to be looked at.
    resolve::resolve(&bring::open(args).await?, &access(args, None)?, resolve::Options::default()).await?;
    // The desk's units are those of the register.
    crate::user::user(args, &crate::user::UserCommand::Units).await?;
    // Without the index names are found by their beginning alone.
    let stop = crate::stop::on_interrupt();
    dossier::index::follow_until(&bring::open(args).await?, &access(args, None)?, false, &stop).await?;
    std::fs::remove_file(&mark).map_err(LakeError::io("removing", &mark))?;
    say("everybody in it is made up; its telephone numbers (700xxxxxxx) are test values and must not be dialled");
    say("the demonstration state is in; look at it with `sarovar serve`");
    Ok(code)
}
