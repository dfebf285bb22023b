//! How the linkage stands: sizes, what looks wrong, what waits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use identity::link::score::probability;
use identity::{Judgement, Verdict};
use lake::linkage::{Linkage, Pair};
use lake::{Lake, LakeError, Result, Session};
use serde::{Deserialize, Serialize};

use super::records::{COLUMNS, Records};
use super::run::Report;
use super::{hex, number};

/// Clusters listed at most.
const MOST: usize = 200;
/// Records from which a person is large.
const LARGE: usize = 40;

/// A person somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    pub person: String,
    /// Records, sources, years of birth, sexes and telephones; nothing sealed is counted.
    pub records: usize,
    pub years: usize,
    pub sexes: usize,
    pub phones: usize,
    /// `many_years`, `two_sexes`, `large`.
    pub why: Vec<String>,
}

/// How the linkage does in one source or one district, where nobody knows the truth.
///
/// The shares are the model's own expectation: pairs counted by their probability, as calibrated scores allow (Lipton, Elkan, Narayanaswamy
/// 2014). What blocking never compared is not in them, and a model that is sure and wrong does not know it; therefore what people decided stands beside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// `source` or `district`.
    pub kind: String,
    pub name: String,
    /// Records that nothing seals.
    pub records: usize,
    /// Pairs the evidence joins.
    pub joined: usize,
    /// Expected share of right ones among the joined; none where nothing is joined.
    pub precision: Option<f64>,
    /// Expected share of the joined among the true ones.
    pub recall: Option<f64>,
    /// Pairs of the linkage that people decided, and those of them in which the evidence had said the same.
    pub judged: usize,
    pub agreed: usize,
}

/// The standing of the linkage.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Quality {
    /// RFC 3339; none before the first run.
    pub at: Option<String>,
    /// Rows were erased or came since; the next run takes that in.
    pub stale: bool,
    /// Persons by number of records: 1, 2, 3, 4, 5–9, 10–19, 20 and more (under 5, 10 and 20).
    pub sizes: Vec<(usize, usize)>,
    pub suspects: Vec<Suspect>,
    pub suspects_more: usize,
    /// By source, then by district, the largest first.
    #[serde(default)]
    pub parts: Vec<Part>,
    pub report: Report,
}

/// What is kept with a state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub sizes: Vec<(usize, usize)>,
    /// All of them; a page shows the first.
    pub suspects: Vec<Suspect>,
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Districts by the hash that members have.
    #[serde(default)]
    pub districts: BTreeMap<u64, String>,
    pub report: Report,
}

/// Sums of one part.
#[derive(Default)]
struct Sums {
    records: usize,
    joined: usize,
    right: f64,
    likely: f64,
    judged: usize,
    agreed: usize,
}

fn parts(districts: &BTreeMap<u64, String>, linkage: &Linkage, judgements: &[Judgement]) -> Vec<Part> {
    let mut sums: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    let of = |id: u64| -> BTreeSet<(&str, &str)> {
        let members = linkage.of_record(id);
        let sources = members.iter().map(|m| ("source", &*m.source));
        let district = members.first().and_then(|m| districts.get(&m.district)).filter(|d| !d.is_empty());
        sources.chain(district.map(|d| ("district", d.as_str()))).collect()
    };
    for record in linkage.members.chunk_by(|a, b| a.record == b.record).filter(|r| r.iter().all(|m| !m.sealed)) {
        of(record[0].record).into_iter().for_each(|part| sums.entry(part).or_default().records += 1);
    }
    let mut said: HashMap<(u64, u64), Verdict> = HashMap::new();
    for j in judgements {
        if let (Some(a), Some(b)) = (number(&j.left), number(&j.right)) {
            said.insert((a.min(b), a.max(b)), j.verdict);
        }
    }
    for pair in linkage.pairs.iter().filter(|p| !p.has(Pair::SEALED) && !p.has(Pair::EXCLUDED)) {
        let (likely, joins) = (probability(f64::from(pair.bits)), pair.has(Pair::MERGES));
        let verdict = said.get(&(pair.left, pair.right)).filter(|v| **v != Verdict::Unsure);
        for part in of(pair.left).union(&of(pair.right)) {
            let sum = sums.entry(*part).or_default();
            sum.likely += likely;
            if joins {
                sum.joined += 1;
                sum.right += likely;
            }
            if let Some(verdict) = verdict {
                sum.judged += 1;
                sum.agreed += usize::from((*verdict == Verdict::Same) == joins);
            }
        }
    }
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let told = sums.into_iter().filter(|(_, s)| s.records > 0).map(|((kind, name), s)| Part {
        kind: kind.into(),
        name: name.into(),
        records: s.records,
        joined: s.joined,
        precision: share(s.right, s.joined as f64),
        recall: share(s.right, s.likely),
        judged: s.judged,
        agreed: s.agreed,
    });
    let mut out: Vec<Part> = told.collect();
    out.sort_by(|a, b| (&b.kind, b.records, &a.name).cmp(&(&a.kind, a.records, &b.name)));
    out
}

