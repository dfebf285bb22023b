//! From an approved message to deliveries with a time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::{Account, Delivery, Settlement};

use super::{Desk, digest, kind_text};
use crate::DeskError;
use crate::check;
use crate::limit::NetworkName;
use crate::message::Message;
use crate::network::Outgoing;
use crate::text;

/// When a message is to appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Now,
    /// UTC microseconds.
    At(i64),
    /// The next free time of each channel's queue.
    Queue,
}

/// Times the queue is asked again when somebody else took what it gave.
const RETRIES: usize = 5;

/// `2026-11-25 18:30` (Indian Standard Time) or RFC 3339 with its own offset, as UTC microseconds.
pub fn parse_ist(text: &str) -> Result<i64, DeskError> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.timestamp_micros());
    }
    let local =
        ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M"].iter().find_map(|f| NaiveDateTime::parse_from_str(text, f).ok());
    local
        .map(model::time::from_ist)
        .ok_or_else(|| DeskError::Invalid(format!("{text:?} is no time; write 2026-11-25 18:30 (Indian time)")))
}

/// What a person found of a delivery, and decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It is out, under this id at the network; empty where the desk knows the id.
    Live(&'a str),
    /// It is not out, and is sent again.
    Again,
    /// It is not out, and stays so.
    Leave,
}

