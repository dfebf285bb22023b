//! What finished runs came to, kept by contract and day: a feed makes tens of thousands of runs a day, and no page may add them up anew.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde::Serialize;

use crate::error::Result;
use crate::run::Counts;
use crate::social::{change_in, rows_in};
use crate::{Run, Store};

/// What came in on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct RunDay {
    /// In Indian time, `2026-01-05`.
    pub day: String,
    pub runs: i64,
    pub input: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub duplicate: i64,
}

/// What all finished runs of a contract came to, but for those that only repeated what was there: a file that comes again says nothing new
/// about its source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunSum {
    pub runs: i64,
    pub input: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub duplicate: i64,
    /// When the last run ended, of whichever kind.
    pub last: Option<DateTime<Utc>>,
    /// Refused rows by the first reason of each.
    pub reasons: BTreeMap<String, u64>,
}

#[derive(Debug, FromQueryResult)]
struct Sum {
    runs: i64,
    idle: i64,
    input: i64,
    accepted: i64,
    rejected: i64,
    duplicate: i64,
    repeated: i64,
    /// Microseconds since 1970.
    last_at: i64,
}

#[derive(Debug, FromQueryResult)]
struct Reason {
    code: String,
    rejected: i64,
}

/// The day of a moment, in Indian time.
fn day(at: DateTime<Utc>) -> String {
    (at + TimeDelta::minutes(330)).date_naive().to_string()
}

/// Adds a run that has just ended well. Called within the transaction that ends it.
pub(crate) async fn add(db: &impl ConnectionTrait, run: &Run, counts: &Counts, now: DateTime<Utc>) -> Result<()> {
    let idle = counts.accepted + counts.rejected == 0 && counts.duplicate > 0;
    let day = day(run.started_at);
    let add = |column: &str| format!("{column} = run_total.{column} + excluded.{column}");
    let columns = ["runs", "idle", "input", "accepted", "rejected", "duplicate", "repeated"];
    let sums: Vec<String> = columns.iter().map(|c| add(c)).collect();
    let sql = format!(
        "INSERT INTO run_total (contract, day, {}, last_at) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (contract, day) DO UPDATE SET {}, \
         last_at = CASE WHEN excluded.last_at > run_total.last_at THEN excluded.last_at ELSE run_total.last_at END",
        columns.join(", "),
        sums.join(", ")
    );
    let repeated = if idle { counts.duplicate } else { 0 };
    let values: Vec<Value> = vec![
        run.contract.clone().into(),
        day.clone().into(),
        i64::from(idle).into(),
        counts.input.into(),
        counts.accepted.into(),
        counts.rejected.into(),
        counts.duplicate.into(),
        repeated.into(),
        now.timestamp_micros().into(),
    ];
    change_in(db, &sql, values).await?;
    Ok(())
}

/// Adds why rows were refused; `report` is the run's.
pub(crate) async fn add_reasons(db: &impl ConnectionTrait, run: &Run, report: Option<&serde_json::Value>) -> Result<()> {
    let reasons = report.and_then(|r| r.get("reasons")).and_then(|r| r.as_object());
    // In one order for all, so that two programs never wait for each other.
    let reasons: BTreeMap<&String, i64> =
        reasons.into_iter().flatten().map(|(code, n)| (code, n.as_i64().unwrap_or(0))).collect();
    let sql = "INSERT INTO run_reason (contract, day, code, rejected) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (contract, day, code) DO UPDATE SET rejected = run_reason.rejected + excluded.rejected";
    for (code, n) in reasons {
        let values = vec![run.contract.clone().into(), day(run.started_at).into(), code.clone().into(), n.into()];
        change_in(db, sql, values).await?;
    }
    Ok(())
}

fn reasons(found: Vec<Reason>) -> BTreeMap<String, u64> {
    found.into_iter().map(|r| (r.code, u64::try_from(r.rejected).unwrap_or(0))).collect()
}

impl Store {
    /// Finished runs of a contract, summed by day, the oldest first. Days without runs are not there.
    pub async fn run_days(&self, contract: &str, since: DateTime<Utc>) -> Result<Vec<RunDay>> {
        let sql = "SELECT day, runs, input, accepted, rejected, duplicate FROM run_total WHERE contract = $1 AND day >= $2 ORDER BY day";
        rows_in(&self.db, sql, vec![contract.into(), day(since).into()]).await
    }

    /// Why rows of a contract were refused since a moment's day.
    pub async fn run_reasons(&self, contract: &str, since: DateTime<Utc>) -> Result<BTreeMap<String, u64>> {
        let sql = "SELECT code, CAST(sum(rejected) AS BIGINT) AS rejected FROM run_reason WHERE contract = $1 AND day >= $2 GROUP BY code";
        Ok(reasons(rows_in(&self.db, sql, vec![contract.into(), day(since).into()]).await?))
    }

    /// Objects of a contract's finished runs that were received before a moment, in order of name.
    pub async fn received_before(&self, contract: &str, before: DateTime<Utc>) -> Result<Vec<String>> {
        #[derive(FromQueryResult)]
        struct Found {
            sha256: String,
        }
        let sql = "SELECT sha256 FROM object WHERE received_at < $2 AND EXISTS \
            (SELECT 1 FROM run WHERE run.object = object.sha256 AND run.contract = $1 AND run.state = 'done') ORDER BY sha256";
        let found: Vec<Found> = rows_in(&self.db, sql, vec![contract.into(), before.into()]).await?;
        Ok(found.into_iter().map(|f| f.sha256).collect())
    }

    /// What all finished runs of a contract came to.
    pub async fn run_sum(&self, contract: &str) -> Result<RunSum> {
        let sum = |c: &str| format!("CAST(COALESCE(sum({c}), 0) AS BIGINT) AS {c}");
        let columns = ["runs", "idle", "input", "accepted", "rejected", "duplicate", "repeated"].map(sum);
        let sql = format!(
            "SELECT {}, CAST(COALESCE(max(last_at), 0) AS BIGINT) AS last_at FROM run_total WHERE contract = $1",
            columns.join(", ")
        );
        let found: Vec<Sum> = rows_in(&self.db, &sql, vec![contract.into()]).await?;
        let why = "SELECT code, CAST(sum(rejected) AS BIGINT) AS rejected FROM run_reason WHERE contract = $1 GROUP BY code";
        let reasons = reasons(rows_in(&self.db, why, vec![contract.into()]).await?);
        let Some(s) = found.into_iter().next() else { return Ok(RunSum::default()) };
        Ok(RunSum {
            runs: s.runs - s.idle,
            input: s.input - s.repeated,
            accepted: s.accepted,
            rejected: s.rejected,
            duplicate: s.duplicate - s.repeated,
            last: DateTime::from_timestamp_micros(s.last_at).filter(|_| s.last_at > 0),
            reasons,
        })
    }
}
