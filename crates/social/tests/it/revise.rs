//! Edits of what is out: signed like a post, carried out once, found out by reading when the answer was unclear.

use social::desk::{OutCopy, Stays, Verdict, When};
use social::message::{Kind, Message};

use crate::desk::{Place, message, place};
use crate::office::{now, refused, until, who};
use crate::server::Faults;

const WHY: &str = "the date in it was wrong";

/// A message that is out, and an edit of it that is signed.
async fn edited(p: &Place, old: &str, new: &str) -> String {
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let id = p.scheduled(old).await;
    until(10, &worker, async || p.state(&id).await == "live").await;
    desk.revise(&who("writer"), &id, 1, &message(new), WHY, now()).await.unwrap();
    desk.submit(&who("writer"), &id, &[], 0, now()).await.unwrap();
    desk.approve(&who("sp"), &id, 2, None, now()).await.unwrap();
    id
}

async fn states(p: &Place, id: &str) -> Vec<String> {
    let mut all: Vec<String> = p.office.desk.store.deliveries(id).await.unwrap().into_iter().map(|d| d.state).collect();
    all.sort();
    all
}

fn texts(p: &Place) -> Vec<String> {
    p.server.with(|m| m.posts.iter().map(|p| p.text.clone()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_signed_again_and_changes_what_is_out() {
    let p = place().await;
    let (desk, store, worker) = (&p.office.desk, &p.office.desk.store, p.office.worker("w"));
    let id = p.scheduled("The camp is on Monday.").await;
    let new = message("The camp is on Tuesday.");
    let early = desk.revise(&who("writer"), &id, 1, &new, WHY, now()).await;
    assert!(refused(early).contains("nothing that is out"), "it is not out yet");
    until(10, &worker, async || p.state(&id).await == "live").await;

    assert!(refused(desk.edit(&who("writer"), &id, 1, &new, now()).await).contains("already out"), "no silent edit");
    assert!(refused(desk.revise(&who("nobody"), &id, 1, &new, WHY, now()).await).contains("not writer"));
    assert!(refused(desk.revise(&who("writer"), &id, 1, &new, "typo", now()).await).contains("sentence"));
    assert!(refused(desk.revise(&who("writer"), &id, 7, &new, WHY, now()).await).contains("version 1 meanwhile"));
    let other = Message { kind: Kind::Alert, ..new.clone() };
    assert!(refused(desk.revise(&who("writer"), &id, 1, &other, WHY, now()).await).contains("of kind awareness"));
    let pictured = Message { media: vec![social::message::Media::default()], ..new.clone() };
    assert!(refused(desk.revise(&who("writer"), &id, 1, &pictured, WHY, now()).await).contains("pictures"));
    let same = desk.revise(&who("writer"), &id, 1, &message("The camp is on Monday."), WHY, now()).await;
    assert!(refused(same).contains("words are the same"));

    let draft = desk.revise(&who("writer"), &id, 1, &new, WHY, now()).await.unwrap();
    assert_eq!((draft.state.as_str(), draft.version), ("draft", 2));
    assert!(refused(desk.apply_edit(&who("sp"), &id, now()).await).contains("not approved"));
    desk.submit(&who("writer"), &id, &[], 0, now()).await.unwrap();
    assert!(refused(desk.approve(&who("writer"), &id, 2, None, now()).await).contains("wrote this message"));
    desk.approve(&who("sp"), &id, 2, None, now()).await.unwrap();
    let twice = desk.schedule(&who("sp"), &id, std::slice::from_ref(&p.account), When::Now, now()).await;
    assert!(refused(twice).contains("is out already"), "an approved edit is not published a second time");
    assert!(refused(desk.apply_edit(&who("writer"), &id, now()).await).contains("not publisher"));
    worker.run_once().await.unwrap();
    assert_eq!(texts(&p), ["The camp is on Monday."], "nothing changes by itself");
    assert_eq!(store.published_one(&id).await.unwrap().unwrap().version, 1, "the portal shows what is out");

    desk.apply_edit(&who("sp"), &id, now()).await.unwrap();
    assert!(refused(desk.apply_edit(&who("sp"), &id, now()).await).contains("not approved"), "once");
    until(10, &worker, async || states(&p, &id).await == ["edited", "live"]).await;
    assert_eq!((texts(&p), p.server.with(|m| m.edits)), (vec!["The camp is on Tuesday.".to_owned()], 1));
    let copy = store.deliveries(&id).await.unwrap().into_iter().find(|d| d.state == "live").unwrap();
    assert!(copy.version == 2 && copy.edited_at.is_some() && copy.body.contains("Tuesday"), "{copy:?}");
    assert!(store.published_one(&id).await.unwrap().unwrap().body.contains("Tuesday"));
    let what: Vec<String> = store.events(&id).await.unwrap().into_iter().map(|e| e.what).collect();
    assert_eq!(what, ["draft", "submit", "approve", "schedule", "revise", "submit", "approve", "edit out"]);
    let record = desk.records(&who("igp"), None, 0, i64::MAX, now()).await.unwrap();
    assert_eq!((record[0].versions.len(), record[0].copies.iter().filter(|c| c.revises.is_some()).count()), (2, 1));

    let told = desk.earlier(&id).await.unwrap();
    assert_eq!((told.len(), told[0].version, told[0].english.as_str()), (1, 1, "The camp is on Monday."));
    assert!(told[0].open() && Some(told[0].ended_at) == copy.edited_at);

    // And once more on top of it; an edit that is given up leaves what is out.
    desk.revise(&who("writer"), &id, 2, &message("The camp is on Friday."), WHY, now()).await.unwrap();
    desk.keep_out(&who("writer"), &id, "Tuesday it is", now()).await.unwrap();
    assert!(refused(desk.keep_out(&who("writer"), &id, "again", now()).await).contains("no edit"));
    assert_eq!(store.post(&id).await.unwrap().state, "scheduled");
    assert_eq!(texts(&p), ["The camp is on Tuesday."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unclear_edit_is_read_and_not_made_twice() {
    let p = place().await;
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let id = edited(&p, "On Monday.", "On Tuesday.").await;
    *p.server.faults.lock().unwrap() = Faults { error_after: 1000, ..Faults::default() };
    desk.apply_edit(&who("sp"), &id, now()).await.unwrap();
    until(15, &worker, async || states(&p, &id).await == ["edited", "live"]).await;
    assert_eq!((texts(&p), p.server.with(|m| m.edits)), (vec!["On Tuesday.".to_owned()], 1), "found by reading");

    // Surely not made: read as absent after the quiet time, and tried again.
    let other = edited(&p, "At eight.", "At nine.").await;
    *p.server.faults.lock().unwrap() = Faults { error_before: 1000, ..Faults::default() };
    desk.apply_edit(&who("sp"), &other, now()).await.unwrap();
    worker.run_once().await.unwrap();
    *p.server.faults.lock().unwrap() = Faults::default();
    until(20, &worker, async || states(&p, &other).await == ["edited", "live"]).await;
    assert_eq!(p.server.with(|m| m.edits), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_removed_or_changed_by_hand_meanwhile_is_not_written_over() {
    let p = place().await;
    let (desk, store, worker) = (&p.office.desk, &p.office.desk.store, p.office.worker("w"));
    let id = edited(&p, "On Monday.", "On Tuesday.").await;
    // Deleted at the network: the edit is refused, and nothing is published in its place.
    p.server.with(|m| m.deleted.push(m.posts[0].id.clone()));
    desk.apply_edit(&who("sp"), &id, now()).await.unwrap();
    until(10, &worker, async || states(&p, &id).await == ["failed", "live"]).await;
    assert_eq!(p.server.with(|m| (m.posts.len(), m.edits)), (1, 0));

    // A court's order stops an edit that waits; no copy is looked for that is none.
    let other = edited(&p, "At eight.", "At nine.").await;
    desk.apply_edit(&who("sp"), &other, now()).await.unwrap();
    let o = desk.takedown(&who("sp"), &other, "SBCWP 1/2026", "Rajasthan High Court", now()).await.unwrap();
    assert_eq!(o.removals.len(), 1);
    until(10, &worker, async || desk.compliance(&o.order.id, now()).await.unwrap().complied).await;
    assert_eq!(states(&p, &other).await, ["cancelled", "removed"]);

    // Unclear, and then somebody wrote something else by hand: a person decides.
    let third = edited(&p, "In the park.", "In the hall.").await;
    *p.server.faults.lock().unwrap() = Faults { error_after: 1000, ..Faults::default() };
    desk.apply_edit(&who("sp"), &third, now()).await.unwrap();
    let strict = social::outbox::Patience { decide: std::time::Duration::from_secs(1), ..crate::office::hurry() };
    let worker = p.office.worker_with("v", std::sync::Arc::new(social::outbox::SystemClock), strict);
    worker.run_once().await.unwrap();
    p.server.with(|m| m.posts.last_mut().unwrap().text = "In the school.".into());
    until(15, &worker, async || states(&p, &third).await == ["human", "live"]).await;
    let edit = store.deliveries(&third).await.unwrap().into_iter().find(|d| d.revises.is_some()).unwrap();
    assert!(edit.reason.as_deref().unwrap().contains("by hand"), "{edit:?}");
    desk.decide(&who("sp"), &edit.id, Verdict::Live(""), now()).await.unwrap();
    assert_eq!(states(&p, &third).await, ["edited", "live"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_waits_is_withdrawn_and_what_is_out_stays_out() {
    let p = place().await;
    let (desk, store, worker) = (&p.office.desk, &p.office.desk.store, p.office.worker("w"));
    let id = edited(&p, "On Monday.", "On Tuesday.").await;
    desk.pause(&who("igp"), "HQ", "a riot in the city", now()).await.unwrap();
    desk.apply_edit(&who("sp"), &id, now()).await.unwrap();
    worker.run_once().await.unwrap();
    assert_eq!(states(&p, &id).await, ["live", "queued"], "a pause holds an edit back too");
    let day = model::time::to_ist(now().timestamp_micros()).unwrap().date() + chrono::Days::new(3);
    assert_eq!(desk.move_to_day(&who("sp"), &id, day, now()).await.unwrap(), 0, "an edit has no day of its own");
    assert_eq!(desk.withdraw(&who("sp"), &id, "Monday it is", now()).await.unwrap(), 1);
    assert_eq!(
        (states(&p, &id).await, store.post(&id).await.unwrap().state.as_str()),
        (vec!["cancelled".into(), "live".into()], "scheduled")
    );
    assert!(store.published_one(&id).await.unwrap().unwrap().body.contains("Monday"), "the public sees it still");
    desk.resume(&who("igp"), "HQ", now()).await.unwrap();
    worker.run_once().await.unwrap();
    assert_eq!(texts(&p), ["On Monday."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_where_no_program_may_edit_stay_and_are_named() {
    let p = place().await;
    let (desk, store) = (&p.office.desk, &p.office.desk.store);
    // A copy on X, out since before.
    let x = p.office.channel_on("x", "@thana_x", "THANA", "http://127.0.0.1:1", "t").await;
    let id = p.approved(&message("The camp is on Monday.")).await;
    let queued = desk.schedule(&who("sp"), &id, &[p.account.clone(), x], When::Now, now()).await.unwrap();
    for (n, d) in queued.iter().enumerate() {
        let live = store::social::Settlement {
            state: "live",
            remote: Some(format!("r{n}")),
            now: now().timestamp_micros(),
            ..Default::default()
        };
        assert!(store.decide_delivery(&d.id, &["queued"], &live).await.unwrap());
    }
    desk.revise(&who("writer"), &id, 1, &message("The camp is on Tuesday."), WHY, now()).await.unwrap();
    let plan: Vec<(String, Option<Stays>)> =
        desk.edit_plan(&id).await.unwrap().into_iter().map(|c: OutCopy| (c.network, c.stays)).collect();
    assert!(plan.contains(&("standin".into(), None)) && plan.contains(&("x".into(), Some(Stays::Network))), "{plan:?}");
    // Words that fall apart into more parts than are out are another thread.
    let long = "A long word about the camp. ".repeat(60);
    let more = Message { variants: [(social::NetworkName::Standin, long)].into(), ..message("The camp is on Tuesday.") };
    assert!(refused(desk.revise(&who("writer"), &id, 2, &more, WHY, now()).await).contains("write a correction"));
    // A copy that a person sends again must be of the newest words.
    let human = store::social::Settlement { state: "human", ..Default::default() };
    store.decide_delivery(&queued[1].id, &["live"], &human).await.unwrap();
    assert!(refused(desk.decide(&who("sp"), &queued[1].id, Verdict::Again, now()).await).contains("was edited since"));
}

/// An edit puts right what should never have been public: today's rules and an officer's judgement keep the earlier words away.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_keeps_from_the_public_does_not_come_back_as_an_earlier_wording() {
    let p = place().await;
    let (desk, store, worker) = (&p.office.desk, &p.office.desk.store, p.office.worker("w"));
    let id = edited(&p, "On Monday.", "On Tuesday.").await;
    assert!(desk.earlier(&id).await.unwrap().is_empty(), "nothing was edited yet");
    // As a program published it that did not have the rule yet.
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(\"UPDATE social_version SET body = replace(body, 'On Monday', 'Aadhaar 2345 6789 0123')\"); c.commit()";
    let done =
        std::process::Command::new("python3").args(["-c", script]).arg(p.home.path().join("state.sqlite")).status().unwrap();
    assert!(done.success());
    desk.apply_edit(&who("sp"), &id, now()).await.unwrap();
    until(10, &worker, async || states(&p, &id).await == ["edited", "live"]).await;
    let told = desk.earlier(&id).await.unwrap();
    assert_eq!((told[0].rule.as_deref(), told[0].open()), (Some("aadhaar"), false), "{told:?}");

    let other = edited(&p, "Ram Lal of Sikar was asked.", "A witness was asked.").await;
    let why = "he was named by mistake";
    assert!(refused(desk.withhold(&who("writer"), &other, 1, Some(why), now()).await).contains("not publisher"));
    assert!(refused(desk.withhold(&who("sp"), &other, 1, Some("oops"), now()).await).contains("sentence"));
    assert!(refused(desk.withhold(&who("sp"), &other, 2, Some(why), now()).await).contains("the newest"));
    // Before the edit is carried out, so that nobody reads the name even for a moment.
    desk.withhold(&who("sp"), &other, 1, Some(why), now()).await.unwrap();
    desk.apply_edit(&who("sp"), &other, now()).await.unwrap();
    until(10, &worker, async || states(&p, &other).await == ["edited", "live"]).await;
    assert_eq!(desk.earlier(&other).await.unwrap()[0].withheld.as_deref(), Some(why));
    desk.withhold(&who("sp"), &other, 1, None, now()).await.unwrap();
    assert!(desk.earlier(&other).await.unwrap()[0].open());
    let what: Vec<String> = store.events(&other).await.unwrap().into_iter().map(|e| e.what).collect();
    assert!(what.contains(&"wording withheld".to_owned()) && what.contains(&"wording shown".to_owned()), "{what:?}");
    // What is taken back is not public at all.
    store.move_post(&other, 2, &["scheduled"], "withdrawn", 0).await.unwrap();
    assert!(desk.earlier(&other).await.unwrap().is_empty());
}
