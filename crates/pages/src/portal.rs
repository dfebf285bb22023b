//! The public portal. Its pages carry no cookie and know nobody: the language stands in the address, so that any cache may keep
//! them.

use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::sync::LazyLock;

use crate::{Lang, assets, show};

/// The frame of a portal page.
#[derive(Clone, Debug)]
pub struct Door {
    pub lang: Lang,
    pub title: String,
    pub description: String,
    /// Address behind the language: `latest?kind=alert`.
    pub path: String,
    /// Public address of the portal, without a slash at the end; empty where it is not known.
    pub base: String,
    /// JSON-LD for search engines.
    pub data: String,
    /// When what the page shows was last changed, as far as that is known.
    pub updated: Option<DateTime<Utc>>,
}

/// The portal's places: address behind the language, and catalogue key.
pub const PLACES: [(&str, &str); 9] = [
    ("", "portal-home"),
    ("latest", "portal-latest"),
    ("achievements", "portal-achievements"),
    ("law", "portal-law"),
    ("campaigns", "portal-campaigns"),
    ("stations", "portal-stations"),
    ("corrections", "portal-corrections"),
    ("tip", "portal-tip"),
    ("feedback", "portal-feedback"),
];

/// Pages about the portal itself: address behind the language, and catalogue key.
pub const ABOUT: [(&str, &str); 7] = [
    ("rules", "portal-rules"),
    ("privacy", "portal-privacy-policy"),
    ("copyright", "portal-copyright"),
    ("accessibility", "portal-accessibility"),
    ("terms", "portal-terms"),
    ("contact", "portal-contact"),
    ("sitemap", "portal-sitemap"),
];

/// Emergency numbers: number and catalogue key.
pub const NUMBERS: [(&str, &str); 8] = [
    ("112", "portal-number-police"),
    ("1090", "portal-number-women"),
    ("181", "portal-number-women-help"),
    ("1098", "portal-number-children"),
    ("1930", "portal-number-cyber"),
    ("108", "portal-number-ambulance"),
    ("101", "portal-number-fire"),
    ("14567", "portal-number-elders"),
];

impl Door {
    pub fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }

    pub fn tk(&self, stem: &str, code: &str) -> String {
        self.lang.text(&format!("{stem}{code}"))
    }

    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    pub fn built(&self) -> bool {
        assets::present()
    }

    /// An address in this page's language.
    pub fn to(&self, path: &str) -> String {
        format!("/{}/{path}", self.lang.tag())
    }

    /// This page in another language, with the portal's public address.
    pub fn whole(&self, lang: &Lang) -> String {
        format!("{}/{}/{}", self.base, lang.tag(), self.path)
    }

    pub fn langs(&self) -> &'static [Lang] {
        &Lang::ALL
    }

    pub fn here(&self, place: &str) -> bool {
        self.path.split(['?', '/']).next() == Some(place)
    }

    pub fn time(&self, at: &DateTime<Utc>) -> crate::shell::Html {
        crate::shell::Html::time(self.lang, *at)
    }

    pub fn day(&self, at: &DateTime<Utc>) -> String {
        show::moment(self.lang, *at)
    }

    pub fn encode(&self, text: &str) -> String {
        crate::shell::encode(text)
    }
}

/// A published message.
#[derive(Clone, Debug)]
pub struct Notice {
    pub id: String,
    pub hindi: String,
    pub english: String,
    pub kind: String,
    pub unit: String,
    pub unit_name: String,
    pub at: DateTime<Utc>,
    /// When its words were last changed after it was published.
    pub edited: Option<DateTime<Utc>>,
    /// The message this one corrects.
    pub corrects: Option<String>,
    /// Corrections of this one.
    pub corrected_by: Vec<String>,
    /// Where else it stands.
    pub copies: Vec<NoticeCopy>,
    pub pictures: Vec<Picture>,
}

