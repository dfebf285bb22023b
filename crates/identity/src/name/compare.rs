//! The comparison: words are paired, what is left over speaks against.
//!
//! A likelihood ratio in bits, word by word (Fellegi and Sunter, 1969): agreement on a word is worth the rarity of the word less what
//! its spelling surprises; a word the other side lacks costs little, a word the other side contradicts costs much. Everything
//! needed was worked out by [`super::parse`]; nothing is allocated here.

use super::age::years_apart;
use super::evidence::{Evidence, Field, Level, Reason, ReasonKind, Words};
use super::letters::Sound;
use super::marks::Relation;
use super::parse::{Name, Part, Relative, Word, WordClass};
use super::sounds::{BIT, Costs, costs, distance};

/// A part has at most this many words (the parser's limit).
const MOST: usize = 8;

/// Spellings of one word may differ by this many bits and this many more for each sound: other names begin beyond it. Preset on
/// the development half.
const ROOM: f32 = 5.0;
const ROOM_PER_SOUND: f32 = 0.75;

/// What is lost, in bits: preset on the development half.
const LOST_FIRST: f32 = 10.0;
const LOST_OTHER: f32 = 6.0;
const LOST_ELEMENT: f32 = 1.5;
const MISSING: f32 = 1.0;
const MISSING_ELEMENT: f32 = 0.3;
const OTHER_ORDER: f32 = 1.0;
const OTHER_SEX: f32 = 8.0;
const OTHER_FATHER: f32 = 4.0;

/// Compares two names. Symmetric up to the sides of the reasons; does not allocate.
pub fn compare(a: &Name, b: &Name) -> Evidence {
    let mut out = Evidence::NOTHING;
    let costs = costs();
    if a.own.is_empty() || b.own.is_empty() {
        return out;
    }
    let own = pair(&a.own, &b.own, costs);
    let alias = if a.aliases.is_empty() && b.aliases.is_empty() { None } else { by_alias(a, b, costs) };
    // An alias speaks where the names themselves do not; it is worth a little less, being borne by more.
    let name = match alias {
        Some((other, left, right)) if other.weight() - 1.0 > own.weight() => {
            other.report(&mut out, Field::Alias, left, right);
            other
        }
        _ => {
            own.report(&mut out, Field::Own, 0, 0);
            own
        }
    };
    out.similarity = name.similarity();
    out.level = name.level();
    let mut against = false;
    for (relation, field) in [
        (Relation::Father, Field::Father),
        (Relation::Mother, Field::Mother),
        (Relation::Husband, Field::Spouse),
        (Relation::Wife, Field::Spouse),
        (Relation::CareOf, Field::CareOf),
    ] {
        let of = |n: &'_ Name| n.relatives.iter().position(|r| r.relation == relation && !r.names.is_empty());
        if let (Some(l), Some(r)) = (of(a), of(b)) {
            against |= relative(&a.relatives[l], &b.relatives[r], field, costs, &mut out);
        }
    }
    if let (Some(l), Some(r)) = (a.sex, b.sex)
        && l != r
    {
        against = true;
        out.add(Reason { kind: ReasonKind::Contradicts, field: Field::Sex, left: None, right: None, bits: -OTHER_SEX });
    }
    if let Some(apart) = years_apart((a.age, a.born), (b.age, b.born)) {
        let (kind, bits) = match apart {
            0 => (ReasonKind::Same, 3.0),
            1..=2 => (ReasonKind::Spelling, 2.0),
            3..=5 => (ReasonKind::Spelling, 0.0),
            6..=10 => (ReasonKind::Differs, -4.0),
            _ => (ReasonKind::Contradicts, -8.0),
        };
        against |= kind == ReasonKind::Contradicts;
        out.add(Reason { kind, field: Field::Age, left: None, right: None, bits });
    }
    if against && out.level > Level::DifferentSurname {
        out.level = Level::Contradiction;
    }
    out
}

fn by_alias(a: &Name, b: &Name, costs: &Costs) -> Option<(Pairing, u8, u8)> {
    let mut best: Option<(Pairing, u8, u8)> = None;
    for (i, left) in std::iter::once(&a.own).chain(&a.aliases).enumerate() {
        for (j, right) in std::iter::once(&b.own).chain(&b.aliases).enumerate().filter(|(j, _)| i + j > 0) {
            let found = pair(left, right, costs);
            if best.as_ref().is_none_or(|(b, ..)| found.weight() > b.weight()) {
                best = Some((found, i as u8, j as u8));
            }
        }
    }
    best
}

