//! Expectation maximisation over all alignments of each pair.

use identity::names::letters::{DEVANAGARI, FIRST_LATIN, LATIN, sounds};
use identity::names::sounds::Counts;

use crate::pairs::Pair;

const ROUNDS: usize = 12;

pub fn learn<'a>(pairs: impl Iterator<Item = &'a Pair>) -> Counts {
    let pairs: Vec<(Vec<usize>, Vec<usize>, f64)> = pairs
        .map(|p| {
            let (mut h, mut l) = (Vec::new(), Vec::new());
            sounds(&p.hindi, &mut h);
            sounds(&p.latin, &mut l);
            let latin = l.iter().map(|s| usize::from(s - FIRST_LATIN)).collect();
            (h.iter().map(|s| usize::from(*s)).collect(), latin, 1.0 + f64::from(p.count).ln())
        })
        .filter(|(h, l, _): &(Vec<usize>, Vec<usize>, f64)| !h.is_empty() && !l.is_empty())
        .collect();
    let (nd, nl) = (DEVANAGARI.len(), LATIN.len());
    // To begin with every letter may stand for every other, letters of one name rather so than letters that share none.
    let mut model = Counts::default();
    for (d, sound) in DEVANAGARI.iter().enumerate() {
        for (l, letter) in LATIN.iter().enumerate() {
            let alike = match *sound {
                // The second halves of double letters are other sounds than their names say.
                "gy2" => matches!(*letter, "y" | "n"),
                "ss" => matches!(*letter, "s" | "sh" | "x2"),
                "ai2" => *letter == "i",
                "au2" => *letter == "u",
                "r2" => matches!(*letter, "i" | "u"),
                "Mn" => *letter == "n",
                "Mb" => *letter == "m",
                _ => sound.to_lowercase().chars().next() == letter.chars().next(),
            };
            model.pairs[d][l] = if alike { 20.0 } else { 1.0 };
        }
    }
    model.pairs[nd].fill(2.0);
    for row in &mut model.pairs {
        row[nl] = 2.0;
    }
    for round in 0..ROUNDS {
        let all: f64 = model.pairs.iter().flatten().sum();
        let p = |d: usize, l: usize| (model.pairs[d][l] + 1e-3) / all;
        let mut next = Counts::default();
        for (h, l, weight) in &pairs {
            let (n, m) = (h.len(), l.len());
            let mut forward = vec![vec![0.0f64; m + 1]; n + 1];
            let mut back = vec![vec![0.0f64; m + 1]; n + 1];
            forward[0][0] = 1.0;
            for i in 0..=n {
                for j in 0..=m {
                    let mut sum = forward[i][j];
                    if i > 0 {
                        sum += forward[i - 1][j] * p(h[i - 1], nl);
                    }
                    if j > 0 {
                        sum += forward[i][j - 1] * p(nd, l[j - 1]);
                    }
                    if i > 0 && j > 0 {
                        sum += forward[i - 1][j - 1] * p(h[i - 1], l[j - 1]);
                    }
                    forward[i][j] = sum;
                }
            }
            back[n][m] = 1.0;
            for i in (0..=n).rev() {
                for j in (0..=m).rev() {
                    let mut sum = back[i][j];
                    if i < n {
                        sum += back[i + 1][j] * p(h[i], nl);
                    }
                    if j < m {
                        sum += back[i][j + 1] * p(nd, l[j]);
                    }
                    if i < n && j < m {
                        sum += back[i + 1][j + 1] * p(h[i], l[j]);
                    }
                    back[i][j] = sum;
                }
            }
            let whole = forward[n][m];
            // A pair whose letters have nothing to do with one another is an error of the source, not a spelling.
            // Before something is learnt, everything looks like one.
            if whole <= 0.0 || round > 3 && -whole.log2() > 9.0 * (n.max(m) as f64) {
                continue;
            }
            for i in 0..=n {
                for j in 0..=m {
                    let f = forward[i][j] * weight / whole;
                    if i < n {
                        next.pairs[h[i]][nl] += f * p(h[i], nl) * back[i + 1][j];
                    }
                    if j < m {
                        next.pairs[nd][l[j]] += f * p(nd, l[j]) * back[i][j + 1];
                    }
                    if i < n && j < m {
                        next.pairs[h[i]][l[j]] += f * p(h[i], l[j]) * back[i + 1][j + 1];
                    }
                }
            }
        }
        model = next;
    }
    model
}
