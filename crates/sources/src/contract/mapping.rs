use model::pole;

use super::ContractError;

/// One `INSERT INTO pole.<table> (columns…) SELECT …` of a contract's `mapping.sql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// POLE table without schema.
    pub table: String,
    /// Columns the query yields, in order; always contains `_row`.
    pub columns: Vec<String>,
    /// The query over the view `source`.
    pub select: String,
}

pub(super) fn parse(contract: &str, sql: &str) -> Result<Vec<Mapping>, ContractError> {
    statements(sql)
        .into_iter()
        .enumerate()
        .map(|(i, text)| {
            statement(&text).map_err(|message| ContractError::Mapping {
                contract: contract.to_owned(),
                statement: i + 1,
                message,
            })
        })
        .collect()
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
