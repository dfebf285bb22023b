//! A field's levels, ready to be asked about two rows.

use crate::link::compare::{date, geo, text};
use crate::link::error::LinkError;
use crate::link::frame::{Data, Frame};
use crate::link::level::Level;
use crate::link::model::{Field, Model};
use crate::name::Evidence;

/// Fields that one model can compare: a pair's levels are packed into 64 bits, four a field.
pub const MOST: usize = 16;
/// Levels of one field, "no agreement" not counted.
pub const MOST_LEVELS: usize = 14;

/// Level numbers: 0 a value is missing, 1.. the levels in their order, then one for no agreement.
#[derive(Debug)]
pub struct Comparison {
    /// Index of the field in the frame.
    pub field: usize,
    pub levels: Vec<Level>,
    /// Index of the comparison that decides this one where it is exact.
    pub given: Option<usize>,
    /// Index of the comparison that, where it is on a "swapped" level, has said all about this one.
    pub unless_swapped: Option<usize>,
    pub frequency: bool,
    swap: Option<Swap>,
    cheap: bool,
}

#[derive(Debug)]
struct Swap {
    level: u8,
    other: usize,
    /// Code of the same text in the other field, 0 where it has none.
    to: Vec<u32>,
}

impl Comparison {
    /// Number of the level "no agreement".
    pub fn none(&self) -> u8 {
        self.levels.len() as u8 + 1
    }

    fn level(&self, data: &Data, a: u32, b: u32) -> u8 {
        let (mut likeness, mut words, mut contained, mut name) = (None, None, None, None);
        let bags = || (data.bags[a as usize], data.bags[b as usize]);
        let (x, y) = (data.column.values.get(a), data.column.values.get(b));
        for (i, level) in self.levels.iter().enumerate() {
            let passed = match level {
                Level::Exact => a == b,
                Level::JaroWinkler(least) => {
                    let (p, q) = bags();
                    p.most_winkler(q) >= *least && *likeness.get_or_insert_with(|| text::jaro_winkler(x, y)) >= *least
                }
                Level::Damerau(most) => {
                    let (p, q) = bags();
                    p.least_edits(q) <= *most && text::damerau(x, y, *most) <= *most
                }
                Level::Levenshtein(most) => {
                    let (p, q) = bags();
                    p.least_edits(q) <= *most && text::levenshtein(x, y, *most) <= *most
                }
                Level::Start(n) => text::same_start(x, y, *n),
                Level::Begins => text::begins(x, y),
                Level::Phonetic => data.phonetic[a as usize] != 0 && data.phonetic[a as usize] == data.phonetic[b as usize],
                Level::Swapped(_) => false,
                Level::Words(least) => *words.get_or_insert_with(|| data.words.likeness(a, b)) >= *least,
                Level::Contained(least) => *contained.get_or_insert_with(|| data.words.contained(a, b)) >= *least,
                Level::User => x.split('@').next() == y.split('@').next(),
                Level::Turned => date::turned(data.dates[a as usize], data.dates[b as usize]),
                Level::Digits(most) => date::digits(data.dates[a as usize], data.dates[b as usize]) <= *most,
                Level::Coarser => date::coarser(data.dates[a as usize], data.dates[b as usize]),
                Level::Month => data.dates[a as usize] / 100 == data.dates[b as usize] / 100,
                Level::Birthday => data.dates[a as usize] % 10_000 == data.dates[b as usize] % 10_000,
                Level::Year => data.dates[a as usize] / 10_000 == data.dates[b as usize] / 10_000,
                Level::Days(most) => (date::days(data.dates[a as usize]) - date::days(data.dates[b as usize])).abs() <= *most,
                Level::Difference(most) => (data.numbers[a as usize] - data.numbers[b as usize]).abs() <= *most,
                Level::Ratio(most) => {
                    let (p, q) = (data.numbers[a as usize], data.numbers[b as usize]);
                    (p - q).abs() <= most * p.abs().max(q.abs())
                }
                Level::Km(most) => geo::km(data.places[a as usize], data.places[b as usize]) <= *most,
                Level::Name(least) => compared(&mut name, data, a, b).similarity >= *least,
                Level::Weight(least) => f64::from(compared(&mut name, data, a, b).weight) >= *least,
            };
            if passed {
                return i as u8 + 1;
            }
        }
        self.none()
    }
}

