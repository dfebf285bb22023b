use model::Classification;
use serde_norway::Value;

use super::{Place, bilingual, yaml};
use crate::contract::document::{Property, Quality};
use crate::contract::{Clean, Column, ContractError, From, LegacyFont, MapOther, Physical, Rule, RuleCheck, Severity, ValueMap};

const CUSTOM: [&str; 8] = ["from", "join", "clean", "format", "legacyFont", "map", "mapOther", "meaning"];
const TYPES: [&str; 9] = ["string", "int32", "int64", "float64", "decimal(p,s)", "boolean", "date", "timestamp", "time"];
const STEPS: [&str; 20] = [
    "trim",
    "unquote",
    "null:TEXT",
    "upper",
    "lower",
    "digits",
    "strip:CHARS",
    "extract:REGEX",
    "replace:RE=>TEXT",
    "nfc",
    "phone",
    "phone_strict",
    "imei",
    "imsi",
    "plate",
    "cell",
    "sex",
    "pad:N",
    "fir_no",
    "id",
];
const RULES: [&str; 9] = [
    "enum a|b|c",
    "not_after COLUMN",
    "not_before COLUMN",
    "required_if COLUMN=VALUE",
    "not_future",
    "min N",
    "max N",
    "pattern REGEX",
    "valid_imei",
];

pub(super) fn column(top: &Place, index: usize, p: &Property) -> Result<Column, ContractError> {
    let name = p.name.clone().ok_or_else(|| top.at(format!("schema.properties[{index}]")).missing("name"))?;
    let place = top.at(format!("column `{name}`"));
    if name.starts_with('_') {
        return Err(place.bad(&name, "a name without a leading underscore (those are the lake's own)"));
    }
    let custom = place.custom(&p.custom_properties, &CUSTOM)?;
    let get = |field: &str| custom.get(field).copied();
    let physical = physical(&place, p)?;
    let from = match place.texts(get("from"))? {
        list if list.is_empty() => vec![From::Field(name.clone())],
        list => list.iter().map(|f| from(&place, f)).collect::<Result<_, _>>()?,
    };
    let clean = place.texts(get("clean"))?.iter().filter_map(|s| clean(&place, s).transpose()).collect::<Result<Vec<_>, _>>()?;
    let options = &p.logical_type_options;
    let classification = p.classification.as_deref().ok_or_else(|| place.missing("classification"))?;
    let join = place.texts(get("join"))?;
    let legacy_font = get("legacyFont").map(|v| legacy_font(&place, physical, &join, v)).transpose()?.flatten();
    Ok(Column {
        legacy_font,
        keeps_original: false,
        join,
        logical_type: p.logical_type.clone().unwrap_or_else(|| "string".to_owned()),
        physical,
        required: p.required || p.primary_key,
        key_position: p.primary_key.then(|| p.primary_key_position.map_or(index + 1, |n| n.max(0) as usize)),
        classification: classification
            .parse()
            .map_err(|_| place.unknown("classification", classification, &Classification::ALL.map(Classification::as_str)))?,
        description: p.description.clone(),
        meaning: get("meaning").map(|v| bilingual(&place, v)).transpose()?.unwrap_or_default(),
        formats: formats(&place, physical, place.texts(get("format"))?)?,
        map: map(&place, get("map"), get("mapOther"))?,
        min_length: options.min_length,
        max_length: options.max_length,
        pattern: options.pattern.as_deref().map(|t| place.regex(t)).transpose()?,
        minimum: options.minimum.as_ref().map(|v| place.number(v)).transpose()?,
        maximum: options.maximum.as_ref().map(|v| place.number(v)).transpose()?,
        rules: p.quality.iter().filter_map(|q| rule(&place, physical, q).transpose()).collect::<Result<_, _>>()?,
        name,
        from,
        clean,
    })
}

fn physical(place: &Place, p: &Property) -> Result<Physical, ContractError> {
    let word = p.physical_type.as_deref().ok_or_else(|| place.missing("physicalType"))?;
    Ok(match word {
        "string" => Physical::String,
        "int32" => Physical::Int32,
        "int64" => Physical::Int64,
        "float64" => Physical::Float64,
        "boolean" => Physical::Boolean,
        "date" => Physical::Date,
        "timestamp" => Physical::Timestamp,
        "time" => Physical::Time,
        other => {
            let inner = other.strip_prefix("decimal(").and_then(|r| r.strip_suffix(')'));
            let parts = inner.and_then(|i| i.split_once(','));
            let Some((p, s)) = parts else { return Err(place.unknown("physicalType", other, &TYPES)) };
            match (p.trim().parse::<u8>(), s.trim().parse::<i8>()) {
                (Ok(p @ 1..=38), Ok(s)) if s >= 0 && s as u8 <= p => Physical::Decimal(p, s),
                _ => return Err(place.bad(other, "decimal(precision 1..38, scale 0..precision)")),
            }
        }
    })
}

