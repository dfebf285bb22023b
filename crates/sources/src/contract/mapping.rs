use model::pole;

use super::ContractError;

/// One `INSERT INTO pole.<table> (columns…) SELECT …` of a contract's `mapping.sql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// POLE table without schema.
    pub table: String,
    /// Columns the query yields, in order; always contains `_row`.
    pub columns: Vec<String>,
    /// The query over the view `source` and the views before it.
    pub select: String,
}

/// A `CREATE TEMPORARY VIEW name AS SELECT …` at the head of a `mapping.sql`: made once, read by several statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub name: String,
    /// The query over `source` and the views before it.
    pub select: String,
}

pub(super) fn parse(contract: &str, sql: &str) -> Result<(Vec<View>, Vec<Mapping>), ContractError> {
    let (mut views, mut mapping) = (Vec::new(), Vec::new());
    for (i, text) in statements(sql).into_iter().enumerate() {
        let wrong = |message| ContractError::Mapping { contract: contract.to_owned(), statement: i + 1, message };
        match keyword(&text, "create") {
            Some(rest) => views.push(view(rest, &views, mapping.is_empty()).map_err(wrong)?),
            None => mapping.push(statement(&text).map_err(wrong)?),
        }
    }
    Ok((views, mapping))
}

/// What follows `CREATE`.
fn view(rest: &str, before: &[View], first: bool) -> Result<View, String> {
    let shape = || "write `CREATE TEMPORARY VIEW name AS SELECT … FROM source`".to_owned();
    let rest = keyword(rest, "temporary").and_then(|r| keyword(r, "view")).ok_or_else(shape)?;
    let (name, rest) = rest.split_once(char::is_whitespace).ok_or_else(shape)?;
    let select = keyword(rest.trim_start(), "as").ok_or_else(shape)?;
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain {
        return Err(format!("a view's name has small letters, digits and `_` alone, not `{name}`"));
    }
    if name == "source" || before.iter().any(|v| v.name == name) {
        return Err(format!("there is a `{name}` already"));
    }
    if !first {
        return Err(format!("the view `{name}` stands behind an INSERT; views come first"));
    }
    if keyword(select, "select").is_none() && keyword(select, "with").is_none() {
        return Err(shape());
    }
    Ok(View { name: name.to_owned(), select: select.to_owned() })
}

/// Splits at `;` outside quotes and drops comments.
fn statements(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut quote: Option<char> = None;
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match quote {
            Some(q) => {
                current.push(c);
                if c == q {
                    quote = None;
                }
            }
            None => match c {
                '\'' | '"' => {
                    quote = Some(c);
                    current.push(c);
                }
                '-' if chars.peek() == Some(&'-') => {
                    for c in chars.by_ref() {
                        if c == '\n' {
                            current.push('\n');
                            break;
                        }
                    }
                }
                ';' => found.push(std::mem::take(&mut current)),
                _ => current.push(c),
            },
        }
    }
    found.push(current);
    found.into_iter().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}

fn statement(text: &str) -> Result<Mapping, String> {
    let shape = "write `INSERT INTO pole.<table> (columns…) SELECT … FROM source`";
    let rest = keyword(text, "insert").and_then(|r| keyword(r, "into")).ok_or_else(|| shape.to_owned())?;
    let rest = rest.strip_prefix("pole.").ok_or_else(|| shape.to_owned())?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let table = pole::table(name).ok_or_else(|| {
        let known: Vec<&str> = pole::TABLES.iter().map(|t| t.name).collect();
        format!("there is no table pole.{name}; use one of {}", known.join(", "))
    })?;
    let (list, select) = rest.trim_start().strip_prefix('(').and_then(|r| r.split_once(')')).ok_or_else(|| shape.to_owned())?;
    let columns: Vec<String> = list.split(',').map(|c| c.trim().trim_matches('"').to_owned()).collect();
    for (i, column) in columns.iter().enumerate() {
        if columns[..i].contains(column) {
            return Err(format!("column `{column}` stands twice"));
        }
        if column != "_row" && table.column(column).is_none() {
            let nearest = crate::names::nearest(column, table.columns.iter().map(|(n, _)| *n));
            let hint = nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            return Err(format!("pole.{name} has no column `{column}`{hint}"));
        }
    }
    if !columns.iter().any(|c| c == "_row") {
        return Err(format!("the columns of pole.{name} lack `_row`; every POLE row names the record it came from"));
    }
    let select = select.trim();
    if keyword(select, "select").is_none() && keyword(select, "with").is_none() {
        return Err(shape.to_owned());
    }
    Ok(Mapping { table: name.to_owned(), columns, select: select.to_owned() })
}

fn keyword<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    (head.eq_ignore_ascii_case(word) && rest.starts_with(|c: char| c.is_whitespace())).then(|| rest.trim_start())
}
