//! Records by column name, written in the form a source sends: CSV, JSON, NDJSON or XML.
//!
//! A dataset fills a [`Row`] by the names its source gives the columns; [`Sheet::end`] disturbs it the way real deliveries are disturbed, keeps the
//! truth about that, and writes it.

use crate::calendar::Moment;
use crate::digits;
use crate::draw::{Domain, Stream, scale};
use crate::file::{Damage, Piece, Remark, SHARD_ROWS, Written};
use crate::mess::{self, Mess};
use crate::world::World;
use crate::{Error, Job};

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    /// An object with one list of that name.
    Json(&'static str),
    /// A bare list.
    Array,
    Ndjson,
    /// Names of the root and of a record.
    Xml(&'static str, &'static str),
}

impl Form {
    fn head(self, columns: &[&str]) -> Vec<u8> {
        match self {
            Form::Csv => [columns.join(",").as_bytes(), b"\n"].concat(),
            Form::Json(list) => format!("{{\"{list}\":[\n").into_bytes(),
            Form::Array => b"[\n".to_vec(),
            Form::Ndjson => Vec::new(),
            Form::Xml(root, _) => format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}>\n").into_bytes(),
        }
    }

    fn foot(self) -> Vec<u8> {
        match self {
            Form::Csv | Form::Ndjson => Vec::new(),
            Form::Json(_) => b"]}\n".to_vec(),
            Form::Array => b"]\n".to_vec(),
            Form::Xml(root, _) => format!("</{root}>\n").into_bytes(),
        }
    }

    fn write(self, row: &Row, first: bool, out: &mut Vec<u8>) {
        match self {
            Form::Csv => {
                for (i, cell) in row.cells.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    csv(cell, out);
                }
            }
            Form::Json(_) | Form::Array | Form::Ndjson => {
                if self != Form::Ndjson {
                    out.push(if first { b' ' } else { b',' });
                }
                json(row, out);
            }
            Form::Xml(_, record) => {
                tag(out, "<", record);
                for (column, cell) in row.filled() {
                    tag(out, "<", column);
                    xml(cell, out);
                    tag(out, "</", column);
                }
                tag(out, "</", record);
            }
        }
        out.push(b'\n');
    }
}

fn tag(out: &mut Vec<u8>, open: &str, name: &str) {
    out.extend_from_slice(open.as_bytes());
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

fn csv(cell: &[u8], out: &mut Vec<u8>) {
    if !cell.iter().any(|b| matches!(b, b',' | b'"' | b'\n')) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for &b in cell {
        if b == b'"' {
            out.push(b'"');
        }
        out.push(b);
    }
    out.push(b'"');
}

/// One object; columns that share what stands before a dot become an object of their own.
fn json(row: &Row, out: &mut Vec<u8>) {
    let (mut within, mut first) = ("", true);
    out.push(b'{');
    for (column, cell) in row.filled() {
        let (group, name) = column.split_once('.').unwrap_or(("", column));
        if group != within && !within.is_empty() {
            out.push(b'}');
        }
        if !first {
            out.push(b',');
        }
        if group != within && !group.is_empty() {
            out.push(b'"');
            out.extend_from_slice(group.as_bytes());
            out.extend_from_slice(b"\":{");
        }
        (within, first) = (group, false);
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":\"");
        for &b in cell {
            if matches!(b, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(b);
        }
        out.push(b'"');
    }
    if !within.is_empty() {
        out.push(b'}');
    }
    out.push(b'}');
}

fn xml(cell: &[u8], out: &mut Vec<u8>) {
    for &b in cell {
        match b {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b => out.push(b),
        }
    }
}

/// One record: a value for each column of its dataset.
pub(crate) struct Row {
    columns: &'static [&'static str],
    names: &'static [&'static str],
    cells: Vec<Vec<u8>>,
    /// Where the last column was found; the next is usually behind it.
    at: usize,
}

