//! How a source stands: whether it is late, how much comes against what usually comes, what is refused and why.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, TimeDelta, Utc};
use lake::{Access, Lake, LakeError};
use serde::Serialize;
use serde_json::json;
use sources::Contract;
use store::{Alert, RunDay};

/// So many days are looked at.
pub const DAYS: i64 = 28;

/// What comes against what usually comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Volume {
    /// Fewer than five days with rows: nothing is usual yet.
    Unknown,
    Usual,
    /// Less than half of it.
    Low,
    /// More than twice as much.
    High,
}

/// One source.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    pub contract: String,
    pub title_en: String,
    pub title_hi: String,
    pub owner: String,
    pub legal_basis: String,
    /// Seconds; none where the contract expects no frequency.
    pub expected_seconds: Option<i64>,
    pub last: Option<DateTime<Utc>>,
    pub late: bool,
    /// Since when it has been late.
    pub late_since: Option<DateTime<Utc>>,
    /// The last [`DAYS`] days, the oldest first, days without rows too.
    pub days: Vec<RunDay>,
    /// Median of rows on days with rows, before the newest whole day.
    pub usual: Option<i64>,
    /// Rows on the newest whole day.
    pub yesterday: i64,
    pub volume: Volume,
    /// Refused rows of these days by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Accepted rows per hundred that were not repetitions; none where nothing came.
    pub quality: Option<f64>,
    /// Tables its rows go to.
    pub writes_to: Vec<String>,
    /// Pulls that bring it.
    pub pulls: Vec<String>,
}

/// How one source stands.
pub async fn standing(lake: &Lake, contract: &Contract) -> Result<Standing, LakeError> {
    let store = |e: store::StoreError| LakeError::Store(e.to_string());
    let now = lake.now();
    let expected = expected(contract);
    let last = lake.store().last_done(&contract.name).await.map_err(store)?.and_then(|run| run.finished_at);
    let since = now - Duration::days(DAYS);
    let found = lake.store().run_days(&contract.name, since).await.map_err(store)?;
    let days = every_day(&found, now);
    let (yesterday, usual) = usual(&days);
    let reasons = lake.store().run_reasons(&contract.name, since).await.map_err(store)?;
    let (accepted, rejected) = days.iter().fold((0, 0), |(a, r), d| (a + d.accepted, r + d.rejected));
    let late_since = late(expected, last, now);
    let mut writes_to = vec![format!("clean.{}", contract.table())];
    for statement in &contract.mapping {
        let table = format!("pole.{}", statement.table);
        if !writes_to.contains(&table) {
            writes_to.push(table);
        }
    }
    let pulls = crate::Pull::all(&lake.home().root().join("pulls")).into_iter().flatten();
    Ok(Standing {
        contract: contract.name.clone(),
        title_en: contract.title.en.clone(),
        title_hi: contract.title.hi.clone(),
        owner: contract.owner.clone(),
        legal_basis: contract.legal_basis.clone(),
        expected_seconds: expected,
        last,
        late: late_since.is_some(),
        late_since,
        usual,
        yesterday,
        volume: volume(yesterday, usual),
        reasons,
        quality: (accepted + rejected > 0).then(|| 100.0 * accepted as f64 / (accepted + rejected) as f64),
        writes_to,
        pulls: pulls.filter(|p| p.contract.as_deref() == Some(contract.name.as_str())).map(|p| p.name).collect(),
        days,
    })
}

