//! The only way to read the lake: a session bound to a person and a purpose.
//!
//! Tables appear in a session as governed views: policy decides, row filter and column masks are part of the plan, so no
//! query can reach around them. Before the first row leaves, the audit log says who asked, why, and which columns of which
//! tables are touched; if it cannot be written, nothing is answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, SchemaProvider, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::logical_expr::{LogicalPlan, ScalarUDF};
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use governance::{Action, Context, Decision, Effect, Principal, Role};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::govern::{self, Terms, govern};
use crate::home::TableName;
use crate::scan::{LakeTable, external};
use crate::standing;
use crate::table::Table;

/// Who asks, why, and as of when.
#[derive(Debug, Clone)]
pub struct Access {
    pub principal: Principal,
    pub context: Context,
    pub at: At,
}

/// Which state of the tables is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum At {
    #[default]
    Now,
    Version(u64),
    Time(chrono::DateTime<chrono::Utc>),
}

impl At {
    /// A whole number is a version; otherwise an instant or date as people write it, Indian time when it names no zone.
    pub fn parse(text: &str) -> Result<At> {
        use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
        let text = text.trim();
        if let Ok(version) = text.parse::<u64>() {
            return Ok(At::Version(version));
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(At::Time(time.with_timezone(&Utc)));
        }
        let local = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
            .iter()
            .find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|d| d.and_hms_opt(23, 59, 59)));
        let ist = chrono::FixedOffset::east_opt(19_800);
        local.zip(ist).and_then(|(l, z)| z.from_local_datetime(&l).single()).map(|t| At::Time(t.with_timezone(&Utc))).ok_or_else(
            || LakeError::Invalid(format!("{text:?} is neither a version nor a time; write 12, 2026-11-23 or 2026-11-23T18:30")),
        )
    }
}

/// A governed session. Cheap to make; make one per request. A table is opened once in it, so that all its queries read
/// the same state.
pub struct Session {
    lake: Lake,
    access: Access,
    action: Action,
    ctx: SessionContext,
    seen: Arc<Mutex<BTreeMap<String, String>>>,
    terms: Arc<Mutex<Terms>>,
    /// Set while the session serves one action of [`Lake::act`].
    tally: Option<Arc<Mutex<Tally>>>,
    /// What the action is about, for its record where it is refused or fails.
    about: Arc<Mutex<Option<serde_json::Value>>>,
}

/// What the queries of one action touched, for its one record in the access log.
#[derive(Debug, Default)]
struct Tally {
    touched: BTreeMap<String, BTreeSet<String>>,
    /// Names and numbers the queries asked for.
    asked: BTreeSet<String>,
    over: bool,
}

/// A query's result while it streams.
pub struct Answer {
    pub schema: SchemaRef,
    pub stream: SendableRecordBatchStream,
    /// Tables and their columns the query touches.
    pub touched: BTreeMap<String, BTreeSet<String>>,
}

impl Answer {
    /// Rows that are in memory already.
    pub fn of(schema: SchemaRef, rows: Vec<RecordBatch>) -> Self {
        let stream = futures::stream::iter(rows.into_iter().map(Ok));
        let stream = Box::pin(RecordBatchStreamAdapter::new(schema.clone(), stream));
        Answer { schema, stream, touched: BTreeMap::new() }
    }
}

impl Lake {
    /// Opens a session. Fails when the principal may not read at all.
    pub fn session(&self, access: &Access) -> Result<Session> {
        self.session_for(access, Action::Query)
    }

    /// A session whose answers leave as a file.
    pub fn exporting(&self, access: &Access) -> Result<Session> {
        self.session_for(access, Action::Export)
    }

    fn session_for(&self, access: &Access, action: Action) -> Result<Session> {
        let ctx = self.engine().context()?;
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let terms = Arc::<Mutex<Terms>>::default();
        let catalog = MemoryCatalogProvider::new();
        for area in ["clean", "quarantine", "pole", "identity"] {
            let schema = Area {
                lake: self.clone(),
                access: access.clone(),
                area: area.into(),
                action,
                seen: seen.clone(),
                terms: terms.clone(),
                opened: Arc::default(),
            };
            catalog.register_schema(area, Arc::new(schema))?;
        }
        ctx.register_catalog("lake", Arc::new(catalog));
        Ok(Session { lake: self.clone(), access: access.clone(), action, ctx, seen, terms, tally: None, about: Arc::default() })
    }

