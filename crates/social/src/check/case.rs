//! Courts and elections.

use super::pattern::{first, near, pattern, sentences};
use super::{Level, Look, Rule, Setting, Silence};
use crate::message::{Kind, Message};

pub(super) const SUB_JUDICE: Rule = Rule {
    id: "sub_judice",
    version: 1,
    level: Level::Approval,
    law: "Contempt of Courts Act 1971 s.2(c): prejudice to a pending proceeding",
    way_out: "Report what the court did; leave out how it will or should decide and how strong the evidence is.",
    way_out_hi: "न्यायालय में जो हुआ वही लिखें; निर्णय का अनुमान या साक्ष्य की प्रबलता न लिखें।",
    look: Look::Text(sub_judice),
};

pub(super) const MODEL_CODE: Rule = Rule {
    id: "model_code",
    version: 1,
    level: Level::Block,
    law: "Election Commission of India, model code of conduct, part VII (party in power): no advertising of achievements",
    way_out: "Wait until the code ends, or keep to safety and information. Voter safety and law-and-order notices may go out.",
    way_out_hi: "आचार संहिता समाप्त होने तक रुकें, या केवल सुरक्षा और सूचना तक सीमित रहें।",
    look: Look::Message(model_code),
};

pattern!(
    VERDICT,
    r"सजा\s+(?:मिलेगी|मिलनी|होगी|दिलाई|दिलाएंगे|दिलवा|तय|होना\s+तय) | फांसी\s+(?:होगी|मिलेगी|की\s+सजा\s+(?:मिले|दिला)) | दोष\S*\s+(?:सिद्ध\s+हो(?:ना|गा)|साबित\s+हो) | दोषी\s+साबित\s+हो | बच\s+नहीं\s+(?:सकता|पाए|सकते) | (?:पुख्ता|पर्याप्त|ठोस|अकाट्य)\s+(?:सबूत|साक्ष्य|प्रमाण) | (?:अदालत|न्यायालय|कोर्ट)\s+(?:को\s+चाहिए|जमानत\s+न|से\s+उम्मीद) | जमानत\s+(?:नहीं\s+मिलनी|न\s+दी|खारिज\s+होगी|गलत) | फैसला\s+(?:गलत|हमारे\s+पक्ष) | निर्णय\s+गलत
    | will\s+(?:surely\s+|definitely\s+|certainly\s+|soon\s+|be\s+)*(?:convicted|hanged|punished|be\s+sentenced|get\s+(?:the\s+)?(?:death|life|maximum)) | certain\s+to\s+be\s+convicted | conviction\s+is\s+(?:certain|sure|assured|guaranteed) | (?:watertight|airtight|irrefutable|clinching|overwhelming|foolproof|solid|conclusive)\s+(?:case|evidence|proof) | (?:court|judge)\s+(?:should|must|ought)\b | bail\s+(?:should|must)\s+not | deserves?\s+(?:to\s+be\s+hanged|the\s+death|life\s+imprisonment|no\s+bail|no\s+mercy) | cannot\s+escape\s+(?:punishment|conviction) | order\s+(?:was|is)\s+wrong | wrongly\s+granted\s+bail | no\s+doubt\s+(?:that\s+)?(?:he|she|they)\s+(?:did|committed)
    | saza\s+(?:milegi|hogi|dilayenge|dilwa|tay) | saja\s+(?:milegi|hogi|dilayenge|dilwa|tay) | phansi\s+(?:hogi|milegi) | fansi\s+(?:hogi|milegi) | (?:pukhta|paryapt|thos)\s+(?:saboot|sabut|sakshya) | (?:adalat|court|nyayalay)\s+ko\s+chahiye | bach\s+nahi\s+(?:sakta|sakte|payega) | zamanat\s+nahi\s+milni | jamanat\s+nahi\s+milni | faisla\s+galat"
);
pattern!(
    PENDING,
    r"न्यायालय | अदालत | कोर्ट | विचाराधीन | सुनवाई | मुकदमा | मुकदमे | आरोपी | अभियुक्त | चालान\s+पेश | आरोप\s*पत्र | जमानत | \bcourt | \btrial | \bcase\b | \bhearing | charge\s*sheet | accused | \bbail\b | sub-?\s?judice | \bjudge\b | adalat | nyayalay | mukadm | aaropi | aropi | abhiyukt | jamanat | zamanat | chalan\s+pesh | mamle"
);
pattern!(
    GENERAL_LAW,
    r"तक\s+की\s+सजा\s+हो\s+सकती | दंडनीय | सजा\s+का\s+प्रावधान | न्यायालय\s+ने | अदालत\s+ने | कोर्ट\s+ने | punishable | can\s+be\s+punished | provides\s+for | court\s+(?:has\s+)?(?:sentenced|convicted|awarded|observed|held|found|ordered|directed) | anyone\s+(?:found|who) | whoever | violators | those\s+who | court\s+ne | adalat\s+ne | dandniya | उल्लंघन\s+करने\s+वाल | जो\s+(?:भी|कोई)"
);

