//! What is settled once and kept: parameters, stop keys, how common names are. And the engine made from it.

use identity::link::block::Blocking;
use identity::link::candidates::Stop;
use identity::link::comparison::Comparisons;
use identity::link::frame::Frame;
use identity::link::model::Mode;
use identity::link::neighbours::{Neighbours, RuleKey};
use identity::link::score::{Scorer, bits};
use identity::link::table::Table;
use identity::link::{LinkError, Model, Parameters, run};
use identity::name::Frequencies;
use lake::{LakeError, Result};
use serde::{Deserialize, Serialize};

/// Counts of names that fewer words share are not kept: they would speak of single people.
const SHARED: u32 = 20;
/// Records below which nothing can be learnt; the parameters that ship with the program serve.
const FEW: usize = 3000;
/// Parameters stated by hand, for lakes too small to learn their own.
const SHIPPED: &str = include_str!("../../models/person.json");

/// Kept with the linkage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// The model these belong to, as it is written.
    pub model: String,
    pub parameters: Parameters,
    pub stop: Vec<RuleKey>,
    /// Words of names counted, and how often the common ones came, by phonetic key.
    pub words: u64,
    pub common: Vec<(u64, u32)>,
    /// Records there were.
    pub records: usize,
    /// Learnt from this lake's own records.
    pub trained: bool,
}

/// Ready to compare the records of one table.
#[derive(Debug)]
pub struct Engine {
    pub model: Model,
    pub frame: Frame,
    pub comparisons: Comparisons,
    pub scorer: Scorer,
    pub groups: Vec<usize>,
    /// Thresholds in bits.
    pub merge: f32,
    pub review: f32,
}

pub fn wrong(e: LinkError) -> LakeError {
    if matches!(e, LinkError::Cancelled) {
        return super::run::stopped();
    }
    LakeError::Invalid(format!("linkage: {e}"))
}

/// The model as a text says.
pub fn model(text: &str) -> Result<Model> {
    let mut model = Model::parse(text).map_err(wrong)?;
    model.mode = Some(Mode::Dedupe);
    model.fields.iter_mut().for_each(|f| f.term_frequency = Some(false));
    Ok(model)
}

impl Frozen {
    /// Whether a lake with so many records has other stop keys, and more to learn from.
    pub fn is_outgrown_by(&self, records: usize) -> bool {
        records > 2 * self.records.max(1000)
    }

    /// As it is kept with the state.
    pub fn kept(&self) -> Result<serde_json::Value> {
        serde_json::to_value(self).map_err(|e| LakeError::Invalid(e.to_string()))
    }

    /// Learns from the records of a table.
    pub fn learn(text: &str, table: &Table, cancel: &Stop) -> Result<Frozen> {
        let model = model(text)?;
        let mut frame = Frame::new(&model, &[table]).map_err(wrong)?;
        let at = frame.names.iter().position(|n| n == "name").unwrap_or_default();
        let names = &frame.fields[at];
        // A model of one's own may compare no names.
        let borne = names.column.codes.iter().filter(|c| **c != 0).filter_map(|c| names.names.get(*c as usize));
        let frequencies = Frequencies::of(borne);
        let (words, common) = frequencies.shared(SHARED);
        frame.weigh(&Frequencies::of_counts(words, &common, SHARED));
        let comparisons = Comparisons::new(&model, &frame).map_err(wrong)?;
        let stop = Neighbours::new(&model, &frame).map_err(wrong)?.stop(&frame);
        let trained = table.rows >= FEW;
        let parameters = if trained {
            let blocking = Blocking::new(&model, &frame).map_err(wrong)?;
            run::trained(&model, None, &frame, &comparisons, &blocking, cancel).map_err(wrong)?
        } else {
            serde_json::from_str(SHIPPED).map_err(|e| LakeError::Invalid(format!("the shipped parameters: {e}")))?
        };
        Ok(Frozen { model: text.into(), parameters, stop, words, common, records: table.rows, trained })
    }

    pub fn engine(&self, table: &Table) -> Result<Engine> {
        let model = model(&self.model)?;
        let mut frame = Frame::new(&model, &[table]).map_err(wrong)?;
        frame.weigh(&Frequencies::of_counts(self.words, &self.common, SHARED));
        let comparisons = Comparisons::new(&model, &frame).map_err(wrong)?;
        self.parameters.fit(&comparisons, &frame, std::path::Path::new("the kept linkage")).map_err(wrong)?;
        let scorer = Scorer::new(&self.parameters, &comparisons, &frame, 1.0);
        let groups = run::groups(&model, &comparisons);
        let limit = |p: f64| bits(p.clamp(1e-9, 1.0 - 1e-9)) as f32;
        let (merge, review) = (limit(model.thresholds.merge), limit(model.thresholds.review));
        Ok(Engine { model, frame, comparisons, scorer, groups, merge, review })
    }
}