    /// One action of a person, whatever number of queries it takes: `look` reads through its own session and gives its
    /// answer, and what to note of it (ids, counts; never a value from a row). The access log then gets one record with
    /// that note and all tables and columns touched, and only after it is kept does the answer leave. A table that policy
    /// denies leaves a record of its own besides.
    pub async fn act<T, E, F, Fut>(&self, access: &Access, action: &str, look: F) -> Result<T, E>
    where
        E: From<LakeError>,
        F: FnOnce(Session) -> Fut,
        Fut: Future<Output = Result<(T, serde_json::Value), E>>,
    {
        // What leaves as a file is asked of the policies as such.
        let asked = if action == Action::Export.as_str() { Action::Export } else { Action::Query };
        self.act_as(access, action, asked, look).await
    }

    /// The same, with what the policies are asked for said apart from the record's name.
    pub async fn act_as<T, E, F, Fut>(&self, access: &Access, action: &str, asked: Action, look: F) -> Result<T, E>
    where
        E: From<LakeError>,
        F: FnOnce(Session) -> Fut,
        Fut: Future<Output = Result<(T, serde_json::Value), E>>,
    {
        let tally = Arc::<Mutex<Tally>>::default();
        let session = Session { tally: Some(tally.clone()), ..self.session_for(access, asked)? };
        let (seen, about) = (session.seen.clone(), session.about.clone());
        let outcome = look(session).await;
        let (touched, asked) = match tally.lock() {
            Ok(mut tally) => {
                tally.over = true;
                (std::mem::take(&mut tally.touched), std::mem::take(&mut tally.asked))
            }
            Err(_) => return Err(LakeError::Audit("what was read could not be collected".into()).into()),
        };
        let denied = seen.lock().is_ok_and(|seen| !seen.is_empty());
        let (answer, mut what) = match outcome {
            Ok((answer, what)) => (Ok(answer), what),
            Err(e) => {
                let mut what = serde_json::json!({ "outcome": if denied { "denied" } else { "failed" } });
                // Whom somebody wanted to look at is to be known most of all where he may not.
                if let Some(target) = about.lock().ok().and_then(|mut about| about.take()) {
                    what["looked_at"] = target;
                }
                (Err(e), what)
            }
        };
        if let Some(what) = what.as_object_mut() {
            what.insert("tables".into(), serde_json::json!(touched));
            self.hide_target(what);
            what.insert("marks".into(), serde_json::json!(self.marks(&asked)));
        }
        self.record(access, action, answer.is_ok() || !denied, what)?;
        answer
    }
}

impl Session {
    /// Says what the action is about (a kind and an id, never a value) before it reads: its record names that also where it is refused.
    pub fn about(&self, target: serde_json::Value) {
        if let Ok(mut about) = self.about.lock() {
            *about = Some(target);
        }
    }

    /// Plans and starts one SELECT. Anything that would change something is refused.
    pub async fn sql(&self, sql: &str) -> Result<Answer> {
        self.plan(sql, self.tally.is_none(), self.ctx.state()).await
    }

    /// The same for all rows of one query that leave: no more of them than may, also where the query is part of an action.
    pub async fn leaving(&self, sql: &str) -> Result<Answer> {
        self.plan(sql, true, self.ctx.state()).await
    }

