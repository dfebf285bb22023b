//! Forms of one name that no spelling explains: कृष्ण is said and written किशन too.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Each line one name, in the forms met in registers; the first gives the key. Only names whose forms are far apart as sounds stand here.
const FORMS: &[&[&str]] = &[
    &["krishna", "krishan", "krisan", "krushna", "kishan", "kisan", "kishna", "कृष्ण", "कृष्णा", "किशन", "किसन", "किशना"],
    &["lakshman", "laxman", "lachhman", "lachman", "lichhman", "lichman", "लक्ष्मण", "लछमण", "लिछमण", "लछमन"],
    &["lakshmi", "laxmi", "lachmi", "lachhmi", "lichmi", "lichhmi", "लक्ष्मी", "लछमी", "लिछमी"],
    &["vishnu", "bishnu", "bishan", "vishan", "bisan", "विष्णु", "बिशन", "विशन"],
    &["gyan", "jnan", "dnyan", "gyaan", "ज्ञान", "ग्यान"],
    &["shiv", "sheo", "shyo", "siv", "शिव", "श्यो", "स्यो"],
    &["prahlad", "pralhad", "parhlad", "prahalad", "प्रह्लाद", "प्रहलाद", "पहलाद"],
    &["yadav", "jadav", "jadhav", "यादव", "जादव", "जाधव"],
    &["sultan", "surtan", "सुल्तान", "सुरतान"],
    &["jagdish", "jagdis", "jagadish", "जगदीश", "जगदीस"],
    // Y is said J in Marwari and Braj, and an r after the first consonant falls.
    &["yashwant", "yashvant", "jashwant", "jaswant", "jasvant", "यशवंत", "यशवन्त", "जसवंत", "जसवन्त", "जशवंत"],
    &["yashoda", "jashoda", "jasoda", "यशोदा", "जसोदा"],
    &[
        "yogendra",
        "yogender",
        "yoginder",
        "jogendra",
        "jogender",
        "joginder",
        "योगेन्द्र",
        "योगेंद्र",
        "जोगेन्द्र",
        "जोगेंद्र",
        "जोगिन्दर",
        "जोगिंदर",
    ],
    &["prema", "pema", "प्रेमा", "पेमा"],
    &["premaram", "pemaram", "प्रेमाराम", "पेमाराम"],
    // Clans that Marwari and Gujarati end in a flap and Hindi in an r, and one that is called by either of its names.
    &["rathore", "rathor", "rathaur", "rathour", "rathod", "rathode", "राठौड़", "राठौर", "राठोड़", "राठोर", "राठोड"],
    &["panwar", "panvar", "pawar", "pavar", "parmar", "paramar", "पंवार", "पँवार", "पवार", "परमार"],
    &["bhanwar", "bhanwara", "bhanvar", "bhawar", "bhawara", "bhanwra", "भँवर", "भंवर", "भँवरा", "भंवरा"],
];

/// Endings of one word, Indra, as Hindi, Punjabi and Marwari write it.
const INDRA: &[&str] = &[
    "inder",
    "indar",
    "indra",
    "ender",
    "endar",
    "endra",
    "िन्दर",
    "िंदर",
    "िन्द्र",
    "िंद्र",
    "ेन्दर",
    "ेंदर",
    "ेन्द्र",
    "ेंद्र",
    "ਿੰਦਰ",
    "ੇਂਦਰ",
    "ੇਂਦ੍ਰ",
];

/// Whether a word is a name made with Indra: Surendra and Surinder, Mahendra and Mohinder are one where their consonants are. The word is folded.
pub(super) fn is_indra(word: &str) -> bool {
    static FOLDED: OnceLock<Vec<String>> = OnceLock::new();
    let endings = FOLDED.get_or_init(|| INDRA.iter().map(|e| super::scripts::fold(e).collect()).collect());
    endings.iter().any(|e| word.strip_suffix(e.as_str()).is_some_and(|stem| stem.chars().count() > 1))
}

/// The number of a word's name among the forms, from 1, and the form that gives its key; none for most words. The word is folded.
pub(super) fn form(word: &str) -> Option<(u8, &'static str)> {
    static TABLE: OnceLock<HashMap<String, (u8, &'static str)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let numbered = FORMS.iter().zip(1u8..);
        numbered.flat_map(|(forms, n)| forms.iter().map(move |f| (super::scripts::fold(f).collect(), (n, forms[0])))).collect()
    });
    table.get(word).copied()
}

#[cfg(test)]
mod tests {
    use crate::name::{Level, compare, keys, parse};

    #[test]
    fn forms_of_one_name_are_found_from_each_other() {
        for (a, b) in
            [("Krishna", "Kishan"), ("कृष्ण", "Kishan"), ("किशन", "Krishna Kumar"), ("विष्णु", "Bishan"), ("Laxman", "लिछमण")]
        {
            let (a, b) = (parse(a), parse(b));
            assert!(compare(&a, &b).level >= Level::MissingPart, "{a:?} {b:?}");
            assert!(keys(&a).iter().any(|k| keys(&b).contains(k)));
        }
        for (a, b) in [
            ("Surinder", "Surendra"),
            ("Narinder", "नरेन्द्र"),
            ("Narinder Kumar", "नरेंद्र कुमार"),
            ("Mohinder", "महेन्द्र"),
            ("Jatinder", "Jitendra"),
            ("ਜਤਿੰਦਰ", "Jitendra"),
            ("Rajinder Singh", "राजेन्द्र सिंह"),
            ("Joginder", "योगेन्द्र"),
            ("Bhanwarlal", "भँवरा लाल"),
            ("Bhanwar Lal", "भँवरा लाल"),
            ("Jaswant Singh", "यशवंत सिंह"),
            ("Jashwant", "Yashwant"),
            ("Pema Ram", "प्रेमाराम"),
            ("Pema", "Prema"),
            ("Mahipal Rathod", "महिपाल राठौड़"),
            ("राठौर", "Rathod"),
            ("Vikas Parmar", "विकास पंवार"),
        ] {
            let (left, right) = (parse(a), parse(b));
            assert!(compare(&left, &right).level >= Level::Spelling, "{a} {b}: {:?}", compare(&left, &right).level);
            assert!(keys(&left).iter().any(|k| keys(&right).contains(k)), "{a} {b} share no key");
        }
        for (a, b) in [
            ("Kishan", "Kishor"),
            ("Krishna", "Kiran"),
            ("Vishnu", "Vishal"),
            ("Gyan", "Gyarsi"),
            ("Surendra", "Narinder"),
            ("Mohinder", "Narendra"),
            ("Jaswant", "Balwant"),
            ("Pema", "Hema"),
            ("Rathod", "Ranawat"),
            ("Parmar", "Pareek"),
        ] {
            assert!(compare(&parse(a), &parse(b)).level < Level::DifferentSurname, "{a} {b}");
        }
    }
}
