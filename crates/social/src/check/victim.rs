//! Who was harmed is nobody's to tell: victims of sexual offences, and children whatever their part.

use super::pattern::{near, pattern, sentences};
use super::{Level, Look, Rule, Setting};
use crate::message::Message;

pub(super) const VICTIM: Rule = Rule {
    id: "victim_identity",
    version: 1,
    level: Level::Block,
    law: "BNS 2023 s.72 and POCSO Act s.23: nothing that may make known who the victim of a sexual offence is",
    way_out: "Leave out name, relation, village, school, work and picture of the victim; say what happened and what was done.",
    way_out_hi: "पीड़ित का नाम, रिश्ता, गाँव, स्कूल, काम और चित्र हटाएँ; केवल घटना और की गई कार्रवाई बताएँ।",
    look: Look::Text(victim),
};

pub(super) const CHILD: Rule = Rule {
    id: "child_identity",
    version: 1,
    level: Level::Block,
    law: "Juvenile Justice Act 2015 s.74: name, address, school and picture of a child in conflict with law, in need of care, victim or witness",
    way_out: "Leave out everything by which the child can be known. A search for a missing child may name it: say so under facts.",
    way_out_hi: "बच्चे की पहचान बताने वाली हर बात हटाएँ। गुमशुदा बच्चे की तलाश हो तो तथ्यों में यह दर्ज करें।",
    look: Look::Text(child),
};

pattern!(
    SEXUAL,
    r"बलात्कार | दुष्कर्म | दुराचार | \bरेप\b | यौन | छेडछाड | छेडखानी | पॉक्सो | पोक्सो | लैंगिक | लज्जा\s*भंग
    | \brap(?:e|ed|es|ing)\b | sexual | molest | \bpocso\b | gang-?\s?rape | outrag\w*\s+(?:her\s+|the\s+)?modesty | \b376\b | \b354\b
    | balatkar | dushkarm | duskarm | \byaun\b | chhed\s?-?chh?ad | ched\s?chad | chhedkhani | \bdurachar"
);
pattern!(
    PERSON,
    r"पीडिता | पीडित | विवाहिता | युवती | किशोरी | छात्रा | बालिका | बच्ची | लडकी | महिला | नाबालिग | दुष्कर्म\s*पीड
    | victim | survivor | complainant | prosecutrix | \bgirl\b | \bwoman\b | \bminor\b | \bstudent\b
    | pee?dita? | \bpidita? | yuvati | \bchhatra\b | balika | bachchi | ladki | mahila | nabalig | naabalig"
);
pattern!(
    ACCUSED,
    r"आरोपी | अभियुक्त | मुलजिम | गिरफ्तार | accused | suspect | arrest | aaropi | aropi | abhiyukt | giraftar | mulzim | mulajim"
);
// What ties a person down.
pattern!(
    IDENTITY,
    r"(?:का|की|के)?\s*नाम\b | \bनामक\b | निवासी | निवासिनी | रहने\s*वाली | की\s+(?:पुत्री|बेटी|पत्नी|बहन|बहू)\b | (?:पुत्री|पत्नी|आत्मजा)\s+\S+ | ग्राम\b | गांव\s+\S+ | \S+\s+गांव
    | मोहल्ल | कॉलोनी | स्कूल | विद्यालय | कॉलेज | कक्षा\s*\d* | फोटो | तस्वीर | वीडियो\s+(?:देखें|जारी) | कार्यरत
    | \bname[d]?\b | identified\s+as | \bresident\s+of | \br/o\b | \bd/o\b | \bw/o\b | (?:daughter|wife|sister)\s+of | \bof\s+village\b | \bvillage\s+\w+ | \bfrom\s+\w+\s+village
    | \bcolony\b | \bschool\b | \bcollege\b | \bclass\s*\d | \bphoto | \bpicture\s+of | \bworks\s+(?:at|as|in)\b | \bemployed
    | \bnaam\b | \bniwasi | \bnivasi | rehne\s*wali | ki\s+(?:putri|beti|patni|behan) | \bgaon\b | \bgram\b | mohall?a | \bskool | kaksha | \btasveer | \bvidyalay"
);
// Sentences that only promise to keep the secret, or teach.
pattern!(
    SECRET,
    r"गोपनीय | गुप्त | उजागर\s+(?:न|नहीं|करना) | प्रकट\s+(?:न|नहीं|करना) | सार्वजनिक\s+(?:न|नहीं|करना) | सुरक्षित\s+रख | पहचान\s+(?:बताना|जाहिर)
    | confidential | not\s+(?:be\s+)?(?:disclos|reveal|publish|shar|nam)\w* | protect\w*\s+(?:the\s+)?(?:identity|name|privacy) | never\s+(?:disclose|reveal|share|publish) | withheld | (?:disclos|reveal|publish)ing\s+(?:the\s+)?(?:identity|name)
    | gopniya | gupt\b | ujagar\s+(?:na|nahi|karna) | zahir\s+(?:na|nahi|karna)"
);

