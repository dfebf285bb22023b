//! Words that are not names, and names that say little: what records of people put around a name.
//!
//! Facts of usage in police and revenue records of northern India; a word may be looked up in any script, and words of the second table
//! in any spelling.

use super::WordClass;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sex {
    Female,
    Male,
}

/// Whose relative the name that follows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// Child of, by the father's name.
    Father,
    Mother,
    /// Wife of.
    Husband,
    /// Husband of.
    Wife,
    /// C/o: not kin.
    CareOf,
}

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Relation(Relation, Option<Sex>),
    Alias,
    Community,
    Age,
    Birth,
    /// Where the person lives follows.
    Place,
    /// The same, but the word is a name too: only after a comma, a relative or another place.
    MaybePlace,
    Honorific(Option<Sex>),
    Deceased,
    Unknown,
    /// More people, unnamed.
    Others,
    /// Says nothing: the, of, name.
    Filler,
}

/// The mark of a folded word.
pub fn mark(word: &str) -> Option<Mark> {
    use self::Relation::*;
    use Mark::*;
    use Sex::*;
    Some(match word {
        "s/o"
        | "so"
        | "पुत्र"
        | "पुत्रश्री"
        | "सुपुत्र"
        | "आत्मज"
        | "वल्द"
        | "सुत"
        | "putra"
        | "atmaj"
        | "valad"
        | "wald"
        | "son"
        | "s.o"
        | "पु"
        | "ਪੁੱਤਰ"
        | "ਸਪੁੱਤਰ"
        | "ولد" => Relation(Father, Some(Male)),
        "d/o" | "do" | "पुत्री" | "सुपुत्री" | "आत्मजा" | "putri" | "daughter" | "d.o" | "ਪੁੱਤਰੀ" | "دختر" => {
            Relation(Father, Some(Female))
        }
        "पिता" | "father" | "f/n" | "pita" | "fathers" => Relation(Father, None),
        "माता" | "mother" | "m/n" => Relation(Mother, None),
        "w/o"
        | "wo"
        | "पत्नी"
        | "धर्मपत्नी"
        | "जौजे"
        | "ज\u{93c}ौजे"
        | "wife"
        | "patni"
        | "jauje"
        | "बेवा"
        | "विधवा"
        | "widow"
        | "bewa"
        | "w.o"
        | "ਪਤਨੀ"
        | "زوجہ" => Relation(Husband, Some(Female)),
        "नाता" | "nata" => Relation(Husband, Some(Female)),
        "पति" => Relation(Husband, Some(Female)),
        "h/o" | "husband" => Relation(Wife, Some(Male)),
        "c/o" | "मार्फत" | "marfat" | "care" => Relation(CareOf, None),
        "उर्फ" | "उर्फे" | "उपनाम" | "urf" | "alias" | "@" | "aka" | "a.k.a" | "عرف" | "ਉਰਫ" | "ਉਰਫ਼" => {
            Alias
        }
        "जाति" | "कौम" | "caste" | "jati" | "kaum" | "qaum" => Community,
        "उम्र" | "आयु" | "age" | "aged" | "umr" | "वर्ष" | "साल" | "yrs" | "years" | "yr" | "year" | "varsh" | "सालकी" => {
            Age
        }
        "जन्म" | "जन्मतिथि" | "dob" | "d.o.b" | "born" | "yob" => Birth,
        "निवासी"
        | "नि"
        | "साकिन"
        | "सा"
        | "r/o"
        | "resident"
        | "niwasi"
        | "nivasi"
        | "हाल"
        | "presently"
        | "ग्राम"
        | "गांव"
        | "गाँव"
        | "village"
        | "vill"
        | "vpo"
        | "ढाणी"
        | "dhani"
        | "तहसील"
        | "तह"
        | "tehsil"
        | "teh"
        | "थाना"
        | "पीएस"
        | "p.s"
        | "thana"
        | "जिला"
        | "जि"
        | "district"
        | "dist"
        | "distt"
        | "वार्ड"
        | "ward"
        | "मोहल्ला"
        | "mohalla"
        | "कॉलोनी"
        | "colony"
        | "मुकाम"
        | "पोस्ट" => Place,
        "post" | "po" | "ps" | "chak" | "चक" | "bas" | "बास" | "hal" | "house" | "मकान" => MaybePlace,
        "श्री" | "shri" | "sh" | "shree" | "sri" | "mr" | "श्रीमान" | "ਸ਼੍ਰੀ" => {
            Honorific(Some(Male))
        }
        "श्रीमती" | "श्रीमति" | "सुश्री" | "smt" | "ms" | "mrs" | "miss" | "shrimati" | "shreemati" | "श्रीम" => {
            Honorific(Some(Female))
        }
        "dr" | "डॉ" | "डा" | "adv" | "prof" | "er" | "capt" | "col" | "sardar" | "सरदार" | "ji" | "जी" => {
            Honorific(None)
        }
        "मृतक" | "स्व" | "स्वर्गीय" | "late" | "lt" | "deceased" | "मृतका" => Deceased,
        "अज्ञात" | "नामालूम" | "unknown" | "agyat" | "namalum" => Unknown,
        "वगैरह" | "आदि" | "etc" | "ors" | "अन्य" | "others" | "वगैराह" => Others,
        "का" | "नाम" | "name" | "of" | "की" | "के" | "the" | "about" | "करीब" | "लगभग" | "old" | "is" | "नं" | "no" => {
            Filler
        }
        _ => return None,
    })
}

