//! What the desk's statements do on both databases where they say more than plain SQL: edits that are adopted, times that are taken once,
//! items that are told, words that go.

use store::Store;
use store::social::{Delivery, NewAccount, NewItem, Post, Settlement, Slot, Unit, Unsaved};

use crate::behaviour::noon;

fn copy(id: &str, slot: Option<i64>) -> Delivery {
    Delivery {
        id: id.into(),
        post: "p".into(),
        version: 1,
        kind: "awareness".into(),
        unit: "T".into(),
        account: "a".into(),
        network: "standin".into(),
        app: "app".into(),
        parts: 1,
        body: "{\"text\":\"old\"}".into(),
        sha256: "old".into(),
        key: id.into(),
        due_at: 100,
        state: "queued".into(),
        slot,
        ..Delivery::default()
    }
}

async fn ends(store: &Store, id: &str, from: &str, state: &str) {
    let remote = (state == "live").then(|| format!("r-{id}"));
    let s = Settlement { state, remote, now: 200, ..Settlement::default() };
    assert!(store.decide_delivery(id, &[from], &s).await.unwrap(), "{id} {state}");
}

pub async fn all(store: &Store) {
    for (code, parent) in [("HQ", None), ("T", Some("HQ")), ("O", Some("HQ"))] {
        let unit = Unit { code: code.into(), parent: parent.map(str::to_owned), kind: "thana".into(), ..Unit::default() };
        store.put_unit(&unit).await.unwrap();
    }
    let below = async |tops: &[&str]| {
        let tops: Vec<String> = tops.iter().map(|t| (*t).to_owned()).collect();
        store.units_below(&tops).await.unwrap().into_iter().map(|u| u.code).collect::<Vec<_>>()
    };
    assert_eq!(below(&["HQ"]).await, ["HQ", "O", "T"]);
    assert_eq!(below(&["T", "HQ", "nowhere"]).await, ["HQ", "O", "T"]);
    assert_eq!(below(&["T"]).await, ["T"]);
    assert_eq!(below(&["nowhere"]).await, [""; 0]);
    let account = NewAccount {
        id: "a".into(),
        unit: "T".into(),
        network: "standin".into(),
        handle: "@t".into(),
        remote: "t".into(),
        address: String::new(),
        app: "app".into(),
        state: "connected".into(),
        secret: String::new(),
        expires_at: None,
        connected_by: "sp".into(),
    };
    store.put_account(account, 0).await.unwrap();
    edits(store).await;
    times(store).await;
    items(store).await;
    unsaved(store).await;
}

async fn post(store: &Store, id: &str) {
    let post = Post {
        id: id.into(),
        unit: "T".into(),
        kind: "awareness".into(),
        state: String::new(),
        version: 1,
        author: "w".into(),
        corrects: None,
        created_at: 0,
        changed_at: 0,
    };
    store.create_post(post, "{}", "").await.unwrap();
}

async fn edits(store: &Store) {
    post(store, "p").await;
    assert!(!store.add_revision("p", 1, "{}", "", "w", 1).await.unwrap(), "nothing is out");
    assert!(store.enqueue("p", 1, &["draft"], &[copy("d", None)], 0).await.unwrap());
    assert!(!store.add_revision("p", 1, "{}", "", "w", 1).await.unwrap(), "it is on its way");
    ends(store, "d", "queued", "live").await;
    assert!(!store.add_revision("p", 2, "{}", "", "w", 1).await.unwrap(), "on top of what is there");
    assert!(store.add_revision("p", 1, "{}", "", "w", 1).await.unwrap());
    let edit = Delivery {
        version: 2,
        body: "{\"text\":\"new\"}".into(),
        sha256: "new".into(),
        revises: Some("d".into()),
        ..copy("e", None)
    };
    assert!(store.enqueue("p", 2, &["draft"], &[edit], 0).await.unwrap());
    ends(store, "e", "queued", "edited").await;
    let changed = store.delivery("d").await.unwrap();
    assert_eq!((changed.version, changed.sha256.as_str(), changed.state.as_str()), (2, "new", "live"));
    assert_eq!((changed.edited_at, changed.settled_at), (Some(200), Some(200)));
    assert_eq!(store.posted_since(0).await.unwrap()[0].body, "{\"text\":\"new\"}");
    for (unit, found) in [(None, 1), (Some("HQ"), 1), (Some("T"), 1), (Some("O"), 0), (Some(""), 0)] {
        assert_eq!(store.out_between(unit, 0, 999).await.unwrap().len(), found, "{unit:?}");
    }
}

