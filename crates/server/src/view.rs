//! Dossiers as pages: the same for a browser and for paper. Everything shown comes from the dossier; this only finds the
//! words of a language and the addresses.

mod case;
mod person;
mod phone;
mod vehicle;

use std::collections::BTreeSet;

use dossier::{Attribute, Kind, Link, Moment, Origin, Target};
use pages::dossier::{Dossier, Fact, Group, LinkLine, Standing};
use pages::shell::encode;
use pages::table::{Cell, Grid, GridColumn};
use pages::{Lang, Shell, dossier as page, timeline};

/// A dossier that can become a page.
pub(crate) trait View: dossier::Tables {
    /// What it is of: a person by the public id, all others by their key.
    fn target(&self) -> Target;

    /// Title of the page.
    fn title(&self) -> String;

    /// The page in a frame; its addresses (exports, authority) are the caller's.
    fn page(&self, shell: Shell) -> Dossier;
}

/// The address of what a key names; none where it has no page.
pub(crate) fn address(target: &Target) -> Option<String> {
    let key = target.key.as_str();
    match target.kind {
        Kind::Person => Some(format!("/person/{}", encode(key))),
        Kind::Phone => Some(format!("/phone/{}", encode(key))),
        Kind::Vehicle => Some(format!("/vehicle/{}", encode(key))),
        // `fir:27541001/0123/2024` is read as it is said: station, number, year.
        Kind::Case | Kind::Event => {
            let parts: Vec<String> = key.strip_prefix("fir:").unwrap_or(key).split('/').map(encode).collect();
            Some(format!("/case/{}", parts.join("/")))
        }
        Kind::Handset | Kind::Place | Kind::Document | Kind::Thing => None,
    }
}

/// The page's kind of thing.
pub(crate) fn kind(kind: Kind) -> page::Kind {
    match kind {
        Kind::Person => page::Kind::Person,
        Kind::Phone => page::Kind::Phone,
        Kind::Handset => page::Kind::Handset,
        Kind::Vehicle => page::Kind::Vehicle,
        Kind::Case | Kind::Event => page::Kind::Case,
        Kind::Place => page::Kind::Place,
        Kind::Document => page::Kind::Document,
        Kind::Thing => page::Kind::Thing,
    }
}

pub(crate) fn origin(origin: &Origin) -> page::Origin {
    page::Origin { source: origin.source.clone(), object: origin.object.clone(), row: origin.row }
}

fn origins(all: &[Origin]) -> Vec<page::Origin> {
    all.iter().map(origin).collect()
}

/// A stored word in the page's language; the word itself where the catalogue has none.
fn word(lang: Lang, area: &str, code: &str) -> String {
    lang.known(&format!("{area}-{code}")).unwrap_or_else(|| code.to_owned())
}

/// An empty page with its name.
fn blank(shell: Shell, kind: page::Kind, name: String, key: String) -> Dossier {
    Dossier {
        kind,
        name,
        other_name: String::new(),
        key,
        standings: Vec::new(),
        sources: 0,
        rows: 0,
        notices: Vec::new(),
        groups: Vec::new(),
        parts: Vec::new(),
        links: Vec::new(),
        whys: Vec::new(),
        timeline: Vec::new(),
        withheld: false,
        ask_authority: None,
        seek_authority: None,
        authority: String::new(),
        export: None,
        shell,
    }
}

/// The heading an attribute stands under, and its label.
fn place(attribute: Attribute) -> (&'static str, &'static str) {
    use Attribute::*;
    match attribute {
        Name => ("group-identity", "fact-name"),
        NameLocal => ("group-identity", "fact-name-local"),
        Alias => ("group-identity", "fact-alias"),
        Relative => ("group-identity", "fact-relative"),
        RelativeLocal => ("group-identity", "fact-relative-local"),
        Sex => ("group-identity", "fact-sex"),
        BirthDate => ("group-identity", "fact-birth-date"),
        BirthYear => ("group-identity", "fact-birth-year"),
        Age => ("group-identity", "fact-age"),
        Id => ("group-identity", "fact-id"),
        Nationality => ("group-identity", "fact-nationality"),
        Occupation => ("group-identity", "fact-occupation"),
        Address => ("group-contact", "fact-address"),
        Phone => ("group-contact", "fact-phone"),
        InForce => ("group-role", "fact-in-force"),
        Role => ("group-role", "fact-role"),
        Standing => ("group-role", "fact-standing"),
        Title => ("group-case", "fact-title"),
        Status => ("group-case", "fact-status"),
        Station => ("group-case", "fact-station"),
        District => ("group-case", "fact-district"),
        Acts => ("group-case", "fact-acts"),
        Started => ("group-case", "fact-started"),
        Ended => ("group-case", "fact-ended"),
        Registered => ("group-case", "fact-registered"),
        Owner => ("group-owner", "fact-owner"),
        Class => ("group-vehicle", "fact-class"),
        Colour => ("group-vehicle", "fact-colour"),
        Chassis => ("group-vehicle", "fact-chassis"),
        Series => ("group-series", "fact-series"),
        Office => ("group-vehicle", "fact-office"),
        Other => ("group-other", "fact-other"),
    }
}