impl Row {
    fn new(columns: &'static [&'static str], json: &'static [&'static str]) -> Self {
        let names = if json.is_empty() { columns } else { json };
        Self { columns, names, cells: vec![Vec::new(); columns.len()], at: 0 }
    }

    fn clear(&mut self) {
        self.cells.iter_mut().for_each(Vec::clear);
        self.at = 0;
    }

    fn filled(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.names.iter().copied().zip(self.cells.iter().map(Vec::as_slice)).filter(|(_, cell)| !cell.is_empty())
    }

    /// The value of a column, to be written. Every dataset's columns are written by a test, so a wrong name shows there.
    pub(crate) fn at(&mut self, column: &str) -> &mut Vec<u8> {
        let n = self.columns.len();
        let found = (self.at..n).chain(0..self.at).find(|&i| self.columns[i] == column);
        debug_assert!(found.is_some(), "no column {column}");
        self.at = found.unwrap_or(0);
        &mut self.cells[self.at]
    }

    /// The value written last, to go on with.
    pub(crate) fn again(&mut self) -> &mut Vec<u8> {
        &mut self.cells[self.at]
    }

    pub(crate) fn put_more(&mut self, text: &str) -> &mut Self {
        self.again().extend_from_slice(text.as_bytes());
        self
    }

    pub(crate) fn number_more(&mut self, value: u64) -> &mut Self {
        digits::number(self.again(), value);
        self
    }

    pub(crate) fn get(&self, column: &str) -> &[u8] {
        self.columns.iter().position(|c| *c == column).map_or(&[], |i| &self.cells[i])
    }

    pub(crate) fn put(&mut self, column: &str, text: &str) -> &mut Self {
        self.at(column).extend_from_slice(text.as_bytes());
        self
    }

    pub(crate) fn number(&mut self, column: &str, value: u64) -> &mut Self {
        digits::number(self.at(column), value);
        self
    }

    /// `10/03/2026 16:10`
    pub(crate) fn minute(&mut self, column: &str, second: i64) -> &mut Self {
        let (out, moment) = (self.at(column), Moment::of(second));
        digits::day_slash(out, &moment);
        out.push(b' ');
        digits::minutes(out, &moment);
        self
    }

    /// `2026-03-10 16:10:00`
    pub(crate) fn moment(&mut self, column: &str, second: i64) -> &mut Self {
        let (out, moment) = (self.at(column), Moment::of(second));
        digits::day_iso(out, &moment);
        out.push(b' ');
        digits::clock(out, &moment);
        self
    }

    /// `10/03/2026`
    pub(crate) fn day(&mut self, column: &str, second: i64) -> &mut Self {
        digits::day_slash(self.at(column), &Moment::of(second));
        self
    }

    pub(crate) fn degrees(&mut self, lat: &str, lon: &str, at: (i64, i64)) -> &mut Self {
        digits::coordinate(self.at(lat), at.0);
        digits::coordinate(self.at(lon), at.1);
        self
    }
}

/// A kind of records: what its source calls the columns, how it sends them, and what is wrong with some.
pub(crate) struct Dataset {
    pub contract: &'static str,
    /// File below the contract's folder, and form; of every sixteen subjects one goes to each file after the first.
    pub files: &'static [(&'static str, Form)],
    pub columns: &'static [&'static str],
    /// What JSON calls them, `outer.inner` for nested ones; nothing when it calls them the same.
    pub json: &'static [&'static str],
    pub mess: Mess,
    /// Subjects a record or several are about.
    pub subjects: fn(&World) -> u64,
    /// Writes the records of one subject.
    pub fill: fn(&World, u64, &mut Sheet<'_>),
}

/// Subjects made at a time; some have several records.
const SUBJECTS_A_SHARD: u64 = SHARD_ROWS / 4;

impl Dataset {
    /// Writes the dataset's files that have something to hold.
    pub(crate) fn write(&self, job: &Job<'_>) -> Result<Vec<Written>, Error> {
        let (world, subjects) = (job.world, (self.subjects)(job.world));
        // What is to be clean is for measuring: everything in one file.
        let files = if job.options.mess { self.files } else { &self.files[..1] };
        let others = files.len() as u64 - 1;
        let mut written = Vec::new();
        for (n, &(file, form)) in (0..).zip(files) {
            let shards = subjects.div_ceil(SUBJECTS_A_SHARD) as usize;
            let mut plan = job.plan(format!("{}/{file}", self.contract), self.contract, form.head(self.columns), shards);
            plan.above = u64::from(form == Form::Csv);
            let fill = |shard: usize, piece: &mut Piece| {
                let first = shard as u64 * SUBJECTS_A_SHARD;
                let mut sheet = Sheet {
                    row: Row::new(self.columns, if matches!(form, Form::Csv | Form::Xml(..)) { &[] } else { self.json }),
                    dataset: self,
                    form,
                    first: shard == 0,
                    stream: world.seed.stream(Domain::Mess, hash(file, shard as u64)),
                    mess: job.options.mess,
                    piece,
                };
                for subject in first..(first + SUBJECTS_A_SHARD).min(subjects) {
                    let place = (subject * 11 + 5) % 16;
                    if n == (if place < others { place + 1 } else { 0 }) {
                        (self.fill)(world, subject, &mut sheet);
                    }
                }
            };
            let path = job.options.out.join(&plan.file);
            let counted = job.options.mess && form == Form::Csv && self.counted();
            let done = plan.write(job.progress, fill, |rows| {
                if counted { format!("Total records: {rows}\n").into_bytes() } else { form.foot() }
            })?;
            if done.rows > 0 {
                written.push(done);
            } else {
                // A small state has no appeals; a file without records would only puzzle.
                std::fs::remove_file(&path).map_err(|source| Error::Write { path, source })?;
            }
        }
        Ok(written)
    }
}

