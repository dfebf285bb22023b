//! What policy costs: a query of an officer's under an authority beside the operator's with the authority's terms as a condition.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use governance::{Action, Authority, Context, Principal, Rank, Role, Standing, Work};
use lake::{Access, At, Lake, LakeError, TableName};
use model::Purpose;
use serde_json::{Value, json};
use store::access::{Request, Work as Row};

const TABLE: &str = "clean.telecom_cdr";
/// Answers that warm what is cold.
const COLD: usize = 2;
const DECISIONS: usize = 200;

fn state(e: store::StoreError) -> LakeError {
    LakeError::Store(e.to_string())
}

fn operator(lake: &Lake) -> Access {
    let context = Context { purpose: Some(Purpose::Operation), case: None, authority: Some("BENCH".into()), now: lake.now() };
    Access { principal: Principal::operator(), context, at: At::Now }
}

/// An officer with a case and an authority for `numbers` and the days from `from` to `to`, as the store would say it.
async fn officer(lake: &Lake, numbers: &[String], from: i64, to: i64) -> Result<Access, LakeError> {
    let (now, account) = (lake.now(), "bench".to_owned());
    let at = |micros: i64| DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default();
    // As the store keeps it: to the microsecond.
    let until = at((now + TimeDelta::days(1)).timestamp_micros());
    let id = lake.store().fresh_id(now);
    let row = Row {
        id: id.clone(),
        purpose: Purpose::Case.as_str().into(),
        reference: "27541001/0001/2026".into(),
        sections: String::new(),
        reason: "bench".into(),
        unit: None,
        emergency: 0,
        numbers: String::new(),
        opened_by: account.clone(),
        opened_at: now.timestamp_micros(),
        until_at: until.timestamp_micros(),
        closed_at: None,
        closed_by: None,
        reviewed_at: None,
        reviewed_by: None,
        finding: None,
    };
    lake.store().open_work(&row, "").await.map_err(state)?;
    let request = Request {
        id: lake.store().fresh_id(now),
        kind: "authority".into(),
        work: id.clone(),
        account: account.clone(),
        reference: "BENCH".into(),
        items: String::new(),
        reason: "bench".into(),
        from_at: Some(from),
        to_at: Some(to),
        until_at: until.timestamp_micros(),
        requested_at: now.timestamp_micros(),
        requested_by: account.clone(),
        requester_rank: Rank::Inspector.as_str().into(),
        ..Request::default()
    };
    let asked = request.id.clone();
    lake.store().add_request(request).await.map_err(state)?;
    lake.store()
        .decide_request(&asked, "granted", "sp", Rank::Superintendent.as_str(), "", now.timestamp_micros())
        .await
        .map_err(state)?;
    let authority = Authority { reference: "BENCH".into(), numbers: numbers.to_vec(), from: at(from), to: at(to), until };
    let work = Work {
        id,
        purpose: Purpose::Case,
        reference: row.reference,
        standing: Standing::Open,
        until,
        emergency: false,
        units: Vec::new(),
        authorities: vec![authority],
        orders: Vec::new(),
        most_rows: None,
        releases: Vec::new(),
    };
    let principal = Principal {
        id: account,
        rank: Rank::Inspector,
        roles: vec![Role::InvestigatingOfficer],
        work: Some(work),
        ..Principal::operator()
    };
    Ok(Access { principal, context: Context { purpose: None, case: None, authority: None, now }, at: At::Now })
}

/// Milliseconds and rows of one answer, in a session of its own.
async fn timed(lake: &Lake, access: &Access, sql: &str) -> Result<(f64, usize), LakeError> {
    let started = Instant::now();
    let mut found = lake.session(access)?.sql(sql).await?;
    let mut rows = 0;
    while let Some(batch) = found.stream.next().await {
        rows += batch?.num_rows();
    }
    Ok((started.elapsed().as_secs_f64() * 1_000.0, rows))
}

async fn texts(lake: &Lake, sql: &str) -> Result<Vec<Vec<String>>, LakeError> {
    crate::output::texts(&lake.session(&operator(lake))?.rows(sql).await?)
}