    async fn plan(&self, sql: &str, whole: bool, state: SessionState) -> Result<Answer> {
        let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let plan = state.create_logical_plan(sql).await.map_err(|e| self.explain(e))?;
        options.verify_plan(&plan).map_err(|_| {
            LakeError::Denied("only SELECT is possible here; tables change by ingest, correction and erasure alone".into())
        })?;
        // A plan says how many rows a table has and which of them policy leaves out.
        if matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_)) && !self.access.principal.is(Role::Operator) {
            return Err(LakeError::Denied("EXPLAIN shows what is left out of an answer; it is the operator's".into()));
        }
        self.start(plan, sql, whole, state).await
    }

    /// Runs a query and collects its rows.
    pub async fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        Self::collect(self.sql(sql).await?).await
    }

    /// The same for a query that reads few rows, by their keys: planning it quickly matters more than planning it well.
    pub async fn few(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        Self::collect(self.plan(sql, self.tally.is_none(), self.lake.engine().few(&self.ctx)).await?).await
    }

    async fn collect(mut answer: Answer) -> Result<Vec<RecordBatch>> {
        let mut out = Vec::new();
        while let Some(batch) = answer.stream.next().await {
            out.push(batch?);
        }
        if out.is_empty() {
            out.push(RecordBatch::new_empty(answer.schema));
        }
        Ok(out)
    }

    /// Optimises once, and lets the first rows be found while the log is made durable. They stay here until it is: an
    /// answer that cannot be logged is not given.
    async fn start(&self, plan: LogicalPlan, sql: &str, whole: bool, state: SessionState) -> Result<Answer> {
        let mut asked = crate::audit::asked(&plan)?;
        let terms = self
            .terms
            .lock()
            .map(|terms| terms.clone())
            .map_err(|_| LakeError::Audit("the terms of a reading are lost".into()))?;
        let plan = match terms.least {
            Some(least) => {
                // With every conversion written out, so that it can be seen what may fail.
                let plan = state.analyzer().execute_and_check(plan, state.config_options(), |_, _| {});
                govern::counts_only(&terms, plan.map_err(|e| self.explain(e))?, least)?
            }
            None => plan,
        };
        let plan = state.optimize(&plan).map_err(|e| self.explain(e))?;
        let touched = touched(&plan)?;
        asked.extend(terms.looked_for(touched.keys()));
        let tallied = match &self.tally {
            None => None,
            Some(tally) => Some(note(tally, &touched, asked.clone())?),
        };
        let mut log = {
            let (lake, access, touched, sql) = (self.lake.clone(), self.access.clone(), touched.clone(), sql.to_string());
            let action = self.action;
            tokio::task::spawn_blocking(move || match tallied {
                Some(()) => Ok(None),
                None => lake.audit_query(&access, action, &touched, &asked, &sql).map(Some),
            })
        };
        let physical = state.query_planner().create_physical_plan(&plan, &state).await;
        let mut rows = match physical.and_then(|p| execute_stream(p, state.task_ctx())) {
            Ok(rows) => rows,
            Err(e) => {
                // Asked is asked, even when nothing came of it.
                log.await.map_err(|e| LakeError::Audit(e.to_string()))??;
                return Err(self.explain(e));
            }
        };
        let schema = rows.schema();
        let mut first = None;
        let logged = loop {
            tokio::select! {
                biased;
                logged = &mut log => break logged,
                batch = rows.next(), if first.is_none() => first = Some(batch),
            }
        };
        let query = logged.map_err(|e| LakeError::Audit(e.to_string()))??;
        let stream: SendableRecordBatchStream = match first {
            None => rows,
            // The rows ended before the log was written.
            Some(None) => Box::pin(RecordBatchStreamAdapter::new(schema.clone(), futures::stream::empty())),
            Some(Some(batch)) => {
                let all = futures::stream::iter([batch]).chain(rows);
                Box::pin(RecordBatchStreamAdapter::new(schema.clone(), all))
            }
        };
        let stream = terms.keep(stream, &self.lake, &self.access, sql, whole);
        let stream: SendableRecordBatchStream = match query {
            None => stream,
            Some(query) => {
                let (lake, access) = (self.lake.clone(), self.access.clone());
                Box::pin(Counted { stream, lake, access, query, rows: 0, ended: false })
            }
        };
        Ok(Answer { schema, stream, touched })
    }

    /// A denial inside planning comes out as the denial, not as a planning error.
    fn explain(&self, e: datafusion::error::DataFusionError) -> LakeError {
        let denied = self.seen.lock().ok().and_then(|seen| seen.values().next().cloned());
        match denied {
            Some(reason) => LakeError::Denied(reason),
            None => LakeError::Query(crate::error::cause(&e)),
        }
    }

    pub(crate) fn lake(&self) -> &Lake {
        &self.lake
    }

    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The folder of the search index. What it proposes is shown only as far as this session can read it.
    pub fn index_folder(&self) -> std::path::PathBuf {
        self.lake.index_folder()
    }

    /// Which mentions are one person, where a linkage has run. It holds no values; whoever shows its members reads them through this session.
    pub async fn linkage(&self) -> Result<Option<Arc<crate::linkage::Linkage>>> {
        self.lake.linkage().await
    }

    /// Whether the contract of `source` lets its rows be read only under an authority, and this session has none: the operator of a
    /// lake states one, everybody else was granted one.
    pub fn lacks_authority(&self, source: &str) -> bool {
        let Ok(contract) = self.lake.contract(source) else { return false };
        if !contract.authority_required {
            return false;
        }
        if self.access.principal.is(Role::Operator) {
            return self.access.context.authority.is_none();
        }
        let decision = self.lake.ruling(&self.access, Action::Query, &TableName::clean(source));
        decision.effect == Effect::Deny || decision.reaches_nothing()
    }

    /// Whether `area.name` is in the lake: a table appears with the first file of its source.
    pub fn has(&self, area: &str, name: &str) -> bool {
        self.lake.home().table(&TableName::new(area, name)).join("_delta_log").is_dir()
    }
}