/// Adds what two fathers (or spouses) say; true when they cannot be one person.
fn relative(a: &Relative, b: &Relative, field: Field, costs: &Costs, out: &mut Evidence) -> bool {
    let mut best: Option<(Pairing, u8, u8)> = None;
    for (i, left) in a.names.iter().enumerate() {
        for (j, right) in b.names.iter().enumerate() {
            let found = pair(left, right, costs);
            if best.as_ref().is_none_or(|(b, ..)| found.weight() > b.weight()) {
                best = Some((found, i as u8, j as u8));
            }
        }
    }
    let Some((found, i, j)) = best else { return false };
    found.report(out, field, i, j);
    let against = found.level() == Level::Different && matches!(field, Field::Father | Field::Mother);
    if against {
        out.add(Reason { kind: ReasonKind::Contradicts, field, left: None, right: None, bits: -OTHER_FATHER });
    }
    against
}

/// One reason in the making: word ranges of both sides (first, last), none as `None`.
type Step = (ReasonKind, Option<(u8, u8)>, Option<(u8, u8)>, f32);

/// How two parts were paired.
#[derive(Clone, Copy)]
struct Pairing {
    steps: [Option<Step>; 2 * MOST],
    count: usize,
    /// Bits of agreement on both sides, for the similarity.
    shared: f32,
    all: f32,
    /// The weakest kind of agreement used; none when nothing agreed.
    weakest: Option<ReasonKind>,
    first_agrees: bool,
    lost: u8,
    missing: u8,
}

impl Pairing {
    fn add(&mut self, step: Step) {
        if let Some(slot) = self.steps.get_mut(self.count) {
            *slot = Some(step);
            self.count += 1;
        }
    }

    fn weight(&self) -> f32 {
        self.steps.iter().flatten().map(|s| s.3).sum()
    }

    fn similarity(&self) -> f32 {
        if self.all <= 0.0 { 0.0 } else { (self.shared / self.all).clamp(0.0, 1.0) }
    }

    fn level(&self) -> Level {
        let Some(weakest) = self.weakest else { return Level::Different };
        if self.lost > 0 {
            return if self.first_agrees { Level::DifferentSurname } else { Level::Different };
        }
        if self.missing > 0 {
            return Level::MissingPart;
        }
        match weakest {
            ReasonKind::Same => Level::Exact,
            ReasonKind::OtherScript => Level::OtherScript,
            ReasonKind::Nickname => Level::Nickname,
            ReasonKind::Initial => Level::Initial,
            _ => Level::Spelling,
        }
    }

    fn report(&self, out: &mut Evidence, field: Field, left: u8, right: u8) {
        let words = |part: u8, range: Option<(u8, u8)>| range.map(|(first, last)| Words { part, first, last });
        for (kind, l, r, bits) in self.steps.iter().flatten() {
            out.add(Reason { kind: *kind, field, left: words(left, *l), right: words(right, *r), bits: *bits });
        }
    }
}

fn row<'a>(part: &'a Part, first: &Word, last: &Word) -> &'a [Sound] {
    &part.sounds[usize::from(first.start)..usize::from(last.start + last.length)]
}

fn room(sounds: usize) -> f32 {
    (ROOM + ROOM_PER_SOUND * sounds as f32) * BIT
}

/// How far apart two words are, as a share of the room their spellings have: below 1 they are one word, from 2 on nothing is shared.
fn apart(a: &[Sound], b: &[Sound], costs: &Costs) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 2.0;
    }
    let room = room(a.len().max(b.len()));
    distance(a, b, costs, (2.0 * room) as u32) as f32 / room
}

/// What agreement is worth when the spellings are this far apart.
fn worth(bits: f32, apart: f32) -> f32 {
    bits * (1.0 - 0.8 * apart)
}

