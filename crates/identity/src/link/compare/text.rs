//! Edit distances and Jaro-Winkler over bytes or characters.

/// Characters looked at; what follows does not count.
const MOST: usize = 64;

/// Runs `f` on both texts as bytes where both are ASCII, else as characters.
macro_rules! over {
    ($a:expr, $b:expr, $f:ident $(, $x:expr)*) => {
        if $a.is_ascii() && $b.is_ascii() {
            let (a, b) = ($a.as_bytes(), $b.as_bytes());
            $f(&a[..a.len().min(MOST)], &b[..b.len().min(MOST)] $(, $x)*)
        } else {
            let (mut x, mut y) = (['\0'; MOST], ['\0'; MOST]);
            let (n, m) = (chars($a, &mut x), chars($b, &mut y));
            $f(&x[..n], &y[..m] $(, $x)*)
        }
    };
}

fn chars(text: &str, out: &mut [char; MOST]) -> usize {
    let mut n = 0;
    for c in text.chars().take(MOST) {
        out[n] = c;
        n += 1;
    }
    n
}

/// Jaro-Winkler similarity, 0 to 1 (Winkler 1990: prefix weight 0.1, at most 4 characters).
pub fn jaro_winkler(a: &str, b: &str) -> f32 {
    over!(a, b, winkler)
}

fn winkler<T: Eq + Copy>(a: &[T], b: &[T]) -> f32 {
    let jaro = jaro(a, b);
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + prefix as f32 * 0.1 * (1.0 - jaro)
}

fn jaro<T: Eq + Copy>(a: &[T], b: &[T]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b, mut matches) = (0u64, 0u64, 0u32);
    for (i, x) in a.iter().enumerate() {
        let (from, to) = (i.saturating_sub(reach), (i + reach + 1).min(b.len()));
        for (j, y) in b.iter().enumerate().take(to).skip(from) {
            if x == y && in_b & (1 << j) == 0 {
                in_a |= 1 << i;
                in_b |= 1 << j;
                matches += 1;
                break;
            }
        }
    }
    if matches == 0 {
        return 0.0;
    }
    let (mut moved, mut rest) = (0u32, in_b);
    let mut left = in_a;
    while left != 0 {
        let (i, j) = (left.trailing_zeros() as usize, rest.trailing_zeros() as usize);
        moved += u32::from(a[i] != b[j]);
        left &= left - 1;
        rest &= rest - 1;
    }
    let m = matches as f32;
    (m / a.len() as f32 + m / b.len() as f32 + (m - (moved / 2) as f32) / m) / 3.0
}

/// Edits (insert, delete, replace, swap of neighbours: optimal string alignment) between two texts; `most + 1` where there are more.
pub fn damerau(a: &str, b: &str, most: usize) -> usize {
    over!(a, b, edits, most, true)
}

/// Edits without swaps (Levenshtein); `most + 1` where there are more.
pub fn levenshtein(a: &str, b: &str, most: usize) -> usize {
    over!(a, b, edits, most, false)
}

fn edits<T: Eq + Copy>(a: &[T], b: &[T], most: usize, swaps: bool) -> usize {
    let (mut a, mut b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if b.len() - a.len() > most {
        return most + 1;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    if a.is_empty() {
        return b.len();
    }
    let (mut before, mut last, mut row) = ([0u8; MOST + 1], [0u8; MOST + 1], [0u8; MOST + 1]);
    for (j, cell) in last.iter_mut().enumerate() {
        *cell = j as u8;
    }
    for i in 1..=b.len() {
        row[0] = i as u8;
        let mut least = row[0];
        for j in 1..=a.len() {
            let cost = u8::from(a[j - 1] != b[i - 1]);
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if swaps && i > 1 && j > 1 && a[j - 1] == b[i - 2] && a[j - 2] == b[i - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
            least = least.min(best);
        }
        if usize::from(least) > most {
            return most + 1;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    usize::from(last[a.len()]).min(most + 1)
}

/// Whether one text begins with the whole of the other (so an initial with its name).
pub fn begins(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let short = short.trim_end_matches('.');
    !short.is_empty() && long.starts_with(short)
}

/// Whether the first `n` characters agree.
pub fn same_start(a: &str, b: &str, n: usize) -> bool {
    a.chars().take(n).eq(b.chars().take(n)) && a.chars().nth(n - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jaro_winkler_as_published() {
        // Winkler, "The State of Record Linkage and Current Research Problems", table 2.
        for (a, b, want) in
            [("martha", "marhta", 0.961), ("dwayne", "duane", 0.840), ("dixon", "dicksonx", 0.813), ("a", "b", 0.0)]
        {
            assert!((jaro_winkler(a, b) - want).abs() < 0.001, "{a} {b} {}", jaro_winkler(a, b));
        }
        assert!((jaro_winkler("मार्था", "मार्था") - 1.0).abs() < 1e-6);
        assert!((jaro_winkler("", "") - 1.0).abs() < 1e-6);
        assert!(jaro_winkler(&"ab".repeat(250), &"ab".repeat(249)) > 0.99);
    }

    #[test]
    fn edits_are_counted_up_to_a_bound() {
        assert_eq!(damerau("smith", "smiht", 3), 1);
        assert_eq!(levenshtein("smith", "smiht", 3), 2);
        assert_eq!(damerau("kitten", "sitting", 5), 3);
        assert_eq!(damerau("kitten", "sitting", 2), 3);
        assert_eq!(damerau("ca", "abc", 5), 3, "optimal string alignment, not full Damerau");
        assert_eq!(damerau("रमेश", "रमेस", 2), 1);
        assert_eq!(damerau("a", "abcdef", 2), 3);
        assert_eq!(damerau("", "ab", 4), 2);
    }

    #[test]
    fn beginnings() {
        assert!(begins("r.", "ramesh") && begins("rob", "robert") && !begins("bob", "robert") && !begins(".", "x"));
        assert!(same_start("abcd", "abcx", 3) && !same_start("ab", "ab", 3));
    }
}
