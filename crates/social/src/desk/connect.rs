//! Channels by consent: the department's applications, a person's yes at the network, and what networks call us with.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::{Account, ClientRow, ConsentRow, NewAccount};

use super::Desk;
use crate::DeskError;
use crate::limit::NetworkName;
use crate::network::oauth::{self, App, Grant};
use crate::network::{Secret, hex};
use crate::outbox::Channels;
use crate::webhook::{Heard, What, digest};

/// How long a person may take to agree.
const CONSENT: i64 = 10 * 60 * 1_000_000;

/// Under which name an application's secret is sealed.
fn sealed_as(network: NetworkName, address: &str) -> String {
    format!("client {network} {address}")
}

fn state_digest(state: &str) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, state.as_bytes()).as_ref())
}

/// What a consent connected, and the pages it did not.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Connected {
    pub accounts: Vec<Account>,
    /// Pages that came without a token, or without an account of the network that was asked for.
    pub left_out: Vec<String>,
}

/// A channel whose token ends soon, and how many days are left.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Expiring {
    pub account: String,
    pub handle: String,
    pub network: String,
    pub unit: String,
    pub days: i64,
}

impl Desk {
    /// Keeps the department's application at a network.
    pub async fn register_app(
        &self,
        who: &Principal,
        channels: &Channels,
        app: &App,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let root = self.root().await?;
        self.need(who, &root, "publisher").await?;
        let secret = Secret { client_secret: app.secret.clone(), ..Secret::default() };
        let row = ClientRow {
            network: app.network.to_string(),
            address: app.address.clone(),
            client_id: app.id.clone(),
            secret: channels.vault().seal(&sealed_as(app.network, &app.address), &secret)?,
            redirect: app.redirect.clone(),
            principal: who.id.clone(),
            at: now.timestamp_micros(),
        };
        self.store.put_client(row).await?;
        self.record(who, now, "application", app.network.as_str(), &json!({ "address": app.address, "client": app.id })).await
    }

    /// The application at a network, opened.
    pub async fn app(&self, channels: &Channels, network: NetworkName, address: &str) -> Result<App, DeskError> {
        let Some(row) = self.store.client(network.as_str(), address).await? else {
            return Err(DeskError::Refused(format!(
                "the department has no application at {network} ({address}) yet; headquarters registers it with `sarovar channel app`"
            )));
        };
        let secret = channels.vault().open(&sealed_as(network, address), &row.secret)?.client_secret;
        Ok(App { network, address: row.address, id: row.client_id, secret, redirect: row.redirect })
    }

    /// Where to send a person who connects an account for `unit`.
    pub async fn begin_connect(
        &self,
        who: &Principal,
        channels: &Channels,
        unit: &str,
        network: NetworkName,
        address: &str,
        now: DateTime<Utc>,
    ) -> Result<String, DeskError> {
        self.need(who, unit, "publisher").await?;
        let consent = oauth::begin(&self.app(channels, network, address).await?)?;
        let state = state_digest(&consent.state);
        let verifier = Secret { access: consent.verifier, ..Secret::default() };
        let row = ConsentRow {
            unit: unit.into(),
            network: network.to_string(),
            address: address.into(),
            verifier: channels.vault().seal(&state, &verifier)?,
            principal: who.id.clone(),
            expires_at: now.timestamp_micros() + CONSENT,
            state,
        };
        self.store.put_consent(row).await?;
        Ok(consent.address)
    }

