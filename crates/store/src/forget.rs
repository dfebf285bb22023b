//! Forgetting somebody: decisions on them, history sheets, and the words that name them in what people wrote.

use sea_orm::FromQueryResult;
use serde_json::Value as Json;

use crate::Store;
use crate::error::Result;
use crate::social::{change_in, rows_in};
use crate::subject::{places, values};

/// What stands where a name or number was.
const GONE: &str = "…";

/// Columns people write into. Names of whole files and queries are forgotten with their file, and by [`Store::forget_history`].
const WRITTEN: [(&str, &[&str]); 9] = [
    ("access_work", &["reference", "reason", "numbers", "finding"]),
    ("access_request", &["reference", "items", "reason", "note"]),
    ("subject_category", &["reason"]),
    ("history_sheet_step", &["reason", "order_no"]),
    ("expungement", &["reason", "note"]),
    ("export", &["manifest"]),
    ("object", &["original_name", "member_name", "note"]),
    ("run", &["name", "message"]),
    ("upload", &["name"]),
];

/// Settings whose lists hold names and numbers: relatives of readers, persons who are looked after.
const LISTS: &str = "watch.%";

/// What was forgotten of decisions on somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Decisions on the category.
    pub decisions: u64,
    /// History sheets, with their steps.
    pub sheets: u64,
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

#[derive(FromQueryResult)]
struct Listed {
    key: String,
    value: Json,
}

/// A text without some words, where it holds one of them; letters of both cases count alike, and a word inside a longer one is another word.
pub fn without(text: &str, words: &[String]) -> Option<String> {
    let mut out = text.to_owned();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let (mut from, small) = (0, word.to_ascii_lowercase());
        // ASCII letters keep their length, so the places are those of the text itself.
        while let Some(at) = out.to_ascii_lowercase().get(from..).and_then(|rest| rest.find(&small)).map(|at| from + at) {
            let end = at + word.len();
            let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if joined(out[..at].chars().next_back()) || joined(out[end..].chars().next()) {
                from = end;
            } else {
                out.replace_range(at..end, GONE);
                from = at + GONE.len();
            }
        }
    }
    (out != text).then_some(out)
}

impl Store {
    /// Ids that stand beside some in a decision or on a sheet: the same person's other ids.
    pub async fn subjects_beside(&self, ids: &[String]) -> Result<Vec<String>> {
        let mut out = std::collections::BTreeSet::new();
        for some in ids.chunks(500) {
            let list = places(some.len());
            let sql = format!(
                "SELECT c.subject AS text FROM subject_category c JOIN subject_category d ON d.decided_at = c.decided_at \
                 AND d.decided_by = c.decided_by WHERE d.subject IN ({list}) UNION \
                 SELECT t.subject AS text FROM history_sheet_subject t WHERE t.sheet IN \
                 (SELECT sheet FROM history_sheet_subject WHERE subject IN ({list}))"
            );
            out.extend(self.rows::<Text>(&sql, values(some)).await?.into_iter().map(|row| row.text));
        }
        Ok(out.into_iter().collect())
    }

    /// Forgets decisions on some ids, and the sheets that are about nobody else. Follow with [`Store::scrub`].
    pub async fn forget_subjects(&self, ids: &[String]) -> Result<Forgotten> {
        let mut out = Forgotten::default();
        let transaction = self.begin().await?;
        for some in ids.chunks(500) {
            let list = places(some.len());
            // A decision stands once for each id of the person.
            let sql = format!(
                "SELECT count(*) AS n FROM (SELECT DISTINCT decided_at, decided_by FROM subject_category WHERE subject IN ({list})) AS d"
            );
            out.decisions += rows_in::<Count>(&transaction, &sql, values(some)).await?.first().map_or(0, |c| c.n as u64);
            for sql in [
                format!("DELETE FROM subject_category WHERE subject IN ({list})"),
                format!("DELETE FROM history_sheet_subject WHERE subject IN ({list})"),
                // A sheet about somebody who stays under another id is found by that one from now on.
                format!(
                    "UPDATE history_sheet SET person = (SELECT min(t.subject) FROM history_sheet_subject t WHERE t.sheet = history_sheet.id) \
                     WHERE person IN ({list}) AND EXISTS (SELECT 1 FROM history_sheet_subject t WHERE t.sheet = history_sheet.id)"
                ),
            ] {
                change_in(&transaction, &sql, values(some)).await?;
            }
        }
        let nobody = "NOT EXISTS (SELECT 1 FROM history_sheet_subject t WHERE t.sheet =";
        change_in(&transaction, &format!("DELETE FROM history_sheet_step WHERE {nobody} history_sheet_step.sheet)"), vec![])
            .await?;
        out.sheets =
            change_in(&transaction, &format!("DELETE FROM history_sheet WHERE {nobody} history_sheet.id)"), vec![]).await?;
        transaction.commit().await?;
        Ok(out)
    }

    /// Takes words out of what people wrote, and off the lists of whom to watch for. Gives how many texts changed. Follow with [`Store::scrub`].
    pub async fn forget_words(&self, words: &[String]) -> Result<u64> {
        let mut changed = 0;
        if words.is_empty() {
            return Ok(changed);
        }
        for (table, columns) in WRITTEN {
            for column in columns {
                let sql = format!("SELECT DISTINCT {column} AS text FROM {table} WHERE {column} IS NOT NULL AND {column} <> ''");
                for Text { text } in self.rows::<Text>(&sql, vec![]).await? {
                    let Some(new) = without(&text, words) else { continue };
                    let sql = format!("UPDATE {table} SET {column} = $2 WHERE {column} = $1");
                    changed += self.change(&sql, vec![text.into(), new.into()]).await?;
                }
            }
        }
        let gone = |entry: &Json| entry.as_str().is_some_and(|entry| words.iter().any(|word| word.eq_ignore_ascii_case(entry)));
        for Listed { key, value } in
            self.rows::<Listed>("SELECT key, value FROM setting WHERE key LIKE $1", vec![LISTS.into()]).await?
        {
            let Json::Array(entries) = value else { continue };
            let left: Vec<&Json> = entries.iter().filter(|entry| !gone(entry)).collect();
            if left.len() < entries.len() {
                changed += (entries.len() - left.len()) as u64;
                self.set_setting(&key, &left).await?;
            }
        }
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_go_in_either_case_and_the_rest_stays() {
        let words = ["Udaharan Singh".to_owned(), "100001".to_owned(), "उदाहरण सिंह".to_owned()];
        assert_eq!(without("calls of UDAHARAN singh, 100001.", &words).as_deref(), Some("calls of …, …."));
        assert_eq!(without("उदाहरण सिंह के कॉल", &words).as_deref(), Some("… के कॉल"));
        assert_eq!(without("Udaharan Singhania, a100001b, 2100001", &words), None);
        assert_eq!(without("100001 100001 x", &words).as_deref(), Some("… … x"));
        assert_eq!(without("", &words), None);
    }
}
