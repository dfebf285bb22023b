//! The frame around every page: who asks, for which purpose, where in the site, in which language.

use std::borrow::Borrow;
use std::fmt;

use askama::filters::HtmlSafe;
use chrono::{DateTime, Utc};
use model::{Classification, Purpose};

use crate::{Lang, assets, show};

/// A place in the main navigation, in the order in which it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Home,
    /// Why one reads: pieces of work.
    Work,
    Search,
    Review,
    Sources,
    Runs,
    Quarantine,
    Catalogue,
    Sql,
    Audit,
    People,
    /// Social media: messages, calendar, inbox, orders.
    Desk,
    /// Pages that hang below none of them: errors, the gallery.
    Elsewhere,
}

impl Section {
    /// The entries of the main navigation: first what an officer opens, then what a data engineer opens.
    pub const ALL: [Section; 12] = [
        Section::Home,
        Section::Work,
        Section::Search,
        Section::Review,
        Section::Sources,
        Section::Runs,
        Section::Quarantine,
        Section::Catalogue,
        Section::Sql,
        Section::Audit,
        Section::People,
        Section::Desk,
    ];

    /// Its address.
    pub fn href(self) -> &'static str {
        match self {
            Section::Home | Section::Elsewhere => "/",
            Section::Work => "/purpose",
            Section::Search => "/search",
            Section::Review => "/review",
            Section::Sources => "/sources",
            Section::Runs => "/runs",
            Section::Quarantine => "/quarantine",
            Section::Catalogue => "/catalogue",
            Section::Sql => "/sql",
            Section::Audit => "/audit",
            Section::People => "/people",
            Section::Desk => "/desk",
        }
    }

    /// Its catalogue key.
    pub fn key(self) -> &'static str {
        match self {
            Section::Home | Section::Elsewhere => "nav-home",
            Section::Work => "nav-work",
            Section::Search => "nav-search",
            Section::Review => "nav-review",
            Section::Sources => "nav-sources",
            Section::Runs => "nav-runs",
            Section::Quarantine => "nav-quarantine",
            Section::Catalogue => "nav-catalogue",
            Section::Sql => "nav-sql",
            Section::Audit => "nav-audit",
            Section::People => "nav-people",
            Section::Desk => "nav-desk",
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Section::Home | Section::Elsewhere => "home",
            Section::Work => "case",
            Section::Search => "search",
            Section::Review => "pair",
            Section::Sources => "inflow",
            Section::Runs => "runs",
            Section::Quarantine => "held",
            Section::Catalogue => "catalogue",
            Section::Sql => "sql",
            Section::Audit => "audit",
            Section::People => "person",
            Section::Desk => "desk",
        }
    }
}

/// What a reload-free helper a page asks for beside htmx. An ordinary page asks for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Island {
    /// Resumable upload with progress.
    Upload,
    /// The SQL editor.
    Sql,
    /// Keys of a decision.
    Review,
    /// Messages dragged from day to day.
    Calendar,
}

impl Island {
    /// Every island there is.
    pub const ALL: [Island; 4] = [Island::Upload, Island::Sql, Island::Review, Island::Calendar];

    /// The script's plain asset name.
    pub fn script(self) -> &'static str {
        match self {
            Island::Upload => "upload.js",
            Island::Sql => "sql.js",
            Island::Review => "review.js",
            Island::Calendar => "calendar.js",
        }
    }
}

/// The frame of a page, filled by the server for each request.
#[derive(Clone, Debug)]
pub struct Shell {
    pub lang: Lang,
    pub section: Section,
    /// The page's own title, already in the page's language.
    pub title: String,
    /// Path and query of this page, for the language switch to come back to.
    pub path: String,
    /// What stands in the global search box.
    pub query: String,
    /// Who asks, as shown; empty for nobody.
    pub who: String,
    /// Whether it is somebody with a session, who can sign out.
    pub signed_in: bool,
    /// Entries of the navigation that are open to him.
    pub open: Vec<Section>,
    pub purpose: Purpose,
    /// The case or complaint that is read for.
    pub reference: Option<String>,
    /// Whether the lake has accounts, so that a purpose is chosen.
    pub accounts: bool,
    /// How the piece of work stands: open, closed, expired, left; empty for none.
    pub standing: String,
    /// Whether it is an emergency, to be said on every page.
    pub emergency: bool,
    /// Token every form carries back.
    pub token: String,
    pub island: Option<Island>,
    /// Where the page stands: links from the section down to its parent.
    pub trail: Vec<Crumb>,
    /// Whether the page shows made-up data (gallery).
    pub example: bool,
    /// Whether a script reloads part of the page until work is done.
    pub built: bool,
}