fn legacy_font(place: &Place, physical: Physical, join: &[String], value: &Value) -> Result<Option<LegacyFont>, ContractError> {
    let word = place.text(value)?;
    let font = match word.as_str() {
        "none" => return Ok(None),
        "auto" => LegacyFont::Auto,
        "krutidev" | "devlys" => LegacyFont::Known,
        _ => return Err(place.unknown("legacyFont", &word, &["none", "auto", "krutidev", "devlys"])),
    };
    if physical != Physical::String || !join.is_empty() {
        return Err(place.bad(word, "allowed here: `legacyFont` belongs to a string column with `from`"));
    }
    Ok(Some(font))
}

fn from(place: &Place, text: &str) -> Result<From, ContractError> {
    if let Some(n) = text.strip_prefix('$') {
        return match n.parse() {
            Ok(n @ 1..) => Ok(From::Matched(n)),
            _ => Err(place.bad(text, "`$` and the number of a `*` in the rows path")),
        };
    }
    let prefixed = |p: &str| text.strip_prefix(p).map(str::to_owned);
    if let Some(name) = prefixed("preamble:") {
        return Ok(From::Preamble(name));
    }
    if let Some(name) = prefixed("filename:") {
        return Ok(From::Filename(name));
    }
    if let Some(value) = prefixed("const:") {
        return Ok(From::Const(value));
    }
    if let Some(n) = text.strip_prefix("position:") {
        return match n.trim().parse() {
            Ok(n @ 1..) => Ok(From::Position(n)),
            _ => Err(place.bad(text, "`position:` and a number from 1")),
        };
    }
    if let Some(rule) = text.strip_prefix("choose:") {
        let parts = rule.split_once('~').and_then(|(by, rest)| {
            let (when, fields) = rest.split_once("=>")?;
            let (then, other) = fields.split_once('|')?;
            Some((by.trim(), when, then.trim(), other.trim()))
        });
        let Some((by, when, then, other)) = parts else {
            return Err(place.bad(text, "`choose:FIELD~REGEX=>FIELD WHEN IT MATCHES|OTHER FIELD`"));
        };
        place.regex(when)?;
        let [by, when, then, other] = [by, when, then, other].map(str::to_owned);
        return Ok(From::Choose { by, when, then, other });
    }
    if let Some(rule) = text.strip_prefix("has:") {
        let Some((field, then)) = rule.split_once("=>").filter(|(field, then)| !field.is_empty() && !then.starts_with("has:"))
        else {
            return Err(place.bad(text, "`has:COLUMN=>SOURCE`"));
        };
        return Ok(From::Has { field: field.trim().to_owned(), then: Box::new(from(place, then.trim())?) });
    }
    Ok(From::Field(text.to_owned()))
}

fn clean(place: &Place, text: &str) -> Result<Option<Clean>, ContractError> {
    let (word, argument) = match text.split_once(':') {
        Some((w, a)) => (w, Some(a)),
        None => (text, None),
    };
    let unknown = || place.unknown("cleaning step", text, &STEPS);
    Ok(Some(match (word, argument) {
        ("trim", None) => return Ok(None),
        ("unquote", None) => Clean::Unquote,
        ("null", Some(t)) => Clean::Null(t.to_owned()),
        ("upper", None) => Clean::Upper,
        ("lower", None) => Clean::Lower,
        ("digits", None) => Clean::Digits,
        ("strip", Some(c)) if !c.is_empty() => Clean::Strip(c.to_owned()),
        ("extract", Some(r)) => {
            let regex = place.regex(r)?;
            if regex.captures_len() < 2 {
                return Err(place.bad(text, "an `extract:` with a group `( )` around what is wanted"));
            }
            Clean::Extract(regex)
        }
        ("replace", Some(r)) => {
            let (pattern, with) = r.split_once("=>").ok_or_else(|| place.bad(text, "`replace:REGEX=>TEXT`"))?;
            Clean::Replace(place.regex(pattern)?, with.to_owned())
        }
        ("nfc", None) => Clean::Nfc,
        ("phone", None) => Clean::Phone,
        ("phone_strict", None) => Clean::PhoneStrict,
        ("imei", None) => Clean::Imei,
        ("imsi", None) => Clean::Imsi,
        ("plate", None) => Clean::Plate,
        ("cell", None) => Clean::Cell,
        ("sex", None) => Clean::Sex,
        ("pad", Some(n)) => match n.parse() {
            Ok(n @ 1..=64) => Clean::Pad(n),
            _ => return Err(place.bad(text, "`pad:` and a width from 1 to 64")),
        },
        ("fir_no", None) => Clean::FirNo,
        ("id", None) => Clean::Id,
        _ => return Err(unknown()),
    }))
}

