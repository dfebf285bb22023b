//! What became of each row of a small file: a feed tells its sender line by line.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use sources::{Contract, Reject};

use super::RowSet;
use super::keys::Verdicts;

/// A refused row: why, without its values beyond what the message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Counted from 1.
    pub row: i64,
    /// Stable word, as in [`sources::Reason`].
    pub code: String,
    pub column: Option<String>,
    pub message: String,
}

/// What became of the rows that did not simply enter the table, and which came late.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fates {
    pub refused: Vec<Refusal>,
    /// Rows that were there already.
    pub duplicate: RowSet,
    /// Rows whose event lies further back than the contract's freshness.
    pub late: RowSet,
    /// The column that says when an event happened, and the instant before which it is late.
    clock: Option<(String, i64)>,
}

impl Fates {
    /// `now` in microseconds since 1970.
    pub(super) fn of(contract: &Contract, now: i64) -> Fates {
        let every = contract.freshness.as_ref().and_then(crate::catalog::seconds);
        let clock = contract.event_time().zip(every).map(|(column, s)| (column.to_string(), now - (s * 1e6) as i64));
        Fates { clock, ..Fates::default() }
    }

    pub(super) fn parsed(&mut self, batch: &RecordBatch, rejects: &[Reject]) {
        self.refused.extend(rejects.iter().filter_map(|reject| {
            let first = reject.reasons.first()?;
            let (column, message) = (first.column.clone(), first.message.clone());
            Some(Refusal { row: reject.row, code: first.code.to_string(), column, message })
        }));
        let Some((column, before)) = &self.clock else { return };
        let (Some(times), Some(rows)) = (batch.column_by_name(column), batch.column_by_name("_row")) else { return };
        if !matches!(times.data_type(), DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, _)) {
            return;
        }
        let (times, rows) = (times.as_primitive::<TimestampMicrosecondType>(), rows.as_primitive::<Int64Type>());
        for i in (0..times.len()).filter(|i| times.is_valid(*i) && times.value(*i) < *before) {
            self.late.insert(rows.value(i));
        }
    }

    pub(super) fn judged(&mut self, verdicts: &Verdicts) {
        self.duplicate.extend(&verdicts.repeated);
        self.refused.extend(verdicts.outdated.iter().map(|(row, why)| Refusal {
            row: *row,
            code: "superseded".into(),
            column: None,
            message: why.clone(),
        }));
    }

    pub(super) fn joined(one: Option<Fates>, other: Option<Fates>) -> Option<Fates> {
        let (Some(mut one), Some(other)) = (one.clone(), other.clone()) else { return one.or(other) };
        one.refused.extend(other.refused);
        one.duplicate.extend(&other.duplicate);
        one.late.extend(&other.late);
        Some(one)
    }
}
