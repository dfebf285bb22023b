//! Measures.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use identity::names::{AGREES, Name, Relation, compare, keys, parse};

use crate::pairs::{self, Pair};
use crate::people::{self, Person};

type Outcome = Result<(), Box<dyn std::error::Error>>;

pub fn all(folder: &Path, parts: &[&str], out: &mut impl Write) -> Outcome {
    let asked = |part: &str| parts.is_empty() || parts.contains(&part);
    let pairs = pairs::read(folder)?;
    for development in [true, false] {
        writeln!(out, "{}", if development { "development half" } else { "held-back half" })?;
        if asked("words") {
            words(&pairs, folder, development, out)?;
        }
        if asked("names") {
            names(&pairs, development, out)?;
        }
        if asked("people") {
            people(&pairs, development, out)?;
        }
    }
    Ok(())
}

/// Rank of the first right answer among the candidates, by similarity.
fn rank(query: &Name, pool: &[(String, Name)], right: impl Fn(&str) -> bool) -> usize {
    let mut scored: Vec<(f32, f32, &str)> = pool
        .iter()
        .map(|(text, name)| {
            let e = compare(query, name);
            (e.similarity, e.weight, text.as_str())
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    scored.iter().position(|s| right(s.2)).unwrap_or(usize::MAX)
}

fn words(pairs: &[Pair], folder: &Path, development: bool, out: &mut impl Write) -> Outcome {
    let mut pool: BTreeSet<String> = pairs::others(folder)?.into_iter().collect();
    pool.extend(pairs.iter().map(|p| p.latin.clone()));
    let pool: Vec<(String, Name)> = pool.into_iter().map(|l| (l.clone(), parse(&l))).collect();
    for counted in [true, false] {
        let mut truth: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for p in pairs.iter().filter(|p| p.development() == development && p.counted == counted) {
            truth.entry(&p.hindi).or_default().insert(&p.latin);
        }
        let started = Instant::now();
        let ranks: Vec<usize> = truth.iter().map(|(h, l)| rank(&parse(h), &pool, |c| l.contains(c))).collect();
        if development && std::env::var_os("BAD").is_some() {
            for (h, l) in truth.iter().step_by(9).take(120) {
                let q = parse(h);
                let mut v: Vec<(f32, &str)> = pool.iter().map(|(t, n)| (compare(&q, n).similarity, t.as_str())).collect();
                v.sort_by(|a, b| b.0.total_cmp(&a.0));
                if !l.contains(v[0].1) {
                    writeln!(out, "    W {h} {l:?} {:?}", &v[..3])?;
                }
            }
        }
        report(out, if counted { "word, candidates" } else { "word, given names" }, &ranks, pool.len(), started)?;
        let found = pairs.iter().filter(|p| p.development() == development && p.counted == counted);
        let (mut hit, mut n, mut bad) = (0, 0, Vec::new());
        for p in found {
            let (h, l) = (keys(&parse(&p.hindi)), keys(&parse(&p.latin)));
            let shared = h.iter().any(|k| l.contains(k));
            n += 1;
            hit += usize::from(shared);
            if !shared && development && std::env::var_os("BAD").is_some() {
                bad.push(format!(
                    "{} {} {:?} {:?}",
                    p.hindi,
                    p.latin,
                    h.iter().map(|k| k.to_string()).collect::<Vec<_>>(),
                    l.iter().map(|k| k.to_string()).collect::<Vec<_>>()
                ));
            }
        }
        writeln!(out, "  keys shared by a pair: {:.4} of {n}", hit as f64 / f64::from(n))?;
        for b in bad.iter().step_by(bad.len() / 50 + 1) {
            writeln!(out, "    {b}")?;
        }
    }
    Ok(())
}

fn report(out: &mut impl Write, what: &str, ranks: &[usize], pool: usize, started: Instant) -> Outcome {
    let n = ranks.len() as f64;
    let within = |k: usize| ranks.iter().filter(|r| **r < k).count() as f64 / n;
    let speed = n * pool as f64 / started.elapsed().as_secs_f64();
    writeln!(
        out,
        "  {what}: {} queries, {pool} candidates: top-1 {:.4}, recall@10 {:.4}, {:.2} million comparisons/s",
        ranks.len(),
        within(1),
        within(10),
        speed / 1e6
    )?;
    Ok(())
}

fn names(pairs: &[Pair], development: bool, out: &mut impl Write) -> Outcome {
    let people = people::make(pairs, development, 7000);
    let pool: Vec<(String, Name)> = people.iter().map(|p| (p.latin.name.clone(), parse(&p.latin.name))).collect();
    let started = Instant::now();
    let mut ranks = Vec::new();
    let mut bad = Vec::new();
    for p in people.iter().take(1500) {
        let q = parse(&p.hindi.name);
        let r = rank(&q, &pool, |c| c == p.latin.name);
        if r > 0 {
            let best = pool
                .iter()
                .max_by(|a, b| compare(&q, &a.1).similarity.total_cmp(&compare(&q, &b.1).similarity))
                .map(|b| b.0.as_str());
            bad.push(format!("{} | {} | {}", p.hindi.name, p.latin.name, best.unwrap_or_default()));
        }
        ranks.push(r);
    }
    report(out, "full name", &ranks, pool.len(), started)?;
    if development && std::env::var_os("BAD").is_some() {
        for b in bad.iter().take(60) {
            writeln!(out, "    {b}")?;
        }
    }
    Ok(())
}

fn whole(record: &people::Record) -> Name {
    let name = parse(&record.name);
    let name = if record.father.is_empty() { name } else { name.with_relative(Relation::Father, &record.father) };
    match record.age.and_then(|a| u8::try_from(a).ok()) {
        Some(age) => name.with_age(age, None),
        None => name,
    }
}

fn people(pairs: &[Pair], development: bool, out: &mut impl Write) -> Outcome {
    let people: Vec<Person> = people::make(pairs, development, 7000);
    let hindi: Vec<Name> = people.iter().map(|p| whole(&p.hindi)).collect();
    let latin: Vec<Name> = people.iter().map(|p| whole(&p.latin)).collect();
    let mut blocks: HashMap<_, Vec<usize>> = HashMap::new();
    for (j, name) in latin.iter().enumerate() {
        for key in keys(name) {
            blocks.entry(key).or_default().push(j);
        }
    }
    let started = Instant::now();
    let (mut candidates, mut reached) = (0usize, 0usize);
    let mut scored: Vec<(f32, bool, usize, usize)> = Vec::new();
    for (i, name) in hindi.iter().enumerate() {
        let near: BTreeSet<usize> = keys(name).iter().filter_map(|k| blocks.get(k)).flatten().copied().collect();
        candidates += near.len();
        reached += usize::from(near.contains(&i));
        scored.extend(near.iter().map(|j| (compare(name, &latin[*j]).weight, *j == i, i, *j)).filter(|s| s.0 > -20.0));
    }
    let f1 = |threshold: f32| {
        let said = scored.iter().filter(|s| s.0 >= threshold);
        let (right, all) = said.fold((0usize, 0usize), |(r, a), s| (r + usize::from(s.1), a + 1));
        let (p, r) = (right as f64 / all.max(1) as f64, right as f64 / people.len() as f64);
        (p, r, 2.0 * p * r / (p + r).max(1e-9))
    };
    let (p, r, f) = f1(AGREES);
    writeln!(
        out,
        "  name, father, age: {} people, keys reach {:.4}, {:.1} candidates each, precision {p:.4}, recall {r:.4}, F1 {f:.4} at {AGREES} bits, {:.2} million/s",
        people.len(),
        reached as f64 / people.len() as f64,
        candidates as f64 / people.len() as f64,
        candidates as f64 / started.elapsed().as_secs_f64() / 1e6
    )?;
    if development {
        for t in -2..12 {
            let (p, r, f) = f1(t as f32 * 2.0);
            writeln!(out, "    {}: {p:.4} {r:.4} {f:.4}", t * 2)?;
        }
        if std::env::var_os("BAD").is_some() {
            let show = |r: &people::Record| format!("{} / {} / {:?}", r.name, r.father, r.age);
            for s in scored.iter().filter(|s| (s.0 >= AGREES) != s.1).step_by(7).take(60) {
                writeln!(out, "    {} {:.1} {} | {}", s.1, s.0, show(&people[s.2].hindi), show(&people[s.3].latin))?;
            }
        }
    }
    Ok(())
}
