//! What the reference tables say of an identifier. They speak of series, types and offices, never of the thing itself, so all of it is a hint: a
//! number is ported, a handset's number is forged, a vehicle moves. And the sections of law that correspond across 1 July 2024.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use lake::{Result, Session};
use model::section::{self, Section};
use serde::{Deserialize, Serialize};

use crate::fact::{Attribute, Facts, Origin};
use crate::sql;

const SERIES: &str = "clean.reference_series";
const TYPES: &str = "clean.reference_tac";
const OFFICES: &str = "clean.reference_rto";
const SECTIONS: &str = "clean.reference_section";

/// A section of the other code that corresponds to the one asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corresponding {
    pub act: String,
    pub section: String,
    pub title: Option<String>,
    pub title_local: Option<String>,
    pub remark: Option<String>,
    pub confidence: Option<String>,
    pub origin: Origin,
}

/// A section as it was written, with what corresponds to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Law {
    pub act: String,
    pub section: String,
    /// Of the Penal Code and the Nyaya Sanhita: whether it is the one that applies to an offence of the stated day. Procedure and evidence follow
    /// days of their own, and nothing is said of them.
    pub applies: Option<bool>,
    /// In the other code; empty where the table knows none. A section of the old code that was not enacted again has none.
    pub corresponding: Vec<Corresponding>,
    /// The table says that nothing took its place.
    pub not_re_enacted: bool,
}

/// The day the new codes came into force.
fn change() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2024, 7, 1)
}

/// The Indian day of an instant.
pub(crate) fn day(at: DateTime<Utc>) -> Option<NaiveDate> {
    FixedOffset::east_opt(19_800).map(|ist| at.with_timezone(&ist).date_naive())
}

/// The sections named in a text as a register writes it (`IPC 302; 3/25 Arms Act`), with what corresponds to each; `offence` is the day of the
/// offence, which decides between the Penal Code and the Nyaya Sanhita.
pub async fn laws(session: &Session, text: &str, offence: Option<NaiveDate>) -> Result<Vec<Law>> {
    let asked: Vec<Section> = section::parse(text);
    let sides: Vec<String> = asked.iter().filter_map(side).collect();
    if sides.is_empty() {
        return Ok(Vec::new());
    }
    let columns = "act, section, new_act, new_section, title, title_local, remark, confidence, _source, _object, _row";
    let rest = format!("WHERE {} ORDER BY act, section, new_section, _object, _row", sides.join(" OR "));
    let rows = sql::rows(session, SECTIONS, columns, &rest).await?;
    let mut pairs = Vec::new();
    for row in rows.iter() {
        let (Some(act), Some(section)) = (row.text("act"), row.text("section")) else { continue };
        let (Some(new_act), Some(new_section)) = (row.text("new_act"), row.text("new_section")) else { continue };
        let told = Corresponding {
            act: String::new(),
            section: String::new(),
            title: row.text("title"),
            title_local: row.text("title_local"),
            remark: row.text("remark"),
            confidence: row.text("confidence"),
            origin: Origin::of(SECTIONS, &row),
        };
        pairs.push(((act, section), (new_act, new_section), told));
    }
    Ok(asked.iter().filter(|s| code(&s.act).is_some()).map(|s| law(s, &pairs, offence)).collect())
}

type Pair = ((String, String), (String, String), Corresponding);

fn law(asked: &Section, pairs: &[Pair], offence: Option<NaiveDate>) -> Law {
    let act = asked.act.to_uppercase();
    let new = code(&asked.act) == Some(true);
    let mut out = Law {
        applies: offence.and_then(|day| applies(&act, day)),
        act,
        section: asked.section.clone(),
        corresponding: Vec::new(),
        not_re_enacted: false,
    };
    // `376(2)(n)` stands in the table as 376(2), or as 376.
    for wanted in widening(&asked.section) {
        for (old, other, told) in pairs {
            let (own, there) = if new { (other, old) } else { (old, other) };
            if own.0 != out.act || own.1 != wanted {
                continue;
            }
            if there.0 == "none" {
                out.not_re_enacted = !new;
            } else {
                let (act, section) = there.clone();
                out.corresponding.push(Corresponding { act, section, ..told.clone() });
            }
        }
        if out.not_re_enacted || !out.corresponding.is_empty() {
            break;
        }
    }
    out
}

/// Whether an act is one of the new codes; none where the table has no pairs for it.
fn code(act: &str) -> Option<bool> {
    match act.to_uppercase().as_str() {
        "IPC" | "CRPC" | "IEA" => Some(false),
        "BNS" | "BNSS" | "BSA" => Some(true),
        _ => None,
    }
}

