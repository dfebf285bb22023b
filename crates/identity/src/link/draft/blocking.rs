//! Blocking rules within a budget of candidate pairs.
//!
//! Rules are chosen against made-up matches: each field of such a pair agrees, differs by a slip, or does not agree at all, with the odds
//! usual for its kind. A rule's price is the number of pairs it visits, estimated on a sample of rows. The greedy choice takes what covers
//! most for its price, and goes on until most made-up matches are found by several rules.

use crate::link::block::expression::{Expression, Take};
use crate::link::block::keys::{Keys, pairs};
use crate::link::frame::Frame;
use crate::link::model::{Kind, Mode, Model};
use crate::link::train::sample::mix;

/// Pairs up to which a table is compared whole.
pub const WHOLE: f64 = 30_000_000.0;
const SAMPLE: usize = 30_000;
const MATCHES: usize = 2_048;
const MOST_RULES: usize = 16;

struct Rule {
    on: Vec<usize>,
    price: f64,
    covers: Vec<bool>,
}

/// An expression with its chance of agreeing after a slip, in percent.
fn expressions(kind: Kind) -> &'static [(Take, u64)] {
    match kind {
        Kind::Name => &[(Take::All, 0), (Take::Phonetic, 55), (Take::Start(3), 70)],
        Kind::FullName => &[(Take::All, 0), (Take::FirstWord, 60), (Take::LastWord, 60), (Take::Words, 90)],
        Kind::Text => &[(Take::All, 0), (Take::Start(4), 65)],
        Kind::Words => &[(Take::All, 0), (Take::FirstWord, 60), (Take::Words, 85)],
        Kind::Date => &[(Take::All, 0), (Take::Year, 65), (Take::Birthday, 40)],
        Kind::Digits => &[(Take::All, 0), (Take::Start(4), 55), (Take::End(4), 55)],
        Kind::Email => &[(Take::All, 0), (Take::Start(5), 60)],
        Kind::Postcode => &[(Take::All, 0), (Take::Start(3), 70)],
        Kind::Category | Kind::Number => &[(Take::All, 0)],
        Kind::Place => &[],
    }
}

/// Chances of agreement, and of agreement or a slip, in percent.
fn odds(kind: Kind) -> (u64, u64) {
    match kind {
        Kind::Name | Kind::FullName => (70, 90),
        Kind::Date => (72, 90),
        Kind::Digits | Kind::Email => (75, 92),
        Kind::Category => (90, 90),
        Kind::Number => (65, 65),
        _ => (68, 88),
    }
}

/// Rules as a model writes them, and a note on what they cost.
pub fn choose(model: &Model, frame: &Frame) -> (Vec<Vec<String>>, String) {
    let budget = model.limits.pairs.map_or(WHOLE.max(10.0 * frame.rows as f64), |p| p as f64);
    let mut pool: Vec<(Expression, u64)> = Vec::new();
    for (field, f) in model.fields.iter().enumerate() {
        pool.extend(expressions(f.kind).iter().map(|&(take, slip)| (Expression { field, take }, slip)));
    }
    let rows = sample(frame);
    let keys: Vec<Vec<u64>> = pool.iter().map(|(e, _)| row_keys(frame, e, &rows)).collect();
    let scale = frame.pairs() / sampled_pairs(frame, &rows).max(1.0);
    let covers: Vec<Vec<bool>> = pool.iter().map(|(e, slip)| covered(model, frame, e, *slip)).collect();

    let mut rules: Vec<Rule> = Vec::new();
    let mut add = |on: Vec<usize>| {
        let price = price(frame, &rows, &on.iter().map(|&i| &keys[i][..]).collect::<Vec<_>>(), model.limits.block) * scale;
        if price <= budget {
            let both = (0..MATCHES).map(|m| on.iter().all(|&i| covers[i][m])).collect();
            rules.push(Rule { on, price, covers: both });
            return true;
        }
        false
    };
    for i in 0..pool.len() {
        let alone = add(vec![i]);
        for j in (i + 1..pool.len()).filter(|&j| pool[j].0.field != pool[i].0.field) {
            let two = !alone && add(vec![i, j]);
            if alone {
                add(vec![i, j]);
            }
            if !alone && !two {
                for k in (j + 1..pool.len()).filter(|&k| ![pool[i].0.field, pool[j].0.field].contains(&pool[k].0.field)) {
                    add(vec![i, j, k]);
                }
            }
        }
    }
    let chosen = greedy(rules, budget);
    let note = format!(
        "blocking drafted: {} rules, about {:.0} candidate pairs of {:.0}",
        chosen.len(),
        chosen.iter().map(|r| r.price).sum::<f64>(),
        frame.pairs()
    );
    let text = |r: Rule| r.on.iter().map(|&i| pool[i].0.text(frame)).collect();
    (chosen.into_iter().map(text).collect(), note)
}

