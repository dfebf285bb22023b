//! From the document to a checked [`Contract`].

use std::collections::BTreeMap;

use regex::Regex;
use serde_norway::Value;

use super::document::{Custom, Document, Property, Sla};
use super::{Bilingual, Column, Contract, ContractError, Format, Period, RuleCheck, UnknownColumns, Withdrawal};

mod column;
mod format;

/// The place in a contract that is being read; every error carries it.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub contract: &'a str,
    pub place: String,
}

impl<'a> Place<'a> {
    pub fn at(&self, place: impl Into<String>) -> Place<'a> {
        Place { contract: self.contract, place: place.into() }
    }

    pub fn missing(&self, field: &str) -> ContractError {
        ContractError::Missing { contract: self.contract.to_owned(), place: self.place.clone(), field: field.to_owned() }
    }

    pub fn unknown(&self, what: &'static str, found: &str, known: &[&str]) -> ContractError {
        ContractError::Unknown {
            contract: self.contract.to_owned(),
            place: self.place.clone(),
            what,
            found: found.to_owned(),
            known: known.join(", "),
        }
    }

    pub fn bad(&self, found: impl Into<String>, expected: impl Into<String>) -> ContractError {
        ContractError::BadValue {
            contract: self.contract.to_owned(),
            place: self.place.clone(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    pub fn twice(&self, name: &str) -> ContractError {
        ContractError::Twice { contract: self.contract.to_owned(), place: self.place.clone(), name: name.to_owned() }
    }

    pub fn regex(&self, text: &str) -> Result<Regex, ContractError> {
        Regex::new(text).map_err(|error| ContractError::BadRegex {
            contract: self.contract.to_owned(),
            place: self.place.clone(),
            regex: text.to_owned(),
            message: error.to_string().lines().last().unwrap_or_default().trim().to_owned(),
        })
    }

    pub fn regexes(&self, value: Option<&Value>) -> Result<Vec<Regex>, ContractError> {
        self.texts(value)?.iter().map(|t| self.regex(t)).collect()
    }

    /// A scalar as text: YAML reads `91` and `true` as other types than the author meant.
    pub fn text(&self, value: &Value) -> Result<String, ContractError> {
        match value {
            Value::String(s) => Ok(s.clone()),
            Value::Number(n) => Ok(n.to_string()),
            Value::Bool(b) => Ok(b.to_string()),
            other => Err(self.bad(yaml(other), "a text; put it in quotes")),
        }
    }

    /// A text or a list of texts.
    pub fn texts(&self, value: Option<&Value>) -> Result<Vec<String>, ContractError> {
        match value {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Sequence(list)) => list.iter().map(|v| self.text(v)).collect(),
            Some(other) => Ok(vec![self.text(other)?]),
        }
    }

    pub fn boolean(&self, value: &Value) -> Result<bool, ContractError> {
        value.as_bool().ok_or_else(|| self.bad(yaml(value), "true or false"))
    }

    pub fn number(&self, value: &Value) -> Result<f64, ContractError> {
        match value {
            Value::Number(n) => n.as_f64().ok_or_else(|| self.bad(yaml(value), "a number")),
            Value::String(s) => s.parse().map_err(|_| self.bad(s.clone(), "a number")),
            other => Err(self.bad(yaml(other), "a number")),
        }
    }

    pub fn custom<'v>(&self, list: &'v [Custom], known: &[&str]) -> Result<BTreeMap<&'v str, &'v Value>, ContractError> {
        let mut found = BTreeMap::new();
        for custom in list {
            if !known.contains(&custom.property.as_str()) {
                return Err(self.unknown("custom property", &custom.property, known));
            }
            if found.insert(custom.property.as_str(), &custom.value).is_some() {
                return Err(self.twice(&custom.property));
            }
        }
        Ok(found)
    }
}

pub(super) fn yaml(value: &Value) -> String {
    serde_norway::to_string(value).unwrap_or_default().trim().to_owned()
}

const TOP: [&str; 10] = [
    "title",
    "owner",
    "legalBasis",
    "authorityRequired",
    "formats",
    "signature",
    "order",
    "version",
    "withdrawal",
    "unknownColumns",
];

