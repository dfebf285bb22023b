//! Exactness over public lists: every name and sentence goes into the font by the chart and must come back.

use std::fs;
use std::path::PathBuf;

use lipi::{convert, read, read_as_legacy};

use super::encode::{Habit, encode};

/// A column of a shared file; none, with a word about it, where the folder is absent.
fn column(file: &str, column: &str) -> Option<Vec<String>> {
    let root = match std::env::var_os("SAROVAR_SHARED") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let path = root.join("data").join(file);
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    let mut lines = text.lines();
    let at = lines.next()?.split(',').position(|name| name.trim_matches('"') == column)?;
    Some(lines.filter_map(|l| l.split(',').nth(at)).map(|c| c.trim_matches('"').trim().to_owned()).collect())
}

const LISTS: [(&str, &str); 4] = [
    ("hindi_nlp/hindi_emotion_sentences.csv", "sentences"),
    ("hindi_names/hindi_given_names_train.csv", "Name"),
    ("hindi_names/eci_candidate_token_pairs_agg.csv", "hindi_token"),
    ("cctns_ps_codes/rajasthan_41_revenue_districts_hi_en.csv", "district_hi"),
];

/// Hindi that the font can write, with nukta letters as base and dot.
fn hindi() -> Vec<String> {
    let all = LISTS.iter().filter_map(|(file, name)| column(file, name)).flatten();
    all.map(|t| decomposed(&t)).filter(|t| encode(t, Habit::Glyphs).is_some() && t.chars().any(|c| c > '\u{900}')).collect()
}

fn decomposed(text: &str) -> String {
    const DOTTED: [(char, char); 8] = [
        ('\u{958}', 'क'),
        ('\u{959}', 'ख'),
        ('\u{95a}', 'ग'),
        ('\u{95b}', 'ज'),
        ('\u{95c}', 'ड'),
        ('\u{95d}', 'ढ'),
        ('\u{95e}', 'फ'),
        ('\u{95f}', 'य'),
    ];
    text.chars()
        .flat_map(|c| match DOTTED.iter().find(|(dotted, _)| *dotted == c) {
            Some((_, base)) => vec![*base, '\u{93c}'],
            None => vec![c],
        })
        .collect()
}

/// Share of words and list of the first misses.
fn exactness(
    texts: &[String],
    typed: impl Fn(&str) -> Option<String>,
    back: impl Fn(&str) -> String,
) -> (f64, usize, Vec<String>) {
    let (mut right, mut all, mut misses) = (0, 0, Vec::new());
    for text in texts {
        let Some(typed) = typed(text) else { continue };
        let found = back(&typed);
        let (a, b): (Vec<&str>, Vec<&str>) = (text.split_whitespace().collect(), found.split_whitespace().collect());
        all += a.len();
        right += a.iter().zip(&b).filter(|(x, y)| x == y).count();
        if a != b && misses.len() < 12 {
            misses.push(a.iter().zip(&b).filter(|(x, y)| x != y).map(|(x, y)| format!("{x}→{y}")).collect::<Vec<_>>().join(" "));
        }
    }
    (right as f64 / all.max(1) as f64, all, misses)
}

#[test]
fn conversion_is_exact() {
    let texts = hindi();
    if texts.is_empty() {
        return;
    }
    for habit in [Habit::Glyphs, Habit::Pieces] {
        let (share, words, misses) = exactness(&texts, |t| encode(t, habit), convert);
        eprintln!("{habit:?}: {:.3} % of {words} words exactly", share * 100.0);
        assert!(words > 40_000 && share >= 0.995, "{habit:?}: {share} of {words}: {misses:#?}");
    }
}

#[test]
fn conversion_is_exact_behind_rounded_quotes() {
    let texts = hindi();
    if texts.is_empty() {
        return;
    }
    // Word processors round the apostrophe and the quotation mark; some versions of the font draw the other sibilant for them.
    for (single, double) in [("’", "”"), ("‘", "“"), ("”", "’")] {
        let round = |t: &str| encode(t, Habit::Glyphs).map(|k| k.replace('\'', single).replace('"', double));
        let (share, words, misses) = exactness(&texts, round, convert);
        eprintln!("{single}{double}: {:.3} % of {words} words exactly", share * 100.0);
        assert!(share >= 0.995, "{single}{double}: {share} of {words}: {misses:#?}");
    }
}

#[test]
fn runs_are_found_and_latin_is_not_touched() {
    let texts = hindi();
    if texts.is_empty() {
        return;
    }
    let lines: Vec<String> = texts.iter().filter(|t| t.split_whitespace().count() >= 4).cloned().collect();
    let (share, words, misses) = exactness(&lines, |t| encode(t, Habit::Glyphs), |t| read(t).text);
    eprintln!("found in lines: {:.3} % of {words} words", share * 100.0);
    assert!(share >= 0.99, "{share} of {words}: {misses:#?}");
    let round = |t: &str| encode(t, Habit::Pieces).map(|k| k.replace('\'', "’").replace('"', "”"));
    let (share, words, misses) = exactness(&lines, round, |t| read(t).text);
    eprintln!("found in lines behind rounded quotes: {:.3} % of {words} words", share * 100.0);
    assert!(share >= 0.99, "{share} of {words}: {misses:#?}");
    let (share, words, misses) = exactness(&texts, |t| encode(t, Habit::Glyphs), |t| read_as_legacy(t).text);
    eprintln!("in legacy columns: {:.3} % of {words} words", share * 100.0);
    assert!(share >= 0.995, "{share} of {words}: {misses:#?}");

    let mut touched = Vec::new();
    let mut latin = 0;
    for (file, name) in [
        ("hindi_names/indian_first_names_train.csv", "Name"),
        ("hindi_names/eci_candidate_token_pairs_agg.csv", "latin_token"),
        ("cctns_ps_codes/rajasthan_police_stations_cctns.csv", "ps_name_raw"),
        ("cctns_ps_codes/cctns_state_district_ps_all_india.csv", "ps_name"),
        ("lgd/rajasthan_3-subdistrict.csv", "Sub-district Name"),
        ("pincode/rajasthan_post_offices_2015.csv", "office"),
    ] {
        for cell in column(file, name).into_iter().flatten() {
            for form in [cell.clone(), cell.to_uppercase(), cell.to_lowercase()] {
                latin += 1;
                if read(&form).is_converted() {
                    touched.push(form);
                }
            }
        }
    }
    eprintln!("{latin} Latin cells, converted: {touched:?}");
    assert!(touched.is_empty(), "{touched:?}");
}
