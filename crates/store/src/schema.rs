//! The schema as an ordered list of steps, and how they are applied.
//!
//! A step is SQL both databases understand; the few types they name differently are written as `$TIME`, `$JSON` and
//! `$FLOAT`. Steps are only ever added at the end: a released step is never edited (ADR 0003).

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::error::{Result, StoreError};

/// One step.
pub(crate) struct Migration {
    pub(crate) version: i32,
    pub(crate) name: &'static str,
    /// Statements, separated by `;` at the end of a line.
    pub(crate) sql: &'static str,
}

/// All steps, oldest first; `version` counts up from 1.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "first light", sql: include_str!("schema/0001_first_light.sql") },
    Migration { version: 2, name: "the desk", sql: include_str!("schema/0010_social.sql") },
    Migration { version: 3, name: "accounts", sql: include_str!("schema/0020_accounts.sql") },
    Migration { version: 4, name: "networks and portal", sql: include_str!("schema/0030_desk.sql") },
    Migration { version: 5, name: "ways in", sql: include_str!("schema/0050_ways.sql") },
    Migration { version: 6, name: "campaigns", sql: include_str!("schema/0060_campaigns.sql") },
    Migration { version: 7, name: "access", sql: include_str!("schema/0040_access.sql") },
    Migration { version: 8, name: "totals of runs", sql: include_str!("schema/0080_run_totals.sql") },
    Migration { version: 9, name: "a large desk", sql: include_str!("schema/0080_desk_scale.sql") },
    Migration { version: 10, name: "the desk's duties", sql: include_str!("schema/0062_desk_duties.sql") },
    Migration { version: 11, name: "exports and expungements", sql: include_str!("schema/0110_exports.sql") },
    Migration { version: 12, name: "standing", sql: include_str!("schema/0120_standing.sql") },
    Migration { version: 13, name: "the desk, further", sql: include_str!("schema/0130_desk_further.sql") },
    Migration { version: 14, name: "edits and sheets of the desk", sql: include_str!("schema/0140_desk_edits.sql") },
];

/// The arbitrary but fixed number PostgreSQL programs lock on while they change the schema (`sarovar` in a phone's keys).
const LOCK: i64 = 7_276_827;