impl Desk {
    /// Queues an approved message on the accounts. The checks run once more for the time it is to appear: what was harmless
    /// yesterday may fall into an election.
    pub async fn schedule(
        &self,
        who: &Principal,
        id: &str,
        accounts: &[Account],
        when: When,
        now: DateTime<Utc>,
    ) -> Result<Vec<Delivery>, DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "publisher").await?;
        if post.state != "approved" {
            return Err(DeskError::Refused(format!("version {} of {id} is {}, not approved", post.version, post.state)));
        }
        if self.is_out(id).await? {
            return Err(DeskError::Refused(format!("{id} is out already; carry the edit out instead of publishing it again")));
        }
        let at = now.timestamp_micros();
        if let When::At(due) = when
            && due < at - 60_000_000
        {
            let told = model::time::format_ist(due);
            return Err(DeskError::Refused(format!("{told} is in the past; use `publish` to send at once")));
        }
        if accounts.is_empty() {
            return Err(DeskError::Refused("name at least one channel".into()));
        }
        let message = self.message(id, post.version).await?;
        let networks = networks_of(accounts)?;
        for account in accounts {
            let line = self.store.unit_line(&account.unit).await?;
            if account.unit != post.unit
                && !self.store.unit_line(&post.unit).await?.contains(&account.unit)
                && !line.contains(&post.unit)
            {
                return Err(DeskError::Refused(format!(
                    "{} belongs to {}, which is neither above nor below {}",
                    account.handle, account.unit, post.unit
                )));
            }
        }
        for _ in 0..RETRIES {
            let times = self.times(accounts, when, now).await?;
            let mut checked: Vec<i64> = times.clone();
            checked.sort_unstable();
            checked.dedup();
            for due in checked {
                self.still_allowed(&post, &message, &networks, due).await?;
            }
            let mut all = Vec::new();
            for (account, due) in accounts.iter().zip(&times) {
                let mut parts = self.parts(&post, &message, account, *due, now)?;
                if let (When::Queue, Some(first)) = (when, parts.first_mut()) {
                    first.slot = Some(*due);
                }
                all.extend(parts);
            }
            match self.store.enqueue_slots(id, post.version, &["approved"], &all, at).await? {
                // Somebody took the same time of the queue: the next one.
                None => {}
                Some(false) => {
                    return Err(DeskError::Refused("the message was edited or scheduled in the same moment".into()));
                }
                Some(true) => {
                    let handles: Vec<&String> = accounts.iter().map(|a| &a.handle).collect();
                    let due = times.iter().min();
                    let what = json!({ "version": post.version, "due": due, "channels": handles });
                    self.record(who, now, "schedule", id, &what).await?;
                    return Ok(all);
                }
            }
        }
        Err(DeskError::Refused("others take the same times of the queue just now; try again".into()))
    }

    /// When a message is to appear on each account.
    async fn times(&self, accounts: &[Account], when: When, now: DateTime<Utc>) -> Result<Vec<i64>, DeskError> {
        let mut out = Vec::new();
        for account in accounts {
            out.push(match when {
                When::Now => now.timestamp_micros(),
                When::At(due) => due,
                When::Queue => self.next_slot(account, now).await?.ok_or_else(|| {
                    DeskError::Refused(format!(
                        "{} has no free time in its queue; its publisher adds times, or name a time",
                        account.handle
                    ))
                })?,
            });
        }
        Ok(out)
    }

    /// Refuses what the checks block at the time it is to appear, though it was signed before.
    pub(super) async fn still_allowed(
        &self,
        post: &store::social::Post,
        message: &Message,
        networks: &[NetworkName],
        due: i64,
    ) -> Result<(), DeskError> {
        let setting = self.setting(&post.unit, networks, due, &post.id).await?;
        let settled = self.store.findings(&post.id, post.version).await?;
        let fresh: Vec<String> = check::check(message, &setting)
            .into_iter()
            .filter(|f| f.level == check::Level::Block && !settled.iter().any(|s| s.rule == f.rule && s.overridden_by.is_some()))
            .map(|f| format!("{} ({}: {})", f.rule, f.place, f.found))
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        Err(DeskError::Refused(format!("for {} the checks find: {}", model::time::format_ist(due), fresh.join("; "))))
    }

    fn parts(
        &self,
        post: &store::social::Post,
        message: &Message,
        account: &Account,
        due: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<Delivery>, DeskError> {
        let network: NetworkName = account.network.parse().map_err(DeskError::Invalid)?;
        let limits = network.limits();
        if due > now.timestamp_micros() + i64::from(limits.schedule_horizon_days) * 86_400_000_000 {
            return Err(DeskError::Refused(format!("{} days ahead is the most", limits.schedule_horizon_days)));
        }
        let body = message.text_for(network);
        let texts = if limits.thread {
            text::split(&body, limits.text).map_err(|e| DeskError::Refused(e.to_string()))?
        } else {
            vec![body]
        };
        let languages = languages(message);
        let count = i64::try_from(texts.len()).unwrap_or(i64::MAX);
        let mut out: Vec<Delivery> = Vec::new();
        for (i, part) in texts.into_iter().enumerate() {
            let outgoing = Outgoing {
                title: title(message),
                text: part,
                // Pictures go with the first part.
                media: if i == 0 { message.media.clone() } else { Vec::new() },
                created_at: due,
                languages: languages.clone(),
                generated: message.media.iter().any(|m| m.generated),
                ..Outgoing::default()
            };
            let body = serde_json::to_string(&outgoing).map_err(|e| DeskError::Invalid(e.to_string()))?;
            let id = self.store.fresh_id(now);
            out.push(Delivery {
                key: key(&id, network),
                post: post.id.clone(),
                version: post.version,
                kind: post.kind.clone(),
                unit: post.unit.clone(),
                account: account.id.clone(),
                network: account.network.clone(),
                app: account.app.clone(),
                part: i64::try_from(i).unwrap_or(i64::MAX),
                parts: count,
                follows: out.last().map(|d| d.id.clone()),
                reply_to: None,
                sha256: digest(&outgoing.text),
                body,
                due_at: due,
                state: "queued".into(),
                id,
                ..Delivery::default()
            });
        }
        Ok(out)
    }

    /// The delivery of an answer to an inbox item; it is a message like every other, so it has been approved.
    pub(super) async fn reply_delivery(
        &self,
        who: &Principal,
        id: &str,
        account: &Account,
        outgoing: &Outgoing,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "publisher").await?;
        if post.state != "approved" {
            return Err(DeskError::Refused(format!("the answer {id} is {}, not approved", post.state)));
        }
        let network: NetworkName = account.network.parse().map_err(DeskError::Invalid)?;
        let body = serde_json::to_string(outgoing).map_err(|e| DeskError::Invalid(e.to_string()))?;
        let delivery = Delivery {
            id: self.store.fresh_id(now),
            post: id.into(),
            version: post.version,
            kind: kind_text(crate::message::Kind::Reply),
            unit: post.unit.clone(),
            account: account.id.clone(),
            network: account.network.clone(),
            app: account.app.clone(),
            parts: 1,
            reply_to: outgoing.reply_to.clone(),
            sha256: digest(&outgoing.text),
            body,
            due_at: now.timestamp_micros(),
            state: "queued".into(),
            ..Delivery::default()
        };
        Ok(Delivery { key: key(&delivery.id, network), ..delivery })
    }

    /// A person says what became of a delivery that the program could not settle, or what is to become of it.
    pub async fn decide(
        &self,
        who: &Principal,
        delivery: &str,
        verdict: Verdict<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let d = self.store.delivery(delivery).await?;
        self.need(who, &d.unit, "publisher").await?;
        if verdict == Verdict::Again && d.version != self.store.post(&d.post).await?.version {
            return Err(DeskError::Refused(format!(
                "this copy is of version {}, which was edited since; schedule the newest version instead",
                d.version
            )));
        }
        let mut states = vec!["human", "missed", "held", "failed"];
        let (state, why, remote) = match verdict {
            // An edit has no copy of its own.
            Verdict::Live(_) if d.revises.is_some() => ("edited", "the new words are there, said by hand", None),
            Verdict::Live("") if d.remote.is_none() => {
                return Err(DeskError::Refused(
                    "say under which id it is out; the network shows it in the post's address".into(),
                ));
            }
            Verdict::Live(remote) => ("live", "found by hand", Some(remote).filter(|r| !r.is_empty())),
            Verdict::Again => ("queued", "not there, said by hand: sent again", None),
            Verdict::Leave if d.remote.is_some() => ("removed", "not there, said by hand: left so", None),
            Verdict::Leave => ("cancelled", "not out, said by hand: left so", None),
        };
        // What the program still reads for is not given up before it ended.
        if verdict != Verdict::Leave {
            states.push("unknown");
        }
        let s = Settlement {
            state,
            remote: remote.map(str::to_owned),
            reason: Some(format!("{why} ({})", who.id)),
            now: now.timestamp_micros(),
            ..Settlement::default()
        };
        if !self.store.decide_delivery(delivery, &states, &s).await? {
            return Err(DeskError::Refused(format!("the delivery is {}: nothing is to be decided", d.state)));
        }
        if d.kind == kind_text(crate::message::Kind::Reply) && verdict != Verdict::Leave {
            self.store.answer_again(&d.post, now.timestamp_micros()).await?;
        }
        self.record(who, now, "decide", &d.post, &json!({ "delivery": delivery, "state": state, "remote": remote })).await
    }

    /// Moves what still waits to another Indian day; the time of day stays, and the checks run for the new date.
    pub async fn move_to_day(&self, who: &Principal, id: &str, day: NaiveDate, now: DateTime<Utc>) -> Result<u64, DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "publisher").await?;
        let waiting: Vec<Delivery> = self
            .store
            .deliveries(id)
            .await?
            .into_iter()
            .filter(|d| d.state == "queued" && d.version == post.version && d.revises.is_none())
            .collect();
        let message = self.message(id, post.version).await?;
        let mut moved = 0;
        for d in &waiting {
            let Some(local) = model::time::to_ist(d.due_at) else { continue };
            let due = model::time::from_ist(day.and_time(local.time()));
            if due < now.timestamp_micros() {
                return Err(DeskError::Refused(format!("{} is in the past", model::time::format_ist(due))));
            }
            let network: NetworkName = d.network.parse().map_err(DeskError::Invalid)?;
            let setting = check::Setting { recent: Vec::new(), ..self.setting(&d.unit, &[network], due, id).await? };
            let settled = self.store.findings(id, post.version).await?;
            let open = |rule: &str| !settled.iter().any(|s| s.rule == rule && s.overridden_by.is_some());
            if let Some(f) =
                check::check(&message, &setting).into_iter().find(|f| f.level == check::Level::Block && open(&f.rule))
            {
                return Err(DeskError::Refused(format!("on that day the checks find: {} ({})", f.rule, f.found)));
            }
            let outgoing: Outgoing = serde_json::from_str(&d.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
            let body = serde_json::to_string(&Outgoing { created_at: due, ..outgoing })
                .map_err(|e| DeskError::Invalid(e.to_string()))?;
            moved += u64::from(self.store.shift(&d.id, due, &body).await?);
        }
        self.record(who, now, "move", id, &json!({ "day": day.to_string(), "moved": moved })).await?;
        Ok(moved)
    }

    /// Withdraws what has not left yet. Of a message that is out, and whose edit alone waits, the edit.
    pub async fn withdraw(&self, who: &Principal, id: &str, reason: &str, now: DateTime<Utc>) -> Result<u64, DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "publisher").await?;
        let all = self.store.deliveries(id).await?;
        let settled = |d: &&Delivery| matches!(d.state.as_str(), "live" | "edited" | "cancelled" | "removed");
        let whole = all.iter().filter(|d| d.revises.is_none()).all(|d| settled(&d)) && all.iter().any(|d| d.state == "live");
        let edit = whole && (all.iter().any(|d| d.revises.is_some() && !settled(&d)) || post.state != "scheduled");
        let to = if edit { "scheduled" } else { "withdrawn" };
        let states = ["draft", "submitted", "approved", "scheduled"];
        self.store.move_post(id, post.version, &states, to, now.timestamp_micros()).await?;
        let n = self.store.cancel_queued(id, reason, now.timestamp_micros()).await?;
        self.record(who, now, "withdraw", id, &json!({ "reason": reason, "cancelled": n })).await?;
        Ok(n)
    }
}