/// Attributes of which a person, a vehicle or a case has one: two values are a conflict the reader must see.
fn single(attribute: Attribute) -> bool {
    use Attribute::*;
    matches!(attribute, Relative | Sex | BirthDate | BirthYear | Id | Nationality | Title | Status | Owner | Class | Colour)
}

/// Whether sources contradict each other: two spellings of a father's name do not, nor do a father and a husband.
fn conflict(group: &dossier::Group) -> bool {
    let told_apart = |a: &dossier::Fact, b: &dossier::Fact| match group.attribute {
        _ if a.note != b.note => false,
        Attribute::Relative => {
            let level = identity::name::compare(&identity::name::parse(&a.value), &identity::name::parse(&b.value)).level;
            level <= identity::name::Level::DifferentSurname
        }
        _ => true,
    };
    single(group.attribute) && group.facts.iter().enumerate().any(|(i, a)| group.facts[i + 1..].iter().any(|b| told_apart(a, b)))
}

/// Facts under their headings, in the order of attributes. A vehicle's status and a case's address stand under what they
/// are of.
fn groups(lang: Lang, of: Kind, all: &[dossier::Group]) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    for group in all {
        let (title, label) = match (of, place(group.attribute)) {
            (Kind::Vehicle, ("group-case", label)) => ("group-vehicle", label),
            (Kind::Case, ("group-contact", label)) => ("group-case", label),
            (_, usual) => usual,
        };
        let title = lang.text(title);
        let differs = conflict(group);
        let facts = group.facts.iter().map(|fact| self::fact(lang, group.attribute, label, differs, fact));
        match out.iter_mut().find(|known| known.title == title) {
            Some(known) => known.facts.extend(facts),
            None => out.push(Group { title, facts: facts.collect() }),
        }
    }
    out
}

fn fact(lang: Lang, attribute: Attribute, label: &str, differs: bool, fact: &dossier::Fact) -> Fact {
    let note = fact.note.clone().unwrap_or_default();
    let value = match attribute {
        Attribute::Sex => word(lang, "sex", &fact.value),
        Attribute::InForce => word(lang, "standing", &fact.value),
        Attribute::Role => word(lang, "role", &fact.value),
        _ => fact.value.clone(),
    };
    // What a source names itself has no label of ours.
    let label = if attribute == Attribute::Other { note.clone() } else { lang.text(label) };
    Fact {
        note: match attribute {
            Attribute::Other => String::new(),
            Attribute::Relative | Attribute::RelativeLocal => word(lang, "relative", &note),
            Attribute::InForce | Attribute::Role | Attribute::Standing => note.trim_start_matches("fir:").to_owned(),
            _ => note,
        },
        label,
        value,
        differs,
        href: fact.target.as_ref().and_then(address),
        class: (attribute == Attribute::Id).then_some(model::Classification::Sensitive),
        origins: origins(&fact.origins),
    }
}

/// Links as lines, with the reason: the identifier both sides share.
fn links<'a>(lang: Lang, through: &str, all: impl IntoIterator<Item = &'a Link>) -> Vec<LinkLine> {
    all.into_iter()
        .map(|link| LinkLine {
            kind: kind(link.target.kind),
            relation: [Some(word(lang, "relation", &link.relation)), link.role.as_ref().map(|role| word(lang, "role", role))]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            note: if link.label == link.target.key {
                String::new()
            } else {
                link.target.key.trim_start_matches("fir:").to_owned()
            },
            label: link.label.clone(),
            href: address(&link.target).unwrap_or_default(),
            reason: if link.through.is_empty() {
                String::new()
            } else {
                let through = if link.relation == "shares_phone" { "through-phone" } else { through };
                format!("{} {}", lang.text(through), link.through.trim_start_matches("fir:"))
            },
            origins: origins(&link.origins),
        })
        .collect()
}

fn moments(lang: Lang, all: &[Moment]) -> Vec<timeline::Moment> {
    all.iter()
        .map(|moment| timeline::Moment {
            at: moment.at,
            kind: moment.kind.clone(),
            kind_text: word(lang, "event", &moment.kind),
            title: moment.title.clone(),
            detail: word(lang, "role", &moment.detail),
            href: moment.target.as_ref().and_then(address),
            origin: origin(&moment.origin),
        })
        .collect()
}