/// Common short forms, written out. `bare` ones stand without a full stop.
pub fn written_out(word: &str, point: bool) -> Option<&'static str> {
    let bare = match word {
        "mohd" | "md" | "mohmd" | "mhd" | "mohmad" | "मौ" | "मोहम" | "محمد" => "mohammad",
        "kr" | "kmr" | "कुमा" => "kumar",
        "km" | "kum" | "कुमा." => "kumari",
        "sk" => "sheikh",
        "ch" | "chd" | "choud" => "chaudhary",
        "pd" | "prd" => "prasad",
        "abd" => "abdul",
        "chndr" => "chandra",
        _ if !point => return None,
        "मो" | "मु" | "mo" => "mohammad",
        "कु" | "ku" => "kumari",
        "अ" => "abdul",
        "सि" | "s" if word == "सि" => "singh",
        "चौ" => "chaudhary",
        "प्र" => "prasad",
        _ => return None,
    };
    Some(bare)
}

/// A letter of the Latin alphabet as Hindi spells it out.
pub fn spelled_letter(word: &str) -> Option<char> {
    const LETTERS: [(&str, char); 30] = [
        ("ए", 'a'),
        ("बी", 'b'),
        ("सी", 'c'),
        ("डी", 'd'),
        ("ई", 'e'),
        ("एफ", 'f'),
        ("जी", 'g'),
        ("एच", 'h'),
        ("आई", 'i'),
        ("जे", 'j'),
        ("के", 'k'),
        ("एल", 'l'),
        ("एम", 'm'),
        ("एन", 'n'),
        ("ओ", 'o'),
        ("पी", 'p'),
        ("क्यू", 'q'),
        ("आर", 'r'),
        ("एस", 's'),
        ("टी", 't'),
        ("यू", 'u'),
        ("वी", 'v'),
        ("डब्ल्यू", 'w'),
        ("डब्लू", 'w'),
        ("एक्स", 'x'),
        ("वाई", 'y'),
        ("वाय", 'y'),
        ("जेड", 'z'),
        ("ऐ", 'a'),
        ("आइ", 'i'),
    ];
    LETTERS.iter().find(|(w, _)| *w == word).map(|(_, c)| *c)
}