/// Governed and bare time of each query, in turn, and how long a decision takes. `narrow` numbers are in the smaller authority.
pub(super) async fn compare(lake: &Lake, narrow: usize, repeat: usize) -> Result<Value, LakeError> {
    let none = || LakeError::Invalid(format!("{TABLE} has no rows to be read"));
    let numbers: Vec<String> = texts(
        lake,
        &format!("SELECT number FROM {TABLE} WHERE number IS NOT NULL GROUP BY number ORDER BY count(*) DESC, number LIMIT 2000"),
    )
    .await?
    .into_iter()
    .flatten()
    .collect();
    let ends = format!("SELECT arrow_cast(min(started_at), 'Int64'), arrow_cast(max(started_at), 'Int64') FROM {TABLE}");
    let ends: Vec<i64> = texts(lake, &ends).await?.into_iter().flatten().filter_map(|t| t.parse().ok()).collect();
    let (first, [begin, end]) = (numbers.first().ok_or_else(none)?.clone(), <[i64; 2]>::try_from(ends).map_err(|_| none())?);
    // The later three quarters: the window has to be looked at.
    let (from, to) = (begin + (end - begin) / 4, end + 1);
    let mut pairs = Vec::new();
    let by_day =
        format!("SELECT date_trunc('day', started_at) AS day, count(*) AS n, sum(duration_s) AS s FROM {TABLE}{{}} GROUP BY 1");
    let one = format!("SELECT * FROM {TABLE}{{}}");
    for (what, granted, sql, own) in [
        ("all granted rows of one number", narrow, &one, Some(format!("number = '{first}'"))),
        ("calls by day, of some numbers", narrow, &by_day, None),
        ("calls by day, of very many numbers", numbers.len(), &by_day, None),
    ] {
        let granted = &numbers[..granted.min(numbers.len())];
        let access = officer(lake, granted, from, to).await?;
        let terms = terms(granted, from, to);
        let governed = sql.replace("{}", &own.iter().map(|own| format!(" WHERE {own}")).collect::<String>());
        let plain = sql.replace("{}", &format!(" WHERE {}", own.into_iter().chain([terms]).collect::<Vec<_>>().join(" AND ")));
        let (mut ours, mut bare, mut rows) = (Vec::new(), Vec::new(), (0, 0));
        for round in 0..COLD + repeat {
            let (a, b) = (timed(lake, &access, &governed).await?, timed(lake, &operator(lake), &plain).await?);
            rows = (a.1, b.1);
            if round >= COLD {
                ours.push(a.0);
                bare.push(b.0);
            }
        }
        if rows.0 != rows.1 || rows.0 == 0 {
            return Err(LakeError::Invalid(format!("{what}: {} rows governed and {} bare", rows.0, rows.1)));
        }
        pairs.push(json!({ "what": what, "rows": rows.0, "governed_ms": ours, "plain_ms": bare }));
    }
    Ok(json!({ "pairs": pairs, "decision_ms": decisions(lake, &numbers, from, to).await? }))
}

/// An authority's terms as a condition of one's own.
fn terms(numbers: &[String], from: i64, to: i64) -> String {
    let numbers: Vec<String> = numbers.iter().map(|n| format!("'{n}'")).collect();
    let at = |micros: i64| format!("arrow_cast({micros}, 'Timestamp(Microsecond, Some(\"UTC\"))')");
    format!("number IN ({}) AND started_at >= {} AND started_at < {}", numbers.join(", "), at(from), at(to))
}

/// How long a decision takes the first time anybody asks so, and when it was asked before.
async fn decisions(lake: &Lake, numbers: &[String], from: i64, to: i64) -> Result<Value, LakeError> {
    let name = TableName::parse(TABLE);
    let access = officer(lake, &numbers[..numbers.len().min(5)], from, to).await?;
    let ask = |access: &Access| -> Result<f64, LakeError> {
        let started = Instant::now();
        lake.decide(access, Action::Query, &name)?;
        Ok(started.elapsed().as_secs_f64() * 1_000.0)
    };
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for n in 0..DECISIONS {
        // Nobody of this name asked before.
        let mut stranger = access.clone();
        stranger.principal.id = format!("bench-{n}");
        first.push(ask(&stranger)?);
        again.push(ask(&stranger)?);
    }
    Ok(json!({ "first": first, "again": again }))
}
