//! Pictures and films. No face is looked at: the writer says what is on a picture, and answers for it.

use super::{Level, Look, Rule, Setting};
use crate::limit::Limits;
use crate::message::{Media, Message};

pub(super) const FACE: Rule = Rule {
    id: "face",
    version: 1,
    level: Level::Block,
    law: "Rajasthan High Court, Islam Khan (January 2026): no pictures of arrested people; BNS s.72 and JJ Act s.74 for victims and children",
    way_out: "Use a picture without the person, or make the face unrecognisable and say so.",
    way_out_hi: "ऐसा चित्र लगाएँ जिसमें व्यक्ति न हो, या चेहरा पहचान में न आए ऐसा करें और यह दर्ज करें।",
    look: Look::Message(face),
};

pub(super) const GENERATED: Rule = Rule {
    id: "generated",
    version: 1,
    level: Level::Block,
    law: "IT (Intermediary Guidelines) Rules 2021 on synthetically generated information: it must be labelled",
    way_out: "Put a visible label on the picture or film and mark it as labelled, or use a real one.",
    way_out_hi: "चित्र या वीडियो पर स्पष्ट लेबल लगाएँ और उसे ‘लेबल लगा’ चिह्नित करें, या वास्तविक चित्र लगाएँ।",
    look: Look::Message(generated),
};

pub(super) const ALT: Rule = Rule {
    id: "alt_text",
    version: 1,
    level: Level::Block,
    law: "Rights of Persons with Disabilities Act 2016 s.42; GIGW 3.0, WCAG 2.1 success criteria 1.1.1 and 1.2.2",
    way_out: "Describe in words what the picture shows; give a film captions.",
    way_out_hi: "चित्र में क्या है, शब्दों में लिखें; वीडियो में कैप्शन दें।",
    look: Look::Message(alt),
};

fn each(message: &Message, wrong: impl Fn(&Media) -> Option<String>) -> Vec<(String, String)> {
    let media = message.media.iter().enumerate();
    media.filter_map(|(i, m)| Some((format!("media {}", i + 1), wrong(m)?))).collect()
}

fn face(message: &Message, _: &Setting) -> Vec<(String, String)> {
    each(message, |m| {
        let who = match () {
            () if m.shows_victim => "a victim",
            () if m.shows_child && !message.facts.missing_child && (message.facts.child || message.facts.stage.is_some()) => {
                "a child"
            }
            () if m.shows_arrested => "an arrested person",
            () => return None,
        };
        (!m.blurred).then(|| format!("{} shows {who}", m.file))
    })
}

fn generated(message: &Message, _: &Setting) -> Vec<(String, String)> {
    each(message, |m| (m.generated && !m.labelled).then(|| format!("{} is made by a generator and does not say so", m.file)))
}

fn alt(message: &Message, _: &Setting) -> Vec<(String, String)> {
    each(message, |m| {
        let words = m.alt.trim();
        // A file name is no description.
        let name = words
            .rsplit('.')
            .next()
            .is_some_and(|e| matches!(e.to_lowercase().as_str(), "jpg" | "jpeg" | "png" | "mp4" | "webp"));
        if m.is_video() && !m.captions {
            Some(format!("{} has no captions", m.file))
        } else if words.chars().count() < 5 || name && !words.contains(' ') {
            Some(format!("{} is not described", m.file))
        } else {
            None
        }
    })
}

/// What a network does not take of the message's media.
pub(crate) fn limits(media: &[Media], limits: &Limits) -> Vec<String> {
    let (films, pictures): (Vec<_>, Vec<_>) = media.iter().partition(|m| m.is_video());
    let mut out = Vec::new();
    let most = &limits.media;
    if most.required && media.is_empty() {
        out.push("this network takes no post without a picture or film".into());
    }
    if pictures.len() > most.pictures {
        out.push(format!("{} pictures, {} are accepted", pictures.len(), most.pictures));
    }
    if !films.is_empty() && !most.video {
        out.push("this network takes no film".into());
    }
    if films.len() > 1 && !most.mix || !films.is_empty() && !pictures.is_empty() && !most.mix {
        out.push("this network takes either one film or pictures".into());
    }
    for m in &pictures {
        if !most.picture_types.contains(&m.mime) && most.pictures > 0 {
            out.push(format!("{} is {}, accepted are {}", m.file, m.mime, most.picture_types.join(", ")));
        }
        if m.bytes > most.picture_bytes {
            out.push(format!("{} has {} bytes, {} are accepted", m.file, m.bytes, most.picture_bytes));
        }
        let alt = m.alt.chars().count();
        if alt > most.alt {
            out.push(format!("the description of {} has {alt} characters, {} are accepted", m.file, most.alt));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::NetworkName;
    use crate::message::{Facts, Stage};

    fn with(media: Media) -> Message {
        Message {
            media: vec![Media { mime: "image/png".into(), alt: "A poster about helmets".into(), ..media }],
            ..Message::default()
        }
    }

    #[test]
    fn faces_of_arrested_people_and_victims_are_blocked_unless_blurred() {
        let none = Setting::default();
        assert_eq!(face(&with(Media { shows_arrested: true, ..Media::default() }), &none).len(), 1);
        assert_eq!(face(&with(Media { shows_arrested: true, blurred: true, ..Media::default() }), &none).len(), 0);
        assert_eq!(face(&with(Media { shows_victim: true, ..Media::default() }), &none).len(), 1);
        let mut child = with(Media { shows_child: true, ..Media::default() });
        assert_eq!(face(&child, &none).len(), 0, "children at a traffic lesson");
        child.facts.stage = Some(Stage::Investigation);
        assert_eq!(face(&child, &none).len(), 1, "a child in a case");
        child.facts = Facts { missing_child: true, ..child.facts };
        assert_eq!(face(&child, &none).len(), 0, "a search for a missing child");
    }

    #[test]
    fn generated_media_say_so_and_pictures_are_described() {
        let none = Setting::default();
        assert_eq!(generated(&with(Media { generated: true, ..Media::default() }), &none).len(), 1);
        assert_eq!(generated(&with(Media { generated: true, labelled: true, ..Media::default() }), &none).len(), 0);
        let mut silent = with(Media::default());
        assert_eq!(alt(&silent, &none).len(), 0);
        for words in ["", "IMG", "IMG_0001.jpg"] {
            silent.media[0].alt = words.into();
            assert_eq!(alt(&silent, &none).len(), 1, "{words:?}");
        }
        let film = Message {
            media: vec![Media { mime: "video/mp4".into(), alt: "A film about roads".into(), ..Media::default() }],
            ..Message::default()
        };
        assert_eq!(alt(&film, &none).len(), 1, "no captions");
    }

    #[test]
    fn a_picture_too_large_or_of_another_kind_is_named_with_the_limit() {
        let mut message = with(Media { file: "a.png".into(), bytes: 9_000_000, ..Media::default() });
        let found = limits(&message.media, NetworkName::Instagram.limits());
        assert!(found.iter().any(|f| f.contains("image/jpeg")) && found.iter().any(|f| f.contains("8000000")), "{found:?}");
        message.media[0].bytes = 10;
        assert!(limits(&message.media, NetworkName::X.limits()).is_empty());
        message.media = vec![message.media[0].clone(); 5];
        assert_eq!(limits(&message.media, NetworkName::X.limits()).len(), 1);
    }
}