fn sub_judice(text: &str, message: &Message, _: &Setting) -> Option<String> {
    let open = sentences(text).into_iter().filter(|s| !GENERAL_LAW.is_match(s));
    let mut found =
        open.filter_map(|s| if message.facts.in_court { first(s, &VERDICT) } else { near(s, &VERDICT, &PENDING, 80, None) });
    found.next()
}

pattern!(
    ADVERT,
    r"उपलब्धि | कीर्तिमान | ऐतिहासिक\s+(?:सफलता|कमी|निर्णय) | (?:मुख्यमंत्री|मंत्री|विधायक|सांसद|सरकार)\s*\S* | के\s+(?:कुशल\s+|सफल\s+|प्रेरणादायी\s+)?नेतृत्व\s+में | लोकार्पण | शिलान्यास | उद्घाटन | सौगात | योजना\s+का\s+(?:लाभ|शुभारंभ) | नई\s+योजना | प्रदेश\s+में\s+(?:प्रथम|अव्वल|पहला) | देश\s+में\s+(?:प्रथम|अव्वल|पहला|सर्वश्रेष्ठ) | अपराधों\s+में\s+\S*\s*(?:प्रतिशत\s+)?(?:कमी|गिरावट) | प्रतिशत\s+(?:की\s+)?(?:कमी|गिरावट) | शानदार\s+(?:प्रदर्शन|सफलता)
    | achievement | inaugurat | foundation\s+stone | chief\s+minister | \bminister\b | \bgovernment'?s?\s+(?:scheme|initiative|vision|gift|achievement|decision|effort) | under\s+the\s+(?:\w+\s+){0,3}leadership | record\s+(?:number|recover|drop|fall|decline|conviction) | best\s+in\s+(?:the\s+)?(?:country|state) | (?:first|number\s+one|no\.?\s*1)\s+in\s+(?:the\s+)?(?:country|state|india) | crime\s+(?:\w+\s+){0,3}(?:fell|down|dropped|reduced|declined|decreased) | \bdedicated\s+to\s+the\s+(?:people|public|nation) | \bmilestone\b | \bflagship\b | historic\s+(?:decision|success|drop)
    | uplabdhi | udghatan | lokarpan | shilanyas | mukhya\s?mantri | \bmantri\b | \bsarkar\b | netritva\s+me(?:in)? | netratva\s+me(?:in)? | saugaat | saugat | nayi\s+yojana | pradesh\s+me(?:in)?\s+(?:pratham|awwal|pehla) | desh\s+me(?:in)?\s+(?:pratham|awwal|pehla) | apradhon\s+me(?:in)?\s+kami | kirtiman"
);

fn model_code(message: &Message, setting: &Setting) -> Vec<(String, String)> {
    let Some(silence) = setting.silences.iter().find(|s| s.holds(setting.due, &setting.constituencies)) else {
        return Vec::new();
    };
    if message.kind == Kind::Achievement {
        return vec![("message".into(), format!("an achievement while {} is in force", silence.reference))];
    }
    let texts = message.texts().into_iter();
    texts.filter_map(|(place, text)| Some((place, first(&super::pattern::plain(text), &ADVERT)?))).collect()
}

impl Silence {
    /// Whether it holds at `at` (UTC microseconds) for a unit in these constituencies. A unit that names none works statewide:
    /// every election concerns it.
    pub fn holds(&self, at: i64, constituencies: &[String]) -> bool {
        let place = self.constituency == "*" || constituencies.is_empty() || constituencies.contains(&self.constituency);
        place && (self.from..self.until).contains(&at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_binds_by_place_and_date() {
        let message = Message { kind: Kind::Achievement, english: "Helmets".into(), ..Message::default() };
        let silence = Silence { constituency: "AC-46".into(), from: 100, until: 200, reference: "ECI/2026/7".into() };
        let at = |due, here: &str| {
            let setting =
                Setting { due, constituencies: vec![here.into()], silences: vec![silence.clone()], ..Setting::default() };
            model_code(&message, &setting).len()
        };
        assert_eq!((at(99, "AC-46"), at(100, "AC-46"), at(199, "AC-46"), at(200, "AC-46")), (0, 1, 1, 0));
        assert_eq!(at(150, "AC-47"), 0, "another constituency");
        let statewide = Setting { due: 150, silences: vec![silence.clone()], ..Setting::default() };
        assert_eq!(model_code(&message, &statewide).len(), 1, "a unit of the whole state");
        let notice = Message { english: "Polling day: carry your voter card".into(), ..Message::default() };
        assert!(model_code(&notice, &statewide).is_empty());
    }
}
