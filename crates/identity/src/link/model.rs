//! The model file: what is compared, how, and when two records are one.
//!
//! Everything may be left out; [`crate::link::draft`] fills in what a table suggests.

use serde::{Deserialize, Serialize};

use crate::link::error::LinkError;
use crate::link::level::Level;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Pairs within one table.
    Dedupe,
    /// Pairs across two tables.
    Link,
    /// Pairs within and across.
    LinkAndDedupe,
}

/// What a field's values are; it decides how they are normalised and the levels when the model gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One or a few words naming a person, each an element (given name, surname).
    Name,
    /// A whole name of several elements in any order.
    FullName,
    /// Short text without inner structure.
    Text,
    /// Several words: addresses, titles.
    Words,
    Date,
    /// A quantity: nearness means something.
    Number,
    /// Digits that identify: a telephone, a document; nearness means a slip.
    Digits,
    Email,
    Postcode,
    /// One of few values.
    Category,
    /// Latitude and longitude in degrees, from two columns.
    Place,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub name: String,
    /// Columns whose values, joined by blanks, are the field; the column called as the field when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The same in the second table, where they are called differently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<String>,
    #[serde(default = "text")]
    pub kind: Kind,
    /// Independent kinds of evidence: fields of one group count once towards `evidence.minimum`. The kind's own group when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// From the closest to the loosest; the kind's own when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// Whether agreement on a rare value says more than on a common one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_frequency: Option<bool>,
    /// A field that decides this one where it agrees exactly (a PIN code and its district): then this one says nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// False for fields that only block or exclude.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub compare: bool,
    /// Two records that have different values here are never in one cluster: values differ where no level holds. Judgements may say otherwise.
    #[serde(default, skip_serializing_if = "is_no")]
    pub exclusive: bool,
}

fn text() -> Kind {
    Kind::Text
}

fn yes() -> bool {
    true
}

fn is_no(b: &bool) -> bool {
    !*b
}

fn is_yes(b: &bool) -> bool {
    *b
}

/// A blocking rule: records with equal keys in all expressions are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    pub on: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Match probability from which a pair is one without a person looking.
    pub merge: f64,
    /// From here to `merge`: review.
    pub review: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        // With calibrated probabilities no threshold for the best F1 lies above one half (Lipton, Elkan, Naryanaswamy 2014).
        Thresholds { merge: 0.5, review: 0.05 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evidence {
    /// Groups of fields that must speak for a merge, each with at least `bits`. Two: a name alone never merges.
    pub minimum: usize,
    pub bits: f64,
}

impl Default for Evidence {
    fn default() -> Self {
        Evidence { minimum: 1, bits: 1.0 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Training {
    /// Share of random pairs that match; estimated when absent.
    pub prior: Option<f64>,
    /// Rounds of expectation and maximisation at most.
    pub rounds: usize,
    /// Random pairs for the chance of agreeing without being one.
    pub sample: usize,
    /// Candidate pairs looked at in training at most; the rest follows by proportion.
    pub pairs: usize,
}

impl Default for Training {
    fn default() -> Self {
        Training { prior: None, rounds: 100, sample: 1_000_000, pairs: 4_000_000 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clustering {
    /// Records one cluster may have.
    pub largest: usize,
    /// Whether a record of one table is at most one of the other's (`link` only); found from the data when absent.
    pub one_to_one: Option<bool>,
}

impl Default for Clustering {
    fn default() -> Self {
        Clustering { largest: 200, one_to_one: None }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Rows a block may have before it is split by the other fields.
    pub block: usize,
    /// Candidate pairs aimed at when blocking is drafted; absent: 10 a record, 30 million at least.
    pub pairs: Option<u64>,
    /// Mebibytes that scored pairs may take in memory before they go to disk.
    pub memory_mb: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { block: 1_000, pairs: None, memory_mb: 256 }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    /// Dedupe with one table, link with two when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Column of the records' ids; row numbers when the table has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The same in the second table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_right: Option<String>,
    /// Columns never looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Values that mean "missing", in lower case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    pub thresholds: Thresholds,
    pub evidence: Evidence,
    pub training: Training,
    pub clustering: Clustering,
    pub limits: Limits,
    #[serde(rename = "field", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    #[serde(rename = "block", skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
}

impl Model {
    pub fn parse(text: &str) -> Result<Model, LinkError> {
        let model: Model = toml::from_str(text).map_err(|e| LinkError::Model(e.to_string()))?;
        model.check()?;
        Ok(model)
    }

    pub fn to_toml(&self) -> Result<String, LinkError> {
        toml::to_string(self).map_err(|e| LinkError::Model(e.to_string()))
    }

    /// What can be said without a table.
    fn check(&self) -> Result<(), LinkError> {
        let wrong = |text: String| Err(LinkError::Model(text));
        let t = &self.thresholds;
        if !(0.0..=1.0).contains(&t.review) || !(0.0..=1.0).contains(&t.merge) || t.review > t.merge {
            return wrong(format!(
                "thresholds must be probabilities with review ≤ merge, not review = {} and merge = {}",
                t.review, t.merge
            ));
        }
        if self.training.prior.is_some_and(|p| !(p > 0.0 && p < 1.0)) {
            return wrong("training.prior must lie between 0 and 1".into());
        }
        if self.clustering.largest < 2 || self.limits.block < 2 {
            return wrong("clustering.largest and limits.block must be at least 2".into());
        }
        for (i, field) in self.fields.iter().enumerate() {
            if self.fields[..i].iter().any(|f| f.name == field.name) {
                return wrong(format!("two fields are called {}", field.name));
            }
            let known = |name: &str| self.fields.iter().any(|f| f.name == name);
            for level in &field.levels {
                match level.parse::<Level>() {
                    Err(e) => return wrong(format!("field {}: {e}", field.name)),
                    Ok(Level::Swapped(other)) if !known(&other) => {
                        return wrong(format!("field {}: swapped({other}) names no field of the model", field.name));
                    }
                    Ok(_) => {}
                }
            }
            if let Some(given) = field.given.as_ref().filter(|g| **g == field.name || !known(g)) {
                return wrong(format!("field {}: given = {given:?} must name another field of the model", field.name));
            }
        }
        Ok(())
    }
}

impl Field {
    /// A field of a kind, everything else as it comes.
    pub fn new(name: &str, kind: Kind) -> Field {
        Field {
            name: name.into(),
            columns: Vec::new(),
            right: Vec::new(),
            kind,
            group: None,
            levels: Vec::new(),
            term_frequency: None,
            given: None,
            compare: true,
            exclusive: false,
        }
    }
}
