//! The desk in numbers: each network in its own definition, and service to people before reach. No number is about a citizen.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::social::{Account, AnswerTime, Delivery, Measured, MetricRow, Silent, Unit};

use super::campaign::{Mix, below};
use super::{Desk, program};
use crate::DeskError;
use crate::limit::NetworkName;
use crate::network::{Network, Networks, Trouble};
use crate::outbox::Channels;
use crate::sentiment::{self, Count};

const DAY: i64 = 86_400_000_000;
/// Without a post for so many days a handle is asleep; after so many more it had better be merged.
const ASLEEP: i64 = 30;
const MERGE: i64 = 90;
/// Fewer ended items than this give no rank: chance would decide.
const ENOUGH: usize = 5;
/// Posts this old are not measured again.
const MEASURED: i64 = 30;

/// Said of a post that its network no longer has.
const VANISHED: &str = "it was out and the network no longer has it; nobody here removed it";

/// What a network means by one of its numbers.
#[derive(Debug, Clone, Deserialize)]
pub struct Definition {
    network: NetworkName,
    name: String,
    adds: bool,
    en: String,
    hi: String,
}

static DEFINITIONS: LazyLock<Vec<Definition>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../../data/metrics.yaml")).unwrap_or_default());

/// One measure of one handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    pub network: String,
    pub handle: String,
    pub unit: String,
    /// The network's own name of it.
    pub name: String,
    /// What the network means by it; empty where it is not known.
    pub en: String,
    pub hi: String,
    pub posts: usize,
    /// None where the numbers of several posts must not be added up.
    pub total: Option<i64>,
    pub median: i64,
    pub most: i64,
}

/// How a handle serves those who write to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Place in the league, from 1; none with too few items.
    pub rank: Option<usize>,
    pub network: String,
    pub handle: String,
    pub unit: String,
    pub items: usize,
    pub answered: usize,
    /// Ended in time, of those ended or overdue, in per cent.
    pub in_time: Option<i64>,
    pub overdue: usize,
    /// Half of the ended ones took no longer; minutes.
    pub median_minutes: Option<i64>,
}

/// What to do with a handle that is asleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Plan posts, or let the unit above speak for it.
    Plan,
    /// Merge it with the handle of the unit above.
    Merge,
    /// Close it: it has never spoken, and there is none to merge with.
    Close,
    /// Connect it again first.
    Reconnect,
}

/// A handle that says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dormant {
    pub network: String,
    pub handle: String,
    pub unit: String,
    /// Days since its last post; none when it never had one.
    pub days: Option<i64>,
    pub advice: Advice,
    /// The handle of a unit above on the same network.
    pub with: Option<String>,
}

/// What a campaign reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    pub campaign: String,
    pub name_hi: String,
    pub name_en: String,
    pub messages: i64,
    /// Districts with at least one message, of all of its districts.
    pub districts: usize,
    pub of: usize,
    pub figures: Vec<Figure>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// UTC microseconds; `until` is not part of it.
    pub from: i64,
    pub until: i64,
    pub unit: Option<String>,
    pub mix: Mix,
    pub service: Vec<Service>,
    pub figures: Vec<Figure>,
    pub reach: Vec<Reach>,
    pub dormant: Vec<Dormant>,
    /// What people feel, by day and topic.
    pub sentiment: Vec<Count>,
}

/// What one reading of the networks brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Numbers.
    pub read: usize,
    /// Posts that were removed at their network, not here.
    pub gone: usize,
}

