//! The certificate that goes with an electronic record to court: Bharatiya Sakshya Adhiniyam 2023, s.63(4)(c) and Schedule.
//!
//! What the lake knows is filled in: the hashes (SHA-256, computed again at the time of printing), sizes, times and the way of
//! the files. What only a person can say stays a line to write on: name, parent, address, the device's make and number, whether it is
//! owned or managed, signature, place. The English wording of both parts is the Schedule's own; the Hindi one is a translation.

use serde::Serialize;

use crate::{Fonts, Language, PaperError, world};

/// What is produced: a received file, or an export.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub name: String,
    /// 64 lower-case hex digits, as computed when the certificate was made.
    pub sha256: String,
    pub bytes: u64,
    /// Rows and the table they came from, of an export.
    pub rows: Option<u64>,
    pub table: Option<String>,
}

/// A received file behind it.
#[derive(Debug, Clone, Serialize)]
pub struct Origin {
    pub name: String,
    pub sha256: String,
    pub bytes: u64,
    /// Indian time, as read.
    pub received: String,
    pub received_by: String,
    pub authority: Option<String>,
    /// The archive it was a member of: its SHA-256.
    pub archive: Option<String>,
}

/// What was done with a received file.
#[derive(Debug, Clone, Serialize)]
pub struct Work {
    /// Number of the origin it is about, from 1.
    pub origin: usize,
    pub run: String,
    pub contract: String,
    pub table: String,
    /// Indian time, as read.
    pub at: String,
    pub rows: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
}

/// The whole certificate.
#[derive(Debug, Clone, Serialize)]
pub struct Certificate {
    /// Name and version of the program.
    pub system: String,
    /// Who had it made.
    pub made_by: String,
    /// `DD/MM/YYYY` and `HH:MM`, Indian time.
    pub date: String,
    pub time: String,
    pub records: Vec<Record>,
    pub origins: Vec<Origin>,
    pub work: Vec<Work>,
}

impl Certificate {
    /// The certificate with its hash report, as PDF.
    pub fn pdf(&self, language: Language, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
        #[derive(Serialize)]
        struct Data<'a> {
            lang: Language,
            #[serde(flatten)]
            certificate: &'a Certificate,
        }
        let data = Data { lang: language, certificate: self };
        world::print("certificate", include_str!("../templates/certificate.typ"), &data, fonts)
    }
}
