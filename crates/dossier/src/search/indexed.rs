//! Search by the index. It proposes rows; they are read again through the session, must answer the question as the session gives them, and what it does not
//! give is not there: neither shown, nor counted, nor in anybody's way.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use finder::{Ask, Entry, Found as Proposed, Index};
use lake::{LakeError, Result, Session};

use super::marked::{self, Piece};
use super::{Asked, Filter, Found, Hit, Hits, Matched, note, page};
use crate::fact::{Kind, Origin, Target};
use crate::index::{PARTS, Part};
use crate::mention::{self, Mention};
use crate::resolve;
use crate::rows::{Row, Rows};
use crate::sql;
use crate::standing::{self, Standing};

/// Rows taken from the index for each hit wanted: one person is spoken of by several.
const PROPOSED: usize = 5;
/// And where too few of them may be seen, at most.
const WIDEST: usize = 4000;
/// Hits given while somebody types.
const TYPED: usize = 8;
/// Rows read again in one query at most: as many as the engine finds by their pages alone.
const AT_ONCE: usize = 200;

/// Signs from which a registration mark is whole; a shorter one may be a part, whose numbers must not be filled.
const WHOLE_PLATE: usize = 9;

/// A row of the lake.
type Place = (String, i64);

/// A row as the session gives it.
struct Seen {
    target: Target,
    entry: Entry,
    matched: Matched,
    title: String,
    note: String,
    /// Running text that a piece may be shown of.
    text: String,
    /// How a person stands in the case of this row.
    standing: Option<Standing>,
    origin: Origin,
}

/// The kinds of the index that a kind of the dossier is found as.
fn asked_kind(kind: Kind) -> Option<finder::Kind> {
    Some(match kind {
        Kind::Person => finder::Kind::Person,
        Kind::Phone => finder::Kind::Phone,
        Kind::Vehicle => finder::Kind::Vehicle,
        Kind::Handset => finder::Kind::Handset,
        Kind::Case => finder::Kind::Case,
        Kind::Event => finder::Kind::Event,
        Kind::Place => finder::Kind::Place,
        Kind::Document => finder::Kind::Document,
        Kind::Thing => return None,
    })
}

pub(super) async fn search(session: &Session, index: &Index, asked: &Asked, filter: &Filter, typing: bool) -> Result<Found> {
    let kind = filter.kind.map(asked_kind);
    if kind == Some(None) {
        return Ok(Found::default());
    }
    let most = if typing { TYPED } else { filter.most() };
    let mut ask = Ask::read(&asked.text, kind.flatten(), most * PROPOSED);
    (ask.typing, ask.tags) = (typing, filter.tags());
    // A handset is known by the first fourteen digits of its number.
    let whole = asked.phone.as_ref().or(asked.imei.as_ref()).or(asked.plate.as_ref().filter(|p| p.len() >= WHOLE_PLATE));
    if let Some(number) = whole {
        (ask.numbers, ask.words) = (vec![number.clone()], Vec::new());
    }
    let mut answers = Answers { asked: finder::Asked::new(&ask), hits: Hits::default(), best: HashMap::new() };
    let mut read: HashSet<(finder::Kind, String, i64)> = HashSet::new();
    let mut least = 0;
    loop {
        let proposed = index.search(&ask).map_err(|e| LakeError::Invalid(e.to_string()))?;
        let fresh: Vec<&Proposed> = proposed.iter().filter(|p| read.insert((p.kind, p.object.clone(), p.row))).collect();
        let mut rest = fresh.as_slice();
        // The best are read again until one hit more is there than is given: then it is known whether there are more.
        while answers.len() <= most && !rest.is_empty() {
            let (some, further) = rest.split_at(batch(rest, most + 1 - answers.len(), least));
            rest = further;
            for part in &PARTS {
                let seen = rows(session, asked, filter, part, some).await?;
                seen.into_iter().for_each(|s| answers.add(s));
            }
            // Where much of what is proposed is hidden, or speaks of the same, more is read at once.
            least = 2 * some.len();
        }
        if answers.len() <= most && proposed.len() >= ask.limit && ask.limit < WIDEST {
            ask.limit *= 4;
            continue;
        }
        let truncated = answers.len() > most;
        return Ok(Found { read_as: asked.read_as(), hits: answers.list(most), truncated, unindexed: false });
    }
}

