//! What the desk owes others: courts, people who wrote, whoever looks for an official handle. Fault by fault.

use chrono::TimeDelta;
use social::desk::Verdict;
use social::network::{Network, Outcome, Outgoing, StandIn, X};
use social::outbox::health;
use social::registry;
use standin::{Faults as Weather, Kind as World_, World};
use store::social::{NewAccount, NewItem};

use crate::desk::{Place, message, place};
use crate::office::{now, refused, until, who};

async fn order(p: &Place, post: &str) -> String {
    p.office.desk.takedown(&who("sp"), post, "SBCWP 1/2026", "Rajasthan High Court", now()).await.unwrap().order.id
}

/// States of an order's copies, by the handle of their channel.
async fn copies(p: &Place, order: &str) -> Vec<(String, String)> {
    let store = &p.office.desk.store;
    let mut out = Vec::new();
    for r in store.removals(order).await.unwrap() {
        let account = store.delivery(&r.delivery).await.unwrap().account;
        out.push((store.account(&account).await.unwrap().handle, r.state));
    }
    out.sort();
    out
}

/// A message that is out on both channels; the first one's secret no longer opens.
async fn on_two_channels(p: &Place) -> String {
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let second = p.office.channel("@district", "DIST", &p.server.address).await;
    let id = p.approved(&message("Wear a helmet.")).await;
    desk.schedule(&who("sp"), &id, &[p.account.clone(), second], social::desk::When::Now, now()).await.unwrap();
    until(10, &worker, async || p.server.with(|m| m.posts.len()) == 2).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_cannot_be_removed_holds_up_no_other_and_is_a_persons() {
    let p = place().await;
    let (desk, store) = (&p.office.desk, &p.office.desk.store);
    let id = on_two_channels(&p).await;
    assert!(store.reseal(&p.account.id, p.account.secret_version, "sealed by nobody").await.unwrap());
    let o = order(&p, &id).await;
    p.office.worker("w").run_once().await.unwrap();
    assert_eq!(copies(&p, &o).await, [("@district".into(), "removed".into()), ("@thana".into(), "human".into())]);
    assert!(!desk.compliance(&o, now()).await.unwrap().complied, "one copy is out");

    let stuck = store.removals(&o).await.unwrap().into_iter().find(|r| r.state == "human").unwrap().delivery;
    let by = async |person: &str, proof: &str| desk.settle_copy(&who(person), &o, &stuck, "removed", proof, now()).await;
    assert!(refused(by("writer", "the address shows: not found").await).contains("not publisher"));
    assert!(refused(by("sp", "gone").await).contains("what proves it"));
    assert!(
        refused(desk.settle_copy(&who("sp"), &o, &stuck, "forgotten", "the address shows it", now()).await)
            .contains("removed or hidden")
    );
    let done = desk
        .settle_copy(&who("sp"), &o, &stuck, "hidden", "only the page's owner sees it; picture in file 7", now())
        .await
        .unwrap();
    assert!(done.complied && done.statement.contains("picture in file 7; sp") && done.statement.contains("removed or hidden"));
    assert!(refused(by("sp", "the address shows: not found").await).contains("already"));
    let record: Vec<String> = store.events(&o).await.unwrap().into_iter().map(|e| e.what).collect();
    assert_eq!(record, ["removed by hand"]);
    assert!(store.deliveries(&id).await.unwrap().iter().all(|d| d.state == "removed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_dies_during_an_order_leaves_the_copy_to_a_person_and_a_new_one_removes_it() {
    let p = place().await;
    let (desk, store, worker) = (&p.office.desk, &p.office.desk.store, p.office.worker("w"));
    let id = p.scheduled("Wear a helmet.").await;
    until(10, &worker, async || p.state(&id).await == "live").await;
    p.server.with(|m| m.good = vec!["another".into()]);
    let o = order(&p, &id).await;
    worker.run_once().await.unwrap();
    assert_eq!(copies(&p, &o).await, [("@thana".into(), "human".into())]);
    let why = store.removals(&o).await.unwrap().remove(0).proof.unwrap();
    assert!(why.contains("connect it again"), "{why}");

    // Connected again and confirmed by a second person, it is removed without anybody asking.
    let secret = social::network::Secret { access: "another".into(), ..Default::default() };
    let new = NewAccount {
        secret: p.office.channels.vault().seal(&p.account.id, &secret).unwrap(),
        id: p.account.id.clone(),
        unit: "THANA".into(),
        network: "standin".into(),
        handle: "@thana".into(),
        remote: "@thana".into(),
        address: p.server.address.clone(),
        app: "app".into(),
        state: "proposed".into(),
        expires_at: None,
        connected_by: "sp".into(),
    };
    desk.put_channel(&who("sp"), new, now()).await.unwrap();
    desk.confirm(&who("igp"), &p.account.id, now()).await.unwrap();
    until(10, &worker, async || desk.compliance(&o, now()).await.unwrap().complied).await;
    assert_eq!(p.server.with(|m| m.deleted.len()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_let_a_copy_be_tried_again() {
    let p = place().await;
    let (desk, store, worker) = (&p.office.desk, &p.office.desk.store, p.office.worker("w"));
    let id = p.scheduled("Wear a helmet.").await;
    until(10, &worker, async || p.state(&id).await == "live").await;
    p.server.with(|m| m.good = vec!["another".into()]);
    let o = order(&p, &id).await;
    worker.run_once().await.unwrap();
    let copy = store.removals(&o).await.unwrap().remove(0).delivery;
    p.server.with(|m| m.good = vec!["access-0".into()]);
    desk.retry_copy(&who("sp"), &o, &copy, now()).await.unwrap();
    until(10, &worker, async || desk.compliance(&o, now()).await.unwrap().complied).await;
    assert!(refused(desk.retry_copy(&who("sp"), &o, &copy, now()).await).contains("removed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_made_here_is_ordered_down_by_its_address() {
    let p = place().await;
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let world = World::start(World_::X, Weather::default(), 7).await.unwrap();
    let account = p.office.channel_on("x", "1", "THANA", &world.address, "token-of-1").await;
    // Written by hand on the account, before there was a desk.
    let network = X::new().unwrap();
    let channel = p.office.channels.open(&account).unwrap();
    let post = Outgoing { text: "An old post.".into(), ..Outgoing::default() };
    let prepared = network.prepare(&channel, &post).await.unwrap();
    let Outcome::Live(live) = network.commit(&channel, &post, &prepared).await else { panic!("not out") };

    let at = [format!("https://x.com/1/status/{}", live.remote), "https://news.example.org/story".to_owned()];
    let opened = async |person: &str, at: &[String]| {
        desk.takedown_at(&who(person), at, None, "SBCWP 9/2026", "Rajasthan High Court", now()).await
    };
    assert!(refused(opened("sp", &at).await).contains("not publisher in HQ"), "an address of nobody's is headquarters' matter");
    assert!(refused(opened("igp", &["the post of Monday".into()]).await).contains("https://"));
    assert!(refused(opened("igp", &[]).await).contains("at least one address"));
    let o = opened("igp", &at).await.unwrap().remove(0);
    until(10, &worker, async || {
        let all = desk.compliance(&o.order.id, now()).await.unwrap().removals;
        all.iter().any(|r| r.state == "removed")
    })
    .await;
    world.with(|m| assert!(m.find(&live.remote).is_none(), "gone at the network"));
    let now_ = desk.compliance(&o.order.id, now()).await.unwrap();
    let by_hand = now_.removals.iter().find(|r| r.url == at[1]).unwrap();
    assert_eq!((by_hand.state.as_str(), now_.complied), ("human", false), "no channel reaches it");
    let retried = desk.retry_copy(&who("igp"), &o.order.id, &by_hand.delivery, now()).await;
    assert!(refused(retried).contains("no channel of the desk"));
    let proof = "the editor took it down; letter of 3 March in the file";
    let done = desk.settle_copy(&who("igp"), &o.order.id, &by_hand.delivery, "removed", proof, now()).await.unwrap();
    assert!(done.complied && done.statement.contains(&at[0]) && done.statement.contains(proof), "{}", done.statement);

    // An address of what was made here takes every copy along.
    let id = on_two_channels(&p).await;
    let url = desk.store.deliveries(&id).await.unwrap()[0].url.clone().unwrap();
    let all = opened("igp", &[url]).await.unwrap();
    assert_eq!((all.len(), all[0].order.post.as_str(), all[0].removals.len()), (1, id.as_str(), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_department_takes_back_what_is_out_with_a_reason() {
    let p = place().await;
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let waiting = p.approved(&message("Wear a seat belt.")).await;
    assert!(
        refused(desk.remove(&who("sp"), &waiting, "the date in it is wrong", now()).await).contains("nothing of this message")
    );
    let id = on_two_channels(&p).await;
    assert!(refused(desk.remove(&who("writer"), &id, "the date in it is wrong", now()).await).contains("not publisher"));
    assert!(refused(desk.remove(&who("sp"), &id, "wrong", now()).await).contains("sentence"));
    let o = desk.remove(&who("sp"), &id, "the date in it is wrong", now()).await.unwrap();
    until(10, &worker, async || desk.compliance(&o.order.id, now()).await.unwrap().complied).await;
    assert_eq!(p.server.with(|m| m.deleted.len()), 2);
    assert!(desk.compliance(&o.order.id, now()).await.unwrap().statement.contains("The department's decision"));
    assert!(desk.store.events(&id).await.unwrap().iter().any(|e| e.what == "remove" && e.detail.contains("date in it")));
}

async fn comment(p: &Place, id: &str) -> String {
    let (desk, network) = (&p.office.desk, StandIn::new().unwrap());
    p.server.with(|m| m.inbox.push(serde_json::json!({ "id": id, "handle": "citizen", "text": "When?", "at": 5 })));
    desk.poll(&p.office.channels, &network, &p.account, now()).await.unwrap();
    desk.store.items(None, true, 10).await.unwrap().into_iter().find(|i| i.remote == id).unwrap().id
}

/// An answer that is drafted and approved.
async fn approved_answer(p: &Place, item: &str, text: &str) -> String {
    let desk = &p.office.desk;
    let answer = desk.answer(&who("writer"), item, text, now()).await.unwrap();
    desk.submit(&who("writer"), &answer, &[], 0, now()).await.unwrap();
    desk.approve(&who("sp"), &answer, 1, None, now()).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_answer_of_an_item_answers_it_and_only_once() {
    let p = place().await;
    let (desk, network) = (&p.office.desk, StandIn::new().unwrap());
    let (first, second) = (comment(&p, "c1").await, comment(&p, "c2").await);
    let answer = approved_answer(&p, &first, "On Monday.").await;
    let other = p.approved(&message("Wear a helmet.")).await;
    let send = async |item: &str, post: &str| desk.send_answer(&who("sp"), item, post, &network, now()).await;
    assert!(refused(send(&second, &answer).await).contains("no answer is drafted"));
    assert!(refused(send(&first, &other).await).contains("drafted for this item"));
    let (a, b) = tokio::join!(send(&first, &answer), send(&first, &answer));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    until(10, &p.office.worker("w"), async || desk.store.item(&first).await.unwrap().state == "answered").await;
    assert_eq!(p.server.with(|m| m.posts.len()), 1);
    assert!(refused(send(&first, &answer).await).contains("answered already"));

    // What somebody ended meanwhile is not answered.
    let late = approved_answer(&p, &second, "On Tuesday.").await;
    desk.close_item(&who("writer"), &second, "closed", None, "told by telephone", now()).await.unwrap();
    assert!(refused(send(&second, &late).await).contains("closed already"));
    assert_eq!(p.server.with(|m| m.posts.len()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_fails_at_the_network_leaves_the_item_waiting() {
    let p = place().await;
    let (desk, network, worker) = (&p.office.desk, StandIn::new().unwrap(), p.office.worker("w"));
    let item = comment(&p, "c1").await;
    let answer = approved_answer(&p, &item, "A forbidden word.").await;
    desk.send_answer(&who("sp"), &item, &answer, &network, now()).await.unwrap();
    until(10, &worker, async || desk.store.item(&item).await.unwrap().state == "assigned").await;
    let waits = desk.store.item(&item).await.unwrap();
    assert_eq!((waits.reason.as_deref(), waits.answer), (Some("the answer did not go out"), None));
    let numbers = desk.numbers(None, 0, 10, now()).await.unwrap();
    assert_eq!(numbers.service[0].answered, 0, "nobody was answered");

    // Put right and approved again, it goes out.
    let better = social::Message { kind: social::message::Kind::Reply, ..message("On Monday.") };
    desk.edit(&who("writer"), &answer, 1, &better, now()).await.unwrap();
    desk.submit(&who("writer"), &answer, &[], 0, now()).await.unwrap();
    desk.approve(&who("sp"), &answer, 2, None, now()).await.unwrap();
    desk.send_answer(&who("sp"), &item, &answer, &network, now()).await.unwrap();
    until(10, &worker, async || desk.store.item(&item).await.unwrap().state == "answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_hidden_at_the_network_and_can_be_shown_again() {
    let p = place().await;
    let desk = &p.office.desk;
    let item = comment(&p, "c1").await;
    let (channels, networks) = (&p.office.channels, &p.office.networks);
    let unhide = async |reason: &str| desk.unhide_item(&who("writer"), channels, networks, &item, reason, now()).await;
    assert!(refused(unhide("by mistake").await).contains("not hidden"));
    desk.hide_item(&who("writer"), channels, networks, &item, "spam: sells phones", now()).await.unwrap();
    assert_eq!(
        (desk.store.item(&item).await.unwrap().state.as_str(), p.server.with(|m| m.hidden.clone())),
        ("hidden", vec!["c1".into()])
    );
    assert!(refused(unhide(" ").await).contains("reason is kept"));
    unhide("it sells nothing").await.unwrap();
    assert_eq!((desk.store.item(&item).await.unwrap().state.as_str(), p.server.with(|m| m.hidden.len())), ("assigned", 0));

    // A network that refuses leaves the record as it was.
    p.server.with(|m| m.good = vec!["another".into()]);
    assert!(desk.hide_item(&who("writer"), channels, networks, &item, "spam", now()).await.is_err());
    assert_eq!(desk.store.item(&item).await.unwrap().state, "assigned");
    let toot = p.office.channel_on("mastodon", "thana", "THANA", "http://127.0.0.1:1", "t").await;
    let new = NewItem {
        account: toot.id,
        unit: "THANA".into(),
        remote: "9".into(),
        kind: "mention".into(),
        parent: None,
        handle: "citizen".into(),
        body: "Buy phones".into(),
        url: None,
        written_at: 0,
        due_at: 0,
        answerable: true,
        ..NewItem::default()
    };
    desk.store.put_item(new, now()).await.unwrap();
    let theirs = desk.store.items(None, true, 10).await.unwrap().into_iter().find(|i| i.remote == "9").unwrap().id;
    let never = desk.hide_item(&who("writer"), channels, networks, &theirs, "spam", now()).await.unwrap_err();
    assert!(never.to_string().contains("Mastodon lets nobody hide"), "{never}");
    assert_eq!(desk.store.item(&theirs).await.unwrap().state, "new", "what is public is not written down as hidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_given_up_is_no_official_handle_and_publishes_nothing() {
    let p = place().await;
    let (desk, store) = (&p.office.desk, &p.office.desk.store);
    let tomorrow = social::desk::When::At((now() + TimeDelta::days(1)).timestamp_micros());
    let id = p.approved(&message("Wear a helmet.")).await;
    desk.schedule(&who("sp"), &id, std::slice::from_ref(&p.account), tomorrow, now()).await.unwrap();
    let key = registry::Key::from_file(&tempfile::tempdir().unwrap().path().join("k")).unwrap();
    let handles = async || {
        let register = registry::register(&[], &store.accounts().await.unwrap(), &key, now());
        register["register"]["handles"].as_array().unwrap().len()
    };
    assert_eq!(handles().await, 1);
    store.set_account_state(&p.account.id, "stopped", Some("the network blocked it")).await.unwrap();
    assert_eq!(handles().await, 0, "perhaps somebody took it over");
    store.set_account_state(&p.account.id, "connected", None).await.unwrap();

    assert!(refused(desk.retire(&who("writer"), &p.account.id, "the account was stolen", now()).await).contains("not publisher"));
    assert!(refused(desk.retire(&who("sp"), &p.account.id, "stolen", now()).await).contains("sentence"));
    assert_eq!(desk.retire(&who("sp"), &p.account.id, "the account was stolen", now()).await.unwrap(), 1);
    assert_eq!((handles().await, p.state(&id).await.as_str()), (0, "human"));
    let closed = store.account(&p.account.id).await.unwrap();
    assert_eq!((closed.state.as_str(), closed.secret.as_str()), ("closed", ""), "its token is not kept");
    assert!(refused(desk.retire(&who("sp"), &p.account.id, "the account was stolen", now()).await).contains("already"));
    assert!(store.events(&p.account.id).await.unwrap().iter().any(|e| e.what == "retire channel"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_asked_after_and_numbers_read_without_anybody_thinking_of_it() {
    let p = place().await;
    let (desk, channels, networks) = (&p.office.desk, &p.office.channels, &p.office.networks);
    let id = p.scheduled("Wear a helmet.").await;
    until(10, &p.office.worker("w"), async || p.state(&id).await == "live").await;
    let first = desk.upkeep(channels, networks, now()).await.unwrap();
    assert_eq!((first.probed, first.dead, first.read), (1, 0, 1));
    assert_eq!(desk.upkeep(channels, networks, now()).await.unwrap(), social::desk::Upkeep::default(), "done just now");
    p.server.with(|m| m.good = vec!["another".into()]);
    let later = now() + TimeDelta::hours(7);
    let dead = desk.upkeep(channels, networks, later).await.unwrap();
    assert_eq!((dead.probed, dead.dead, dead.read), (1, 1, 0));
    assert_eq!(desk.store.account(&p.account.id).await.unwrap().state, "reconnect");
    assert!(desk.store.events(&p.account.id).await.unwrap().iter().any(|e| e.what == "token dead"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_removed_at_the_network_is_told_and_a_person_decides() {
    let p = place().await;
    let (desk, channels, networks) = (&p.office.desk, &p.office.channels, &p.office.networks);
    let (kept, lost) = (p.scheduled("Wear a helmet.").await, p.scheduled("Lock your bicycle.").await);
    until(10, &p.office.worker("w"), async || p.state(&kept).await == "live" && p.state(&lost).await == "live").await;
    let copy = desk.store.deliveries(&lost).await.unwrap().remove(0);
    p.server.with(|m| m.deleted.push(copy.remote.clone().unwrap()));

    // A token that does not work proves nothing about a post.
    p.server.with(|m| m.good = vec!["another".into()]);
    assert_eq!(desk.measure(channels, networks, now()).await.unwrap().gone, 0);
    p.server.with(|m| m.good.clear());
    let state = async |id: &str| desk.store.deliveries(id).await.unwrap().remove(0);
    assert_eq!(state(&lost).await.state, "live");

    assert_eq!(desk.measure(channels, networks, now()).await.unwrap(), social::desk::Reading { read: 1, gone: 1 });
    let gone = state(&lost).await;
    assert_eq!((gone.state.as_str(), gone.remote.is_some()), ("human", true));
    assert!(gone.reason.unwrap().contains("no longer has it"));
    assert_eq!(state(&kept).await.state, "live");
    assert!(desk.store.events(&lost).await.unwrap().iter().any(|e| e.what == "vanished"));
    assert_eq!(desk.measure(channels, networks, now()).await.unwrap().gone, 0, "told once");
    // It was out: the record keeps it.
    let shown = desk.store.posted_since(0).await.unwrap();
    assert!(shown.iter().any(|d| d.delivery == copy.id));

    // Still there after all: under the id that is known.
    desk.decide(&who("sp"), &copy.id, Verdict::Live(""), now()).await.unwrap();
    assert_eq!((state(&lost).await.state.as_str(), state(&lost).await.remote), ("live", copy.remote.clone()));
    assert_eq!(desk.measure(channels, networks, now()).await.unwrap().gone, 1);
    desk.decide(&who("sp"), &copy.id, Verdict::Leave, now()).await.unwrap();
    assert_eq!(state(&lost).await.state, "removed", "it was out once");
    assert!(refused(desk.decide(&who("sp"), &copy.id, Verdict::Leave, now()).await).contains("nothing is to be decided"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_went_out_can_be_left_so() {
    let p = place().await;
    let desk = &p.office.desk;
    let id = p.scheduled("Wear a helmet.").await;
    let copy = desk.store.deliveries(&id).await.unwrap().remove(0);
    assert!(refused(desk.decide(&who("sp"), &copy.id, Verdict::Leave, now()).await).contains("is queued"));
    desk.store.sweep(now().timestamp_micros() + 1, now().timestamp_micros()).await.unwrap();
    assert_eq!(p.state(&id).await, "missed");
    assert!(refused(desk.decide(&who("writer"), &copy.id, Verdict::Leave, now()).await).contains("publisher"));
    assert!(refused(desk.decide(&who("sp"), &copy.id, Verdict::Live(""), now()).await).contains("under which id"));
    desk.decide(&who("sp"), &copy.id, Verdict::Leave, now()).await.unwrap();
    assert_eq!(p.state(&id).await, "cancelled");
    assert!(p.server.counts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_pause_holds_back_is_not_late() {
    let p = place().await;
    let desk = &p.office.desk;
    p.scheduled("Wear a helmet.").await;
    let later = now().timestamp_micros() + 300_000_000;
    assert!(!health(&desk.store, later).await.unwrap().well);
    desk.pause(&who("igp"), "HQ", "a riot in the city", now()).await.unwrap();
    assert!(health(&desk.store, later).await.unwrap().well);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_reply_has_both_languages_and_belongs_to_a_unit() {
    let p = place().await;
    let desk = &p.office.desk;
    let reply = store::social::SavedReply {
        unit: "THANA".into(),
        name: "Route".into(),
        english: "On Monday.".into(),
        ..Default::default()
    };
    assert!(refused(desk.save_reply(&who("writer"), reply.clone(), now()).await).contains("in Hindi and in English"));
    let reply = store::social::SavedReply { hindi: "सोमवार को।".into(), ..reply };
    assert!(refused(desk.save_reply(&who("sp"), reply.clone(), now()).await).contains("not writer"));
    let kept = desk.save_reply(&who("writer"), reply, now()).await.unwrap();
    let changed = store::social::SavedReply { name: "Way".into(), ..kept.clone() };
    desk.save_reply(&who("writer"), changed, now()).await.unwrap();
    assert_eq!(desk.store.saved_replies("THANA").await.unwrap()[0].name, "Way");
    assert!(desk.store.saved_replies("OTHER").await.unwrap().is_empty());
    desk.drop_reply(&who("writer"), &kept.id, now()).await.unwrap();
    assert!(desk.store.all_saved_replies().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_item_is_told_to_one_unit_above_after_the_other() {
    let p = place().await;
    let desk = &p.office.desk;
    desk.store.put_officer("so", "THANA", "publisher").await.unwrap();
    assert!(refused(desk.set_answer_time(&who("writer"), "THANA", Some(30), now()).await).contains("not publisher"));
    assert!(refused(desk.set_answer_time(&who("sp"), "THANA", Some(1), now()).await).contains("five minutes"));
    desk.set_answer_time(&who("sp"), "DIST", Some(60), now()).await.unwrap();
    let item = comment(&p, "c1").await;
    let minutes = (desk.store.item(&item).await.unwrap().due_at - now().timestamp_micros()) / 60_000_000;
    assert!((59..=60).contains(&minutes), "the thana has the time of its district: {minutes}");
    let told = async |after: i64| {
        let n = desk.escalate(now() + TimeDelta::minutes(after)).await.unwrap();
        (n, desk.store.item(&item).await.unwrap().escalated_to)
    };
    assert_eq!(told(59).await, (0, None));
    assert_eq!(told(61).await, (1, Some("DIST".into())));
    assert_eq!(told(62).await, (0, Some("DIST".into())), "once");
    assert_eq!(told(122).await, (1, Some("HQ".into())));
    assert_eq!(told(500).await, (0, Some("HQ".into())), "nobody is above");
    let record: Vec<String> = desk.store.events(&item).await.unwrap().into_iter().map(|e| e.what).collect();
    assert_eq!(record, ["escalated", "escalated"]);
    desk.set_answer_time(&who("sp"), "DIST", None, now()).await.unwrap();
    assert_eq!(desk.store.answer_minutes("THANA").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_officers_and_steps_need_a_right_and_leave_a_record() {
    let p = place().await;
    let desk = &p.office.desk;
    let unit = crate::office::unit("POST", Some("THANA"));
    assert!(refused(desk.put_unit(&who("writer"), &unit, now()).await).contains("not publisher in THANA"));
    desk.put_unit(&who("sp"), &unit, now()).await.unwrap();
    let moved = crate::office::unit("POST", Some("OTHER"));
    assert!(
        refused(desk.put_unit(&who("sp"), &moved, now()).await).contains("not publisher in OTHER"),
        "not into another's place"
    );
    let round = crate::office::unit("DIST", Some("THANA"));
    assert!(refused(desk.put_unit(&who("igp"), &round, now()).await).contains("not above itself"));
    assert!(refused(desk.give_role(&who("writer"), "writer", "THANA", "publisher", now()).await).contains("not publisher"));
    assert!(refused(desk.give_role(&who("sp"), "x", "THANA", "king", now()).await).contains("known are writer"));
    desk.give_role(&who("sp"), "so", "THANA", "duty", now()).await.unwrap();
    assert!(refused(desk.set_steps(&who("so"), "THANA", "*", &["approver".into()], now()).await).contains("not publisher"));
    desk.set_steps(&who("sp"), "THANA", "*", &["approver".into()], now()).await.unwrap();
    desk.give_role(&who("operator"), "so", "HQ", "writer", now()).await.unwrap();
    let record: Vec<String> = desk.store.events("THANA").await.unwrap().into_iter().map(|e| e.what).collect();
    assert_eq!(record, ["officer", "steps"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_read_by_those_with_a_role_in_it_or_above() {
    let p = place().await;
    let desk = &p.office.desk;
    let reads = async |person: &str, unit: &str| desk.may_read(&who(person), unit).await.is_ok();
    assert!(
        reads("writer", "THANA").await
            && reads("sp", "THANA").await
            && reads("law", "OTHER").await
            && reads("operator", "OTHER").await
    );
    assert!(
        !reads("writer", "OTHER").await
            && !reads("writer", "DIST").await
            && !reads("sp", "OTHER").await
            && !reads("nobody", "THANA").await
    );
    let list = async |person: &str, asked: &str| desk.list_of(&who(person), asked).await;
    assert_eq!(list("writer", "").await.unwrap().as_deref(), Some("THANA"), "without a question his own");
    assert_eq!(list("sp", "THANA").await.unwrap().as_deref(), Some("THANA"));
    assert_eq!((list("igp", "").await.unwrap(), list("igp", "HQ").await.unwrap()), (None, None), "headquarters reads all");
    assert!(refused(list("writer", "OTHER").await).contains("reads nothing"));
    assert_eq!(list("nobody", "").await.unwrap().as_deref(), Some(""), "of no unit");

    let mine = desk.draft(&who("writer"), "THANA", &message("Wear a helmet."), None, now()).await.unwrap();
    let below =
        async |unit: &str| desk.store.posts_below(unit, "draft", 10).await.unwrap().into_iter().map(|p| p.id).collect::<Vec<_>>();
    assert_eq!((below("DIST").await, below("OTHER").await), (vec![mine.id], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_and_records_are_read_by_the_unit_and_those_above() {
    let p = place().await;
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let id = on_two_channels(&p).await;
    let o = order(&p, &id).await;
    until(10, &worker, async || desk.compliance(&o, now()).await.unwrap().complied).await;
    // What stands elsewhere is headquarters' alone.
    let elsewhere = ["https://example.org/x".to_owned()];
    let opened = desk.takedown_at(&who("igp"), &elsewhere, None, "SBCWP 2/2026", "Rajasthan High Court", now()).await.unwrap();
    let foreign = opened[0].order.id.clone();
    let seen = async |person: &str| {
        let mut all: Vec<String> = desk.orders(&who(person), false).await.unwrap().into_iter().map(|o| o.id).collect();
        all.sort();
        all
    };
    let mut both = vec![o.clone(), foreign.clone()];
    both.sort();
    assert_eq!((seen("igp").await, seen("operator").await), (both.clone(), both));
    assert_eq!((seen("writer").await, seen("sp").await), (vec![o.clone()], vec![o.clone()]));
    desk.store.put_officer("neighbour", "OTHER", "publisher").await.unwrap();
    assert_eq!((seen("neighbour").await, seen("nobody").await), (vec![], vec![]));
    assert!(desk.order_of(&who("writer"), &o, now()).await.unwrap().complied);
    assert!(refused(desk.order_of(&who("neighbour"), &o, now()).await).contains("reads nothing"));
    assert!(refused(desk.order_of(&who("sp"), &foreign, now()).await).contains("reads nothing"));

    let records = async |person: &str, unit: Option<&str>| {
        desk.records(&who(person), unit, 0, i64::MAX, now())
            .await
            .map(|all| all.into_iter().map(|r| r.post.id).collect::<Vec<_>>())
    };
    for (person, unit) in
        [("writer", None), ("writer", Some("THANA")), ("sp", Some("DIST")), ("igp", None), ("operator", Some("HQ"))]
    {
        assert_eq!(records(person, unit).await.unwrap(), std::slice::from_ref(&id), "{person} {unit:?}");
    }
    assert!(records("neighbour", None).await.unwrap().is_empty() && records("nobody", None).await.unwrap().is_empty());
    assert!(refused(records("neighbour", Some("THANA")).await).contains("reads nothing"));
    assert!(refused(records("writer", Some("HQ")).await).contains("reads nothing"));
}
