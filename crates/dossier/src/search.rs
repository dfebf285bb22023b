//! Search: by the index where there is one, else by exact identifier and by the beginning of a name of a person or place.

mod filter;
mod indexed;
mod marked;

use std::collections::BTreeMap;

use lake::{Result, Session};
use model::{FirRef, Imei, Plate};
use serde::{Deserialize, Serialize};

use crate::fact::{Kind, Origin, Target};
use crate::mention::{self, Mention};
use crate::resolve;
use crate::sql;
use crate::standing::Standing;

pub use filter::Filter;
pub use marked::{Piece, marked};

/// Hits given where nobody says how many.
pub const PAGE: usize = 20;

/// Hits given at most.
pub const HITS: usize = 200;

/// Rows read for them: one thing is spoken of by many rows.
const ROWS: usize = 500;

/// Letters a name must have at least to be looked for.
const NAME: usize = 3;

/// What the text was found as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matched {
    PersonKey,
    /// Number of an identity document.
    Id,
    Phone,
    Plate,
    Imei,
    Fir,
    /// The whole name, whatever its case.
    Name,
    NamePrefix,
    /// The name in another spelling or script, with or without a relative's name or a place.
    NameAlike,
    /// A part of a number.
    Partial,
    /// The beginning of a place's name or address.
    Place,
    /// The title or number of an event.
    Event,
    /// The text of a document.
    Text,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    pub target: Target,
    pub matched: Matched,
    /// Name, label or title as a source has it.
    pub title: String,
    /// What tells it from others: relative and place of a person, status of a case.
    pub note: String,
    /// How well it answers, where the index found it: each word of the question gives 1 at most.
    pub score: f32,
    /// How a person stands in the cases of these rows, each word once.
    #[serde(default)]
    pub standings: Vec<Standing>,
    /// Rows that speak of it, as far as they were read.
    pub rows: usize,
    /// Contract names.
    pub sources: Vec<String>,
    /// The first of the rows.
    pub origin: Origin,
    /// Title and note in pieces, those that answer the question marked; empty where no index found it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub title_pieces: Vec<Piece>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub note_pieces: Vec<Piece>,
}

/// The outcome of a search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// What the text was read as, in the order of looking.
    pub read_as: Vec<Matched>,
    /// Best kind of match first, then the most rows.
    pub hits: Vec<Hit>,
    /// There are more than are given.
    pub truncated: bool,
    /// No index was there yet: names were found by their beginning alone, numbers whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unindexed: bool,
}

/// The text as each identifier it can be.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    text: String,
    phone: Option<String>,
    plate: Option<String>,
    imei: Option<String>,
    /// A whole FIR key, or the end of one where the station is not said.
    fir: Option<String>,
    name: Option<String>,
    /// Public id of a person, as pages and the access log write it.
    public_id: Option<String>,
}

