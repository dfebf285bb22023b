//! Campaigns, the desk in numbers, the record of what was published, and appreciation.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use governance::audit::{AuditRecord, AuditSink};
use social::Desk;
use social::desk::{Advice, When};
use social::message::{Kind, Message};
use social::network::StandIn;
use store::social::{Account, Campaign, Praise, Template, Unit};

use crate::office::{Office, now, refused, unit, until, who};
use crate::server::{Faults, Server};

/// An access log in memory, which can refuse.
#[derive(Default)]
struct Log(Mutex<(Vec<AuditRecord>, bool)>);

impl AuditSink for Log {
    fn append(&self, record: &AuditRecord) -> Result<u64, String> {
        let mut log = self.0.lock().unwrap();
        if log.1 {
            return Err("the disk is full".into());
        }
        log.0.push(record.clone());
        Ok(log.0.len() as u64 - 1)
    }
}

struct Place {
    office: Office,
    desk: Desk,
    log: Arc<Log>,
    server: Server,
    account: Account,
    home: tempfile::TempDir,
}

async fn place() -> Place {
    let (office, home) = Office::fresh().await;
    for code in ["DIST", "OTHER"] {
        let row = Unit { kind: "district".into(), ..unit(code, Some("HQ")) };
        office.desk.store.put_unit(&row).await.unwrap();
    }
    let server = Server::start(Faults::default(), 1).await;
    let account = office.channel("@thana", "THANA", &server.address).await;
    let log = Arc::new(Log::default());
    let desk = Desk::new(office.desk.store.clone()).with_audit(log.clone());
    Place { office, desk, log, server, account, home }
}

impl Place {
    async fn published(&self, kind: Kind, english: &str) -> String {
        let desk = &self.desk;
        let message = Message { kind, english: english.into(), ..Message::default() };
        let post = desk.draft(&who("writer"), "THANA", &message, None, now()).await.unwrap();
        desk.submit(&who("writer"), &post.id, &[], 0, now()).await.unwrap();
        desk.approve(&who("sp"), &post.id, 1, None, now()).await.unwrap();
        desk.schedule(&who("sp"), &post.id, std::slice::from_ref(&self.account), When::Now, now()).await.unwrap();
        let worker = self.office.worker("w").with_audit(self.log.clone());
        until(10, &worker, async || desk.store.deliveries(&post.id).await.unwrap()[0].state == "live").await;
        post.id
    }

    fn logged(&self, what: &str) -> Vec<AuditRecord> {
        self.log.0.lock().unwrap().0.iter().filter(|r| r.what["desk"] == what).cloned().collect()
    }
}

