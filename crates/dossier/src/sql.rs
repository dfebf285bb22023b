//! Query text. Values reach a query through [`text`] and [`list`] alone.

use lake::{LakeError, Result, Session};

use crate::rows::Rows;

/// A string literal. Quotes are doubled, which is all the engine's dialect reads specially inside one; NUL, which no value
/// holds, is dropped.
pub fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars().filter(|c| *c != '\0') {
        if c == '\'' {
            out.push('\'');
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// `column IN (…)`, or `false` where there is nothing to look for.
pub fn list<S: AsRef<str>>(column: &str, values: impl IntoIterator<Item = S>) -> String {
    let values: Vec<String> = values.into_iter().map(|v| text(v.as_ref())).collect();
    match values.as_slice() {
        [] => "false".into(),
        [one] => format!("{column} = {one}"),
        many => format!("{column} IN ({})", many.join(", ")),
    }
}

/// Few rows of one query over one table; none when the table is not there yet.
pub async fn rows(session: &Session, table: &str, columns: &str, rest: &str) -> Result<Rows> {
    let there = table.split_once('.').is_some_and(|(area, name)| session.has(area, name));
    if !there {
        return Ok(Rows::default());
    }
    Rows::new(session.few(&format!("SELECT {columns} FROM {table} {rest}")).await?)
}

/// As [`rows`], for a table whose denial leaves the rest of a page standing: gives the denial's reason then.
pub async fn rows_unless_denied(session: &Session, table: &str, columns: &str, rest: &str) -> Result<(Rows, Option<String>)> {
    match rows(session, table, columns, rest).await {
        Ok(rows) => Ok((rows, None)),
        Err(LakeError::Denied(reason)) => Ok((Rows::default(), Some(reason))),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        assert_eq!(text("O'Brien"), "'O''Brien'");
        assert_eq!(text("x' OR '1'='1"), "'x'' OR ''1''=''1'");
        assert_eq!(text("a\\'b\0--"), "'a\\''b--'");
    }

    #[test]
    fn lists() {
        assert_eq!(list("k", ["a"]), "k = 'a'");
        assert_eq!(list("k", ["a", "b'"]), "k IN ('a', 'b''')");
        assert_eq!(list("k", Vec::<String>::new()), "false");
    }
}
