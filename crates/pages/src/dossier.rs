//! The page of a person, phone, vehicle or case: what the sources say, each fact with its row.

use askama::Template;
use model::Classification;

use crate::Shell;
use crate::timeline::Moment;

/// What a dossier is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Person,
    Phone,
    Handset,
    Vehicle,
    Case,
    Place,
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
#[derive(Clone, Debug)]
pub struct Fact {
    /// Label in the page's language.
    pub label: String,
    pub value: String,
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
    pub href: String,
    /// Why: the identifier both share.
    pub reason: String,
    pub origins: Vec<Origin>,
}

/// A standing word shown beside the name: accused, complainant, victim…
#[derive(Clone, Debug)]
pub struct Standing {
    pub text: String,
    /// Badge class: `plain`, `info`, `warn`.
    pub tone: &'static str,
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
    pub groups: Vec<Group>,
    pub links: Vec<LinkLine>,
    pub timeline: Vec<Moment>,
    /// Identities withheld by law on this page.
    pub withheld: bool,
}