fn greedy(mut rules: Vec<Rule>, budget: f64) -> Vec<Rule> {
    let mut times = vec![0u32; MATCHES];
    let (mut out, mut spent): (Vec<Rule>, f64) = (Vec::new(), 0.0);
    while out.len() < MOST_RULES {
        let gain = |r: &Rule| -> f64 {
            (0..MATCHES).filter(|&m| r.covers[m]).map(|m| [1.0, 0.25, 0.05].get(times[m] as usize).copied().unwrap_or(0.0)).sum()
        };
        let best = rules
            .iter()
            .enumerate()
            .filter(|(_, r)| spent + r.price <= budget)
            .map(|(i, r)| (gain(r), i))
            .filter(|(g, _)| *g >= 1.0)
            .max_by(|x, y| {
                let worth = |(g, i): &(f64, usize)| g / (0.02 + rules[*i].price / budget);
                worth(x).total_cmp(&worth(y)).then(y.1.cmp(&x.1))
            });
        let Some((_, i)) = best else { break };
        let rule = rules.swap_remove(i);
        spent += rule.price;
        (0..MATCHES).filter(|&m| rule.covers[m]).for_each(|m| times[m] += 1);
        out.push(rule);
    }
    out
}

/// Which made-up matches an expression finds. A pair's fate in a field is the same for all expressions of the field.
fn covered(model: &Model, frame: &Frame, e: &Expression, slip: u64) -> Vec<bool> {
    let column = &frame.fields[e.field].column;
    let filled = column.filled() as f64 / frame.rows.max(1) as f64;
    let both = (filled * filled * 1000.0) as u64;
    let (agree, near) = odds(model.fields[e.field].kind);
    let draw = |m: usize, what: u64, below: u64| mix(m as u64 * 1_000_003 + e.field as u64 * 97 + what) % below;
    let tag = e.take_tag();
    (0..MATCHES)
        .map(|m| {
            let fate = draw(m, 1, 100);
            draw(m, 0, 1000) < both && (fate < agree || (fate < near && draw(m, 10 + tag, 100) < slip))
        })
        .collect()
}

/// Rows of the sample, of both tables in proportion.
fn sample(frame: &Frame) -> Vec<u32> {
    if frame.rows <= SAMPLE {
        return (0..frame.rows as u32).collect();
    }
    let below = (SAMPLE as f64 / frame.rows as f64 * u64::MAX as f64) as u64;
    (0..frame.rows as u32).filter(|&r| mix(u64::from(r) ^ 0x5eed) < below).collect()
}

fn sampled_pairs(frame: &Frame, rows: &[u32]) -> f64 {
    let left = rows.partition_point(|&r| (r as usize) < frame.left) as u64;
    pairs(frame, left, rows.len() as u64 - left) as f64
}

/// A key by sampled row; the first of several.
fn row_keys(frame: &Frame, e: &Expression, rows: &[u32]) -> Vec<u64> {
    let keys = Keys::new(frame, std::slice::from_ref(e));
    rows.iter().map(|&r| keys.of(r).iter().copied().max().map_or(0, u64::from)).collect()
}

/// Pairs in the sample's blocks; blocks that would be split in the whole table cost what their split would.
fn price(frame: &Frame, rows: &[u32], keys: &[&[u64]], largest: usize) -> f64 {
    let mut all: Vec<(u64, bool)> = Vec::with_capacity(rows.len());
    for (i, &row) in rows.iter().enumerate() {
        if keys.iter().all(|k| k[i] != 0) {
            all.push((keys.iter().fold(0, |h, k| mix(h ^ k[i])), (row as usize) < frame.left));
        }
    }
    all.sort_unstable();
    let grow = frame.rows as f64 / rows.len().max(1) as f64;
    let mut total = 0.0;
    for block in all.chunk_by(|a, b| a.0 == b.0) {
        let n = block.len() as f64;
        let left = block.iter().filter(|x| x.1).count() as f64;
        let found = if frame.mode == Mode::Link { left * (n - left) } else { n * (n - 1.0) / 2.0 };
        let size = if block.len() > 3 { n * grow } else { n };
        total += if size > largest as f64 { found * 3.0 } else { found };
    }
    total
}

impl Expression {
    /// Tells a field's expressions apart in draws.
    fn take_tag(&self) -> u64 {
        match self.take {
            Take::All => 0,
            Take::Start(_) => 1,
            Take::End(_) => 2,
            Take::Part(..) => 3,
            Take::Phonetic => 4,
            Take::Year => 5,
            Take::Birthday => 6,
            Take::FirstWord => 7,
            Take::LastWord => 8,
            Take::Words => 9,
            Take::NameKeys | Take::NameKey => 10,
        }
    }
}
