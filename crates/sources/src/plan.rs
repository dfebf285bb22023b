//! A contract applied to one file: which cell feeds which column, which lines are no data, what was counted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use regex::Regex;

use crate::column::{Choice, ColumnPlan, Source};
use crate::contract::{Clean, Column, Contract, Format, From, Kind};
use crate::parsed::Drift;
use crate::read::Layout;
use crate::{Limits, names};

pub(crate) struct Plan {
    pub contract: Arc<Contract>,
    pub layout: Arc<Layout>,
    /// Cells per record.
    pub width: usize,
    /// Header names, or the relative paths asked of each JSON or XML record.
    pub labels: Vec<String>,
    pub columns: Vec<ColumnPlan>,
    pub noise: Noise,
    pub tally: Tally,
    pub now: Option<i64>,
    pub max_record_bytes: usize,
    /// Cells that hold identifiers, in which twelve digits are no Aadhaar number.
    pub identifiers: Vec<bool>,
    /// The contract reads telephone numbers: `91` and a mobile number may stand anywhere in its records.
    pub has_phones: bool,
}

impl Plan {
    pub fn new(contract: &Arc<Contract>, layout: Layout, limits: &Limits) -> Plan {
        let format = &contract.formats[layout.variant];
        let labels = match format.kind {
            Kind::Csv | Kind::Sheet | Kind::Parquet => layout.columns.clone(),
            Kind::Json | Kind::Ndjson | Kind::Xml => paths(contract),
        };
        let find = |name: &str| match format.kind {
            Kind::Csv | Kind::Sheet | Kind::Parquet => find_header(&labels, name),
            _ => labels.iter().position(|l| l == name),
        };
        let columns: Vec<ColumnPlan> =
            contract.columns.iter().enumerate().map(|(i, c)| plan_column(i, c, &layout, labels.len(), &find)).collect();
        let mut identifiers = vec![false; labels.len()];
        for (plan, column) in columns.iter().zip(&contract.columns) {
            if !column.is_identifier() {
                continue;
            }
            let cells = plan.sources.iter().filter_map(|s| match s {
                Source::Cell(cell) => Some(*cell),
                Source::Text(_) | Source::Choose(_) => None,
            });
            let chosen = plan.sources.iter().flat_map(|s| match s {
                Source::Choose(choice) => vec![choice.then, choice.other],
                _ => Vec::new(),
            });
            for cell in cells.chain(chosen).chain(plan.join.iter().flatten().copied()) {
                identifiers[cell] = true;
            }
        }
        Plan {
            width: labels.len(),
            noise: Noise::new(format),
            tally: Tally::default(),
            now: limits.now,
            max_record_bytes: limits.max_record_bytes,
            has_phones: contract.columns.iter().any(|c| c.clean.iter().any(|s| matches!(s, Clean::Phone | Clean::PhoneStrict))),
            contract: contract.clone(),
            layout: Arc::new(layout),
            labels,
            columns,
            identifiers,
        }
    }

    pub fn format(&self) -> &Format {
        &self.contract.formats[self.layout.variant]
    }

    /// A text of the file as it may be kept in quarantine.
    pub fn mask(&self, text: &str) -> String {
        if self.has_phones {
            model::aadhaar::mask_unless(text, is_indian_mobile).into_owned()
        } else {
            model::aadhaar::mask(text).into_owned()
        }
    }

    pub fn drift(&self) -> Drift {
        let contract = &self.contract;
        if self.layout.columns.is_empty() {
            return Drift::default();
        }
        let mut used = vec![false; self.labels.len()];
        for name in contract.columns.iter().flat_map(Column::source_names).chain(contract.signature.iter().map(String::as_str)) {
            if let Some(i) = find_header(&self.labels, name) {
                used[i] = true;
            }
        }
        for column in &self.columns {
            for source in &column.sources {
                match source {
                    Source::Cell(i) => used[*i] = true,
                    Source::Choose(choice) => used[choice.by] = true,
                    Source::Text(_) => {}
                }
            }
        }
        let new: Vec<String> = self
            .labels
            .iter()
            .zip(&used)
            .filter(|(label, used)| !**used && !label.trim().is_empty())
            .map(|(label, _)| label.clone())
            .collect();
        let missing: Vec<String> = contract
            .columns
            .iter()
            .zip(&self.columns)
            .filter(|(_, plan)| !plan.available())
            .map(|(column, _)| column.source_names().next().unwrap_or(&column.name).to_owned())
            .collect();
        let first_cells: Vec<usize> = self
            .columns
            .iter()
            .filter_map(|c| match c.sources.first() {
                Some(Source::Cell(i)) => Some(*i),
                _ => None,
            })
            .collect();
        let mut renamed = Vec::new();
        let mut open = new.clone();
        for name in &missing {
            if let Some(found) = names::nearest(name, open.iter().map(String::as_str)).map(str::to_owned) {
                open.retain(|n| *n != found);
                renamed.push((name.clone(), found));
            }
        }
        Drift { new, missing, renamed, reordered: !first_cells.is_sorted() }
    }
}

/// `91` and a mobile number: telephone numbers with the country code pass the Aadhaar check one time in ten.
fn is_indian_mobile(digits: &str) -> bool {
    digits.starts_with("91") && digits.as_bytes().get(2).is_some_and(|b| (b'6'..=b'9').contains(b))
}

