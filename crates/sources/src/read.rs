//! Opening a file under a contract.

pub(crate) mod columnar;
pub(crate) mod delimited;
mod error;
pub(crate) mod header;
pub(crate) mod input;
mod json;
mod records;
pub(crate) mod sheet;
mod window;
pub(crate) mod xml;

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::contract::{Kind, UnknownColumns};
use crate::parsed::Warning;
use crate::plan::Plan;
use crate::{Contract, Limits, Parsed, Trailer};

pub use error::ReadError;

/// What a reader needs of its input.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// How one file was laid out: all that is needed besides the contract to read a refused record of it again.
/// Stored with the quarantine (it serialises to JSON).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Index into the contract's formats.
    pub variant: usize,
    /// Header names in the file's order; empty for JSON and XML.
    pub columns: Vec<String>,
    /// Of a delimited file.
    pub delimiter: Option<char>,
    /// Named groups of preamble and file name, as `preamble:NAME` and `filename:NAME`.
    pub captures: BTreeMap<String, String>,
}

/// A file opened under a contract.
pub struct Reader {
    plan: Arc<Plan>,
    form: Form,
    warnings: Vec<Warning>,
}

enum Form {
    Delimited(delimited::Delimited),
    Json(Box<json::Json>),
    Xml(Box<xml::Xml>),
    Sheet(sheet::Workbook),
    Parquet(columnar::Columnar),
}

/// A stretch of records, about [`Limits::block_bytes`] long.
pub struct Chunk {
    plan: Arc<Plan>,
    body: Body,
}

enum Body {
    Delimited(delimited::Stretch),
    Records(records::Records),
    Rows(sheet::Rows),
}

/// Opens `input` under one format of a contract. Gzip is unwrapped. Reads the head of the file: preamble and header.
pub fn open(
    contract: &Arc<Contract>,
    variant: usize,
    name: &str,
    input: Box<dyn ReadSeek + Send>,
    limits: &Limits,
) -> Result<Reader, ReadError> {
    let Some(format) = contract.formats.get(variant) else {
        return Err(ReadError::NoSuchVariant { contract: contract.name.clone(), variant, formats: contract.formats.len() });
    };
    let mut layout = Layout { variant, captures: header::filename(format, name), ..Layout::default() };
    let mut warnings = Vec::new();
    let form = match format.kind {
        Kind::Csv | Kind::Ndjson => {
            let bytes = input::unwrap(input, name, limits)?;
            let opened = delimited::open(contract, variant, name, bytes, limits)?;
            layout = opened.layout;
            Form::Delimited(opened.reader)
        }
        Kind::Json => {
            let bytes = input::unwrap(input, name, limits)?;
            Form::Json(Box::new(json::Json::open(format, name, bytes, limits)?))
        }
        Kind::Xml => {
            let bytes = input::unwrap(input, name, limits)?;
            Form::Xml(Box::new(xml::Xml::open(format, name, bytes, limits)?))
        }
        Kind::Sheet => {
            let (book, found) = sheet::Workbook::open(contract, variant, name, input, limits)?;
            layout.columns = found.columns;
            layout.captures.extend(found.captures);
            warnings.extend(book.warnings.clone());
            Form::Sheet(book)
        }
        Kind::Parquet => {
            let (file, columns) = columnar::Columnar::open(name, input, limits)?;
            layout.columns = columns;
            Form::Parquet(file)
        }
    };
    let plan = Arc::new(Plan::new(contract, layout, limits));
    if contract.unknown_columns == UnknownColumns::Refuse {
        let columns = plan.drift().new;
        if !columns.is_empty() {
            return Err(ReadError::UnknownColumns { name: name.to_owned(), contract: contract.name.clone(), columns });
        }
    }
    Ok(Reader { plan, form, warnings })
}

impl Reader {
    /// The next stretch of records in file order, or none at the end. Bounded memory.
    #[allow(clippy::should_implement_trait, reason = "fallible, and not an iterator: chunks outlive the reader")]
    pub fn next(&mut self) -> Result<Option<Chunk>, ReadError> {
        let body = match &mut self.form {
            Form::Delimited(file) => file.next()?.map(Body::Delimited),
            Form::Json(file) => file.next()?.map(Body::Records),
            Form::Xml(file) => file.next()?.map(Body::Records),
            Form::Sheet(book) => book.next().map(Body::Rows),
            Form::Parquet(file) => file.next()?.map(Body::Rows),
        };
        Ok(body.map(|body| Chunk { plan: self.plan.clone(), body }))
    }

    /// How the file is laid out; to be stored beside its refused records.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.plan.layout
    }

    /// What the file says about itself. Call it after every chunk was parsed: footers are seen while parsing.
    pub fn finish(self) -> Trailer {
        let tally = &self.plan.tally;
        let mut captures = self.plan.layout.captures.clone();
        captures.extend(tally.captures());
        let declared_rows = ["footer:count", "preamble:count"]
            .into_iter()
            .find_map(|key| captures.get(key))
            .and_then(|text| text.replace(',', "").parse().ok());
        let rows_in = tally.rows();
        let mut warnings = self.warnings;
        if let Form::Delimited(file) = self.form {
            warnings.extend(file.warnings);
        }
        if let Some(declared) = declared_rows
            && declared != rows_in
        {
            let message = format!("the file declares {declared} rows and holds {rows_in}; ask the sender for it again");
            warnings.push(Warning { code: "count_mismatch", message });
        }
        let format = self.plan.format();
        let counted = format.footer.iter().any(|r| r.capture_names().flatten().any(|n| n == "count"));
        if counted && !tally.saw_footer() && rows_in > 0 {
            let message = "the footer with the number of rows is missing; the file may be cut off".to_owned();
            warnings.push(Warning { code: "no_footer", message });
        }
        if tally.said_empty() && warnings.iter().all(|w| w.code != "empty_report") {
            warnings.push(Warning { code: "empty_report", message: "the file says that it has no records".to_owned() });
        }
        Trailer { declared_rows, rows_in, warnings, drift: self.plan.drift(), captures }
    }
}

impl Chunk {
    /// Cells to typed columns. Pure computation.
    pub fn parse(self) -> Parsed {
        match self.body {
            Body::Delimited(stretch) => delimited::parse(&self.plan, stretch),
            Body::Records(records) => records::parse(&self.plan, &records),
            Body::Rows(rows) => sheet::parse(&self.plan, rows),
        }
    }
}

/// Reads refused records again under a (mended) contract. `records` are (row, original) pairs of one file; in the answer
/// rows keep their positions.
pub fn reparse(
    contract: &Arc<Contract>,
    layout: &Layout,
    records: &[(i64, String)],
    limits: &Limits,
) -> Result<Parsed, ReadError> {
    let Some(format) = contract.formats.get(layout.variant) else {
        let formats = contract.formats.len();
        return Err(ReadError::NoSuchVariant { contract: contract.name.clone(), variant: layout.variant, formats });
    };
    let plan = Arc::new(Plan::new(contract, layout.clone(), limits));
    Ok(match format.kind {
        Kind::Csv | Kind::Ndjson => delimited::reparse(&plan, records),
        Kind::Json | Kind::Xml => records::reparse(&plan, records),
        Kind::Sheet | Kind::Parquet => sheet::reparse(&plan, records),
    })
}
