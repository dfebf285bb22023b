//! Checks before publishing: an ordered list of rules, each with its law and its way out.
//!
//! A rule reads text; it cannot know what is true. So each finding says what was found and why it matters, the strength of the
//! rule's words is measured on sentences it was not written for (`measure`), and a person can overrule a finding with a reason
//! that is kept: a warning by the writer, a demand for approval by an approver, a block only by the unit's law officer.

mod accused;
mod case;
mod measure;
mod media;
mod number;
mod pair;
mod pattern;
mod private;
mod repeat;
mod victim;

use serde::{Deserialize, Serialize};

use crate::limit::{self, NetworkName};
use crate::message::Message;
use crate::refusal;
use crate::text;

pub use measure::{Labelled, Score, labelled, measure, mistakes};
pub use pair::{Difference, compare};
pub use repeat::likeness;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The writer may go on, with a reason.
    Warn,
    /// One more approval, by whoever answers for it.
    Approval,
    /// Not before the text is changed, or the law officer says in writing why it is lawful.
    Block,
}

/// One thing a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub rule_version: u32,
    pub level: Level,
    /// Which text: `hindi`, `english`, a network, `alt 1`, `media 1`.
    pub place: String,
    /// The words that gave rise to it, as far as there are any.
    pub found: String,
    pub law: String,
    pub way_out: String,
}

/// A rule's way out in Hindi.
pub fn way_out_hi(rule: &str) -> Option<&'static str> {
    RULES.iter().find(|r| r.id == rule).map(|r| r.way_out_hi)
}

/// Rules that say what they found in words of their own. What the others found is a piece of the message.
const WORDED: [&str; 6] = ["face", "generated", "alt_text", "model_code", "pair", "length"];

/// What a rule found, in Hindi; none where it is quoted from the message.
pub fn found_hi(rule: &str, found: &str) -> Option<String> {
    WORDED.contains(&rule).then(|| refusal::hindi(found)).flatten()
}

/// A time in which achievements are not advertised: the model code of conduct of an election.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Constituency, or `*` for the whole state.
    pub constituency: String,
    /// UTC microseconds, first and one past the last.
    pub from: i64,
    pub until: i64,
    /// The Election Commission's announcement.
    pub reference: String,
}

/// What a rule may know besides the message itself.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// When the message is to appear, UTC microseconds.
    pub due: i64,
    /// Constituencies the unit works in.
    pub constituencies: Vec<String>,
    pub silences: Vec<Silence>,
    /// Texts that went out on the same accounts lately.
    pub recent: Vec<String>,
    /// The department's own numbers, digits only, which may be published.
    pub official_numbers: Vec<String>,
    pub networks: Vec<NetworkName>,
}

/// What a rule looks at: the whole message, or one text of it.
enum Look {
    Message(fn(&Message, &Setting) -> Vec<(String, String)>),
    /// Gives the words found in one text.
    Text(fn(&str, &Message, &Setting) -> Option<String>),
}

/// One rule. `version` goes up whenever what it finds changes, so that a record tells which words were searched for.
pub struct Rule {
    pub id: &'static str,
    pub version: u32,
    pub level: Level,
    pub law: &'static str,
    pub way_out: &'static str,
    pub way_out_hi: &'static str,
    look: Look,
}

/// All rules, the gravest first.
pub const RULES: &[Rule] = &[
    victim::VICTIM,
    victim::CHILD,
    media::FACE,
    private::AADHAAR,
    private::PHONE,
    private::ADDRESS,
    private::PLATE,
    accused::GUILT,
    accused::CONFESSION,
    accused::MOTIVE,
    accused::CASTE_RELIGION,
    case::SUB_JUDICE,
    case::MODEL_CODE,
    number::EMERGENCY,
    pair::PAIR,
    media::GENERATED,
    media::ALT,
    repeat::REPEAT,
    LENGTH,
];

/// What the reason of a delivery begins with that the model code of conduct holds.
pub(crate) const MODEL_CODE_LAW: &str = case::MODEL_CODE.law;

/// Runs every rule over every text of the message.
pub fn check(message: &Message, setting: &Setting) -> Vec<Finding> {
    let mut out = Vec::new();
    for rule in RULES {
        let found: Vec<(String, String)> = match rule.look {
            Look::Message(look) => look(message, setting),
            Look::Text(look) => {
                let texts = message.texts().into_iter();
                texts.filter_map(|(place, text)| Some((place, look(&pattern::plain(text), message, setting)?))).collect()
            }
        };
        out.extend(found.into_iter().map(|(place, found)| rule.finding(place, found)));
    }
    out
}

impl Rule {
    fn finding(&self, place: String, found: String) -> Finding {
        Finding {
            rule: self.id.into(),
            rule_version: self.version,
            level: self.level,
            place,
            found,
            law: self.law.into(),
            way_out: self.way_out.into(),
        }
    }

    /// Whether the rule finds something in one text that stands alone.
    fn finds(&self, message: &Message, setting: &Setting) -> bool {
        match self.look {
            Look::Message(look) => !look(message, setting).is_empty(),
            Look::Text(look) => message.texts().iter().any(|(_, t)| look(&pattern::plain(t), message, setting).is_some()),
        }
    }
}

