//! Accounts as administrators see them.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// All accounts.
#[derive(Clone, Debug, Template)]
#[template(path = "people.html")]
pub struct People {
    pub shell: Shell,
    pub people: Vec<PersonLine>,
}

/// An account as a line.
#[derive(Clone, Debug)]
pub struct PersonLine {
    pub login: String,
    pub name: String,
    pub rank: String,
    pub roles: String,
    pub unit: String,
    /// Whether an authenticator is set up.
    pub second: bool,
    /// `open`, `new` (the one-time password was not changed yet) or `closed`.
    pub state: &'static str,
}

impl PersonLine {
    /// Catalogue key of the state.
    pub fn state_key(&self) -> &'static str {
        match self.state {
            "open" => "people-state-open",
            "new" => "people-state-new",
            _ => "people-state-closed",
        }
    }

    pub fn tone(&self) -> &'static str {
        match self.state {
            "open" => "ok",
            "new" => "warn",
            _ => "bad",
        }
    }
}

/// An entry of a list to choose from.
#[derive(Clone, Debug)]
pub struct Choice {
    pub code: String,
    pub text: String,
    pub chosen: bool,
}

/// What a form says of a person.
#[derive(Clone, Debug)]
pub struct PersonFields {
    pub login: String,
    pub name_hi: String,
    pub name_en: String,
    pub ranks: Vec<Choice>,
    pub roles: Vec<Choice>,
    pub clearances: String,
}

/// The form for a new account.
#[derive(Clone, Debug, Template)]
#[template(path = "person-new.html")]
pub struct NewPersonPage {
    pub shell: Shell,
    pub fields: PersonFields,
    pub units: Vec<Choice>,
    pub error: Option<String>,
}

/// One account with everything that can be done to it.
#[derive(Clone, Debug, Template)]
#[template(path = "person-edit.html")]
pub struct PersonPage {
    pub shell: Shell,
    pub line: PersonLine,
    pub fields: PersonFields,
    pub units: Vec<Choice>,
    pub periods: Vec<UnitLine>,
    /// Devices on which the person is signed in.
    pub devices: u64,
    /// Whether it is the reader's own account, which others keep.
    pub own: bool,
    pub error: Option<String>,
}

/// A period in a unit.
#[derive(Clone, Debug)]
pub struct UnitLine {
    pub unit: String,
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
    pub by: String,
}