impl Asked {
    fn read(text: &str) -> Asked {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut asked = Asked::default();
        if let Ok(model::Phone::National(number)) = model::Phone::read(&text) {
            asked.phone = Some(number.into_owned());
        }
        if let Ok(imei) = Imei::read(&text) {
            asked.imei = Some(imei.key().into());
        }
        if let Ok(fir) = text.parse::<FirRef>() {
            asked.fir = Some(fir.key().unwrap_or_else(|| format!("/{fir}")));
        }
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        if let Ok(plate) = Plate::read(&text)
            && (4..=13).contains(&plate.text.len())
            && letters > 0
            && asked.fir.is_none()
        {
            asked.plate = Some(plate.text.into_owned());
        }
        if text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            asked.public_id = Some(text.clone());
        }
        if letters >= NAME && !text.contains(|c: char| c.is_ascii_digit()) {
            asked.name = Some(text.to_lowercase());
        }
        asked.text = text;
        asked
    }

    fn mentions(&self) -> String {
        let mut any = vec![sql::list("person_key", [&self.text]), sql::list("upper(id_value)", [self.text.to_uppercase()])];
        any.extend(self.phone.iter().map(|p| sql::list("phone", [p])));
        any.extend(self.public_id.iter().map(|id| mention::by_public_id(id)));
        if let Some(name) = &self.name {
            let name = sql::text(name);
            any.extend(["name", "name_local", "alias"].map(|column| format!("starts_with(lower({column}), {name})")));
        }
        any.join(" OR ")
    }

    fn objects(&self) -> Option<String> {
        let kinds = [("phone", &self.phone), ("vehicle", &self.plate), ("imei", &self.imei)];
        let any: Vec<String> = kinds
            .into_iter()
            .filter_map(|(kind, key)| Some(format!("(kind = '{kind}' AND {})", sql::list("key", [key.as_ref()?]))))
            .collect();
        (!any.is_empty()).then(|| any.join(" OR "))
    }

    fn events(&self) -> Option<String> {
        let fir = self.fir.as_ref()?;
        Some(match fir.strip_prefix('/') {
            Some(_) => format!("kind = 'fir' AND ends_with(key, {})", sql::text(fir)),
            None => format!("kind = 'fir' AND {}", sql::list("key", [fir])),
        })
    }

    fn read_as(&self) -> Vec<Matched> {
        let mut out = Vec::new();
        let mut push = |said: bool, as_what| {
            if said {
                out.push(as_what)
            }
        };
        push(self.text.contains(':') || self.public_id.is_some(), Matched::PersonKey);
        push(self.phone.is_some(), Matched::Phone);
        push(self.plate.is_some(), Matched::Plate);
        push(self.imei.is_some(), Matched::Imei);
        push(self.fir.is_some(), Matched::Fir);
        push(self.name.is_some(), Matched::Name);
        push(self.name.is_none() && !self.text.contains(' '), Matched::Id);
        out
    }

    /// How a mention was found; by phone is not here, for then the phone is the hit.
    fn matched(&self, m: &Mention) -> Option<Matched> {
        let is = |value: &Option<String>| value.as_ref().is_some_and(|v| v.eq_ignore_ascii_case(&self.text));
        if m.person_key.as_deref() == Some(self.text.as_str()) {
            return Some(Matched::PersonKey);
        }
        if self.public_id.as_ref().is_some_and(|id| m.keys().iter().any(|k| identity::public_id(k) == *id)) {
            return Some(Matched::PersonKey);
        }
        if is(&m.id_value) {
            return Some(Matched::Id);
        }
        if self.phone.is_some() && m.phone == self.phone {
            return Some(Matched::Phone);
        }
        let name = self.name.as_deref()?;
        let names: Vec<String> = [&m.name, &m.name_local, &m.alias].into_iter().flatten().map(|n| n.to_lowercase()).collect();
        if names.iter().any(|n| n == name) {
            return Some(Matched::Name);
        }
        names.iter().any(|n| n.starts_with(name)).then_some(Matched::NamePrefix)
    }
}

/// Looks for `text` as person key, document number, phone, registration mark, handset, FIR number, name and place. With an
/// index: in any script, by sound, with a relative's name or a village, by part of a number; without: names by their beginning (three letters
/// or more) and identifiers whole. What policy hides is neither found nor counted. `filter`, or a kind alone, narrows it, and says how many hits are wanted.
pub async fn search(session: &Session, text: &str, filter: impl Into<Filter>) -> Result<Found> {
    look(session, text, &filter.into(), false).await
}

/// What a text that is still being typed may become: a few hits.
pub async fn suggest(session: &Session, text: &str) -> Result<Found> {
    look(session, text, &Filter::default(), true).await
}