fn campaign() -> Campaign {
    Campaign {
        unit: "HQ".into(),
        name_hi: "बाल सुरक्षा".into(),
        name_en: "Child safety".into(),
        audience: "children".into(),
        theme: "awareness".into(),
        from_at: (now() - TimeDelta::days(1)).timestamp_micros(),
        until_at: (now() + TimeDelta::days(10)).timestamp_micros(),
        goal: 10,
        ..Campaign::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_tells_which_districts_have_published_and_what_was_spoken_of() {
    let p = place().await;
    let desk = &p.desk;
    assert!(refused(desk.put_campaign(&who("writer"), campaign(), now()).await).contains("not publisher"));
    for (broken, told) in [
        (Campaign { audience: "men".into(), ..campaign() }, "known are women"),
        (Campaign { theme: "fun".into(), ..campaign() }, "known are awareness"),
        (Campaign { name_hi: " ".into(), ..campaign() }, "a name in Hindi"),
        (Campaign { until_at: 0, ..campaign() }, "ends after it begins"),
        (Campaign { public: 1, ..campaign() }, "how to take part"),
    ] {
        assert!(refused(desk.put_campaign(&who("igp"), broken, now()).await).contains(told));
    }
    let c = desk.put_campaign(&who("igp"), campaign(), now()).await.unwrap();
    desk.set_goal(&who("igp"), &c.id, "DIST", 2, now()).await.unwrap();
    assert!(refused(desk.set_goal(&who("igp"), &c.id, "DIST", -1, now()).await).contains("from 0 to"));
    let own = desk.put_campaign(&who("sp"), Campaign { unit: "DIST".into(), ..campaign() }, now()).await.unwrap();
    assert!(refused(desk.set_goal(&who("sp"), &own.id, "OTHER", 1, now()).await).contains("not below DIST"));

    let post = p.published(Kind::Awareness, "Teach children to say no.").await;
    desk.join_campaign(&who("writer"), &c.id, &post, true, now()).await.unwrap();
    let seen = desk.coverage(&c.id).await.unwrap();
    let units: Vec<_> = seen.units.iter().map(|u| (u.unit.as_str(), u.goal, u.out, u.standing)).collect();
    assert_eq!(units, [("DIST", 2, 1, "begun"), ("OTHER", 0, 0, "none")], "the thana's message counts for its district");
    assert_eq!((seen.out, seen.published), (1, 1));
    let second = p.published(Kind::Participation, "Join the walk on Sunday.").await;
    desk.join_campaign(&who("writer"), &c.id, &second, true, now()).await.unwrap();
    assert_eq!(desk.coverage(&c.id).await.unwrap().units[0].standing, "reached");
    desk.join_campaign(&who("writer"), &c.id, &second, false, now()).await.unwrap();
    assert_eq!(desk.coverage(&c.id).await.unwrap().out, 1);
    let from = (now() - TimeDelta::days(1)).timestamp_micros();
    let mix = desk.mix(Some("DIST"), from, now().timestamp_micros() + 1).await.unwrap();
    assert_eq!((mix.messages, mix.kinds.len(), mix.kinds[0].percent), (2, 2, 50));
    assert_eq!(mix.missing, ["achievement", "human_face"]);
    assert_eq!(desk.mix(Some("OTHER"), from, now().timestamp_micros() + 1).await.unwrap().messages, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_measures_each_network_its_own_way_and_service_before_reach() {
    let p = place().await;
    let (desk, network) = (&p.desk, StandIn::new().unwrap());
    p.published(Kind::Awareness, "Wear a helmet.").await;
    assert!(desk.measure(&p.office.channels, &p.office.networks, now()).await.unwrap().read > 0);
    p.server.with(|m| {
        for i in 0..5 {
            m.inbox.push(serde_json::json!({ "id": format!("c{i}"), "handle": "citizen", "text": "When?", "at": (now() - TimeDelta::hours(1)).timestamp_micros() }));
        }
    });
    desk.poll(&p.office.channels, &network, &p.account, now()).await.unwrap();
    for item in desk.store.items(None, false, 10).await.unwrap().iter().take(4) {
        desk.close_item(&who("writer"), &item.id, "closed", None, "told by telephone", now()).await.unwrap();
    }
    p.office.channel("@old", "DIST", "http://127.0.0.1:1").await;
    let (from, end) = ((now() - TimeDelta::days(2)).timestamp_micros(), now() + TimeDelta::days(1));
    let numbers = desk.numbers(None, from, end.timestamp_micros(), end).await.unwrap();
    let s = &numbers.service[0];
    assert_eq!((s.handle.as_str(), s.items, s.overdue, s.in_time, s.rank), ("@thana", 5, 1, Some(80), Some(1)));
    assert!((55..70).contains(&s.median_minutes.unwrap()), "{s:?}");
    let f = &numbers.figures[0];
    assert_eq!((f.network.as_str(), f.name.as_str(), f.total, f.posts), ("standin", "views", Some(7), 1));
    let old = numbers.dormant.iter().find(|d| d.handle == "@old").unwrap();
    assert_eq!((old.advice, old.days), (Advice::Close, None), "created in 1970 by this test, and never spoke");
    assert!(refused(desk.numbers(None, 5, 5, now()).await).contains("ends after"));
    assert!(desk.numbers(Some("NOPE"), 0, 5, now()).await.is_err());
    let text = serde_json::to_string(&numbers).unwrap();
    assert!(!text.contains("citizen"), "no number is about a citizen");
    assert!(desk.slots("THANA", now()).await.unwrap().is_empty(), "one post tells nothing about an hour");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_holds_everything_and_its_acts_are_in_the_access_log() {
    let p = place().await;
    let desk = &p.desk;
    let id = p.published(Kind::Awareness, "Wear a helmet.").await;
    let (from, end) = ((now() - TimeDelta::days(1)).timestamp_micros(), (now() + TimeDelta::days(1)).timestamp_micros());
    let records = desk.records(&who("sp"), None, from, end, now()).await.unwrap();
    let r = &records[0];
    assert_eq!((records.len(), r.post.id.as_str(), r.versions.len(), r.copies[0].state.as_str()), (1, id.as_str(), 1, "live"));
    assert_eq!(r.people(), [vec!["writer".to_owned()], vec!["sp".to_owned()], vec![]]);
    let what: Vec<&str> = r.events.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(what, ["draft", "submit", "approve", "schedule", "published"]);
    assert_eq!(r.log().len(), 4, "all but the draft are in the access log");
    let signed = &p.logged("approve")[0];
    assert_eq!((signed.who.as_str(), signed.what["subject"].as_str()), ("sp", Some(id.as_str())));
    assert_eq!(signed.what["sha256"], r.versions[0].sha256.as_str(), "a signature names the words it was given to");
    assert_eq!(p.logged("published").len(), 1);
    assert!(desk.records(&who("igp"), Some("OTHER"), from, end, now()).await.unwrap().is_empty());

    let order = desk.takedown(&who("sp"), &id, "SBCWP 1/2026", "Rajasthan High Court", now()).await.unwrap();
    let worker = p.office.worker("w").with_audit(p.log.clone());
    until(10, &worker, async || desk.compliance(&order.order.id, now()).await.unwrap().complied).await;
    assert_eq!((p.logged("order").len(), p.logged("removed").len()), (1, 1));
    let after = desk.records(&who("sp"), None, from, end, now()).await.unwrap();
    assert_eq!((after[0].orders.len(), after[0].copies[0].state.as_str()), (1, "removed"), "what was taken down stays on record");
    let log = serde_json::to_string(&p.log.0.lock().unwrap().0).unwrap();
    assert!(!log.contains("helmet") && !log.contains("Wear"), "the log holds no words");

    // A log that cannot be written refuses the act.
    p.log.0.lock().unwrap().1 = true;
    let post = desk
        .draft(&who("writer"), "THANA", &Message { english: "Drive slowly.".into(), ..Message::default() }, None, now())
        .await
        .unwrap();
    assert!(refused(desk.submit(&who("writer"), &post.id, &[], 0, now()).await).contains("the disk is full"));
    p.log.0.lock().unwrap().1 = false;

    // Words that were changed behind the desk's back are found.
    let database = p.home.path().join("state.sqlite");
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(\"UPDATE social_version SET body = replace(body, 'helmet', 'hat')\"); c.commit()";
    let done = std::process::Command::new("python3").args(["-c", script]).arg(&database).status().unwrap();
    assert!(done.success());
    assert!(refused(desk.records(&who("sp"), None, from, end, now()).await).contains("its hash differs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn appreciation_is_kept_with_consent_and_templates_are_inherited() {
    let p = place().await;
    let desk = &p.desk;
    desk.store.put_officer("igp", "HQ", "duty").await.unwrap();
    desk.store.put_officer("igp", "HQ", "writer").await.unwrap();
    let praise = |url: &str| Praise {
        unit: "THANA".into(),
        url: url.into(),
        source: "citizen".into(),
        about_en: "Found my child within an hour.".into(),
        ..Praise::default()
    };
    let keep = async |praise: Praise| desk.keep_praise(&who("writer"), praise, now()).await;
    assert!(refused(keep(praise("http://example.org/1")).await).contains("https://"));
    assert!(
        refused(keep(Praise { source: "friend".into(), ..praise("https://example.org/1") }).await).contains("known are citizen")
    );
    assert!(
        refused(keep(Praise { by_whom: "A Person".into(), ..praise("https://example.org/1") }).await)
            .contains("only with consent")
    );
    assert!(refused(keep(Praise { public: 1, ..praise("https://example.org/1") }).await).contains("only with consent"));
    let agreed = Praise {
        by_whom: "A Person".into(),
        consent: Some("by message on 20 November 2026".into()),
        public: 1,
        ..praise("https://example.org/1")
    };
    let kept = keep(agreed.clone()).await.unwrap();
    assert!(refused(keep(agreed).await).contains("kept already"));
    desk.thank(&who("writer"), &kept.id, now()).await.unwrap();
    assert_eq!(desk.store.all_praise(true).await.unwrap()[0].by_whom, "A Person");
    desk.withdraw_praise(&who("writer"), &kept.id, now()).await.unwrap();
    let after = desk.store.praise(&kept.id).await.unwrap();
    assert!(after.by_whom.is_empty() && after.consent.is_none() && desk.store.all_praise(true).await.unwrap().is_empty());

    let words = Template {
        unit: "HQ".into(),
        name: "Helmet".into(),
        kind: "awareness".into(),
        english: "Wear a helmet.".into(),
        ..Template::default()
    };
    desk.put_template(&who("igp"), words.clone(), now()).await.unwrap();
    assert_eq!(desk.templates(Some("THANA")).await.unwrap().len(), 1, "a thana may use headquarters' words");
    let own = Template { unit: "THANA".into(), ..words.clone() };
    desk.put_template(&who("writer"), own, now()).await.unwrap();
    assert_eq!((desk.templates(Some("OTHER")).await.unwrap().len(), desk.templates(None).await.unwrap().len()), (1, 2));
    assert!(
        refused(desk.put_template(&who("igp"), Template { english: String::new(), ..words.clone() }, now()).await)
            .contains("words")
    );
    assert!(refused(desk.put_template(&who("igp"), Template { kind: "party".into(), ..words }, now()).await).contains("no kind"));
}
