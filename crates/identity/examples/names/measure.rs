//! Measures.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use identity::names::letters::sounds;
use identity::names::sounds::{costs, distance};

use crate::pairs;

pub fn all(folder: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let pairs = pairs::read(folder)?;
    let mut pool: BTreeSet<String> = pairs::others(folder)?.into_iter().collect();
    pool.extend(pairs.iter().map(|p| p.latin.clone()));
    let pool: Vec<(String, Vec<u8>)> = pool.into_iter().map(|l| { let mut s = Vec::new(); sounds(&l, &mut s); (l, s) }).collect();
    for (dev, counted) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut truth: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for p in pairs.iter().filter(|p| p.development() == dev && p.counted == counted) {
            truth.entry(&p.hindi).or_default().insert(&p.latin);
        }
        let started = Instant::now();
        let (mut top, mut ten, mut n) = (0, 0, 0);
        let mut bad = Vec::new();
        for (hindi, latin) in &truth {
            let mut q = Vec::new();
            sounds(hindi, &mut q);
            let mut scored: Vec<(u32, &str)> = pool.iter().map(|(l, s)| (distance(&q, s, costs(), 60 * 16), l.as_str())).collect();
            scored.sort_unstable();
            n += 1;
            top += usize::from(latin.contains(scored[0].1));
            ten += usize::from(scored[..10].iter().any(|s| latin.contains(s.1)));
            if !latin.contains(scored[0].1) && bad.len() < 4000 {
                bad.push(format!("{hindi} {:?} {:?}", latin, scored[..4].iter().map(|s| format!("{} {:.1}", s.1, s.0 as f32 / 16.0)).collect::<Vec<_>>()));
            }
        }
        writeln!(out, "dev {dev} eci {counted}: n {n} top1 {:.4} r10 {:.4} {:.2?}/s pairs", top as f64 / n as f64, ten as f64 / n as f64, (n * pool.len()) as f64 / started.elapsed().as_secs_f64())?;
        if dev && std::env::var_os("BAD").is_some() {
            for b in bad.iter().step_by(bad.len() / 60 + 1) { writeln!(out, "  {b}")?; }
        }
    }
    Ok(())
}