/// Looks whether sources have become late, or have come again; logs each change once, and gives the alerts that last. A source from which
/// nothing has ever come is not late: nobody has begun to send it.
pub async fn watch(lake: &Lake, access: &Access) -> Result<Vec<Alert>, LakeError> {
    let store = |e: store::StoreError| LakeError::Store(e.to_string());
    let now = lake.now();
    for contract in lake.contracts() {
        let Some(expected) = expected(&contract) else { continue };
        let last = lake.store().last_done(&contract.name).await.map_err(store)?.and_then(|run| run.finished_at);
        let Some(last) = last else { continue };
        match late(Some(expected), Some(last), now) {
            Some(since) => {
                let (name, expected_seconds) = (contract.name.clone(), expected);
                let alert = Alert {
                    contract: name,
                    since: since.timestamp(),
                    until_at: None,
                    expected_seconds,
                    last_at: last.timestamp(),
                };
                if lake.store().open_alert(&alert).await.map_err(store)? {
                    tracing::warn!(source = contract.name, last = %last, "a source is late");
                    let what = json!({ "source": contract.name, "last": last.to_rfc3339(), "expected_seconds": expected });
                    lake.record(access, "late", true, what)?;
                }
            }
            None => {
                if lake.store().end_alert(&contract.name, last.timestamp()).await.map_err(store)? {
                    tracing::info!(source = contract.name, "a source has come again");
                }
            }
        }
    }
    lake.store().alerts(true, 1000).await.map_err(store)
}

/// Since when a source is late.
fn late(expected: Option<i64>, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let due = last? + TimeDelta::seconds(expected?);
    (due < now).then_some(due)
}

fn expected(contract: &Contract) -> Option<i64> {
    let every = contract.freshness.as_ref()?;
    lake::catalog::seconds(every).map(|s| s as i64)
}

/// All days up to today in Indian time, those without rows too.
fn every_day(found: &[RunDay], now: DateTime<Utc>) -> Vec<RunDay> {
    let today: NaiveDate = (now + TimeDelta::minutes(330)).date_naive();
    (0..DAYS)
        .rev()
        .map(|back| {
            let day = (today - Duration::days(back)).to_string();
            found.iter().find(|d| d.day == day).cloned().unwrap_or(RunDay { day, ..RunDay::default() })
        })
        .collect()
}

/// Rows of the newest whole day, and the median of those before.
fn usual(days: &[RunDay]) -> (i64, Option<i64>) {
    let Some((_, whole)) = days.split_last() else { return (0, None) };
    let Some((yesterday, before)) = whole.split_last() else { return (0, None) };
    let mut rows: Vec<i64> = before.iter().map(|d| d.input).filter(|n| *n > 0).collect();
    rows.sort_unstable();
    (yesterday.input, (rows.len() >= 5).then(|| rows[rows.len() / 2]))
}

fn volume(yesterday: i64, usual: Option<i64>) -> Volume {
    match usual {
        None => Volume::Unknown,
        Some(usual) if yesterday * 2 < usual => Volume::Low,
        Some(usual) if yesterday > usual * 2 => Volume::High,
        Some(_) => Volume::Usual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_the_middle_of_days_with_rows() {
        let now = DateTime::parse_from_rfc3339("2026-01-28T20:00:00Z").unwrap().to_utc();
        let day = |n: u32, input: i64| RunDay { day: format!("2026-01-{n:02}"), input, ..RunDay::default() };
        // By Indian time it is the 29th already.
        let found: Vec<RunDay> =
            [(20, 100), (21, 90), (22, 110), (23, 5000), (24, 100), (28, 40), (29, 1)].map(|(n, i)| day(n, i)).to_vec();
        let days = every_day(&found, now);
        assert_eq!((days.len() as i64, days[27].day.as_str(), days[26].input), (DAYS, "2026-01-29", 40));
        assert_eq!(usual(&days), (40, Some(100)));
        assert_eq!(
            (volume(40, Some(100)), volume(60, Some(100)), volume(201, Some(100))),
            (Volume::Low, Volume::Usual, Volume::High)
        );
        assert_eq!(usual(&every_day(&found[4..], now)), (40, None));
        assert_eq!(volume(40, None), Volume::Unknown);
    }

    #[test]
    fn late_is_later_than_expected() {
        let at = |s: i64| DateTime::from_timestamp(s, 0).unwrap();
        assert_eq!(late(Some(3600), Some(at(0)), at(3600)), None);
        assert_eq!(late(Some(3600), Some(at(0)), at(3601)), Some(at(3600)));
        assert_eq!((late(None, Some(at(0)), at(9_999)), late(Some(1), None, at(9_999))), (None, None));
    }
}
