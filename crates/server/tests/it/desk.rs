//! The desk and the portal by their addresses: the pages do what the functions behind them allow, and the public sees what is out.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use governance::Principal;
use lake::{Lake, Options};
use ring::hmac;
use server::portal::Settings;
use social::message::{Kind, Media, Message};
use social::{Desk, desk::When};
use store::social::{NewAccount, NewItem, Settlement, Unit};
use tower::ServiceExt;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

pub struct Place {
    pub lake: Lake,
    pub desk: Desk,
    pages: Router,
    portal: Router,
    pub account: store::social::Account,
    _dir: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

pub fn who(id: &str) -> Principal {
    Principal { id: id.into(), name: id.into(), ..Principal::operator() }
}

async fn send(routes: &Router, request: Request<Body>) -> Answer {
    let response = routes.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
}

impl Place {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let lake = Lake::open(Options::at(&dir.path().join("lake"))).await.unwrap();
        let store = lake.store().clone();
        for (code, parent, name_en, name_hi) in
            [("HQ", None, "Headquarters", "मुख्यालय"), ("T1", Some("HQ"), "Thana One", "थाना एक")]
        {
            let unit = Unit {
                code: code.into(),
                parent: parent.map(str::to_owned),
                name_en: name_en.into(),
                name_hi: name_hi.into(),
                kind: "thana".into(),
                numbers: "112".into(),
                ..Unit::default()
            };
            store.put_unit(&unit).await.unwrap();
        }
        for (person, unit, role) in [
            ("asha", "T1", "writer"),
            ("operator", "HQ", "writer"),
            ("operator", "HQ", "approver"),
            ("operator", "HQ", "publisher"),
            ("operator", "HQ", "duty"),
            ("sp", "HQ", "approver"),
        ] {
            store.put_officer(person, unit, role).await.unwrap();
        }
        let new = NewAccount {
            id: "acc-1".into(),
            unit: "T1".into(),
            network: "standin".into(),
            handle: "@thana1".into(),
            remote: "77".into(),
            address: "http://127.0.0.1:1".into(),
            app: "app".into(),
            state: "connected".into(),
            secret: "sealed".into(),
            expires_at: None,
            connected_by: "sp".into(),
        };
        let account = store.put_account(new, 0).await.unwrap();
        let settings = Settings {
            base: "https://portal.example.org".into(),
            key: b"portal key".to_vec(),
            x_secret: "x secret".into(),
            meta_secret: "meta secret".into(),
            meta_word: "word".into(),
        };
        let accounts = accounts::Accounts::of(lake.store().clone(), lake.home().root()).unwrap();
        let pages = server::routes(lake.clone(), accounts, server::Site::default());
        let portal = server::portal::routes(lake.clone(), settings);
        Self { desk: Desk::new(store), lake, pages, portal, account, _dir: dir }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(&self.pages, Request::get(path).header(header::ACCEPT_LANGUAGE, "en").body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_in("en", path, form).await
    }

    pub async fn post_in(&self, lang: &'static str, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, format!("sarovar_token={TOKEN}"))
            .header(header::ACCEPT_LANGUAGE, lang)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={TOKEN}&{form}")))
            .unwrap();
        send(&self.pages, request).await
    }

    /// A form with a file, as browsers send it.
    pub async fn upload(&self, path: &str, file: &str, content: &[u8], fields: &[(&str, &str)]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        let head = format!("--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n--B--\r\n"].concat());
        let request = Request::post(format!("{path}?token={TOKEN}"))
            .header(header::COOKIE, format!("sarovar_token={TOKEN}"))
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
            .body(Body::from(body))
            .unwrap();
        send(&self.pages, request).await
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.pages.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    /// What a program sends.
    pub async fn json(&self, path: &str, body: serde_json::Value) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, format!("sarovar_token={TOKEN}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        send(&self.pages, request).await
    }

    /// As a cache asks that has it already.
    pub async fn again(&self, path: &str, tag: axum::http::HeaderValue) -> Answer {
        send(&self.portal, Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap()).await
    }

    /// As a network calls.
    pub async fn call(&self, path: &str, header: &'static str, signature: &str, body: &str) -> Answer {
        let request = Request::post(path).header(header, signature).body(Body::from(body.to_owned())).unwrap();
        send(&self.portal, request).await
    }

