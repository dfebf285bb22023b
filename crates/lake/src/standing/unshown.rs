//! What was quashed, and is shown to nobody any more.
//!
//! The rows that speak of a quashed case, or of somebody in a case against whom the proceedings were quashed, are named by their place in the
//! received files: so one list serves the sources' own tables and the POLE tables made of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use futures::StreamExt;
use model::Standing;

use super::rule::Record;
use super::{Case, literal, person_of, read};
use crate::Lake;
use crate::error::Result;
use crate::home::TableName;

/// Places of rows: the received file, and the record in it.
type Places = HashSet<(String, i64)>;

/// One case, or one person in one, that is not shown.
#[derive(Debug, Default)]
struct Subject {
    /// What a court's order may name it by: the case, the person.
    keys: BTreeSet<String>,
    /// Rows of the sources' tables, of mentions and links.
    rows: Places,
    /// Rows of events: a report that names several persons stays when one of them goes.
    events: Places,
    sources: BTreeSet<String>,
}

/// Everything that is not shown.
#[derive(Debug, Default)]
pub(crate) struct Unshown {
    subjects: Vec<Subject>,
}

/// The list as it was made, and what of.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    made_of: Option<(Vec<Option<u64>>, Option<String>)>,
    unshown: Arc<Unshown>,
}

const NAME: &str = "no_longer_shown";

impl Unshown {
    /// A condition for the rows of a table that stay, and the function it calls; none where all of them do. What an order opens by its keys
    /// (`opened`) stays.
    pub(crate) fn filter(&self, table: &TableName, opened: &[&str]) -> Option<(String, ScalarUDF)> {
        let hidden = self.subjects.iter().filter(|s| !s.keys.iter().any(|key| opened.contains(&key.as_str())));
        let event = table.area == "pole" && table.name == "event";
        let mut places = Places::new();
        for subject in hidden {
            let of_source = || subject.sources.iter().any(|s| TableName::clean(s).name == table.name);
            if table.area == "pole" || of_source() {
                places.extend(if event { &subject.events } else { &subject.rows }.iter().cloned());
            }
        }
        if places.is_empty() {
            return None;
        }
        let gone = format!("{NAME}(\"_object\", \"_row\")");
        let condition = match (table.area.as_str(), table.name.as_str()) {
            // Stations, prisons and things belong to no case.
            ("pole", "location") => format!("NOT (coalesce(\"kind\", '') = 'place' AND {gone})"),
            ("clean", _) | ("pole", "person_mention" | "event" | "link" | super::TABLE) => format!("NOT {gone}"),
            _ => return None,
        };
        Some((condition, function(places)))
    }
}

fn function(places: Places) -> ScalarUDF {
    let mut by_object: HashMap<String, HashSet<i64>> = HashMap::new();
    for (object, row) in places {
        by_object.entry(object).or_default().insert(row);
    }
    let look = move |args: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(args)?;
        let (objects, rows) = (arrays[0].as_string::<i32>(), arrays[1].as_primitive::<Int64Type>());
        let gone: BooleanArray = (0..objects.len())
            .map(|i| {
                let there = objects.is_valid(i) && rows.is_valid(i);
                Some(there && by_object.get(objects.value(i)).is_some_and(|of| of.contains(&rows.value(i))))
            })
            .collect();
        Ok(ColumnarValue::Array(Arc::new(gone)))
    };
    create_udf(NAME, vec![DataType::Utf8, DataType::Int64], DataType::Boolean, Volatility::Immutable, Arc::new(look))
}

impl Lake {
    /// What is not shown at this moment. Made anew when the tables or the linkage have changed.
    pub(crate) async fn unshown(&self) -> Result<Arc<Unshown>> {
        let mut versions = Vec::new();
        for table in ["link", "person_mention", "event", "location"] {
            versions.push(self.open_table(&TableName::new("pole", table)).await?.map(|t| t.version()));
        }
        let linkage = self.linkage().await?;
        let made_of = Some((versions, linkage.as_ref().map(|l| l.header.at.clone())));
        if let Ok(kept) = self.kept_unshown().lock()
            && kept.made_of == made_of
        {
            return Ok(kept.unshown.clone());
        }
        let unshown = Arc::new(self.find_unshown().await?);
        if let Ok(mut kept) = self.kept_unshown().lock() {
            *kept = Kept { made_of, unshown: unshown.clone() };
        }
        Ok(unshown)
    }

