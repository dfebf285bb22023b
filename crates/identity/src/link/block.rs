//! Which pairs are worth comparing.
//!
//! A pair is a candidate when it agrees on all expressions of some rule; it is visited once, at the first rule that finds it. Candidates
//! are never stored: blocks are cut into pieces of work of about equal size and visited in parallel. A block that is too large (half the
//! records share a value) is not compared pair by pair but split by each of the compared fields in turn, and what stays too large
//! is passed over and counted.

pub mod expression;
pub mod keys;
pub mod pieces;
pub mod skew;

use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::model::Model;
use expression::Expression;
use keys::Keys;
use pieces::Piece;

/// Rules with their keys by row, and what each would visit.
#[derive(Debug, Default)]
pub struct Blocking {
    pub rules: Vec<Rule>,
    /// No rules: every pair is a candidate.
    pub whole: bool,
}

#[derive(Debug)]
pub struct Rule {
    /// As the model writes it.
    pub text: String,
    pub keys: Keys,
    /// Rows in the order of their keys; rows that share their key with no other are not there.
    pub order: Vec<u32>,
    /// Where each block begins in `order`, and where the last ends; with its key.
    pub bounds: Vec<u32>,
    pub block_keys: Vec<u32>,
    pub pieces: Vec<Piece>,
    /// Pairs visited by this rule, those an earlier rule has among them.
    pub pairs: u64,
    /// Blocks split for their size.
    pub split: usize,
    /// Pairs not visited, for even the split blocks were too large.
    pub passed: u64,
}

/// Pairs a rule would visit, for choosing rules.
pub fn count(frame: &Frame, on: &[Expression], largest: usize) -> u64 {
    let keys = Keys::new(frame, on);
    keys::sizes(&keys, frame, largest)
}

impl Blocking {
    pub fn new(model: &Model, frame: &Frame) -> Result<Blocking, LinkError> {
        let mut rules = Vec::with_capacity(model.blocks.len());
        for block in &model.blocks {
            if block.on.is_empty() {
                return Err(LinkError::Model("a [[block]] has nothing in `on`".into()));
            }
            let on: Vec<Expression> = block
                .on
                .iter()
                .map(|t| Expression::parse(t, &frame.names).map_err(LinkError::Model))
                .collect::<Result<_, _>>()?;
            rules.push(pieces::rule(frame, block.on.join(" + "), Keys::new(frame, &on), model.limits.block));
        }
        let whole = rules.is_empty();
        Ok(Blocking { rules, whole })
    }

    /// Whether a rule before `rule` finds the pair too.
    #[inline]
    pub fn earlier(&self, rule: usize, a: u32, b: u32) -> bool {
        self.rules[..rule].iter().any(|r| r.keys.agree(a, b))
    }

    /// Whether any rule finds the pair.
    pub fn finds(&self, a: u32, b: u32) -> bool {
        self.whole || self.earlier(self.rules.len(), a, b)
    }

    /// Candidate pairs, those found twice counted twice.
    pub fn pairs(&self, frame: &Frame) -> u64 {
        if self.whole { frame.pairs() as u64 } else { self.rules.iter().map(|r| r.pairs).sum() }
    }

    /// Pieces of work in order: rule number and piece.
    pub fn work(&self, frame: &Frame) -> Vec<(usize, Piece)> {
        if self.whole {
            return pieces::whole(frame).into_iter().map(|p| (0, p)).collect();
        }
        self.rules.iter().enumerate().flat_map(|(i, r)| r.pieces.iter().map(move |p| (i, p.clone()))).collect()
    }

    /// Calls `f` for each candidate of a piece.
    pub fn visit(&self, frame: &Frame, number: usize, piece: &Piece, mut f: impl FnMut(u32, u32)) {
        match piece {
            Piece::All { from, to } => {
                for b in *from..*to {
                    let end = if frame.mode == crate::link::model::Mode::Link { frame.left as u32 } else { b };
                    (0..end).for_each(|a| f(a, b));
                }
            }
            Piece::Blocks { from, to } => {
                let rule = &self.rules[number];
                for block in *from..*to {
                    let rows = rule.block(block);
                    self.within(frame, number, Some(rule.block_keys[block]), rows, 0..rows.len(), &mut f);
                }
            }
            Piece::Part { block, first, last } => {
                let rule = &self.rules[number];
                self.within(frame, number, Some(rule.block_keys[*block]), rule.block(*block), *first..*last, &mut f);
            }
            Piece::Rows { field, rows, small } => {
                let codes = |i: usize, row: u32| frame.fields[i].column.codes[row as usize];
                let position = |row: u32| rows.binary_search(&row).unwrap_or(0);
                self.within(frame, number, None, rows, 0..rows.len(), &mut |a, b| {
                    let before = small[position(a)] & small[position(b)] & ((1u64 << field) - 1);
                    let found = (0..*field).any(|i| before & (1 << i) != 0 && codes(i, a) == codes(i, b));
                    if !found {
                        f(a, b);
                    }
                });
            }
        }
    }

    fn within(
        &self,
        frame: &Frame,
        number: usize,
        key: Option<u32>,
        rows: &[u32],
        range: std::ops::Range<usize>,
        f: &mut impl FnMut(u32, u32),
    ) {
        let one_key = self.rules[number].keys.single() || key.is_none();
        for j in range {
            for i in 0..j {
                let (a, b) = (rows[i].min(rows[j]), rows[i].max(rows[j]));
                let here = one_key || self.rules[number].keys.first_common(a, b) == key;
                if here && frame.asked(a, b) && !self.earlier(number, a, b) {
                    f(a, b);
                }
            }
        }
    }
}

impl Rule {
    /// Rows of a block.
    pub fn block(&self, i: usize) -> &[u32] {
        &self.order[self.bounds[i] as usize..self.bounds[i + 1] as usize]
    }
}
