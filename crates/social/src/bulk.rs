//! Many messages in one file (CSV): how it is read, and how what is wrong with it is said.
//!
//! The first line names the columns: `unit` and `kind`, then `hindi`, `english` and one column for each network's own text, `at` (Indian
//! time) and `channels` (handles or ids, parted by blanks), `campaign`, and `pictures` with their `alt` texts, both parted by `|`: names of
//! files that lie beside the CSV in a ZIP, or ids of the library; `shows` says what is to be known of them. Comma, semicolon or tab; UTF-8. A
//! line is never guessed at: what is wrong with it is told by line, field and way out, in Hindi and English.

mod package;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::DeskError;

pub use package::{Package, open};

/// Columns that are understood beside those named like a network.
pub const COLUMNS: [&str; 10] = ["unit", "kind", "hindi", "english", "at", "channels", "campaign", "pictures", "alt", "shows"];
/// Lines of one file.
pub const MOST: usize = 10_000;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Record of the file as a spreadsheet numbers it; the heading is 1.
    pub line: u64,
    pub field: String,
    /// What stands there, shortened.
    pub value: String,
    pub code: &'static str,
    /// What is wrong, and what to do, in English and Hindi.
    pub problem: String,
    pub way_out: String,
    pub problem_hi: String,
    pub way_out_hi: String,
}

/// What a file would do, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Of the file, lower-case hex.
    pub sha256: String,
    pub rows: usize,
    pub wrong_rows: usize,
    pub problems: Vec<Problem>,
    /// Messages that stay drafts until their writer answers a warning.
    pub warned: usize,
    /// Messages that were made; none by a dry run or when anything is wrong.
    pub made: usize,
    /// The same file was taken in before: nothing was done.
    pub already: bool,
}

/// Code, problem and way out in English, problem and way out in Hindi. `{}` is what the check said.
const WORDS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "cells",
        "the line has {} cells",
        "give it as many cells as the heading has; put a text with commas in quotes",
        "पंक्ति में {} खाने हैं",
        "शीर्षक जितने खाने दें; अल्पविराम वाला पाठ उद्धरण चिह्न में रखें",
    ),
    (
        "unit",
        "there is no such unit",
        "write the unit's code as `sarovar channel` knows it",
        "ऐसी कोई इकाई नहीं है",
        "इकाई का दर्ज कोड लिखें",
    ),
    (
        "role",
        "you are not {} there",
        "let somebody who is bring this file, or leave the line out",
        "वहाँ आपकी भूमिका {} नहीं है",
        "यह फ़ाइल वह लाए जिसकी भूमिका है, या पंक्ति हटाएँ",
    ),
    (
        "kind",
        "there is no such kind",
        "write awareness, alert, case, achievement, participation, notice or statement",
        "ऐसा कोई प्रकार नहीं है",
        "awareness, alert, case, achievement, participation, notice या statement लिखें",
    ),
    (
        "empty",
        "the message has no text",
        "fill hindi, english or a network's column",
        "संदेश में पाठ नहीं है",
        "hindi, english या किसी नेटवर्क का खाना भरें",
    ),
    ("time", "this is no time", "write 2026-12-01 18:30 (Indian time)", "यह समय नहीं है", "2026-12-01 18:30 लिखें (भारतीय समय)"),
    ("past", "this time has passed", "choose a later time", "यह समय बीत चुका है", "आगे का समय चुनें"),
    ("far", "this is further ahead than {} days", "choose an earlier time", "यह {} दिन से आगे है", "पहले का समय चुनें"),
    (
        "channel",
        "there is no channel {}",
        "write a handle or id as `sarovar channel list` shows it",
        "{} नाम का कोई चैनल नहीं है",
        "दर्ज हैंडल या आईडी लिखें",
    ),
    ("several", "{} is a handle on several networks", "write the channel's id", "{} एक से अधिक नेटवर्क पर है", "चैनल की आईडी लिखें"),
    ("asleep", "{} is not connected", "connect it first, or leave it out", "{} जुड़ा नहीं है", "पहले जोड़ें, या हटाएँ"),
    (
        "strange",
        "{} belongs to a unit that is neither above nor below",
        "choose a channel of the unit",
        "{} ऐसी इकाई का है जो न ऊपर है न नीचे",
        "इकाई का चैनल चुनें",
    ),
    ("half", "a time and channels go together", "fill both or neither", "समय और चैनल साथ चाहिए", "दोनों भरें या दोनों खाली छोड़ें"),
    (
        "campaign",
        "there is no such campaign",
        "write the campaign's id, or leave it empty",
        "ऐसा कोई अभियान नहीं है",
        "अभियान की आईडी लिखें या खाली छोड़ें",
    ),
    (
        "picture",
        "there is no picture {}",
        "put the file into the ZIP under this name, or write the picture's id in the library; part several by |",
        "{} नाम का कोई चित्र नहीं है",
        "फ़ाइल इसी नाम से ZIP में रखें, या संग्रह में चित्र की आईडी लिखें; कई हों तो | से अलग करें",
    ),
    (
        "unreadable",
        "the picture cannot be taken: {}",
        "save it as JPEG or PNG (a film as MP4) and pack the file anew",
        "चित्र नहीं लिया जा सकता: {}",
        "इसे JPEG या PNG (वीडियो MP4) में सहेजकर फिर से ZIP बनाएँ",
    ),
    (
        "alt",
        "the picture {} has no words for those who cannot see it",
        "say in alt what it shows; for several pictures part the texts by | in the same order",
        "चित्र {} का वर्णन नहीं है",
        "alt में लिखें कि चित्र में क्या है; कई चित्र हों तो वर्णन उसी क्रम में | से अलग करें",
    ),
    (
        "shows",
        "{} is nothing a picture can be marked with",
        "write arrested, victim, child, blurred, generated, labelled or captions, parted by blanks, or leave it empty",
        "{} कोई मान्य चिह्न नहीं है",
        "arrested, victim, child, blurred, generated, labelled या captions लिखें, या खाली छोड़ें",
    ),
    ("twice", "the same message is on line {}", "leave one of them out", "यही संदेश पंक्ति {} पर है", "एक हटाएँ"),
    (
        "check",
        "the checks stop it: {}",
        "change the text as the law asks; single messages can be overruled by the law officer",
        "जाँच इसे रोकती है: {}",
        "पाठ बदलें; विधि अधिकारी अकेले संदेश को कारण सहित अनुमति दे सकते हैं",
    ),
];