/// What the name engine says of two values, asked once.
fn compared<'e>(said: &'e mut Option<Evidence>, data: &Data, a: u32, b: u32) -> &'e Evidence {
    said.get_or_insert_with(|| crate::name::compare(&data.names[a as usize], &data.names[b as usize]))
}

/// Remembers the last outcomes by pair of codes: in a block the same values meet again and again.
pub struct Cache {
    keys: Vec<u64>,
    levels: Vec<u8>,
}

const SLOTS: usize = 1 << 13;

impl Cache {
    fn new() -> Cache {
        Cache { keys: vec![0; SLOTS], levels: vec![0; SLOTS] }
    }

    fn get(&mut self, a: u32, b: u32, f: impl FnOnce() -> u8) -> u8 {
        let key = u64::from(a.min(b)) << 32 | u64::from(a.max(b));
        let slot = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 51) as usize;
        if self.keys[slot] != key {
            self.keys[slot] = key;
            self.levels[slot] = f();
        }
        self.levels[slot]
    }
}

/// All comparisons of a model over a frame.
#[derive(Debug)]
pub struct Comparisons {
    pub all: Vec<Comparison>,
    /// Fields whose disagreement excludes that two records are one thing.
    exclusive: Vec<Comparison>,
}

impl Comparisons {
    pub fn new(model: &Model, frame: &Frame) -> Result<Comparisons, LinkError> {
        let compared: Vec<usize> = (0..model.fields.len()).filter(|&i| model.fields[i].compare).collect();
        if compared.is_empty() {
            return Err(LinkError::Model("no field is compared; give at least one [[field]] without compare = false".into()));
        }
        if compared.len() > MOST {
            return Err(LinkError::Model(format!(
                "{} fields are compared, at most {MOST} can be; join some or set compare = false",
                compared.len()
            )));
        }
        let at = |name: &str| compared.iter().position(|&i| model.fields[i].name == name);
        let mut all = Vec::with_capacity(compared.len());
        for &i in &compared {
            let field = &model.fields[i];
            let levels = levels(field, &frame.fields[i])?;
            let swap = levels.iter().enumerate().find_map(|(n, l)| match l {
                Level::Swapped(other) => model.fields.iter().position(|f| f.name == *other).map(|other| (n as u8 + 1, other)),
                _ => None,
            });
            let swap = swap.map(|(level, other)| Swap { level, other, to: across(&frame.fields[i], &frame.fields[other]) });
            let cheap = levels.iter().all(|l| matches!(l, Level::Exact | Level::Swapped(_) | Level::Year | Level::Difference(_)));
            let given = field.given.as_deref().and_then(at);
            all.push(Comparison {
                field: i,
                levels,
                given,
                unless_swapped: None,
                frequency: field.term_frequency == Some(true),
                swap,
                cheap,
            });
        }
        for i in 0..all.len() {
            if let Some(other) = all[i].swap.as_ref().map(|s| s.other) {
                for one in all.iter_mut().filter(|one| one.field == other && one.swap.is_none()) {
                    one.unless_swapped = Some(i);
                }
            }
        }
        let mut exclusive = Vec::new();
        for (i, field) in model.fields.iter().enumerate().filter(|(_, f)| f.exclusive) {
            let levels = levels(field, &frame.fields[i])?;
            let (given, unless_swapped, swap) = (None, None, None);
            exclusive.push(Comparison { field: i, levels, given, unless_swapped, frequency: false, swap, cheap: true });
        }
        Ok(Comparisons { all, exclusive })
    }

    /// The field that excludes that two rows are one thing: both have a value in an exclusive field, and no level of it holds.
    pub fn excluded(&self, frame: &Frame, a: u32, b: u32) -> Option<usize> {
        let disagrees = |c: &&Comparison| {
            let data = &frame.fields[c.field];
            let (x, y) = (data.column.codes[a as usize], data.column.codes[b as usize]);
            x != 0 && y != 0 && x != y && c.level(data, x, y) == c.none()
        };
        self.exclusive.iter().find(disagrees).map(|c| c.field)
    }

