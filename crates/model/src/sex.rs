//! Sex as registers write it, in Hindi and English.

/// A person's recorded sex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    Male,
    Female,
    Transgender,
    Unknown,
}

impl Sex {
    /// Stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Sex::Male => "male",
            Sex::Female => "female",
            Sex::Transgender => "transgender",
            Sex::Unknown => "unknown",
        }
    }

    /// Reads a word or code (`M`, `1`, `पुरुष`, `स्त्री`, `Mahila`); none where the text is not a word for sex.
    pub fn read(text: &str) -> Option<Sex> {
        let word = text.trim().trim_matches('.').to_lowercase();
        Some(match word.as_str() {
            "m" | "male" | "man" | "boy" | "1" | "purush" | "nar" | "पुरुष" | "पुरूष" | "पु" | "नर" | "बालक" | "मर्द" => {
                Sex::Male
            }
            "f" | "female" | "woman" | "girl" | "2" | "mahila" | "stri" | "महिला" | "स्त्री" | "स्त्रि" | "म" | "औरत" | "मादा"
            | "बालिका" => Sex::Female,
            "t"
            | "tg"
            | "transgender"
            | "third gender"
            | "other"
            | "others"
            | "o"
            | "3"
            | "ट्रांसजेंडर"
            | "किन्नर"
            | "उभयलिंगी"
            | "अन्य" => Sex::Transgender,
            "u" | "unknown" | "not known" | "na" | "n/a" | "9" | "0" | "अज्ञात" | "नामालूम" => {
                Sex::Unknown
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_languages() {
        for (word, sex) in [
            ("M", Sex::Male),
            ("पुरुष", Sex::Male),
            ("पुरूष", Sex::Male),
            (" Female ", Sex::Female),
            ("स्त्री", Sex::Female),
            ("महिला", Sex::Female),
            ("Transgender", Sex::Transgender),
            ("अन्य", Sex::Transgender),
            ("अज्ञात", Sex::Unknown),
        ] {
            assert_eq!(Sex::read(word), Some(sex), "{word}");
        }
        assert_eq!(Sex::read("Jaipur"), None);
        assert_eq!(Sex::read(""), None);
    }
}