/// How many of the next proposals to read: as many as speak of `wanted` things, and at least `least`.
fn batch(next: &[&Proposed], wanted: usize, least: usize) -> usize {
    let mut things = HashSet::new();
    let enough = next.iter().take(AT_ONCE).position(|p| {
        // Whom a row without a key speaks of is seen when it is read.
        things.insert(if p.key.is_empty() { (p.object.as_str(), p.row) } else { (p.key.as_str(), -1) });
        things.len() >= wanted
    });
    enough.map_or(AT_ONCE, |at| at + 1).max(least).min(AT_ONCE).min(next.len())
}

/// What has been read, as it answers.
struct Answers {
    asked: finder::Asked,
    hits: Hits,
    best: HashMap<Target, f32>,
}

impl Answers {
    fn len(&self) -> usize {
        self.hits.found.len()
    }

    fn add(&mut self, s: Seen) {
        let Some(score) = self.asked.score(&s.entry) else { return };
        let most = self.best.entry(s.target.clone()).or_insert(f32::MIN);
        let note = if s.text.is_empty() { s.note } else { marked::piece(&self.asked, &s.text) };
        // The title and the note are those of the row that answers best.
        if score > *most && self.hits.found.contains_key(&s.target) {
            self.hits.retitle(&s.target, &s.title, &note);
        }
        *most = most.max(score);
        self.hits.add(s.target.clone(), s.matched, &s.title, &note, &s.origin);
        self.hits.stands(&s.target, s.standing);
    }

    /// The better answer first; of equal ones what is spoken of oftener.
    fn list(self, most: usize) -> Vec<Hit> {
        let mut list: Vec<Hit> = self.hits.found.into_values().collect();
        for h in &mut list {
            h.score = self.best.get(&h.target).copied().unwrap_or_default();
        }
        list.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then((a.matched, b.rows, &a.title, &a.target).cmp(&(b.matched, a.rows, &b.title, &b.target)))
        });
        list.truncate(most);
        for h in &mut list {
            let pieces = |text: &str| -> Vec<Piece> { marked::pieces(&self.asked, text) };
            (h.title_pieces, h.note_pieces) = (pieces(&h.title), pieces(&h.note));
        }
        list
    }
}

/// Proposed rows of one table as the session gives them.
async fn rows(session: &Session, asked: &Asked, filter: &Filter, part: &Part, proposed: &[&Proposed]) -> Result<Vec<Seen>> {
    let name = if part.table.contains('.') { part.table.to_string() } else { format!("pole.{}", part.table) };
    let here = |p: &&&Proposed| match p.kind {
        finder::Kind::Person => part.table == "person_mention",
        finder::Kind::Phone | finder::Kind::Vehicle | finder::Kind::Handset => part.table == "object",
        finder::Kind::Case | finder::Kind::Event => part.table == "event",
        finder::Kind::Place => part.table == "location",
        finder::Kind::Document => part.table == "clean.document_part",
    };
    let mine: Vec<&&Proposed> = proposed.iter().filter(here).collect();
    let Some(condition) = filter.condition(&name).filter(|_| !mine.is_empty()) else { return Ok(Vec::new()) };
    let linkage = session.linkage().await?;
    let columns = if part.table == "person_mention" { mention::FOUND } else { part.columns };
    let wanted: BTreeSet<Place> = mine.iter().map(|e| (e.object.clone(), e.row)).collect();
    let rest = format!("WHERE ({}) AND ({condition}) ORDER BY _source, _object, _row", places(part, &mine));
    let (rows, _denied): (Rows, Option<String>) = if part.table == "clean.document_part" {
        // Documents are of a source of their own; who may not read them finds the rest.
        sql::rows_unless_denied(session, &name, columns, &rest).await?
    } else {
        (sql::rows(session, &name, columns, &rest).await?, None)
    };
    if part.table == "person_mention" {
        // The entry is made of what the session gives, not of what the index holds.
        let read = rows.iter().filter_map(|row| Some(((part.entry)(&row)?, Mention::read(&row))));
        let (entries, mut mentions): (Vec<Entry>, Vec<Mention>) =
            read.filter(|(_, m)| wanted.contains(&(m.origin.object.clone(), m.origin.row))).unzip();
        standing::attach(session, &mut mentions).await?;
        return Ok(entries.into_iter().zip(&mentions).filter_map(|(e, m)| person(asked, linkage.as_deref(), m, e)).collect());
    }
    let here = rows.iter().map(|row| (Origin::of(&name, &row), row));
    let here = here.filter(|(origin, _)| wanted.contains(&(origin.object.clone(), origin.row)));
    Ok(here.filter_map(|(origin, row)| seen(asked, part, &row, origin)).collect())
}

