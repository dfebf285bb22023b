//! A synthetic state: people, cases, vehicles, calls and plate reads in the layouts the sources really send.
//!
//! Three decisions carry the crate.
//! - **Facts are looked up, not stored** ([`draw`]): everything about person 17 follows from the seed and the number 17, so sources agree about people
//!   without a table of people in memory and a hundred million rows need no more memory than a thousand.
//! - **Shards, not threads** ([`file`]): rows come from streams started by (seed, file, shard); the bytes are the same with one thread or sixteen.
//! - **The truth is written beside the data** ([`truth`]): who is who across the sources, how many rows each file holds, and which of them a reader has
//!   to refuse or recognise as repetitions, so that a test can demand exact counts.
//!
//! What is planted to be found ([`plants`]) and what is spoilt on purpose ([`mess`]) are looked up or drawn the same way and told in the truth.
//!
//! Nobody in it exists. Telephone numbers are test values of the block 700xxxxxxx, handsets carry the test type allocation code 35000000, places and
//! their codes are real, what happens there is not.

mod bulk;
mod calendar;
mod cases;
mod control;
mod departments;
mod desk;
mod digits;
mod draw;
mod file;
mod kruti;
mod mess;
mod names;
mod people;
mod places;
mod plants;
mod plates;
mod portal;
mod reference;
mod registrations;
mod requests;
mod sheet;
mod subscribers;
mod timeline;
mod truth;
mod world;

use std::path::PathBuf;

use serde::Serialize;

/// Which police units the state has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Units {
    /// Every ordinary district with all its stations of today.
    All,
    /// The stations of one district, by its code.
    District(String),
    /// Every district with three or four of its stations: the places of earlier versions, on which measurements stand.
    Few,
}

impl Units {
    /// One district by its code or English name, whatever the case of its letters.
    ///
    /// # Errors
    /// [`Error::District`] with the names there are.
    pub fn district(text: &str) -> Result<Self, Error> {
        places::districts()
            .find(|(code, name)| *code == text || name.eq_ignore_ascii_case(text))
            .map(|(code, _)| Units::District(code.to_owned()))
            .ok_or_else(|| Error::District {
                asked: text.to_owned(),
                known: places::districts().map(|d| d.1).collect::<Vec<_>>().join(", "),
            })
    }
}

/// What to generate; see the fields for units and defaults.
#[derive(Clone, Debug)]
pub struct Options {
    /// People in the state, 1 to 14,000,000.
    pub persons: u64,
    /// The same seed gives the same bytes, on any machine and with any number of threads.
    pub seed: u64,
    /// Folder to write into; made when absent, files of the same names are replaced.
    pub out: PathBuf,
    /// Rows of the single large call-record file (kind [`Kind::CallBulk`]).
    pub cdr_rows: u64,
    /// Rows of the plate-read file.
    pub plate_rows: u64,
    /// What to write; empty means everything that has rows.
    pub kinds: Vec<Kind>,
    /// Where people live.
    pub units: Units,
    /// Worker threads; 0 means as many as the machine has.
    pub threads: usize,
    /// Spoil some rows the way real deliveries are: rows that must be refused, repetitions, corrections, slips, old fonts, swapped fields; and write
    /// some records as JSON and XML. Without it every dataset is one file.
    pub mess: bool,
}

impl Options {
    /// A state of `persons` in all units with plate reads in proportion, no bulk call records, mess included.
    pub fn new(persons: u64, seed: u64, out: impl Into<PathBuf>) -> Self {
        Self {
            persons,
            seed,
            out: out.into(),
            cdr_rows: 0,
            plate_rows: persons * 4,
            kinds: Vec::new(),
            units: Units::All,
            threads: 0,
            mess: true,
        }
    }
}