const LENGTH: Rule = Rule {
    id: "length",
    version: 1,
    level: Level::Block,
    law: "limits of the network",
    way_out: "Shorten the text, write a variant for this network, or let it become a thread where the network has threads.",
    way_out_hi: "पाठ छोटा करें, इस नेटवर्क के लिए अलग पाठ लिखें, या जहाँ संभव हो वहाँ थ्रेड बनाएँ।",
    look: Look::Message(limits),
};

pub(crate) use media::limits as media_limits;

fn limits(message: &Message, setting: &Setting) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for limits in setting.networks.iter().map(|n| n.limits()) {
        let body = message.text_for(limits.network);
        let place = limits.network.to_string();
        out.extend(overlong(&body, limits).map(|what| (place.clone(), what)));
        let tags = text::hashtags(&body).len();
        if limits.hashtags > 0 && tags > limits.hashtags {
            out.push((place.clone(), format!("{tags} hashtags, {} are accepted", limits.hashtags)));
        }
        out.extend(media::limits(&message.media, limits).into_iter().map(|what| (place.clone(), what)));
    }
    out
}

fn overlong(body: &str, limits: &limit::Limits) -> Option<String> {
    let measured = text::length(body, limits.text);
    if measured.fits() {
        return None;
    }
    if !limits.thread {
        return Some(match limits.text.most_bytes {
            Some(most) if measured.used <= measured.most => format!("{} bytes of {most}", measured.bytes),
            _ => format!("{} of {} characters", measured.used, measured.most),
        });
    }
    text::split(body, limits.text).err().map(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Kind, Media};

    #[test]
    fn every_rule_says_its_law_and_its_way_out_in_both_languages() {
        let ids: std::collections::BTreeSet<_> = RULES.iter().map(|r| r.id).collect();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            assert!(rule.law.len() > 10 && rule.way_out.len() > 20, "{}", rule.id);
            assert!(rule.way_out_hi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)), "{}", rule.id);
        }
    }

    #[test]
    fn a_text_too_long_for_a_network_without_threads_is_blocked_and_one_with_threads_is_split() {
        let message = Message { english: "word ".repeat(600), ..Message::default() };
        let on = |network| check(&message, &Setting { networks: vec![network], ..Setting::default() });
        assert!(on(NetworkName::X).iter().all(|f| f.rule != "length"));
        let found: Vec<_> = on(NetworkName::Instagram).into_iter().filter(|f| f.rule == "length").collect();
        assert_eq!(found.len(), 2, "too long, and no picture: {found:?}");
        assert_eq!(found[0].level, Level::Block);
    }

    #[test]
    fn what_is_found_by_rule_is_said_in_hindi() {
        let picture = Media { file: "a.png".into(), mime: "image/tiff".into(), bytes: 1 << 40, ..Media::default() };
        let film = Media { file: "b.mp4".into(), mime: "video/mp4".into(), alt: "A film about roads".into(), ..Media::default() };
        let shown = Media { shows_arrested: true, generated: true, alt: "x".repeat(5000), ..picture.clone() };
        let child = Media { shows_child: true, ..picture.clone() };
        let victim = Media { shows_victim: true, ..picture.clone() };
        let all = limit::all().iter().map(|l| l.network).collect();
        let silence = Silence { constituency: "*".into(), from: 0, until: 9, reference: "ECI 1".into() };
        let setting = Setting { networks: all, silences: vec![silence], ..Setting::default() };
        let pair = |hindi: &str, english: &str| Message { hindi: hindi.into(), english: english.into(), ..Message::default() };
        let mut full = pair("5 मार्च को 200 हेलमेट, धारा 303", "On 6 March at 5:30 pm 300 helmets, section 304");
        full.media = std::iter::repeat_n(picture, 30).chain([film.clone(), film.clone(), shown, child, victim]).collect();
        full.kind = Kind::Achievement;
        full.facts.stage = Some(crate::message::Stage::Investigation);
        let long = pair(&"शब्द ".repeat(700), &"#tag ".repeat(40));
        let word = pair("", &"x".repeat(3_000));
        let film = Message { media: vec![film], ..Message::default() };
        let mut seen = std::collections::BTreeSet::new();
        for found in [full, long, word, film, Message::default()].iter().flat_map(|m| check(m, &setting)) {
            if WORDED.contains(&found.rule.as_str()) {
                let said =
                    found_hi(&found.rule, &found.found).unwrap_or_else(|| panic!("not in data/refusals.tsv: {}", found.found));
                assert!(said.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)) && !said.contains('{'), "{said}");
                seen.insert(found.rule);
            }
        }
        assert_eq!(seen, WORDED.iter().map(|r| r.to_string()).collect(), "each has found something");
        assert_eq!(found_hi("guilt", "{} shows {}"), None, "a piece of the message stays as it is");
    }

    #[test]
    fn a_harmless_message_passes() {
        let message = Message {
            hindi: "दोपहिया वाहन चलाते समय हेलमेट अवश्य पहनें।".into(),
            english: "Always wear a helmet on a two-wheeler.".into(),
            ..Message::default()
        };
        let setting = Setting { networks: vec![NetworkName::X, NetworkName::Bluesky], ..Setting::default() };
        assert_eq!(check(&message, &setting), []);
    }
}
