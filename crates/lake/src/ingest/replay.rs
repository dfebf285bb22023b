//! Refused rows tried again under the contract as it is now.
//!
//! The raw object is read anew and only the rows that lie in quarantine count, so a mended header, encoding or mapping
//! helps as much as a mended rule. A row that passes leaves the quarantine; one that does not stays, with its reason of today.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use sources::Contract;

use super::journal::Journal;
use super::{Progress, RowSet, keys, parse, rewrite, strip, sweep};
use crate::Lake;
use crate::error::Result;
use crate::home::TableName;
use crate::raw;
use crate::rows;
use crate::runs::{Stamp, stored_schema};
use crate::table::{Change, Table};

/// What a replay did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Replayed {
    pub contract: String,
    /// Rows that lay in quarantine.
    #[serde(rename = "in")]
    pub input: u64,
    pub accepted: u64,
    /// Still refused.
    pub rejected: u64,
    pub duplicate: u64,
    pub reasons: BTreeMap<String, u64>,
}

impl Lake {
    /// Replays the quarantine of one contract.
    pub async fn replay(&self, contract: &Arc<Contract>, progress: &Arc<Progress>) -> Result<Replayed> {
        let clean = TableName::clean(&contract.name);
        let _lock = self.home().write_lock(&clean).await?;
        let mut total = Replayed { contract: contract.name.clone(), ..Replayed::default() };
        let Some(mut refused) = Table::open(self.home(), &TableName::quarantine(&contract.name)).await? else {
            return Ok(total);
        };
        self.plan_mapping(contract).await?;
        let waiting = tokio::task::block_in_place(|| waiting(&refused))?;
        // As they came: of two versions of a record without a number of its own the later one stands.
        let mut objects = Vec::new();
        for (object, rows) in waiting {
            let known = self.store().object(&object).await.map_err(crate::state)?;
            objects.push((known.map(|o| o.received_at), object, rows));
        }
        objects.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        for (_, object, rows) in objects {
            progress.check()?;
            let one = self.replay_object(contract, &mut refused, &object, rows, progress).await?;
            total.input += one.input;
            total.accepted += one.accepted;
            total.rejected += one.rejected;
            total.duplicate += one.duplicate;
            for (code, n) in one.reasons {
                *total.reasons.entry(code).or_default() += n;
            }
        }
        Ok(total)
    }