/// Brings the database to the newest version, or leaves it as it was.
pub(crate) async fn migrate(db: &DatabaseConnection, steps: &[Migration], now: DateTime<Utc>) -> Result<()> {
    let backend = db.get_database_backend();
    // Immediate: the write lock is taken before the version is read, so two programs cannot both see an old one.
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
    let transaction = db.begin_with_options(options).await?;
    if backend == DbBackend::Postgres {
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    transaction
        .execute_unprepared(&in_dialect(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at $TIME NOT NULL)",
            backend,
        ))
        .await?;
    let found = version(&transaction).await?;
    let known = steps.last().map_or(0, |step| step.version);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for step in steps.iter().filter(|step| step.version > found) {
        apply(&transaction, step, now).await.map_err(|source| StoreError::Migration {
            version: step.version,
            name: step.name,
            source,
        })?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn version(transaction: &DatabaseTransaction) -> Result<i32> {
    let newest = Statement::from_string(
        transaction.get_database_backend(),
        "SELECT CAST(COALESCE(MAX(version), 0) AS INTEGER) AS version FROM schema_version",
    );
    Ok(match transaction.query_one_raw(newest).await? {
        Some(row) => row.try_get("", "version")?,
        None => 0,
    })
}

async fn apply(transaction: &DatabaseTransaction, step: &Migration, now: DateTime<Utc>) -> std::result::Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    for statement in in_dialect(step.sql, backend).split(";\n").map(str::trim).filter(|sql| !sql.is_empty()) {
        transaction.execute_unprepared(statement).await?;
    }
    let record = "INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, $3)";
    let values = [step.version.into(), step.name.into(), now.into()];
    transaction.execute_raw(Statement::from_sql_and_values(backend, record, values)).await?;
    Ok(())
}

fn in_dialect(sql: &str, backend: DbBackend) -> String {
    // SQLite gives a column the affinity its type's name suggests; names ending in `text` keep JSON `12` from becoming
    // a number.
    let (time, json, float) = match backend {
        DbBackend::Postgres => ("TIMESTAMPTZ", "JSONB", "DOUBLE PRECISION"),
        _ => ("timestamp_with_timezone_text", "json_text", "DOUBLE"),
    };
    let (day, seconds, reasons) = match backend {
        DbBackend::Postgres => (
            "to_char($2 AT TIME ZONE 'Asia/Kolkata', 'YYYY-MM-DD')",
            "CAST(extract(epoch FROM $2) AS BIGINT)",
            "jsonb_each_text(CASE WHEN jsonb_typeof(run.report->'reasons') = 'object' THEN run.report->'reasons' ELSE '{}'::jsonb END)",
        ),
        _ => ("date($2, '+330 minutes')", "CAST(strftime('%s', $2) AS BIGINT)", "json_each(run.report, '$.reasons')"),
    };
    let sql = call(&call(sql, "$DAY(", day), "$SECONDS(", seconds);
    sql.replace("$REASONS", reasons).replace("$TIME", time).replace("$JSON", json).replace("$FLOAT", float)
}

/// Writes `name` and its bracket as `text`, with what stands in the bracket for `$2`.
fn call(sql: &str, name: &str, text: &str) -> String {
    let mut out = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once(name) {
        let mut open = 1;
        let end = after.bytes().position(|b| {
            open += i32::from(b == b'(') - i32::from(b == b')');
            open == 0
        });
        let end = end.unwrap_or(after.len());
        out += before;
        out += &text.replace("$2", &after[..end]);
        rest = after.get(end + 1..).unwrap_or_default();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up() {
        assert_eq!(MIGRATIONS[0].version, 1);
        assert!(MIGRATIONS.windows(2).all(|pair| pair[0].version < pair[1].version), "each step comes after the one before it");
    }

    #[test]
    fn calls_are_written_in_the_dialect() {
        let sql = "SELECT $DAY(a), max($SECONDS(COALESCE(b, c))) FROM t";
        let sqlite = in_dialect(sql, DbBackend::Sqlite);
        assert_eq!(sqlite, "SELECT date(a, '+330 minutes'), max(CAST(strftime('%s', COALESCE(b, c)) AS BIGINT)) FROM t");
        assert!(in_dialect(sql, DbBackend::Postgres).contains("extract(epoch FROM COALESCE(b, c))"));
    }

    #[tokio::test]
    async fn runs_of_an_older_store_are_summed() {
        let db = sea_orm::Database::connect("sqlite::memory:").await.unwrap();
        migrate(&db, &MIGRATIONS[..7], DateTime::UNIX_EPOCH).await.unwrap();
        let run = |id: &str, counts: &str, at: &str, reasons: &str, state: &str| {
            format!(
                "INSERT INTO run VALUES ('{id}', 'o', 'n', 'p', 'a.b', '1', 0, '{state}', {counts}, 0, 0, '{at}+00:00', '{at}+00:00', 1.0, NULL, {reasons}, 0, 0)"
            )
        };
        for sql in [
            run("1", "10, 7, 3, 0", "2026-01-05 10:00:00", "'{\"reasons\":{\"rule\":2,\"ragged\":1}}'", "done"),
            // After midnight in India.
            run("2", "5, 4, 1, 0", "2026-01-05 19:00:00", "'{\"reasons\":{\"rule\":1}}'", "done"),
            run("3", "10, 0, 0, 10", "2026-01-05 11:00:00", "NULL", "done"),
            run("4", "9, 9, 0, 0", "2026-01-05 12:00:00", "NULL", "failed"),
        ] {
            db.execute_unprepared(&sql).await.unwrap();
        }
        migrate(&db, MIGRATIONS, DateTime::UNIX_EPOCH).await.unwrap();
        let store = crate::Store { db };
        let sum = store.run_sum("a.b").await.unwrap();
        assert_eq!((sum.runs, sum.input, sum.accepted, sum.rejected, sum.duplicate), (2, 15, 11, 4, 0));
        assert_eq!(sum.reasons, [("ragged".to_owned(), 1), ("rule".to_owned(), 3)].into());
        assert_eq!(sum.last.unwrap().to_rfc3339(), "2026-01-05T19:00:00+00:00");
        let days = store.run_days("a.b", DateTime::UNIX_EPOCH).await.unwrap();
        let days: Vec<_> = days.iter().map(|d| (d.day.as_str(), d.runs, d.input, d.duplicate)).collect();
        assert_eq!(days, [("2026-01-05", 2, 20, 10), ("2026-01-06", 1, 5, 0)]);
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_the_store_as_it_was() {
        let db = sea_orm::Database::connect("sqlite::memory:").await.unwrap();
        let broken = [
            Migration { version: 1, name: "good", sql: "CREATE TABLE kept (id INTEGER);\n" },
            Migration { version: 2, name: "broken", sql: "CREATE TABLE half (id INTEGER);\nCREATE NONSENSE;\n" },
        ];
        let error = migrate(&db, &broken, DateTime::UNIX_EPOCH).await.unwrap_err();
        assert!(matches!(error, StoreError::Migration { version: 2, name: "broken", .. }), "{error}");
        let tables = Statement::from_string(DbBackend::Sqlite, "SELECT name FROM sqlite_master");
        assert!(db.query_all_raw(tables).await.unwrap().is_empty());
        migrate(&db, &broken[..1], DateTime::UNIX_EPOCH).await.unwrap();
    }

    #[tokio::test]
    async fn a_store_of_a_newer_program_is_refused() {
        let db = sea_orm::Database::connect("sqlite::memory:").await.unwrap();
        let newer = [Migration { version: 1, name: "one", sql: "" }, Migration { version: 2, name: "two", sql: "" }];
        migrate(&db, &newer, DateTime::UNIX_EPOCH).await.unwrap();
        let error = migrate(&db, &newer[..1], DateTime::UNIX_EPOCH).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1 }), "{error}");
    }
}
