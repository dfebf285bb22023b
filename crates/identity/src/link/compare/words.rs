//! Texts of several words: likeness weighted by how rare a word is.

use std::collections::HashMap;

use crate::link::compare::bag::Bag;
use crate::link::compare::text::{damerau, jaro_winkler};
use crate::link::table::Column;

/// Words of a value that count.
const MOST: usize = 24;

/// Words of every distinct value of a column, rarest first, each with the square of its inverse document frequency.
#[derive(Debug, Default)]
pub struct Words {
    ends: Vec<u32>,
    words: Vec<u32>,
    text: Vec<Box<str>>,
    bags: Vec<Bag>,
    weight: Vec<f32>,
    /// Sum of weights, by value.
    total: Vec<f32>,
}

pub fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || is_mark(c))).filter(|w| !w.is_empty())
}

/// Marks that belong to a letter before them (vowel signs, nukta, virama).
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// In how many rows each word stands, and of how many rows.
pub type Known = (HashMap<String, u32>, f32);

/// Counts words over values with their rows.
pub fn known<'v>(values: impl Iterator<Item = (&'v str, u32)>) -> Known {
    let (mut words, mut rows): Known = (HashMap::new(), 0.0);
    for (value, count) in values {
        rows += count as f32;
        let mut own: Vec<&str> = split(value).collect();
        own.sort_unstable();
        own.dedup();
        own.into_iter().for_each(|w| *words.entry(w.to_string()).or_default() += count);
    }
    (words, rows)
}

impl Words {
    pub fn new(column: &Column) -> Words {
        Words::with(column, None)
    }

    /// With frequencies of words counted elsewhere; a word not among them counts as one met once.
    pub fn with(column: &Column, elsewhere: Option<&Known>) -> Words {
        let mut out = Words { ends: vec![0], total: vec![0.0], ..Words::default() };
        let mut number: HashMap<String, u32> = HashMap::new();
        let mut holders: Vec<u32> = Vec::new();
        for code in 1..column.values.len() as u32 {
            let mut own: Vec<u32> = Vec::new();
            for word in split(column.values.get(code)) {
                let n = *number.entry(word.to_string()).or_insert_with(|| {
                    out.text.push(word.into());
                    holders.push(0);
                    out.text.len() as u32 - 1
                });
                if !own.contains(&n) && own.len() < MOST {
                    own.push(n);
                    holders[n as usize] += column.counts[code as usize];
                }
            }
            out.words.extend(own);
            out.ends.push(out.words.len() as u32);
        }
        out.bags = out.text.iter().map(|t| Bag::new(t)).collect();
        let mut rows = column.filled().max(1) as f32;
        if let Some((words, all)) = elsewhere {
            rows = all.max(1.0);
            holders = out.text.iter().map(|t| words.get(&**t).copied().unwrap_or(1)).collect();
        }
        out.weight = holders.iter().map(|&h| ((rows + 1.0) / h.max(1) as f32).ln().max(0.05)).collect();
        for code in 1..out.ends.len() {
            let (from, to) = (out.ends[code - 1] as usize, out.ends[code] as usize);
            out.words[from..to].sort_by(|&a, &b| out.weight[b as usize].total_cmp(&out.weight[a as usize]).then(a.cmp(&b)));
            out.total.push(out.words[from..to].iter().map(|&w| out.weight[w as usize]).sum());
        }
        out
    }

    /// Whether no value was taken in.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn of(&self, code: u32) -> &[u32] {
        match code as usize {
            0 => &[],
            i => &self.words[self.ends[i - 1] as usize..self.ends[i] as usize],
        }
    }

    /// The `n`-th rarest word of a value.
    pub fn rare(&self, code: u32, n: usize) -> Option<&str> {
        self.of(code).get(n).map(|&w| &*self.text[w as usize])
    }

    /// Weighted share of words in common, 0 to 1 (a soft Jaccard: words that differ by a slip count in part).
    pub fn likeness(&self, a: u32, b: u32) -> f32 {
        let common = self.common(a, b);
        let all = self.total[a as usize] + self.total[b as usize] - common;
        if all <= 0.0 { 0.0 } else { (common / all).min(1.0) }
    }

    /// Weighted share of the shorter text's words that the other has too.
    pub fn contained(&self, a: u32, b: u32) -> f32 {
        let least = self.total[a as usize].min(self.total[b as usize]);
        if least <= 0.0 { 0.0 } else { (self.common(a, b) / least).min(1.0) }
    }

    fn common(&self, a: u32, b: u32) -> f32 {
        let (a, b) = (self.of(a), self.of(b));
        let mut taken = 0u32;
        let mut common = 0.0;
        let mut open = 0u32;
        for (i, w) in a.iter().enumerate() {
            match b.iter().position(|v| v == w) {
                Some(j) => {
                    taken |= 1 << j;
                    common += self.weight[*w as usize];
                }
                None => open |= 1 << i,
            }
        }
        for (i, w) in a.iter().enumerate().filter(|(i, _)| open & (1 << i) != 0) {
            let mut best = (0.0, 0);
            for (j, v) in b.iter().enumerate().filter(|(j, _)| taken & (1 << j) == 0) {
                // A word stands for another at one edit, at a Jaro-Winkler of 0.9, or as its initial.
                let (p, q) = (self.bags[*w as usize], self.bags[*v as usize]);
                if p.least_edits(q) > 1 && p.most_winkler(q) < 0.9 && p.length().min(q.length()) > 1 {
                    continue;
                }
                let alike = alike(&self.text[*w as usize], &self.text[*v as usize]);
                if alike > best.0 {
                    best = (alike, j);
                }
            }
            if best.0 > 0.0 {
                taken |= 1 << best.1;
                common += best.0 * self.weight[a[i] as usize].min(self.weight[b[best.1] as usize]);
            }
        }
        common
    }
}

/// How far a word stands for another: 1 the same, 0 not at all.
fn alike(a: &str, b: &str) -> f32 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.bytes().all(|b| b.is_ascii_digit()) && long.bytes().any(|b| b.is_ascii_digit()) {
        return if short.len() > 4 && damerau(a, b, 1) <= 1 { 0.6 } else { 0.0 };
    }
    let n = short.chars().count();
    if n == 1 && long.starts_with(short) {
        return 0.4;
    }
    if n < 3 {
        return 0.0;
    }
    if damerau(a, b, 1) <= 1 {
        return if n >= 4 { 0.9 } else { 0.6 };
    }
    let likeness = jaro_winkler(a, b);
    if likeness >= 0.9 { 0.7 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_count_more_and_slips_count_in_part() {
        let mut column = Column::new("a".into());
        let values = [
            "12 lake road udaipur",
            "12 lake raod udaipur",
            "14 lake road udaipur",
            "house of ghanshyam",
            "ghanshyam house",
            "road",
            "123 45",
        ];
        values.iter().for_each(|v| column.push(Some(v)).unwrap());
        let words = Words::new(&column);
        assert!((words.likeness(1, 1) - 1.0).abs() < 1e-6);
        assert!(words.likeness(1, 2) > words.likeness(1, 3), "a slip is less than another house number");
        assert!(words.contained(4, 5) > 0.99 && words.likeness(4, 5) < 0.9);
        assert_eq!(words.likeness(1, 7), 0.0);
        assert_eq!(words.rare(4, 9), None);
    }
}
