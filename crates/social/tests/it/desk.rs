//! The desk: who may do what to a message, and what becomes of it.

use chrono::TimeDelta;
use social::desk::When;
use social::message::{Kind, Message};
use social::network::{Network, StandIn};
use store::social::{Account, SilenceRow};

use crate::office::{Office, now, refused, until, who};
use crate::server::{Faults, Server};

pub fn message(english: &str) -> Message {
    Message { english: english.into(), ..Message::default() }
}

pub struct Place {
    pub office: Office,
    pub server: Server,
    pub account: Account,
    pub home: tempfile::TempDir,
}

pub async fn place() -> Place {
    let (office, home) = Office::fresh().await;
    let server = Server::start(Faults::default(), 1).await;
    let account = office.channel("@thana", "THANA", &server.address).await;
    Place { office, server, account, home }
}

impl Place {
    /// A message on its way, approved by the superintendent.
    pub async fn approved(&self, m: &Message) -> String {
        let desk = &self.office.desk;
        let post = desk.draft(&who("writer"), "THANA", m, None, now()).await.unwrap();
        desk.submit(&who("writer"), &post.id, &[], 0, now()).await.unwrap();
        desk.approve(&who("sp"), &post.id, 1, None, now()).await.unwrap();
        post.id
    }

    pub async fn scheduled(&self, english: &str) -> String {
        let id = self.approved(&message(english)).await;
        self.office.desk.schedule(&who("sp"), &id, std::slice::from_ref(&self.account), When::Now, now()).await.unwrap();
        id
    }