impl Problem {
    pub(crate) fn new(line: u64, field: &str, value: &str, code: &'static str, said: &str) -> Problem {
        let (_, problem, way_out, problem_hi, way_out_hi) =
            WORDS.iter().find(|w| w.0 == code).copied().unwrap_or((code, "{}", "mend the line", "{}", "पंक्ति सुधारें"));
        Problem {
            line,
            field: field.into(),
            value: value.chars().take(60).collect(),
            code,
            problem: problem.replace("{}", said),
            way_out: way_out.into(),
            problem_hi: problem_hi.replace("{}", said),
            way_out_hi: way_out_hi.into(),
        }
    }
}

/// One line of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub number: u64,
    cells: Vec<(String, String)>,
    /// How many cells it has when that is not what the heading has.
    pub odd: Option<usize>,
}

impl Line {
    pub fn get(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value)
    }

    pub fn cells(&self) -> &[(String, String)] {
        &self.cells
    }
}

/// Reads a file; refuses one that as a whole cannot be understood.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, DeskError> {
    let wrong = |why: String| DeskError::Invalid(format!("the file cannot be read: {why}"));
    let text = std::str::from_utf8(bytes)
        .map_err(|e| wrong(format!("it is not UTF-8 (byte {}); save it as \"CSV UTF-8\"", e.valid_up_to())))?;
    let text = text.trim_start_matches('\u{feff}');
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| heading.bytes().filter(|b| b == d).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let names: Vec<String> =
        reader.headers().map_err(|e| wrong(e.to_string()))?.iter().map(|name| name.trim().to_lowercase()).collect();
    let networks: Vec<String> = crate::limit::all().iter().map(|l| l.network.to_string()).collect();
    for name in &names {
        if !COLUMNS.contains(&name.as_str()) && !networks.contains(name) {
            let known = [COLUMNS.join(", "), networks.join(", ")].join(", ");
            return Err(wrong(format!("there is no column {name:?}; known are {known}")));
        }
        if names.iter().filter(|n| *n == name).count() > 1 {
            return Err(wrong(format!("the column {name} stands twice")));
        }
    }
    for needed in ["unit", "kind"] {
        if !names.iter().any(|n| n == needed) {
            return Err(wrong(format!("the column {needed} is missing")));
        }
    }
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| wrong(e.to_string()))?;
        let number = u64::try_from(out.len()).unwrap_or_default() + 2;
        let odd = (record.len() != names.len()).then_some(record.len());
        let cells = names.iter().cloned().zip(record.iter().map(|cell| cell.trim().replace("\r\n", "\n"))).collect();
        out.push(Line { number, cells, odd });
        if out.len() > MOST {
            return Err(wrong(format!("it has more than {MOST} lines; part it")));
        }
    }
    if out.is_empty() {
        return Err(wrong("it has no line below the heading".into()));
    }
    Ok(out)
}

/// SHA-256 of a file, lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_as_a_spreadsheet_does_and_keep_their_quotes() {
        let lines = read("\u{feff}Unit;kind;hindi\nT1;notice;\"एक; दो\nतीन\"\nT2;notice\n".as_bytes()).unwrap();
        assert_eq!((lines[0].number, lines[0].get("hindi")), (2, "एक; दो\nतीन"));
        assert_eq!((lines[1].number, lines[1].odd, lines[1].get("hindi")), (3, Some(2), ""));
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_refused_whole() {
        for (bytes, told) in [
            (&b"unit,kind,colour\nT1,notice,red\n"[..], "no column \"colour\"; known are unit"),
            (b"unit,hindi\nT1,x\n", "column kind is missing"),
            (b"unit,kind,kind\nT1,x,y\n", "stands twice"),
            (b"unit,kind\n", "no line below"),
            (b"unit,kind,hindi\nT1,notice,\xff\n", "not UTF-8 (byte 26)"),
            (b"", "column"),
        ] {
            let error = read(bytes).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        let many = format!("unit,kind\n{}", "T1,notice\n".repeat(MOST + 1));
        assert!(read(many.as_bytes()).unwrap_err().to_string().contains("more than 10000"));
    }

    #[test]
    fn every_problem_has_words_in_both_languages() {
        for (code, ..) in WORDS {
            let p = Problem::new(2, "unit", "x", code, "said");
            assert!(!p.problem.contains('{') && !p.way_out.is_empty(), "{code}");
            assert!(p.problem_hi.chars().chain(p.way_out_hi.chars()).any(|c| ('\u{900}'..='\u{97f}').contains(&c)), "{code}");
        }
    }
}
