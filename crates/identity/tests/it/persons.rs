//! Made-up persons with repetitions that are spoilt in the ways registers spoil them. The same seed gives the same rows.

/// One row; `cluster` is the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub id: usize,
    pub cluster: usize,
    pub first: String,
    pub last: String,
    pub dob: String,
    pub postcode: String,
}

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

const SYLLABLES: &[&str] = &[
    "ra", "me", "sh", "ka", "vi", "ta", "ni", "lo", "su", "ma", "de", "pra", "ka", "an", "jo", "ti", "ga", "ur", "bha", "na",
    "ki", "so", "ya", "hem", "li", "mo",
];

/// The `n`-th name: short ones first, so that low numbers look like common names.
fn name(n: usize, salt: usize) -> String {
    let (mut n, mut out) = (n * 7 + salt, String::new());
    loop {
        out.push_str(SYLLABLES[n % SYLLABLES.len()]);
        n /= SYLLABLES.len();
        if n == 0 && out.len() > 3 {
            return out;
        }
    }
}

/// A number below `most`, low ones oftener (the square of a fair one).
fn skewed(dice: &mut Dice, most: usize) -> usize {
    let x = dice.below(1 << 20) as f64 / (1 << 20) as f64;
    (x * x * most as f64) as usize
}

fn slip(dice: &mut Dice, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.is_empty() {
        return String::new();
    }
    let at = dice.below(letters.len());
    match dice.below(4) {
        0 => letters[at] = char::from(b'a' + dice.below(26) as u8),
        1 => _ = letters.remove(at),
        2 => letters.insert(at, char::from(b'a' + dice.below(26) as u8)),
        _ if at > 0 => letters.swap(at - 1, at),
        _ => letters.push('a'),
    }
    letters.into_iter().collect()
}

fn original(dice: &mut Dice, id: usize, cluster: usize, people: usize) -> Row {
    let names = (people / 40).clamp(60, 20_000);
    let (y, m, d) = (1930 + dice.below(80), 1 + dice.below(12), 1 + dice.below(28));
    Row {
        id,
        cluster,
        first: name(skewed(dice, names), 3),
        last: name(skewed(dice, 2 * names), 11),
        dob: format!("{y}-{m:02}-{d:02}"),
        postcode: format!("{}", 300_000 + dice.below((people / 20).clamp(50, 90_000))),
    }
}

fn spoilt(dice: &mut Dice, of: &Row, id: usize, people: usize) -> Row {
    let mut row = Row { id, ..of.clone() };
    if dice.one_in(5) {
        row.first = slip(dice, &row.first);
    }
    if dice.one_in(5) {
        row.last = slip(dice, &row.last);
    }
    match dice.below(20) {
        0 => row.dob = String::new(),
        1 => row.dob = format!("{}{}", &row.dob[..8], format_args!("{:02}", 1 + dice.below(28))),
        2 => row.dob = format!("{}-01-01", &row.dob[..4]),
        3 => row.dob = format!("{}-{}-{}", &row.dob[..4], &row.dob[8..], &row.dob[5..7]),
        _ => {}
    }
    match dice.below(8) {
        0 => row.postcode = format!("{}", 300_000 + dice.below((people / 20).clamp(50, 90_000))),
        1 => row.postcode = String::new(),
        _ => {}
    }
    match dice.below(40) {
        0 => std::mem::swap(&mut row.first, &mut row.last),
        1 => row.first = String::new(),
        2 => row.first.truncate(1),
        _ => {}
    }
    row
}

/// About `rows` rows: four in ten persons have one to three repetitions.
pub fn rows(rows: usize, seed: u64) -> impl Iterator<Item = Row> {
    let mut dice = Dice(seed);
    let (mut id, mut cluster, mut open): (usize, usize, Vec<Row>) = (0, 0, Vec::new());
    std::iter::from_fn(move || {
        if id == rows {
            return None;
        }
        id += 1;
        if let Some(row) = open.pop() {
            return Some(Row { id, ..row });
        }
        cluster += 1;
        let first = original(&mut dice, id, cluster, rows);
        if dice.below(10) < 4 {
            for _ in 0..=dice.below(3) {
                open.push(spoilt(&mut dice, &first, 0, rows));
            }
        }
        Some(first)
    })
}

pub const HEADER: &str = "unique_id,first_name,surname,dob,postcode,cluster";

impl Row {
    pub fn csv(&self) -> String {
        format!("{},{},{},{},{},{}", self.id, self.first, self.last, self.dob, self.postcode, self.cluster)
    }
}
