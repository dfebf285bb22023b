//! What is in the lake: tables with their contracts, columns, counts, freshness and quality.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sources::Contract;
use sources::contract::Period;

use crate::error::Result;
use crate::home::TableName;
use crate::pole;
use crate::{Lake, state};

/// One table of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TableInfo {
    /// `area.name`
    pub name: String,
    pub area: String,
    pub contract: Option<String>,
    pub contract_version: Option<String>,
    pub title_en: String,
    pub title_hi: String,
    pub description: String,
    pub owner: String,
    pub legal_basis: String,
    pub authority_required: bool,
    pub columns: Vec<ColumnInfo>,
    pub rows: u64,
    pub bytes: u64,
    pub files: usize,
    pub version: u64,
    pub orders: Vec<Vec<String>>,
    /// When rows last came in, and how often they should.
    pub last_ingest: Option<DateTime<Utc>>,
    pub expected_every: Option<String>,
    pub late: bool,
    pub retention: Option<String>,
    pub quality: Quality,
    /// False for a contract no file has come for yet.
    pub exists: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnInfo {
    pub name: String,
    pub data_type: String,
    pub classification: String,
    pub label_en: String,
    pub label_hi: String,
    pub description: String,
    pub required: bool,
    pub key: bool,
    pub system: bool,
}

/// Sums over all runs of a contract, as the store keeps them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    #[serde(rename = "in")]
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
    /// Rows in quarantine now.
    pub quarantined: u64,
    pub reasons: BTreeMap<String, u64>,
    pub runs: u64,
}

impl Lake {
    /// All tables, and the contracts that have none yet, by name.
    pub async fn catalog(&self) -> Result<Vec<TableInfo>> {
        let mut names = self.home().list()?;
        for contract in self.contracts() {
            let clean = TableName::clean(&contract.name);
            if !names.contains(&clean) {
                names.push(clean);
            }
        }
        names.sort();
        let mut out = Vec::with_capacity(names.len());
        for name in names {
            out.push(self.table_info(&name).await?);
        }
        Ok(out)
    }

    /// Tables whose name, title, description or columns contain all words of `text`.
    pub async fn search_catalog(&self, text: &str) -> Result<Vec<TableInfo>> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let mut all = self.catalog().await?;
        all.retain(|t| {
            let mut hay = format!("{} {} {} {} {}", t.name, t.title_en, t.title_hi, t.description, t.owner).to_lowercase();
            for c in &t.columns {
                hay.push_str(&format!(" {} {} {} {}", c.name, c.label_en, c.label_hi, c.description).to_lowercase());
            }
            words.iter().all(|w| hay.contains(w.as_str()))
        });
        Ok(all)
    }

    /// One table; fails with `NoTable` when neither it nor its contract exists.
    pub async fn table_info(&self, name: &TableName) -> Result<TableInfo> {
        let contract = self
            .contracts()
            .into_iter()
            .find(|c| matches!(name.area.as_str(), "clean" | "quarantine") && TableName::clean(&c.name).name == name.name);
        let table = self.open_table(name).await?;
        if table.is_none() && (contract.is_none() || name.area != "clean") {
            return Err(crate::LakeError::NoTable { name: name.to_string() });
        }
        let mut info =
            TableInfo { name: name.to_string(), area: name.area.clone(), exists: table.is_some(), ..TableInfo::default() };
        if let Some(c) = &contract {
            describe(&mut info, c);
            self.measure(&mut info, c).await?;
        } else if let Some(p) = (name.area == "pole").then(|| pole::find(&name.name)).flatten() {
            info.title_en = p.name.replace('_', " ");
            info.title_hi = info.title_en.clone();
            info.description = p.purpose.into();
        }
        if let Some(t) = &table {
            let files = t.files()?;
            info.rows = files.iter().map(|f| f.rows).sum();
            info.bytes = files.iter().map(|f| f.size).sum();
            info.files = files.len();
            info.version = t.version();
            if info.description.is_empty() {
                info.description = t.comment().unwrap_or_default();
            }
            for field in t.schema()?.fields() {
                let known = contract.as_ref().filter(|_| name.area == "clean").and_then(|c| c.column(field.name()));
                info.columns.push(ColumnInfo {
                    name: field.name().clone(),
                    data_type: type_name(field.data_type()),
                    classification: known
                        .map_or_else(|| default_class(name, field.name()).into(), |c| c.classification.to_string()),
                    label_en: known.map(|c| c.meaning.en.clone()).unwrap_or_default(),
                    label_hi: known.map(|c| c.meaning.hi.clone()).unwrap_or_default(),
                    description: known.map(|c| c.description.clone()).unwrap_or_default(),
                    required: known.is_some_and(|c| c.required),
                    key: known.is_some_and(|c| c.key_position.is_some()),
                    system: field.name().starts_with('_'),
                });
            }
        } else if let Some(c) = &contract {
            info.columns = c
                .columns
                .iter()
                .map(|c| ColumnInfo {
                    name: c.name.clone(),
                    data_type: type_name(c.field().data_type()),
                    classification: c.classification.to_string(),
                    label_en: c.meaning.en.clone(),
                    label_hi: c.meaning.hi.clone(),
                    description: c.description.clone(),
                    required: c.required,
                    key: c.key_position.is_some(),
                    system: false,
                })
                .collect();
        }
        Ok(info)
    }

    async fn measure(&self, info: &mut TableInfo, contract: &Contract) -> Result<()> {
        let sum = self.store().run_sum(&contract.name).await.map_err(state)?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        info.last_ingest = sum.last;
        info.quality = Quality {
            input: count(sum.input),
            accepted: count(sum.accepted),
            rejected: count(sum.rejected),
            duplicate: count(sum.duplicate),
            quarantined: 0,
            reasons: sum.reasons,
            runs: count(sum.runs),
        };
        if let Some(t) = self.open_table(&TableName::quarantine(&contract.name)).await? {
            info.quality.quarantined = t.rows()?;
        }
        if let (Some(every), Some(last)) = (&contract.freshness, info.last_ingest) {
            info.late = seconds(every).is_some_and(|s| (self.now() - last).num_seconds() as f64 > s);
        }
        Ok(())
    }
}

