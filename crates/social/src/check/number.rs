//! A wrong emergency number costs minutes.

use super::pattern::{compiled, pattern, sentences};
use super::{Level, Look, Rule, Setting};
use crate::message::Message;

pub(super) const EMERGENCY: Rule = Rule {
    id: "emergency_number",
    version: 1,
    level: Level::Block,
    law: "numbers assigned by the Department of Telecommunications (national numbering plan, category I services)",
    way_out: "Write the number of the service: police 112, women 1090 or 181, children 1098, cyber fraud 1930, ambulance 108, fire 101.",
    way_out_hi: "सेवा का सही नंबर लिखें: पुलिस 112, महिला 1090 या 181, बच्चे 1098, साइबर ठगी 1930, एम्बुलेंस 108, अग्निशमन 101।",
    look: Look::Text(emergency),
};

/// A service, the words it is called by, and the numbers that reach it.
const SERVICES: &[(&str, &[&str])] = &[
    (r"साइबर | \bcyber | वित्तीय\s+धोखाधडी | ऑनलाइन\s+ठगी | online\s+fraud | online\s+thagi", &["1930", "155260", "112"]),
    (r"महिला | \bwom[ae]n | \bmahila | गरिमा | garima", &["1090", "181", "1091", "112", "7827170170"]),
    (
        r"चाइल्ड\s*लाइन | चाइल्ड\s+हेल्प | बाल\s+(?:सहायता|हेल्प) | बच्चों\s+(?:के\s+लिए|की\s+सहायता) | child\s*line | \bchild\s+help | children'?s?\s+help | bachchon\s+ki",
        &["1098", "112"],
    ),
    (r"एम्बुलेंस | एंबुलेंस | ambulance | चिकित्सा\s+आपात | medical\s+emergency", &["108", "102", "112"]),
    (r"अग्निशमन | फायर\s+(?:ब्रिगेड|सेवा) | दमकल | \bfire\b | damkal", &["101", "112"]),
    (r"राजमार्ग | हाईवे | \bhighway", &["1033", "112"]),
    (r"वरिष्ठ\s+नागरिक | बुजुर्ग | senior\s+citizen | elder\s?line", &["14567", "112", "1090"]),
    (r"रेलवे | \brailway | \brail\s+madad", &["139", "1512", "182"]),
    (
        r"नशा\s*मुक्ति | नशे\s+के\s+विरुद्ध | मानस\s+हेल्प | narcotics? | drug\s+(?:abuse\s+)?help | de-?addiction",
        &["1933", "14446", "112"],
    ),
    (r"भ्रष्टाचार | \bएसीबी\b | anti[\s-]corruption | \bacb\b", &["1064"]),
    (r"पुलिस | \bpolice | आपात | \bemergency | तत्काल\s+सहायता", &["112", "100"]),
];

pattern!(
    CALL,
    r"हेल्पलाइन | हेल्प\s+लाइन | डायल | कॉल | फोन\s+कर | पर\s+(?:सूचना|संपर्क|सूचित) | नंबर | नम्बर | helpline | \bdial | \bcall | \bphone\s+(?:us|on|at) | \bring\b | \bnumber | \bnambar | \btoll[\s-]?free | soochit | suchit | \bkol\b"
);
pattern!(DIAL, r"हेल्पलाइन | डायल | कॉल | helpline | \bdial | \bcall\b");
pattern!(NUMBER, r"(?:^|[^\d\w.,/:\-₹])(\d{3,6})(?:$|[^\d\w%:/.,\-]|[,.]\s|[,.]$)");
pattern!(
    NOT_A_NUMBER,
    r"^\s*(?:वाहन|लोग|व्यक्ति|मामल|प्रकरण|रुपय|करोड|लाख|हजार|किलो|दिन|घंट|मिनट|साल|वर्ष|थान|पुलिसकर्मी|जवान|कॉल|शिकायत|बच्च|महिलाओं|vehicles|people|persons|cases|rupees|days|hours|minutes|years|calls|complaints|officers|personnel|women|children|crore|lakh|kg|km|logon|log\b|gadiyan)"
);
pattern!(SECTION, r"(?:धारा|sections?|\bu/s|dhara|\bsec\.?|कमरा|room|पेज|page|सन|वर्ष|year|dated|in)\s*$");

fn emergency(text: &str, _: &Message, _: &Setting) -> Option<String> {
    for sentence in sentences(text).into_iter().filter(|s| CALL.is_match(s)) {
        let asked = DIAL.is_match(sentence);
        // The service named last before a number is the one the number belongs to; else the first in the sentence.
        let mut named: Vec<(usize, usize)> = Vec::new();
        for (i, (words, _)) in SERVICES.iter().enumerate() {
            named.extend(service(i, words).find_iter(sentence).map(|m| (m.start(), i)));
        }
        // `cyber police`, `police helpline for women`: the general word gives way to the particular.
        if named.iter().any(|(_, i)| *i != SERVICES.len() - 1) {
            named.retain(|(_, i)| *i != SERVICES.len() - 1);
        }
        named.sort_unstable();
        for number in NUMBER.captures_iter(sentence).filter_map(|c| c.get(1)) {
            let (before, after) = (&sentence[..number.start()], &sentence[number.end()..]);
            if NOT_A_NUMBER.is_match(after)
                || SECTION.is_match(before)
                || (number.as_str().len() == 4 && number.as_str().starts_with("20"))
            {
                continue;
            }
            let at = named.iter().rev().find(|(at, _)| *at < number.start()).or(named.first());
            let all = |n: &str| SERVICES.iter().any(|(_, numbers)| numbers.contains(&n));
            // `112 or 1090` after one word: a number of another service is a slip only when no other service is named.
            let fits = at.is_some_and(|(_, service)| SERVICES[*service].1.contains(&number.as_str()))
                || (named.len() > 1 && named.iter().any(|(_, s)| SERVICES[*s].1.contains(&number.as_str())));
            if at.is_some() && !fits || at.is_none() && asked && !all(number.as_str()) && number.as_str().len() < 5 {
                return Some(number.as_str().to_owned());
            }
        }
    }
    None
}

fn service(index: usize, words: &str) -> &'static regex::Regex {
    static COMPILED: [std::sync::OnceLock<regex::Regex>; SERVICES.len()] = [const { std::sync::OnceLock::new() }; SERVICES.len()];
    COMPILED[index].get_or_init(|| compiled(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Option<String> {
        emergency(&crate::check::pattern::plain(text), &Message::default(), &Setting::default())
    }

    #[test]
    fn each_service_has_its_own_number() {
        assert_eq!(wrong("Report online fraud: call 1930."), None);
        assert_eq!(wrong("Report online fraud: call 1903.").as_deref(), Some("1903"));
        assert_eq!(wrong("महिला हेल्पलाइन १०९८ पर कॉल करें").as_deref(), Some("1098"));
        assert_eq!(wrong("Police 112, women 1090, children's helpline 1098: call any time."), None);
        assert_eq!(wrong("Our control room answered 20345 calls this month."), None);
    }
}
