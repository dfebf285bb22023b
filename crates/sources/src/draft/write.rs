//! A draft written down: `contract.yaml` and a first `mapping.sql`.

use std::fmt::Write as _;

use super::{Draft, DraftError, Guess, UNITS, is_word, parts};

/// Columns that identify a file, at most.
const SIGNATURE: usize = 6;

/// A text as YAML writes it without doubt: JSON is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.trim().to_owned()).to_string()
}

/// `1 d` as YAML members.
fn span(what: &'static str, text: &str) -> Result<String, DraftError> {
    let wrong = || DraftError::Span { what, found: text.into() };
    let (number, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let unit = UNITS.into_iter().find(|u| *u == unit.trim()).ok_or_else(wrong)?;
    if number.is_finite() && number > 0.0 { Ok(format!("value: {number}, unit: {unit}")) } else { Err(wrong()) }
}

fn logical(kind: &str) -> &'static str {
    match kind {
        "int32" | "int64" => "integer",
        "float64" => "number",
        "boolean" => "boolean",
        "date" | "timestamp" => "date",
        kind if kind.starts_with("decimal") => "number",
        _ => "string",
    }
}

impl Draft {
    /// `contract.yaml`. What the parser finds wrong is for [`Draft::contract`] to say.
    pub fn yaml(&self) -> Result<String, DraftError> {
        let (system, dataset) = parts(&self.name)?;
        let name = &self.name;
        let (every, keep) = (span("frequency", &self.every)?, span("retention", &self.keep)?);
        let mut out = format!(
            "# Drafted from a sample. Every line is a guess: go over types, keys, classes and texts, and say who owns it under which law.\n\
             apiVersion: v3.0.2\nkind: DataContract\nid: urn:sarovar:contract:{name}\nname: {name}\nversion: {}\nstatus: draft\ndomain: {system}\n\
             description:\n  purpose: {}\n\
             slaProperties:\n  - {{property: frequency, {every}}}\n  - {{property: retention, {keep}}}\n\
             customProperties:\n  - {{property: title, value: {{en: {}, hi: {}}}}}\n  - {{property: owner, value: {}}}\n  - {{property: legalBasis, value: {}}}\n",
            quoted(&self.version),
            quoted(&self.purpose),
            quoted(&self.title_en),
            quoted(&self.title_hi),
            quoted(&self.owner),
            quoted(&self.legal_basis),
        );
        if self.authority_required {
            out += "  - {property: authorityRequired, value: true}\n";
        }
        self.formats(&mut out);
        let wanted: Vec<&Guess> = self.wanted().collect();
        if wanted.is_empty() {
            return Err(DraftError::NoColumns);
        }
        let named = |c: &&Guess| quoted(&c.name);
        let sure: Vec<String> = wanted.iter().filter(|c| c.required || c.key).map(named).take(SIGNATURE).collect();
        let signature = if sure.is_empty() { wanted.iter().map(named).take(SIGNATURE).collect() } else { sure };
        let _ = writeln!(out, "  - {{property: signature, value: [{}]}}", signature.join(", "));
        let _ = writeln!(
            out,
            "schema:\n  - name: {system}_{dataset}\n    logicalType: object\n    physicalName: clean.{system}_{dataset}\n    properties:"
        );
        if !wanted.iter().any(|c| c.key) {
            out += "      # No column tells rows apart; equal rows are duplicates.\n";
        }
        let mut position = 0;
        for c in wanted {
            position += usize::from(c.key);
            column(&mut out, c, position)?;
        }
        Ok(out)
    }

    fn formats(&self, out: &mut String) {
        let looks = &self.looks;
        let _ = writeln!(out, "  - property: formats\n    value:\n      - kind: {}", quoted(&looks.kind));
        let of = |kinds: &[&str]| kinds.contains(&looks.kind.as_str());
        for (field, value, kinds) in [
            ("delimiter", &looks.delimiter, &["csv"][..]),
            ("encoding", &looks.encoding, &["csv", "json", "xml"]),
            ("rows", &looks.rows, &["json", "xml"]),
            ("sheets", &looks.sheets, &["sheet"]),
        ] {
            // Blanks around a delimiter are no part of it, but a blank may be one.
            if !value.is_empty() && of(kinds) {
                let text = serde_json::Value::String(value.clone());
                let named = field == "sheets" && !matches!(value.as_str(), "first" | "all");
                let _ = if named { writeln!(out, "        {field}: [{text}]") } else { writeln!(out, "        {field}: {text}") };
            }
        }
    }

    /// A first mapping: numbers and vehicles become objects. Who a person is, is for somebody to say.
    pub fn mapping_guess(&self) -> String {
        let time = self.wanted().find(|c| c.required && c.kind == "timestamp").map(|c| c.name.as_str());
        let mut out = String::new();
        for column in self.wanted() {
            let kind = match column.clean.as_str() {
                "phone" | "phone_strict" => "phone",
                "plate" => "vehicle",
                _ => continue,
            };
            let name = &column.name;
            let (times, values) = match time {
                Some(at) => (", event_time, known_time", format!(", min(\"{at}\"), min(\"{at}\")")),
                None => ("", String::new()),
            };
            let _ = write!(
                out,
                "INSERT INTO pole.object (kind, key, label{times}, _row)\nSELECT '{kind}', \"{name}\", \"{name}\"{values}, min(_row) AS _row\nFROM source\nWHERE \"{name}\" IS NOT NULL\nGROUP BY \"{name}\";\n"
            );
        }
        out
    }
}

fn column(out: &mut String, c: &Guess, position: usize) -> Result<(), DraftError> {
    if !is_word(&c.name) {
        return Err(DraftError::Column { header: c.header.clone(), name: c.name.clone() });
    }
    let _ = writeln!(
        out,
        "      - name: {}\n        logicalType: {}\n        physicalType: {}",
        // `no` and `on` are truths to YAML.
        quoted(&c.name),
        logical(&c.kind),
        quoted(&c.kind)
    );
    if c.required || c.key {
        out.push_str("        required: true\n");
    }
    if c.key {
        let _ = writeln!(out, "        primaryKey: true\n        primaryKeyPosition: {position}");
    }
    let _ = writeln!(
        out,
        "        classification: {}\n        customProperties:\n          - {{property: meaning, value: {{en: {}, hi: {}}}}}\n          - {{property: from, value: [{}]}}",
        c.classification,
        quoted(&c.meaning_en),
        quoted(&c.meaning_hi),
        quoted(&c.header)
    );
    for (field, value) in [("clean", &c.clean), ("format", &c.format)] {
        if !value.trim().is_empty() {
            let _ = writeln!(out, "          - {{property: {field}, value: [{}]}}", quoted(value));
        }
    }
    if !matches!(c.legacy_font.trim(), "" | "none") {
        let _ = writeln!(out, "          - {{property: legacyFont, value: {}}}", quoted(&c.legacy_font));
    }
    Ok(())
}