    async fn find_unshown(&self) -> Result<Unshown> {
        let mut cases = BTreeSet::new();
        let Some(mut rows) = self.links("role = 'quashed'", "").await? else { return Ok(Unshown::default()) };
        while let Some(batch) = rows.next().await {
            cases.extend(read(&batch?)?.into_iter().map(|r| r.case));
        }
        if cases.is_empty() {
            return Ok(Unshown::default());
        }
        let list = cases.iter().map(|case| literal(case)).collect::<Vec<_>>().join(", ");
        let mut records: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        if let Some(mut rows) = self.links(&format!("to_key IN ({list})"), "").await? {
            while let Some(batch) = rows.next().await {
                read(&batch?)?.into_iter().for_each(|r| records.entry(r.case.clone()).or_default().push(r));
            }
        }
        let linkage = self.linkage().await?;
        let linked = |key: &str| linkage.as_ref().and_then(|l| person_of(l, key));
        let mut unshown = Unshown::default();
        for (case, records) in records {
            let told = Case::of(&records, &linked);
            let quashed: BTreeSet<&str> =
                told.all().filter(|(_, f)| f.standing == Standing::Quashed).map(|(key, _)| key).collect();
            if told.quashed() {
                unshown.subjects.push(self.whole_case(&case).await?);
            } else if !quashed.is_empty() {
                unshown.subjects.push(self.persons(&case, &quashed, &records).await?);
            }
        }
        Ok(unshown)
    }

    /// Every row that speaks of a case.
    async fn whole_case(&self, case: &str) -> Result<Subject> {
        let mut subject = Subject { keys: BTreeSet::from([case.to_owned()]), ..Subject::default() };
        let is = literal(case);
        let mut rows = Places::new();
        for (table, condition) in [
            ("person_mention", format!("event_key = {is}")),
            ("link", format!("to_key = {is} OR from_key = {is}")),
            ("location", format!("key = {}", literal(&format!("place:{case}")))),
        ] {
            self.places(table, &condition, &mut rows, &mut subject.sources).await?;
        }
        let events = format!("key = {is} OR case_key = {is}");
        self.places("event", &events, &mut subject.events, &mut subject.sources).await?;
        subject.rows = rows.union(&subject.events).cloned().collect();
        Ok(subject)
    }

    /// The rows that speak of some persons in a case.
    async fn persons(&self, case: &str, keys: &BTreeSet<&str>, records: &[Record]) -> Result<Subject> {
        let own = keys.iter().map(|k| (*k).to_owned());
        let mut subject = Subject { keys: own.chain([case.to_owned()]).collect(), ..Subject::default() };
        let (is, list) = (literal(case), keys.iter().map(|k| literal(k)).collect::<Vec<_>>().join(", "));
        let mut rows = Places::new();
        let mentions = format!("event_key = {is} AND person_key IN ({list})");
        self.places("person_mention", &mentions, &mut rows, &mut subject.sources).await?;
        let links = format!("to_key = {is} AND from_key IN ({list})");
        self.places("link", &links, &mut rows, &mut subject.sources).await?;
        let mut events = Places::new();
        // Appeals name the judgment they turn, and by it the person.
        let own = |r: &&Record| r.person.as_deref().is_some_and(|p| keys.contains(p));
        let judgments: BTreeSet<&str> = records.iter().filter(own).filter_map(|r| r.judgment.as_deref()).collect();
        let appeals = records.iter().filter(|r| r.turns.as_deref().is_some_and(|t| judgments.contains(t)));
        for appeal in appeals {
            rows.insert((appeal.row.object.clone(), appeal.row.row));
            subject.sources.insert(appeal.row.source.clone());
        }
        let alone = format!("case_key = {is} AND kind IN ('arrest', 'surrender', 'disposal', 'appeal')");
        self.places("event", &alone, &mut events, &mut BTreeSet::new()).await?;
        subject.events = events.intersection(&rows).cloned().collect();
        subject.rows = rows;
        Ok(subject)
    }

    async fn places(&self, table: &str, condition: &str, into: &mut Places, sources: &mut BTreeSet<String>) -> Result<()> {
        let Some(mut rows) = self.plain(table, "_source, _object, _row", condition, "").await? else { return Ok(()) };
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            let (source, object) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
            let row = batch.column(2).as_primitive::<Int64Type>();
            for i in 0..batch.num_rows() {
                into.insert((object.value(i).to_owned(), row.value(i)));
                sources.insert(source.value(i).to_owned());
            }
        }
        Ok(())
    }
}