/// One group of generated files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Reports, persons in them, arrests, scenes, seizures, reports to the court, judgments, appeals, missing persons, bodies (`cctns.*`).
    Case,
    /// Vehicle registrations (`transport.vehicle`).
    Vehicle,
    /// Fines and stolen vehicles (`transport.challan`, `transport.stolen`).
    Traffic,
    /// Hearings, admissions to prison and releases (`court.hearing`, `prison.*`).
    Court,
    /// The citizens' portal (`portal.*`).
    Portal,
    /// Emergency calls, alerts, patrol vehicles (`control.*`).
    Control,
    /// Who holds which number (`telecom.subscriber`).
    Subscriber,
    /// Call records as operators answer a request, one file for each number, in all their layouts, and internet records (`telecom.cdr`,
    /// `telecom.ipdr`).
    CallRequest,
    /// Number-plate reads in time order, and planted ones by the feed (`anpr.read`).
    Plate,
    /// One large call-record file in the Airtel layout without preamble and footer, in time order (`telecom.cdr`).
    CallBulk,
    /// Excise licences, control-room records, hotels, letters (`excise.licence`, `cca.record`, `thirdparty.record`, `document.part`).
    Department,
    /// Posts of the department, answers, measures (`social.*`).
    Desk,
    /// Units, sections, places and the like (`reference.*`, `post.office`).
    Reference,
    /// `truth/persons.csv`, `mentions.csv`, `planted.csv` and `corrupted.csv`; `truth/counts.csv` and the remarks are written always.
    Truth,
}

impl Kind {
    /// All kinds in the order they are written.
    pub const ALL: [Kind; 14] = [
        Kind::Case,
        Kind::Vehicle,
        Kind::Traffic,
        Kind::Court,
        Kind::Portal,
        Kind::Control,
        Kind::Subscriber,
        Kind::CallRequest,
        Kind::Plate,
        Kind::CallBulk,
        Kind::Department,
        Kind::Desk,
        Kind::Reference,
        Kind::Truth,
    ];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Case => "case",
            Kind::Vehicle => "vehicle",
            Kind::Traffic => "traffic",
            Kind::Court => "court",
            Kind::Portal => "portal",
            Kind::Control => "control",
            Kind::Subscriber => "subscriber",
            Kind::CallRequest => "call-request",
            Kind::Plate => "plate",
            Kind::CallBulk => "call-bulk",
            Kind::Department => "department",
            Kind::Desk => "desk",
            Kind::Reference => "reference",
            Kind::Truth => "truth",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    fn write(self, job: &Job<'_>) -> Result<Vec<file::Written>, Error> {
        let mut written = Vec::new();
        for dataset in self.datasets() {
            written.extend(dataset.write(job)?);
        }
        match self {
            Kind::Case if job.options.mess => written.extend(cases::CORRECTION.write(job)?),
            Kind::CallRequest => written.extend(requests::write(job)?),
            Kind::Plate if job.options.plate_rows > 0 => written.push(plates::write(job)?),
            Kind::CallBulk if job.options.cdr_rows > 0 => written.push(bulk::write(job)?),
            Kind::Department => written.extend(departments::letters(job)?),
            Kind::Reference => written.extend(reference::write(job)?),
            Kind::Truth => {
                truth::people(job)?;
                plants::write(job)?;
            }
            _ => {}
        }
        Ok(written)
    }

    fn datasets(self) -> &'static [sheet::Dataset] {
        match self {
            Kind::Case => &[
                cases::FIR,
                cases::PERSON,
                cases::ARREST,
                cases::SCENE,
                cases::SEIZURE,
                cases::FINAL_REPORT,
                cases::DISPOSAL,
                cases::APPEAL,
                portal::MISSING,
                portal::BODY,
            ],
            Kind::Vehicle => &[registrations::VEHICLE],
            Kind::Traffic => &[registrations::CHALLAN, cases::STOLEN],
            Kind::Court => &[cases::HEARING, cases::ADMISSION, cases::RELEASE],
            Kind::Portal => &[portal::COMPLAINT, portal::LOST, portal::VERIFICATION, portal::FEEDBACK],
            Kind::Control => &[control::EVENT, control::ALERT, control::POSITION],
            Kind::Subscriber => &[subscribers::SUBSCRIBER],
            Kind::CallRequest => &[subscribers::INTERNET, subscribers::INTERNET_JIO],
            Kind::Plate => &[plants::FEED],
            Kind::Department => &[departments::LICENCE, departments::CCA, departments::THIRD],
            Kind::Desk => &[desk::POST, desk::INBOUND, desk::METRIC],
            Kind::CallBulk | Kind::Reference | Kind::Truth => &[],
        }
    }
}