async fn look(session: &Session, text: &str, filter: &Filter, typing: bool) -> Result<Found> {
    let asked = Asked::read(text);
    if asked.text.is_empty() {
        return Ok(Found::default());
    }
    // Keys and FIR numbers are exact by nature.
    let exact = asked.text.contains(':') || asked.public_id.is_some() || asked.fir.is_some();
    if !exact && let Some(index) = crate::index::open(&session.index_folder())? {
        return indexed::search(session, &index, &asked, filter, typing).await;
    }
    let wants = |kinds: &[Kind]| filter.kind.is_none_or(|kind| kinds.contains(&kind));
    let narrowed = |table: &str| filter.condition(table);
    let mut hits = Hits::default();
    let mut read = 0;
    if wants(&[Kind::Person, Kind::Phone])
        && let Some(narrow) = narrowed(mention::TABLE)
    {
        read = read.max(persons(session, &asked, &narrow, &mut hits).await?);
    }
    if wants(&[Kind::Phone, Kind::Vehicle, Kind::Handset])
        && let Some((condition, narrow)) = asked.objects().zip(narrowed("pole.object"))
    {
        read = read.max(objects(session, &format!("({condition}) AND {narrow}"), &mut hits).await?);
    }
    if wants(&[Kind::Case])
        && let Some((condition, narrow)) = asked.events().zip(narrowed("pole.event"))
    {
        read = read.max(cases(session, &format!("({condition}) AND {narrow}"), &mut hits).await?);
    }
    if wants(&[Kind::Place])
        && let Some((name, narrow)) = asked.name.as_ref().zip(narrowed("pole.location"))
    {
        read = read.max(places(session, name, &narrow, &mut hits).await?);
    }
    let mut hits: Vec<Hit> = hits.found.into_values().filter(|hit| wants(&[hit.target.kind])).collect();
    hits.sort_by(|a, b| (a.matched, b.rows, &a.title).cmp(&(b.matched, a.rows, &b.title)));
    let truncated = hits.len() > filter.most() || read >= ROWS;
    hits.truncate(filter.most());
    Ok(Found { read_as: asked.read_as(), hits, truncated, unindexed: !exact })
}

/// Gives the number of rows read, as the other three do.
async fn persons(session: &Session, asked: &Asked, narrow: &str, hits: &mut Hits) -> Result<usize> {
    let mentions = mention::find(session, &format!("({}) AND {narrow}", asked.mentions()), ROWS).await?;
    let linkage = session.linkage().await?;
    for m in &mentions {
        let Some(matched) = asked.matched(m) else { continue };
        if matched == Matched::Phone
            && let Some(phone) = &m.phone
        {
            hits.add(Target::new(Kind::Phone, phone.as_str()), matched, phone, "", &m.origin);
        }
        let title = m.shown_name().unwrap_or_default();
        let known = linkage.as_ref().and_then(|l| resolve::of_mention(l, m));
        if let Some(target) = known.map(|(_, person)| Target::new(Kind::Person, resolve::hex(person))).or_else(|| page(m)) {
            hits.add(target.clone(), matched, title, &note(m), &m.origin);
            hits.stands(&target, m.in_force.as_ref().map(|f| f.standing));
        }
    }
    Ok(mentions.len())
}

async fn objects(session: &Session, condition: &str, hits: &mut Hits) -> Result<usize> {
    let rest = format!("WHERE {condition} ORDER BY label IS NULL OR label = key, _source, _object, _row LIMIT {ROWS}");
    let rows = sql::rows(session, "pole.object", "kind, key, label, _source, _object, _row", &rest).await?;
    for row in rows.iter() {
        let (kind, Some(key)) = (row.text("kind").unwrap_or_default(), row.text("key")) else { continue };
        let (kind, matched) = match kind.as_str() {
            "phone" => (Kind::Phone, Matched::Phone),
            "vehicle" => (Kind::Vehicle, Matched::Plate),
            _ => (Kind::Handset, Matched::Imei),
        };
        let title = row.text("label").unwrap_or_else(|| key.clone());
        hits.add(Target::new(kind, key), matched, &title, "", &Origin::of("pole.object", &row));
    }
    Ok(rows.len())
}

async fn cases(session: &Session, condition: &str, hits: &mut Hits) -> Result<usize> {
    let rest = format!("WHERE {condition} ORDER BY key, _source, _object, _row LIMIT {ROWS}");
    let rows = sql::rows(session, "pole.event", "key, title, status, _source, _object, _row", &rest).await?;
    for row in rows.iter() {
        let Some(key) = row.text("key") else { continue };
        let title = row.text("title").unwrap_or_else(|| key.clone());
        let status = row.text("status").unwrap_or_default();
        hits.add(Target::new(Kind::Case, key), Matched::Fir, &title, &status, &Origin::of("pole.event", &row));
    }
    Ok(rows.len())
}

