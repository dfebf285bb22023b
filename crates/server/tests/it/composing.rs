//! What is written, and where and when it goes, on the desk's pages: sheets that are kept, edits of what is out, queues, days, floods of
//! calls.

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use ring::hmac;
use serde_json::{Value, json};
use social::desk::{Sheet, When};
use social::limit::NetworkName;
use social::message::{Kind, Message};
use social::network::{Networks, Secret};
use social::outbox::{Channels, SystemClock};
use social::vault::Vault;
use standin::{Faults, World};
use store::social::{NewAccount, Settlement, Unit};

use crate::desk::{Place, location, who};

fn english(words: &str) -> Message {
    Message { english: words.into(), ..Message::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_a_sheet_is_kept_until_it_is_saved_or_thrown_away() {
    let p = Place::new().await;
    let store = &p.desk.store;
    assert!(!p.get("/desk/new").await.body.contains("?kept="));
    let typed = p.post("/desk/preview", "sheet=s1&unit=T1&kind=notice&english=The+camp+is+on+Monday.").await.body;
    assert!(typed.contains("Kept, not saved yet") && !typed.contains("?kept="), "{typed}");
    assert!(typed.contains("name=\"sheet\" value=\"s1\""), "the page stays the same sheet");
    // The page was closed, or the line was lost.
    let again = p.get("/desk/new").await.body;
    assert!(again.contains("/desk/new?kept=s1") && again.contains("The camp is on Monday.</q>"), "{again}");
    assert!(!again.contains("The camp is on Monday.</textarea>"));
    let back = p.get("/desk/new?kept=s1").await.body;
    assert!(back.contains("The camp is on Monday.</textarea>") && back.contains("value=\"T1\" selected"), "{back}");
    let own = |page: &str, name: &str| {
        let from = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
        from.split_once('"').unwrap().0.to_owned()
    };
    let (sheet, at) = (own(&back, "sheet"), own(&back, "begun_at"));
    assert!(own(&back, "begun") == "s1" && sheet != "s1", "and is a sheet of its own");

    // Two pages with the same new message: neither writes over the other, and both say so.
    let second = format!("sheet={sheet}&begun=s1&begun_at={at}&unit=T1&kind=notice&english=");
    let typed = p.post("/desk/preview", &format!("{second}At+eight.")).await.body;
    assert!(typed.contains("Kept, not saved yet") && !typed.contains("another page of yours"), "{typed}");
    assert_eq!(store.unsaved_by("operator", "").await.unwrap().len(), 1, "it took the other's place");
    let first = p.post("/desk/preview", "sheet=s1&unit=T1&kind=notice&english=At+nine.").await.body;
    assert!(first.contains("another page of yours") && first.contains(&format!("/desk/new?kept={sheet}")), "{first}");
    let typed = p.post("/desk/preview", &format!("{second}At+eight+sharp.")).await.body;
    assert!(typed.contains("another page of yours") && typed.contains("/desk/new?kept=s1"), "{typed}");
    let waits = p.get("/desk/new").await.body;
    assert!(waits.contains("You have 2 sheets") && waits.contains("At nine.") && waits.contains("At eight sharp."), "{waits}");
    assert!(p.get("/desk/new?lang=hi").await.body.contains("आपके 2 मसौदे"));

    let made = p.post("/desk/new", "sheet=s1&unit=T1&kind=notice&english=The+camp+is+on+Monday.").await;
    let page = location(&made);
    let left = store.unsaved_by("operator", "").await.unwrap();
    assert_eq!(
        left.into_iter().map(|s| s.id).collect::<Vec<_>>(),
        std::slice::from_ref(&sheet),
        "saved, it is kept no more; the other is"
    );
    p.post("/desk/new", &format!("{second}At+eight.")).await;
    assert!(store.unsaved_by("operator", "").await.unwrap().is_empty());

    let id = page.rsplit('/').next().unwrap().to_owned();
    let sheet = format!("id={id}&sheet=s2&version=1&unit=T1&kind=notice&english=");
    let same = p.post("/desk/preview", &format!("{sheet}The+camp+is+on+Monday.")).await.body;
    assert!(!same.contains("Kept, not saved yet"), "nothing new is nothing to keep");
    p.post("/desk/preview", &format!("{sheet}The+camp+is+on+Tuesday.")).await;
    assert_eq!(store.post(&id).await.unwrap().version, 1, "no version comes of it, and no signature is void");
    let shown = p.get(&page).await.body;
    assert!(shown.contains("?kept=s2") && shown.contains("The camp is on Monday.</textarea>"));

    // Somebody else saved meanwhile: what was kept is shown, and not saved over it.
    p.desk.edit(&who("asha"), &id, 1, &Message { kind: Kind::Notice, ..english("At eight.") }, p.lake.now()).await.unwrap();
    let back = p.get(&format!("{page}?kept=s2")).await.body;
    assert!(back.contains("The camp is on Tuesday.") && back.contains("name=\"version\" value=\"1\""));
    let stale = p.post(&format!("{page}/edit"), "version=1&unit=T1&kind=notice&english=The+camp+is+on+Tuesday.").await;
    assert!(stale.status == StatusCode::CONFLICT && stale.body.contains("somebody saved version 2"));
    assert_eq!(p.post("/desk/sheet/discard", &format!("id={id}&sheet=s2")).await.status, StatusCode::SEE_OTHER);
    assert!(!p.get(&page).await.body.contains("?kept="));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_on_the_same_message_and_units_that_say_the_same_are_told() {
    let p = Place::new().await;
    let (store, now) = (&p.desk.store, p.lake.now());
    let id = p.desk.draft(&who("operator"), "T1", &english("Traffic is diverted on Sunday."), None, now).await.unwrap().id;
    let sheet = Sheet { id: "s", post: &id, version: 1, fields: "{}", ..Sheet::default() };
    p.desk.keep_sheet(&who("asha"), sheet, now).await.unwrap();
    let page = p.get(&format!("/desk/post/{id}")).await.body;
    assert!(page.contains("Writing on this message just now: asha"), "{page}");

    let other = Unit { code: "T2".into(), parent: Some("HQ".into()), kind: "thana".into(), ..Unit::default() };
    store.put_unit(&other).await.unwrap();
    let post = p.desk.draft(&who("operator"), "T2", &english("On Sunday traffic is diverted."), None, now).await.unwrap().id;
    p.desk.submit(&who("operator"), &post, &[], now.timestamp_micros(), now).await.unwrap();
    p.desk.approve(&who("sp"), &post, 1, None, now).await.unwrap();
    let new = NewAccount {
        id: "acc-2".into(),
        unit: "T2".into(),
        handle: "@thana2".into(),
        ..account("standin", "http://127.0.0.1:1")
    };
    let account = store.put_account(new, 0).await.unwrap();
    let due = When::At((now + TimeDelta::days(2)).timestamp_micros());
    p.desk.schedule(&who("operator"), &post, std::slice::from_ref(&account), due, now).await.unwrap();
    let page = p.get(&format!("/desk/post/{id}")).await.body;
    assert!(page.contains("Other units are about to say") && page.contains(&post) && page.contains("@thana2"), "{page}");
    let typed = p.post("/desk/preview", "unit=T1&kind=awareness&english=Traffic+is+diverted+on+Sunday!").await.body;
    assert!(typed.contains(&post), "also while it is typed");
    let asked = json!({ "unit": "T1", "message": { "english": "Traffic is diverted on Sunday" } });
    let told: Value = serde_json::from_str(&p.json("/api/v1/desk/similar", asked.clone()).await.body).unwrap();
    assert_eq!(told["similar"][0]["post"], post.as_str());
    let mut then = asked;
    then["at"] = "2030-01-01 10:00".into();
    let told: Value = serde_json::from_str(&p.json("/api/v1/desk/similar", then).await.body).unwrap();
    assert_eq!(told["similar"], json!([]), "at another time nobody is in the way");
}

fn account(network: &str, address: &str) -> NewAccount {
    NewAccount {
        id: "acc-f".into(),
        unit: "T1".into(),
        network: network.into(),
        handle: "Page 1".into(),
        remote: "1".into(),
        address: address.into(),
        app: "app".into(),
        state: "connected".into(),
        secret: "sealed".into(),
        expires_at: None,
        connected_by: "sp".into(),
    }
}

/// The network has the new words.
async fn went_through(p: &Place, edit: &str) {
    let settled = Settlement { state: "edited", now: p.lake.now().timestamp_micros(), ..Settlement::default() };
    assert!(p.desk.store.decide_delivery(edit, &["queued"], &settled).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_what_is_out_goes_the_whole_way_on_its_page() {
    let p = Place::new().await;
    let id = p.published(Kind::Awareness, "शिविर सोमवार को है।", None).await;
    let page = format!("/desk/post/{id}");
    let shown = p.get(&page).await.body;
    assert!(shown.contains(&format!("{page}/revise")) && shown.contains("Why it is edited"), "{shown}");
    let sheet = "version=1&unit=T1&kind=awareness&hindi=%E0%A4%B6%E0%A4%BF%E0%A4%B5%E0%A4%BF%E0%A4%B0+%E0%A4%AE%E0%A4%82%E0%A4%97%E0%A4%B2+%E0%A4%95%E0%A5%8B";
    let silent = p.post(&format!("{page}/revise"), sheet).await;
    assert!(silent.status == StatusCode::CONFLICT && silent.body.contains("the reason is kept"), "{}", silent.body);
    let hindi = p.post_in("hi", &format!("{page}/revise"), sheet).await.body;
    assert!(hindi.contains("कारण रिकॉर्ड में रहेगा"), "{hindi}");
    let why = format!("{sheet}&why=the+day+was+wrong");
    assert_eq!(p.post(&format!("{page}/revise"), &why).await.status, StatusCode::SEE_OTHER);
    let shown = p.get(&page).await.body;
    assert!(shown.contains("An edit waits") && shown.contains("gets the new words") && shown.contains("Give the edit up"));
    assert!(!shown.contains(&format!("{page}/apply")), "not before it is signed");
    p.post(&format!("{page}/submit"), "").await;
    p.desk.approve(&who("sp"), &id, 2, None, p.lake.now()).await.unwrap();
    let shown = p.get(&page).await.body;
    assert!(shown.contains(&format!("{page}/apply")) && !shown.contains(&format!("{page}/schedule")), "{shown}");
    let again = p.post(&format!("{page}/schedule"), "channel-acc-1=1").await;
    assert!(again.status == StatusCode::CONFLICT && again.body.contains("is out already"));
    assert_eq!(p.post(&format!("{page}/apply"), "").await.status, StatusCode::SEE_OTHER);
    let edit = p.desk.store.deliveries(&id).await.unwrap().into_iter().find(|d| d.revises.is_some()).unwrap();
    assert_eq!((edit.state.as_str(), edit.version), ("queued", 2));
    // The public sees the old words until the network has the new ones.
    let public = async |lang: &str| p.public(&format!("/{lang}/post/{id}")).await.body;
    assert!(public("hi").await.contains("सोमवार") && !public("hi").await.contains("संशोधित"));
    went_through(&p, &edit.id).await;
    for (lang, edited, before) in [("hi", "संशोधित", "पहले क्या लिखा था"), ("en", "Edited", "What it said before")]
    {
        let page = public(lang).await;
        let (now, then) = page.split_once(&format!("<h2 id=\"earlier\">{before}</h2>")).unwrap();
        assert!(now.contains(edited) && now.contains("मंगल") && now.contains("dateModified"), "{now}");
        assert!(then.contains("<s>शिविर सोमवार को है।</s>"), "{then}");
        let list = p.public(&format!("/{lang}/latest")).await.body;
        assert!(list.contains(&format!("/{lang}/post/{id}#earlier\">{edited}")) && !list.contains("सोमवार"), "{list}");
    }
    let atom = p.public("/hi/feed.atom").await.body;
    let entry = atom.split("<entry>").find(|e| e.contains(&id)).unwrap();
    let time = |name: &str| entry.split_once(&format!("<{name}>")).unwrap().1.split_once('<').unwrap().0.to_owned();
    assert!(time("updated") >= time("published") && entry.contains("मंगल"), "{entry}");

    // An officer keeps the earlier words from the public, and shows them again.
    let versions = p.get(&format!("{page}/versions")).await.body;
    assert!(versions.contains("The public reads on the portal that it said this until"), "{versions}");
    let short = p.post(&format!("{page}/withhold"), "version=1&reason=no").await;
    assert!(short.status == StatusCode::CONFLICT && short.body.contains("the reason is kept"));
    let newest = p.post(&format!("{page}/withhold"), "version=2&reason=a+private+number+in+it").await;
    assert!(newest.status == StatusCode::CONFLICT && newest.body.contains("is the newest"));
    let why = "version=1&reason=a+private+number+in+it";
    assert_eq!(p.post(&format!("{page}/withhold"), why).await.status, StatusCode::SEE_OTHER);
    let told = public("en").await;
    assert!(!told.contains("सोमवार") && told.contains("not shown any more") && !told.contains("private number"), "{told}");
    let versions = p.get(&format!("{page}/versions")).await.body;
    assert!(versions.contains("a private number in it") && versions.contains("Show to the public again"), "{versions}");
    let shown = p.json(&format!("/api/v1/desk/posts/{id}/withhold"), json!({ "version": 1 })).await;
    assert_eq!(serde_json::from_str::<Value>(&shown.body).unwrap()["earlier"][0]["withheld"], Value::Null, "{}", shown.body);
    assert!(public("en").await.contains("<s>शिविर सोमवार को है।</s>"));

    // By program; and given up on the page.
    let other = p.published(Kind::Awareness, "हेलमेट पहनें।", None).await;
    let new = json!({ "from": 1, "message": { "hindi": "हेलमेट सदा पहनें।" }, "reason": "a word was missing" });
    let made: Value = serde_json::from_str(&p.json(&format!("/api/v1/desk/posts/{other}/revise"), new).await.body).unwrap();
    assert_eq!((made["post"]["version"].as_i64(), made["copies"][0]["stays"].as_str()), (Some(2), None), "{made}");
    let early = p.json(&format!("/api/v1/desk/posts/{other}/apply"), json!({})).await;
    assert!(early.status == StatusCode::CONFLICT && early.body.contains("not approved"), "{}", early.body);
    assert_eq!(p.post(&format!("/desk/post/{other}/keep"), "reason=it+is+well").await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.desk.store.post(&other).await.unwrap().state, "scheduled");
    let none = p.json(&format!("/api/v1/desk/posts/{other}/keep"), json!({ "reason": "again" })).await;
    assert!(none.status == StatusCode::CONFLICT && none.body.contains("no edit"), "{}", none.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_set_up_used_and_a_day_is_changed_in_the_calendar() {
    let p = Place::new().await;
    let now = p.lake.now();
    assert!(p.get("/desk/queue").await.body.contains("This channel has no times yet"));
    let id = p.desk.draft(&who("asha"), "T1", &english("Wear a helmet."), None, now).await.unwrap().id;
    p.desk.submit(&who("asha"), &id, &[], now.timestamp_micros(), now).await.unwrap();
    p.desk.approve(&who("sp"), &id, 1, None, now).await.unwrap();
    let none = p.post(&format!("/desk/post/{id}/schedule"), "channel-acc-1=1&what=queue").await;
    assert!(none.status == StatusCode::CONFLICT && none.body.contains("no free time in its queue"), "{}", none.body);
    let wrong = p.post("/desk/queue", "channel=acc-1&time=evening").await;
    assert!(wrong.status == StatusCode::CONFLICT && wrong.body.contains("MO 18:30"));
    assert_eq!(p.post("/desk/queue", "channel=acc-1&time=18:30").await.status, StatusCode::SEE_OTHER);
    let page = p.get("/desk/queue").await.body;
    assert!(page.contains("Mon 18:30") && page.contains("Sun 18:30") && page.contains("The next free time"), "{page}");
    let told: Value = serde_json::from_str(
        &p.json("/api/v1/desk/queue", json!({ "channel": "acc-1", "time": "MO 18:30", "drop": true })).await.body,
    )
    .unwrap();
    assert_eq!(told["times"].as_array().unwrap().len(), 6);
    let all: Value = serde_json::from_str(&p.get("/api/v1/desk/queue").await.body).unwrap();
    assert_eq!(all["queues"][0]["handle"], "@thana1");
    let next = all["queues"][0]["next"].as_i64().unwrap();

    assert_eq!(p.post(&format!("/desk/post/{id}/schedule"), "channel-acc-1=1&what=queue").await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.desk.store.deliveries(&id).await.unwrap()[0].due_at, next);
    let day = model::time::to_ist(next).unwrap().date();
    for view in ["month", "week", "list"] {
        let shown = p.get(&format!("/desk/calendar?view={view}&at={day}")).await.body;
        assert!(shown.contains("id=\"move\"") && shown.contains(&format!("<option value=\"{id}\"")), "{view}: {shown}");
        assert_eq!(shown.contains(&format!("data-post=\"{id}\"")), view != "list", "{view}");
    }
    let later = day + chrono::Days::new(2);
    let moved = p.post("/desk/calendar/move", &format!("post={id}&day={later}&view=week&at={day}&unit=T1")).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.body);
    assert_eq!(location(&moved), format!("/desk/calendar?view=week&at={day}&unit=T1"), "back to where the calendar stood");
    assert_eq!(p.desk.store.deliveries(&id).await.unwrap()[0].due_at - next, 2 * 86_400_000_000, "the hour stays");
    let json = p.json(&format!("/api/v1/desk/posts/{id}/move"), json!({ "day": day.to_string() })).await;
    assert_eq!(serde_json::from_str::<Value>(&json.body).unwrap()["moved"], 1, "{}", json.body);
    let past = p.post("/desk/calendar/move", &format!("post={id}&day=2020-01-01")).await;
    assert!(past.status == StatusCode::CONFLICT && past.body.contains("in the past"));
    let none = p.post("/desk/calendar/move", &format!("post={id}&day=tomorrow")).await;
    assert!(none.status == StatusCode::CONFLICT && none.body.contains("2026-12-01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_the_account_alone_says_so_and_is_not_to_be_hidden() {
    let p = Place::new().await;
    let now = p.lake.now();
    let new = store::social::NewItem {
        account: "acc-1".into(),
        unit: "T1".into(),
        remote: "m1".into(),
        kind: "message".into(),
        body: "My phone was stolen.".into(),
        written_at: now.timestamp_micros(),
        due_at: now.timestamp_micros() + 1,
        answerable: true,
        answer_until: Some((now + TimeDelta::hours(20)).timestamp_micros()),
        ..Default::default()
    };
    p.desk.store.put_item(new.clone(), now).await.unwrap();
    let old = store::social::NewItem { remote: "m2".into(), answer_until: Some(5), ..new };
    p.desk.store.put_item(old, now).await.unwrap();
    let rows = p.desk.store.items(Some("T1"), false, 10).await.unwrap();
    let of = |remote: &str| rows.iter().find(|r| r.remote == remote).unwrap().id.clone();
    let page = p.get(&format!("/desk/item/{}", of("m1"))).await.body;
    assert!(page.contains("Written to the account alone") && page.contains("takes an answer until"), "{page}");
    assert!(!page.contains(&format!("/desk/item/{}/hide", of("m1"))) && page.contains("/close"));
    let over = p.get(&format!("/desk/item/{}", of("m2"))).await.body;
    assert!(over.contains("answer by hand"), "its time is over: {over}");
    assert!(p.get("/desk/inbox?unit=T1").await.body.contains("My phone was stolen."));
}

/// A flood of calls is sent back; what it told of is read in the account's turn all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_calls_is_sent_back_and_nothing_is_lost() {
    let p = Place::new().await;
    let world = World::start(standin::Kind::Graph, Faults::default(), 7).await.unwrap();
    let channels = Channels::new(
        std::sync::Arc::new(Vault::from_text("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=").unwrap()),
        std::sync::Arc::new(SystemClock),
    );
    let secret = Secret { access: "token-of-1".into(), ..Secret::default() };
    let sealed = channels.vault().seal("acc-f", &secret).unwrap();
    let new = NewAccount { secret: sealed, ..account("facebook", &format!("{}/v25.0", world.address)) };
    let page = p.desk.store.put_account(new, 0).await.unwrap();
    let post = world.with(|m| m.publish(World::post("1_77".into(), "1", "Wear a helmet.")));

    let key = hmac::Key::new(hmac::HMAC_SHA256, b"meta secret");
    let signed = |body: &str| {
        let tag: String = hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
        format!("sha256={tag}")
    };
    let now = p.lake.now().timestamp();
    let (mut taken, mut sent_back, mut wrote) = (0, 0, Vec::new());
    for n in 0..5000 {
        if sent_back == 20 {
            break;
        }
        let comment = world.citizen("1", "citizen", &format!("question {n}"), Some(&post));
        let body = json!({ "object": "page", "entry": [{ "id": "1", "time": now, "changes": [{ "field": "feed", "value": { "item": "comment",
            "verb": "add", "comment_id": comment, "post_id": post, "from": { "id": "900", "name": "citizen" }, "message": format!("question {n}"),
            "created_time": now } }] }] })
        .to_string();
        let answer = p.call("/hooks/meta", "x-hub-signature-256", &signed(&body), &body).await;
        match answer.status {
            StatusCode::OK => taken += 1,
            StatusCode::TOO_MANY_REQUESTS => {
                sent_back += 1;
                assert!(answer.headers.get(header::RETRY_AFTER).is_some(), "when to call again");
            }
            other => panic!("{other}: {}", answer.body),
        }
        wrote.push(comment);
    }
    assert!(taken >= 300 && sent_back == 20, "{taken} taken, {sent_back} sent back");
    let kept =
        async || p.desk.store.items(Some("T1"), true, 10_000).await.unwrap().into_iter().map(|i| i.remote).collect::<Vec<_>>();
    assert_eq!(kept().await.len(), taken);
    let networks = Networks::all().unwrap();
    p.desk.poll(&channels, networks.get(NetworkName::Facebook).unwrap().as_ref(), &page, p.lake.now()).await.unwrap();
    let mut all = kept().await;
    all.sort();
    wrote.sort();
    assert_eq!(all, wrote, "what was sent back is read, once each");

    // Forged calls are slowed down too, and take nothing from the network's own.
    let mut refused = 0;
    for n in 0..80 {
        let answer = p.call("/hooks/x", "x-twitter-webhooks-signature", "sha256=AAAA", &format!("{{\"n\":{n}}}")).await;
        assert!([StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS].contains(&answer.status), "{}", answer.status);
        refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 0, "a flood of forgeries");
    use base64::Engine;
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"x secret");
    let body = json!({ "for_user_id": "1" }).to_string();
    let tag = base64::engine::general_purpose::STANDARD.encode(hmac::sign(&key, body.as_bytes()));
    let own = p.call("/hooks/x", "x-twitter-webhooks-signature", &format!("sha256={tag}"), &body).await;
    assert_eq!(own.status, StatusCode::OK, "the network itself is heard");
}
