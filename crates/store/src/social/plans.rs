//! Questions and the indexes they go by. SQLite knows nothing of how many rows there are and takes whatever index looks narrow; so its
//! plans are looked at here: nothing reads a whole table of posts or items, and nothing that is asked all the time goes by the state of
//! a delivery alone, of which a hundred thousand may wait.

use std::sync::{Arc, Mutex};

use chrono::DateTime;
use sea_orm::Statement;

use super::{Claim, ItemFilter, Unit, rows_in};
use crate::Store;

#[derive(sea_orm::FromQueryResult)]
struct Step {
    detail: String,
}

/// A store, and what it is asked.
async fn listening() -> (Store, Arc<Mutex<Vec<Statement>>>, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let mut store = Store::open_in(home.path(), DateTime::UNIX_EPOCH).await.unwrap();
    let unit = |code: &str, parent: Option<&str>| Unit {
        code: code.into(),
        parent: parent.map(str::to_owned),
        kind: "thana".into(),
        ..Unit::default()
    };
    for (code, parent) in [("HQ", None), ("D", Some("HQ")), ("T", Some("D"))] {
        store.put_unit(&unit(code, parent)).await.unwrap();
    }
    let heard = Arc::<Mutex<Vec<Statement>>>::default();
    let ear = heard.clone();
    store.db.set_metric_callback(move |info| ear.lock().unwrap().push(info.statement.clone()));
    (store, heard, home)
}

/// The plan of every statement asked so far.
async fn plans(store: &Store, heard: &Mutex<Vec<Statement>>) -> Vec<(String, Vec<String>)> {
    let asked = std::mem::take(&mut *heard.lock().unwrap());
    let mut out = Vec::new();
    for s in asked.into_iter().filter(|s| s.sql.contains("social_")) {
        let values = s.values.map(|v| v.0).unwrap_or_default();
        let steps: Vec<Step> = rows_in(&store.db, &format!("EXPLAIN QUERY PLAN {}", s.sql), values).await.unwrap();
        out.push((s.sql, steps.into_iter().map(|s| s.detail).collect()));
    }
    out
}

fn whole_table(step: &str) -> bool {
    ["social_delivery", "social_item", "social_post", "social_version", "d", "x", "i", "e", "v"]
        .iter()
        .any(|t| step == format!("SCAN {t}"))
}

fn by_state_alone(step: &str) -> bool {
    step.contains("social_delivery_") && step.ends_with("(state=?)")
}

#[tokio::test]
async fn a_worker_reads_what_is_due_and_nothing_else() {
    let (store, heard, _home) = listening().await;
    store.claim(&Claim { owner: "w", now: 2, oldest: 1, most: 16 }).await.unwrap();
    store.sweep(1, 2).await.unwrap();
    store.oldest_due(2).await.unwrap();
    store.settle_answers(2).await.unwrap();
    store.overdue(2, 9).await.unwrap();
    store.delivery_at("https://x").await.unwrap();
    store.account_calls("a", 0).await.unwrap();
    store.recent_bodies("T", 0).await.unwrap();
    store.taken_times("a", 0, 9).await.unwrap();
    store.planned_elsewhere("T", 0, 9, 9).await.unwrap();
    store.forget_messages(9).await.unwrap();
    store.accounts_ending(9).await.unwrap();
    let plans = plans(&store, &heard).await;
    assert!(plans.len() >= 6, "{}", plans.len());
    for (sql, steps) in plans {
        assert!(!steps.iter().any(|s| whole_table(s) || by_state_alone(s)), "{sql}\n{steps:#?}");
    }
}

#[tokio::test]
async fn a_page_reads_what_it_shows() {
    let (store, heard, _home) = listening().await;
    for unit in [None, Some("T"), Some("D")] {
        store.calendar(unit, 0, 9, 7).await.unwrap();
        store.due_count(unit, 0, 9).await.unwrap();
        store.posts_in(unit, "", 20).await.unwrap();
        store.posts_in(unit, "submitted", 20).await.unwrap();
        for state in ["", "answered"] {
            for after in [None, Some((5, "x".to_owned()))] {
                store.stream(&ItemFilter { unit, state, after, limit: 50, ..ItemFilter::default() }).await.unwrap();
            }
        }
        for kind in [None, Some("notice")] {
            store.published(unit, kind, None, 20).await.unwrap();
        }
    }
    store.posts_below("D", "", 20).await.unwrap();
    store.posts_below("D", "draft", 20).await.unwrap();
    store.item_counts(5).await.unwrap();
    store.earlier("p", 9).await.unwrap();
    store.media_page("", 1, 24).await.unwrap();
    store.shown_of("p").await.unwrap();
    store.published_one("p").await.unwrap();
    store.corrections("p").await.unwrap();
    let plans = plans(&store, &heard).await;
    // Ten for each of the three, and four.
    assert!(plans.len() >= 34, "{}", plans.len());
    for (sql, steps) in plans {
        assert!(!steps.iter().any(|s| whole_table(s) || by_state_alone(s)), "{sql}\n{steps:#?}");
        // The order of a long list comes from the index; only what an index has chosen is sorted.
        let sorted = steps.iter().any(|s| s.starts_with("USE TEMP B-TREE FOR ORDER BY"));
        let few = sql.contains("tree") || sql.contains("id IN (SELECT id") || sql.contains("= $1") || sql.contains("shown");
        assert!(!sorted || few, "{sql}\n{steps:#?}");
    }
}

/// A thousand items are overdue and were told to everybody above; only what is to be told now is looked at.
#[tokio::test]
async fn what_was_told_already_is_not_looked_at_again() {
    let (store, heard, _home) = listening().await;
    store.overdue(2, 9).await.unwrap();
    let plans = plans(&store, &heard).await;
    let steps = &plans[0].1;
    let told = steps.iter().filter(|s| s.contains("social_item_escalate (state=? AND escalate_at<?)")).count();
    assert_eq!(told, 2, "{steps:#?}");
}

#[tokio::test]
async fn a_question_without_an_index_would_be_seen() {
    let (store, heard, _home) = listening().await;
    store.rows::<super::Post>("SELECT * FROM social_post WHERE author = 'x'", vec![]).await.unwrap();
    let found = plans(&store, &heard).await;
    assert!(found[0].1.iter().any(|s| whole_table(s)), "{found:?}");
    assert!(by_state_alone("SEARCH social_delivery USING INDEX social_delivery_settled (state=?)"));
}
