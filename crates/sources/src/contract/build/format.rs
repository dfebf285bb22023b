use serde_norway::Value;

use super::{Place, yaml};
use crate::contract::{ContractError, Encoding, Format, Header, Kind, Sheets};

const FIELDS: [&str; 14] = [
    "kind",
    "delimiter",
    "quote",
    "encoding",
    "preamble",
    "header",
    "headerRows",
    "columns",
    "skip",
    "footer",
    "empty",
    "sheets",
    "rows",
    "filename",
];

pub(super) fn format(place: &Place, value: &Value) -> Result<Format, ContractError> {
    let Value::Mapping(map) = value else {
        return Err(place.bad(yaml(value), "a set of format fields beginning with `kind`"));
    };
    for key in map.keys() {
        let key = place.text(key)?;
        if !FIELDS.contains(&key.as_str()) {
            return Err(place.unknown("format field", &key, &FIELDS));
        }
    }
    let get = |field: &str| value.get(field).filter(|v| !v.is_null());
    let kind = kind(place, get("kind"))?;
    let rows = get("rows").map(|v| place.text(v)).transpose()?;
    match kind {
        Kind::Json | Kind::Xml => {
            let path = rows.as_deref().ok_or_else(|| place.missing("rows"))?;
            if !path.starts_with('/') {
                return Err(place.bad(path, "a path that begins with `/`"));
            }
        }
        _ => {}
    }
    Ok(Format {
        kind,
        delimiter: delimiter(place, get("delimiter"))?,
        quote: quote(place, value.get("quote"))?,
        encoding: encoding(place, get("encoding"))?,
        preamble: place.at(format!("{}.preamble", place.place)).regexes(get("preamble"))?,
        header: header(place, value)?,
        skip: place.at(format!("{}.skip", place.place)).regexes(get("skip"))?,
        footer: place.at(format!("{}.footer", place.place)).regexes(get("footer"))?,
        empty: place.at(format!("{}.empty", place.place)).regexes(get("empty"))?,
        sheets: sheets(place, get("sheets"))?,
        rows,
        filename: get("filename")
            .map(|v| place.text(v).and_then(|t| place.at(format!("{}.filename", place.place)).regex(&t)))
            .transpose()?,
    })
}

fn kind(place: &Place, value: Option<&Value>) -> Result<Kind, ContractError> {
    let word = place.text(value.ok_or_else(|| place.missing("kind"))?)?;
    Ok(match word.as_str() {
        "csv" => Kind::Csv,
        "sheet" => Kind::Sheet,
        "json" => Kind::Json,
        "ndjson" => Kind::Ndjson,
        "xml" => Kind::Xml,
        "parquet" => Kind::Parquet,
        other => return Err(place.unknown("kind", other, &["csv", "sheet", "json", "ndjson", "xml", "parquet"])),
    })
}

fn delimiter(place: &Place, value: Option<&Value>) -> Result<Option<u8>, ContractError> {
    let Some(value) = value else { return Ok(Some(b',')) };
    let text = place.text(value)?;
    match text.as_str() {
        "auto" => Ok(None),
        "tab" | "\\t" => Ok(Some(b'\t')),
        one if one.len() == 1 && !matches!(one.as_bytes()[0], b'\r' | b'\n' | b'"') => Ok(Some(one.as_bytes()[0])),
        other => Err(place.at(format!("{}.delimiter", place.place)).bad(other, "one ASCII character or `auto`")),
    }
}

fn quote(place: &Place, value: Option<&Value>) -> Result<Option<u8>, ContractError> {
    match value {
        None => Ok(Some(b'"')),
        Some(Value::Null) => Ok(None),
        Some(value) => match place.text(value)?.as_str() {
            "none" | "" => Ok(None),
            one if one.len() == 1 => Ok(Some(one.as_bytes()[0])),
            other => Err(place.at(format!("{}.quote", place.place)).bad(other, "one ASCII character or `none`")),
        },
    }
}

fn encoding(place: &Place, value: Option<&Value>) -> Result<Encoding, ContractError> {
    let Some(value) = value else { return Ok(Encoding::Auto) };
    let label = place.text(value)?;
    if label == "auto" {
        return Ok(Encoding::Auto);
    }
    encoding_rs::Encoding::for_label(label.as_bytes())
        .map(Encoding::Fixed)
        .ok_or_else(|| place.at(format!("{}.encoding", place.place)).bad(label, "an encoding of the WHATWG list or `auto`"))
}

fn header(place: &Place, value: &Value) -> Result<Header, ContractError> {
    let columns = place.texts(value.get("columns"))?;
    if let Some(rows) = value.get("headerRows") {
        let n = place.number(rows)?;
        return if (1.0..=20.0).contains(&n) {
            Ok(Header::Rows(n as usize))
        } else {
            Err(place.bad(yaml(rows), "a number of header rows from 1 to 20"))
        };
    }
    match value.get("header").map(|v| place.text(v)).transpose()?.as_deref() {
        None | Some("signature") => Ok(Header::Signature),
        Some("none") if columns.is_empty() => Err(place.missing("columns")),
        Some("none") => Ok(Header::None(columns)),
        Some(other) => Err(place.unknown("header", other, &["signature", "none"])),
    }
}

fn sheets(place: &Place, value: Option<&Value>) -> Result<Sheets, ContractError> {
    Ok(match value {
        None => Sheets::First,
        Some(Value::String(s)) if s == "first" => Sheets::First,
        Some(Value::String(s)) if s == "all" => Sheets::All,
        Some(other) => Sheets::Named(place.texts(Some(other))?),
    })
}