    pub fn caches(&self) -> Vec<Cache> {
        self.all.iter().map(|_| Cache::new()).collect()
    }

    /// The level of one comparison for two rows, without what other comparisons decide.
    #[inline]
    pub fn plain(&self, frame: &Frame, c: usize, a: u32, b: u32, caches: &mut [Cache]) -> u8 {
        let comparison = &self.all[c];
        let data = &frame.fields[comparison.field];
        let (x, y) = (data.column.codes[a as usize], data.column.codes[b as usize]);
        if x == 0 || y == 0 {
            return 0;
        }
        if x == y && comparison.levels[0] == Level::Exact {
            return 1;
        }
        if let Some(swap) = &comparison.swap {
            let other = &frame.fields[swap.other].column.codes;
            let (p, q) = (other[a as usize], other[b as usize]);
            if p != 0 && q != 0 && swap.to[x as usize] == q && swap.to[y as usize] == p {
                return swap.level;
            }
        }
        // Who asks once gives no caches.
        let once = comparison.cheap || caches.is_empty();
        if once { comparison.level(data, x, y) } else { caches[c].get(x, y, || comparison.level(data, x, y)) }
    }

    /// The level with what other comparisons decide.
    #[inline]
    pub fn level(&self, frame: &Frame, c: usize, a: u32, b: u32, caches: &mut [Cache]) -> u8 {
        let comparison = &self.all[c];
        if let Some(given) = comparison.given
            && self.plain(frame, given, a, b, caches) == 1
        {
            return 0;
        }
        if let Some(by) = comparison.unless_swapped
            && self.plain(frame, by, a, b, caches) == self.all[by].swap.as_ref().map_or(0, |s| s.level)
        {
            return 0;
        }
        self.plain(frame, c, a, b, caches)
    }

    /// All levels of two rows, four bits each.
    pub fn pattern(&self, frame: &Frame, a: u32, b: u32, caches: &mut [Cache]) -> u64 {
        (0..self.all.len()).fold(0, |p, c| p | u64::from(self.level(frame, c, a, b, caches)) << (4 * c))
    }
}

/// The level of comparison `c` in a packed pattern.
#[inline]
pub fn at(pattern: u64, c: usize) -> usize {
    (pattern >> (4 * c) & 15) as usize
}

/// The levels of a field, which its kind must have data for.
fn levels(field: &Field, data: &Data) -> Result<Vec<Level>, LinkError> {
    let levels: Vec<Level> = field.levels.iter().map(|l| l.parse().map_err(LinkError::Model)).collect::<Result<_, _>>()?;
    if levels.is_empty() || levels.len() > MOST_LEVELS {
        let (name, n) = (&field.name, levels.len());
        return Err(LinkError::Model(format!("field {name} has {n} levels; from 1 to {MOST_LEVELS} are possible")));
    }
    suits(&field.name, &levels, data)?;
    Ok(levels)
}

fn across(from: &Data, to: &Data) -> Vec<u32> {
    let index: std::collections::HashMap<&str, u32> =
        (1..to.column.values.len() as u32).map(|c| (to.column.values.get(c), c)).collect();
    from.column.values.iter().map(|v| index.get(v).copied().unwrap_or(0)).collect()
}

/// Refuses levels that the field's kind has no data for.
fn suits(name: &str, levels: &[Level], data: &Data) -> Result<(), LinkError> {
    for level in levels {
        let (fits, kind) = match level {
            Level::Turned | Level::Digits(_) | Level::Coarser | Level::Month | Level::Birthday | Level::Year | Level::Days(_) => {
                (!data.dates.is_empty(), "date")
            }
            Level::Km(_) => (!data.places.is_empty(), "place"),
            _ => (true, ""),
        };
        if !fits {
            return Err(LinkError::Model(format!("field {name}: the level {level} is for fields of kind = \"{kind}\"")));
        }
    }
    Ok(())
}