pub(super) fn contract(text: &str, mapping_sql: &str) -> Result<Contract, ContractError> {
    let doc: Document = serde_norway::from_str(text).map_err(|e| ContractError::Yaml { message: e.to_string() })?;
    let unnamed = Place { contract: "?", place: "top level".to_owned() };
    let name = doc.name.clone().ok_or_else(|| unnamed.missing("name"))?;
    let top = Place { contract: &name, place: "top level".to_owned() };

    match doc.kind.as_deref() {
        Some("DataContract") => {}
        Some(other) => return Err(top.at("kind").unknown("kind", other, &["DataContract"])),
        None => return Err(top.missing("kind")),
    }
    match doc.api_version.as_deref() {
        Some(v) if v.starts_with("v3.") => {}
        Some(other) => return Err(top.at("apiVersion").unknown("version", other, &["v3.0.2"])),
        None => return Err(top.missing("apiVersion")),
    }
    let (system, dataset) = split_name(&top, &name)?;
    let [object] = doc.schema.as_slice() else {
        return Err(top.at("schema").bad(format!("{} objects", doc.schema.len()), "exactly one object"));
    };
    let custom = top.at("customProperties").custom(&doc.custom_properties, &TOP)?;
    let columns = columns(&top, &object.properties)?;
    let known = Known { place: &top, columns: &columns };
    let key = key(&top, &columns)?;

    let formats_place = top.at("formats");
    let formats: Vec<Format> = match custom.get("formats") {
        Some(Value::Sequence(list)) if !list.is_empty() => {
            list.iter().enumerate().map(|(i, v)| format::format(&top.at(format!("formats[{i}]")), v)).collect::<Result<_, _>>()?
        }
        Some(other) => return Err(formats_place.bad(yaml(other), "a list of at least one format")),
        None => return Err(formats_place.missing("formats")),
    };
    let signature = match custom.get("signature") {
        Some(v) => top.at("signature").texts(Some(v))?,
        None => columns.iter().filter(|c| c.required && c.source_names().next().is_some()).map(|c| c.name.clone()).collect(),
    };
    let orders = match custom.get("order") {
        None => Vec::new(),
        Some(Value::Sequence(list)) => list
            .iter()
            .map(|o| top.at("order").texts(Some(o)).and_then(|names| known.all("order", names)))
            .collect::<Result<Vec<_>, _>>()?,
        Some(other) => return Err(top.at("order").bad(yaml(other), "a list of lists of columns")),
    };
    let version_column = match custom.get("version") {
        None => None,
        Some(v) => Some(known.one("version", top.at("version").text(v)?)?),
    };
    let unknown_columns = match custom.get("unknownColumns").map(|v| top.at("unknownColumns").text(v)).transpose()? {
        None => UnknownColumns::KeepInReport,
        Some(word) => match word.as_str() {
            "keep-in-report" => UnknownColumns::KeepInReport,
            "refuse" => UnknownColumns::Refuse,
            other => return Err(top.at("unknownColumns").unknown("choice", other, &["keep-in-report", "refuse"])),
        },
    };
    check_rules(&known)?;
    let text_of = |field: &str| -> Result<String, ContractError> {
        custom.get(field).map(|v| top.at(field).text(v)).transpose().map(Option::unwrap_or_default)
    };

    let (views, mapping) = super::mapping::parse(&name, mapping_sql)?;

    Ok(Contract {
        system,
        dataset,
        id: doc.id.clone().ok_or_else(|| top.missing("id"))?,
        version: match &doc.version {
            Some(v) => top.at("version").text(v)?,
            None => return Err(top.missing("version")),
        },
        status: doc.status.clone().unwrap_or_else(|| "active".to_owned()),
        domain: doc.domain.clone().unwrap_or_default(),
        title: custom.get("title").map(|v| bilingual(&top.at("title"), v)).transpose()?.unwrap_or_default(),
        purpose: doc.description.purpose.clone(),
        usage: doc.description.usage.clone(),
        limitations: doc.description.limitations.clone(),
        owner: text_of("owner")?,
        legal_basis: text_of("legalBasis")?,
        authority_required: custom
            .get("authorityRequired")
            .map(|v| top.at("authorityRequired").boolean(v))
            .transpose()?
            .unwrap_or(false),
        freshness: period(&top, &doc.sla_properties, "frequency")?,
        retention: period(&top, &doc.sla_properties, "retention")?,
        formats,
        signature,
        key,
        orders,
        version_column,
        withdrawal: custom.get("withdrawal").map(|v| withdrawal(&known, v)).transpose()?,
        unknown_columns,
        views,
        mapping,
        yaml: text.to_owned(),
        mapping_sql: mapping_sql.to_owned(),
        name: name.clone(),
        columns,
    })
}

