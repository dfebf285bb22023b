//! The words of one name beside the words of another.

use super::evidence::{Evidence, Field, Level, Reason, ReasonKind, Words};
use super::letters::{LONGEST, Sound, inside, is_final_a};
use super::parse::{Part, Word, WordClass};
use super::sounds::{BIT, Costs, distance};

/// A part has at most this many words (the parser's limit).
const MOST: usize = 8;

/// Spellings of one word may differ by this many bits and this many more for each sound: other names begin beyond it. Preset on
/// the development half.
const ROOM: f32 = 5.0;
const ROOM_PER_SOUND: f32 = 0.75;
/// Multiples of the room beyond which words are simply others.
const FAR: f32 = 3.0;
/// Multiples of the room up to which a spelling is still taken for the word, for next to nothing: father and age decide then.
const NEAR: f32 = 1.3;

/// How far apart, as a share of the room, two forms of one name count that no spelling explains.
const FORM: f32 = 0.5;

/// What is lost, in bits: preset on the development half.
const LOST_FIRST: f32 = 10.0;
const LOST_OTHER: f32 = 6.0;
const LOST_INITIAL: f32 = 5.0;
const LOST_ELEMENT: f32 = 1.5;
const MISSING: f32 = 1.0;
const MISSING_ELEMENT: f32 = 0.3;
const OTHER_ORDER: f32 = 1.0;

/// One reason in the making: word ranges of both sides (first, last), none as `None`.
type Step = (ReasonKind, Option<(u8, u8)>, Option<(u8, u8)>, f32);

/// How two parts were paired.
#[derive(Clone, Copy)]
pub(super) struct Pairing {
    steps: [Option<Step>; 2 * MOST],
    count: usize,
    /// Bits of agreement on both sides, for the similarity.
    shared: f32,
    all: f32,
    /// The weakest kind of agreement used; none when nothing agreed.
    weakest: Option<ReasonKind>,
    first_agrees: bool,
    /// How surely two given names are two, 0 to 1: a spelling just beyond the room is not yet another name.
    pub conflict: f32,
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

    pub fn weight(&self) -> f32 {
        self.steps.iter().flatten().map(|s| s.3).sum()
    }

    pub fn similarity(&self) -> f32 {
        if self.all <= 0.0 { 0.0 } else { (self.shared / self.all).clamp(0.0, 1.0) }
    }

    pub fn level(&self) -> Level {
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

    pub fn report(&self, out: &mut Evidence, field: Field, share: f32, left: u8, right: u8) {
        let words = |part: u8, range: Option<(u8, u8)>| range.map(|(first, last)| Words { part, first, last });
        for (kind, l, r, bits) in self.steps.iter().flatten() {
            out.add(Reason {
                kind: *kind,
                field,
                left: words(left, *l),
                right: words(right, *r),
                bits: if *bits > 0.0 { *bits * share } else { *bits },
            });
        }
    }
}

fn row<'a>(part: &'a Part, first: &Word, last: &Word) -> &'a [Sound] {
    &part.sounds[usize::from(first.start)..usize::from(last.start + last.length)]
}

/// `sounds` of both words together.
fn room(sounds: usize) -> f32 {
    (ROOM + ROOM_PER_SOUND / 2.0 * sounds as f32) * BIT
}

/// How far apart two words are, as a share of the room their spellings have: below 1 they are one word, and nothing is told
/// beyond [`FAR`].
fn apart(a: &[Sound], b: &[Sound], costs: &Costs) -> f32 {
    if a.is_empty() || b.is_empty() {
        return FAR;
    }
    let room = room(a.len() + b.len());
    distance(a, b, costs, (FAR * room) as u32) as f32 / room
}

/// What two words share, 0 to 1. By the surprise itself and not its share of the room, so that among candidates of all lengths the
/// likeliest spelling comes first; half is left at ten bits.
fn shared(apart: f32, sounds: usize) -> f32 {
    if apart >= FAR {
        return 0.0;
    }
    let tens = apart * room(sounds) / (10.0 * BIT);
    1.0 / (1.0 + tens * tens)
}

