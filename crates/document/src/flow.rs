//! Text of a word processor as it flows: runs in one font or another, lines, and what was typed in Kruti Dev or DevLys turned into Unicode.

/// A text in the making, in Unicode and as it was typed.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    unicode: String,
    typed: String,
    /// Neighbouring legacy runs are one text: editors cut words anywhere.
    legacy: String,
}

impl Flow {
    /// A run; `legacy` where it is set in a font of [`is_legacy`].
    pub fn push(&mut self, text: &str, legacy: bool) {
        if legacy {
            let text: String = text.chars().map(plain).collect();
            self.typed.push_str(&text);
            self.legacy.push_str(&text);
        } else {
            self.settle();
            self.typed.push_str(text);
            self.unicode.push_str(text);
        }
    }

    /// Ends a line; empty lines at the beginning and the end are not kept.
    pub fn line(&mut self) {
        self.push("\n", false);
    }

    fn settle(&mut self) {
        if !self.legacy.is_empty() {
            self.unicode.push_str(&lipi::convert(&self.legacy));
            self.legacy.clear();
        }
    }

    /// The text with legacy runs in Unicode; the text as typed, where it is another.
    pub fn done(mut self) -> (Option<String>, Option<String>) {
        self.settle();
        let (unicode, typed) = (self.unicode.trim(), self.typed.trim());
        let kept = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        (kept(unicode), kept(typed).filter(|t| t != unicode))
    }
}

/// Fonts with a table of their own ("symbol fonts") have their letters in a private place of Unicode, 61440 above the sign that was typed.
fn plain(c: char) -> char {
    match u32::from(c) {
        code @ 0xf020..=0xf0ff => {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[code as u8]).0.chars().next().unwrap_or(c)
        }
        _ => c,
    }
}

/// Whether a font draws Hindi under Latin codes: Kruti Dev and DevLys in all their numbers.
pub(crate) fn is_legacy(font: &str) -> bool {
    let name = font.trim_matches(['"', '\'']).to_lowercase().replace([' ', '-', '_'], "");
    name.starts_with("krutidev") || name.starts_with("devlys")
}
