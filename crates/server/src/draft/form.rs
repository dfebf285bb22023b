//! The form of a draft: filled from it, and read back into it.

use lake::Lake;
use lake::preview::Preview;
use model::Classification;
use pages::draft::{ColumnFields, ContractDraft, RefusedLine, Seen, SelectField, SpanField, TextField};
use pages::people::Choice;
use pages::quarantine::Reason;
use pages::show as words;
use pages::table::{Cell, FieldError, Grid, GridColumn};
use sources::draft::{Draft, Guess, STEPS, TYPES, UNITS};

use super::{Entry, shell};
use crate::ask::Ask;

const FONTS: [&str; 4] = ["none", "auto", "krutidev", "devlys"];
const ENCODINGS: [&str; 4] = ["auto", "utf-8", "windows-1252", "utf-16le"];
const DELIMITERS: [(&str, &str); 5] = [("auto", "auto"), (",", "comma"), ("tab", "tab"), ("|", "pipe"), (";", "semicolon")];

/// A list with what is chosen, also where it is none of the usual.
fn choices(chosen: &str, all: impl Iterator<Item = (String, String)>) -> Vec<Choice> {
    let mut out: Vec<Choice> = all.map(|(code, text)| Choice { chosen: code == chosen, code, text }).collect();
    if !out.iter().any(|c| c.chosen) {
        out.push(Choice { code: chosen.to_owned(), text: chosen.to_owned(), chosen: true });
    }
    out
}

pub(super) fn page(lake: &Lake, ask: &Ask, id: &str, entry: &Entry, errors: Vec<FieldError>) -> ContractDraft {
    let draft = &entry.draft;
    let t = |stem: &str, code: &str| ask.lang.text(&format!("{stem}{code}"));
    let text = |name, label, value: &str, lang| TextField { name, label, value: value.to_owned(), lang };
    let span = |name, label, value: &str| {
        let (number, unit) = value.trim().split_once(' ').unwrap_or((value.trim(), "d"));
        let units = choices(unit.trim(), UNITS.iter().map(|u| ((*u).to_owned(), t("draft-unit-", u))));
        SpanField { name, label, number: number.to_owned(), units }
    };
    let looks = &draft.looks;
    let mut selects = Vec::new();
    if looks.kind == "csv" {
        let all = DELIMITERS.iter().map(|(code, word)| ((*code).to_owned(), t("draft-delimiter-", word)));
        selects.push(SelectField { name: "delimiter", label: "draft-delimiter", choices: choices(&looks.delimiter, all) });
    }
    if matches!(looks.kind.as_str(), "csv" | "json" | "xml") {
        let word = |code: &str| if code == "auto" { t("draft-encoding-", code) } else { code.to_uppercase() };
        let all = ENCODINGS.iter().map(|code| ((*code).to_owned(), word(code)));
        selects.push(SelectField { name: "encoding", label: "draft-encoding", choices: choices(&looks.encoding, all) });
    }
    let place = match looks.kind.as_str() {
        "json" | "xml" => Some(text("rows", "draft-where", &looks.rows, "")),
        "sheet" => Some(text("sheets", "draft-sheets", &looks.sheets, "")),
        _ => None,
    };
    ContractDraft {
        id: id.to_owned(),
        file: entry.file.clone(),
        rows: draft.rows as u64,
        kind: looks.kind.clone(),
        texts: vec![
            text("name", "draft-name", &draft.name, ""),
            text("version", "draft-version", &draft.version, ""),
            text("title_hi", "draft-title-hi", &draft.title_hi, "hi"),
            text("title_en", "draft-title-en", &draft.title_en, "en"),
            text("purpose", "draft-purpose", &draft.purpose, ""),
            text("owner", "draft-owner", &draft.owner, ""),
            text("legal_basis", "draft-legal", &draft.legal_basis, ""),
        ],
        spans: vec![span("every", "draft-every", &draft.every), span("keep", "draft-keep", &draft.keep)],
        looks: selects,
        place,
        authority: draft.authority_required,
        columns: draft.columns.iter().map(|c| column(ask, c, draft.rows)).collect(),
        mapping: draft.mapping.clone(),
        kept: lake.kept_version(&draft.name),
        seen: entry.seen.as_deref().map(|seen| shown(ask, seen)),
        errors,
        shell: shell(ask, format!("{} — {}", ask.lang.text("draft-go"), draft.name)),
    }
}

