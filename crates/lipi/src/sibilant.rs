//! श or ष, where a word processor has hidden which one was typed.
//!
//! In the font `'` is the half श and `"` the half ष. "Smart quotes" turn both into rounded marks, and some versions draw ष for
//! a rounded apostrophe and श for a rounded quotation mark. So the mark says only that a sibilant stood here; orthography says
//! which. ष stands in a closed set of Sanskrit stems and before ट, ठ and ण; श everywhere else.

/// Stand-ins with a virama, until the word is whole.
const SINGLE: &str = "\u{e000}्";
const DOUBLE: &str = "\u{e001}्";

pub(crate) fn placeholder(code: char) -> &'static str {
    if matches!(code, '“' | '”') { DOUBLE } else { SINGLE }
}

/// Stems in which ष stands (with the inflections they carry).
#[rustfmt::skip]
const RETROFLEX: &[&str] = &[
    "भाष", "विशेष", "शेष", "वर्ष", "हर्ष", "पुरुष", "पुरूष", "दोष", "तोष", "पोष", "घोष", "कोष", "शोष", "रोष", "विष",
    "निषे", "निषा", "निषिद्ध", "मनुष", "कृष", "दृष्ट", "ऋष", "रिष", "तृष", "भूष", "दूष", "पूष", "मूष", "उष", "ऊष",
    "औषध", "ओष", "पौष", "आषाढ", "षड", "षष्", "षोड", "षण", "षट", "परिष", "परीष", "अभिष", "अभीष", "समीक्ष", "मनीष",
    "आशीष", "शीर्ष", "निष्", "दुष्", "आविष्", "बहिष्", "पुष्", "पृष", "गोष", "सुषम", "सुषु", "जिष", "कृष्ण", "वृष",
    "हृष", "धनुष", "आयुष", "पीयूष", "पीयुष", "पियुष", "प्रत्यूष", "ज्योतिष", "शुष्", "बाष्प", "वाष्प", "भीष्म",
    "ग्रीष्म", "ऊष्म", "श्लेष्", "कुषाण", "प्रेष", "अन्वेष", "विश्लेष", "आश्लेष", "संश्लेष", "द्वेष", "पार्ष",
    "आकर्ष", "कर्ष", "धर्ष", "मर्ष", "तर्ष", "यूष", "तुषार", "मंजूषा", "विदुष", "अभिलाष", "ईर्ष्", "अनुष्", "निषाद",
    "मेषराशि", "चषक", "कषाय", "भिषक", "पाषाण", "विषाद", "शिरीष", "कलुष", "पौरुष", "प्रदूष", "शोषण", "पोषण", "वेषभ",
    "भेषज", "मिष्ठ",
];

/// Stems in which श stands although a stem above would fit.
#[rustfmt::skip]
const PALATAL: &[&str] = &[
    "हमेश", "प्रकाश", "काश", "दृश्य", "आकाश", "अकाश", "आशय", "ाशय", "रोशन", "रमेश", "सुशां", "सुशी", "सुशै", "कोशल",
    "शंकर", "प्रतिश", "उमेश", "श्याम", "कामेश", "सोमेश", "निमेश", "अशु", "अशर", "अशफ", "अशक", "विकाश", "कशी", "कशि",
    "कोशिश", "कशा", "कश्मी", "कश्य", "कशम", "नशा", "नशे", "नशी", "विशा", "विश्व", "विश्रा", "शिशु", "शिशि", "काशी",
    "अशोक", "अशो", "अशि", "अशा", "अश्व", "अश्लील", "ईश", "इशा", "इशर", "इश्क", "कुशल", "कुश", "मिश्र", "मिशन", "पोश",
    "निशा", "अश्र", "शब्दकोश", "कोशि", "शिशपा", "तलाश", "आदेश", "प्रदेश", "उद्देश", "देश", "घोशित", "शक", "शर", "शत",
    "ऐश", "नरेश", "सुरेश", "गणेश", "महेश", "दिनेश", "राजेश", "मुकेश", "तोशी", "विशि", "विशेष", "विशु",
];

/// Settles every sibilant of a word.
pub(crate) fn settle(word: &str) -> String {
    if !word.contains(['\u{e000}', '\u{e001}']) {
        return word.to_owned();
    }
    let signs: Vec<char> = word.chars().collect();
    let mut settled = signs.clone();
    for (at, sign) in signs.iter().enumerate() {
        if matches!(sign, '\u{e000}' | '\u{e001}') {
            settled[at] = sibilant(&settled, at);
        }
    }
    settled.into_iter().collect()
}

fn sibilant(word: &[char], at: usize) -> char {
    if word.get(at + 1) == Some(&'्') {
        match word.get(at + 2) {
            Some('ट' | 'ठ' | 'ण') => return 'ष',
            Some('च' | 'छ' | 'ल' | 'न' | 'व') => return 'श',
            _ => {}
        }
    }
    if stands(word, at, 'श', PALATAL) {
        return 'श';
    }
    if stands(word, at, 'ष', RETROFLEX) {
        return 'ष';
    }
    'श'
}

/// Whether one of the stems, with `letter` put at `at`, stands over that place.
fn stands(word: &[char], at: usize, letter: char, stems: &[&str]) -> bool {
    let mut with: Vec<char> = word.to_vec();
    with[at] = letter;
    stems.iter().any(|stem| {
        let stem: Vec<char> = stem.chars().collect();
        (0..stem.len()).filter(|i| stem[*i] == letter && *i <= at).any(|i| {
            let start = at - i;
            with[start..].iter().zip(&stem).filter(|(a, b)| alike(**a, **b)).count() == stem.len()
        })
    })
}

/// Equal, or a sibilant that is not settled yet.
fn alike(sign: char, stem: char) -> bool {
    sign == stem || matches!(sign, '\u{e000}' | '\u{e001}') && matches!(stem, 'श' | 'ष')
}
