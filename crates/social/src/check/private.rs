//! What belongs to a private person: numbers, plates, addresses.

use model::{aadhaar, plate};

use super::pattern::{first, pattern, sentences};
use super::{Level, Look, Rule, Setting};
use crate::message::Message;

pub(super) const AADHAAR: Rule = Rule {
    id: "aadhaar",
    version: 1,
    level: Level::Block,
    law: "Aadhaar Act 2016 s.29(4): no Aadhaar number is published",
    way_out: "Remove the number, also from pictures.",
    way_out_hi: "आधार संख्या हटाएँ, चित्रों से भी।",
    look: Look::Text(aadhaar_number),
};

pub(super) const PHONE: Rule = Rule {
    id: "phone",
    version: 1,
    level: Level::Block,
    law: "DPDP Act 2023 and Art. 21 (privacy): a private person's number is not the department's to publish",
    way_out: "Remove it, or enter it among the unit's official numbers if it is one.",
    way_out_hi: "नंबर हटाएँ; यदि यह कार्यालय का नंबर है तो उसे इकाई के आधिकारिक नंबरों में दर्ज करें।",
    look: Look::Text(phone),
};

pub(super) const ADDRESS: Rule = Rule {
    id: "address",
    version: 1,
    level: Level::Approval,
    law: "DPDP Act 2023 and Art. 21 (privacy): where a private person lives",
    way_out: "Name the town at most; leave out house, street and ward.",
    way_out_hi: "अधिक से अधिक नगर का नाम लिखें; मकान, गली और वार्ड हटाएँ।",
    look: Look::Text(address),
};

pub(super) const PLATE: Rule = Rule {
    id: "plate",
    version: 1,
    level: Level::Approval,
    law: "DPDP Act 2023: a registration mark leads to its owner",
    way_out: "Leave the mark out, unless the public is asked to look for the vehicle: then an approver says so.",
    way_out_hi: "वाहन संख्या हटाएँ; यदि जनता से वाहन की तलाश में सहयोग चाहिए तो अनुमोदक यह दर्ज करे।",
    look: Look::Text(registration),
};

pattern!(TWELVE, r"(?:^|[^\d+])([2-9]\d{3})[\s\-]?(\d{4})[\s\-]?(\d{4})(?:$|[^\d])");
pattern!(AADHAAR_WORD, r"आधार | aadhaa?r | adhaa?r | \buid(?:ai)?\b");
pattern!(
    OTHER_ID,
    r"ड्राफ्ट | रसीद | consignment | transaction | tracking | \butr\b | \brrn\b | account | खाता | challan | चालान | \bref"
);

fn aadhaar_number(text: &str, _: &Message, _: &Setting) -> Option<String> {
    let captures = TWELVE.captures_iter(text);
    let mut numbers = captures.filter_map(|c| Some((c.get(1)?.start(), c.get(3)?.end())));
    numbers.find_map(|(from, to)| {
        let number = &text[from..to];
        let told = AADHAAR_WORD.is_match(text);
        let checks = aadhaar::mask(number) != number;
        (told || checks && !OTHER_ID.is_match(text)).then(|| number.to_owned())
    })
}

pattern!(MOBILE, r"(?:^|[^\d\w])((?:\+?\s?91[\s\-]?|0)?[6-9]\d(?:[\s\-]?\d){8})(?:$|[^\d])");
pattern!(
    ACCOUNT,
    r"खाता | account\s*(?:no|number) | \ba/c\b | challan | चालान\s*(?:नं|संख्या) | receipt | रसीद | \butr\b | pnr | khata\s*(?:no|number|sankhya)"
);

fn phone(text: &str, _: &Message, setting: &Setting) -> Option<String> {
    let digits = |t: &str| -> String { t.chars().filter(char::is_ascii_digit).collect() };
    let official: Vec<String> = setting.official_numbers.iter().map(|n| last_ten(&digits(n))).collect();
    for sentence in sentences(text) {
        for found in MOBILE.captures_iter(sentence).filter_map(|c| c.get(1)) {
            let number = digits(found.as_str());
            let mine = official.contains(&last_ten(&number));
            let other = ACCOUNT.is_match(sentence.get(..found.start()).unwrap_or_default());
            if !mine && !other && !number.starts_with("1800") {
                return Some(found.as_str().to_owned());
            }
        }
    }
    None
}