fn victim(text: &str, message: &Message, _: &Setting) -> Option<String> {
    if !message.facts.sexual_offence && !SEXUAL.is_match(text) {
        return None;
    }
    sentences(text).into_iter().filter(|s| !SECRET.is_match(s)).find_map(|s| near(s, &PERSON, &IDENTITY, 40, Some(&ACCUSED)))
}

pattern!(
    YOUNG,
    r"नाबालिग | बालक | बालिका | बाल\s*अपचारी | किशोर | किशोरी | बच्चा | बच्चे | बच्ची | अवयस्क | \d+\s*वर्षीय\s*(?:छात्र|लडक|मासूम) | मासूम
    | \bminors?\b | juvenile | \bchild(?:ren)?\b | \bboy\b | \bgirl\b | \bteenage | \bcicl\b | \bunderage
    | nabalig | naabalig | \bbalak\b | balika | kishor | bachch?a\b | bachch?i\b | bachche | \bmasoom | ladk[ai]\b"
);
pattern!(
    MATTER,
    r"चोरी | लूट | हत्या | मारपीट | मामल | प्रकरण | अपराध | निरुद्ध | संघर्षरत | पकडा | पकडे | डिटेन | मजदूरी | बालश्रम | मुक्त\s+कर | छुडा | रेस्क्यू | गवाह | पीडित | शोषण | बाल\s+विवाह | तस्करी | भिक्षावृत्ति | संरक्षण
    | theft | robbery | murder | assault | \bcase\b | \bfir\b | offence | detained | apprehended | in\s+conflict | labour | labor | rescued | witness | victim | abuse | child\s+marriage | traffick | begging | \bcaught\b
    | chori | \bloot\b | hatya | marpit | maarpeet | \bmamla | mamle | apradh | pakda | pakde | majdoori | mazdoori | balshram | mukt\s+kar | chhuda | gawah | bal\s+vivah | taskari"
);
pattern!(SEARCH, r"गुमशुदा | लापता | तलाश\s+(?:है|जारी|में) | \bmissing\b | last\s+seen | \bgumshuda | \blapata | \blaapata");
pattern!(
    CHILD_IDENTITY,
    r"का\s+नाम | की\s+नाम | \bनामक\b | नाम\s+\S+ | निवासी | रहने\s*वाल | (?:पुत्र|पुत्री|आत्मज)\s+श्री | (?:पुत्र|पुत्री)\s+\S+ | ग्राम\s+\S+ | गांव\s+\S+ | \S+\s+गांव | मोहल्ल | \S+\s+स्कूल | स्कूल\s+\S+ | विद्यालय | फोटो | तस्वीर
    | \bnamed\b | \bname\s+(?:is|of|:) | identified\s+as | resident\s+of | \br/o\b | \bs/o\b | \bd/o\b | (?:son|daughter)\s+of | village\s+\w+ | \w+\s+village | \w+\s+(?:public\s+|government\s+)?school | student\s+of\s+(?:class\s*\d+\s+)?\w+ | \bphoto | \bpicture
    | \bnaam\b | niwasi | nivasi | \bputra\b | \bputri\b | \bbeta\b | gaon\b | mohall?a | \w+\s+school | tasveer | rehne\s*wal"
);
// General teaching about children: no child in particular.
pattern!(
    GENERAL,
    r"अपने\s+बच्च | बच्चों\s+(?:को|की|के|से)\s | प्रत्येक\s+बच्च | हर\s+बच्च | अभिभावक | \byour\s+child | children\s+(?:must|should|are\s+taught|learn|in\s+schools) | every\s+child | parents | apne\s+bachch | bachchon\s+(?:ko|ki|ke|se) | har\s+bachch"
);

fn child(text: &str, message: &Message, _: &Setting) -> Option<String> {
    if message.facts.missing_child || (!message.facts.child && SEARCH.is_match(text)) {
        return None;
    }
    if !message.facts.child && !MATTER.is_match(text) && !SEXUAL.is_match(text) {
        return None;
    }
    let telling = sentences(text).into_iter().filter(|s| !SECRET.is_match(s) && !GENERAL.is_match(s));
    telling.into_iter().find_map(|s| near(s, &YOUNG, &CHILD_IDENTITY, 40, Some(&ACCUSED)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Facts;

    #[test]
    fn what_the_writer_declares_counts_where_the_text_is_silent() {
        let text = "पीडिता ग्राम अबस की निवासी है";
        assert!(victim(text, &Message::default(), &Setting::default()).is_none());
        let facts = Facts { sexual_offence: true, ..Facts::default() };
        assert!(victim(text, &Message { facts, ..Message::default() }, &Setting::default()).is_some());
    }

    #[test]
    fn a_search_may_name_the_child() {
        let text = "minor girl named k, resident of kothi, rescued in a labour case";
        assert!(child(text, &Message::default(), &Setting::default()).is_some());
        let facts = Facts { missing_child: true, ..Facts::default() };
        assert!(child(text, &Message { facts, ..Message::default() }, &Setting::default()).is_none());
    }
}
