//! Signing in, and one's own account.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::table::FieldError;

/// The sign-in page.
#[derive(Clone, Debug, Template)]
#[template(path = "sign-in.html")]
pub struct SignIn {
    pub shell: Shell,
    /// Where to go afterwards; an address of this site.
    pub next: String,
    pub login: String,
    /// Whether the department's own sign-in leads here too.
    pub sso: bool,
    /// Why nobody is signed in yet.
    pub message: Option<String>,
}

/// The page for the authenticator's code.
#[derive(Clone, Debug, Template)]
#[template(path = "code.html")]
pub struct Code {
    pub shell: Shell,
    pub next: String,
    pub message: Option<String>,
}

/// The page for a new password.
#[derive(Clone, Debug, Template)]
#[template(path = "password.html")]
pub struct Password {
    pub shell: Shell,
    /// Nothing else is open before it is changed.
    pub must: bool,
    pub errors: Vec<FieldError>,
}

/// Setting an authenticator up.
#[derive(Clone, Debug, Template)]
#[template(path = "second.html")]
pub struct Second {
    pub shell: Shell,
    /// The secret in groups, for typing.
    pub secret: String,
    pub uri: String,
    /// The QR code as an SVG path of one-unit squares, and its side.
    pub path: String,
    pub side: usize,
    /// Whether the password is asked for, since another authenticator is replaced.
    pub ask_password: bool,
    pub must: bool,
    pub errors: Vec<FieldError>,
}

/// What is shown once: recovery codes, a token, a one-time password.
#[derive(Clone, Debug, Template)]
#[template(path = "once.html")]
pub struct Once {
    pub shell: Shell,
    pub lead: String,
    pub items: Vec<String>,
    pub back: String,
    pub back_text: String,
}

/// One's own account.
#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct Account {
    pub shell: Shell,
    pub login: String,
    pub rank: String,
    pub roles: Vec<String>,
    pub unit: String,
    pub has_password: bool,
    pub has_second: bool,
    /// Recovery codes left.
    pub recovery: u64,
    pub devices: Vec<DeviceLine>,
    pub tokens: Vec<TokenLine>,
    /// Code and words of the scopes a token may have.
    pub scopes: Vec<(String, String)>,
    pub errors: Vec<FieldError>,
}

/// Where somebody is signed in.
#[derive(Clone, Debug)]
pub struct DeviceLine {
    pub id: String,
    pub address: String,
    pub agent: String,
    pub since: DateTime<Utc>,
    pub seen: DateTime<Utc>,
    /// Whether it is this browser.
    pub here: bool,
}

impl DeviceLine {
    /// The browser and the system by their names, as far as they say them.
    pub fn name(&self) -> String {
        let first =
            |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| self.agent.contains(mark)).map(|(_, name)| *name);
        let browser =
            first(&[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
        let system = first(&[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("Windows", "Windows"),
            ("Mac OS X", "macOS"),
            ("Linux", "Linux"),
        ]);
        let known: Vec<&str> = [browser, system].into_iter().flatten().collect();
        if known.is_empty() { self.agent.chars().take(40).collect() } else { known.join(" · ") }
    }
}

/// A token in the list.
#[derive(Clone, Debug)]
pub struct TokenLine {
    pub id: String,
    pub name: String,
    pub scopes: String,
    pub expires: DateTime<Utc>,
    pub used: Option<DateTime<Utc>>,
    pub revoked: bool,
    pub live: bool,
}

impl Password {
    pub fn error(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }
}

impl Second {
    pub fn error(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }
}

impl Account {
    pub fn error(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_by_what_people_know() {
        let of = |agent: &str| {
            let at = DateTime::UNIX_EPOCH;
            DeviceLine { id: String::new(), address: String::new(), agent: agent.into(), since: at, seen: at, here: false }.name()
        };
        assert_eq!(
            of("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"),
            "Chrome · Linux"
        );
        assert_eq!(of("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"), "Firefox · Windows");
        assert_eq!(of("curl/8"), "curl/8");
    }
}
