//! Rows of a query, each as one line of JSON made by the database itself: it knows its own types best.
//!
//! The query runs in a transaction that reads one state and cannot write. Instants are given in Indian time, as contracts expect them.

use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Duration;

use futures::TryStreamExt;
use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, SqlSafeStr, Statement, TypeInfo};

use super::spec::Database;
use super::{PullError, Spool};

/// Writes the rows of the query to `spool`; `mark` is the watermark so far.
pub async fn postgres(spec: &Database, mark: &str, spool: &mut Spool) -> Result<(), PullError> {
    let options =
        PgConnectOptions::from_str(&spec.url).map_err(|e| PullError::Spec { name: String::new(), message: e.to_string() })?;
    let mut options = options.application_name("sarovar");
    if let Some(secret) = &spec.password {
        options = options.password(&secret.read()?);
    }
    let query = filled(&spec.query, mark)?;
    within(spec.timeout_seconds, async {
        let mut db: PgConnection = options.disable_statement_logging().connect().await.map_err(lost)?;
        db.execute("SET TIME ZONE 'Asia/Kolkata'").await.map_err(lost)?;
        db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(lost)?;
        let shape = Executor::prepare(&mut db, AssertSqlSafe(query.clone()).into_sql_str()).await.map_err(refused)?;
        let mut columns = String::new();
        for column in shape.columns() {
            let name = column.name().replace('"', "\"\"");
            let comma = if columns.is_empty() { "" } else { ", " };
            let _ = match column.type_info().name() {
                "TIMESTAMP" | "TIMESTAMPTZ" => write!(columns, "{comma}to_char(pulled.\"{name}\", 'YYYY-MM-DD\"T\"HH24:MI:SS') AS \"{name}\""),
                _ => write!(columns, "{comma}pulled.\"{name}\""),
            };
        }
        let order = match &spec.watermark {
            Some(column) => format!("pulled.\"{}\"", column.replace('"', "\"\"")),
            None => "NULL".to_owned(),
        };
        let sql = format!(
            "SELECT (SELECT row_to_json(shaped) FROM (SELECT {columns}) AS shaped)::text, {order}::text FROM ({query}) AS pulled ORDER BY {}",
            if spec.watermark.is_some() { &order } else { "1" }
        );
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut db);
        while let Some(row) = rows.try_next().await.map_err(refused)? {
            let text: String = row.try_get(0).map_err(refused)?;
            let mark: Option<String> = row.try_get(1).map_err(refused)?;
            spool.row(&text, mark)?;
        }
        drop(rows);
        // The rows are complete; how the connection ends changes nothing.
        let _ = db.close().await;
        Ok(())
    })
    .await
}

/// The same of MySQL and MariaDB.
pub async fn mysql(spec: &Database, mark: &str, spool: &mut Spool) -> Result<(), PullError> {
    let url = spec.url.replacen("mariadb://", "mysql://", 1);
    let mut options =
        MySqlConnectOptions::from_str(&url).map_err(|e| PullError::Spec { name: String::new(), message: e.to_string() })?;
    if let Some(secret) = &spec.password {
        options = options.password(&secret.read()?);
    }
    let query = filled(&spec.query, mark)?;
    within(spec.timeout_seconds, async {
        let mut db: MySqlConnection = options.disable_statement_logging().connect().await.map_err(lost)?;
        db.execute("SET time_zone = '+05:30'").await.map_err(lost)?;
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await.map_err(lost)?;
        sqlx::raw_sql("START TRANSACTION READ ONLY").execute(&mut db).await.map_err(lost)?;
        let shape = Executor::prepare(&mut db, AssertSqlSafe(query.clone()).into_sql_str()).await.map_err(refused)?;
        let quoted = |name: &str| format!("pulled.`{}`", name.replace('`', "``"));
        let mut members = String::new();
        for column in shape.columns() {
            let comma = if members.is_empty() { "" } else { ", " };
            let (name, value) = (column.name().replace('\\', "\\\\").replace('\'', "''"), quoted(column.name()));
            let _ = match column.type_info().name() {
                "DATETIME" | "TIMESTAMP" => write!(members, "{comma}'{name}', DATE_FORMAT({value}, '%Y-%m-%d %H:%i:%s')"),
                _ => write!(members, "{comma}'{name}', {value}"),
            };
        }
        let (mark, order) = match &spec.watermark {
            Some(column) => (format!("CAST({} AS CHAR)", quoted(column)), format!(" ORDER BY {}", quoted(column))),
            None => ("NULL".to_owned(), String::new()),
        };
        let sql = format!("SELECT CAST(JSON_OBJECT({members}) AS CHAR), {mark} FROM ({query}) AS pulled{order}");
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut db);
        while let Some(row) = rows.try_next().await.map_err(refused)? {
            // The servers differ in whether such a column is text or bytes.
            let text = |i: usize| -> Result<Option<String>, sqlx::Error> {
                let bytes: Option<Vec<u8>> = row.try_get_unchecked(i)?;
                Ok(bytes.map(|b| String::from_utf8_lossy(&b).into_owned()))
            };
            spool.row(&text(0).map_err(refused)?.unwrap_or_default(), text(1).map_err(refused)?)?;
        }
        drop(rows);
        let _ = db.close().await;
        Ok(())
    })
    .await
}

/// The query with the watermark in its place.
fn filled(query: &str, mark: &str) -> Result<String, PullError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-:.+_/ ".contains(c);
    if !mark.chars().all(plain) || mark.len() > 100 {
        return Err(PullError::Watermark(mark.chars().take(100).collect()));
    }
    Ok(query.trim().replace(":watermark", &format!("'{mark}'")))
}

async fn within(seconds: u64, work: impl Future<Output = Result<(), PullError>>) -> Result<(), PullError> {
    match tokio::time::timeout(Duration::from_secs(seconds), work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(PullError::Source {
            message: format!("the query took more than {seconds} seconds; ask for less, or raise timeout_seconds"),
            again: false,
        }),
    }
}

/// The server cannot be reached, or the connection broke: it may be better later.
fn lost(error: sqlx::Error) -> PullError {
    let again = !matches!(&error, sqlx::Error::Database(_) | sqlx::Error::Configuration(_));
    PullError::Source { message: error.to_string(), again }
}

/// The server answered with an error: nothing is gained by asking again, unless it is the connection that broke.
fn refused(error: sqlx::Error) -> PullError {
    // A server that is being stopped says so (class 57 of SQLSTATE) before it hangs up.
    let stopping = error.as_database_error().and_then(|e| e.code()).is_some_and(|c| c.starts_with("57P"));
    let again = stopping
        || matches!(&error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_));
    PullError::Source { message: error.to_string(), again }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_cannot_leave_its_quotes() {
        let query = "SELECT * FROM t WHERE at >= :watermark";
        assert_eq!(
            filled(query, "2026-01-05 08:00:00.5+05:30").unwrap(),
            "SELECT * FROM t WHERE at >= '2026-01-05 08:00:00.5+05:30'"
        );
        for bad in ["' OR 1=1 --", "a\\", "x;y", "\u{967}"] {
            assert!(matches!(filled(query, bad), Err(PullError::Watermark(_))), "{bad}");
        }
    }
}