impl Dataset {
    /// Whether the source's CSV files end with the number of their rows. Large files and those of operators do not.
    fn counted(&self) -> bool {
        !["telecom.", "anpr.", "transport.vehicle", "transport.challan"].iter().any(|system| self.contract.starts_with(system))
    }
}

/// A number of a file's shard that no other file has (FNV-1a).
fn hash(file: &str, shard: u64) -> u64 {
    file.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3)) ^ shard << 1
}

/// Where a dataset's records go.
pub(crate) struct Sheet<'a> {
    pub row: Row,
    dataset: &'a Dataset,
    form: Form,
    first: bool,
    stream: Stream,
    mess: bool,
    pub piece: &'a mut Piece,
}

/// Who a record is about, for the truth.
pub(crate) struct Mention<'a> {
    pub person: u64,
    pub role: &'a str,
    pub contract: &'a str,
    pub id: &'a [u8],
    pub fir: &'a [u8],
    /// What stands before the id in the key of a person.
    pub system: &'a str,
}

impl Sheet<'_> {
    /// An empty record to fill.
    pub(crate) fn begin(&mut self) -> &mut Row {
        self.row.clear();
        &mut self.row
    }

    /// One in `n`, by a sequence of the file's own; never when nothing is to be wrong.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.mess && self.stream.below(n) == 0
    }

    /// Writes the record, now and then disturbed, repeated or followed by a copy that must be refused.
    pub(crate) fn end(&mut self) {
        if !self.mess {
            self.write();
            return;
        }
        let random = self.stream.next();
        mess::disturb(&mut self.row, &self.dataset.mess, random, &mut self.stream, self.piece);
        self.write();
        let early = self.first && self.dataset.files[0].1 == self.form;
        // Small files have some too.
        if random.is_multiple_of(3_000) || early && self.piece.rows == 5 {
            self.write();
            self.piece.remark(Remark::Duplicate);
        }
        let spoils = self.dataset.mess.spoils;
        if !spoils.is_empty() && (random >> 32).is_multiple_of(2_000) || early && self.piece.rows == 2 && !spoils.is_empty() {
            let (column, text, code) = spoils[scale(random.rotate_left(17), spoils.len() as u64) as usize];
            let kept = std::mem::replace(self.row.at(column), text.as_bytes().to_vec());
            self.write();
            self.piece.remark(Remark::Reject { code, column });
            *self.row.at(column) = kept;
        }
    }

    /// Writes the record as it is.
    pub(crate) fn end_plain(&mut self) {
        self.write();
    }

    /// Notes that a value of the record being filled is not what it should be.
    pub(crate) fn damaged(&mut self, how: &'static str, column: &'static str, was: &str) {
        let now = String::from_utf8_lossy(self.row.get(column)).into_owned();
        if now != was {
            self.piece.damages.push(Damage { row: self.piece.rows + 1, how, column, was: was.to_owned(), now });
        }
    }

    /// A remark about the record just written.
    pub(crate) fn remark(&mut self, remark: Remark) {
        self.piece.remark(remark);
    }

    fn write(&mut self) {
        self.form.write(&self.row, self.first && self.piece.rows == 0, &mut self.piece.bytes);
        self.piece.rows += 1;
    }

    pub(crate) fn mention(&mut self, m: &Mention<'_>) {
        let out = &mut self.piece.mentions;
        digits::number(out, m.person);
        for text in [m.role.as_bytes(), m.contract.as_bytes(), m.id, m.fir] {
            out.push(b',');
            out.extend_from_slice(text);
        }
        out.push(b',');
        out.extend_from_slice(m.system.as_bytes());
        out.push(b':');
        out.extend_from_slice(m.id);
        out.push(b'\n');
    }
}