impl Desk {
    /// Reads the numbers of posts of the last thirty days from the networks. A network that does not answer is passed over; a post that it
    /// no longer has becomes a person's to decide.
    pub async fn measure(&self, channels: &Channels, networks: &Networks, now: DateTime<Utc>) -> Result<Reading, DeskError> {
        let at = now.timestamp_micros();
        let mut done = Reading::default();
        for d in self.store.live_since(at - MEASURED * DAY, 10_000).await? {
            let (Ok(name), Some(remote)) = (d.network.parse::<NetworkName>(), &d.remote) else { continue };
            let Ok(network) = networks.get(name) else { continue };
            let account = self.store.account(&d.account).await?;
            let numbers = match channels.ready(&self.store, network.as_ref(), &account).await {
                Ok(channel) => network.metrics(&channel, remote).await.map_err(DeskError::from),
                Err(e) => Err(e),
            };
            match numbers {
                Ok(numbers) => {
                    for (name, value) in numbers {
                        self.store.put_metric(MetricRow { delivery: d.id.clone(), name, value, at }).await?;
                        done.read += 1;
                    }
                }
                Err(DeskError::Network(Trouble::Gone(why))) => {
                    done.gone += usize::from(self.gone(channels, network.as_ref(), &account, &d, &why, now).await?);
                }
                Err(e) => tracing::warn!(delivery = d.id, error = %e, "a post could not be measured"),
            }
        }
        Ok(done)
    }

