//! Columns that repeat others: one made of others' words says nothing of its own, and one that another decides says nothing once that agrees.

use std::collections::HashMap;

use crate::link::compare::words;
use crate::link::model::{Field, Kind, Model};
use crate::link::table::{Column, Table};

/// Rows looked at.
const SAMPLE: usize = 20_000;

fn column<'t>(field: &Field, table: &'t Table) -> Option<&'t Column> {
    table.column(field.columns.first().unwrap_or(&field.name))
}

/// Drops and marks dependent fields; adds "changed places" where two fields share their words.
pub fn mark(model: &mut Model, tables: &[&Table]) {
    let table = tables[0];
    covered(model, table);
    decided(model, table);
    swapped(model, table);
}

/// A full name beside given name and surname: of the three, the parts are kept; what the whole has besides them is lost to comparison
/// only where it has nothing besides.
fn covered(model: &mut Model, table: &Table) {
    let names: Vec<usize> =
        (0..model.fields.len()).filter(|&i| matches!(model.fields[i].kind, Kind::Name | Kind::FullName | Kind::Words)).collect();
    let mut drop: Vec<usize> = Vec::new();
    let mut whole: Vec<usize> = names.iter().copied().filter(|&i| model.fields[i].kind != Kind::Name).collect();
    // The longest first: it is the one that may hold the others.
    whole.sort_by_key(|&i| column(&model.fields[i], table).map_or(0, |c| c.distinct()));
    for i in whole {
        let parts: Vec<&Column> = names
            .iter()
            .filter(|&&j| j != i && !drop.contains(&j) && model.fields[j].kind == Kind::Name)
            .filter_map(|&j| column(&model.fields[j], table))
            .collect();
        let Some(own) = column(&model.fields[i], table) else { continue };
        let (mut all, mut found) = (0usize, 0usize);
        let step = (table.rows / SAMPLE).max(1);
        for row in (0..table.rows).step_by(step) {
            for word in words::split(own.get(row)) {
                all += 1;
                found += usize::from(parts.iter().any(|p| words::split(p.get(row)).any(|w| w == word)));
            }
        }
        if all > 0 && found * 100 >= all * 85 {
            drop.push(i);
        }
    }
    drop.sort_unstable();
    drop.into_iter().rev().for_each(|i| {
        model.fields.remove(i);
    });
}

/// Marks a field as given by a finer one when, in values that many rows share, the finer one all but decides it.
fn decided(model: &mut Model, table: &Table) {
    let step = (table.rows / SAMPLE).max(1);
    for i in 0..model.fields.len() {
        let Some(coarse) = column(&model.fields[i], table) else { continue };
        if !matches!(model.fields[i].kind, Kind::Text | Kind::Category | Kind::Words | Kind::Postcode | Kind::Name) {
            continue;
        }
        let common = coarse.counts.iter().skip(1).max().copied().unwrap_or(0) as f64 / coarse.filled().max(1) as f64;
        let mut best: Option<(f64, usize)> = None;
        for j in (0..model.fields.len()).filter(|&j| j != i && model.fields[j].given.as_deref() != Some(&model.fields[i].name)) {
            let Some(fine) = column(&model.fields[j], table) else { continue };
            if fine.distinct() <= coarse.distinct() || matches!(model.fields[j].kind, Kind::Name | Kind::FullName | Kind::Date) {
                continue;
            }
            let mut groups: HashMap<u32, HashMap<u32, u32>> = HashMap::new();
            for row in (0..table.rows).step_by(step) {
                let (f, c) = (fine.codes[row], coarse.codes[row]);
                if f != 0 && c != 0 {
                    *groups.entry(f).or_default().entry(c).or_default() += 1;
                }
            }
            // Small groups may be one person's repetitions, and those agree in everything.
            let (mut rows, mut agree, mut n) = (0u32, 0u32, 0usize);
            for group in groups.values() {
                let sum: u32 = group.values().sum();
                if sum >= 8 {
                    rows += sum;
                    agree += group.values().max().copied().unwrap_or(0);
                    n += 1;
                }
            }
            let share = f64::from(agree) / f64::from(rows.max(1));
            if n >= 10 && share >= 0.85 && share > common + 0.3 && best.is_none_or(|b| share > b.0) {
                best = Some((share, j));
            }
        }
        if let Some((_, j)) = best {
            model.fields[i].given = Some(model.fields[j].name.clone());
        }
    }
}

/// Two name fields, one of which may hold the other's value.
fn swapped(model: &mut Model, table: &Table) {
    let names: Vec<usize> = (0..model.fields.len()).filter(|&i| model.fields[i].kind == Kind::Name).collect();
    let mut used: Vec<usize> = Vec::new();
    for (n, &i) in names.iter().enumerate() {
        for &j in &names[n + 1..] {
            let (Some(a), Some(b)) = (column(&model.fields[i], table), column(&model.fields[j], table)) else { continue };
            if used.contains(&i) || used.contains(&j) {
                continue;
            }
            let turned = (0..table.rows.min(SAMPLE)).filter(|&r| a.codes[r] != 0 && b.values.find(a.get(r)).is_some()).count();
            if turned * 200 >= table.rows.min(SAMPLE) {
                let (first, second) = (model.fields[i].name.clone(), j);
                let mut levels: Vec<String> = super::levels::of(Kind::Name).iter().map(ToString::to_string).collect();
                levels.insert(1, format!("swapped({first})"));
                model.fields[second].levels = levels;
                used.extend([i, j]);
            }
        }
    }
}
