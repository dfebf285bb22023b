//! What an officer writes: one message in two languages, with a variant per network, its pictures and what is known about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limit::NetworkName;
use crate::text::hashtags;

/// What a message is for. Approval chains and the model code of conduct go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Awareness,
    /// Something people must know now.
    Alert,
    /// About a case: arrest, recovery, charge, judgment.
    Case,
    /// What the department did well.
    Achievement,
    Participation,
    Notice,
    /// The official word in a crisis; goes out although others are paused.
    Statement,
    Correction,
    Reply,
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(serde_json::Value::String(text.to_lowercase())).map_err(|_| {
            format!(
                "there is no kind {text:?}; known are awareness, alert, case, achievement, participation, notice, statement, correction, reply"
            )
        })
    }
}

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Investigation,
    Charged,
    Trial,
    Convicted,
    Acquitted,
}

/// What the writer says about the matter; the checks believe it and the record keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub stage: Option<Stage>,
    /// The matter is a sexual offence, whether or not the text says so.
    pub sexual_offence: bool,
    /// A child is victim, witness, in conflict with law or in need of care.
    pub child: bool,
    /// A court has the matter before it.
    pub in_court: bool,
    /// A child is being looked for: name and face help to find it.
    pub missing_child: bool,
}

/// Captions of a film, as SubRip.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    pub file: String,
    pub sha256: String,
    /// BCP 47.
    pub language: String,
}

/// A picture or a film that goes along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Path or address of the file.
    pub file: String,
    pub mime: String,
    pub bytes: u64,
    pub sha256: String,
    pub alt: String,
    /// Captions or a transcript exist (films).
    pub captions: bool,
    /// The captions themselves, for networks that take them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<Track>,
    /// Made or altered by a generator.
    pub generated: bool,
    /// It says so on the picture itself.
    pub labelled: bool,
    pub shows_arrested: bool,
    pub shows_victim: bool,
    pub shows_child: bool,
    /// Faces are made unrecognisable.
    pub blurred: bool,
}

/// What a writer says about each picture or film.
pub const FLAGS: [&str; 7] = ["shows_arrested", "shows_victim", "shows_child", "blurred", "generated", "labelled", "captions"];

impl Media {
    /// One of [`FLAGS`].
    pub fn flag(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "shows_arrested" => &mut self.shows_arrested,
            "shows_victim" => &mut self.shows_victim,
            "shows_child" => &mut self.shows_child,
            "blurred" => &mut self.blurred,
            "generated" => &mut self.generated,
            "labelled" => &mut self.labelled,
            "captions" => &mut self.captions,
            _ => return None,
        })
    }

    pub fn is_video(&self) -> bool {
        self.mime.starts_with("video/")
    }
}

/// One message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    pub kind: Kind,
    pub hindi: String,
    pub english: String,
    /// Text for one network in place of the common one.
    pub variants: BTreeMap<NetworkName, String>,
    pub media: Vec<Media>,
    pub facts: Facts,
}

impl Message {
    /// What goes out on `network`: its variant, else Hindi and English one under the other.
    pub fn text_for(&self, network: NetworkName) -> String {
        if let Some(own) = self.variants.get(&network) {
            return own.clone();
        }
        let both: Vec<&str> = [self.hindi.trim(), self.english.trim()].into_iter().filter(|t| !t.is_empty()).collect();
        both.join("\n\n")
    }

    /// Puts a hashtag under what goes out wherever it lacks it: once under both languages, and under each network's own text.
    pub fn put_hashtag(&mut self, tag: &str) {
        let name = tag.trim().trim_start_matches('#');
        let last = if self.english.trim().is_empty() { &mut self.hindi } else { &mut self.english };
        for text in std::iter::once(last).chain(self.variants.values_mut()) {
            let there = hashtags(text).iter().any(|h| h.text.eq_ignore_ascii_case(name));
            if !name.is_empty() && !text.trim().is_empty() && !there {
                *text = format!("{}\n#{name}", text.trim_end());
            }
        }
    }

    /// Every text of the message a reader may see, with where it stands.
    pub fn texts(&self) -> Vec<(String, &str)> {
        let mut all = vec![("hindi".to_owned(), self.hindi.as_str()), ("english".to_owned(), self.english.as_str())];
        all.extend(self.variants.iter().map(|(n, t)| (n.to_string(), t.as_str())));
        all.extend(self.media.iter().enumerate().map(|(i, m)| (format!("alt {}", i + 1), m.alt.as_str())));
        all.retain(|(_, t)| !t.trim().is_empty());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_replaces_the_common_text() {
        let mut message = Message { hindi: "नमस्ते".into(), english: "Hello".into(), ..Message::default() };
        message.variants.insert(NetworkName::X, "नमस्ते!".into());
        assert_eq!(message.text_for(NetworkName::X), "नमस्ते!");
        assert_eq!(message.text_for(NetworkName::Bluesky), "नमस्ते\n\nHello");
        assert_eq!(message.texts().len(), 3);
    }

    #[test]
    fn a_campaigns_hashtag_stands_once_under_what_goes_out() {
        let mut m = Message {
            hindi: "हेलमेट पहनें। #सड़क_सुरक्षा".into(),
            english: "Wear a helmet.".into(),
            variants: [(NetworkName::X, "Helmet! #roadsafety".to_owned())].into(),
            ..Message::default()
        };
        m.put_hashtag("#RoadSafety");
        assert_eq!((m.hindi.as_str(), m.english.as_str()), ("हेलमेट पहनें। #सड़क_सुरक्षा", "Wear a helmet.\n#RoadSafety"));
        assert_eq!(m.variants[&NetworkName::X], "Helmet! #roadsafety", "there already");
        let once = m.clone();
        m.put_hashtag("RoadSafety");
        m.put_hashtag("");
        assert_eq!(m, once);
        let mut hindi = Message { hindi: "हेलमेट पहनें।".into(), ..Message::default() };
        hindi.put_hashtag("#सड़क_सुरक्षा");
        assert_eq!(hindi.hindi, "हेलमेट पहनें।\n#सड़क_सुरक्षा");
        let mut empty = Message::default();
        empty.put_hashtag("#x");
        assert_eq!(empty, Message::default());
    }

    #[test]
    fn every_flag_is_one_of_the_picture() {
        let mut media = Media::default();
        for name in FLAGS {
            *media.flag(name).unwrap() = true;
        }
        let said = serde_json::to_value(&media).unwrap();
        let on: Vec<&str> =
            said.as_object().unwrap().iter().filter(|(_, v)| v.as_bool() == Some(true)).map(|(k, _)| k.as_str()).collect();
        assert_eq!(on.len(), FLAGS.len(), "no two are one");
        assert!(FLAGS.iter().all(|f| on.contains(f)) && media.flag("handsome").is_none());
    }

    #[test]
    fn an_unknown_kind_is_named_with_the_known_ones() {
        assert!("party".parse::<Kind>().unwrap_err().contains("awareness"));
        assert_eq!("case".parse(), Ok(Kind::Case));
    }
}