async fn times(store: &Store) {
    let slot = Slot { account: "a".into(), day: 1, minute: 600, principal: "sp".into(), at: 0 };
    assert!(store.put_slot(&slot).await.unwrap() && !store.put_slot(&slot).await.unwrap());
    assert_eq!(store.slots("a").await.unwrap(), [slot]);
    for id in ["q1", "q2"] {
        post(store, id).await;
    }
    let at = |id: &str| Delivery { post: id.into(), due_at: 5_000, ..copy(&format!("d-{id}"), Some(5_000)) };
    assert_eq!(store.enqueue_slots("q1", 1, &["draft"], &[at("q1")], 0).await.unwrap(), Some(true));
    assert_eq!(store.enqueue_slots("q2", 1, &["draft"], &[at("q2")], 0).await.unwrap(), None, "it is taken");
    assert_eq!(store.post("q2").await.unwrap().state, "draft", "and nothing of it was done");
    assert_eq!(store.taken_times("a", 1_000, 9_000).await.unwrap(), [5_000]);
    let said = store.planned_elsewhere("O", 1_000, 9_000, 10).await.unwrap();
    assert_eq!((said.len(), said[0].unit.as_str()), (1, "T"));
    assert!(store.planned_elsewhere("T", 1_000, 9_000, 10).await.unwrap().is_empty());
    store.cancel_queued("q1", "wrong", 1).await.unwrap();
    assert_eq!(store.enqueue_slots("q2", 1, &["draft"], &[at("q2")], 0).await.unwrap(), Some(true), "it is free again");
    assert!(store.drop_slot("a", 1, 600).await.unwrap() && !store.drop_slot("a", 1, 600).await.unwrap());
}

async fn items(store: &Store) {
    let new = NewItem {
        account: "a".into(),
        unit: "T".into(),
        remote: "m".into(),
        kind: "message".into(),
        body: "words".into(),
        due_at: 50,
        answerable: true,
        answer_until: Some(70),
        ..NewItem::default()
    };
    assert!(store.put_item(new.clone(), noon()).await.unwrap());
    assert!(store.overdue(40, 9).await.unwrap().is_empty());
    let item = store.overdue(60, 9).await.unwrap().remove(0);
    assert_eq!(item.answer_until, Some(70));
    assert!(store.escalate_item(&item, Some("HQ"), 500).await.unwrap());
    assert!(!store.escalate_item(&item, Some("HQ"), 500).await.unwrap(), "once");
    assert!(store.overdue(400, 9).await.unwrap().is_empty() && store.overdue(600, 9).await.unwrap().len() == 1);
    let later = noon().timestamp_micros() + 1;
    assert_eq!(store.forget_messages(later).await.unwrap(), 0, "it waits");
    assert!(store.finish_item(&item.id, "closed", None, Some("done"), 80).await.unwrap());
    assert_eq!(store.forget_messages(later).await.unwrap(), 1);
    store.put_item(new, noon()).await.unwrap();
    assert_eq!(store.item(&item.id).await.unwrap().body, "", "read again, it stays gone");
}

async fn unsaved(store: &Store) {
    let sheet =
        Unsaved { principal: "w".into(), id: "a".into(), post: "p".into(), fields: "{}".into(), at: 5, ..Unsaved::default() };
    store.put_unsaved(&sheet).await.unwrap();
    let newer = Unsaved { fields: "{\"english\":\"x\"}".into(), at: 9, ..sheet.clone() };
    store.put_unsaved(&newer).await.unwrap();
    let other = Unsaved { id: "b".into(), begun: "a".into(), at: 7, ..sheet };
    store.put_unsaved(&other).await.unwrap();
    assert_eq!(store.unsaved_by("w", "p").await.unwrap(), [newer.clone(), other.clone()]);
    assert_eq!((store.unsaved_of("p", 8).await.unwrap(), store.unsaved_of("p", 10).await.unwrap()), (vec![newer], vec![]));
    assert!(!store.drop_unsaved("w", "b", Some(6)).await.unwrap() && store.drop_unsaved("w", "b", Some(7)).await.unwrap());
    assert_eq!(store.forget_unsaved(10).await.unwrap(), 1);
    assert!(!store.drop_unsaved("w", "a", None).await.unwrap());
}