fn split_name(top: &Place, name: &str) -> Result<(String, String), ContractError> {
    let word = |s: &str| {
        s.starts_with(|c: char| c.is_ascii_lowercase())
            && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    match name.split_once('.') {
        Some((system, dataset)) if word(system) && word(dataset) => Ok((system.to_owned(), dataset.to_owned())),
        _ => Err(top.at("name").bad(name, "SYSTEM.DATASET in lower-case letters, digits and underscores")),
    }
}

fn columns(top: &Place, properties: &[Property]) -> Result<Vec<Column>, ContractError> {
    if properties.is_empty() {
        return Err(top.at("schema").missing("properties"));
    }
    let mut columns: Vec<Column> = Vec::with_capacity(properties.len());
    for (i, property) in properties.iter().enumerate() {
        let column = column::column(top, i, property)?;
        if columns.iter().any(|c| c.name == column.name) {
            return Err(top.at("schema").twice(&column.name));
        }
        let original = column.original();
        columns.push(column);
        columns.extend(original);
    }
    Ok(columns)
}

fn key(top: &Place, columns: &[Column]) -> Result<Vec<String>, ContractError> {
    let mut key: Vec<(usize, &str)> = columns.iter().filter_map(|c| c.key_position.map(|p| (p, c.name.as_str()))).collect();
    key.sort_by_key(|(p, _)| *p);
    if let Some(pair) = key.windows(2).find(|w| w[0].0 == w[1].0) {
        return Err(top.at(format!("column `{}`", pair[1].1)).bad(pair[1].0.to_string(), "a primaryKeyPosition of its own"));
    }
    Ok(key.into_iter().map(|(_, n)| n.to_owned()).collect())
}

/// Column names that other parts of the contract may refer to.
struct Known<'a> {
    place: &'a Place<'a>,
    columns: &'a [Column],
}

impl Known<'_> {
    fn one(&self, place: &str, name: String) -> Result<String, ContractError> {
        if self.columns.iter().any(|c| c.name == name) {
            return Ok(name);
        }
        let names = self.columns.iter().map(|c| c.name.as_str());
        Err(ContractError::NoSuchColumn {
            contract: self.place.contract.to_owned(),
            place: place.to_owned(),
            nearest: crate::names::nearest(&name, names).map(str::to_owned),
            column: name,
        })
    }

    fn all(&self, place: &str, names: Vec<String>) -> Result<Vec<String>, ContractError> {
        names.into_iter().map(|n| self.one(place, n)).collect()
    }
}

fn check_rules(known: &Known) -> Result<(), ContractError> {
    for column in known.columns {
        for rule in &column.rules {
            let other = match &rule.check {
                RuleCheck::NotAfter(c) | RuleCheck::NotBefore(c) => c,
                RuleCheck::RequiredIf { column, .. } => column,
                _ => continue,
            };
            known.one(&format!("column `{}`, rule `{}`", column.name, rule.text), other.clone())?;
        }
    }
    Ok(())
}

fn bilingual(place: &Place, value: &Value) -> Result<Bilingual, ContractError> {
    match value {
        Value::Mapping(_) => Ok(Bilingual {
            en: value.get("en").map(|v| place.text(v)).transpose()?.ok_or_else(|| place.missing("en"))?,
            hi: value.get("hi").map(|v| place.text(v)).transpose()?.ok_or_else(|| place.missing("hi"))?,
        }),
        other => Err(place.bad(yaml(other), "a pair of `en` and `hi` texts")),
    }
}

fn period(top: &Place, sla: &[Sla], property: &str) -> Result<Option<Period>, ContractError> {
    let Some(found) = sla.iter().find(|s| s.property == property) else { return Ok(None) };
    let value = top.at(format!("slaProperties.{property}")).number(&found.value)?;
    Ok(Some(Period { value, unit: found.unit.clone() }))
}

fn withdrawal(known: &Known, value: &Value) -> Result<Withdrawal, ContractError> {
    let place = known.place.at("withdrawal");
    let column = value.get("column").ok_or_else(|| place.missing("column"))?;
    let values = place.texts(value.get("values"))?;
    if values.is_empty() {
        return Err(place.missing("values"));
    }
    Ok(Withdrawal { column: known.one("withdrawal", place.text(column)?)?, values })
}
