//! Files of judgements: the review file with its last columns filled in, or one JSON object a line.

use std::path::Path;

use serde::Deserialize;

use crate::judgement::{Judgement, Verdict};
use crate::link::error::LinkError;
use crate::link::table::{Column, Table};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    left: String,
    right: String,
    #[serde(default)]
    left_source: Option<u8>,
    #[serde(default)]
    right_source: Option<u8>,
    verdict: Verdict,
    who: String,
    #[serde(default)]
    when: Option<i64>,
    #[serde(default)]
    why: String,
}

impl Line {
    /// A judgement without a time is older than every one that has a time, and newer than those in the lines before it.
    fn judgement(self, number: usize, tables: usize) -> Judgement {
        let named = |id: String, source: Option<u8>| match source {
            Some(n) if tables > 1 => format!("{n}:{id}"),
            _ => id,
        };
        Judgement {
            left: named(self.left, self.left_source),
            right: named(self.right, self.right_source),
            verdict: self.verdict,
            who: self.who,
            when: self.when.unwrap_or(number as i64),
            why: self.why,
        }
    }
}

/// What people said, for a run over so many tables. Rows without a verdict are still open and are passed over.
pub fn read(path: &Path, tables: usize) -> Result<Vec<Judgement>, LinkError> {
    let text = std::fs::read(path).map_err(LinkError::io("reading", path))?;
    if text.iter().find(|b| !b.is_ascii_whitespace()).is_none_or(|b| *b == b'{') {
        return lines(path, &String::from_utf8_lossy(&text), tables);
    }
    rows(path, tables)
}

fn wrong(path: &Path, what: &str, number: usize, reason: impl std::fmt::Display) -> LinkError {
    LinkError::Unreadable { path: path.into(), reason: format!("{what} {number}: {reason}") }
}

fn lines(path: &Path, text: &str, tables: usize) -> Result<Vec<Judgement>, LinkError> {
    let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    lines
        .map(|(n, line)| {
            let line: Line = serde_json::from_str(line).map_err(|e| wrong(path, "line", n + 1, e))?;
            Ok(line.judgement(n + 1, tables))
        })
        .collect()
}

fn rows(path: &Path, tables: usize) -> Result<Vec<Judgement>, LinkError> {
    let table = Table::read_plain(path)?;
    let any = |names: &[&str]| names.iter().find_map(|n| table.column(n));
    let needed = |names: &[&str]| {
        any(names).ok_or_else(|| LinkError::Unreadable {
            path: path.into(),
            reason: format!("there is no column {}; it has {}", names[0], table.names().join(", ")),
        })
    };
    let (left, right) = (needed(&["left_id", "left"])?, needed(&["right_id", "right"])?);
    let (verdict, who) = (needed(&["verdict"])?, needed(&["who"])?);
    let (left_source, right_source) = (any(&["left_source"]), any(&["right_source"]));
    let (when, why) = (any(&["when"]), any(&["why"]));
    let number = |column: Option<&Column>, row: usize, name: &str| -> Result<Option<i64>, LinkError> {
        let text = column.map_or("", |c| c.get(row));
        let parsed = (!text.is_empty()).then(|| text.parse::<i64>());
        parsed.transpose().map_err(|_| wrong(path, "row", row + 1, format!("{name} is {text:?}, not a whole number")))
    };
    let mut out = Vec::new();
    for row in 0..table.rows {
        let Some(verdict) = said(verdict.get(row)).map_err(|e| wrong(path, "row", row + 1, e))? else { continue };
        if who.get(row).is_empty() {
            return Err(wrong(path, "row", row + 1, "there is a verdict, but `who` does not say whose"));
        }
        let source = |column, name| -> Result<Option<u8>, LinkError> {
            let n = number(column, row, name)?;
            n.map(|n| u8::try_from(n).ok().filter(|n| matches!(n, 1 | 2)))
                .map(|n| n.ok_or_else(|| wrong(path, "row", row + 1, format!("{name} is neither 1 nor 2"))))
                .transpose()
        };
        let line = Line {
            left: left.get(row).into(),
            right: right.get(row).into(),
            left_source: source(left_source, "left_source")?,
            right_source: source(right_source, "right_source")?,
            verdict,
            who: who.get(row).into(),
            when: number(when, row, "when")?,
            why: why.map_or("", |c| c.get(row)).into(),
        };
        out.push(line.judgement(row + 1, tables));
    }
    Ok(out)
}

fn said(text: &str) -> Result<Option<Verdict>, String> {
    match text.to_lowercase().replace(['_', '-'], " ").as_str() {
        "" => Ok(None),
        "same" => Ok(Some(Verdict::Same)),
        "not same" => Ok(Some(Verdict::NotSame)),
        "unsure" => Ok(Some(Verdict::Unsure)),
        _ => Err(format!("the verdict {text:?} is none of same, not_same, unsure")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, tables: usize) -> Result<Vec<Judgement>, LinkError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("said.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, tables)
    }

    #[test]
    fn rows_with_a_verdict_are_judgements_and_open_ones_are_not() {
        let text = "left_id,right_id,left_source,right_source,verdict,who,why\n7,7,1,2,Same,anita,\"one house, one phone\"\n8,9,1,2,,,\n8,8,1,2,not same,ravi,\n";
        let two = of(text, 2).unwrap();
        let short: Vec<_> = two.iter().map(|j| (j.left.as_str(), j.right.as_str(), j.verdict, j.when)).collect();
        assert_eq!(short, [("1:7", "2:7", Verdict::Same, 1), ("1:8", "2:8", Verdict::NotSame, 3)]);
        assert_eq!((two[0].who.as_str(), two[0].why.as_str()), ("anita", "one house, one phone"));
        let one = of("left,right,verdict,who,when\na,b,unsure,x,1700000000000000\n", 1).unwrap();
        assert_eq!((one[0].left.as_str(), one[0].when), ("a", 1_700_000_000_000_000));
    }

    #[test]
    fn lines_of_json_need_neither_time_nor_reason() {
        let said =
            of("{\"left\":\"a\",\"right\":\"b\",\"left_source\":2,\"verdict\":\"not_same\",\"who\":\"x\"}\n\n", 2).unwrap();
        assert_eq!((said[0].left.as_str(), said[0].right.as_str(), said[0].when), ("2:a", "b", 1));
        assert_eq!(of("\n", 1).unwrap(), []);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_row() {
        let message = |text: &str| of(text, 1).unwrap_err().to_string();
        assert!(message("left_id,right_id,verdict,who\na,b,perhaps,x\n").contains("row 1: the verdict \"perhaps\" is none of"));
        assert!(message("left_id,right_id,verdict,who\na,b,same,\n").contains("row 1: there is a verdict, but `who`"));
        assert!(message("left_id,right_id,who\na,b,x\n").contains("no column verdict"));
        assert!(message("left_id,right_id,left_source,verdict,who\na,b,3,same,x\n").contains("neither 1 nor 2"));
        assert!(message("left_id,right_id,verdict,who,when\na,b,same,x,monday\n").contains("when is \"monday\""));
        assert!(message("{\"left\":\"a\"}").contains("line 1: missing field"));
    }
}