async fn places(session: &Session, name: &str, narrow: &str, hits: &mut Hits) -> Result<usize> {
    let name = sql::text(name);
    let rest = format!(
        "WHERE (starts_with(lower(label), {name}) OR starts_with(lower(address), {name})) AND {narrow} ORDER BY kind DESC, key, _source, _object, _row LIMIT {ROWS}"
    );
    let rows = sql::rows(session, "pole.location", "key, label, address, district, _source, _object, _row", &rest).await?;
    for row in rows.iter() {
        let Some(key) = row.text("key") else { continue };
        let title = row.text("label").or(row.text("address")).unwrap_or_else(|| key.clone());
        let district = row.text("district").unwrap_or_default();
        hits.add(Target::new(Kind::Place, key), Matched::Place, &title, &district, &Origin::of("pole.location", &row));
    }
    Ok(rows.len())
}

/// The page of a mention's person: by its key, else by the public id of its identifiers.
fn page(m: &Mention) -> Option<Target> {
    let key = m.person_key.clone().or_else(|| m.keys().iter().min().map(identity::public_id))?;
    Some(Target::new(Kind::Person, key))
}

fn note(m: &Mention) -> String {
    let relative = m.relative_name.as_ref().map(|r| [m.relation.as_deref().unwrap_or_default(), r].join(" ").trim().to_string());
    [m.shown_role().map(String::from), relative, m.address.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[derive(Debug, Default)]
struct Hits {
    found: BTreeMap<Target, Hit>,
}

impl Hits {
    fn stands(&mut self, target: &Target, now: Option<Standing>) {
        if let (Some(hit), Some(now)) = (self.found.get_mut(target), now)
            && let Err(at) = hit.standings.binary_search(&now)
        {
            hit.standings.insert(at, now);
        }
    }

    fn retitle(&mut self, target: &Target, title: &str, note: &str) {
        if let Some(hit) = self.found.get_mut(target).filter(|_| !title.is_empty()) {
            (hit.title, hit.note) = (title.into(), note.into());
        }
    }

    fn add(&mut self, target: Target, matched: Matched, title: &str, note: &str, origin: &Origin) {
        let hit = self.found.entry(target.clone()).or_insert_with(|| Hit {
            title: if title.is_empty() { target.key.clone() } else { title.into() },
            target,
            matched,
            score: 0.0,
            note: note.into(),
            standings: Vec::new(),
            rows: 0,
            sources: Vec::new(),
            origin: origin.clone(),
            title_pieces: Vec::new(),
            note_pieces: Vec::new(),
        });
        hit.matched = hit.matched.min(matched);
        hit.rows += 1;
        if let Err(at) = hit.sources.binary_search(&origin.source) {
            hit.sources.insert(at, origin.source.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_all_it_can_be() {
        let asked = |text: &str| Asked::read(text).read_as();
        assert_eq!(asked("+91 70000 00101"), [Matched::Phone]);
        assert_eq!(asked("7000000101"), [Matched::Phone, Matched::Id]);
        assert_eq!(asked("RJ-14-ZZ-0001"), [Matched::Plate, Matched::Id]);
        assert_eq!(asked("FIR 1/2025"), [Matched::Fir]);
        assert_eq!(asked("parikshan  kumar"), [Matched::Name]);
        assert_eq!(asked("cctns:275410012025000101")[0], Matched::PersonKey);
        assert_eq!(asked("35209900176148"), [Matched::Imei, Matched::Id]);
        assert_eq!(Asked::read("1/2025").fir.as_deref(), Some("/0001/2025"));
        assert_eq!(Asked::read("27541001/1/2025").fir.as_deref(), Some("fir:27541001/0001/2025"));
        assert_eq!(Asked::read("Al").name, None);
    }

    #[test]
    fn text_stays_inside_its_quotes() {
        let asked = Asked::read("o'brien' OR true --");
        let condition = asked.mentions();
        assert!(condition.contains("starts_with(lower(name), 'o''brien'' or true --')"), "{condition}");
    }
}