/// Adds to an action's tally. After its record is written nothing more is read in its name.
fn note(tally: &Mutex<Tally>, touched: &BTreeMap<String, BTreeSet<String>>, asked: BTreeSet<String>) -> Result<()> {
    let mut tally = tally.lock().map_err(|_| LakeError::Audit("what was read could not be collected".into()))?;
    if tally.over {
        return Err(LakeError::Denied("this action is over and logged; begin another".into()));
    }
    for (table, columns) in touched {
        tally.touched.entry(table.clone()).or_default().extend(columns.iter().cloned());
    }
    tally.asked.extend(asked);
    Ok(())
}

/// Counts the rows of an answer on their way out, and logs the count when the last one left or the reader went away.
struct Counted {
    stream: SendableRecordBatchStream,
    lake: Lake,
    access: Access,
    /// Place of the query's record.
    query: u64,
    rows: u64,
    ended: bool,
}

impl futures::Stream for Counted {
    type Item = datafusion::error::Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.stream.poll_next_unpin(cx);
        match &next {
            Poll::Ready(Some(Ok(batch))) => self.rows += batch.num_rows() as u64,
            Poll::Ready(None) => self.ended = true,
            _ => {}
        }
        next
    }
}

impl datafusion::execution::RecordBatchStream for Counted {
    fn schema(&self) -> SchemaRef {
        self.stream.schema()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.lake.audit_answer(&self.access, self.query, self.rows, self.ended);
    }
}

/// The tables of one area, opened when a query names them.
#[derive(Debug)]
struct Area {
    lake: Lake,
    access: Access,
    area: String,
    action: Action,
    seen: Arc<Mutex<BTreeMap<String, String>>>,
    terms: Arc<Mutex<Terms>>,
    opened: Arc<Mutex<HashMap<TableName, Arc<dyn TableProvider>>>>,
}

impl Area {
    /// What is not shown of a table any more: see [`crate::standing`].
    async fn unshown(&self, name: &TableName) -> Result<Option<(String, ScalarUDF)>> {
        let opened = governance::shows_again(&self.lake.policies(), &self.access.principal, self.lake.now());
        Ok(self.lake.unshown().await?.filter(name, &opened))
    }

    /// Numbers of authorities by which a decision finds rows.
    fn looked_for(&self, decision: &Decision) -> BTreeSet<String> {
        let (Some(filter), Some(work)) = (&decision.row_filter, &self.access.principal.work) else { return BTreeSet::new() };
        let numbers = work.authorities_at(self.lake.now()).flat_map(|authority| &authority.numbers);
        numbers.filter(|number| filter.contains(&format!("'{number}'"))).cloned().collect()
    }
}

#[async_trait]
impl SchemaProvider for Area {
    fn table_names(&self) -> Vec<String> {
        self.lake
            .home()
            .list()
            .map(|all| {
                let names = all.into_iter().filter(|t| t.area == self.area).map(|t| t.name);
                names.chain((self.area == "pole").then(|| standing::TABLE.to_owned())).collect()
            })
            .unwrap_or_default()
    }