/// Persons that look wrong, among those asked for. `records` has all their records; sealed ones are left out.
pub(super) fn suspects(records: &Records, linkage: &Linkage, asked: impl Fn(u64) -> bool) -> Vec<Suspect> {
    let column = |name: &str| COLUMNS.iter().position(|c| *c == name).unwrap_or_default();
    let (born, sex, phone) = (column("born"), column("sex"), column("phone"));
    let mut out = Vec::new();
    for person in linkage.members.chunk_by(|a, b| a.person == b.person).filter(|p| asked(p[0].person)) {
        let rows: BTreeSet<usize> =
            person.iter().filter(|m| !m.sealed).filter_map(|m| records.row(m.record)).map(|r| r as usize).collect();
        let rows: Vec<usize> = rows.into_iter().filter(|r| !records.sealed[*r]).collect();
        let values = |c: usize| rows.iter().filter_map(|r| records.values[*r][c].as_deref()).collect::<BTreeSet<&str>>();
        let (years, sexes, phones) = (values(born), values(sex).len(), values(phone).len());
        let span = years.iter().filter_map(|y| y.parse::<i64>().ok());
        let spread = span.clone().max().unwrap_or_default() - span.min().unwrap_or_default();
        let why: Vec<String> = [(spread > 10, "many_years"), (sexes > 1, "two_sexes"), (rows.len() >= LARGE, "large")]
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| word.to_string())
            .collect();
        if !why.is_empty() {
            out.push(Suspect { person: hex(person[0].person), records: rows.len(), years: years.len(), sexes, phones, why });
        }
    }
    out
}

/// Persons by their number of records that nothing seals.
fn sizes(linkage: &Linkage) -> Vec<(usize, usize)> {
    let mut out: BTreeMap<usize, usize> = BTreeMap::new();
    for person in linkage.members.chunk_by(|a, b| a.person == b.person) {
        let open = person.chunk_by(|a, b| a.record == b.record).filter(|r| r.iter().all(|m| !m.sealed)).count();
        let step = match open {
            0 => continue,
            n @ 1..5 => n,
            5..10 => 5,
            10..20 => 10,
            _ => 20,
        };
        *out.entry(step).or_default() += 1;
    }
    out.into_iter().collect()
}

/// Puts the standing of a state into it.
pub(super) fn keep(
    linkage: &mut Linkage,
    districts: &BTreeMap<u64, String>,
    mut suspects: Vec<Suspect>,
    report: &Report,
    judgements: &[Judgement],
) -> Result<()> {
    suspects.sort_by(|a, b| (b.why.len(), b.records, &a.person).cmp(&(a.why.len(), a.records, &b.person)));
    let kept = Kept {
        sizes: sizes(linkage),
        suspects,
        parts: parts(districts, linkage, judgements),
        districts: districts.clone(),
        report: report.clone(),
    };
    linkage.header.report = serde_json::to_value(kept).map_err(|e| LakeError::Invalid(e.to_string()))?;
    Ok(())
}

pub(super) fn kept(linkage: &Linkage) -> Result<Kept> {
    serde_json::from_value(linkage.header.report.clone())
        .map_err(|e| LakeError::Invalid(format!("the kept report of the linkage: {e}. Run `sarovar resolve --full`")))
}

/// The standing as of the last run; empty before the first.
pub async fn quality(lake: &Lake, session: &Session) -> Result<Quality> {
    let Some(linkage) = session.linkage().await? else { return Ok(Quality::default()) };
    let mut kept = kept(&linkage)?;
    let suspects_more = kept.suspects.len().saturating_sub(MOST);
    kept.suspects.truncate(MOST);
    Ok(Quality {
        at: Some(linkage.header.at.clone()),
        stale: super::behind(lake).await?,
        sizes: kept.sizes,
        suspects: kept.suspects,
        suspects_more,
        parts: kept.parts,
        report: kept.report,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use lake::linkage::{Header, Member};

    use super::*;

    #[test]
    fn sources_and_districts_are_told_apart() {
        let member = |record: u64, source: &str| Member {
            mention: record,
            source: source.into(),
            object: "00".into(),
            row: record as i64,
            sealed: record == 4,
            record,
            person: record,
            print: 0,
            district: if matches!(record, 2 | 4) { 77 } else { 0 },
        };
        let members = vec![member(1, "a.a"), member(2, "a.a"), member(3, "b.b"), member(4, "b.b")];
        let pair = |left, right, bits, flags| Pair { left, right, bits, pattern: 0, flags };
        // Odds of 1 (one half), of 3 (three quarters), and a sealed one that nobody hears of.
        let pairs = vec![
            pair(1, 2, 3f32.log2(), Pair::MERGES),
            pair(1, 3, 0.0, 0),
            pair(2, 4, 9.0, Pair::MERGES | Pair::SEALED),
            pair(2, 3, 9.0, Pair::EXCLUDED),
        ];
        let linkage = Linkage::new(Header::default(), members, pairs, HashMap::new());
        let districts = BTreeMap::from([(77, "KOTA".to_string())]);
        let said =
            Judgement { left: hex(1), right: hex(3), verdict: Verdict::Same, who: "w".into(), when: 1, why: String::new() };
        let told = parts(&districts, &linkage, &[said]);
        let brief: Vec<_> =
            told.iter().map(|p| (p.kind.as_str(), p.name.as_str(), p.records, p.joined, p.judged, p.agreed)).collect();
        assert_eq!(brief, [("source", "a.a", 2, 1, 1, 0), ("source", "b.b", 1, 0, 1, 0), ("district", "KOTA", 1, 1, 0, 0)]);
        let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-6);
        assert!(near(told[0].precision, 0.75) && near(told[0].recall, 0.75 / 1.25), "{:?}", told[0]);
        assert!(told[1].precision.is_none() && near(told[1].recall, 0.0));
    }
}