/// Rows by their keys, which is what tables are sorted by; where one has no key, by their places. Whoever reads them leaves out other rows of
/// the same keys.
fn places(part: &Part, some: &[&&Proposed]) -> String {
    let (column, keys): (&str, BTreeSet<&str>) = match part.table {
        "person_mention" => ("person_key", some.iter().map(|e| e.key.as_str()).collect()),
        "clean.document_part" => ("document", some.iter().map(|e| e.key.as_str()).collect()),
        _ => ("key", some.iter().map(|e| e.key.as_str()).collect()),
    };
    if !keys.contains("") {
        let rows: BTreeSet<i64> = some.iter().map(|e| e.row).collect();
        let rows = rows.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        return format!("{} AND _row IN ({rows})", sql::list(column, keys));
    }
    let mut by_object: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for e in some {
        by_object.entry(&e.object).or_default().push(e.row.to_string());
    }
    let placed =
        by_object.iter().map(|(object, rows)| format!("(_object = {} AND _row IN ({}))", sql::text(object), rows.join(", ")));
    placed.collect::<Vec<_>>().join(" OR ")
}

fn seen(asked: &Asked, part: &Part, row: &Row<'_>, origin: Origin) -> Option<Seen> {
    let entry = (part.entry)(row)?;
    let text = |column: &str| row.text(column).unwrap_or_default();
    let key = entry.key.clone();
    let titled = |column: &str| row.text(column).unwrap_or_else(|| key.clone());
    let whole = |matched| {
        let exact = [&asked.phone, &asked.plate, &asked.imei].into_iter().any(|e| e.as_deref() == Some(key.as_str()));
        if exact { matched } else { Matched::Partial }
    };
    let thing = |kind, matched, title: String, note: String| Seen {
        target: Target::new(kind, key.clone()),
        matched,
        title,
        note,
        text: String::new(),
        standing: None,
        entry: entry.clone(),
        origin: origin.clone(),
    };
    Some(match entry.kind {
        // Read with the standing of each.
        finder::Kind::Person => return None,
        finder::Kind::Phone => thing(Kind::Phone, whole(Matched::Phone), titled("label"), String::new()),
        finder::Kind::Vehicle => thing(Kind::Vehicle, whole(Matched::Plate), titled("label"), String::new()),
        finder::Kind::Handset => thing(Kind::Handset, whole(Matched::Imei), titled("label"), String::new()),
        finder::Kind::Case => thing(Kind::Case, Matched::Fir, titled("title"), text("status")),
        finder::Kind::Event => thing(Kind::Event, Matched::Event, titled("title"), text("status")),
        finder::Kind::Place => {
            let title = row.text("label").or_else(|| row.text("address")).unwrap_or_else(|| key.clone());
            thing(Kind::Place, Matched::Place, title, text("district"))
        }
        finder::Kind::Document => {
            let title = [text("title"), text("file"), text("label")].into_iter().find(|t| !t.is_empty());
            Seen {
                text: text("text"),
                ..thing(Kind::Document, Matched::Text, title.unwrap_or_else(|| key.clone()), String::new())
            }
        }
    })
}

fn person(asked: &Asked, linkage: Option<&lake::linkage::Linkage>, m: &Mention, entry: Entry) -> Option<Seen> {
    let title = m.shown_name()?.to_string();
    let known = linkage.and_then(|l| resolve::of_mention(l, m)).map(|(_, p)| Target::new(Kind::Person, resolve::hex(p)));
    let number = asked.name.is_none() && asked.phone.is_none();
    Some(Seen {
        target: known.or_else(|| page(m))?,
        matched: asked.matched(m).unwrap_or(if number { Matched::Partial } else { Matched::NameAlike }),
        title,
        note: note(m),
        text: String::new(),
        standing: m.in_force.as_ref().map(|f| f.standing),
        entry,
        origin: m.origin.clone(),
    })
}