/// Words that come beside a name: class, sex they speak of, a spelling in each script.
pub const BESIDE: &[(WordClass, Option<Sex>, &str, &str)] = {
    use Sex::*;
    use WordClass::*;
    &[
        (Element, Some(Male), "kumar", "कुमार"),
        (Element, Some(Female), "kumari", "कुमारी"),
        (Element, Some(Male), "lal", "लाल"),
        (Element, Some(Male), "ram", "राम"),
        (Element, Some(Female), "devi", "देवी"),
        (Element, Some(Female), "bai", "बाई"),
        (Element, Some(Female), "bano", "बानो"),
        (Element, Some(Female), "kanwar", "कंवर"),
        (Element, Some(Male), "kunwar", "कुंवर"),
        (Element, Some(Female), "kaur", "कौर"),
        (Element, Some(Female), "begum", "बेगम"),
        (Element, Some(Female), "khatun", "खातून"),
        (Element, Some(Female), "bibi", "बीबी"),
        (Element, Some(Female), "rani", "रानी"),
        (Element, Some(Female), "ben", "बेन"),
        (Element, Some(Male), "bhai", "भाई"),
        (Element, Some(Male), "prasad", "प्रसाद"),
        (Element, None, "chand", "चंद"),
        (Element, None, "chandra", "चन्द्र"),
        (Element, None, "nath", "नाथ"),
        (Element, None, "das", "दास"),
        (Element, None, "dev", "देव"),
        (Element, None, "dutt", "दत्त"),
        (Element, None, "babu", "बाबू"),
        (Element, Some(Male), "singh", "सिंह"),
        (Element, Some(Male), "sing", "सिंग"),
        (Title, None, "chaudhary", "चौधरी"),
        (Title, None, "khan", "खान"),
        (Title, None, "sharma", "शर्मा"),
        (Title, None, "verma", "वर्मा"),
        (Title, None, "gupta", "गुप्ता"),
        (Title, None, "meena", "मीणा"),
        (Title, None, "gurjar", "गुर्जर"),
        (Title, None, "jat", "जाट"),
        (Title, None, "bishnoi", "बिश्नोई"),
        (Title, None, "vaishnav", "वैष्णव"),
        (Title, None, "yadav", "यादव"),
        (Title, None, "saini", "सैनी"),
        (Title, None, "jain", "जैन"),
        (Title, None, "agarwal", "अग्रवाल"),
        (Title, None, "rajput", "राजपूत"),
        (Title, None, "rathore", "राठौड़"),
        (Title, None, "shekhawat", "शेखावत"),
        (Title, None, "chauhan", "चौहान"),
        (Title, None, "solanki", "सोलंकी"),
        (Title, None, "parmar", "परमार"),
        (Title, None, "panwar", "पंवार"),
        (Title, None, "bhati", "भाटी"),
        (Title, None, "prajapat", "प्रजापत"),
        (Title, None, "kumawat", "कुमावत"),
        (Title, None, "suthar", "सुथार"),
        (Title, None, "soni", "सोनी"),
        (Title, None, "swami", "स्वामी"),
        (Title, None, "regar", "रेगर"),
        (Title, None, "bairwa", "बैरवा"),
        (Title, None, "mali", "माली"),
        (Title, None, "jangid", "जांगिड़"),
        (Title, None, "kumhar", "कुम्हार"),
        (Title, None, "meghwal", "मेघवाल"),
        (Title, None, "nayak", "नायक"),
        (Title, None, "bhil", "भील"),
        (Title, None, "joshi", "जोशी"),
        (Title, None, "vyas", "व्यास"),
        (Title, None, "purohit", "पुरोहित"),
        (Title, None, "pareek", "पारीक"),
        (Title, None, "mishra", "मिश्रा"),
        (Title, None, "pandey", "पांडेय"),
        (Title, None, "tiwari", "तिवारी"),
        (Title, None, "thakur", "ठाकुर"),
        (Title, None, "ansari", "अंसारी"),
        (Title, None, "qureshi", "कुरैशी"),
        (Title, None, "pathan", "पठान"),
        (Religious, Some(Male), "mohammad", "मोहम्मद"),
        (Religious, Some(Male), "muhammad", "मुहम्मद"),
        (Religious, None, "sheikh", "शेख"),
        (Religious, None, "syed", "सैयद"),
        (Religious, Some(Male), "haji", "हाजी"),
        (Religious, Some(Male), "maulana", "मौलाना"),
        (Religious, Some(Male), "abdul", "अब्दुल"),
    ]
};