    async fn replay_object(
        &self,
        contract: &Arc<Contract>,
        refused: &mut Table,
        object: &str,
        rows_in: RowSet,
        progress: &Arc<Progress>,
    ) -> Result<Replayed> {
        let clean = TableName::clean(&contract.name);
        let file_name = self.object_name(object).await?;
        let mut file = raw::open(self.home(), object)?;
        let request = super::Request { contract: Some(contract.clone()), name: file_name.clone(), ..super::Request::default() };
        let (_, variant) = self.choose(&mut file, &request)?;
        let schema = stored_schema(&contract.arrow_schema());
        let mut table = Table::open_or_create(self.home(), &clean, &schema, &contract.purpose).await?;
        let withdrawn = Table::open(self.home(), &clean.ordered_by("withdrawn")).await?;
        let now = self.now_micros();
        let stamp =
            Stamp { source: contract.name.clone(), object: object.into(), contract: contract.version.clone(), ingested_at: now };
        let prefix = format!("re-{}", &object[..16.min(object.len())]);
        for t in [Some(&table), Some(&*refused), withdrawn.as_ref()].into_iter().flatten() {
            sweep(t, &prefix).await?;
        }
        let input = rows_in.len();
        let job = parse::Job {
            contract: contract.clone(),
            variant,
            name: file_name,
            file: raw::open(self.home(), object)?,
            limits: self.limits(),
            stamp: stamp.clone(),
            prefix: prefix.clone(),
            table_dir: table.root().into(),
            quarantine_dir: refused.root().into(),
            schema: schema.clone(),
            work: self.home().scratch().into(),
            memory: self.memory(),
            threads: self.threads(),
            only: Some(rows_in),
            fates: None,
            progress: progress.clone(),
        };
        let parsed = tokio::task::block_in_place(|| parse::run(job))?;
        let verdicts = tokio::task::block_in_place(|| {
            let refusals = crate::quarantine::Writer::new(refused.root(), &prefix, &stamp);
            let sides = keys::Sides {
                dir: table.root(),
                new: &parsed.files,
                table: Some(&table),
                withdrawn: withdrawn.as_ref(),
                by_row: false,
            };
            keys::check(contract, parsed.keys, sides, refusals, self.memory(), self.home().scratch())
        })?;
        let order = contract.orders.first().cloned().unwrap_or_default();
        let mut files = parsed.files;
        let mut tombstones = Vec::new();
        if !verdicts.tombstones.is_empty() {
            let holder = self.withdrawn(contract, &schema).await?;
            tombstones =
                tokio::task::block_in_place(|| parse::copy_rows(&table, &files, &holder, &prefix, &verdicts.tombstones))?;
        }
        if !verdicts.drop_new.is_empty() {
            files = tokio::task::block_in_place(|| strip(&table, files, &order, &prefix, &verdicts.drop_new))?;
        }
        let superseded = verdicts.superseded;
        let mut quarantined = parsed.quarantined;
        quarantined.extend(verdicts.refusals);
        // A row whose record is gone from the file as read today stays refused; nothing may vanish.
        let missing = input - parsed.input.min(input);
        let report = Replayed {
            contract: contract.name.clone(),
            input,
            rejected: parsed.rejected + superseded + missing,
            duplicate: verdicts.duplicates,
            accepted: parsed.input - parsed.rejected - superseded - verdicts.duplicates,
            reasons: super::report::with_superseded(parsed.reasons, superseded),
        };
        if !tombstones.is_empty() {
            let mut holder = self.withdrawn(contract, &schema).await?;
            holder.commit(Change { add: tombstones, ..Change::default() }).await?;
        }
        if !files.is_empty() || !verdicts.drop_old.is_empty() {
            let transaction = format!("replay/{object}/{}/{now}", contract.name);
            let journal = Journal {
                contract: contract.name.clone(),
                contract_yaml: contract.yaml.clone(),
                mapping_sql: contract.mapping_sql.clone(),
                transaction: transaction.clone(),
                stamp,
                dropped: verdicts.drop_old.clone(),
                passing: false,
            };
            let path = journal.write(self.home())?;
            let mut change = Change { add: files, transaction: Some(transaction), ..Change::default() };
            if !verdicts.drop_old.is_empty() {
                let (remove, add) = tokio::task::block_in_place(|| rewrite(&table, &order, &prefix, &verdicts.drop_old))?;
                change.remove = remove;
                change.add.extend(add);
            }
            table.commit(change).await?;
            self.finish_journal(&path).await?;
        }
        // Old refusals of these rows go, today's come, in one commit. Killed before it, the next replay finds the
        // accepted rows in the table and counts them as duplicates.
        swap(refused, object, &parsed.seen, quarantined).await?;
        Ok(report)
    }
}

async fn swap(refused: &mut Table, object: &str, read: &RowSet, quarantined: Vec<crate::table::DataFile>) -> Result<()> {
    let drop = |o: &str, row: i64| o == object && read.contains(row);
    let mut change = Change { add: quarantined, ..Change::default() };
    refused.refresh().await?;
    for file in refused.files()? {
        let name = format!("kept-{}.parquet", uuid::Uuid::now_v7().simple());
        if let Some((kept, _)) = rows::without(&refused.name, refused.root(), &file, &[], &name, &drop)? {
            change.remove.push(file);
            change.add.extend(kept);
        }
    }
    refused.commit(change).await?;
    Ok(())
}

/// Refused rows by object.
fn waiting(refused: &Table) -> Result<HashMap<String, RowSet>> {
    let mut out: HashMap<String, RowSet> = HashMap::new();
    for file in refused.files()? {
        let path = refused.root().join(&file.path);
        rows::origins(&refused.name, &path, |batch| {
            let objects = batch.column(0).as_string::<i32>();
            let rows = batch.column(1).as_primitive::<Int64Type>();
            // A row without an origin was put there by another program; there is no file to read it from.
            for i in (0..batch.num_rows()).filter(|i| objects.is_valid(*i)) {
                out.entry(objects.value(i).to_string()).or_default().insert(rows.value(i));
            }
        })?;
    }
    Ok(out)
}
