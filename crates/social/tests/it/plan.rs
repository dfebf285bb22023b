//! When things go out, and what else goes out then: queues, days, what others are about to say, what is not saved yet.

use chrono::{Datelike, TimeDelta};
use social::desk::{Sheet, When};
use social::message::Message;
use store::social::Account;

use crate::desk::{Place, message, place};
use crate::office::{now, refused, who};

/// The Indian weekday (1 is Monday) and time of a moment.
fn ist(micros: i64) -> (u32, String) {
    let t = model::time::to_ist(micros).unwrap();
    (t.weekday().number_from_monday(), t.format("%H:%M").to_string())
}

async fn queued(p: &Place, words: &str) -> Result<i64, social::DeskError> {
    let id = p.approved(&message(words)).await;
    let all = p.office.desk.schedule(&who("sp"), &id, std::slice::from_ref(&p.account), When::Queue, now()).await?;
    Ok(all[0].due_at)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_gives_the_next_free_time_and_each_once() {
    let p = place().await;
    let desk = &p.office.desk;
    let add = async |person: &str, time: &str| desk.add_slot(&who(person), &p.account.id, time, now()).await;
    assert!(refused(queued(&p, "A").await).contains("no free time in its queue"));
    assert!(refused(add("writer", "MO 18:30").await).contains("not publisher"));
    assert!(refused(add("sp", "Monday evening").await).contains("MO 18:30"));
    assert_eq!(add("sp", "18:30").await.unwrap().len(), 7, "every day");
    assert_eq!(add("sp", "MO 09:00").await.unwrap().len(), 8);

    let mut times = Vec::new();
    for n in 0..9 {
        times.push(queued(&p, &format!("Message number {n} about something of its own")).await.unwrap());
    }
    assert!(times.windows(2).all(|w| w[0] < w[1]), "one after the other: {times:?}");
    assert!(times[0] > now().timestamp_micros());
    let at: Vec<(u32, String)> = times.iter().map(|t| ist(*t)).collect();
    assert!(at.iter().all(|(day, time)| time == "18:30" || (*day, time.as_str()) == (1, "09:00")), "{at:?}");
    assert!(at.iter().any(|(_, time)| time == "09:00"), "in nine times there is a Monday morning");

    // A time taken out is given no more; what has it keeps it.
    assert!(refused(desk.drop_slot(&who("sp"), &p.account.id, "TU 07:00", now()).await).contains("no time"));
    assert_eq!(desk.drop_slot(&who("sp"), &p.account.id, "18:30", now()).await.unwrap().len(), 1);
    assert_eq!(ist(queued(&p, "Only the mornings of Mondays are left").await.unwrap()), (1, "09:00".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_do_not_take_the_same_time() {
    let p = place().await;
    let desk = &p.office.desk;
    desk.add_slot(&who("sp"), &p.account.id, "18:30", now()).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(p.approved(&message(&format!("Six of them, and this is number {n}"))).await);
    }
    let one = async |id: &String| {
        let all = desk.schedule(&who("sp"), id, std::slice::from_ref(&p.account), When::Queue, now()).await;
        all.map(|all| all[0].due_at)
    };
    let (a, b, c, d, e, f) = tokio::join!(one(&ids[0]), one(&ids[1]), one(&ids[2]), one(&ids[3]), one(&ids[4]), one(&ids[5]));
    let mut times: Vec<i64> = [a, b, c, d, e, f].into_iter().filter_map(Result::ok).collect();
    let got = times.len();
    times.sort_unstable();
    times.dedup();
    assert!(got >= 5 && times.len() == got, "{got} took {} times", times.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_changed_and_the_hour_is_not() {
    let p = place().await;
    let desk = &p.office.desk;
    desk.add_slot(&who("sp"), &p.account.id, "18:30", now()).await.unwrap();
    let id = p.approved(&message("Wear a helmet.")).await;
    let first = desk.schedule(&who("sp"), &id, std::slice::from_ref(&p.account), When::Queue, now()).await.unwrap()[0].due_at;
    let day = model::time::to_ist(first).unwrap().date() + chrono::Days::new(3);
    assert_eq!(desk.move_to_day(&who("sp"), &id, day, now()).await.unwrap(), 1);
    let moved = desk.store.deliveries(&id).await.unwrap().remove(0);
    assert_eq!(moved.due_at - first, 3 * 86_400_000_000);
    assert_eq!(moved.slot, None, "its place in the queue is free again");
    let next = queued(&p, "Another message, and it takes the first time").await.unwrap();
    assert_eq!(next, first);
    let past = model::time::to_ist(first).unwrap().date() - chrono::Days::new(9);
    assert!(refused(desk.move_to_day(&who("sp"), &id, past, now()).await).contains("in the past"));
}

/// A message of the other unit's, due in some hours.
async fn elsewhere(p: &Place, words: &str, hours: i64) -> (Account, i64) {
    let (desk, store) = (&p.office.desk, &p.office.desk.store);
    store.put_officer("neighbour", "OTHER", "writer").await.unwrap();
    let account = p.office.channel(&format!("@other{hours}"), "OTHER", &p.server.address).await;
    let post = desk.draft(&who("neighbour"), "OTHER", &message(words), None, now()).await.unwrap();
    desk.submit(&who("neighbour"), &post.id, &[], 0, now()).await.unwrap();
    desk.approve(&who("igp"), &post.id, 1, None, now()).await.unwrap();
    let due = (now() + TimeDelta::hours(hours)).timestamp_micros();
    desk.schedule(&who("igp"), &post.id, std::slice::from_ref(&account), When::At(due), now()).await.unwrap();
    (account, due)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_unit_is_about_to_say_is_told() {
    let p = place().await;
    let desk = &p.office.desk;
    let (_, due) = elsewhere(&p, "Traffic is diverted on Station Road on Sunday for the marathon.", 30).await;
    let mine = message("On Sunday traffic is diverted on Station Road for the marathon.");
    let similar = async |m: &Message, at: Option<i64>| desk.similar("THANA", m, at, now()).await.unwrap();
    let found = similar(&mine, None).await;
    assert_eq!((found.len(), found[0].unit.as_str(), found[0].due_at), (1, "OTHER", due), "{found:?}");
    assert_eq!(similar(&mine, Some(due + 3_600_000_000)).await.len(), 1, "an hour apart is the same time");
    assert!(similar(&mine, Some(due + 5 * 3_600_000_000)).await.is_empty(), "five hours are not");
    assert!(similar(&message("Wear a helmet on a two-wheeler."), None).await.is_empty());
    assert!(similar(&message(""), None).await.is_empty());
    let hindi = Message { hindi: "हेलमेट पहनें।".into(), ..mine.clone() };
    assert_eq!(similar(&hindi, None).await.len(), 1, "each language by itself");
    assert!(desk.similar("OTHER", &mine, None, now()).await.unwrap().is_empty(), "not the unit's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_saved_is_kept_for_its_writer_and_seen_by_others() {
    let p = place().await;
    let (desk, store) = (&p.office.desk, &p.office.desk.store);
    let post = desk.draft(&who("writer"), "THANA", &message("Wear a helmet."), None, now()).await.unwrap();
    let keep = async |person: &str, words: &str| {
        let sheet = Sheet { id: "one", post: &post.id, version: 1, fields: words, ..Sheet::default() };
        desk.keep_sheet(&who(person), sheet, now()).await
    };
    assert!(refused(keep("sp", "{}").await).contains("not writer"));
    keep("writer", r#"{"english":"a"}"#).await.unwrap();
    keep("writer", r#"{"english":"ab"}"#).await.unwrap();
    let kept = store.unsaved_by("writer", &post.id).await.unwrap();
    assert_eq!(kept.iter().map(|s| s.fields.as_str()).collect::<Vec<_>>(), [r#"{"english":"ab"}"#], "the last one");
    assert_eq!(store.post(&post.id).await.unwrap().version, 1, "it is no version");
    let writing = async |person: &str, minutes: i64| {
        let at = now() + TimeDelta::minutes(minutes);
        desk.writing(&who(person), &post.id, at).await.unwrap().into_iter().map(|w| w.who).collect::<Vec<_>>()
    };
    assert_eq!((writing("both", 0).await, writing("writer", 0).await), (vec!["writer".to_owned()], vec![]));
    assert!(writing("both", 4).await.is_empty(), "whoever is not heard of no longer writes");
    // Sheets nobody comes back to go after a month.
    desk.upkeep(&p.office.channels, &p.office.networks, now() + TimeDelta::days(31)).await.unwrap();
    assert_eq!(store.unsaved_by("writer", &post.id).await.unwrap(), []);
}

/// One person at two machines, or two behind one account: neither page writes over the other, and both are told.
#[tokio::test(flavor = "multi_thread")]
async fn two_pages_with_one_new_message_are_two_sheets() {
    let p = place().await;
    let (desk, store, me) = (&p.office.desk, &p.office.desk.store, who("writer"));
    let at = |seconds: i64| now() + TimeDelta::seconds(seconds);
    let keep = async |id: &str, begun: &str, begun_at: i64, words: &str, when: i64| {
        let sheet = Sheet { id, begun, begun_at, fields: words, ..Sheet::default() };
        desk.keep_sheet(&me, sheet, at(when)).await.unwrap();
    };
    let twins = async |id: &str, begun: &str, begun_at: i64| {
        let sheet = Sheet { id, begun, begun_at, ..Sheet::default() };
        desk.twins(&me, sheet).await.unwrap().into_iter().map(|s| s.id).collect::<Vec<_>>()
    };
    let kept = async || store.unsaved_by("writer", "").await.unwrap();
    keep("a", "", 0, "first", 0).await;
    keep("b", "", 0, "something else", 1).await;
    assert_eq!(kept().await.len(), 2, "two new messages");
    assert!(twins("a", "", 0).await.is_empty() && twins("b", "", 0).await.is_empty(), "that have nothing to do with each other");

    // Page c goes on from a; nobody has a open any more.
    let a = kept().await.into_iter().find(|s| s.id == "a").unwrap();
    assert!(twins("c", "a", a.at).await.is_empty());
    keep("c", "a", a.at, "first, more", 2).await;
    assert_eq!(kept().await.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["c", "b"], "it took the place of a");

    // Page a was open after all, and is written on.
    keep("a", "", 0, "first, other", 3).await;
    let all = kept().await;
    assert_eq!(all.iter().map(|s| s.fields.as_str()).collect::<Vec<_>>(), ["first, other", "first, more", "something else"]);
    assert_eq!((twins("a", "", 0).await, twins("c", "a", a.at).await), (vec!["c".to_owned()], vec!["a".to_owned()]));
    keep("c", "a", a.at, "first, more and more", 4).await;
    assert_eq!(kept().await.len(), 3, "and c leaves it alone");
    // A third page that goes on from the same sheet.
    keep("d", "a", all[0].at, "third", 5).await;
    assert_eq!(twins("d", "a", all[0].at).await, ["c"]);
    // Another person sees and touches nothing of it.
    assert!(store.unsaved_by("sp", "").await.unwrap().is_empty());
    assert!(!store.drop_unsaved("sp", "c", None).await.unwrap());
}