/// What agreement is worth when the spellings are this far apart.
fn worth(bits: f32, apart: f32) -> f32 {
    bits * (1.0 - 0.6 * apart * apart)
}

pub(super) fn pair(a: &Part, b: &Part, costs: &Costs) -> Pairing {
    let (n, m) = (a.words.len().min(MOST), b.words.len().min(MOST));
    let (left, right) = (&a.words[..n], &b.words[..m]);
    let mut grid = [[FAR; MOST]; MOST];
    for (i, l) in left.iter().enumerate() {
        for (j, r) in right.iter().enumerate() {
            grid[i][j] = if l.id == r.id {
                0.0
            } else if l.form != 0 && l.form == r.form {
                apart(row(a, l, l), row(b, r, r), costs).min(FORM)
            } else if l.class == WordClass::Initial || r.class == WordClass::Initial {
                FAR
            } else {
                apart(row(a, l, l), row(b, r, r), costs)
            };
        }
    }
    let mut out = Pairing {
        steps: [None; 2 * MOST],
        count: 0,
        shared: 0.0,
        all: left.iter().map(|w| w.bits).sum::<f32>().max(right.iter().map(|w| w.bits).sum::<f32>()),
        weakest: None,
        first_agrees: false,
        conflict: 0.0,
        lost: 0,
        missing: 0,
    };
    let (mut free_left, mut free_right) = ([true; MOST], [true; MOST]);
    let mut order = [None::<usize>; MOST];
    // The best pair first; of equals the one that keeps the order of words.
    loop {
        let mut best: Option<(f32, usize, usize, usize)> = None;
        for i in (0..n).filter(|i| free_left[*i]) {
            for j in (0..m).filter(|j| free_right[*j] && grid[i][*j] < NEAR) {
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
        } else if l.script != r.script && grid[i][j] < 1.0 && (l.form == 0 || grid[i][j] < FORM) {
            ReasonKind::OtherScript
        } else {
            ReasonKind::Spelling
        };
        agree(
            &mut out,
            kind,
            (i, i),
            (j, j),
            gain,
            (l.bits + r.bits) / 2.0 * shared(grid[i][j], usize::from(l.length + r.length)),
        );
    }
    joined(a, b, &mut free_left, &mut free_right, costs, &mut out);
    for (kind, test, gain, share) in [
        (ReasonKind::Nickname, nickname as fn(&Part, &Word, &Part, &Word, &Costs) -> bool, 0.3, 0.3),
        (ReasonKind::Initial, initial, 0.5, 0.7),
    ] {
        loop {
            let mut best: Option<(f32, usize, usize, usize)> = None;
            for i in (0..n).filter(|i| free_left[*i]) {
                for j in (0..m).filter(|j| free_right[*j]) {
                    let (l, r) = (&left[i], &right[j]);
                    let least = l.bits.min(r.bits);
                    let better =
                        best.is_none_or(|(b, off, sum, _)| least > b || least == b && (i.abs_diff(j), i + j) < (off, sum));
                    if better && (test(a, l, b, r, costs) || test(b, r, a, l, costs)) {
                        best = Some((least, i.abs_diff(j), i + j, i));
                    }
                }
            }
            let Some((least, _, sum, i)) = best else { break };
            let j = sum - i;
            (free_left[i], free_right[j]) = (false, false);
            order[i] = Some(j);
            agree(&mut out, kind, (i, i), (j, j), gain * least, share * least);
        }
    }
    if !order[..n].iter().flatten().is_sorted() {
        out.add((ReasonKind::Order, None, None, -OTHER_ORDER));
    }
    left_over(left, right, &grid, &free_left, &free_right, &mut out);
    out
}

fn agree(out: &mut Pairing, kind: ReasonKind, left: (usize, usize), right: (usize, usize), gain: f32, shared: f32) {
    let range = |(first, last): (usize, usize)| Some((first as u8, last as u8));
    out.add((kind, range(left), range(right), gain));
    out.shared += shared;
    out.first_agrees |= left.0 == 0 && right.0 == 0;
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

/// Two words written as one: the first no longer ends a word.
fn in_one<'a>(first: &[Sound], second: &[Sound], space: &'a mut [Sound; 2 * LONGEST]) -> &'a [Sound] {
    let n = first.len() + second.len();
    for (to, from) in space.iter_mut().zip(first.iter().chain(second)) {
        *to = *from;
    }
    if let Some(end) = first.len().checked_sub(1) {
        space[end] = inside(space[end]);
    }
    &space[..n.min(2 * LONGEST)]
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
                let (mut space, mut bare) = ([0; 2 * LONGEST], [0; 2 * LONGEST]);
                let both = in_one(row(two, w, w), row(two, v, v), &mut space);
                // Marwari adds an -a to the first of two (Bhanwara Lal, Bhanwarlal).
                let without = match row(two, w, w) {
                    [stem @ .., last] if stem.len() > 2 && is_final_a(*last) => Some(in_one(stem, row(two, v, v), &mut bare)),
                    _ => None,
                };
                for (j, whole) in
                    one.words.iter().enumerate().take(MOST).filter(|(j, x)| free_one[*j] && x.class != WordClass::Initial)
                {
                    let whole = row(one, whole, whole);
                    let d = without.map_or(FAR, |w| apart(w, whole, costs) + FORM).min(apart(both, whole, costs));
                    if d < NEAR && best.is_none_or(|(b, ..)| d < b) {
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
        agree(
            out,
            ReasonKind::Joined,
            l,
            r,
            worth(split.min(whole), d),
            (split + whole) / 2.0 * shared(d, usize::from(two.words[i].length + two.words[i + 1].length + one.words[j].length)),
        );
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
            let surname = i > 0 && j > 0 && i + 1 == left.len() && j + 1 == right.len() && out.first_agrees;
            let most = match (class_given, surname) {
                (true, false) => LOST_FIRST,
                (true, true) => LOST_OTHER,
                (false, _) if left[i].class == WordClass::Title && right[j].class == WordClass::Title => LOST_OTHER / 2.0,
                (false, _) => LOST_ELEMENT,
            };
            let share = (grid[i][j] - NEAR).clamp(0.1, 1.0);
            if class_given {
                out.conflict = out.conflict.max(share);
            }
            out.lost += u8::from(class_given || left[i].class == WordClass::Title && right[j].class == WordClass::Title);
            out.shared +=
                (left[i].bits + right[j].bits) / 2.0 * shared(grid[i][j], usize::from(left[i].length + right[j].length));
            out.add((ReasonKind::Differs, Some((i as u8, i as u8)), Some((j as u8, j as u8)), -most * share));
        }
    }
    // An initial that no word begins with speaks against, though less than a word: initials meet initials, then words.
    let find = |words: &[Word], free: &[bool; MOST], used: &[bool; MOST], class: WordClass| {
        (0..words.len()).find(|i| free[*i] && !used[*i] && words[*i].class == class)
    };
    // Likewise a title and a name that is none listed: two family names.
    let (short, long, title) = (WordClass::Initial, WordClass::Given, WordClass::Title);
    for (l, r) in [(short, short), (short, long), (long, short), (title, long), (long, title)] {
        while let Some((i, j)) = find(left, free_left, &used_left, l).zip(find(right, free_right, &used_right, r)) {
            (used_left[i], used_right[j]) = (true, true);
            out.lost += 1;
            let lost = if l == title || r == title { LOST_OTHER } else { LOST_INITIAL };
            out.conflict = out.conflict.max(0.8);
            out.add((ReasonKind::Differs, Some((i as u8, i as u8)), Some((j as u8, j as u8)), -lost));
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