/// A copy of a message on a network.
#[derive(Clone, Debug)]
pub struct NoticeCopy {
    /// Network and handle.
    pub name: String,
    pub url: String,
    /// It still has the words from before an edit: not every network lets a program change them.
    pub old: bool,
}

/// What a message said before it was edited.
#[derive(Clone, Debug)]
pub struct EarlierWords {
    pub until: DateTime<Utc>,
    /// Empty where the public does not read them any more.
    pub hindi: String,
    pub english: String,
}

impl EarlierWords {
    pub fn open(&self) -> bool {
        !self.hindi.is_empty() || !self.english.is_empty()
    }
}

impl Notice {
    /// When what it says was last changed.
    pub fn updated(&self) -> DateTime<Utc> {
        self.edited.unwrap_or(self.at)
    }

    /// The first picture that can be shown: lists show no more.
    pub fn shown(&self) -> Option<&Picture> {
        self.pictures.iter().find(|p| p.src.is_some())
    }
}

/// A picture or film of a message: our own copy where it can be shown, and what it shows in words.
#[derive(Clone, Debug)]
pub struct Picture {
    pub src: Option<String>,
    pub alt: String,
    pub width: u32,
    pub height: u32,
}

/// A choice of a list.
pub type Choice = crate::desk::Choice;

/// The portal's first page.
#[derive(Clone, Debug, Template)]
#[template(path = "portal/home.html")]
pub struct Home {
    pub door: Door,
    pub notices: Vec<Notice>,
    pub campaigns: Vec<CampaignLine>,
}

/// Messages by place and kind.
#[derive(Clone, Debug, Template)]
#[template(path = "portal/latest.html")]
pub struct Latest {
    pub door: Door,
    pub notices: Vec<Notice>,
    pub units: Vec<Choice>,
    pub kinds: Vec<Choice>,
    /// The list can be narrowed.
    pub narrows: bool,
    pub next: Option<String>,
    pub praise: Vec<Praise>,
}

/// One message.
#[derive(Clone, Debug, Template)]
#[template(path = "portal/notice.html")]
pub struct One {
    pub door: Door,
    pub notice: Notice,
    pub earlier: Vec<EarlierWords>,
}

/// A campaign.
#[derive(Clone, Debug)]
pub struct CampaignLine {
    pub id: String,
    pub name: String,
    pub about: String,
    pub audience: String,
    pub hashtag: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub over: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "portal/campaigns.html")]
pub struct Campaigns {
    pub door: Door,
    pub campaigns: Vec<CampaignLine>,
}

/// One campaign: how to take part, who does, and its messages.
#[derive(Clone, Debug, Template)]
#[template(path = "portal/campaign.html")]
pub struct OneCampaign {
    pub door: Door,
    pub campaign: CampaignLine,
    pub part: String,
    /// Units that have published.
    pub units: Vec<String>,
    pub notices: Vec<Notice>,
}

/// What somebody says well of the department.
#[derive(Clone, Debug)]
pub struct Praise {
    pub about: String,
    /// Who said it, where he agreed to be named, else what kind of author.
    pub by: String,
    pub url: String,
}

/// One point of law, in the department's own words.
#[derive(Clone, Debug, Deserialize)]
pub struct Point {
    pub hi: String,
    pub en: String,
    pub law: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Topic {
    pub id: String,
    pub audience: String,
    pub hi: String,
    pub en: String,
    pub points: Vec<Point>,
}

impl Topic {
    pub fn title(&self, door: &Door) -> &str {
        if door.lang == Lang::Hi { &self.hi } else { &self.en }
    }
}

impl Point {
    pub fn text(&self, door: &Door) -> &str {
        if door.lang == Lang::Hi { &self.hi } else { &self.en }
    }
}

/// The library of legal awareness.
pub static LAW: LazyLock<Vec<Topic>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../data/law.json")).unwrap_or_default());

#[derive(Clone, Debug, Template)]
#[template(path = "portal/law.html")]
pub struct Law {
    pub door: Door,
    pub topics: Vec<Topic>,
}

/// A page about the portal itself.
#[derive(Clone, Debug, Deserialize)]
pub struct About {
    pub id: String,
    pub hi: String,
    pub en: String,
    pub updated: chrono::NaiveDate,
    pub parts: Vec<Part>,
}

/// One paragraph of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Part {
    /// The rule of moderation it explains, as the desk knows it; empty: none.
    pub rule: String,
    pub hi: String,
    pub en: String,
}