fn pair(a: &Part, b: &Part, costs: &Costs) -> Pairing {
    let (n, m) = (a.words.len().min(MOST), b.words.len().min(MOST));
    let (left, right) = (&a.words[..n], &b.words[..m]);
    let mut grid = [[2.0f32; MOST]; MOST];
    for (i, l) in left.iter().enumerate() {
        for (j, r) in right.iter().enumerate() {
            grid[i][j] = if l.id == r.id {
                0.0
            } else if l.class == WordClass::Initial || r.class == WordClass::Initial {
                2.0
            } else {
                apart(row(a, l, l), row(b, r, r), costs)
            };
        }
    }
    let mut out = Pairing {
        steps: [None; 2 * MOST],
        count: 0,
        shared: 0.0,
        all: (left.iter().chain(right).map(|w| w.bits).sum::<f32>()) / 2.0,
        weakest: None,
        first_agrees: false,
        lost: 0,
        missing: 0,
    };
    let (mut free_left, mut free_right) = ([true; MOST], [true; MOST]);
    let mut order = [None::<usize>; MOST];
    // The best pair first; of equals the one that keeps the order of words.
    loop {
        let mut best: Option<(f32, usize, usize, usize)> = None;
        for i in (0..n).filter(|i| free_left[*i]) {
            for j in (0..m).filter(|j| free_right[*j] && grid[i][*j] < 1.0) {
                let gain = worth(left[i].bits.min(right[j].bits), grid[i][j]);
                if best.is_none_or(|(g, off, sum, _)| gain > g || gain == g && (i.abs_diff(j), i + j) < (off, sum)) {
                    best = Some((gain, i.abs_diff(j), i + j, i));
                }
            }
        }
        let Some((gain, _, sum, i)) = best else { break };
        let j = sum - i;
        (free_left[i], free_right[j]) = (false, false);
        order[i] = Some(j);
        let (l, r) = (&left[i], &right[j]);
        let kind = if l.id == r.id && l.script == r.script {
            ReasonKind::Same
        } else if l.script != r.script && grid[i][j] < 0.6 {
            ReasonKind::OtherScript
        } else {
            ReasonKind::Spelling
        };
        agree(&mut out, kind, (i, i), (j, j), gain, (l.bits + r.bits) / 2.0 * (1.0 - grid[i][j] / 2.0));
    }
    joined(a, b, &mut free_left, &mut free_right, costs, &mut out);
    for (kind, test) in
        [(ReasonKind::Nickname, nickname as fn(&Part, &Word, &Part, &Word, &Costs) -> bool), (ReasonKind::Initial, initial)]
    {
        for i in 0..n {
            let found = (0..m).find(|j| {
                free_left[i]
                    && free_right[*j]
                    && (test(a, &left[i], b, &right[*j], costs) || test(b, &right[*j], a, &left[i], costs))
            });
            if let Some(j) = found {
                (free_left[i], free_right[j]) = (false, false);
                order[i] = Some(j);
                let least = left[i].bits.min(right[j].bits);
                let gain = if kind == ReasonKind::Nickname { 0.4 * least } else { 0.5 * least };
                agree(&mut out, kind, (i, i), (j, j), gain, 0.35 * (left[i].bits + right[j].bits));
            }
        }
    }
    if order[..n].iter().flatten().is_sorted() {
    } else {
        out.add((ReasonKind::Order, None, None, -OTHER_ORDER));
    }
    left_over(left, right, &grid, &free_left, &free_right, &mut out);
    out
}

fn agree(out: &mut Pairing, kind: ReasonKind, left: (usize, usize), right: (usize, usize), gain: f32, shared: f32) {
    let range = |(first, last): (usize, usize)| Some((first as u8, last as u8));
    out.add((kind, range(left), range(right), gain));
    out.shared += shared;
    out.first_agrees |= left.0 == 0 || right.0 == 0;
    let rank = |k: ReasonKind| match k {
        ReasonKind::Same => 0,
        ReasonKind::OtherScript => 1,
        ReasonKind::Joined | ReasonKind::Spelling => 2,
        ReasonKind::Nickname => 3,
        _ => 4,
    };
    if out.weakest.is_none_or(|w| rank(kind) > rank(w)) {
        out.weakest = Some(kind);
    }
}

