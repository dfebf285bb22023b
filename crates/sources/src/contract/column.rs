use arrow::datatypes::{DataType, Field, TimeUnit};
use model::Classification;
use regex::Regex;

use super::{Bilingual, timestamp_type};

/// How a value is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Physical {
    String,
    Int32,
    Int64,
    Float64,
    /// Precision 1..=38 and scale.
    Decimal(u8, i8),
    Boolean,
    Date,
    /// Microseconds UTC; zone-less source times are IST.
    Timestamp,
    /// Microseconds since midnight.
    Time,
}

impl Physical {
    pub fn arrow(self) -> DataType {
        match self {
            Physical::String => DataType::Utf8,
            Physical::Int32 => DataType::Int32,
            Physical::Int64 => DataType::Int64,
            Physical::Float64 => DataType::Float64,
            Physical::Decimal(p, s) => DataType::Decimal128(p, s),
            Physical::Boolean => DataType::Boolean,
            Physical::Date => DataType::Date32,
            Physical::Timestamp => timestamp_type(),
            Physical::Time => DataType::Time64(TimeUnit::Microsecond),
        }
    }
}

/// Where a column's value is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A header name (delimited, sheet, Parquet) or a relative path (JSON, XML): `a/b`, `@attr`.
    Field(String),
    /// `$n`: the key or tag matched by the n-th `*` of the rows path, 1-based.
    Matched(usize),
    Preamble(String),
    Filename(String),
    Const(String),
    /// 1-based position in the record.
    Position(usize),
    /// One of two fields, told by a third: where call records name caller and called, the direction says which of them was
    /// asked about.
    Choose {
        by: String,
        when: String,
        then: String,
        other: String,
    },
    /// Of a file with columns that has the column `field`: the other source, and none after it. Layouts of one table tell themselves apart so.
    Has {
        field: String,
        then: Box<From>,
    },
}

impl From {
    fn names(&self) -> Vec<&str> {
        match self {
            From::Field(name) => vec![name],
            From::Choose { then, other, .. } => vec![then, other],
            From::Has { field, then } => [vec![field.as_str()], then.names()].concat(),
            _ => Vec::new(),
        }
    }
}

/// One cleaning step. `trim` comes before all of them and is not listed.
#[derive(Debug, Clone)]
pub enum Clean {
    Unquote,
    /// This text means that the value is missing.
    Null(String),
    Upper,
    Lower,
    Digits,
    Strip(String),
    Extract(Regex),
    Replace(Regex, String),
    Nfc,
    Phone,
    PhoneStrict,
    Imei,
    Imsi,
    Plate,
    Cell,
    Sex,
    Pad(usize),
    FirNo,
    Id,
}

impl Clean {
    /// Identifier steps refuse scientific notation: a spreadsheet has already lost digits there.
    pub fn is_identifier(&self) -> bool {
        matches!(self, Clean::Phone | Clean::PhoneStrict | Clean::Imei | Clean::Imsi | Clean::Digits | Clean::Id | Clean::FirNo)
    }
}

/// What happens to a value that the `map` does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapOther {
    Keep,
    Refuse,
    Null,
}

/// Source words to stored words, in the order written.
#[derive(Debug, Clone)]
pub struct ValueMap {
    pub values: Vec<(String, String)>,
    pub other: MapOther,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The row is refused.
    Error,
    /// The row is kept and flagged.
    Warning,
}

/// A quality rule of one column.
#[derive(Debug, Clone)]
pub struct Rule {
    pub severity: Severity,
    pub check: RuleCheck,
    /// The rule as written, for messages.
    pub text: String,
}

#[derive(Debug, Clone)]
pub enum RuleCheck {
    Enum(Vec<String>),
    /// Not later than the named column.
    NotAfter(String),
    NotBefore(String),
    RequiredIf {
        column: String,
        value: String,
    },
    /// Needs a clock: checked against [`crate::Limits::now`].
    NotFuture,
    Min(f64),
    Max(f64),
    Pattern(Regex),
    ValidImei,
}

impl RuleCheck {
    /// Reason code of a refused row, and flag of a kept one (flags carry the column too).
    pub fn code(&self) -> &'static str {
        match self {
            RuleCheck::Enum(_) => "not_in_list",
            RuleCheck::Min(_) | RuleCheck::Max(_) => "out_of_range",
            RuleCheck::Pattern(_) => "pattern",
            RuleCheck::RequiredIf { .. } => "missing_value",
            RuleCheck::NotAfter(_) | RuleCheck::NotBefore(_) | RuleCheck::NotFuture | RuleCheck::ValidImei => "rule",
        }
    }
}

/// What a column expects of Hindi in legacy fonts (Kruti Dev, DevLys).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegacyFont {
    /// Each run of text is judged; doubtful ones stay.
    Auto,
    /// The column is typed in such a font; only what is clearly Latin or Unicode stays.
    Known,
}

/// One column of a contract.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub logical_type: String,
    pub physical: Physical,
    pub required: bool,
    /// 1-based position in the key.
    pub key_position: Option<usize>,
    pub classification: Classification,
    pub description: String,
    /// Label shown on pages.
    pub meaning: Bilingual,
    /// First that exists and is not missing wins.
    pub from: Vec<From>,
    /// Parts joined by one blank; empty when `from` applies. A part is a header name, or several with `|` between, of which
    /// the first that is there is taken; a part that ends in `|` may be absent.
    pub join: Vec<String>,
    pub clean: Vec<Clean>,
    /// Convert Hindi in legacy fonts to Unicode before cleaning.
    pub legacy_font: Option<LegacyFont>,
    /// This column keeps what the column before it was converted from; missing where nothing was.
    pub keeps_original: bool,
    /// strftime patterns, tried in order; empty means ISO 8601.
    pub formats: Vec<String>,
    pub map: Option<ValueMap>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub pattern: Option<Regex>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub rules: Vec<Rule>,
}

impl Column {
    pub fn field(&self) -> Field {
        Field::new(&self.name, self.physical.arrow(), !self.required)
    }

    /// Header names or paths the column may be read from.
    pub fn source_names(&self) -> impl Iterator<Item = &str> {
        self.from
            .iter()
            .flat_map(From::names)
            .chain(self.join.iter().flat_map(|part| part.split('|')).map(str::trim).filter(|name| !name.is_empty()))
    }

    /// The column beside this one that keeps the text as typed, where a legacy font was converted.
    pub(crate) fn original(&self) -> Option<Column> {
        self.legacy_font?;
        Some(Column {
            name: format!("{}_legacy", self.name),
            description: format!("`{}` as it was typed, where a legacy font was converted.", self.name),
            meaning: Bilingual {
                en: format!("{} (as typed)", self.meaning.en), hi: format!("{} (मूल टंकण)", self.meaning.hi)
            },
            required: false,
            key_position: None,
            keeps_original: true,
            clean: Vec::new(),
            map: None,
            min_length: None,
            max_length: None,
            pattern: None,
            rules: Vec::new(),
            ..self.clone()
        })
    }

    pub(crate) fn is_identifier(&self) -> bool {
        self.clean.iter().any(Clean::is_identifier)
    }
}
