//! An answer for as long as what it stands on holds, and as much of it as may leave.
//!
//! A long answer outlives the click that asked for it. So before rows are handed on it is looked again: has the piece of work expired or
//! been closed, has the reader been taken off its team or transferred, was an authority or an order withdrawn?

use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;
use governance::{Authority, Principal, Standing, Work, release_mark};

use crate::Lake;
use crate::error::LakeError;
use crate::scan::external;
use crate::session::Access;

/// How long the store's word is taken: rows come in batches, and a long answer has thousands of them.
const TRUSTED: Duration = Duration::from_millis(250);

/// Reference of the leave that an emergency itself gives; it ends with the emergency.
const EMERGENCY: &str = "emergency";

struct Kept {
    stream: SendableRecordBatchStream,
    lake: Lake,
    principal: Principal,
    ends: DateTime<Utc>,
    /// Rows that may leave, and the query a release would name.
    above: Option<(u64, String)>,
    rows: u64,
    looked: Option<Instant>,
    over: bool,
}

/// The rows of `stream`, until what they stand on ends or more than `above` would leave. What was over already when this was asked has given
/// nothing, and its end takes nothing away.
pub(crate) fn keep(
    stream: SendableRecordBatchStream,
    lake: &Lake,
    access: &Access,
    above: Option<(u64, String)>,
) -> SendableRecordBatchStream {
    let asked_at = access.context.now;
    let mut principal = access.principal.clone();
    principal.work = principal.work.filter(|work| work.standing_at(asked_at) == Standing::Open);
    let ends = principal.work.as_ref().map_or(DateTime::<Utc>::MAX_UTC, |work| work.ends_first(asked_at));
    let schema = stream.schema();
    let kept = Kept { stream, lake: lake.clone(), principal, ends, above, rows: 0, looked: None, over: false };
    let rows = futures::stream::unfold(kept, |mut kept| async move {
        let batch = kept.next().await;
        batch.map(|batch| (batch, kept))
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, rows))
}

impl Kept {
    async fn next(&mut self) -> Option<Result<RecordBatch>> {
        if self.over {
            return None;
        }
        let batch = self.stream.next().await?;
        let batch = match batch {
            Ok(batch) => self.hand_on(batch).await,
            Err(e) => Err(e),
        };
        self.over = batch.is_err();
        Some(batch)
    }

    async fn hand_on(&mut self, batch: RecordBatch) -> Result<RecordBatch> {
        if !self.stands().await.map_err(external)? {
            return Err(external(LakeError::Denied(
                "what this was read under (the piece of work, an authority or an order) ended while the query ran".into(),
            )));
        }
        self.rows += batch.num_rows() as u64;
        match &self.above {
            Some((above, query)) if self.rows > *above => Err(external(unreleased(*above, query))),
            _ => Ok(batch),
        }
    }

    /// Whether what was read under still holds.
    async fn stands(&mut self) -> crate::Result<bool> {
        if self.lake.now() >= self.ends {
            return Ok(false);
        }
        let Some(work) = &self.principal.work else { return Ok(true) };
        if self.looked.is_some_and(|at| at.elapsed() < TRUSTED) {
            return Ok(true);
        }
        let stands = holds(&self.lake, &self.principal, work).await?;
        self.looked = Some(Instant::now());
        Ok(stands)
    }
}

impl Lake {
    /// Whether so many rows that were read may leave as a file; `asked` is what a release would name: a query, or the address of a page's
    /// table.
    ///
    /// # Errors
    /// [`LakeError::Unreleased`] where they are too many and nobody released them.
    pub fn may_leave(&self, access: &Access, asked: &str, rows: u64) -> crate::Result<()> {
        let Some(work) = &access.principal.work else { return Ok(()) };
        match work.most_rows.filter(|most| rows > *most) {
            Some(most) if !work.releases.contains(&release_mark(asked)) => Err(unreleased(most, asked)),
            _ => Ok(()),
        }
    }
}

/// What is said of an answer that is too large to leave.
fn unreleased(above: u64, query: &str) -> LakeError {
    LakeError::Unreleased { above, query: query.to_owned() }
}

/// Whether the store still says of a piece of work what it said when it was taken in hand.
async fn holds(lake: &Lake, principal: &Principal, work: &Work) -> crate::Result<bool> {
    let store = lake.store();
    let Some(row) = store.work(&work.id).await.map_err(crate::state)? else { return Ok(false) };
    if row.closed_at.is_some() {
        return Ok(false);
    }
    let unit = principal.unit.as_deref().unwrap_or_default();
    if store.member(&work.id, &principal.id).await.map_err(crate::state)?.is_none_or(|member| member.unit != unit) {
        return Ok(false);
    }
    let now = lake.now();
    let authorities: Vec<&Authority> =
        work.authorities_at(now).filter(|a| !(work.emergency && a.reference == EMERGENCY)).collect();
    let orders: Vec<_> = work.orders.iter().filter(|o| o.until > now).collect();
    if authorities.is_empty() && orders.is_empty() {
        return Ok(true);
    }
    let granted = store.granted(&work.id).await.map_err(crate::state)?;
    let still = |kind: &str, reference: &str, until: DateTime<Utc>| {
        granted.iter().any(|r| r.kind == kind && r.reference == reference && r.until_at == until.timestamp_micros())
    };
    Ok(authorities.iter().all(|a| still("authority", &a.reference, a.until))
        && orders.iter().all(|o| still("order", &o.reference, o.until)))
}
