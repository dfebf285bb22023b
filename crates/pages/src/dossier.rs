//! The page of a person, phone, vehicle or case: what the sources say, each fact with its row.

use askama::Template;
use chrono::{DateTime, Utc};
use model::Classification;

use crate::table::Grid;
use crate::timeline::Moment;
use crate::{Shell, show};

/// What a dossier is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Person,
    Phone,
    Handset,
    Vehicle,
    Case,
    Place,
    Document,
    /// Anything else: a chassis, a file.
    Thing,
}

impl Kind {
    /// Catalogue key.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Person => "kind-person",
            Kind::Phone => "kind-phone",
            Kind::Handset => "kind-handset",
            Kind::Vehicle => "kind-vehicle",
            Kind::Case => "kind-case",
            Kind::Place => "kind-place",
            Kind::Document => "kind-document",
            Kind::Thing => "kind-thing",
        }
    }

    /// Name of its icon.
    pub fn icon(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::Phone | Kind::Handset => "phone",
            Kind::Vehicle => "vehicle",
            Kind::Case => "case",
            Kind::Place => "place",
            Kind::Document | Kind::Thing => "row",
        }
    }
}

/// The row a fact comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Contract name.
    pub source: String,
    /// SHA-256 of the file.
    pub object: String,
    pub row: i64,
}

impl Origin {
    /// Link to the row.
    pub fn href(&self) -> String {
        format!("/object/{}/row/{}", self.object, self.row)
    }
}

/// One fact as the sources state it.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// Label in the page's language.
    pub label: String,
    pub value: String,
    /// What qualifies the value: the relation, the type of a document, the case of a role.
    pub note: String,
    /// Another source says something else where only one can be right.
    pub differs: bool,
    pub href: Option<String>,
    pub class: Option<Classification>,
    /// Every row that says so.
    pub origins: Vec<Origin>,
}

/// Facts under one heading.
#[derive(Clone, Debug)]
pub struct Group {
    pub title: String,
    pub facts: Vec<Fact>,
}

/// Something this one is linked to.
#[derive(Clone, Debug)]
pub struct LinkLine {
    pub kind: Kind,
    /// Relation in the page's language: accused in, uses, owns.
    pub relation: String,
    pub label: String,
    pub note: String,
    /// Its page; empty where it has none.
    pub href: String,
    /// Why: the identifier both share.
    pub reason: String,
    pub origins: Vec<Origin>,
}

/// Why rows are about one person: an identifier they share.
#[derive(Clone, Debug)]
pub struct Why {
    /// In words: the same person id of a source.
    pub text: String,
    /// The identifier.
    pub value: String,
    /// The rows it joins.
    pub origins: Vec<Origin>,
}

/// A standing word shown beside the name: accused, complainant, victim…
#[derive(Clone, Debug)]
pub struct Standing {
    pub text: String,
    /// Badge class: `plain`, `info`, `warn`.
    pub tone: &'static str,
}

/// Something the reader must know before reading on.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Note class: `info`, `warn`.
    pub tone: &'static str,
    pub text: String,
    /// Where more of it is, and the words of the link.
    pub href: Option<String>,
    pub link: String,
}

impl Notice {
    pub fn new(tone: &'static str, text: String) -> Notice {
        Notice { tone, text, href: None, link: String::new() }
    }
}

/// A table of its own kind: contacts of a phone, sightings of a vehicle, persons of a case.
#[derive(Clone, Debug)]
pub struct Part {
    /// Fragment on the page and name of the export.
    pub id: &'static str,
    pub title: String,
    pub lead: String,
    /// Said in place of the table when it has no rows.
    pub empty: String,
    pub grid: Grid,
}

/// A dossier page.
#[derive(Clone, Debug, Template)]
#[template(path = "dossier.html")]
pub struct Dossier {
    pub shell: Shell,
    pub kind: Kind,
    /// The name in the script the sources use most.
    pub name: String,
    /// The name in the other script, or the identifier's kind and operator.
    pub other_name: String,
    /// The identifier this page stands for.
    pub key: String,
    pub standings: Vec<Standing>,
    /// Sources that speak of it, and rows that do.
    pub sources: u64,
    pub rows: u64,
    pub notices: Vec<Notice>,
    pub groups: Vec<Group>,
    pub parts: Vec<Part>,
    pub links: Vec<LinkLine>,
    /// Why the rows are about one person; empty on other pages.
    pub whys: Vec<Why>,
    pub timeline: Vec<Moment>,
    /// Identities withheld by law on this page.
    pub withheld: bool,
    /// Address of this page when call records may be shown once an authority is stated.
    pub ask_authority: Option<String>,
    /// Address where an authority is asked for and granted, where stating one is not enough.
    pub seek_authority: Option<String>,
    /// The authority stated.
    pub authority: String,
    /// Address of exports up to and including `table=`; none where there are none.
    pub export: Option<String>,
}

impl Dossier {
    /// Whether any identifier joins rows; one row alone has nothing to export as a reason.
    pub fn joined(&self) -> bool {
        self.whys.iter().any(|why| why.origins.len() > 1)
    }
}

/// The same on paper: one document without links or scripts, every origin in full.
#[derive(Clone, Debug, Template)]
#[template(path = "paper.html")]
pub struct Paper {
    pub page: Dossier,
    /// When it was printed, in the page's language.
    pub printed: String,
    /// What the document is dressed in; a file has no server to ask.
    pub style: &'static str,
    /// SHA-256 of every received file the document rests on, in order of appearance; they are numbered from 1.
    pub files: Vec<String>,
}

impl Paper {
    pub fn new(page: Dossier, at: DateTime<Utc>) -> Paper {
        let facts = page.groups.iter().flat_map(|g| &g.facts).flat_map(|f| &f.origins);
        let links = page.links.iter().flat_map(|l| &l.origins);
        let whys = page.whys.iter().flat_map(|w| &w.origins);
        let moments = page.timeline.iter().map(|m| &m.origin);
        let mut files: Vec<String> = Vec::new();
        for origin in facts.chain(links).chain(whys).chain(moments) {
            if !files.contains(&origin.object) {
                files.push(origin.object.clone());
            }
        }
        Paper { printed: show::moment(page.shell.lang, at), page, style: include_str!("../templates/paper.css"), files }
    }

    /// `cctns.fir 17 [2]`: source, row, and the number of the file.
    pub fn cite(&self, origin: &Origin) -> String {
        let file = self.files.iter().position(|sha| *sha == origin.object).map_or(0, |at| at + 1);
        format!("{} {} [{file}]", origin.source, origin.row)
    }
}