/// All relative paths and matched keys the contract asks of a JSON or XML record.
fn paths(contract: &Contract) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for column in &contract.columns {
        let matched = column.from.iter().filter_map(|f| match f {
            From::Matched(n) => Some(format!("${n}")),
            From::Choose { by, .. } => Some(by.clone()),
            _ => None,
        });
        for path in column.source_names().map(str::to_owned).chain(matched) {
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    found
}

fn plan_column(
    index: usize,
    column: &Column,
    layout: &Layout,
    width: usize,
    find: &impl Fn(&str) -> Option<usize>,
) -> ColumnPlan {
    let capture = |key: String| layout.captures.get(&key).map(|v| Source::Text(v.clone()));
    // Records that are trees have no columns by which a whole file could be told.
    let has = |from: &&From| matches!(from, From::Has { field, .. } if !layout.columns.is_empty() && find(field).is_some());
    let own = column.from.iter().position(|from| has(&from)).unwrap_or(column.from.len());
    let sources = column
        .from
        .iter()
        .take(own + 1)
        .filter_map(|from| match from {
            From::Has { then, .. } if has(&from) => Some(then.as_ref()),
            From::Has { .. } => None,
            from => Some(from),
        })
        .filter_map(|from| match from {
            From::Has { .. } => None,
            From::Field(name) => find(name).map(Source::Cell),
            From::Matched(n) => find(&format!("${n}")).map(Source::Cell),
            From::Preamble(name) => capture(format!("preamble:{name}")),
            From::Filename(name) => capture(format!("filename:{name}")),
            From::Const(text) => Some(Source::Text(text.clone())),
            From::Choose { by, when, then, other } => {
                let (by, then, other) = (find(by)?, find(then)?, find(other)?);
                // The pattern was tried when the contract was parsed.
                Some(Source::Choose(Choice { by, when: Regex::new(when).ok()?, then, other }))
            }
            From::Position(n) => (*n <= width).then(|| Source::Cell(n - 1)),
        })
        .collect();
    let mut join: Vec<Vec<usize>> = Vec::new();
    for part in &column.join {
        let names = || part.split('|').map(str::trim);
        let found: Vec<usize> = names().filter(|n| !n.is_empty()).filter_map(find).collect();
        // A date without its time is not the moment the contract asks for: a join is whole or it is missing.
        if found.is_empty() && !names().any(str::is_empty) {
            join.clear();
            break;
        }
        if !found.is_empty() {
            join.push(found);
        }
    }
    let sources = if column.join.is_empty() { sources } else { Vec::new() };
    ColumnPlan::new(index, column, sources, join)
}

/// Position of a header: as written, else in any case, else with blanks and punctuation collapsed. The first wins where
/// a name stands twice.
pub(crate) fn find_header<S: AsRef<str>>(header: &[S], name: &str) -> Option<usize> {
    let exact = |h: &S| h.as_ref().trim() == name.trim();
    let caseless = |h: &S| h.as_ref().trim().to_lowercase() == name.trim().to_lowercase();
    header.iter().position(exact).or_else(|| header.iter().position(caseless)).or_else(|| {
        let folded = names::fold(name);
        header.iter().position(|h| names::fold(h.as_ref()) == folded)
    })
}

/// Lines after the header that are no records.
pub(crate) struct Noise {
    any: Option<Regex>,
    footer: Vec<Regex>,
    empty: Vec<Regex>,
}

impl Noise {
    fn new(format: &Format) -> Noise {
        let all: Vec<String> =
            [&format.skip, &format.footer, &format.empty].into_iter().flatten().map(|r| format!("(?:{})", r.as_str())).collect();
        Noise {
            // Each pattern compiled alone; should they together be too large, every line is asked one by one.
            any: if all.is_empty() { None } else { Regex::new(&all.join("|")).ok() },
            footer: format.footer.clone(),
            empty: format.empty.clone(),
        }
    }

    pub fn is_any(&self) -> bool {
        self.any.is_some()
    }

    /// Whether the line is no record; what it says is counted.
    #[inline]
    pub fn takes(&self, line: &str, tally: &Tally) -> bool {
        match &self.any {
            None => false,
            Some(any) => {
                let line = line.trim();
                any.is_match(line) && {
                    self.count(line, tally);
                    true
                }
            }
        }
    }

    fn count(&self, line: &str, tally: &Tally) {
        if self.empty.iter().any(|r| r.is_match(line)) {
            tally.empty.store(true, Ordering::Relaxed);
        }
        for footer in &self.footer {
            if let Some(found) = captures(footer, line) {
                tally.footer.store(true, Ordering::Relaxed);
                tally.capture("footer", found);
            }
        }
    }
}

/// Named groups of a pattern found in a line; none where the pattern is not found.
pub(crate) fn captures(pattern: &Regex, line: &str) -> Option<Vec<(String, String)>> {
    let found = pattern.captures(line)?;
    let groups = pattern
        .capture_names()
        .flatten()
        .filter_map(|name| found.name(name).map(|m| (name.to_owned(), m.as_str().trim().to_owned())));
    Some(groups.collect())
}

/// What parsing counts, from any thread.
#[derive(Default)]
pub(crate) struct Tally {
    rows: AtomicU64,
    footer: AtomicBool,
    empty: AtomicBool,
    captures: Mutex<BTreeMap<String, String>>,
}

impl Tally {
    pub fn add_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    pub fn saw_footer(&self) -> bool {
        self.footer.load(Ordering::Relaxed)
    }

    pub fn said_empty(&self) -> bool {
        self.empty.load(Ordering::Relaxed)
    }

    fn capture(&self, origin: &str, found: Vec<(String, String)>) {
        if let Ok(mut captures) = self.captures.lock() {
            captures.extend(found.into_iter().map(|(name, value)| (format!("{origin}:{name}"), value)));
        }
    }

    pub fn captures(&self) -> BTreeMap<String, String> {
        self.captures.lock().map(|c| c.clone()).unwrap_or_default()
    }
}