fn networks_of(accounts: &[Account]) -> Result<Vec<NetworkName>, DeskError> {
    accounts.iter().map(|a| a.network.parse().map_err(DeskError::Invalid)).collect()
}

/// The languages a message has words in.
pub(super) fn languages(message: &Message) -> Vec<String> {
    let all = [(&message.hindi, "hi"), (&message.english, "en")];
    all.into_iter().filter(|(t, _)| !t.trim().is_empty()).map(|(_, l)| l.to_owned()).collect()
}

/// The title of a film: the first line, at most 100 characters, without the two that YouTube refuses.
pub(super) fn title(message: &Message) -> String {
    let lines = [&message.english, &message.hindi].into_iter().filter_map(|t| t.lines().find(|l| !l.trim().is_empty()));
    let line: String = lines.take(1).collect::<String>();
    line.trim().chars().filter(|c| !matches!(c, '<' | '>')).take(100).collect()
}

/// The key a network knows the delivery by: for Bluesky a TID (13 characters of base 32, sortable), else the delivery's id.
fn key(id: &str, network: NetworkName) -> String {
    if network != NetworkName::Bluesky {
        return id.to_owned();
    }
    const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
    // 53 bits of time and 10 of chance, as the AT Protocol asks for, from the id's own time and chance.
    let uuid = uuid::Uuid::parse_str(id).unwrap_or_default().as_u128();
    let micros = u64::try_from((uuid >> 80) * 1000 + ((uuid >> 64) & 0xfff) % 1000).unwrap_or_default();
    let value = ((micros & ((1 << 53) - 1)) << 10) | u64::try_from(uuid & 0x3ff).unwrap_or_default();
    (0..13).rev().map(|i| char::from(ALPHABET[usize::try_from((value >> (i * 5)) & 31).unwrap_or_default()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_indian_unless_they_say_otherwise() {
        assert_eq!(parse_ist("2026-11-25 18:30").unwrap(), parse_ist("2026-11-25T13:00:00Z").unwrap());
        // Where clocks are set back, half past two comes twice; each is its own moment, and India's hour follows.
        let (summer, winter) = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00");
        assert_eq!(parse_ist(winter).unwrap() - parse_ist(summer).unwrap(), 3_600_000_000);
        assert_eq!(parse_ist(summer).unwrap(), parse_ist("2026-10-25 06:00").unwrap());
        assert!(parse_ist("tomorrow").unwrap_err().to_string().contains("2026-11-25 18:30"));
    }

    #[test]
    fn a_film_has_a_title_in_whichever_language_there_is() {
        let message =
            Message { hindi: "\n <हेलमेट> पहनें\nसुरक्षित".into(), ..Message::default() };
        assert_eq!(title(&message), "हेलमेट पहनें");
        assert_eq!(title(&Message { english: "Wear it".into(), ..message }), "Wear it");
    }

    #[test]
    fn keys_for_bluesky_are_tids_that_sort_by_time_and_differ() {
        let early = key("019ac000-0000-7000-8000-000000000001", NetworkName::Bluesky);
        let late = key("019ac001-0000-7000-8000-000000000001", NetworkName::Bluesky);
        assert_eq!(early.len(), 13);
        assert!(early < late && early != key("019ac000-0000-7000-8000-000000000002", NetworkName::Bluesky));
        assert!(early.starts_with('3'), "times of this decade begin with 3: {early}");
    }
}
