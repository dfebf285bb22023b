//! What waits for a person: pairs between the thresholds, shown side by side; and the answers.

use std::collections::{HashMap, HashSet};

use identity::{Judgement, Verdict};
use lake::linkage::{Linkage, Pair};
use lake::{Access, Lake, LakeError, Result, Session};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::page::{explained, record_of_key, stated, visible};
use super::said::{Kept, said, sensitive};
use super::{Why, hex, number};
use crate::mention::Mention;

/// Longest reason kept with a judgement, in characters.
const REASON: usize = 500;

/// A pair that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// Ids of the two records.
    pub left: String,
    pub right: String,
    /// Names as a source has them.
    pub left_name: String,
    pub right_name: String,
    pub probability: f64,
    /// `between`: between the thresholds; `alone`: one kind of evidence only; `cluster`: contradicted by others of the cluster; `second`: one
    /// officer holds them for one person, another must confirm it.
    pub reason: String,
}

/// The queue, the likeliest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// Pairs that wait and both of whose sides the reader may see, as far as they were counted.
    pub waiting: usize,
    /// There are more of them.
    #[serde(default)]
    pub more: bool,
    pub pairs: Vec<Open>,
    /// RFC 3339 of the last run; none before the first.
    pub at: Option<String>,
}

/// One record of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    pub record: String,
    pub person: String,
    pub mentions: Vec<Mention>,
}

/// A pair side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub left: Side,
    pub right: Side,
    pub why: Why,
    /// They are one person now.
    pub joined: bool,
    /// To join them takes two officers: one is on record as accused or arrested, the other is not.
    pub sensitive: bool,
    /// Who has said that they are one, where that waits for a second officer.
    pub waits_for_second: Option<String>,
    /// What was said of the pair, the newest first.
    pub judgements: Vec<Judgement>,
}

/// An answer about two records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judge {
    /// Ids of the records, or the person keys of their sources.
    pub left: String,
    pub right: String,
    pub verdict: Verdict,
    pub why: String,
}

/// Pairs that wait, the likeliest first: of two persons only the strongest pair, and none that was judged.
pub(crate) fn waiting<'l>(linkage: &'l Linkage, judgements: &[Judgement]) -> Vec<&'l Pair> {
    let judged: HashSet<(u64, u64)> = judgements
        .iter()
        .filter_map(|j| Some((number(&j.left)?, number(&j.right)?)))
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    let person = |r: u64| linkage.record(r).map(|m| m.person);
    let mut best: HashMap<(u64, u64), &Pair> = HashMap::new();
    for p in linkage.pairs.iter().filter(|p| !p.has(Pair::SEALED) && !p.has(Pair::EXCLUDED)) {
        let (Some(a), Some(b)) = (person(p.left), person(p.right)) else { continue };
        if a == b || judged.contains(&(p.left, p.right)) {
            continue;
        }
        let place = best.entry((a.min(b), a.max(b))).or_insert(p);
        if p.bits > place.bits {
            *place = p;
        }
    }
    let mut out: Vec<&Pair> = best.into_values().collect();
    out.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.left, x.right).cmp(&(y.left, y.right))));
    out
}

/// Pairs counted beyond the page that is shown.
const COUNTED: usize = 1000;
/// Pairs whose records are looked up at once.
const AT_ONCE: usize = 500;

/// The queue from `offset` on, as the session may see it. A pair that waits for a second officer is not put before the first again.
pub async fn queue(lake: &Lake, session: &Session, offset: usize, limit: usize) -> Result<Queue> {
    let Some(linkage) = session.linkage().await? else { return Ok(Queue::default()) };
    let said = said(lake)?;
    let me = &session.access().principal.id;
    let mut waiting = waiting(&linkage, &said.in_force);
    waiting.retain(|p| said.waiting.get(&(p.left, p.right)).is_none_or(|first| first != me));
    let mut seen: Vec<&Pair> = Vec::new();
    let (end, mut more) = (offset.saturating_add(limit), false);
    for part in waiting.chunks(AT_ONCE) {
        let records: HashSet<u64> = part.iter().flat_map(|p| [p.left, p.right]).collect();
        let visible = visible(session, &linkage, &records).await?;
        seen.extend(part.iter().filter(|p| visible.contains(&p.left) && visible.contains(&p.right)));
        if seen.len() > end.saturating_add(COUNTED) {
            seen.truncate(end.saturating_add(COUNTED));
            more = true;
            break;
        }
    }
    let page: Vec<&Pair> = seen.iter().skip(offset).take(limit).copied().collect();
    let records: HashSet<u64> = page.iter().flat_map(|p| [p.left, p.right]).collect();
    let stated = stated(session, &linkage, &records.into_iter().collect::<Vec<_>>()).await?;
    let name = |r: u64| {
        let mentions = &stated.get(&r)?.1;
        mentions.iter().find_map(Mention::shown_name).map(String::from)
    };
    let open = page.into_iter().filter(|p| stated.contains_key(&p.left) && stated.contains_key(&p.right)).map(|p| Open {
        left: hex(p.left),
        right: hex(p.right),
        left_name: name(p.left).unwrap_or_default(),
        right_name: name(p.right).unwrap_or_default(),
        probability: identity::link::score::probability(f64::from(p.bits)),
        reason: match p {
            p if said.waiting.contains_key(&(p.left, p.right)) => "second",
            p if p.has(Pair::ALONE) => "alone",
            p if p.has(Pair::MERGES) => "cluster",
            _ => "between",
        }
        .into(),
    });
    Ok(Queue { waiting: seen.len(), more, pairs: open.collect(), at: Some(linkage.header.at.clone()) })
}