/// How far the file being written has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Path below the output folder.
    pub file: &'a str,
    /// Data rows so far.
    pub rows: u64,
    /// Bytes so far.
    pub bytes: u64,
}

/// A written file.
#[derive(Clone, Debug, Serialize)]
pub struct FileSummary {
    /// Path below the output folder, `/` between parts.
    pub file: String,
    /// The contract that reads it.
    pub contract: String,
    /// Data rows, refused ones and repetitions included.
    pub rows: u64,
    /// Rows that must be refused.
    pub rejected: u64,
    /// Rows that repeat the row before them.
    pub duplicate: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// What [`generate`] wrote.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Every data file in the order it was written; truth files are not listed.
    pub files: Vec<FileSummary>,
    /// Sum of the files' rows.
    pub rows: u64,
    /// Sum of the files' bytes.
    pub bytes: u64,
    /// Wall-clock seconds spent.
    pub seconds: f64,
}

/// Why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The number of persons is outside what the test number block holds.
    #[error(
        "{persons} persons asked for; there can be between 1 and 14000000: more vehicles than theirs would not have different plates"
    )]
    Persons {
        /// What was asked for.
        persons: u64,
    },
    /// No district of that name or code.
    #[error("there is no police district {asked:?}; there are {known}")]
    District {
        /// What was asked for.
        asked: String,
        /// Their names.
        known: String,
    },
    /// Too many rows per subject and second to keep them distinct.
    #[error(
        "{rows} {what} need at least {needed} subjects to stay distinct, {subjects} are there: ask for more persons or fewer rows"
    )]
    TooFewSubjects {
        /// What was to be written.
        what: &'static str,
        /// Rows asked for.
        rows: u64,
        /// Subscribers or vehicles there are.
        subjects: u64,
        /// How many would do.
        needed: u64,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Writes the files; `progress` is called from worker threads every few megabytes.
///
/// # Errors
/// [`Error`] when the options do not fit or a file cannot be written; files written before stay.
pub fn generate(options: &Options, progress: &(dyn Fn(&Progress<'_>) + Sync)) -> Result<Summary, Error> {
    if !(1..=14_000_000).contains(&options.persons) {
        return Err(Error::Persons { persons: options.persons });
    }
    let started = std::time::Instant::now();
    let threads = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    if let Units::District(code) = &options.units {
        Units::district(code)?;
    }
    let wanted = |kind| options.kinds.is_empty() || options.kinds.contains(&kind);
    let world = world::World::new(options.seed, options.persons, &options.units);
    let ledger = if wanted(Kind::Truth) { Some(file::Ledger::create(&options.out)?) } else { None };
    let job = Job { world: &world, options, threads, progress, ledger: ledger.as_ref() };
    let mut written = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|k| wanted(*k)) {
        written.extend(kind.write(&job)?);
    }
    if let Some(ledger) = ledger {
        ledger.finish(&options.out)?;
    }
    truth::remarks(&options.out, &written)?;
    let files = truth::summaries(&written);
    Ok(Summary {
        rows: files.iter().map(|f| f.rows).sum(),
        bytes: files.iter().map(|f| f.bytes).sum(),
        files,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// What every writer needs.
struct Job<'a> {
    world: &'a world::World,
    options: &'a Options,
    threads: usize,
    progress: &'a (dyn Fn(&Progress<'_>) + Sync),
    ledger: Option<&'a file::Ledger>,
}

impl<'a> Job<'a> {
    /// A file of the output folder, with the lines above its rows.
    fn plan(&self, file: String, contract: &'static str, head: Vec<u8>, shards: usize) -> file::Plan<'a> {
        let above = head.iter().filter(|&&b| b == b'\n').count() as u64;
        file::Plan { out: &self.options.out, file, contract, head, ledger: self.ledger, above, shards, threads: self.threads }
    }
}