    async fn table(&self, name: &str) -> datafusion::error::Result<Option<Arc<dyn TableProvider>>> {
        let name = TableName::new(&self.area, name);
        if name.name.contains(['@', '/', '\\']) || name.name.starts_with('.') {
            return Ok(None);
        }
        if let Some(known) = self.opened.lock().ok().and_then(|opened| opened.get(&name).cloned()) {
            return Ok(Some(known));
        }
        let computed = name.area == "pole" && name.name == standing::TABLE;
        let provider = match computed {
            // What is in force is so now; there is no other state of it.
            true if self.access.at == At::Now => self.lake.standing_table().map_err(external)?,
            true => None,
            false => self.lake.provider(&name, &self.access.at).await.map_err(external)?,
        };
        let Some(provider) = provider else { return Ok(None) };
        let mut decision = self.lake.decide(&self.access, self.action, &name).map_err(external)?;
        if let Effect::Deny = decision.effect {
            let reason = decision.reason();
            if let Ok(mut seen) = self.seen.lock() {
                seen.insert(name.to_string(), reason.clone());
            }
            return Err(external(LakeError::Denied(reason)));
        }
        if let Ok(mut terms) = self.terms.lock() {
            terms.add(&name, &decision, self.looked_for(&decision));
        }
        let unshown = self.unshown(&name).await.map_err(external)?;
        let function = unshown.map(|(condition, function)| {
            decision.row_filter = Some(match decision.row_filter.take() {
                Some(filter) => format!("({filter}) AND {condition}"),
                None => condition,
            });
            function
        });
        let governed = govern(&name, provider, &decision, function, self.lake.engine().context().map_err(external)?).await?;
        if let Ok(mut opened) = self.opened.lock() {
            opened.insert(name, governed.clone());
        }
        Ok(Some(governed))
    }

    fn table_exist(&self, name: &str) -> bool {
        let stored = if self.area == "pole" && name == standing::TABLE { "link" } else { name };
        self.lake.home().table(&TableName::new(&self.area, stored)).join("_delta_log").is_dir()
    }
}

impl Lake {
    /// The table as a provider, with its second orders; `None` when there is no such table.
    pub(crate) async fn provider(&self, name: &TableName, at: &At) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(mut table) = self.open_table(name).await? else { return Ok(None) };
        match at {
            At::Now => {}
            At::Version(v) => table = table.at_version(*v).await?,
            At::Time(t) => table = table.at_time(*t).await?,
        }
        let mut others = Vec::new();
        if *at == At::Now
            && let Some(contract) = self.contracts().iter().find(|c| TableName::clean(&c.name) == *name)
        {
            for order in contract.orders.iter().skip(1) {
                let Some(first) = order.first() else { continue };
                if let Some(other) = self.open_table(&name.ordered_by(first)).await?
                    && other.rows()? == table.rows()?
                {
                    others.push((first.clone(), other));
                }
            }
        }
        Ok(Some(Arc::new(LakeTable::new(self.engine(), &table, &others)?)))
    }

    /// A table opened before is only brought up to date.
    pub(crate) async fn open_table(&self, name: &TableName) -> Result<Option<Table>> {
        let known = self.cached(name);
        let table = match known {
            Some(table) if table.is_newest() => return Ok(Some(table)),
            // A log that was emptied is noticed by opening anew; a state in memory would go on without it.
            Some(mut table) if crate::home::has_log(table.root()) => match table.refresh().await {
                Ok(()) => Some(table),
                Err(_) => Table::open(self.home(), name).await?,
            },
            _ => Table::open(self.home(), name).await?,
        };
        self.cache(name, table.clone());
        Ok(table)
    }
}

/// Base tables of a plan and the columns read from each.
fn touched(plan: &LogicalPlan) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let columns = out.entry(govern::named(&scan.table_name)).or_default();
            columns.extend(scan.projected_schema.fields().iter().map(|f| f.name().clone()));
            for filter in &scan.filters {
                columns.extend(filter.column_refs().into_iter().map(|c| c.name.clone()));
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(out)
}

/// Instants shown in Indian Standard Time: the same moments, another zone on the column.
pub fn in_ist(batch: &RecordBatch) -> Result<RecordBatch> {
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        match field.data_type() {
            DataType::Timestamp(unit, Some(_)) => {
                let to = DataType::Timestamp(
                    match unit {
                        TimeUnit::Nanosecond => TimeUnit::Nanosecond,
                        _ => TimeUnit::Microsecond,
                    },
                    Some("+05:30".into()),
                );
                columns.push(arrow::compute::cast(column, &to).map_err(crate::runs::arrow_error)?);
                fields.push(Field::new(field.name(), to, field.is_nullable()));
            }
            _ => {
                columns.push(column.clone());
                fields.push(field.as_ref().clone());
            }
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(crate::runs::arrow_error)
}
