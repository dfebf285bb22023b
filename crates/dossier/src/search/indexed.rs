//! Search by the index. It proposes rows; what is shown of them is read again through the session, and what the session does not give is not there.

use std::collections::{BTreeSet, HashMap};

use finder::{Ask, Entry, Index};
use lake::{LakeError, Result, Session};

use super::{Asked, Found, HITS, Hit, Hits, Matched, note, page};
use crate::fact::{Kind, Origin, Target};
use crate::mention::{self, Mention};
use crate::resolve;
use crate::sql;

/// Rows taken from the index: one person is spoken of by several.
const PROPOSED: usize = 150;
/// Hits given while somebody types.
const TYPED: usize = 8;

/// Signs from which a registration mark is whole; a shorter one may be a part, whose numbers must not be filled.
const WHOLE_PLATE: usize = 9;

/// A row of the lake.
type Place = (String, i64);

pub(super) async fn search(session: &Session, index: &Index, asked: &Asked, only: Option<Kind>, typing: bool) -> Result<Found> {
    let kind = match only {
        None => None,
        Some(Kind::Person) => Some(finder::Kind::Person),
        Some(Kind::Phone) => Some(finder::Kind::Phone),
        Some(Kind::Vehicle) => Some(finder::Kind::Vehicle),
        Some(Kind::Handset) => Some(finder::Kind::Handset),
        Some(Kind::Case | Kind::Event) => Some(finder::Kind::Case),
        Some(Kind::Place) => Some(finder::Kind::Place),
        Some(Kind::Thing) => return Ok(Found::default()),
    };
    let mut ask = Ask::read(&asked.text, kind, PROPOSED);
    ask.typing = typing;
    if let Some(number) = asked.phone.as_ref().or(asked.plate.as_ref().filter(|p| p.len() >= WHOLE_PLATE)) {
        (ask.numbers, ask.words) = (vec![number.clone()], Vec::new());
    }
    let proposed = index.search(&ask).map_err(|e| LakeError::Invalid(e.to_string()))?;
    let full = proposed.len() >= PROPOSED;
    let of = |kind: finder::Kind| {
        proposed.iter().filter(move |f| f.entry.kind == kind).map(|f| (&f.entry, f.score)).collect::<Vec<_>>()
    };
    let mut hits = Scored::default();
    persons(session, asked, &of(finder::Kind::Person), &mut hits).await?;
    for (kind, word, target, matched) in [
        (finder::Kind::Phone, "phone", Kind::Phone, Matched::Phone),
        (finder::Kind::Vehicle, "vehicle", Kind::Vehicle, Matched::Plate),
        (finder::Kind::Handset, "imei", Kind::Handset, Matched::Imei),
    ] {
        let exact = [&asked.phone, &asked.plate, &asked.imei];
        let whole = |key: &str| if exact.iter().any(|e| e.as_deref() == Some(key)) { matched } else { Matched::Partial };
        let condition = format!("kind = '{word}'");
        things(session, "pole.object", ["key", "label", "label"], &condition, &of(kind), &mut hits, |key| (target, whole(key)))
            .await?;
    }
    let fir = |_: &str| (Kind::Case, Matched::Fir);
    things(session, "pole.event", ["key", "title", "status"], "kind = 'fir'", &of(finder::Kind::Case), &mut hits, fir).await?;
    let place = |_: &str| (Kind::Place, Matched::Place);
    let columns = ["key", "coalesce(label, address) AS label", "district"];
    things(session, "pole.location", columns, "true", &of(finder::Kind::Place), &mut hits, place).await?;
    let mut list: Vec<Hit> = hits.hits.found.into_values().collect();
    list.iter_mut().for_each(|h| h.score = hits.scores.get(&h.target).copied().unwrap_or_default());
    // The better answer first; of equal ones what is spoken of oftener.
    list.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then((a.matched, b.rows, &a.title, &a.target).cmp(&(b.matched, a.rows, &b.title, &b.target)))
    });
    let most = if typing { TYPED } else { HITS };
    let truncated = full || list.len() > most;
    list.truncate(most);
    Ok(Found { read_as: asked.read_as(), hits: list, truncated })
}

#[derive(Default)]
struct Scored {
    hits: Hits,
    scores: HashMap<Target, f32>,
}

impl Scored {
    fn add(&mut self, target: Target, matched: Matched, score: f32, told: (&str, &str), origin: &Origin) {
        let best = self.scores.entry(target.clone()).or_insert(score);
        *best = best.max(score);
        self.hits.add(target, matched, told.0, told.1, origin);
    }
}

async fn persons(session: &Session, asked: &Asked, entries: &[(&Entry, f32)], hits: &mut Scored) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let scores: HashMap<Place, f32> = entries.iter().map(|(e, score)| ((e.object.clone(), e.row), *score)).collect();
    let keys: BTreeSet<&str> = entries.iter().map(|(e, _)| e.key.as_str()).filter(|k| !k.is_empty()).collect();
    let mut any = vec![sql::list("person_key", keys)];
    for (e, _) in entries.iter().filter(|(e, _)| e.key.is_empty()) {
        any.push(format!("(_object = {} AND _row = {})", sql::text(&e.object), e.row));
    }
    let linkage = session.linkage().await?;
    for m in mention::find(session, &any.join(" OR "), 4 * PROPOSED).await? {
        let Some(score) = scores.get(&(m.origin.object.clone(), m.origin.row)) else { continue };
        let Some(title) = m.shown_name() else { continue };
        let known =
            linkage.as_ref().and_then(|l| resolve::of_mention(l, &m)).map(|(_, p)| Target::new(Kind::Person, resolve::hex(p)));
        if let Some(target) = known.or_else(|| page(&m)) {
            hits.add(target.clone(), matched(asked, &m), *score, (title, &note(&m)), &m.origin);
            hits.hits.stands(&target, &m);
        }
    }
    Ok(())
}

fn matched(asked: &Asked, m: &Mention) -> Matched {
    let number = asked.name.is_none() && asked.phone.is_none();
    asked.matched(m).unwrap_or(if number { Matched::Partial } else { Matched::NameAlike })
}

/// Rows of a table with keys, as the session shows them.
async fn things(
    session: &Session,
    table: &str,
    [key, label, about]: [&str; 3],
    condition: &str,
    entries: &[(&Entry, f32)],
    hits: &mut Scored,
    of: impl Fn(&str) -> (Kind, Matched),
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut scores: HashMap<&str, f32> = HashMap::new();
    for (e, score) in entries {
        let best = scores.entry(e.key.as_str()).or_default();
        *best = best.max(*score);
    }
    let rest = format!(
        "WHERE {condition} AND {} ORDER BY key, _source, _object, _row LIMIT {}",
        sql::list(key, scores.keys()),
        8 * PROPOSED
    );
    let mut columns = vec![key, label];
    if about != label {
        columns.push(about);
    }
    let columns = format!("{}, _source, _object, _row", columns.join(", "));
    let name = label.rsplit(' ').next().unwrap_or(label);
    for row in sql::rows(session, table, &columns, &rest).await?.iter() {
        let Some(key) = row.text("key") else { continue };
        let title = row.text(name).unwrap_or_else(|| key.clone());
        let note = if about == label { String::new() } else { row.text(about).unwrap_or_default() };
        let score = scores.get(key.as_str()).copied().unwrap_or_default();
        let (kind, matched) = of(&key);
        hits.add(Target::new(kind, key), matched, score, (&title, &note), &Origin::of(table, &row));
    }
    Ok(())
}
