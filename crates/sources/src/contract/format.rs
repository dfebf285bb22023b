use regex::Regex;

/// Physical form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Sheet,
    Json,
    Ndjson,
    Xml,
    Parquet,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Csv => "csv",
            Kind::Sheet => "sheet",
            Kind::Json => "json",
            Kind::Ndjson => "ndjson",
            Kind::Xml => "xml",
            Kind::Parquet => "parquet",
        }
    }

    /// Whether records come under a header line.
    pub fn is_tabular(self) -> bool {
        matches!(self, Kind::Csv | Kind::Sheet)
    }
}

/// How the header is found in a delimited file or a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// The first record that contains every signature column.
    Signature,
    /// The first record at which `n` header rows stand (2 or more: merged headers, the lowest non-empty text names the
    /// column).
    Rows(usize),
    /// No header: the columns in order.
    None(Vec<String>),
}

/// Character encoding of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Byte order mark, then UTF-16 by its zero bytes, then UTF-8, else Windows-1252.
    Auto,
    Fixed(&'static encoding_rs::Encoding),
}

/// Which sheets of a workbook hold rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheets {
    First,
    All,
    Named(Vec<String>),
}

/// One physical form in which a source arrives.
#[derive(Debug, Clone)]
pub struct Format {
    pub kind: Kind,
    /// None: the most frequent of `, TAB | ;` in the header.
    pub delimiter: Option<u8>,
    pub quote: Option<u8>,
    pub encoding: Encoding,
    pub preamble: Vec<Regex>,
    pub header: Header,
    pub skip: Vec<Regex>,
    pub footer: Vec<Regex>,
    pub empty: Vec<Regex>,
    pub sheets: Sheets,
    /// Path of the records (JSON, XML).
    pub rows: Option<String>,
    pub filename: Option<Regex>,
}