fn formats(place: &Place, physical: Physical, list: Vec<String>) -> Result<Vec<String>, ContractError> {
    if list.is_empty() {
        return Ok(list);
    }
    if !matches!(physical, Physical::Date | Physical::Timestamp | Physical::Time) {
        return Err(place.bad(list.join(", "), "allowed here: `format` belongs to date, timestamp and time columns"));
    }
    for text in &list {
        crate::moment::Pattern::new(text)
            .map_err(|unknown| place.bad(text, format!("a date format we know: `{unknown}` is not a specifier")))?;
    }
    Ok(list)
}

fn map(place: &Place, map: Option<&Value>, other: Option<&Value>) -> Result<Option<ValueMap>, ContractError> {
    let other = match other {
        None => MapOther::Refuse,
        Some(Value::Null) => MapOther::Null,
        Some(v) => match place.text(v)?.as_str() {
            "keep" => MapOther::Keep,
            "refuse" => MapOther::Refuse,
            "null" => MapOther::Null,
            word => return Err(place.unknown("mapOther", word, &["keep", "refuse", "null"])),
        },
    };
    match map {
        None => Ok(None),
        Some(Value::Mapping(m)) => {
            let values = m
                .iter()
                .map(|(k, v)| Ok((place.text(k)?, if v.is_null() { String::new() } else { place.text(v)? })))
                .collect::<Result<Vec<_>, ContractError>>()?;
            Ok(Some(ValueMap { values, other }))
        }
        Some(v) => Err(place.bad(yaml(v), "a `map` of source words to stored words")),
    }
}

fn rule(place: &Place, physical: Physical, q: &Quality) -> Result<Option<Rule>, ContractError> {
    // Rules of other engines (SQL, text, soda) are documentation for us.
    if q.engine != "sarovar" {
        return Ok(None);
    }
    let text = match &q.implementation {
        Some(v) => place.text(v)?,
        None => return Err(place.at(format!("{}, quality", place.place)).missing("implementation")),
    };
    let _ = &q.kind;
    let severity = match q.severity.as_str() {
        "" | "error" => Severity::Error,
        "warning" => Severity::Warning,
        other => return Err(place.unknown("severity", other, &["error", "warning"])),
    };
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
    let rest = rest.trim();
    let number = || rest.parse::<f64>().map_err(|_| place.bad(&text, format!("`{word}` and a number")));
    let need = |what: &str| {
        if rest.is_empty() { Err(place.bad(&text, format!("`{word}` and {what}"))) } else { Ok(rest.to_owned()) }
    };
    let temporal = matches!(physical, Physical::Date | Physical::Timestamp);
    let check = match word {
        "enum" => RuleCheck::Enum(need("a list a|b|c")?.split('|').map(|s| s.trim().to_owned()).collect()),
        "not_after" => RuleCheck::NotAfter(need("a column")?),
        "not_before" => RuleCheck::NotBefore(need("a column")?),
        "required_if" => match rest.split_once('=') {
            Some((c, v)) => RuleCheck::RequiredIf { column: c.trim().to_owned(), value: v.trim().to_owned() },
            None => return Err(place.bad(&text, "`required_if COLUMN=VALUE`")),
        },
        "not_future" if temporal => RuleCheck::NotFuture,
        "not_future" => return Err(place.bad(&text, "a rule for this type: it needs a date or timestamp")),
        "min" => RuleCheck::Min(number()?),
        "max" => RuleCheck::Max(number()?),
        "pattern" => RuleCheck::Pattern(place.regex(&need("a regular expression")?)?),
        "valid_imei" => RuleCheck::ValidImei,
        _ => return Err(place.unknown("quality rule", &text, &RULES)),
    };
    Ok(Some(Rule { severity, check, text }))
}