/// Role words as badges, each once; what is held against somebody stands out, an outcome that clears does not.
fn standings<'a>(lang: Lang, roles: impl IntoIterator<Item = &'a str>) -> Vec<Standing> {
    let mut seen = BTreeSet::new();
    let told = roles.into_iter().filter(|role| seen.insert(role.to_string()));
    told.map(|role| Standing { text: word(lang, "role", role), tone: tone(role) }).collect()
}

/// Badge class of a role or standing word.
pub(crate) fn tone(word: &str) -> &'static str {
    match dossier::Standing::parse(word) {
        Some(standing) if standing.cleared() => "plain",
        Some(_) => "warn",
        None => "info",
    }
}

/// How somebody stands, as badges.
pub(crate) fn badges(lang: Lang, standings: &[dossier::Standing]) -> Vec<Standing> {
    self::standings(lang, standings.iter().map(|s| s.as_str()))
}

/// What is in force, and since when: `Acquitted (12 Dec 2025)`.
fn in_force(lang: Lang, now: &dossier::InForce) -> String {
    let word = word(lang, "standing", now.standing.as_str());
    match now.since {
        // A day in India.
        Some(since) => format!("{word} ({})", pages::show::date(lang, (since + chrono::TimeDelta::minutes(330)).date_naive())),
        None => word,
    }
}

/// A table with its words; columns whose key begins with `#` are numbers.
fn part(lang: Lang, id: &'static str, columns: &[&str], rows: Vec<Vec<Cell>>) -> page::Part {
    let columns = columns.iter().map(|key| GridColumn {
        name: lang.text(key.trim_start_matches('#')),
        numeric: key.starts_with('#'),
        class: None,
    });
    page::Part {
        id,
        title: lang.text(&format!("part-{id}")),
        lead: lang.known(&format!("part-{id}-lead")).unwrap_or_default(),
        empty: lang.text(&format!("part-{id}-none")),
        grid: Grid { columns: columns.collect(), rows },
    }
}

/// The cell that leads to the row a line comes from.
fn source(origin: &Origin) -> Cell {
    Cell::link(format!("{}:{}", origin.source, origin.row), self::origin(origin).href())
}

/// A moment as a cell.
fn when(lang: Lang, at: Option<chrono::DateTime<chrono::Utc>>) -> Cell {
    at.map_or_else(Cell::null, |at| Cell::new(pages::show::moment(lang, at)))
}

/// A text or NULL, with the page of what it names.
fn cell(text: Option<String>, target: Option<Target>) -> Cell {
    Cell { href: target.as_ref().and_then(address).filter(|_| text.is_some()), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_any_key() {
        for (kind, key, href) in [
            (Kind::Person, "vahan:RJ14ZZ0001/1", Some("/person/vahan%3ARJ14ZZ0001%2F1")),
            (Kind::Case, "fir:27541001/0001/2025", Some("/case/27541001/0001/2025")),
            (Kind::Event, "arrest:A?#1", Some("/case/arrest%3AA%3F%231")),
            (Kind::Phone, "+447700900123", Some("/phone/%2B447700900123")),
            (Kind::Place, "station:27541001", None),
        ] {
            assert_eq!(address(&Target::new(kind, key)).as_deref(), href, "{key}");
        }
    }

    #[test]
    fn two_birth_years_are_shown_as_a_conflict() {
        let origin = Origin { table: "pole.person_mention".into(), source: "a.b".into(), object: "00".into(), row: 1 };
        let fact = |value: &str| dossier::Fact { value: value.into(), note: None, target: None, origins: vec![origin.clone()] };
        let group = |attribute, values: &[&str]| dossier::Group { attribute, facts: values.iter().map(|v| fact(v)).collect() };
        let told = groups(
            Lang::En,
            Kind::Person,
            &[
                group(Attribute::BirthYear, &["1985", "1986"]),
                group(Attribute::Sex, &["male"]),
                group(Attribute::Phone, &["1", "2"]),
            ],
        );
        let facts: Vec<_> = told.iter().flat_map(|g| &g.facts).map(|f| (f.value.as_str(), f.differs)).collect();
        assert_eq!(facts, [("1985", true), ("1986", true), ("Male", false), ("1", false), ("2", false)]);
        assert!(!conflict(&group(Attribute::Relative, &["Rahul", "RAAHUL"])));
        assert!(conflict(&group(Attribute::Relative, &["Rahul", "Mahendra"])));
        let mut both = group(Attribute::Relative, &["Rahul", "Mahendra"]);
        both.facts[1].note = Some("husband".into());
        assert!(!conflict(&both));
    }
}