/// A record by its id or its source's key.
fn record(linkage: &Linkage, text: &str) -> Result<u64> {
    let text = text.trim();
    let id = number(text).filter(|id| linkage.record(*id).is_some()).unwrap_or_else(|| record_of_key(text));
    // A sealed record is as if it were not there.
    let known = linkage.of_record(id).iter().any(|m| !m.sealed);
    known.then_some(id).ok_or_else(|| {
        LakeError::Invalid(format!("{text:?} is no record of the linkage; give a record's id or a source's person key"))
    })
}

async fn in_force(session: &Session) -> Result<std::sync::Arc<Linkage>> {
    session.linkage().await?.ok_or_else(|| LakeError::Invalid("no linkage has run yet; run `sarovar resolve`".into()))
}

/// Two records side by side, with the evidence in words.
pub async fn show(lake: &Lake, session: &Session, left: &str, right: &str) -> Result<Shown> {
    let linkage = in_force(session).await?;
    let (a, b) = (record(&linkage, left)?, record(&linkage, right)?);
    if a == b {
        return Err(LakeError::Invalid("the two are one record".into()));
    }
    let mut stated = stated(session, &linkage, &[a, b]).await?;
    let told = explained(session, &linkage, &[(a, b)]).await?;
    let mut side = |r: u64| {
        let mentions = stated.remove(&r).map(|s| s.1).unwrap_or_default();
        Side { record: hex(r), person: hex(linkage.record(r).map_or(0, |m| m.person)), mentions }
    };
    let (left, right) = (side(a), side(b));
    if left.mentions.is_empty() || right.mentions.is_empty() {
        return Err(LakeError::Invalid("nothing of one of the two records may be shown".into()));
    }
    let pair = (hex(a.min(b)), hex(a.max(b)));
    let so_far = said(lake)?;
    let waits_for_second = so_far.waiting.get(&(a.min(b), a.max(b))).cloned();
    let mut said: Vec<Judgement> = so_far.all.into_iter().filter(|j| j.pair() == (pair.0.as_str(), pair.1.as_str())).collect();
    said.reverse();
    let joined = left.person == right.person;
    let sensitive = sensitive(&left.mentions, &right.mentions);
    let why = told.into_iter().next().map(|e| e.why).unwrap_or_default();
    Ok(Shown { left, right, why, joined, sensitive, waits_for_second, judgements: said })
}

/// Keeps an answer. It is in the access log and on the disk when this returns, and takes effect with the next run; that two are one, where only one of
/// them is accused, when a second officer has said so. The local operator, whom no account names, is alone and needs no second.
pub async fn judge(lake: &Lake, access: &Access, answer: Judge) -> Result<Kept> {
    let session = lake.session(access)?;
    let linkage = in_force(&session).await?;
    let (a, b) = (record(&linkage, &answer.left)?, record(&linkage, &answer.right)?);
    if a == b {
        return Err(LakeError::Invalid("the two are one record; there is nothing to judge".into()));
    }
    // Who may not see them may not judge them.
    let stated = stated(&session, &linkage, &[a, b]).await?;
    let (Some(left), Some(right)) = (stated.get(&a), stated.get(&b)) else {
        return Err(LakeError::Invalid("nothing of one of the two records may be shown".into()));
    };
    let operator = governance::Principal::operator();
    let alone = access.principal.id == operator.id && access.principal.roles == operator.roles;
    let sensitive = answer.verdict == Verdict::Same && !alone && sensitive(&left.1, &right.1);
    let why = answer.why.trim();
    if why.chars().count() > REASON {
        return Err(LakeError::Invalid(format!("a reason has at most {REASON} characters")));
    }
    let made = Judgement {
        left: hex(a.min(b)),
        right: hex(a.max(b)),
        verdict: answer.verdict,
        who: access.principal.id.clone(),
        when: lake.now().timestamp_micros(),
        why: why.into(),
    };
    let made = Kept { judgement: made, sensitive };
    let line = serde_json::to_string(&made).map_err(|e| LakeError::Invalid(e.to_string()))?;
    let _one = lake.home().lock("judgements").await?;
    let Judgement { left, right, verdict, .. } = &made.judgement;
    lake.record(access, "judge", true, json!({ "left": left, "right": right, "verdict": verdict, "sensitive": sensitive }))?;
    lake.add_judgement(&line)?;
    Ok(made)
}