    pub async fn state(&self, post: &str) -> String {
        self.office.desk.store.deliveries(post).await.unwrap()[0].state.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_from_draft_to_live_and_is_recorded() {
    let p = place().await;
    let id = p.scheduled("Wear a helmet.").await;
    p.office.worker("w").run_once().await.unwrap();
    assert_eq!(p.state(&id).await, "live");
    assert_eq!(p.server.counts().len(), 1);
    let what: Vec<String> = p.office.desk.store.events(&id).await.unwrap().into_iter().map(|e| e.what).collect();
    assert_eq!(what, ["draft", "submit", "approve", "schedule"]);
    let d = &p.office.desk.store.deliveries(&id).await.unwrap()[0];
    let attempts = p.office.desk.store.attempts(&d.id).await.unwrap();
    assert_eq!(attempts.iter().map(|a| a.outcome.as_deref()).collect::<Vec<_>>(), [Some("live")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_their_own_words_and_an_edit_voids_approval() {
    let p = place().await;
    let desk = &p.office.desk;
    let post = desk.draft(&who("both"), "THANA", &message("Wear a helmet."), None, now()).await.unwrap();
    desk.submit(&who("both"), &post.id, &[], 0, now()).await.unwrap();
    assert!(refused(desk.approve(&who("both"), &post.id, 1, None, now()).await).contains("wrote this message"));
    assert!(refused(desk.approve(&who("stranger"), &post.id, 1, None, now()).await).contains("is not approver"));
    desk.approve(&who("sp"), &post.id, 1, None, now()).await.unwrap();
    desk.schedule(
        &who("sp"),
        &post.id,
        std::slice::from_ref(&p.account),
        When::At((now() + TimeDelta::hours(1)).timestamp_micros()),
        now(),
    )
    .await
    .unwrap();

    let edited = desk.edit(&who("writer"), &post.id, 1, &message("Wear a good helmet."), now()).await.unwrap();
    assert_eq!((edited.state.as_str(), edited.version), ("draft", 2));
    assert_eq!(p.state(&post.id).await, "cancelled", "what was scheduled is not any more");
    assert!(
        refused(desk.schedule(&who("sp"), &post.id, std::slice::from_ref(&p.account), When::Now, now()).await)
            .contains("not approved")
    );
    assert!(refused(desk.edit(&who("writer"), &post.id, 1, &message("x"), now()).await).contains("version 2"), "collision");
    assert_eq!(desk.store.versions(&post.id).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_steps_need_two_people() {
    let p = place().await;
    let desk = &p.office.desk;
    desk.store.put_chain("DIST", "*", r#"["approver","approver"]"#).await.unwrap();
    let post = desk.draft(&who("writer"), "THANA", &message("Wear a helmet."), None, now()).await.unwrap();
    desk.submit(&who("writer"), &post.id, &[], 0, now()).await.unwrap();
    let half = desk.approve(&who("sp"), &post.id, 1, None, now()).await.unwrap();
    assert_eq!((half.post.state.as_str(), half.missing.len()), ("submitted", 1));
    assert!(refused(desk.approve(&who("sp"), &post.id, 1, None, now()).await).contains("another person"));
    assert_eq!(desk.approve(&who("igp"), &post.id, 1, None, now()).await.unwrap().post.state, "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_approvers_at_once_sign_one_step_once() {
    let p = place().await;
    let desk = &p.office.desk;
    let post = desk.draft(&who("writer"), "THANA", &message("Wear a helmet."), None, now()).await.unwrap();
    desk.submit(&who("writer"), &post.id, &[], 0, now()).await.unwrap();
    let (sp, igp) = (who("sp"), who("igp"));
    let (a, b) = tokio::join!(desk.approve(&sp, &post.id, 1, None, now()), desk.approve(&igp, &post.id, 1, None, now()));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(desk.store.approvals(&post.id, 1).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_needs_the_law_officer_and_a_reason_that_stays() {
    let p = place().await;
    let desk = &p.office.desk;
    let post = desk.draft(&who("writer"), "THANA", &message("Three culprits arrested."), None, now()).await.unwrap();
    assert!(refused(desk.submit(&who("writer"), &post.id, &[], 0, now()).await).contains("guilt (block)"));
    assert!(
        refused(desk.overrule(&who("writer"), &post.id, "guilt", "they did it, believe me", now()).await).contains("not law")
    );
    assert!(refused(desk.overrule(&who("law"), &post.id, "guilt", "ok", now()).await).contains("sentence"));
    desk.overrule(&who("law"), &post.id, "guilt", "convicted by the Sessions Court on 3 March", now()).await.unwrap();
    let standing = desk.submit(&who("writer"), &post.id, &[], 0, now()).await.unwrap();
    let finding = &standing.findings[0];
    assert_eq!((finding.overridden_by.as_deref(), finding.rule.as_str()), (Some("law"), "guilt"));
    assert!(finding.reason.as_deref().unwrap().contains("Sessions Court"));
    assert!(finding.body.contains("\"rule_version\":1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_that_demands_approval_adds_the_law_officers_signature() {
    let p = place().await;
    let desk = &p.office.desk;
    let post = desk
        .draft(&who("writer"), "THANA", &message("A white SUV, RJ14UB7788, is being searched for."), None, now())
        .await
        .unwrap();
    let standing = desk.submit(&who("writer"), &post.id, &[], 0, now()).await.unwrap();
    assert_eq!(standing.missing, ["approver", "law"]);
    desk.approve(&who("sp"), &post.id, 1, None, now()).await.unwrap();
    assert_eq!(desk.approve(&who("law"), &post.id, 1, None, now()).await.unwrap().post.state, "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_reaches_everything_below_and_a_statement_goes_out_all_the_same() {
    let p = place().await;
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let id = p.scheduled("Wear a helmet.").await;
    desk.pause(&who("igp"), "HQ", "a riot in the city", now()).await.unwrap();
    assert_eq!(desk.store.paused_units().await.unwrap().len(), 4);
    worker.run_once().await.unwrap();
    assert_eq!(p.state(&id).await, "queued");
    let statement = p.approved(&Message { kind: Kind::Statement, ..message("Stay at home; the police are on the spot.") }).await;
    desk.schedule(&who("sp"), &statement, std::slice::from_ref(&p.account), When::Now, now()).await.unwrap();
    worker.run_once().await.unwrap();
    assert_eq!((p.state(&id).await.as_str(), p.state(&statement).await.as_str()), ("queued", "live"));
    desk.resume(&who("igp"), "HQ", now()).await.unwrap();
    worker.run_once().await.unwrap();
    assert_eq!(p.state(&id).await, "live");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_announced_while_posts_are_queued_holds_them() {
    let p = place().await;
    let desk = &p.office.desk;
    let praise = Message { kind: Kind::Achievement, ..message("Our dog squad won a medal.") };
    let (id, other) = (p.approved(&praise).await, p.approved(&message("Wear a helmet.")).await);
    let tomorrow = (now() + TimeDelta::days(1)).timestamp_micros();
    for post in [&id, &other] {
        desk.schedule(&who("sp"), post, std::slice::from_ref(&p.account), When::At(tomorrow), now()).await.unwrap();
    }
    let silence = SilenceRow {
        id: String::new(),
        constituency: "AC-46".into(),
        from_at: now().timestamp_micros(),
        until_at: (now() + TimeDelta::days(30)).timestamp_micros(),
        reference: "ECI/PN/2026/1".into(),
        principal: "igp".into(),
        at: 0,
    };
    assert!(refused(desk.silence(&who("sp"), silence.clone(), now()).await).contains("not publisher in HQ"));
    let (code, held) = desk.silence(&who("igp"), silence, now()).await.unwrap();
    assert_eq!(held.held, 1);
    assert_eq!((p.state(&id).await.as_str(), p.state(&other).await.as_str()), ("held", "queued"));

    // One that slipped through is found when its time comes.
    let late = p.approved(&praise).await;
    assert!(
        refused(desk.schedule(&who("sp"), &late, std::slice::from_ref(&p.account), When::Now, now()).await)
            .contains("model_code")
    );

    // The announcement was about another constituency: put right, it holds nothing of this thana, and what it held goes out.
    let right = SilenceRow { constituency: "AC-47".into(), ..desk.store.silence(&code).await.unwrap() };
    assert!(refused(desk.change_silence(&who("igp"), right.clone(), " ", now()).await).contains("reason is kept"));
    let freed = desk.change_silence(&who("igp"), right, "the order names AC-47", now()).await.unwrap();
    assert_eq!((freed.freed, freed.held, p.state(&id).await.as_str()), (1, 0, "queued"));
    desk.end_silence(&who("igp"), &code, "the poll was countermanded", now()).await.unwrap();
    assert!(refused(desk.end_silence(&who("igp"), &code, "again", now()).await).contains("it ended"));
    let record: Vec<String> = desk.store.events(&code).await.unwrap().into_iter().map(|e| e.what).collect();
    assert_eq!(record, ["silence", "silence changed", "silence changed"], "also what it was before stays on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_in_the_past_and_a_strange_channel_are_refused() {
    let p = place().await;
    let desk = &p.office.desk;
    let id = p.approved(&message("Wear a helmet.")).await;
    let past = When::At((now() - TimeDelta::hours(2)).timestamp_micros());
    assert!(refused(desk.schedule(&who("sp"), &id, std::slice::from_ref(&p.account), past, now()).await).contains("in the past"));
    assert!(refused(desk.schedule(&who("sp"), &id, &[], When::Now, now()).await).contains("at least one channel"));
    let stranger = p.office.channel("@other", "OTHER", &p.server.address).await;
    assert!(refused(desk.schedule(&who("sp"), &id, &[stranger], When::Now, now()).await).contains("neither above nor below"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_court_order_removes_every_copy_with_proof() {
    let p = place().await;
    let (desk, worker) = (&p.office.desk, p.office.worker("w"));
    let second = p.office.channel("@district", "DIST", &p.server.address).await;
    let id = p.approved(&message("Wear a helmet.")).await;
    desk.schedule(&who("sp"), &id, &[p.account.clone(), second], When::Now, now()).await.unwrap();
    worker.run_once().await.unwrap();
    let order = desk.takedown(&who("sp"), &id, "SBCWP 1/2026", "Rajasthan High Court", now()).await.unwrap();
    assert_eq!((order.removals.len(), order.complied), (2, false));
    assert!(order.seconds_left > 86_000);
    until(10, &worker, async || desk.compliance(&order.order.id, now()).await.unwrap().complied).await;
    let done = desk.compliance(&order.order.id, now()).await.unwrap();
    assert!(
        done.statement.contains("Every copy removed")
            && done.removals.iter().all(|r| r.proof.as_deref().unwrap().starts_with("404"))
    );
    assert_eq!(p.server.with(|m| m.deleted.len()), 2);
    assert!(desk.store.deliveries(&id).await.unwrap().iter().all(|d| d.state == "removed"));
    let late = desk.compliance(&order.order.id, now() + TimeDelta::days(2)).await.unwrap();
    assert!(late.complied, "what was in time stays in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_stops_what_is_not_out_yet() {
    let p = place().await;
    let desk = &p.office.desk;
    let id = p.scheduled("Wear a helmet.").await;
    let order = desk.takedown(&who("sp"), &id, "SBCWP 2/2026", "Rajasthan High Court", now()).await.unwrap();
    p.office.worker("w").run_once().await.unwrap();
    assert_eq!(p.state(&id).await, "cancelled");
    assert!(p.server.counts().is_empty() && desk.compliance(&order.order.id, now()).await.unwrap().order.closed_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_read_once_answered_by_one_and_the_answer_is_a_post() {
    let p = place().await;
    let (desk, network) = (&p.office.desk, StandIn::new().unwrap());
    p.server
        .with(|m| m.inbox.push(serde_json::json!({ "id": "c1", "parent": "r1", "handle": "citizen", "text": "When?", "at": 5 })));
    assert_eq!(desk.poll(&p.office.channels, &network, &p.account, now()).await.unwrap(), 1);
    assert_eq!(desk.poll(&p.office.channels, &network, &p.account, now()).await.unwrap(), 0, "the same again");
    p.server.with(|m| m.inbox[0]["text"] = "When exactly?".into());
    desk.poll(&p.office.channels, &network, &p.account, now()).await.unwrap();
    let item = desk.store.items(Some("THANA"), false, 10).await.unwrap().remove(0);
    assert_eq!(item.body, "When exactly?", "an edited comment is shown as it is now");

    desk.store.put_officer("second", "THANA", "duty").await.unwrap();
    desk.store.put_officer("second", "THANA", "writer").await.unwrap();
    let answer = desk.answer(&who("writer"), &item.id, "On Monday at 10 am.", now()).await.unwrap();
    assert!(refused(desk.answer(&who("second"), &item.id, "Tuesday", now()).await).contains("drafted already"));
    assert!(refused(desk.send_answer(&who("sp"), &item.id, &answer, &network, now()).await).contains("not approved"));
    desk.submit(&who("writer"), &answer, &[], 0, now()).await.unwrap();
    desk.approve(&who("sp"), &answer, 1, None, now()).await.unwrap();
    desk.send_answer(&who("sp"), &item.id, &answer, &network, now()).await.unwrap();
    assert_eq!(desk.store.item(&item.id).await.unwrap().state, "sending", "it is answered when the answer is out");
    assert_eq!(desk.store.item_counts(i64::MAX).await.unwrap(), (1, 1), "until then it waits like the others");
    p.office.worker("w").run_once().await.unwrap();
    assert_eq!(p.server.with(|m| m.posts[0].reply_to.clone()).as_deref(), Some("c1"));
    p.office.worker("w").run_once().await.unwrap();
    assert_eq!(desk.store.item(&item.id).await.unwrap().state, "answered");
    assert!(desk.store.items(None, false, 10).await.unwrap().is_empty());
    assert!(network.reply("c1", "x").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn criticism_is_not_hidden_and_what_cannot_be_answered_says_so() {
    let p = place().await;
    let (desk, network) = (&p.office.desk, StandIn::new().unwrap());
    let comment = serde_json::json!({ "id": "c1", "handle": "citizen", "text": "Too slow!", "at": 5, "answerable": false });
    p.server.with(|m| m.inbox.push(comment));
    desk.poll(&p.office.channels, &network, &p.account, now()).await.unwrap();
    let id = desk.store.items(None, false, 10).await.unwrap().remove(0).id;
    let hide = desk.hide_item(&who("writer"), &p.office.channels, &p.office.networks, &id, "unpleasant", now()).await;
    assert!(refused(hide).contains("criticism stays"));
    let said = desk.close_item(&who("writer"), &id, "hidden", None, "spam", now()).await;
    assert!(refused(said).contains("act at the network"), "nobody writes down as hidden what is public");
    assert!(refused(desk.answer(&who("writer"), &id, "Sorry", now()).await).contains("by hand"));
    desk.close_item(&who("writer"), &id, "handed_over", Some("RP/2026/77"), "a complaint", now()).await.unwrap();
    assert!(refused(desk.close_item(&who("writer"), &id, "closed", None, "again", now()).await).contains("already"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_call_told_is_read_by_one_worker_when_its_turn_comes() {
    let p = place().await;
    let store = &p.office.desk.store;
    let comment = |id: &str| serde_json::json!({ "id": id, "handle": "citizen", "text": "When?", "at": 5 });
    p.server.with(|m| m.inbox.push(comment("c1")));
    p.office.worker("quiet").run_once().await.unwrap();
    assert!(store.items(None, false, 10).await.unwrap().is_empty(), "a worker that does not read");
    p.office.worker("one").with_reading().run_once().await.unwrap();
    assert_eq!(store.items(None, false, 10).await.unwrap().len(), 1);
    p.server.with(|m| m.inbox.push(comment("c2")));
    p.office.worker("two").with_reading().run_once().await.unwrap();
    assert_eq!(store.items(None, false, 10).await.unwrap().len(), 1, "another worker has read this account just now");
    let at = now().timestamp_micros();
    assert!(store.claim_poll("standin", at - 60_000_000, at, 10).await.unwrap().is_empty(), "its turn is a minute later");
    assert_eq!(store.claim_poll("standin", at + 1, at + 1, 10).await.unwrap().len(), 1);
    assert!(store.claim_poll("standin", at, at, 10).await.unwrap().is_empty(), "claimed is claimed");
}