fn last_ten(digits: &str) -> String {
    digits.get(digits.len().saturating_sub(10)..).unwrap_or(digits).to_owned()
}

pattern!(
    HOUSE,
    r"मकान\s*(?:नं\.?|नंबर|संख्या|सं\.?) | म\.?\s*नं\.? | प्लॉट\s*(?:नं\.?|नंबर|संख्या)?\s*\d | फ्लैट\s*(?:नं\.?|नंबर|संख्या)?\s*\d | गली\s*(?:नं\.?|नंबर)\s*\d | वार्ड\s*(?:नं\.?|नंबर|संख्या)?\s*\d | क्वार्टर\s*(?:नं\.?|नंबर)?\s*\d | घर\s+का\s+पता | (?:स्थायी|वर्तमान)\s+पता
    | \bhouse\s*(?:no\.?|number|\#)?\s*[a-z]?-?\d | \bh\.?\s?no\.?\s*\d | \bplot\s*(?:no\.?|number)?\s*[a-z]?-?\d | \bflat\s*(?:no\.?|number)?\s*[a-z]?-?\d | \b(?:street|gali|lane)\s*(?:no\.?|number)\s*\d | \bward\s*(?:no\.?|number)?\s*\d | \bquarter\s*(?:no\.?|number)?\s*[a-z]?-?\d | (?:home|residential|permanent)\s+address
    | \bmakan\s*(?:no\.?|number|nambar|nam?\.?)\s*\d | \bghar\s+ka\s+pata | \bplot\s*nambar"
);
pattern!(
    OFFICE,
    r"थाना\b | थाने\b | पुलिस\s+(?:चौकी|स्टेशन|लाइन|कार्यालय) | कार्यालय | शिविर | कैंप | कंट्रोल\s+रूम | मतदान | सामुदायिक\s+भवन | केंद्र | केन्द्र | अस्पताल | कार्यक्रम | वार्ड\s*\d*\s*(?:के|में)\s+(?:नागरिक|निवासियों|लोग|गश्त|जनसुनवाई) | गश्त | जनसुनवाई
    | police\s+(?:station|line|post|office|chowki|outpost) | \boffice\b | \bcamp\b | control\s+room | polling | help\s?desk | hospital | \bcentre\b | \bcenter\b | citizens\s+of | patrol | residents\s+of\s+ward | public\s+hearing | programme
    | \bthana\b | \bthane\b | \bkaryalay | \bchowki | \bshivir"
);

fn address(text: &str, _: &Message, _: &Setting) -> Option<String> {
    sentences(text).into_iter().filter(|s| !OFFICE.is_match(s)).find_map(|s| first(s, &HOUSE))
}

pattern!(
    MARK,
    r"\b(?:[a-z]{2}[\s\-]?\d{1,2}[\s\-]?(?:[a-z0-9]{1,3}|[a-z0-9]\s[a-z]{1,2})[\s\-]?\d{4}|\d{2}[\s\-]?bh[\s\-]?\d{4}[\s\-]?[a-z]{1,2})\b"
);
pattern!(RAJ_MARK, r"(?:आरजे|आर\.\s?जे\.?)[\s\-]*\d{1,2}[\s\-]*\S{1,6}[\s\-]*\d{3,4}");

fn registration(text: &str, _: &Message, _: &Setting) -> Option<String> {
    let mut latin = MARK.find_iter(text).map(|m| m.as_str());
    let known = latin.find(|m| {
        plate::Plate::read(m).is_ok_and(|p| {
            matches!(p.kind, plate::Kind::State | plate::Kind::DigitSeries | plate::Kind::Bharat | plate::Kind::Temporary)
        })
    });
    known.map(str::to_owned).or_else(|| first(text, &RAJ_MARK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_own_number_may_be_published() {
        let text = "संपर्क 98765 43210";
        assert!(phone(text, &Message::default(), &Setting::default()).is_some());
        let setting = Setting { official_numbers: vec!["+91 9876543210".into()], ..Setting::default() };
        assert!(phone(text, &Message::default(), &setting).is_none());
    }

    #[test]
    fn an_account_number_is_no_phone() {
        assert!(phone("account no 9876543210", &Message::default(), &Setting::default()).is_none());
    }
}