    pub async fn public(&self, path: &str) -> Answer {
        send(&self.portal, Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// A message that is out.
    pub async fn published(&self, kind: Kind, hindi: &str, corrects: Option<&str>) -> String {
        self.published_with(kind, hindi, corrects, Vec::new()).await
    }

    pub async fn published_with(&self, kind: Kind, hindi: &str, corrects: Option<&str>, media: Vec<Media>) -> String {
        let now = self.lake.now();
        let message = Message { kind, hindi: hindi.into(), media, ..Message::default() };
        let post = self.desk.draft(&who("asha"), "T1", &message, corrects, now).await.unwrap();
        self.desk.submit(&who("asha"), &post.id, &[], now.timestamp_micros(), now).await.unwrap();
        self.desk.approve(&who("sp"), &post.id, 1, None, now).await.unwrap();
        let account = std::slice::from_ref(&self.account);
        let queued = self.desk.schedule(&who("operator"), &post.id, account, When::Now, now).await.unwrap();
        let live = Settlement {
            state: "live",
            remote: Some(format!("r-{}", post.id)),
            now: now.timestamp_micros(),
            ..Settlement::default()
        };
        assert!(self.desk.store.decide_delivery(&queued[0].id, &["queued"], &live).await.unwrap());
        post.id
    }
}

pub fn location(a: &Answer) -> String {
    a.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_from_the_sheet_to_the_queue_through_its_pages() {
    let p = Place::new().await;
    let sheet = p.get("/desk/new").await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(sheet.body.contains("Thana One (T1)") && sheet.body.contains("0 / 280"));

    let empty = p.post("/desk/new", "unit=T1&kind=awareness&hindi=&english=").await;
    assert!(empty.body.contains("Write something in Hindi or English"), "{}", empty.status);

    // Preview keeps nothing; a wrong number is found, with its law and way out.
    let preview = p.post("/desk/preview", "unit=T1&kind=awareness&hindi=&english=Call+the+ambulance+on+999.").await;
    assert!(preview.body.contains("emergency_number") && preview.body.contains("ambulance 108"), "{}", preview.body.len());
    assert!(p.desk.store.posts(None, 10).await.unwrap().is_empty());

    let made = p.post("/desk/new", "unit=T1&kind=awareness&hindi=%E0%A4%B9%E0%A5%87%E0%A4%B2%E0%A4%AE%E0%A5%87%E0%A4%9F+%E0%A4%AA%E0%A4%B9%E0%A4%A8%E0%A5%87%E0%A4%82%E0%A5%A4&english=Wear+a+helmet.&variant-x=Helmet%21").await;
    let page = location(&made);
    assert!(page.starts_with("/desk/post/"), "{} {}", made.status, made.body);
    let id = page.rsplit('/').next().unwrap().to_owned();
    let shown = p.get(&page).await.body;
    assert!(shown.contains("हेलमेट पहनें।") && shown.contains("Helmet!") && shown.contains("Draft"));

    assert_eq!(p.post(&format!("{page}/note"), "note=Check+the+number.").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        p.post(&format!("{page}/edit"), "version=1&unit=T1&kind=awareness&english=Wear+a+helmet%2C+always.").await.status,
        StatusCode::SEE_OTHER
    );
    let stale = p.post(&format!("{page}/edit"), "version=1&unit=T1&kind=awareness&english=x").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("somebody saved version 2"));

    assert_eq!(p.post(&format!("{page}/submit"), "").await.status, StatusCode::SEE_OTHER);
    // Nobody approves what they wrote.
    let own = p.post(&format!("{page}/approve"), "version=2").await;
    assert!(own.status == StatusCode::CONFLICT && own.body.contains("cannot approve it"));
    p.desk.approve(&who("sp"), &id, 2, None, p.lake.now()).await.unwrap();
    let past = p.post(&format!("{page}/schedule"), "channel-acc-1=1&at=2020-01-01+10:00").await;
    assert!(past.body.contains("in the past"));
    let nowhere = p.post(&format!("{page}/schedule"), "at=2030-01-01+10:00").await;
    assert!(nowhere.body.contains("at least one channel"));
    let day = model::time::to_ist(p.lake.now().timestamp_micros()).unwrap().date() + chrono::Days::new(3);
    assert_eq!(
        p.post(&format!("{page}/schedule"), &format!("channel-acc-1=1&at={day}+18:30")).await.status,
        StatusCode::SEE_OTHER
    );

    let calendar = p.get(&format!("/desk/calendar?view=week&at={day}")).await.body;
    assert!(calendar.contains("18:30") && calendar.contains(&format!("/desk/post/{id}")));
    let later = day + chrono::Days::new(1);
    assert_eq!(p.post(&format!("{page}/move"), &format!("day={later}")).await.status, StatusCode::SEE_OTHER);
    let moved = p.desk.store.deliveries(&id).await.unwrap();
    assert_eq!(
        model::time::format_ist(moved[0].due_at),
        model::time::format_ist(model::time::from_ist(later.and_hms_opt(18, 30, 0).unwrap()))
    );
    assert!(moved[0].body.contains(&format!("\"created_at\":{}", moved[0].due_at)), "what is sent carries the new time");
    assert!(p.get(&format!("/desk/calendar?view=list&at={later}")).await.body.contains("Wear a helmet"));
    let wrong = p.get("/desk/calendar?at=tomorrow").await;
    assert!(wrong.status == StatusCode::BAD_REQUEST && wrong.body.contains("2026-11-25"));

    let json: serde_json::Value = serde_json::from_str(&p.get(&format!("/api/v1/desk/posts/{id}")).await.body).unwrap();
    assert_eq!(
        (json["standing"]["post"]["state"].as_str(), json["message"]["english"].as_str()),
        (Some("scheduled"), Some("Wear a helmet, always."))
    );
    assert_eq!(p.post(&format!("{page}/withdraw"), "reason=wrong+date").await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.desk.store.deliveries(&id).await.unwrap()[0].state, "cancelled");
    assert_eq!(p.get("/desk/post/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_decide_answer_pause_and_obey_courts_on_their_pages() {
    let p = Place::new().await;
    let id = p.published(Kind::Awareness, "हेलमेट पहनें।", None).await;
    let delivery = p.desk.store.deliveries(&id).await.unwrap().remove(0);
    let human = Settlement { state: "human", reason: Some("[facebook.token] 400 190 dead".into()), ..Settlement::default() };
    p.desk.store.decide_delivery(&delivery.id, &["live"], &human).await.unwrap();
    let outbox = p.get("/desk/outbox").await.body;
    assert!(
        outbox.contains("Connect the page again") && !outbox.contains("400 190"),
        "the network's answer in an officer's words"
    );
    let decide = async |what: &str| p.post(&format!("/desk/delivery/{}/decide", delivery.id), what).await.status;
    let stands = async || {
        let d = p.desk.store.delivery(&delivery.id).await.unwrap();
        (d.state, d.remote)
    };
    assert_eq!(decide("what=perhaps").await, StatusCode::NOT_FOUND);
    // It was out before: its id is known.
    assert_eq!(decide("what=live&live=").await, StatusCode::SEE_OTHER);
    assert_eq!(stands().await, ("live".into(), delivery.remote.clone()));
    p.desk.store.decide_delivery(&delivery.id, &["live"], &human).await.unwrap();
    assert_eq!(decide("what=live&live=r9").await, StatusCode::SEE_OTHER);
    assert_eq!(stands().await, ("live".into(), Some("r9".into())));
    let lost = p.published(Kind::Awareness, "साइकिल में ताला लगाएँ।", None).await;
    let lost = p.desk.store.deliveries(&lost).await.unwrap().remove(0).id;
    assert!(p.desk.store.vanished(&lost, "it was out and the network no longer has it; nobody here removed it").await.unwrap());
    let told = p.get("/desk/outbox?lang=hi").await.body;
    assert!(told.contains("value=\"leave\"") && told.contains("यह प्रकाशित था और अब नेटवर्क पर नहीं है"), "{told}");
    let leave = async || p.post(&format!("/desk/delivery/{lost}/decide"), "what=leave").await.status;
    assert_eq!(leave().await, StatusCode::SEE_OTHER);
    assert_eq!(p.desk.store.delivery(&lost).await.unwrap().state, "removed");
    assert_eq!(leave().await, StatusCode::CONFLICT, "nothing is left to decide");

    let item = |remote: &str, answerable| NewItem {
        account: "acc-1".into(),
        unit: "T1".into(),
        remote: remote.into(),
        kind: "comment".into(),
        parent: None,
        handle: "citizen".into(),
        body: format!("<b>{remote}</b> कब खुलेगा?"),
        url: Some("javascript:alert(1)".into()),
        written_at: 0,
        due_at: 1,
        answerable,
        ..NewItem::default()
    };
    for (remote, answerable) in [("c1", true), ("c2", false)] {
        p.desk.store.put_item(item(remote, answerable), p.lake.now()).await.unwrap();
    }
    let stream = p.get("/desk/inbox?unit=T1").await.body;
    assert!(stream.contains("&#60;b&#62;c1") && !stream.contains("<b>c1") && stream.contains("Late"), "escaped, and overdue");
    let rows = p.desk.store.items(Some("T1"), false, 10).await.unwrap();
    let (first, second) = (&rows[0].id, &rows[1].id);
    let page = p.get(&format!("/desk/item/{second}")).await.body;
    assert!(page.contains("answer by hand") && !page.contains("javascript:"), "{page}");
    let answered = p.post(&format!("/desk/item/{first}/answer"), "text=On+Monday+at+8.").await;
    assert!(location(&answered).starts_with("/desk/post/"), "{}", answered.body);
    let answer = location(&answered).rsplit('/').next().unwrap().to_owned();
    let shown = p.get(&format!("/desk/item/{first}")).await.body;
    assert!(shown.contains("is writing an answer") && shown.contains(&answer) && !shown.contains("/send\""), "not approved yet");
    // Whoever comes second is told, and keeps the words.
    let twice = p.post(&format!("/desk/item/{first}/answer"), "text=On+Tuesday+at+nine.").await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.body.contains("your words are kept"), "{}", twice.body);
    let critical = p.post(&format!("/desk/item/{second}/close"), "state=hidden&reason=too+critical").await;
    assert_eq!(critical.status, StatusCode::SEE_OTHER, "closing is not hiding");
    assert_eq!(p.desk.store.item(second).await.unwrap().state, "closed");

    assert_eq!(p.post("/desk/unit/HQ/pause", "reason=curfew").await.status, StatusCode::SEE_OTHER);
    // What is paused is listed whatever unit is sought.
    let sought = p.get("/desk?unit=no+such+unit").await.body;
    assert!(sought.contains("/desk/unit/HQ/resume") && !sought.contains("/pause\""), "{sought}");
    let office = p.get("/desk").await.body;
    assert!(office.contains("operator curfew") && office.matches("Paused").count() >= 2, "the pause reaches the units below");
    p.post("/desk/unit/HQ/resume", "").await;

    let order = p.post("/desk/orders", &format!("post={id}&reference=SBCWP+1%2F2026&court=Rajasthan+High+Court")).await;
    assert_eq!(order.status, StatusCode::SEE_OTHER, "{}", order.body);
    let orders = p.get("/desk/orders").await.body;
    assert!(orders.contains("SBCWP 1/2026") && orders.contains("23:59") || orders.contains("24:00"), "the clock runs");
    assert_eq!(p.post("/desk/orders", &format!("post={id}&reference=+&court=X")).await.status, StatusCode::CONFLICT);
    let json: serde_json::Value = serde_json::from_str(&p.get("/api/v1/desk/orders").await.body).unwrap();
    assert_eq!(json["orders"].as_array().unwrap().len(), 1);
    let channels = p.get("/api/v1/desk/channels").await.body;
    assert!(channels.contains("@thana1") && !channels.contains("sealed"), "no secret leaves");
    let foreign = Request::post("/desk/unit/HQ/pause")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("reason=x"))
        .unwrap();
    assert_eq!(send(&p.pages, foreign).await.status, StatusCode::FORBIDDEN, "a form without its token does nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_sees_what_is_out_in_both_languages_and_caches_may_keep_it() {
    let p = Place::new().await;
    let id = p.published(Kind::Awareness, "हेलमेट पहनें। </script><b>", None).await;
    let fix = p.published(Kind::Correction, "समय 9 बजे है।", Some(&id)).await;
    let draft = Message { hindi: "अप्रकाशित मसौदा".into(), ..Message::default() };
    p.desk.draft(&who("asha"), "T1", &draft, None, p.lake.now()).await.unwrap();
    for path in [
        "/hi/",
        "/en/",
        "/hi/latest",
        "/en/achievements",
        "/hi/law",
        "/en/campaigns",
        "/hi/stations?q=%E0%A4%8F%E0%A4%95",
        "/en/corrections",
        "/hi/tip",
        "/en/feedback",
    ] {
        let a = p.public(path).await;
        assert_eq!(a.status, StatusCode::OK, "{path}");
        assert!(a.headers.get(header::SET_COOKIE).is_none() && !a.body.contains("अप्रकाशित"), "{path}");
        assert!(!a.body.contains('[') || path.contains("law") || !regex(&a.body), "{path} has a missing word");
    }
    let home = p.public("/hi/").await;
    assert!(home.body.contains("हेलमेट पहनें") && home.body.contains("tel:112") && !home.body.contains("</script><b>"));
    let tag = home.headers.get(header::ETAG).unwrap().clone();
    let again = Request::get("/hi/").header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
    assert_eq!(send(&p.portal, again).await.status, StatusCode::NOT_MODIFIED);
    let one = p.public(&format!("/en/post/{id}")).await.body;
    assert!(one.contains(&format!("/en/post/{fix}")), "the correction stays linked to the original");
    assert!(p.public(&format!("/en/post/{fix}")).await.body.contains(&format!("/en/post/{id}")));
    let station = p.public("/en/stations?q=thana").await.body;
    assert!(station.contains("Thana One") && station.contains("@thana1") && !station.contains("<h2>Headquarters"));
    assert_eq!(p.public("/en/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(p.public("/fr/").await.status, StatusCode::NOT_FOUND);
    assert_eq!(location(&p.public("/").await), "/hi/");

    for (path, words) in [
        ("/hi/feed.rss", "<rss version"),
        ("/hi/feed.atom", "<feed xmlns"),
        ("/sitemap.xml", "<urlset"),
        ("/hi/feed.json", "jsonfeed.org"),
    ] {
        let a = p.public(path).await;
        assert!(a.status == StatusCode::OK && a.body.contains(words) && a.body.contains(&id), "{path}: {}", a.body);
        if path != "/hi/feed.json" {
            let mut reader = quick_xml::Reader::from_str(&a.body);
            reader.config_mut().check_end_names = true;
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(_) => {}
                    Err(e) => panic!("{path} is no XML: {e}"),
                }
            }
        }
    }
    let register: serde_json::Value = serde_json::from_str(&p.public("/handles.json").await.body).unwrap();
    assert!(social::registry::holds(&register, register["key"].as_str().unwrap()));
    assert_eq!(register["register"]["handles"][0]["handle"], "@thana1");

    // Taken down by order, it is gone here too.
    p.desk.takedown(&who("operator"), &id, "SBCWP 1/2026", "Rajasthan High Court", p.lake.now()).await.unwrap();
    assert_eq!(p.public(&format!("/en/post/{id}")).await.status, StatusCode::NOT_FOUND);
    assert!(!p.public("/hi/latest").await.body.contains("हेलमेट पहनें"));
}

fn regex(body: &str) -> bool {
    // `[some-key]` is how a missing text shows itself.
    body.split('[').skip(1).any(|rest| {
        rest.split(']').next().is_some_and(|k| k.contains('-') && k.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
    })
}

fn field(body: &str, name: &str) -> String {
    let after = body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn tips_and_feedback_land_in_the_portals_layout_and_machines_are_kept_out() {
    let p = Place::new().await;
    let form = p.public("/en/tip").await.body;
    let ticket = field(&form, "ticket");
    let sum: u32 = {
        let words = form.split(" = ?").next().unwrap().rsplit(' ').collect::<Vec<_>>();
        words[0].parse::<u32>().unwrap() + words[2].parse::<u32>().unwrap()
    };
    let send_form = async |path: &str, body: String| {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body)).unwrap();
        send(&p.portal, request).await
    };
    let fast = send_form("/en/tip", format!("ticket={ticket}&text=x&sum={sum}")).await;
    assert_eq!(fast.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody writes that fast");
    tokio::time::sleep(std::time::Duration::from_millis(3200)).await;
    let wrong = send_form("/en/tip", format!("ticket={ticket}&text=x&sum={}", sum + 1)).await;
    assert!(wrong.body.contains("The sum is not right"));
    let forged = send_form("/en/tip", format!("ticket={}&text=x&sum={sum}", ticket.replace('.', ".1"))).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    let trapped = send_form("/en/tip", format!("ticket={ticket}&text=x&sum={sum}&website=http")).await;
    assert!(trapped.status == StatusCode::OK && trapped.body.contains("TIP-"), "a machine is told that all is well");
    let folder = p.lake.home().root().join("portal-in");
    assert!(!folder.exists(), "and nothing is kept");
    let taken = send_form("/en/tip", format!("ticket={ticket}&text=%3D1%2B1%2C+%22theft%22+%E0%A4%9A%E0%A5%8B%E0%A4%B0%E0%A5%80&unit=T1&phone=%2B91+70000-00101&sum={sum}")).await;
    assert!(taken.status == StatusCode::OK && taken.body.contains("TIP-"), "{} {}", taken.status, taken.body);
    assert_eq!(
        send_form("/en/tip", format!("ticket={ticket}&text=x&sum={sum}")).await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "a ticket is good once"
    );

    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("COMPLAINT_NO,SUBMITTED_ON,PS_CD") && text.contains("'=1+1"), "{text}");
    let request = lake::Request {
        contract: Some(p.lake.contract("portal.complaint").unwrap()),
        received_by: "test".into(),
        ..lake::Request::default()
    };
    let reports = p.lake.ingest_path(&file, request, &std::sync::Arc::new(lake::Progress::default())).await.unwrap();
    assert_eq!((reports[0].input, reports[0].accepted), (1, 1), "the lake takes it in like any other file");
}

#[tokio::test(flavor = "multi_thread")]
async fn networks_call_and_fetch_under_signatures_only() {
    let p = Place::new().await;
    let challenge = p.public("/hooks/x?crc_token=abc").await.body;
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"x secret");
    use base64::Engine;
    let expected = base64::engine::general_purpose::STANDARD.encode(hmac::sign(&key, b"abc"));
    assert!(challenge.contains(&format!("sha256={expected}")), "{challenge}");
    assert_eq!(p.public("/hooks/meta?hub.mode=subscribe&hub.verify_token=word&hub.challenge=42").await.body, "42");
    assert_eq!(
        p.public("/hooks/meta?hub.mode=subscribe&hub.verify_token=bad&hub.challenge=42").await.status,
        StatusCode::FORBIDDEN
    );
    let body = r#"{"object":"page","entry":[]}"#;
    let call = async |signature: &str| {
        let request = Request::post("/hooks/meta").header("x-hub-signature-256", signature).body(Body::from(body)).unwrap();
        send(&p.portal, request).await.status
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"meta secret");
    let tag: String = hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(call(&format!("sha256={tag}")).await, StatusCode::OK);
    assert_eq!(call(&format!("sha256={}", tag.replace('a', "b"))).await, StatusCode::FORBIDDEN);
    assert_eq!(call("").await, StatusCode::FORBIDDEN);
    let large = Request::post("/hooks/meta").body(Body::from(vec![b'x'; 2 << 20])).unwrap();
    assert_eq!(send(&p.portal, large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(p.public("/media/abc?until=99999999999&signature=00").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_has_a_page_and_a_way_back_too() {
    let p = Place::new().await;
    let odd = p.get("/runs?page=first").await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    assert!(odd.body.contains("<main") && odd.body.contains("page: invalid digit"), "{}", odd.body);
    let hindi = p.post_in("hi", "/desk/item/1/assign", "").await;
    assert!(hindi.status.is_client_error() && hindi.body.contains("<main"), "{} {}", hindi.status, hindi.body);
    let asked = p.get("/desk/post/1/approve").await;
    assert_eq!(
        (asked.status, asked.headers.get(header::ALLOW).unwrap().to_str().unwrap()),
        (StatusCode::METHOD_NOT_ALLOWED, "POST")
    );
    assert!(asked.body.contains("<main"), "{}", asked.body);
    let request = Request::post("/api/v1/desk/campaigns")
        .header(header::COOKIE, format!("sarovar_token={TOKEN}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("{\"unit\""))
        .unwrap();
    let broken = send(&p.pages, request).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let told: serde_json::Value = serde_json::from_str(&broken.body).unwrap();
    assert_eq!(told["error"]["status"], 400);
    assert!(told["error"]["message"].as_str().unwrap().contains("JSON"), "{told}");
}