/// One step of the trail above a title.
#[derive(Clone, Debug)]
pub struct Crumb {
    pub href: String,
    pub text: String,
}

impl Crumb {
    /// A step of the trail.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Crumb {
        Crumb { href: href.into(), text: text.into() }
    }
}

/// Markup made by this crate, written without escaping.
#[derive(Clone, Debug)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl Html {
    /// A `<time>` element in IST.
    pub fn time(lang: Lang, at: DateTime<Utc>) -> Html {
        Html(format!("<time datetime=\"{}\">{}</time>", show::machine(at), show::moment(lang, at)))
    }
}

impl Shell {
    /// A frame with the page's title; the server fills the rest from the request.
    pub fn new(lang: Lang, section: Section, title: impl Into<String>) -> Shell {
        Shell {
            lang,
            section,
            title: title.into(),
            path: "/".to_owned(),
            query: String::new(),
            who: String::new(),
            signed_in: false,
            open: Vec::new(),
            purpose: Purpose::Operation,
            reference: None,
            accounts: false,
            standing: String::new(),
            emergency: false,
            token: String::new(),
            island: None,
            trail: Vec::new(),
            example: false,
            built: assets::present(),
        }
    }

    /// The text of a key in the page's language.
    pub fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }

    /// The text of a key made of a stem and a code that comes from data.
    pub fn tk(&self, stem: &str, code: &str) -> String {
        self.lang.text(&format!("{stem}{code}"))
    }

    /// Whether this page is at an address, whatever it was asked.
    pub fn is_at(&self, path: &str) -> bool {
        self.path.split('?').next() == Some(path)
    }

    /// The text of a key that speaks of a number.
    pub fn tn(&self, key: &str, n: impl Borrow<u64>) -> String {
        self.lang.count(key, *n.borrow())
    }

    /// The text of a key with one value, `$it`.
    pub fn tv(&self, key: &str, value: &str) -> String {
        self.lang.fill(key, &[("it", value)])
    }

    /// A whole number.
    pub fn n(&self, n: impl Borrow<u64>) -> String {
        show::count(*n.borrow())
    }

    /// A size.
    pub fn size(&self, n: &u64) -> String {
        show::bytes(*n)
    }

    /// A duration in seconds.
    pub fn seconds(&self, s: &f64) -> String {
        show::duration(self.lang, *s)
    }

    /// A share in per cent.
    pub fn share(&self, part: impl Borrow<u64>, whole: impl Borrow<u64>) -> String {
        show::share(*part.borrow(), *whole.borrow())
    }

    /// A `<time>` element in IST.
    pub fn time(&self, at: &DateTime<Utc>) -> Html {
        Html::time(self.lang, *at)
    }

    /// A hashed asset URL.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// This page in the other language.
    pub fn switch(&self, lang: &Lang) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut out = format!("{path}?");
        for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")) {
            out.push_str(pair);
            out.push('&');
        }
        out.push_str("lang=");
        out.push_str(lang.tag());
        out
    }

    /// Whether a navigation entry is where we are.
    pub fn here(&self, section: &Section) -> bool {
        self.section == *section
    }

    /// Both languages.
    pub fn langs(&self) -> &'static [Lang] {
        &Lang::ALL
    }

    /// Whether the search stands in the header.
    pub fn may_search(&self) -> bool {
        self.open.contains(&Section::Search)
    }

    /// Whether files are brought in, and refused rows seen, by the reader.
    pub fn may_bring(&self) -> bool {
        self.open.contains(&Section::Quarantine)
    }

    /// The word of a classification.
    pub fn class_word(&self, class: &Classification) -> String {
        self.t(&format!("class-{class}"))
    }

    /// The recognisable start of a hash.
    pub fn short(&self, sha: &str) -> String {
        show::short_hash(sha).to_owned()
    }

    /// A text as a query value.
    pub fn encode(&self, text: &str) -> String {
        encode(text)
    }

    /// A navigation entry's icon.
    pub fn nav_icon(&self, section: &Section) -> Html {
        self.icon(section.icon())
    }

    /// A classification as a badge; the word carries the meaning, colour and mark repeat it.
    pub fn class(&self, class: &Classification) -> Html {
        let word = self.t(&format!("class-{class}"));
        Html(format!("<span class=\"badge class-{class}\">{word}</span>"))
    }

    /// A small drawing by name; decorative, so hidden from screen readers.
    pub fn icon(&self, name: &str) -> Html {
        let d = match name {
            "home" => "M3 9.5 10 4l7 5.5M5 8.5V16h10V8.5M8.5 16v-4h3v4",
            "search" => "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4",
            "inflow" => {
                "M10 3v8M6.5 8 10 11.5 13.5 8M3 14c1.2 0 1.2 1 2.3 1s1.2-1 2.4-1 1.1 1 2.3 1 1.200-1 2.300-1 1.200 1 2.400 1 1.100-1 2.300-1"
            }
            "runs" => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.200l2.800 1.800",
            "held" => "M10 3 3 6v4c0 3.800 3 6.300 7 7.500 4-1.200 7-3.700 7-7.500V6ZM10 7.500v3.500M10 13.200v.3",
            "catalogue" => "M4 4h12v4H4ZM4 8h12v4H4ZM4 12h12v4H4ZM8 4v12",
            "sql" => "M4 5l4 4-4 4M10 14h6",
            "audit" => "M5 3h10v14l-2.500-1.500L10 17l-2.500-1.500L5 17ZM7.500 7h5M7.500 10h5",
            "desk" => "M3 8v4l9 4V4L3 8ZM15 7.500c1.500 1.300 1.500 3.700 0 5M5.500 13v3.500h2.500V14",
            "person" => "M10 10a3.200 3.200 0 1 0 0-6.500 3.200 3.200 0 0 0 0 6.500ZM4 17c.4-3.300 2.800-5 6-5s5.600 1.700 6 5",
            "pair" => {
                "M7 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM13 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM2.500 16c.3-3 2-4.500 4.500-4.500s4.200 1.500 4.500 4.500M13 11.500c2.500 0 4.200 1.500 4.500 4.500"
            }
            "phone" => "M7 2.500h6a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1ZM9 15h2",
            "vehicle" => "M3.500 14v-3l1.700-4.500h9.600L16.500 11v3ZM3.500 11h13M6 14v2M14 14v2",
            "case" => "M5 3h7l3 3v11H5ZM12 3v3h3M7.500 10h5M7.500 13h5",
            "place" => {
                "M10 17.500c3.500-4 5-6.500 5-9a5 5 0 0 0-10 0c0 2.500 1.500 5 5 9ZM10 10.200a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600Z"
            }
            "row" => "M3 5h14v10H3ZM3 8.500h14M3 11.800h14",
            "file" => "M5 3h7l3 3v11H5ZM12 3v3h3",
            _ => "M4 10h12",
        };
        Html(format!(
            "<svg class=\"icon\" viewBox=\"0 0 20 20\" width=\"20\" height=\"20\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{d}\"/></svg>"
        ))
    }

    /// The purpose as the strip under the header says it.
    pub fn purpose_text(&self) -> String {
        if self.accounts && self.standing.is_empty() {
            return self.t("work-none");
        }
        let word = self.t(&format!("purpose-{}", self.purpose));
        match &self.reference {
            Some(reference) => format!("{word} · {reference}"),
            None => word,
        }
    }
}

/// A text as a value in a URL's query or path: everything but unreserved characters is percent-encoded (RFC 3986).
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A text that exists in both languages, as contracts carry them.
#[derive(Clone, Debug, Default)]
pub struct Title {
    pub hi: String,
    pub en: String,
}

impl Title {
    /// The text in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Hi => &self.hi,
            Lang::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Section, Shell};
    use crate::Lang;

    #[test]
    fn the_language_switch_keeps_the_question() {
        let mut shell = Shell::new(Lang::Hi, Section::Search, "");
        shell.path = "/search?q=9829012345&lang=hi".to_owned();
        assert_eq!(shell.switch(&Lang::En), "/search?q=9829012345&lang=en");
        shell.path = "/".to_owned();
        assert_eq!(shell.switch(&Lang::En), "/?lang=en");
    }
}