impl Part {
    pub fn text(&self, door: &Door) -> &str {
        if door.lang == Lang::Hi { &self.hi } else { &self.en }
    }
}

/// What is said about the portal itself.
pub static PAPERS: LazyLock<Vec<About>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../data/about.json")).unwrap_or_default());

#[derive(Clone, Debug, Template)]
#[template(path = "portal/about.html")]
pub struct Paper {
    pub door: Door,
    pub about: About,
    /// Telephone numbers of headquarters, on the page that tells how to reach it.
    pub numbers: Vec<String>,
}

/// Every place of the portal, for people.
#[derive(Clone, Debug, Template)]
#[template(path = "portal/sitemap.html")]
pub struct Sitemap {
    pub door: Door,
    pub campaigns: Vec<CampaignLine>,
}

/// A unit, its telephone numbers and its official handles.
#[derive(Clone, Debug)]
pub struct Station {
    pub code: String,
    pub name: String,
    pub above: String,
    pub numbers: Vec<String>,
    /// Network and handle.
    pub handles: Vec<(String, String)>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "portal/stations.html")]
pub struct Stations {
    pub door: Door,
    pub query: String,
    pub stations: Vec<Station>,
    /// More were found than are shown.
    pub more: bool,
}

/// A form that lands at the police portal's source.
#[derive(Clone, Debug, Template)]
#[template(path = "portal/form.html")]
pub struct Form {
    pub door: Door,
    /// `tip` or `feedback`.
    pub what: String,
    /// Signed time of this form.
    pub ticket: String,
    /// Two numbers whose sum is asked for.
    pub sum: (u32, u32),
    pub units: Vec<Choice>,
    pub text: String,
    /// What is wrong, in the page's language.
    pub error: String,
    /// The number of what was taken.
    pub taken: Option<String>,
}

impl Form {
    /// A text of this form: `lead` or `text`.
    pub fn words(&self, which: &str) -> String {
        self.door.t(&format!("portal-{}-{which}", self.what))
    }
}

/// What went wrong.
#[derive(Clone, Debug, Template)]
#[template(path = "portal/fault.html")]
pub struct Lost {
    pub door: Door,
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_about_the_portal_are_all_there_in_both_languages() {
        let ids: Vec<&str> = PAPERS.iter().map(|p| p.id.as_str()).chain(["sitemap"]).collect();
        assert_eq!(ids, ABOUT.map(|(place, _)| place));
        let hindi = |text: &str| text.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c));
        for paper in PAPERS.iter() {
            assert!(hindi(&paper.hi) && !hindi(&paper.en) && !paper.parts.is_empty(), "{}", paper.id);
            assert!(paper.parts.iter().all(|p| hindi(&p.hi) && !hindi(&p.en) && p.en.len() > 20), "{}", paper.id);
        }
    }

    #[test]
    fn the_library_speaks_both_languages_and_cites_its_law() {
        assert!(LAW.len() >= 12);
        for topic in LAW.iter() {
            assert!(["everybody", "women", "children", "weaker_sections"].contains(&topic.audience.as_str()), "{}", topic.id);
            for point in &topic.points {
                assert!(point.hi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)) && !point.en.is_empty(), "{}", topic.id);
                let cited = point.law.contains("s.") || point.law.contains("ss.") || point.law.contains("Art.");
                let number = point.en.chars().any(|c| c.is_ascii_digit());
                assert!(cited || point.law == "—" && number, "{}: {}", topic.id, point.law);
            }
        }
    }
}
