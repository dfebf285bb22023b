//! What training found, as it is saved.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::link::comparison::Comparisons;
use crate::link::error::LinkError;
use crate::link::frame::Frame;

/// One level of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelParameters {
    /// As in the model; "none" for no agreement.
    pub level: String,
    /// Probability of this level for two records of one thing, both having a value.
    pub m: f64,
    /// The same for two records of different things.
    pub u: f64,
}

impl LevelParameters {
    /// Evidence in bits: log2(m / u).
    pub fn bits(&self) -> f64 {
        (self.m / self.u).log2()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldParameters {
    pub field: String,
    pub levels: Vec<LevelParameters>,
}

/// Fellegi and Sunter's parameters. JSON; the file can be read, kept and given back to a later run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// Share of all pairs that match.
    pub prior: f64,
    pub fields: Vec<FieldParameters>,
    /// Rounds of training, and whether it came to rest.
    pub rounds: usize,
    pub converged: bool,
    /// What a reader should know: a fall-back taken, a field without information.
    pub notes: Vec<String>,
}

impl Parameters {
    /// log2 of the prior odds.
    pub fn prior_bits(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }

    pub fn save(&self, path: &Path) -> Result<(), LinkError> {
        let text = serde_json::to_string_pretty(self).map_err(|e| LinkError::Data(e.to_string()))?;
        std::fs::write(path, text + "\n").map_err(LinkError::io("writing", path))
    }

    pub fn load(path: &Path) -> Result<Parameters, LinkError> {
        let text = std::fs::read_to_string(path).map_err(LinkError::io("reading", path))?;
        serde_json::from_str(&text).map_err(|e| LinkError::Unreadable { path: path.into(), reason: e.to_string() })
    }

    /// Checks that these are the parameters of the model's fields and levels.
    pub fn fit(&self, comparisons: &Comparisons, frame: &Frame, path: &Path) -> Result<(), LinkError> {
        let wrong = |what: String| Err(LinkError::Mismatch { path: path.into(), what });
        if self.fields.len() != comparisons.all.len() {
            return wrong(format!("they have {} fields, the model compares {}", self.fields.len(), comparisons.all.len()));
        }
        if !(self.prior > 0.0 && self.prior < 1.0) {
            return wrong(format!("the prior {} is no probability", self.prior));
        }
        for (p, c) in self.fields.iter().zip(&comparisons.all) {
            let name = &frame.names[c.field];
            let mut levels: Vec<String> = c.levels.iter().map(ToString::to_string).collect();
            levels.push("none".into());
            if p.field != *name || p.levels.iter().map(|l| &l.level).ne(&levels) {
                return wrong(format!("field {} has the levels {}, not {}", name, levels.join(" | "), p.field));
            }
            if p.levels.iter().any(|l| !(l.m > 0.0 && l.m <= 1.0 && l.u > 0.0 && l.u <= 1.0)) {
                return wrong(format!("field {name} has an m or u that is no probability above 0"));
            }
        }
        Ok(())
    }
}