    /// Takes the code that came back. Every account it opens waits for a second person.
    pub async fn finish_connect(
        &self,
        who: &Principal,
        channels: &Channels,
        state: &str,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Connected, DeskError> {
        let at = now.timestamp_micros();
        let state = state_digest(state);
        let Some(row) = self.store.take_consent(&state, at).await? else {
            return Err(DeskError::Refused(
                "this consent was used already, took more than ten minutes, or was never asked for; begin again".into(),
            ));
        };
        if row.principal != who.id || row.expires_at < at {
            return Err(DeskError::Refused("this consent was begun by somebody else; begin again".into()));
        }
        let network: NetworkName = row.network.parse().map_err(DeskError::Invalid)?;
        let verifier = channels.vault().open(&state, &row.verifier)?.access;
        let app = self.app(channels, network, &row.address).await?;
        let granted = oauth::finish(&app, code, &verifier).await?;
        if granted.grants.is_empty() {
            let (title, names) = (&network.limits().title, granted.left_out.join(", "));
            return Err(DeskError::Refused(match granted.left_out.is_empty() {
                true => format!("{title} named no page of yours; let the page's owner give you a task on it, then agree again"),
                false => format!(
                    "{title} gave no token for {names}; agree again with every page and permission ticked, and let the page's owner give you the task of publishing"
                ),
            }));
        }
        let mut done = Connected { accounts: Vec::new(), left_out: granted.left_out };
        for grant in granted.grants {
            done.accounts.push(self.propose(who, channels, &row.unit, network, &row.address, grant, now).await?);
        }
        Ok(done)
    }

    #[expect(clippy::too_many_arguments, reason = "a proposal is made of these")]
    async fn propose(
        &self,
        who: &Principal,
        channels: &Channels,
        unit: &str,
        network: NetworkName,
        address: &str,
        grant: Grant,
        now: DateTime<Utc>,
    ) -> Result<Account, DeskError> {
        let old = self.store.account_by_handle(network.as_str(), &grant.handle).await?;
        let id = old.map_or_else(|| self.store.fresh_id(now), |a| a.id);
        let new = NewAccount {
            secret: channels.vault().seal(&id, &grant.secret)?,
            id,
            unit: unit.into(),
            network: network.to_string(),
            handle: grant.handle,
            remote: grant.remote,
            app: format!("{network} {address}"),
            address: address.into(),
            state: "proposed".into(),
            expires_at: grant.secret.expires_at,
            connected_by: who.id.clone(),
        };
        self.put_channel(who, new, now).await
    }

    /// Keeps a connection for a second person to confirm. An account that is there works on with what it has until then.
    pub async fn put_channel(&self, who: &Principal, new: NewAccount, now: DateTime<Utc>) -> Result<Account, DeskError> {
        self.need(who, &new.unit, "publisher").await?;
        let at = now.timestamp_micros();
        let old = self.store.account_by_handle(&new.network, &new.handle).await?;
        if let Some(old) = &old {
            // Whose it is may only change with the right over the unit it belongs to.
            self.need(who, &old.unit, "publisher").await?;
        }
        let again = old.is_some();
        let account = match old {
            Some(old) if old.state == "connected" || old.state == "stopped" || old.state == "reconnect" => {
                self.store.put_proposal(NewAccount { id: old.id.clone(), ..new }, at).await?;
                old
            }
            _ => self.store.put_account(new, at).await?,
        };
        let what = json!({ "handle": account.handle, "network": account.network, "again": again });
        self.record(who, now, "connect", &account.id, &what).await?;
        Ok(account)
    }

    /// Gives a channel up, because the account was closed or stolen: it is no official handle any more from this moment on.
    pub async fn retire(&self, who: &Principal, account: &str, reason: &str, now: DateTime<Utc>) -> Result<u64, DeskError> {
        let a = self.store.account(account).await?;
        self.need(who, &a.unit, "publisher").await?;
        if reason.trim().chars().count() < 10 {
            return Err(DeskError::Refused("say in a sentence why this channel is given up; the reason is kept".into()));
        }
        let Some(waiting) = self.store.close_account(account, reason.trim(), now.timestamp_micros()).await? else {
            return Err(DeskError::Refused(format!("{} is given up already", a.handle)));
        };
        let what = json!({ "handle": a.handle, "network": a.network, "reason": reason.trim(), "copies": waiting });
        self.record(who, now, "retire channel", account, &what).await?;
        Ok(waiting)
    }

    /// A second person confirms a connection.
    pub async fn confirm(&self, who: &Principal, account: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let a = self.store.account(account).await?;
        self.need(who, &a.unit, "publisher").await?;
        if !self.store.confirm_account(account, &who.id).await? {
            return Err(DeskError::Refused(format!(
                "{} is {}; nothing waits for confirmation, or whoever connected it ({}) cannot confirm it",
                a.handle, a.state, a.connected_by
            )));
        }
        // Copies that courts ordered down and its old token could not remove are tried again.
        self.store.retry_removals_of(account, now.timestamp_micros()).await?;
        self.record(who, now, "confirm", account, &json!({ "handle": a.handle })).await
    }

    /// Channels whose token no program can renew and that end within their network's time of warning.
    pub async fn expiring(&self, now: DateTime<Utc>) -> Result<Vec<Expiring>, DeskError> {
        let mut out = Vec::new();
        for a in self.store.accounts_ending(now.timestamp_micros() + oauth::most_warn_days() * 86_400_000_000).await? {
            let network: NetworkName = a.network.parse().map_err(DeskError::Invalid)?;
            let Some(ends) = a.expires_at else { continue };
            let days = (ends - now.timestamp_micros()).div_euclid(86_400_000_000);
            if days < oauth::warn_days(network) {
                out.push(Expiring { account: a.id, handle: a.handle, network: a.network, unit: a.unit, days });
            }
        }
        Ok(out)
    }

    /// Works through a call of a network whose signature held; gives how many items are new. The same body again changes nothing; a
    /// call that fails half way may come again.
    pub async fn heard(
        &self,
        network: NetworkName,
        body: &[u8],
        heard: Vec<Heard>,
        now: DateTime<Utc>,
    ) -> Result<usize, DeskError> {
        let (digest, at) = (digest(body), now.timestamp_micros());
        if !self.store.first_call(&digest, network.as_str(), at).await? {
            return Ok(0);
        }
        let worked = self.take_in(heard, now).await;
        if worked.is_err() {
            self.store.forget_call(&digest).await?;
        }
        worked
    }

    async fn take_in(&self, heard: Vec<Heard>, now: DateTime<Utc>) -> Result<usize, DeskError> {
        let accounts = self.store.accounts().await?;
        let mut fresh = 0;
        for h in heard {
            let own = |a: &&Account| a.network == h.network.as_str() && a.remote == h.account;
            let Some(account) = accounts.iter().find(own) else { continue };
            match h.what {
                What::Wrote(i) => fresh += usize::from(self.take_item(account, i, now).await?),
                What::Removed(remote) => drop(self.store.item_removed(&account.id, &remote, now.timestamp_micros()).await?),
            }
        }
        Ok(fresh)
    }

    /// The unit above all others.
    pub(crate) async fn root(&self) -> Result<String, DeskError> {
        let top = self.store.units().await?.into_iter().find(|u| u.parent.is_none());
        top.map(|u| u.code)
            .ok_or_else(|| DeskError::Refused("there is no unit yet; `sarovar channel unit` adds the first".into()))
    }
}
