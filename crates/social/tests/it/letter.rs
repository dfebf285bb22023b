//! Messages to an account alone: read, answered while the network takes an answer, and nothing kept of who wrote.

use chrono::TimeDelta;
use serde_json::json;
use social::limit::NetworkName;
use social::network::{Found, Outcome, Outgoing, StandIn, Trouble};
use standin::Faults;

use crate::desk::{Place, place};
use crate::office::{now, refused, until, who};
use crate::vendor::Scene;

async fn letter(p: &Place, id: &str, hours: i64) -> String {
    let at = (now() - TimeDelta::hours(hours)).timestamp_micros();
    let one = json!({ "id": id, "handle": "A. Citizen", "text": "My phone was stolen.", "at": at, "parent": "person-9" });
    p.server.with(|m| m.letters.push(one));
    p.office.desk.poll(&p.office.channels, &StandIn::new().unwrap(), &p.account, now()).await.unwrap();
    p.office.desk.store.items(None, true, 10).await.unwrap().into_iter().find(|i| i.remote == id).unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_alone_and_nothing_is_kept_of_its_writer() {
    let p = place().await;
    let (desk, store, worker) = (&p.office.desk, &p.office.desk.store, p.office.worker("w"));
    let id = letter(&p, "m1", 1).await;
    let item = store.item(&id).await.unwrap();
    assert_eq!((item.kind.as_str(), item.handle.as_str(), item.answerable), ("message", "", 1));
    let hidden = desk.hide_item(&who("writer"), &p.office.channels, &p.office.networks, &id, "spam", now()).await;
    assert!(refused(hidden).contains("nobody else sees"));

    let answer = desk.answer(&who("writer"), &id, "Come to the station with the bill.", now()).await.unwrap();
    desk.submit(&who("writer"), &answer, &[], 0, now()).await.unwrap();
    desk.approve(&who("sp"), &answer, 1, None, now()).await.unwrap();
    desk.send_answer(&who("sp"), &id, &answer, &StandIn::new().unwrap(), now()).await.unwrap();
    until(10, &worker, async || store.item(&id).await.unwrap().state == "answered").await;
    let sent = p.server.with(|m| m.posts[0].clone());
    assert!(sent.private && sent.reply_to.as_deref() == Some("m1"), "{sent:?}");
    let d = store.deliveries(&answer).await.unwrap().remove(0);
    assert_eq!(d.prepared, None, "whom it was for is not kept");
    assert!(store.published(None, None, None, 10).await.unwrap().is_empty(), "nothing of it is public");
    assert!(desk.records(&who("igp"), None, 0, i64::MAX, now()).await.unwrap().is_empty(), "nor part of the record for others");

    // The words go a month after the matter is ended, and the next reading does not bring them back.
    desk.upkeep(&p.office.channels, &p.office.networks, now() + TimeDelta::days(31)).await.unwrap();
    assert_eq!(store.item(&id).await.unwrap().body, "");
    desk.poll(&p.office.channels, &StandIn::new().unwrap(), &p.account, now()).await.unwrap();
    assert_eq!(store.item(&id).await.unwrap().body, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_due_while_the_network_takes_it_and_refused_afterwards() {
    let p = place().await;
    let desk = &p.office.desk;
    // The stand-in takes answers for a day; the unit has four hours.
    let late = letter(&p, "m1", 23).await;
    let item = desk.store.item(&late).await.unwrap();
    assert_eq!(Some(item.due_at), item.answer_until, "an hour is left, and no more");
    let answer = desk.answer(&who("writer"), &late, "On Monday.", now()).await.unwrap();
    desk.submit(&who("writer"), &answer, &[], 0, now()).await.unwrap();
    desk.approve(&who("sp"), &answer, 1, None, now()).await.unwrap();
    let afterwards = now() + TimeDelta::hours(2);
    let sent = desk.send_answer(&who("sp"), &late, &answer, &StandIn::new().unwrap(), afterwards).await;
    assert!(refused(sent).contains("took answers to this message until"));
    let over = letter(&p, "m2", 25).await;
    assert!(refused(desk.begin_answer(&who("writer"), &over, now()).await).contains("when the person writes again"));
    assert!(
        desk.store.item(&over).await.unwrap().due_at > now().timestamp_micros(),
        "it is answered by hand, under the usual clock"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn meta_and_mastodon_answer_the_one_who_wrote_within_their_time() {
    for (name, account) in [(NetworkName::Facebook, "1"), (NetworkName::Instagram, "5001"), (NetworkName::Mastodon, "1")] {
        let s = Scene::new(name).await;
        let fresh = s.world.letter(account, "9001", "मेरा फ़ोन चोरी हुआ", 1);
        s.world.letter(account, "9002", "दूसरा व्यक्ति", 2);
        let page = s.network.messages(&s.channel, None).await.unwrap();
        assert_eq!(page.items.len(), 2, "{name}: {page:?}");
        assert!(page.items.iter().all(|i| i.kind == "message" && i.handle.is_empty()), "{name}: {page:?}");
        let told = format!("{page:?}");
        assert!(!told.contains("9001") && !told.contains("name of"), "{name}: nothing tells who wrote: {told}");
        let public = s.network.inbound(&s.channel, None).await.unwrap();
        assert!(public.items.is_empty(), "{name}: not among what is public: {public:?}");

        let answer = Outgoing {
            private: true, key: "k1".into(), ..s.network.reply(&fresh, "बिल लेकर आएँ।").unwrap()
        };
        assert_eq!(s.network.check(&answer), Vec::<String>::new());
        let live = s.live(&answer).await;
        s.world.with(|m| {
            let sent = m.find(&live.remote).unwrap();
            assert!(sent.private && sent.text.contains("बिल लेकर आएँ।"), "{name}: {sent:?}");
            assert!(name != NetworkName::Mastodon || sent.text.starts_with("@name of 9001 "), "{name}: {sent:?}");
            assert!(name == NetworkName::Mastodon || sent.parent.as_deref() == Some("9001"), "{name}: {sent:?}");
        });
        let own = s.network.messages(&s.channel, None).await.unwrap();
        assert_eq!(own.items.len(), 2, "{name}: own answers are not read as messages");

        // Unclear and gone through: found, once.
        s.world.set_faults(Faults { error_after: 1000, ..Faults::default() });
        let second = Outgoing { text: "आज ही आएँ।".into(), key: "k2".into(), ..answer.clone() };
        let (prepared, out) = s.publish(&second).await;
        assert!(matches!(out, Outcome::Unclear(_)), "{name}: {out:?}");
        s.world.set_faults(Faults::default());
        let since = now().timestamp_micros() - 300_000_000;
        let found = s.network.reconcile(&s.channel, &second, &prepared, since, &[]).await;
        assert!(matches!(&found, Found::Live(l) if l.remote != live.remote), "{name}: {found:?}");
        let never = Outgoing { text: "कभी नहीं भेजा".into(), ..second.clone() };
        let found = s.network.reconcile(&s.channel, &never, &prepared, since, &[]).await;
        assert_eq!(found, Found::Absent, "{name}");
    }
    for (name, account) in [(NetworkName::Facebook, "1"), (NetworkName::Instagram, "5001")] {
        let s = Scene::new(name).await;
        // After a day as one a person wrote, after a week not at all.
        let old = s.world.letter(account, "9003", "पुराना", 30);
        let answer = Outgoing { private: true, ..s.network.reply(&old, "जी।").unwrap() };
        s.live(&answer).await;
        let sent = s.world.with(|m| m.seen.iter().rev().find(|c| c.path.ends_with("/messages")).cloned()).unwrap();
        assert_eq!((sent.get("messaging_type"), sent.get("tag")), ("MESSAGE_TAG".into(), "HUMAN_AGENT".into()), "{name}");
        let gone = s.world.letter(account, "9004", "बहुत पुराना", 200);
        let over = s.network.prepare(&s.channel, &Outgoing { private: true, ..s.network.reply(&gone, "जी।").unwrap() }).await;
        let Err(Trouble::Impossible(why)) = over else { panic!("{name}: {over:?}") };
        assert!(social::network::words(&why, true).is_some(), "{name}: has words for an officer: {why}");
        let long = Outgoing { private: true, ..s.network.reply(&old, &"क".repeat(2001)).unwrap() };
        assert!(!s.network.check(&long).is_empty(), "{name}: the limit of messages, not of posts");
    }
}