/// Two words of one side that are one of the other: Ram Lal, Ramlal.
fn joined(a: &Part, b: &Part, free_left: &mut [bool; MOST], free_right: &mut [bool; MOST], costs: &Costs, out: &mut Pairing) {
    loop {
        let mut best: Option<(f32, bool, usize, usize)> = None;
        for (swapped, two, one, free_two, free_one) in
            [(false, a, b, &*free_left, &*free_right), (true, b, a, &*free_right, &*free_left)]
        {
            for i in 0..two.words.len().min(MOST).saturating_sub(1) {
                let (w, v) = (&two.words[i], &two.words[i + 1]);
                if !free_two[i] || !free_two[i + 1] || w.class == WordClass::Initial || v.class == WordClass::Initial {
                    continue;
                }
                for (j, whole) in
                    one.words.iter().enumerate().take(MOST).filter(|(j, x)| free_one[*j] && x.class != WordClass::Initial)
                {
                    let d = apart(row(two, w, v), row(one, whole, whole), costs);
                    if d < 1.0 && best.is_none_or(|(b, ..)| d < b) {
                        best = Some((d, swapped, i, j));
                    }
                }
            }
        }
        let Some((d, swapped, i, j)) = best else { return };
        let (two, one, free_two, free_one) =
            if swapped { (b, a, &mut *free_right, &mut *free_left) } else { (a, b, &mut *free_left, &mut *free_right) };
        (free_two[i], free_two[i + 1], free_one[j]) = (false, false, false);
        let (split, whole) = (two.words[i].bits + two.words[i + 1].bits, one.words[j].bits);
        let (pair, single) = ((i, i + 1), (j, j));
        let (l, r) = if swapped { (single, pair) } else { (pair, single) };
        agree(out, ReasonKind::Joined, l, r, worth(split.min(whole), d), (split + whole) / 2.0 * (1.0 - d / 2.0));
    }
}

/// Is `short` a pet name made of the beginning of `long`?
fn nickname(a: &Part, short: &Word, b: &Part, long: &Word, costs: &Costs) -> bool {
    let stem = usize::from(short.stem);
    if stem == 0 || short.class != WordClass::Given || long.class != WordClass::Given || usize::from(long.length) < stem + 2 {
        return false;
    }
    let (head, whole) = (&row(a, short, short)[..stem], row(b, long, long));
    let near = (3.0 * BIT) as u32;
    (stem - 1..=stem + 1).any(|n| n <= whole.len() && distance(head, &whole[..n], costs, near) < near)
}

/// Is `short` the initial of `long`?
fn initial(_: &Part, short: &Word, _: &Part, long: &Word, _: &Costs) -> bool {
    short.class == WordClass::Initial && short.initials & long.initials != 0
}

/// Words without a partner: against each other where both sides have one, missing where one side has.
fn left_over(
    left: &[Word],
    right: &[Word],
    grid: &[[f32; MOST]; MOST],
    free_left: &[bool; MOST],
    free_right: &[bool; MOST],
    out: &mut Pairing,
) {
    let given = |w: &Word| w.class == WordClass::Given;
    let (mut used_left, mut used_right) = ([false; MOST], [false; MOST]);
    for class_given in [true, false] {
        // Word against word in the order written; which of them meet hardly matters, how near they are does.
        loop {
            let free = |words: &[Word], free: &[bool; MOST], used: &[bool; MOST]| {
                (0..words.len()).find(|i| {
                    free[*i]
                        && !used[*i]
                        && given(&words[*i]) == class_given
                        && words[*i].class != WordClass::Initial
                        && words[*i].class != WordClass::Religious
                })
            };
            let (Some(i), Some(j)) = (free(left, free_left, &used_left), free(right, free_right, &used_right)) else { break };
            (used_left[i], used_right[j]) = (true, true);
            let most = match (class_given, i == 0 && j == 0) {
                (true, true) => LOST_FIRST,
                (true, false) => LOST_OTHER,
                (false, _) if left[i].class == WordClass::Title && right[j].class == WordClass::Title => LOST_OTHER / 2.0,
                (false, _) => LOST_ELEMENT,
            };
            // A spelling just beyond the room is not yet another name.
            let share = (grid[i][j] - 1.0).clamp(0.25, 1.0);
            out.lost += u8::from(class_given || left[i].class == WordClass::Title && right[j].class == WordClass::Title);
            out.shared += (left[i].bits + right[j].bits) / 2.0 * (1.0 - grid[i][j] / 2.0);
            out.add((ReasonKind::Differs, Some((i as u8, i as u8)), Some((j as u8, j as u8)), -most * share));
        }
    }
    let mut rest = |words: &[Word], free: &[bool; MOST], used: &[bool; MOST], swapped: bool| {
        for (i, word) in words.iter().enumerate().filter(|(i, _)| free[*i] && !used[*i]) {
            let place = Some((i as u8, i as u8));
            let bits = if given(word) { -MISSING } else { -MISSING_ELEMENT };
            out.missing += 1;
            out.add(if swapped { (ReasonKind::Missing, None, place, bits) } else { (ReasonKind::Missing, place, None, bits) });
        }
    };
    rest(left, free_left, &used_left, false);
    rest(right, free_right, &used_right, true);
}
