//! People made of real words: each word of a name comes with its own two spellings, from one half of the pairs.
//!
//! The files hold words, not people, so people are put together by a seeded draw: given name and family name by how
//! often candidates bear them, a father with the same family name, an age. The Latin record is another clerk's: other
//! spellings, an age off by a year or two, sometimes an initial, a joined or a left-out word, no father.

use crate::pairs::{Pair, hash};

pub struct Record {
    pub name: String,
    pub father: String,
    pub age: Option<u32>,
}

pub struct Person {
    pub hindi: Record,
    pub latin: Record,
}

/// SplitMix64.
pub struct Draw(pub u64);

impl Draw {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

struct Bag<'a> {
    words: Vec<&'a Pair>,
    sums: Vec<u64>,
}

impl<'a> Bag<'a> {
    fn new(words: Vec<&'a Pair>) -> Self {
        let mut sum = 0;
        let sums = words.iter().map(|p| {
            // Counts flattened: a draw by plain counts would be three words over and over.
            sum += f64::from(p.count).sqrt().ceil() as u64;
            sum
        });
        Bag { sums: sums.collect(), words }
    }

    fn draw(&self, draw: &mut Draw) -> &'a Pair {
        let at = draw.next() % self.sums.last().copied().unwrap_or(1);
        self.words[self.sums.partition_point(|s| *s <= at)]
    }
}

/// `n` people from one half of the pairs, with families: about one in five has a brother in the data.
pub fn make(pairs: &[Pair], development: bool, n: usize) -> Vec<Person> {
    let half = |counted: bool| -> Vec<&Pair> {
        pairs
            .iter()
            .filter(|p| {
                p.development() == development && p.counted == counted && p.latin.len() > 2 && p.hindi.chars().count() > 2
            })
            .collect()
    };
    let (given, family) = (Bag::new(half(false)), Bag::new(half(true)));
    let mut draw = Draw(hash(if development { "development" } else { "held back" }));
    let mut out: Vec<Person> = Vec::new();
    while out.len() < n {
        let surname = family.draw(&mut draw);
        let father = if draw.chance(50) { given.draw(&mut draw) } else { family.draw(&mut draw) };
        let middle = draw.chance(25).then(|| family.draw(&mut draw));
        let sons = 1 + usize::from(draw.chance(20));
        for _ in 0..sons {
            let first = if draw.chance(50) { given.draw(&mut draw) } else { family.draw(&mut draw) };
            let age = 18 + draw.below(60) as u32;
            let hindi: Vec<&str> = [Some(first), middle, Some(surname)].into_iter().flatten().map(|p| p.hindi.as_str()).collect();
            let mut latin: Vec<String> =
                [Some(first), middle, Some(surname)].into_iter().flatten().map(|p| p.latin.clone()).collect();
            match draw.below(100) {
                0..5 => latin[0].truncate(1),
                5..10 if latin.len() > 2 => drop(latin.remove(1)),
                10..15 => {
                    let last = latin.pop().unwrap_or_default();
                    if let Some(before) = latin.last_mut() {
                        before.push_str(&last);
                    }
                }
                15..20 => latin.rotate_left(1),
                _ => {}
            }
            let off = [0, 0, 0, 1, 1, 2][draw.below(6)];
            out.push(Person {
                hindi: Record { name: hindi.join(" "), father: format!("{} {}", father.hindi, surname.hindi), age: Some(age) },
                latin: Record {
                    name: latin.join(" "),
                    father: match draw.below(20) {
                        0 => String::new(),
                        1..4 => father.latin.clone(),
                        _ => format!("{} {}", father.latin, surname.latin),
                    },
                    age: (!draw.chance(5)).then_some(age + off),
                },
            });
        }
    }
    out.truncate(n);
    out
}
