//! Printed papers: certificates and reports as PDF, in Hindi and English.
//!
//! **A template is fixed, what is printed is data.** Each paper is a typst template inside this crate and a serialisable struct;
//! the template reads the struct as one JSON file of a world that holds nothing else. A name with `#` or `[` in it is
//! therefore text and never markup, a template cannot open a file of the machine, and the same data gives the same bytes.
//! Words of both languages stand in the template, side by side.
//!
//! **No font is carried along.** Devanagari needs a real one; [`Fonts::find`] takes Noto from the folders of the machine
//! (Debian: `fonts-noto-core`) and says what is missing.
//!
//! No clock: dates come with the data, already as they are to be read.

mod certificate;
mod error;
mod fonts;
mod report;
mod world;

pub use certificate::{Certificate, Origin, Record, Work};
pub use error::PaperError;
pub use fonts::{Fonts, folders};
pub use report::{Report, Section};

/// Language of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Hi,
    En,
}

impl std::str::FromStr for Language {
    type Err = PaperError;

    fn from_str(text: &str) -> Result<Self, PaperError> {
        match text {
            "hi" => Ok(Language::Hi),
            "en" => Ok(Language::En),
            other => Err(PaperError::Language(other.to_owned())),
        }
    }
}
