//! A small department for the tests: a headquarters with a district and a thana, officers, channels on the stand-in.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use governance::Principal;
use social::network::{Networks, Secret};
use social::outbox::{Channels, Clock, Patience, SystemClock};
use social::vault::Vault;
use social::{Desk, DeskError, Outbox};
use store::Store;
use store::social::{Account, NewAccount, Unit};

pub const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

pub fn who(id: &str) -> Principal {
    Principal { id: id.into(), name: id.into(), roles: vec![], ..Principal::operator() }
}

pub fn now() -> DateTime<Utc> {
    Utc::now()
}

pub fn unit(code: &str, parent: Option<&str>) -> Unit {
    Unit {
        code: code.into(),
        parent: parent.map(str::to_owned),
        name_en: code.into(),
        name_hi: code.into(),
        kind: "thana".into(),
        constituencies: "AC-46".into(),
        ..Unit::default()
    }
}

/// Short waits, so that a test sees what takes minutes in life.
pub fn hurry() -> Patience {
    Patience {
        lease: Duration::from_millis(1500),
        quiet: Some(Duration::from_millis(3500)),
        rest: Duration::from_secs(1),
        ..Patience::default()
    }
}

pub struct Office {
    pub desk: Desk,
    pub channels: Channels,
    pub networks: Networks,
}

impl Office {
    /// In a folder of its own.
    pub async fn fresh() -> (Self, tempfile::TempDir) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open_in(home.path(), now()).await.unwrap();
        (Self::new(store).await, home)
    }

    pub async fn new(store: Store) -> Self {
        for (code, parent) in [("HQ", None), ("DIST", Some("HQ")), ("THANA", Some("DIST")), ("OTHER", Some("HQ"))] {
            store.put_unit(&unit(code, parent)).await.unwrap();
        }
        for (person, unit, role) in [
            ("writer", "THANA", "writer"),
            ("writer", "THANA", "duty"),
            ("sp", "DIST", "approver"),
            ("sp", "DIST", "publisher"),
            ("igp", "HQ", "approver"),
            ("igp", "HQ", "publisher"),
            ("law", "HQ", "law"),
            ("both", "THANA", "writer"),
            ("both", "THANA", "approver"),
        ] {
            store.put_officer(person, unit, role).await.unwrap();
        }
        Self::of(store)
    }

    /// The same over a store that is filled already.
    pub fn of(store: Store) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let channels = Channels::new(Arc::new(Vault::from_text(KEY).unwrap()), clock);
        let networks = Networks::all().unwrap();
        Self { desk: Desk::new(store), channels, networks }
    }

    pub async fn channel(&self, handle: &str, unit: &str, address: &str) -> Account {
        self.channel_on("standin", handle, unit, address, "access-0").await
    }

    /// An account of a network; its handle is its id there.
    pub async fn channel_on(&self, network: &str, handle: &str, unit: &str, address: &str, token: &str) -> Account {
        let id = self.desk.store.fresh_id(now());
        let secret = Secret { access: token.into(), refresh: "refresh-0".into(), ..Secret::default() };
        let new = NewAccount {
            secret: self.channels.vault().seal(&id, &secret).unwrap(),
            id,
            unit: unit.into(),
            network: network.into(),
            handle: handle.into(),
            remote: handle.into(),
            address: address.into(),
            // One application each for the vendors' networks, whose limits a day are small.
            app: if network == "standin" { "app".into() } else { format!("{network} {handle}") },
            state: "connected".into(),
            expires_at: None,
            connected_by: "igp".into(),
        };
        self.desk.store.put_account(new, 0).await.unwrap()
    }

    pub fn worker(&self, name: &str) -> Outbox {
        self.worker_with(name, Arc::new(SystemClock), hurry())
    }

    pub fn worker_with(&self, name: &str, clock: Arc<dyn Clock>, patience: Patience) -> Outbox {
        Outbox::new(self.desk.store.clone(), self.networks.clone(), self.channels.clone(), clock, patience, name)
    }
}

/// Why something was not done.
pub fn refused<T: std::fmt::Debug>(result: Result<T, DeskError>) -> String {
    match result {
        Err(DeskError::Refused(why) | DeskError::Invalid(why)) => why,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Looks until `done` says so; fails after `seconds`.
pub async fn until(seconds: u64, worker: &Outbox, mut done: impl AsyncFnMut() -> bool) {
    let began = std::time::Instant::now();
    while !done().await {
        assert!(began.elapsed() < Duration::from_secs(seconds), "not done after {seconds} s");
        worker.run_once().await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