fn applies(act: &str, offence: NaiveDate) -> Option<bool> {
    let new = offence >= change()?;
    match act {
        "IPC" => Some(!new),
        "BNS" => Some(new),
        _ => None,
    }
}

/// The section, and without its last bracket, and so on.
fn widening(section: &str) -> Vec<String> {
    let mut out = vec![section.to_owned()];
    let mut rest = section;
    while let Some(at) = rest.rfind('(').filter(|at| *at > 0) {
        rest = &rest[..at];
        out.push(rest.to_owned());
    }
    out
}

fn side(asked: &Section) -> Option<String> {
    let (act, section) = if code(&asked.act)? { ("new_act", "new_section") } else { ("act", "section") };
    let of = sql::list(act, [asked.act.to_uppercase()]);
    Some(format!("({of} AND {})", sql::list(section, widening(&asked.section))))
}

/// Operator and circle to which a mobile number's series was given.
pub(crate) async fn series(session: &Session, number: &str, facts: &mut Facts) -> Result<()> {
    if number.len() != 10 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    let rest = format!(
        "WHERE {} ORDER BY length(series) DESC, _object, _row LIMIT 1",
        sql::list("series", [&number[..5], &number[..4]])
    );
    let columns = "series, operator, circle, _source, _object, _row";
    for row in sql::rows(session, SERIES, columns, &rest).await?.iter() {
        let told: Vec<String> = [row.text("operator"), row.text("circle")].into_iter().flatten().collect();
        facts.add_with(Attribute::Series, Some(told.join(", ")), row.text("series"), None, &Origin::of(SERIES, &row));
    }
    Ok(())
}

/// Maker and model of handsets by the type in their numbers, with the row that says so.
pub(crate) async fn handsets(session: &Session, imeis: &[String]) -> Result<BTreeMap<String, (String, Origin)>> {
    let types: BTreeMap<&str, &String> = imeis.iter().filter_map(|imei| Some((imei.get(..8)?, imei))).collect();
    if types.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rest = format!("WHERE {} ORDER BY tac, model, _object, _row", sql::list("tac", types.keys()));
    let rows = sql::rows(session, TYPES, "tac, brand, model, _source, _object, _row", &rest).await?;
    let mut known: BTreeMap<String, (String, Origin)> = BTreeMap::new();
    for row in rows.iter() {
        let told: Vec<String> = [row.text("brand"), row.text("model")].into_iter().flatten().collect();
        let Some(tac) = row.text("tac").filter(|_| !told.is_empty()) else { continue };
        known
            .entry(tac)
            // One type may stand for several models.
            .and_modify(|(text, _)| *text = format!("{text} / {}", told.join(" ")))
            .or_insert_with(|| (told.join(" "), Origin::of(TYPES, &row)));
    }
    Ok(imeis.iter().filter_map(|imei| Some((imei.clone(), known.get(imei.get(..8)?)?.clone()))).collect())
}

/// The office that gives out the marks a plate begins with.
pub(crate) async fn office(session: &Session, plate: &str, facts: &mut Facts) -> Result<()> {
    let Some(code) = plate.get(..4) else { return Ok(()) };
    let rest = format!("WHERE {} ORDER BY _object, _row LIMIT 5", sql::list("code", [code]));
    for row in sql::rows(session, OFFICES, "code, office, _source, _object, _row", &rest).await?.iter() {
        facts.add_with(Attribute::Office, row.text("office"), row.text("code"), None, &Origin::of(OFFICES, &row));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_of_the_offence_decides_between_the_codes() {
        for (act, day, expected) in [
            ("IPC", "2024-06-30", Some(true)),
            ("IPC", "2024-07-01", Some(false)),
            ("BNS", "2024-06-30", Some(false)),
            ("BNS", "2024-07-01", Some(true)),
            // Procedure follows days of its own.
            ("CRPC", "2024-06-30", None),
            ("BNSS", "2024-07-01", None),
        ] {
            assert_eq!(applies(act, date(day)), expected, "{act} {day}");
        }
        // Half past midnight in India is the evening before in UTC.
        let at = "2024-06-30T19:00:00Z".parse().unwrap();
        assert_eq!(day(at), Some(date("2024-07-01")));
    }

    #[test]
    fn a_clause_is_found_under_its_section() {
        assert_eq!(widening("376(2)(n)"), ["376(2)(n)", "376(2)", "376"]);
        assert_eq!(widening("302"), ["302"]);
    }
}
