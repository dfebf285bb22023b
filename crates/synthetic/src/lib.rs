//! A synthetic state: people, cases, vehicles, calls and plate reads in the layouts the sources really send.
//!
//! Three decisions carry the crate.
//! - **Facts are looked up, not stored** ([`draw`]): everything about person 17 follows from the seed and the number 17, so sources agree about people
//!   without a table of people in memory and a hundred million rows need no more memory than a thousand.
//! - **Shards, not threads** ([`file`]): rows come from streams started by (seed, file, shard); the bytes are the same with one thread or sixteen.
//! - **The truth is written beside the data** ([`truth`]): who is who across the sources, how many rows each file holds, and which of them a reader has
//!   to refuse or recognise as repetitions, so that a test can demand exact counts.
//!
//! Nobody in it exists. Telephone numbers are test values of the block 700xxxxxxx, handsets carry the test type allocation code 35000000, places and
//! their codes are real, what happens there is not.

mod bulk;
mod calendar;
mod cases;
mod digits;
mod draw;
mod file;
mod names;
mod places;
mod plates;
mod registrations;
mod requests;
mod timeline;
mod truth;
mod world;

use std::path::PathBuf;

use serde::Serialize;

/// What to generate; see the fields for units and defaults.
#[derive(Clone, Debug)]
pub struct Options {
    /// People in the state, 1 to 9,000,000.
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
    /// Worker threads; 0 means as many as the machine has.
    pub threads: usize,
    /// Put in a few rows that must be refused, some repetitions and one correction file.
    pub mess: bool,
}

impl Options {
    /// A state of `persons` with plate reads in proportion, no bulk call records, mess included.
    pub fn new(persons: u64, seed: u64, out: impl Into<PathBuf>) -> Self {
        Self { persons, seed, out: out.into(), cdr_rows: 0, plate_rows: persons * 4, kinds: Vec::new(), threads: 0, mess: true }
    }
}

/// One group of generated files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// First information reports, persons in them, and arrests (`cctns.fir`, `cctns.person`, `cctns.arrest`).
    Case,
    /// Call records as operators answer a request: one file per number, Airtel and BSNL layouts (`telecom.cdr`).
    CallRequest,
    /// One large call-record file in the Airtel layout without preamble and footer, in time order (`telecom.cdr`).
    CallBulk,
    /// Vehicle registrations (`transport.vehicle`).
    Vehicle,
    /// Number-plate reads in time order (`anpr.read`).
    Plate,
    /// `truth/persons.csv` and `truth/mentions.csv`; `truth/counts.csv` and the remarks are written always.
    Truth,
}

impl Kind {
    /// All kinds in the order they are written.
    pub const ALL: [Kind; 6] = [Kind::Case, Kind::Vehicle, Kind::CallRequest, Kind::Plate, Kind::CallBulk, Kind::Truth];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Case => "case",
            Kind::CallRequest => "call-request",
            Kind::CallBulk => "call-bulk",
            Kind::Vehicle => "vehicle",
            Kind::Plate => "plate",
            Kind::Truth => "truth",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
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
    #[error("{persons} persons asked for; between 1 and 9000000 fit the block of test telephone numbers")]
    Persons {
        /// What was asked for.
        persons: u64,
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
    if !(1..=9_000_000).contains(&options.persons) {
        return Err(Error::Persons { persons: options.persons });
    }
    let started = std::time::Instant::now();
    let threads = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    let world = world::World::new(options.seed, options.persons);
    let job = Job { world: &world, options, threads, progress };
    let mut written = Vec::new();
    for kind in Kind::ALL {
        if options.kinds.is_empty() || options.kinds.contains(&kind) {
            match kind {
                Kind::Case => written.extend(cases::write(&job)?),
                Kind::Vehicle => written.push(registrations::write(&job)?),
                Kind::CallRequest => written.extend(requests::write(&job)?),
                Kind::Plate if options.plate_rows > 0 => written.push(plates::write(&job)?),
                Kind::CallBulk if options.cdr_rows > 0 => written.push(bulk::write(&job)?),
                Kind::Plate | Kind::CallBulk => {}
                Kind::Truth => truth::people(&job)?,
            }
        }
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
}