    /// A post was out and its network says that it has none such. A lost permission can look the same: believed is only an account whose token
    /// works, asked a second time. Whether it was removed there and is to go out again is a person's to say.
    async fn gone(
        &self,
        channels: &Channels,
        network: &dyn Network,
        account: &Account,
        d: &Delivery,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, DeskError> {
        let Ok(channel) = channels.ready(&self.store, network, account).await else { return Ok(false) };
        let remote = d.remote.as_deref().unwrap_or_default();
        if network.probe(&channel).await.is_err() || !matches!(network.metrics(&channel, remote).await, Err(Trouble::Gone(_))) {
            return Ok(false);
        }
        let gone = self.store.vanished(&d.id, VANISHED).await?;
        if gone {
            tracing::warn!(delivery = d.id, account = account.id, "a post was removed at its network");
            let what = json!({ "delivery": d.id, "network": d.network, "remote": d.remote, "why": why });
            self.record(&program(), now, "vanished", &d.post, &what).await?;
        }
        Ok(gone)
    }

    /// The report of a unit and those below it (none: of all) for `[from, until)`.
    pub async fn numbers(&self, unit: Option<&str>, from: i64, until: i64, now: DateTime<Utc>) -> Result<Numbers, DeskError> {
        if until <= from {
            return Err(DeskError::Invalid("a report ends after it begins".into()));
        }
        if let Some(unit) = unit {
            self.store.unit(unit).await?;
        }
        let all = self.store.units().await?;
        let own = |u: &str| unit.is_none_or(|above| below(&all, u, above));
        let at = now.timestamp_micros();
        let handles = self.store.silent(from, until).await?;
        let measured: Vec<Measured> = self.store.measured(from, until).await?.into_iter().filter(|m| own(&m.unit)).collect();
        let times = self.store.answer_times(from, until).await?;
        let mut reach = Vec::new();
        for campaign in self.store.campaigns(false).await?.into_iter().filter(|c| c.from_at < until && c.until_at > from) {
            let posts: Vec<String> = self.store.campaign_posts(&campaign.id, 10_000).await?.into_iter().map(|p| p.id).collect();
            let part: Vec<&Measured> = measured.iter().filter(|m| posts.contains(&m.post)).collect();
            let coverage = self.coverage(&campaign.id).await?;
            reach.push(Reach {
                messages: coverage.out,
                districts: coverage.published,
                of: coverage.units.len(),
                figures: figures(&part),
                campaign: campaign.id,
                name_hi: campaign.name_hi,
                name_en: campaign.name_en,
            });
        }
        let written = self.store.written(from, until).await?;
        let own_handles: Vec<&Silent> = handles.iter().filter(|h| own(&h.unit)).collect();
        Ok(Numbers {
            from,
            until,
            unit: unit.map(str::to_owned),
            mix: self.mix(unit, from, until).await?,
            service: league(&own_handles, &times, at),
            figures: figures(&measured.iter().collect::<Vec<_>>()),
            reach,
            sentiment: sentiment::count(written.iter().filter(|w| own(&w.unit)).map(|w| (w.at, w.body.as_str()))),
            dormant: own_handles.iter().filter_map(|h| dormant(h, &handles, &all, at)).collect(),
        })
    }
}

/// Measures by network, handle and name.
fn figures(measured: &[&Measured]) -> Vec<Figure> {
    let mut out: Vec<Figure> = Vec::new();
    let mut from = 0;
    while from < measured.len() {
        let key = |m: &Measured| (m.network.clone(), m.handle.clone(), m.name.clone());
        let first = measured[from];
        let end = measured[from..].iter().position(|m| key(m) != key(first)).map_or(measured.len(), |n| from + n);
        let mut values: Vec<i64> = measured[from..end].iter().map(|m| m.value).collect();
        values.sort_unstable();
        let known = DEFINITIONS.iter().find(|d| d.network.to_string() == first.network && d.name == first.name);
        out.push(Figure {
            network: first.network.clone(),
            handle: first.handle.clone(),
            unit: first.unit.clone(),
            name: first.name.clone(),
            en: known.map(|d| d.en.clone()).unwrap_or_default(),
            hi: known.map(|d| d.hi.clone()).unwrap_or_default(),
            posts: values.len(),
            // What is not known is not added up.
            total: known.filter(|d| d.adds).map(|_| values.iter().sum()),
            median: values[(values.len() - 1) / 2],
            most: values.last().copied().unwrap_or_default(),
        });
        from = end;
    }
    out
}

/// Handles by how they serve: the share in time, then how long half of the answers took.
fn league(handles: &[&Silent], times: &[AnswerTime], now: i64) -> Vec<Service> {
    let mut by_account: HashMap<&str, Vec<&AnswerTime>> = HashMap::new();
    for t in times {
        by_account.entry(t.account.as_str()).or_default().push(t);
    }
    let mut out: Vec<Service> = Vec::new();
    for h in handles {
        let Some(own) = by_account.get(h.account.as_str()) else { continue };
        let ended: Vec<(&AnswerTime, i64)> = own.iter().filter_map(|t| Some((*t, t.ended_at?))).collect();
        let overdue = own.iter().filter(|t| t.ended_at.is_none() && t.due_at < now).count();
        let in_time = ended.iter().filter(|(t, at)| *at <= t.due_at).count();
        let mut minutes: Vec<i64> = ended.iter().map(|(t, at)| (at - t.written_at).max(0) / 60_000_000).collect();
        minutes.sort_unstable();
        let counted = ended.len() + overdue;
        let percent = |part: usize| i64::try_from((part * 100 + counted / 2) / counted).unwrap_or_default();
        out.push(Service {
            rank: (counted >= ENOUGH).then_some(0),
            network: h.network.clone(),
            handle: h.handle.clone(),
            unit: h.unit.clone(),
            items: own.len(),
            answered: own.iter().filter(|t| t.state == "answered").count(),
            in_time: (counted > 0).then(|| percent(in_time)),
            overdue,
            median_minutes: (!minutes.is_empty()).then(|| minutes[(minutes.len() - 1) / 2]),
        });
    }
    out.sort_by_key(|s| (s.rank.is_none(), std::cmp::Reverse(s.in_time), s.median_minutes.unwrap_or(i64::MAX), s.handle.clone()));
    for (i, s) in out.iter_mut().filter(|s| s.rank.is_some()).enumerate() {
        s.rank = Some(i + 1);
    }
    out
}

fn dormant(h: &Silent, handles: &[Silent], units: &[Unit], now: i64) -> Option<Dormant> {
    let since = h.last_at.unwrap_or(h.created_at);
    if now - since < ASLEEP * DAY {
        return None;
    }
    let with = handles
        .iter()
        .filter(|o| o.account != h.account && o.network == h.network && o.state == "connected" && o.unit != h.unit)
        .find(|o| below(units, &h.unit, &o.unit))
        .map(|o| o.handle.clone());
    let long = now - since >= MERGE * DAY;
    let advice = match (&with, h.state.as_str()) {
        _ if !long && h.state != "connected" => Advice::Reconnect,
        (Some(_), _) if long => Advice::Merge,
        (None, _) if long && h.last_at.is_none() => Advice::Close,
        _ => Advice::Plan,
    };
    Some(Dormant {
        network: h.network.clone(),
        handle: h.handle.clone(),
        unit: h.unit.clone(),
        days: h.last_at.map(|at| (now - at) / DAY),
        advice,
        with,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent(account: &str, unit: &str, last_days: Option<i64>) -> Silent {
        Silent {
            account: account.into(),
            network: "x".into(),
            handle: format!("@{account}"),
            unit: unit.into(),
            state: "connected".into(),
            created_at: 0,
            last_at: last_days.map(|d| (1000 - d) * DAY),
            messages: 0,
        }
    }

    fn time(account: &str, took: Option<i64>) -> AnswerTime {
        AnswerTime {
            account: account.into(),
            written_at: 0,
            due_at: 240 * 60_000_000,
            state: if took.is_some() { "answered" } else { "new" }.into(),
            ended_at: took.map(|m| m * 60_000_000),
        }
    }

    #[test]
    fn the_league_goes_by_service_and_few_items_give_no_rank() {
        let handles =
            [silent("slow", "A", Some(1)), silent("good", "B", Some(1)), silent("few", "C", Some(1)), silent("none", "D", None)];
        let mut times: Vec<AnswerTime> = [300, 310, 320, 100, 110].iter().map(|m| time("slow", Some(*m))).collect();
        times.extend([10, 20, 30, 40].iter().map(|m| time("good", Some(*m))));
        times.push(time("good", None));
        times.push(time("few", Some(1)));
        let league = league(&handles.iter().collect::<Vec<_>>(), &times, 1000 * DAY);
        let shown: Vec<_> = league.iter().map(|s| (s.handle.as_str(), s.rank, s.in_time, s.median_minutes, s.overdue)).collect();
        assert_eq!(
            shown,
            [
                ("@good", Some(1), Some(80), Some(20), 1),
                ("@slow", Some(2), Some(40), Some(300), 0),
                ("@few", None, Some(100), Some(1), 0)
            ]
        );
    }

    #[test]
    fn sleeping_handles_get_advice_that_fits() {
        let unit =
            |code: &str, parent: Option<&str>| Unit { code: code.into(), parent: parent.map(str::to_owned), ..Unit::default() };
        let units = [unit("HQ", None), unit("T", Some("HQ"))];
        let handles =
            [silent("hq", "HQ", Some(1)), silent("t", "T", Some(100)), silent("nap", "T", Some(40)), silent("never", "HQ", None)];
        let advice: Vec<_> = handles
            .iter()
            .filter_map(|h| dormant(h, &handles, &units, 1000 * DAY))
            .map(|d| (d.handle, d.advice, d.with))
            .collect();
        assert_eq!(
            advice,
            [
                ("@t".to_owned(), Advice::Merge, Some("@hq".to_owned())),
                ("@nap".to_owned(), Advice::Plan, Some("@hq".to_owned())),
                ("@never".to_owned(), Advice::Close, None)
            ]
        );
    }

    #[test]
    fn people_reached_are_never_added_up_and_networks_stay_apart() {
        let m = |network: &str, name: &str, value| Measured {
            network: network.into(),
            account: "a".into(),
            handle: "@h".into(),
            unit: "T".into(),
            post: "p".into(),
            name: name.into(),
            value,
            at: 0,
        };
        let rows = [m("instagram", "reach", 10), m("instagram", "reach", 30), m("instagram", "views", 5), m("x", "views", 7)];
        let figures = figures(&rows.iter().collect::<Vec<_>>());
        let shown: Vec<_> =
            figures.iter().map(|f| (f.network.as_str(), f.name.as_str(), f.posts, f.total, f.median, f.most)).collect();
        assert_eq!(
            shown,
            [("instagram", "reach", 2, None, 10, 30), ("instagram", "views", 1, Some(5), 5, 5), ("x", "views", 1, None, 7, 7)],
            "an unknown name is not added up either"
        );
        assert!(DEFINITIONS.len() > 20 && DEFINITIONS.iter().all(|d| !d.en.is_empty() && !d.hi.is_empty()));
    }
}