fn describe(info: &mut TableInfo, c: &Contract) {
    info.contract = Some(c.name.clone());
    info.contract_version = Some(c.version.clone());
    info.title_en = c.title.en.clone();
    info.title_hi = c.title.hi.clone();
    info.description = c.purpose.clone();
    info.owner = c.owner.clone();
    info.legal_basis = c.legal_basis.clone();
    info.authority_required = c.authority_required;
    info.orders = c.orders.clone();
    info.expected_every = c.freshness.as_ref().map(period);
    info.retention = c.retention.as_ref().map(period);
}

/// POLE, quarantine and identity tables hold what personal tables hold; they are classed no lower.
pub(crate) fn default_class(name: &TableName, column: &str) -> &'static str {
    match (name.area.as_str(), column) {
        (_, "_object" | "_row" | "_contract" | "_ingested_at" | "_source" | "_flags" | "_key" | "reason" | "field") => "internal",
        ("pole", "kind" | "role" | "relation" | "status" | "from_kind" | "to_kind") => "internal",
        _ => "personal",
    }
}

fn type_name(t: &arrow::datatypes::DataType) -> String {
    use arrow::datatypes::DataType::*;
    match t {
        Utf8 | LargeUtf8 | Utf8View => "string".into(),
        Int32 => "int32".into(),
        Int64 => "int64".into(),
        Float64 => "float64".into(),
        Boolean => "boolean".into(),
        Date32 => "date".into(),
        Timestamp(_, _) => "timestamp".into(),
        Time32(_) | Time64(_) => "time".into(),
        Decimal128(p, s) => format!("decimal({p},{s})"),
        other => other.to_string(),
    }
}

fn period(p: &Period) -> String {
    format!("{} {}", p.value, p.unit)
}

/// Seconds of a period; none for a unit that is not known.
pub fn seconds(p: &Period) -> Option<f64> {
    let day = 86_400.0;
    let unit = match p.unit.as_str() {
        "minutes" | "minute" | "min" => 60.0,
        "hours" | "hour" | "h" => 3600.0,
        "days" | "day" | "d" => day,
        "weeks" | "week" | "w" => 7.0 * day,
        "months" | "month" | "m" => 30.44 * day,
        "years" | "year" | "y" => 365.25 * day,
        _ => return None,
    };
    Some(p.value * unit)
}
