//! The operational log of a server: what the program did and what went wrong, for whoever runs it.
//!
//! It is a file a day in `log/` of the lake's folder, kept 180 days (CERT-In direction of 28 April 2022), and the same on stderr. It says nothing
//! of persons: whatever a message quotes, every longer number and every letter outside ASCII is struck out on the way, whoever wrote it. Who looked
//! at whom stands in the access log and nowhere else.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::{NaiveDate, TimeDelta, Utc};
use lake::LakeError;
use tracing_subscriber::EnvFilter;

/// Days a file is kept.
const KEPT: i64 = 180;
/// Digits in a row from which a number may be somebody's.
const TELLING: usize = 4;

/// Begins to write. `RUST_LOG` says how much; warnings, and what the program itself says, when absent.
pub fn begin(home: &Path) -> Result<(), LakeError> {
    let daily = Daily::new(home.join("log"));
    daily.sweep(today()).map_err(|e| LakeError::Io { action: "sweeping", path: daily.folder.clone(), source: e })?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,ways=info,social=info"));
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(move || daily.clone()).finish();
    // A second server in one program writes where the first does.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

fn today() -> NaiveDate {
    model::time::to_ist(Utc::now().timestamp_micros()).map(|at| at.date()).unwrap_or_default()
}

/// Writes to the day's file and to stderr.
#[derive(Clone)]
struct Daily {
    folder: PathBuf,
    open: Arc<Mutex<Option<(NaiveDate, File)>>>,
}

impl Daily {
    fn new(folder: PathBuf) -> Daily {
        Daily { folder, open: Arc::default() }
    }

    fn line(&self, text: &str, day: NaiveDate) -> std::io::Result<()> {
        let mut open = self.open.lock().map_err(|_| std::io::Error::other("the log's lock is lost"))?;
        if open.as_ref().is_none_or(|(of, _)| *of != day) {
            std::fs::create_dir_all(&self.folder)?;
            let file = File::options().create(true).append(true).open(self.folder.join(format!("{day}.log")))?;
            *open = Some((day, file));
            self.sweep(day)?;
        }
        match open.as_mut() {
            Some((_, file)) => file.write_all(text.as_bytes()),
            None => Ok(()),
        }
    }

    /// Deletes what is older than it may be.
    fn sweep(&self, day: NaiveDate) -> std::io::Result<()> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(e),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let of = name.strip_suffix(".log").and_then(|date| date.parse::<NaiveDate>().ok());
            if of.is_some_and(|of| day - of > TimeDelta::days(KEPT)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl Write for Daily {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        // The moment stands first and is nobody's.
        let (at, rest) = text.split_once(' ').unwrap_or(("", &text));
        let line = format!("{at} {}", struck(rest));
        // A closed stderr is no reason to lose the file.
        let _ = std::io::stderr().write_all(line.as_bytes());
        self.line(&line, today())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A message without what may be somebody's: quotations, longer numbers, letters outside ASCII, and what stands between the slashes of an address.
fn struck(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut digits = String::new();
    while let Some(c) = rest.next() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        out.push_str(if digits.len() < TELLING { &digits } else { "#" });
        digits.clear();
        match c {
            '"' | '`' | '\'' | '‘' | '“' => {
                let end = match c {
                    '‘' => '’',
                    '“' => '”',
                    same => same,
                };
                let quoted: String = rest.clone().take_while(|c| *c != end && *c != '\n').collect();
                let closed = rest.clone().nth(quoted.chars().count()) == Some(end);
                // An apostrophe in a word opens nothing.
                if closed && !(c == '\'' && out.ends_with(|c: char| c.is_ascii_alphanumeric())) {
                    rest.nth(quoted.chars().count());
                    out.push_str("[…]");
                } else {
                    out.push(c);
                }
            }
            c if !c.is_ascii() && c.is_alphanumeric() => {
                while rest.peek().is_some_and(|c| !c.is_ascii()) {
                    rest.next();
                }
                out.push('…');
            }
            '%' if rest.peek().is_some_and(char::is_ascii_hexdigit) => out.push('…'),
            c => out.push(c),
        }
    }
    out.push_str(if digits.len() < TELLING { &digits } else { "#" });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_somebodys_is_struck_out() {
        for (text, left) in [
            (
                "a query failed: Cannot cast string 'Parikshan Kumar' to value of Int64",
                "a query failed: Cannot cast string […] to value of Int64",
            ),
            ("nothing is known of \"7000000101\"", "nothing is known of […]"),
            ("person cctns:275410012025000101 in 3 rows of 2025", "person cctns:# in 3 rows of #"),
            ("the lake's disk is full", "the lake's disk is full"),
            ("नाम रमेश मीणा not found", "… … … not found"),
            ("line 42: `Ramesh` and “Sita”", "line 42: […] and […]"),
            ("an unclosed ' is kept 12", "an unclosed ' is kept 12"),
        ] {
            assert_eq!(struck(text), left);
        }
    }

    #[test]
    fn a_file_a_day_is_kept_half_a_year() {
        let dir = tempfile::tempdir().unwrap();
        let daily = Daily::new(dir.path().join("log"));
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for date in ["2026-01-01", "2026-01-02", "2026-06-30"] {
            daily.line("x\n", day(date)).unwrap();
        }
        daily.sweep(day("2026-07-01")).unwrap();
        let mut left: Vec<String> = std::fs::read_dir(dir.path().join("log"))
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, ["2026-01-02.log", "2026-06-30.log"]);
    }
}