fn column(ask: &Ask, c: &Guess, rows: usize) -> ColumnFields {
    let t = |stem: &str, code: &str| ask.lang.text(&format!("{stem}{code}"));
    let kinds = TYPES.iter().map(|k| ((*k).to_owned(), t("draft-type-", k.split('(').next().unwrap_or(k))));
    let classes = Classification::ALL.iter().map(|class| (class.to_string(), t("class-", class.as_str())));
    let steps = std::iter::once((String::new(), t("draft-clean-", "none")))
        .chain(STEPS.iter().map(|step| ((*step).to_owned(), t("draft-clean-", step))));
    let fonts = FONTS.iter().map(|font| ((*font).to_owned(), t("draft-font-", font)));
    let count = |key: &str, text: String| ask.lang.fill(key, &[("it", &text)]);
    let of = format!("{}/{}", words::count(c.filled as u64), words::count(rows as u64));
    ColumnFields {
        header: c.header.clone(),
        name: c.name.clone(),
        meaning_en: c.meaning_en.clone(),
        meaning_hi: c.meaning_hi.clone(),
        wanted: c.wanted,
        required: c.required,
        key: c.key,
        format: c.format.clone(),
        selects: vec![
            SelectField { name: "kind", label: "draft-column-type", choices: choices(&c.kind, kinds) },
            SelectField { name: "class", label: "draft-column-class", choices: choices(c.classification.as_str(), classes) },
            SelectField { name: "clean", label: "draft-column-clean", choices: choices(&c.clean, steps) },
            SelectField { name: "font", label: "draft-column-font", choices: choices(&c.legacy_font, fonts) },
        ],
        why: t("draft-why-", c.why.as_str()),
        told: format!("{}, {}", count("draft-told", of), count("draft-different", words::count(c.different as u64))),
        examples: c.examples.clone(),
    }
}

fn shown(ask: &Ask, seen: &Preview) -> Seen {
    let plain = |name: String, numeric: bool| GridColumn { name, numeric, class: None };
    let known = |code: &str| ask.lang.known(&format!("code-{code}")).unwrap_or_else(|| code.to_owned());
    let reasons = Grid {
        columns: vec![plain(ask.lang.text("reason"), false), plain(ask.lang.text("rows"), true)],
        rows: seen.reasons.iter().map(|(code, n)| vec![Cell::new(known(code)), Cell::new(words::count(*n))]).collect(),
    };
    let rows = Grid {
        columns: std::iter::once(plain(ask.lang.text("row"), true))
            .chain(seen.columns.iter().map(|name| plain(name.clone(), false)))
            .collect(),
        rows: seen
            .rows
            .iter()
            .map(|(at, values)| {
                let cells = values.iter().map(|value| Cell { text: value.clone(), href: None });
                std::iter::once(Cell::new(at.to_string())).chain(cells).collect()
            })
            .collect(),
    };
    let refused = seen.refused.iter().map(|r| RefusedLine {
        row: r.row,
        reason: Reason {
            text: known(&r.code),
            code: r.code.clone(),
            column: r.column.clone(),
            value: r.value.clone(),
            message: r.message.clone(),
        },
        original: r.original.clone(),
    });
    Seen {
        input: seen.input,
        accepted: seen.accepted,
        rejected: seen.rejected,
        duplicate: seen.duplicate,
        corrected: seen.corrected,
        reasons,
        refused: refused.collect(),
        repeated: seen.repeated.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
        rows,
        drawn: seen.drawn.iter().map(|(table, n)| (table.clone(), *n)).collect(),
        remarks: seen.warnings.iter().chain(&seen.drift).cloned().collect(),
        whole: seen.whole,
    }
}

/// Writes what was sent into the draft. Gives whether it is to be kept, and whether it may replace another.
pub(super) fn apply(draft: &mut Draft, sent: &[(String, String)]) -> (bool, bool) {
    let get = |name: &str| sent.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim().to_owned());
    let there = |name: &str| get(name).is_some();
    let set = |field: &mut String, name: &str| {
        if let Some(value) = get(name) {
            *field = value;
        }
    };
    let guessed = draft.mapping == draft.mapping_guess();
    set(&mut draft.name, "name");
    set(&mut draft.version, "version");
    set(&mut draft.title_hi, "title_hi");
    set(&mut draft.title_en, "title_en");
    set(&mut draft.purpose, "purpose");
    set(&mut draft.owner, "owner");
    set(&mut draft.legal_basis, "legal_basis");
    set(&mut draft.looks.delimiter, "delimiter");
    set(&mut draft.looks.encoding, "encoding");
    set(&mut draft.looks.rows, "rows");
    set(&mut draft.looks.sheets, "sheets");
    for (field, name) in [(&mut draft.every, "every"), (&mut draft.keep, "keep")] {
        if let (Some(number), Some(unit)) = (get(name), get(&format!("{name}_unit"))) {
            *field = format!("{number} {unit}");
        }
    }
    draft.authority_required = there("authority");
    for (n, column) in draft.columns.iter_mut().enumerate() {
        let of = |what: &str| format!("c{n}_{what}");
        set(&mut column.name, &of("name"));
        set(&mut column.kind, &of("kind"));
        set(&mut column.format, &of("format"));
        set(&mut column.clean, &of("clean"));
        set(&mut column.legacy_font, &of("font"));
        set(&mut column.meaning_hi, &of("hi"));
        set(&mut column.meaning_en, &of("en"));
        if let Some(class) = get(&of("class")).and_then(|c| c.parse().ok()) {
            column.classification = class;
        }
        column.wanted = there(&of("wanted"));
        column.required = there(&of("required"));
        column.key = there(&of("key"));
    }
    // The drafted mapping follows the columns' names until somebody writes another.
    let mapping = get("mapping").map(|text| text.replace("\r\n", "\n"));
    match mapping {
        Some(text) if guessed && text == draft.mapping.trim() => draft.mapping = draft.mapping_guess(),
        Some(text) => draft.mapping = text,
        None => {}
    }
    (get("act").as_deref() == Some("save"), there("replace"))
}
