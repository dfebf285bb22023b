//! What the desk owes others, by its addresses: pictures that stay what they are, orders to their end, times of silence, health.

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use serde_json::{Value, json};
use social::desk::When;
use social::message::{Kind, Media, Message};
use store::social::{MediaRow, NewItem, Settlement};

use crate::desk::{Place, who};

fn sha(n: usize) -> String {
    format!("{n:064x}")
}

/// A library of a hundred and thirty pictures; the first is the oldest.
async fn library(p: &Place) {
    for n in 0..130 {
        let row = MediaRow {
            sha256: sha(n),
            unit: "T1".into(),
            name: format!("picture-{n}.png"),
            mime: "image/png".into(),
            bytes: 9,
            width: 10,
            height: 10,
            alt: if n == 5 { "A lake at 100% of its depth".into() } else { format!("Picture number {n}") },
            principal: "asha".into(),
            at: n as i64,
            track: String::new(),
        };
        p.desk.store.put_media(&row).await.unwrap();
    }
}

fn picture(n: usize) -> Media {
    Media {
        sha256: sha(n),
        file: format!("picture-{n}.png"),
        mime: "image/png".into(),
        bytes: 9,
        alt: "A picture".into(),
        ..Media::default()
    }
}

async fn kept(p: &Place, id: &str) -> Message {
    let version = p.desk.store.post(id).await.unwrap().version;
    p.desk.message(id, version).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_on_the_page_keeps_old_pictures_and_what_is_said_of_each() {
    let p = Place::new().await;
    library(&p).await;
    // As a file of messages or a program leaves it: a victim, blurred; a child; and one that is in no library.
    let media = vec![
        Media { shows_victim: true, blurred: true, ..picture(0) },
        Media { shows_child: true, ..picture(1) },
        Media { sha256: String::new(), file: "/srv/camera.png".into(), shows_arrested: true, ..picture(2) },
    ];
    let message = Message { english: "Found after a day.".into(), media: media.clone(), ..Message::default() };
    let id = p.desk.draft(&who("operator"), "T1", &message, None, p.lake.now()).await.unwrap().id;
    let page = p.get(&format!("/desk/post/{id}")).await.body;
    for (flag, key) in [("shows_victim", sha(0)), ("blurred", sha(0)), ("shows_child", sha(1)), ("shows_arrested", "at2".into())]
    {
        assert!(page.contains(&format!("name=\"flag-{flag}-{key}\" value=\"1\" checked")), "{flag} {key}");
    }
    assert!(!page.contains(&format!("name=\"flag-shows_victim-{}\" value=\"1\" checked", sha(1))), "of each picture, not of all");

    // The sheet as the browser sends it back, with other words.
    let sheet = format!(
        "version=1&unit=T1&kind=awareness&english=Found+after+two+days.&media-{0}=1&flag-shows_victim-{0}=1&flag-blurred-{0}=1&media-{1}=1&flag-shows_child-{1}=1&media-at2=1&flag-shows_arrested-at2=1",
        sha(0),
        sha(1)
    );
    assert_eq!(p.post(&format!("/desk/post/{id}/edit"), &sheet).await.status, StatusCode::SEE_OTHER);
    assert_eq!(kept(&p, &id).await.media, media, "nothing was lost, nothing moved");

    // Saying that the victim is not blurred any more is found by the check; a picture that is not ticked goes.
    let sheet = format!("version=2&unit=T1&kind=awareness&english=Found.&media-{0}=1&flag-shows_victim-{0}=1", sha(0));
    assert_eq!(p.post(&format!("/desk/post/{id}/edit"), &sheet).await.status, StatusCode::SEE_OTHER);
    let now = kept(&p, &id).await;
    assert_eq!((now.media.len(), now.media[0].shows_victim, now.media[0].blurred), (1, true, false));
    assert!(p.desk.store.findings(&id, 3).await.unwrap().iter().any(|f| f.rule == "face" && f.level == "block"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_is_searched_and_turned_and_a_chosen_picture_stays_chosen() {
    let p = Place::new().await;
    library(&p).await;
    let first = p.get("/desk/media").await.body;
    assert!(first.contains("picture-129.png") && !first.contains("picture-100.png") && first.contains("page=1"));
    assert!(p.get("/desk/media?page=5").await.body.contains("picture-0.png"), "the oldest is on the last page");
    let found = p.get("/desk/media?find=LAKE+100%25").await.body;
    assert!(found.contains("picture-5.png") && !found.contains("picture-6.png"), "signs are signs");
    assert!(p.get("/desk/media?find=crocodile").await.body.contains("Nothing is found"));
    let json: Value = serde_json::from_str(&p.get("/api/v1/desk/media?find=picture-7.").await.body).unwrap();
    assert_eq!(json["media"][0]["sha256"], sha(7).as_str());

    // Looking for another picture loses neither words nor pictures, of a new sheet or of one that is kept.
    let new = format!("unit=T1&kind=awareness&english=Wear+a+helmet.&media-{}=1&find=lake", sha(3));
    let sheet = p.post("/desk/preview", &new).await.body;
    assert!(sheet.contains("Wear a helmet.") && sheet.contains("picture-5.png") && !sheet.contains("picture-129.png"));
    assert!(sheet.contains(&format!("name=\"media-{}\" value=\"1\" checked", sha(3))));
    let message = Message { english: "Wear a helmet.".into(), media: vec![picture(0)], ..Message::default() };
    let id = p.desk.draft(&who("operator"), "T1", &message, None, p.lake.now()).await.unwrap().id;
    let again = p.post("/desk/preview", &format!("id={id}&version=1&{new}&media-{}=1", sha(0))).await.body;
    assert!(again.contains(&format!("/desk/post/{id}/edit")) && again.contains("name=\"version\" value=\"1\""));
    assert!(again.contains(&format!("name=\"media-{}\" value=\"1\" checked", sha(0))));
    assert_eq!(p.desk.store.post(&id).await.unwrap().version, 1, "looking keeps nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_left_to_a_person_is_ended_on_the_page_and_the_statement_is_a_pdf() {
    let p = Place::new().await;
    let id = p.published(Kind::Awareness, "हेलमेट पहनें।", None).await;
    let opened =
        p.json("/api/v1/desk/orders", json!({ "post": id, "reference": "SBCWP 1/2026", "court": "Rajasthan High Court" })).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    let opened: Value = serde_json::from_str(&opened.body).unwrap();
    let (order, copy) = (&opened["orders"][0]["order"]["id"], &opened["orders"][0]["removals"][0]["delivery"]);
    let (order, copy) = (order.as_str().unwrap(), copy.as_str().unwrap());
    p.desk.store.settle_removal(order, copy, "human", "the token is refused", 0).await.unwrap();
    let page = p.get("/desk/orders").await.body;
    assert!(page.contains("remove by hand") && page.contains("Try again") && page.contains(&format!("/desk/order/{order}/pdf")));
    let act = async |form: &str| p.post(&format!("/desk/order/{order}/copy/{copy}"), form).await;
    assert_eq!(act("what=again").await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.desk.store.removals(order).await.unwrap()[0].state, "open");
    assert!(act("what=removed&proof=gone").await.body.contains("what proves it"));
    assert_eq!(act("what=removed&proof=The+address+shows+404+since+noon.").await.status, StatusCode::SEE_OTHER);
    let page = p.get("/desk/orders").await.body;
    assert!(page.contains("Complied with") && page.contains("since noon. (operator)"));
    let pdf = p.bytes(&format!("/desk/order/{order}/pdf")).await;
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(p.get("/desk/order/none/pdf").await.status, StatusCode::NOT_FOUND);

    // What was not made here, by its address; what is ours, taken back by our own decision.
    let strange = p.post("/desk/orders", "addresses=the+post+of+Monday&reference=1&court=X").await;
    assert!(strange.body.contains("https://"), "{}", strange.body);
    let by_address = p.post("/desk/orders", "addresses=https%3A%2F%2Fx.com%2Fa%2Fstatus%2F5&reference=R+2&court=X").await;
    assert_eq!(by_address.status, StatusCode::SEE_OTHER, "{}", by_address.body);
    assert!(p.get("/desk/orders").await.body.contains("https://x.com/a/status/5"));
    let other = p.published(Kind::Notice, "समय 9 बजे।", None).await;
    assert_eq!(p.post(&format!("/desk/post/{other}/remove"), "reason=no").await.status, StatusCode::CONFLICT);
    assert_eq!(p.post(&format!("/desk/post/{other}/remove"), "reason=the+hour+is+wrong").await.status, StatusCode::SEE_OTHER);
    assert!(p.get("/desk/orders").await.body.contains("own decision"));
    assert_eq!(p.public(&format!("/hi/post/{other}")).await.status, StatusCode::NOT_FOUND, "the public sees it no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_of_the_model_code_are_entered_put_right_and_ended_on_their_page() {
    let p = Place::new().await;
    let wrong = p.post("/desk/silences", "constituency=AC-46&from=soon&until=later&announcement=ECI%2F1").await;
    assert!(wrong.body.contains("2026-11-25 18:30"), "{}", wrong.body);
    let back =
        p.post("/desk/silences", "constituency=AC-46&from=2030-01-02+00:00&until=2030-01-01+00:00&announcement=ECI%2F1").await;
    assert!(back.body.contains("end after it begins"));
    assert_eq!(
        p.post("/desk/silences", "constituency=AC-46&from=2030-01-01+00:00&until=2030-02-01+00:00&announcement=ECI%2F1")
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    let listed: Value = serde_json::from_str(&p.get("/api/v1/desk/silences").await.body).unwrap();
    let id = listed["silences"][0]["id"].as_str().unwrap();
    let page = p.get("/desk/silences").await.body;
    assert!(page.contains("2030-01-01 00:00") && page.contains("to come"));
    let change = json!({ "constituency": "*", "from": "2030-01-01 00:00", "until": "2030-03-01 00:00", "announcement": "ECI/1", "reason": "the second order" });
    let done = p.json(&format!("/api/v1/desk/silences/{id}"), change).await;
    assert_eq!(
        (done.status, p.desk.store.silence(id).await.unwrap().constituency.as_str()),
        (StatusCode::OK, "*"),
        "{}",
        done.body
    );
    assert_eq!(p.post(&format!("/desk/silence/{id}"), "what=end&reason=withdrawn").await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.post("/desk/silence/none", "what=end&reason=withdrawn").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_begins_with_saved_words_and_others_see_who_writes() {
    let p = Place::new().await;
    assert!(
        p.post("/desk/replies", "unit=T1&name=Route&hindi=&english=On+Monday.").await.body.contains("in Hindi and in English")
    );
    let saved = p
        .post(
            "/desk/replies",
            "unit=HQ&name=Route&hindi=%E0%A4%B8%E0%A5%8B%E0%A4%AE%E0%A4%B5%E0%A4%BE%E0%A4%B0&english=On+Monday.",
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let listed: Value = serde_json::from_str(&p.get("/api/v1/desk/replies").await.body).unwrap();
    let reply = listed["replies"][0]["id"].as_str().unwrap();
    assert!(p.get("/desk/replies").await.body.contains("On Monday."));
    let new = NewItem {
        account: "acc-1".into(),
        unit: "T1".into(),
        remote: "c1".into(),
        kind: "comment".into(),
        parent: None,
        handle: "citizen".into(),
        body: "When?".into(),
        url: None,
        written_at: 0,
        due_at: 1,
        answerable: true,
        ..NewItem::default()
    };
    p.desk.store.put_item(new, p.lake.now()).await.unwrap();
    let item = p.desk.store.items(None, true, 1).await.unwrap().remove(0).id;
    let page = p.get(&format!("/desk/item/{item}")).await.body;
    assert!(page.contains("Begin the answer") && page.contains("On Monday.") && !page.contains("id=\"text\""), "{page}");
    let begun = p.post(&format!("/desk/item/{item}/begin"), &format!("reply={reply}&language=en")).await;
    let to = begun.headers[header::LOCATION].to_str().unwrap().to_owned();
    let sheet = p.get(to.split('#').next().unwrap()).await.body;
    assert!(sheet.contains("rows=\"4\"") && sheet.contains(">On Monday.</textarea>"), "{sheet}");
    assert_eq!(
        p.desk.store.item(&item).await.unwrap().answering.as_deref(),
        Some("operator"),
        "from the beginning, not from the end"
    );
    assert_eq!(p.post(&format!("/desk/reply/{reply}"), "what=drop").await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.get(&format!("/desk/item/{item}?reply={reply}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_post_is_a_failure_of_health_at_both_doors_and_a_paused_one_is_not() {
    let p = Place::new().await;
    let both = async || (p.get("/healthz").await.status, p.public("/healthz").await.status);
    assert_eq!(both().await, (StatusCode::OK, StatusCode::OK));
    let earlier = p.lake.now() - TimeDelta::minutes(9);
    let message = Message { hindi: "हेलमेट पहनें।".into(), ..Message::default() };
    let post = p.desk.draft(&who("asha"), "T1", &message, None, earlier).await.unwrap();
    p.desk.submit(&who("asha"), &post.id, &[], earlier.timestamp_micros(), earlier).await.unwrap();
    p.desk.approve(&who("sp"), &post.id, 1, None, earlier).await.unwrap();
    let account = std::slice::from_ref(&p.account);
    let queued = p.desk.schedule(&who("operator"), &post.id, account, When::Now, earlier).await.unwrap();
    let late = (StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(both().await, late);
    assert!(p.get("/healthz").await.body.contains("oldest_due_seconds"));
    p.desk.pause(&who("operator"), "HQ", "curfew", p.lake.now()).await.unwrap();
    assert_eq!(both().await, (StatusCode::OK, StatusCode::OK), "a pause is no failure");
    p.desk.resume(&who("operator"), "HQ", p.lake.now()).await.unwrap();
    assert_eq!(both().await, late);
    let live = Settlement { state: "live", remote: Some("r".into()), now: 1, ..Settlement::default() };
    assert!(p.desk.store.decide_delivery(&queued[0].id, &["queued"], &live).await.unwrap());
    assert_eq!(both().await, (StatusCode::OK, StatusCode::OK));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_given_up_leaves_the_register_and_the_stations() {
    let p = Place::new().await;
    assert!(
        p.public("/handles.json").await.body.contains("@thana1")
            && p.public("/en/stations?q=thana").await.body.contains("@thana1")
    );
    assert_eq!(p.post("/desk/channel/acc-1/retire", "reason=gone").await.status, StatusCode::CONFLICT);
    let done = p.json("/api/v1/desk/channels/acc-1/retire", json!({ "reason": "the account was stolen" })).await;
    assert!(done.status == StatusCode::OK && done.body.contains("closed"), "{}", done.body);
    assert!(
        !p.public("/handles.json").await.body.contains("@thana1")
            && !p.public("/en/stations?q=thana").await.body.contains("@thana1")
    );
    let page = p.get("/desk/channels").await.body;
    assert!(page.contains("given up") && page.contains("the account was stolen") && !page.contains("/desk/channel/acc-1/probe"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_says_its_rules_and_what_the_guidelines_ask_for() {
    let p = Place::new().await;
    for (place, en, hi) in [
        ("rules", "never hidden", "आलोचना"),
        ("privacy", "sets no cookie", "कुकी"),
        ("copyright", "source named", "स्रोत"),
        ("accessibility", "WCAG 2.1", "WCAG 2.1"),
        ("terms", "law of India", "भारत के क़ानून"),
        ("contact", "tel:112", "tel:112"),
        ("sitemap", "/en/feedback", "/hi/feedback"),
    ] {
        for (lang, words) in [("en", en), ("hi", hi)] {
            let page = p.public(&format!("/{lang}/{place}")).await;
            assert!(page.status == StatusCode::OK && page.body.contains(words), "{lang} {place}");
        }
        assert!(p.public("/en/").await.body.contains(&format!("/en/{place}")), "{place} is at the foot of every page");
        assert!(p.public("/sitemap.xml").await.body.contains(&format!("/hi/{place}<")), "{place}");
    }
    assert!(p.public("/en/rules").await.body.contains("Last updated"));
    // Every rule by which the desk may hide is public, and no other.
    let explained: Vec<&str> =
        pages::portal::PAPERS[0].parts.iter().map(|part| part.rule.as_str()).filter(|rule| !rule.is_empty()).collect();
    assert_eq!(explained, social::desk::RULES);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_shows_its_own_copy_of_a_picture_while_the_message_is_out() {
    let p = Place::new().await;
    library(&p).await;
    let folder = p.lake.home().root().join("desk-media");
    std::fs::create_dir_all(&folder).unwrap();
    for n in [3, 4] {
        std::fs::write(folder.join(sha(n)), format!("picture {n}")).unwrap();
    }
    let id = p.published_with(Kind::Awareness, "हेलमेट पहनें।", None, vec![picture(3)]).await;
    let address = format!("/picture/{id}/{}", sha(3));
    for path in [format!("/hi/post/{id}"), "/hi/latest".into(), "/en/".into()] {
        let page = p.public(&path).await.body;
        assert!(page.contains(&format!("src=\"{address}\" alt=\"A picture\"")), "{path}");
    }
    let shown = p.public(&address).await;
    assert_eq!((shown.status, shown.body.as_str()), (StatusCode::OK, "picture 3"));
    assert!(shown.headers[header::CACHE_CONTROL].to_str().unwrap().contains("public"));
    assert_eq!(shown.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(p.again(&address, shown.headers[header::ETAG].clone()).await.status, StatusCode::NOT_MODIFIED);
    assert_eq!(
        p.public(&format!("/picture/{id}/{}", sha(4))).await.status,
        StatusCode::NOT_FOUND,
        "of the library, but not published"
    );
    p.desk.takedown(&who("operator"), &id, "SBCWP 1/2026", "Rajasthan High Court", p.lake.now()).await.unwrap();
    assert_eq!(p.public(&address).await.status, StatusCode::NOT_FOUND, "taken down, it is gone here too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_filed_at_the_police_portal_without_who_wrote_it() {
    let p = Place::new().await;
    for remote in ["c1", "c2"] {
        let new = NewItem {
            account: "acc-1".into(),
            unit: "T1".into(),
            remote: remote.into(),
            kind: "comment".into(),
            parent: None,
            handle: "citizen_of_jaipur".into(),
            body: "My cycle was stolen, \"red\".".into(),
            url: Some("https://x.com/citizen_of_jaipur/status/1".into()),
            written_at: 0,
            due_at: 1,
            answerable: true,
            ..NewItem::default()
        };
        p.desk.store.put_item(new, p.lake.now()).await.unwrap();
    }
    let items = p.desk.store.items(None, true, 5).await.unwrap();
    let done = p
        .post(&format!("/desk/item/{}/close", items[0].id), "state=handed_over&rule=Complaint&text=At+the+bus+stand.&answer=")
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let api = p.json(&format!("/api/v1/desk/items/{}/hand-over", items[1].id), json!({ "rule": "Tip" })).await;
    assert!(api.status == StatusCode::OK && api.body.contains("SM-"), "{}", api.body);
    let again = p.json(&format!("/api/v1/desk/items/{}/hand-over", items[1].id), json!({ "rule": "Tip" })).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "filed once");
    let closed = p.desk.store.item(&items[0].id).await.unwrap();
    assert!(closed.state == "handed_over" && closed.answer.as_deref().is_some_and(|n| n.starts_with("SM-")));

    let folder = p.lake.home().root().join("portal-in");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("At the bus stand.") && text.contains("\"\"red\"\"") && !text.contains("citizen_of_jaipur"), "{text}");
    let request = lake::Request {
        contract: Some(p.lake.contract("portal.complaint").unwrap()),
        received_by: "test".into(),
        ..lake::Request::default()
    };
    let reports = p.lake.ingest_path(&file, request, &std::sync::Arc::new(lake::Progress::default())).await.unwrap();
    assert_eq!((reports[0].input, reports[0].accepted), (2, 2), "the lake takes both in");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_desk_refuses_it_refuses_in_the_readers_language() {
    let p = Place::new().await;
    let id = p.published(Kind::Awareness, "हेलमेट पहनें।", None).await;
    let asked = async |lang| p.post_in(lang, &format!("/desk/post/{id}/schedule"), "channel-acc-1=1&at=2030-01-01+10:00").await;
    let (hindi, english) = (asked("hi").await, asked("en").await);
    assert_eq!((hindi.status, english.status), (StatusCode::CONFLICT, StatusCode::CONFLICT));
    assert!(hindi.body.contains("की स्थिति “निर्धारित” है, अनुमोदित नहीं") && !hindi.body.contains("not approved"), "{}", hindi.body);
    assert!(english.body.contains("is scheduled, not approved"));
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_texts_are_shown_beside_what_changed() {
    let p = Place::new().await;
    let first = Message {
        english: "The road opens on <Monday>.".into(), hindi: "रास्ता खुलेगा।".into(), ..Message::default()
    };
    let id = p.desk.draft(&who("operator"), "T1", &first, None, p.lake.now()).await.unwrap().id;
    let second = Message {
        english: "The road opens on <Tuesday>.".into(),
        media: vec![Media { shows_child: true, ..picture(1) }],
        ..first
    };
    p.desk.edit(&who("operator"), &id, 1, &second, p.lake.now()).await.unwrap();
    assert!(p.get(&format!("/desk/post/{id}")).await.body.contains(&format!("/desk/post/{id}/versions")));
    let page = p.get(&format!("/desk/post/{id}/versions")).await.body;
    assert!(page.contains("<del>&#60;Monday&#62;.</del><ins>&#60;Tuesday&#62;.</ins>"), "{page}");
    assert!(page.contains("<ins>A picture; Shows a child</ins>") && page.contains("रास्ता खुलेगा।"));
    let json: Value = serde_json::from_str(&p.get(&format!("/api/v1/desk/posts/{id}/versions")).await.body).unwrap();
    assert_eq!(json["versions"][1]["message"]["english"], "The road opens on <Monday>.");
    assert_eq!(p.get("/desk/post/none/versions").await.status, StatusCode::NOT_FOUND);
}
