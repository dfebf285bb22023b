//! Files of messages, campaigns, the report, the record and the lake's rows of the desk, by their addresses.

use std::collections::BTreeSet;
use std::io::Read;

use axum::http::StatusCode;
use axum::http::header;
use model::Classification;
use social::message::Kind;
use store::social::{Campaign, MetricRow, NewItem, Praise};

use crate::desk::Place;

fn access(p: &Place) -> lake::Access {
    let context = governance::Context { purpose: None, case: None, authority: None, now: p.lake.now() };
    lake::Access { principal: governance::Principal::operator(), context, at: lake::At::Now }
}

fn encoded(text: &str) -> String {
    pages::shell::encode(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_messages_is_looked_at_and_taken_in_on_the_page_and_by_programs() {
    let p = Place::new().await;
    let page = p.get("/desk/many").await;
    assert!(page.status == StatusCode::OK && page.body.contains("Messages from a file"), "{}", page.body);
    let wrong = "unit,kind,hindi\nT1,notice,\nT9,notice,सूचना\n";
    let looked = p.post("/desk/many", &format!("what=look&text={}", encoded(wrong))).await;
    assert_eq!(looked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(looked.body.contains("2 lines are wrong") && looked.body.contains("there is no such unit"), "{}", looked.body);
    // Below the lines there is a form for another file.
    let lines = looked.body.split("id=\"package\"").next().unwrap();
    assert!(lines.contains("value=\"look\"") && !lines.contains("value=\"take\""), "what is wrong cannot be taken in");
    let right = "unit,kind,hindi\nT1,notice,\"सूचना, <b>\"\n";
    let looked = p.post("/desk/many", &format!("what=look&text={}", encoded(right))).await;
    assert!(looked.status == StatusCode::OK && looked.body.contains("value=\"take\"") && !looked.body.contains("<b>\"\n"));
    assert!(p.desk.store.posts(None, 5).await.unwrap().is_empty(), "a look makes nothing");
    let taken = p.post("/desk/many", &format!("what=take&text={}", encoded(right))).await;
    assert!(taken.body.contains("1 message was made"), "{}", taken.body);
    assert_eq!(p.desk.store.posts(None, 5).await.unwrap().len(), 1);
    let broken = p.post("/desk/many", "what=look&text=colour%0Ared").await;
    assert!(broken.status == StatusCode::CONFLICT && broken.body.contains("no column"), "{}", broken.body);

    let when = "FREQ%3DWEEKLY%3BBYDAY%3DMO";
    let made = p
        .post(
            "/desk/recurring",
            &format!(
                "unit=T1&kind=awareness&hindi=%E0%A4%B9&english=&rule={when}&from=2099-01-05+10%3A00&campaign=&channel-acc-1=1"
            ),
        )
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let json: serde_json::Value = serde_json::from_str(&p.get("/api/v1/desk/recurring").await.body).unwrap();
    assert_eq!(json["recurring"][0]["recurrence"]["rule"], "FREQ=WEEKLY;BYDAY=MO");
    let id = json["recurring"][0]["recurrence"]["id"].as_str().unwrap().to_owned();
    assert!(p.get("/desk/many").await.body.contains(&format!("/desk/recurring/{id}/stop")));
    assert_eq!(p.post(&format!("/desk/recurring/{id}/stop"), "").await.status, StatusCode::SEE_OTHER);
    let past = p
        .post("/desk/recurring", "unit=T1&kind=notice&hindi=x&english=&rule=FREQ%3DDAILY&from=2020-01-05+10%3A00&channel-acc-1=1")
        .await;
    assert!(past.status == StatusCode::CONFLICT && past.body.contains("in the past"), "{}", past.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_opened_followed_and_shown_with_how_to_take_part() {
    let p = Place::new().await;
    let form = "unit=HQ&name_hi=%E0%A4%AC%E0%A4%BE%E0%A4%B2&name_en=Child+safety&about_hi=&about_en=A+week&part_hi=%E0%A4%86%E0%A4%8F%E0%A4%81&part_en=Come+to+the+desk&audience=children&theme=awareness&hashtag=&from=2026-01-01&until=2099-12-31&goal=5&public=1";
    let opened = p.post("/desk/campaigns", form).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let place = opened.headers.get(header::LOCATION).unwrap().to_str().unwrap().to_owned();
    let id = place.rsplit('/').next().unwrap().to_owned();
    let without = p.post("/desk/campaigns", &form.replace("part_en=Come+to+the+desk", "part_en=")).await;
    assert!(without.status == StatusCode::CONFLICT && without.body.contains("how to take part"));
    let post = p.published(Kind::Awareness, "बच्चों की सुनें", None).await;
    assert_eq!(p.post(&format!("{place}/join"), &format!("what=join&post={post}")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.post(&format!("{place}/goal"), "unit=T1&goal=2").await.status, StatusCode::SEE_OTHER);
    let page = p.get(&place).await.body;
    assert!(page.contains("Thana One") && page.contains("Begun") && page.contains("1 unit has published"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&p.get(&format!("/api/v1/desk/campaigns/{id}")).await.body).unwrap();
    assert_eq!((json["out"].as_i64(), json["units"][0]["goal"].as_i64()), (Some(1), Some(2)));
    assert!(p.get("/desk/campaigns").await.body.contains("Child safety"));
    assert_eq!(p.get("/desk/campaign/none").await.status, StatusCode::NOT_FOUND);

    // A message is written for it: its hashtag goes along, and it counts.
    p.post("/desk/campaigns", &form.replace("hashtag=&", "hashtag=%23ChildSafety&").replace("Child+safety", "Listen")).await;
    let listen = p.desk.store.campaigns(false).await.unwrap().into_iter().find(|c| c.name_en == "Listen").unwrap().id;
    assert!(p.get(&format!("/desk/campaign/{listen}")).await.body.contains(&format!("/desk/new?campaign={listen}")));
    let sheet = p.get(&format!("/desk/new?campaign={listen}")).await.body;
    assert!(sheet.contains(&format!("value=\"{listen}\" selected>Listen #ChildSafety")), "{sheet}");
    let words = format!("unit=T1&kind=awareness&campaign={listen}&hindi=&english=Call+1098.");
    let preview = p.post("/desk/preview", &words).await.body;
    assert!(preview.contains("Call 1098.\n#ChildSafety") && preview.contains("selected>Listen"), "{preview}");
    let made = p.post("/desk/new", &words).await;
    let made = made.headers.get(header::LOCATION).unwrap().to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert_eq!(p.desk.message(&made, 1).await.unwrap().english, "Call 1098.\n#ChildSafety");
    let one = serde_json::json!({ "unit": "T1", "message": { "english": "Tell a grown-up. #childsafety" }, "campaign": listen });
    let answer = p.json("/api/v1/desk/posts", one).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert!(!answer.body.contains("#ChildSafety"), "it was there");
    assert_eq!(p.desk.store.events(&made).await.unwrap().iter().filter(|e| e.what == "join campaign").count(), 1);

    let shown = p.public(&format!("/en/campaign/{id}")).await;
    assert!(
        shown.status == StatusCode::OK && shown.body.contains("Come to the desk") && shown.body.contains("बच्चों की सुनें"),
        "{}",
        shown.body
    );
    assert!(shown.body.contains("Thana One"), "who takes part");
    assert!(p.public("/sitemap.xml").await.body.contains(&format!("/hi/campaign/{id}")));
    assert!(p.public("/hi/campaigns").await.body.contains(&format!("/hi/campaign/{id}")));
    let hidden = Campaign {
        id: "c-hidden".into(),
        unit: "HQ".into(),
        name_hi: "x".into(),
        name_en: "x".into(),
        until_at: i64::MAX,
        ..Campaign::default()
    };
    p.desk.store.put_campaign(&hidden).await.unwrap();
    assert_eq!(p.public("/en/campaign/c-hidden").await.status, StatusCode::NOT_FOUND, "an internal campaign is not there");

    let praise = Praise {
        id: "w1".into(),
        unit: "T1".into(),
        url: "https://example.org/w1".into(),
        source: "institution".into(),
        about_en: "A rescue".into(),
        public: 1,
        ..Praise::default()
    };
    p.desk.store.put_praise(&praise).await.unwrap();
    let praised = p.public("/en/achievements").await.body;
    assert!(praised.contains("https://example.org/w1") && praised.contains("An institution"));
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_begin_messages_and_appreciation_needs_consent_on_its_page_too() {
    let p = Place::new().await;
    let kept = p.post("/desk/shelf/template", "unit=HQ&kind=notice&name=Road&hindi=&english=The+road+is+closed.").await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let json: serde_json::Value = serde_json::from_str(&p.get("/api/v1/desk/shelf?unit=HQ").await.body).unwrap();
    let id = json["templates"][0]["id"].as_str().unwrap();
    let sheet = p.get(&format!("/desk/new?template={id}")).await.body;
    assert!(sheet.contains("The road is closed.") && sheet.contains("value=\"notice\" selected"), "{sheet}");
    assert_eq!(p.get("/desk/new?template=none").await.status, StatusCode::NOT_FOUND);
    let named = "unit=T1&url=https%3A%2F%2Fexample.org%2F1&source=citizen&about_hi=&about_en=Thanks&by=A+Person&consent=";
    let refused = p.post("/desk/shelf/praise", named).await;
    assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("only with consent"));
    let agreed = format!("{named}by+letter+of+20+November+2026&public=1");
    assert_eq!(p.post("/desk/shelf/praise", &agreed).await.status, StatusCode::SEE_OTHER);
    assert!(p.public("/en/achievements").await.body.contains("A Person"));
    let id = p.desk.store.all_praise(false).await.unwrap()[0].id.clone();
    assert_eq!(p.post(&format!("/desk/shelf/praise/{id}"), "what=thank").await.status, StatusCode::SEE_OTHER);
    assert_eq!(p.post(&format!("/desk/shelf/praise/{id}"), "what=withdraw").await.status, StatusCode::SEE_OTHER);
    assert!(!p.public("/en/achievements").await.body.contains("A Person"), "consent taken back");
    let page = p.get("/desk/shelf?unit=HQ").await.body;
    assert!(page.contains("Thanks") && page.contains("There are not enough posts yet."), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_is_a_page_a_paper_and_tables_and_the_record_has_proofs() {
    let p = Place::new().await;
    let post = p.published(Kind::Awareness, "हेलमेट पहनें", None).await;
    let page = p.get("/desk/report?from=2026-01-01&until=2099-12-31").await;
    assert!(
        page.status == StatusCode::OK
            && page.body.contains("Service to people")
            && page.body.contains("/desk/report/pdf?from=2026-01-01"),
        "{}",
        page.body
    );
    let csv = p.get("/desk/report/csv?from=2026-01-01&until=2099-12-31&table=mix").await.body;
    assert!(csv.contains("Awareness,1,100 %"), "{csv}");
    assert_eq!(p.get("/desk/report/csv?table=nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(p.get("/desk/report?from=soon").await.status, StatusCode::BAD_REQUEST);
    assert!(p.get("/desk/report/pdf").await.body.starts_with("%PDF-"));
    let json: serde_json::Value = serde_json::from_str(&p.get("/api/v1/desk/report").await.body).unwrap();
    assert!(json["figures"].is_array());

    // An act on the page goes into the lake's access log, and its proof into the record.
    let words = "unit=T1&kind=notice&hindi=%E0%A4%B8%E0%A5%82%E0%A4%9A%E0%A4%A8%E0%A4%BE&english=&corrects=&version=0";
    let made = p.post("/desk/new", words).await;
    let draft = made.headers.get(header::LOCATION).unwrap().to_str().unwrap().to_owned();
    assert_eq!(p.post(&format!("{draft}/submit"), "").await.status, StatusCode::SEE_OTHER);
    let order = p.desk.clone().with_audit(std::sync::Arc::new(server::records::Log(p.lake.clone())));
    order
        .takedown(&governance::Principal::operator(), &post, "SBCWP 1/2026", "Rajasthan High Court", p.lake.now())
        .await
        .unwrap();
    let log =
        p.lake.audit().find(&ledger::Filter { action: Some("desk".into()), ..ledger::Filter::default() }, None, 10).unwrap();
    let told: Vec<&str> = log.entries.iter().filter_map(|e| e.record.what["desk"].as_str()).collect();
    assert_eq!(told, ["order", "submit"]);

    let operator = governance::Principal::operator();
    let desk = p.desk.clone();
    let files = server::records::export(&p.lake, &desk, &operator, None, 0, i64::MAX / 2, pages::Lang::Hi).await.unwrap();
    let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
    assert!(names.contains(&"records.json") && names.contains(&"log.pub") && names.contains(&"records.pdf"), "{names:?}");
    let keys = String::from_utf8(files.iter().find(|f| f.name == "log.pub").unwrap().bytes.clone()).unwrap();
    let keys = governance::audit::note::Verifier::parse_all(&keys).unwrap();
    let proof = files.iter().find(|f| f.name.ends_with(".tlog-proof")).expect("a proof of the order");
    let entry = files.iter().find(|f| f.name == proof.name.replace(".tlog-proof", ".json")).unwrap();
    let parsed = governance::audit::proof::Proof::parse(std::str::from_utf8(&proof.bytes).unwrap()).unwrap();
    let (head, _) = governance::audit::note::Checkpoint::open(&parsed.checkpoint, &keys).unwrap();
    assert!(parsed.holds(&entry.bytes, head.size, &head.root), "an outsider can check it");
    assert!(String::from_utf8_lossy(&entry.bytes).contains(&post));
    let manifest: serde_json::Value = serde_json::from_slice(&files.last().unwrap().bytes).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    assert!(
        listed.iter().all(|f| files
            .iter()
            .any(|x| f["file"] == x.name.as_str() && f["sha256"] == social::bulk::digest(&x.bytes).as_str()))
    );

    let archive = p.bytes("/desk/records?from=2026-01-01&until=2099-12-31").await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut text = String::new();
    archive.by_name("records.json").unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("हेलमेट पहनें"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_fills_the_lake_with_its_own_accounts_and_names_no_citizen() {
    let p = Place::new().await;
    p.published(Kind::Awareness, "हेलमेट पहनें, \"हमेशा\"", None).await;
    let delivery = p.desk.store.live_since(0, 5).await.unwrap()[0].id.clone();
    let at = p.lake.now().timestamp_micros();
    for value in [3, 7] {
        let row = MetricRow { delivery: delivery.clone(), name: "views".into(), value, at: at - 10 + value };
        p.desk.store.put_metric(row).await.unwrap();
    }
    let item = NewItem {
        account: "acc-1".into(),
        unit: "T1".into(),
        remote: "m1".into(),
        kind: "mention".into(),
        parent: None,
        handle: "@some_citizen".into(),
        body: "सड़क पर जाम है".into(),
        url: None,
        written_at: at - 1_000_000,
        due_at: at + 1,
        answerable: true,
        ..NewItem::default()
    };
    p.desk.store.put_item(item, p.lake.now()).await.unwrap();
    let reports = server::records::fill(&p.lake, &p.desk, &access(&p)).await.unwrap();
    let counts: Vec<_> = reports.iter().map(|r| (r.contract.as_str(), r.input, r.accepted, r.rejected)).collect();
    assert_eq!(counts, [("social.post", 1, 1, 0), ("social.metric", 1, 1, 0), ("social.inbound", 1, 1, 0)], "{reports:?}");
    let session = p.lake.session(&access(&p)).unwrap();
    let rows = session.rows("SELECT count(*) FROM clean.social_inbound WHERE author IS NULL").await.unwrap();
    assert_eq!(arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(rows[0].column(0)).value(0), 1);
    let rows = session.rows("SELECT value FROM clean.social_metric").await.unwrap();
    assert_eq!(
        arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(rows[0].column(0)).value(0),
        7,
        "the day's last number"
    );
    let again = server::records::fill(&p.lake, &p.desk, &access(&p)).await.unwrap();
    assert!(again.iter().all(|r| r.accepted == 0 || r.duplicate > 0), "{again:?}");

    // The shape keeps it so: three datasets of own accounts, none keyed or ordered by an author, none that makes a person.
    let social: Vec<_> = p.lake.contracts().into_iter().filter(|c| c.name.starts_with("social.")).collect();
    let names: BTreeSet<&str> = social.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["social.inbound", "social.metric", "social.post"]), "no table of authors");
    for contract in &social {
        assert!(contract.mapping.is_empty(), "{} makes persons", contract.name);
        for column in &contract.columns {
            let person = ["author", "user", "follower", "name", "profile", "citizen"].iter().any(|w| column.name.contains(w));
            let known = contract.name == "social.inbound" && column.name == "author";
            assert!(!person || known, "{}.{}", contract.name, column.name);
            assert!(!known || column.classification == Classification::Sensitive);
            assert!(
                !known || !contract.key.contains(&column.name) && !contract.orders.iter().flatten().any(|o| *o == column.name)
            );
        }
    }
    // Nor does the desk's own state count by them: one column names who wrote, no index goes by it.
    for sql in [
        include_str!("../../../store/src/schema/0010_social.sql"),
        include_str!("../../../store/src/schema/0030_desk.sql"),
        include_str!("../../../store/src/schema/0060_campaigns.sql"),
    ] {
        assert!(
            !sql.to_lowercase().contains("author text not null primary")
                && !sql.contains("social_author")
                && !sql.contains("social_follower")
        );
        for index in sql.split("CREATE ").filter(|s| s.starts_with("INDEX") || s.starts_with("UNIQUE")) {
            let on_items = index.contains("ON social_item");
            assert!(!on_items || !index.contains("handle"), "{index}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_pictures_is_looked_at_taken_in_and_signed_on_one_page() {
    let p = Place::new().await;
    let chunk = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32).to_be_bytes(), kind.as_slice(), body, &[0; 4]].concat();
    let head = [8_u32.to_be_bytes(), 8_u32.to_be_bytes()].concat();
    let png = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")].concat();
    let zip = |alt: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let csv = format!(
            "unit,kind,english,pictures,alt\nT1,notice,The bridge is closed on Sunday.,map.png,{alt}\nT1,notice,The camp opens at ten.,,\n"
        );
        for (name, content) in [("week.csv", csv.into_bytes()), ("map.png", png.clone())] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, &content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let bare = p.upload("/desk/many/file", "week.zip", &zip(""), &[("what", "take")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.body.contains("has no words for those who cannot see it"));
    let looked = p.upload("/desk/many/file", "week.zip", &zip("A map of the bridge"), &[("what", "look")]).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert!(p.desk.store.posts(None, 5).await.unwrap().is_empty(), "a look makes nothing");
    let taken = p.upload("/desk/many/file", "week.zip", &zip("A map of the bridge"), &[("what", "take")]).await;
    assert_eq!(taken.status, StatusCode::OK);
    let made = p.desk.store.posts(None, 5).await.unwrap();
    assert_eq!(made.len(), 2);

    let page = p.get("/desk/sign").await;
    assert!(page.body.contains("Nothing waits for your signature"), "whoever brought the file signs none of it");
    // The same, written by somebody else.
    let message = social::message::Message { english: "Wear a helmet.".into(), ..Default::default() };
    let theirs = p.desk.draft(&asha(), "T1", &message, None, p.lake.now()).await.unwrap();
    p.desk.submit(&asha(), &theirs.id, &[], 0, p.lake.now()).await.unwrap();
    let page = p.get("/desk/sign").await;
    assert!(page.body.contains("Wear a helmet.") && page.body.contains(&format!("name=\"post-{}\" value=\"1\"", theirs.id)));
    let signed = p.post("/desk/sign", &format!("post-{}=1&post-{}=1&note=read", theirs.id, made[0].id)).await;
    assert!(signed.body.contains("wrote this message") && signed.body.contains("badge ok"), "{}", signed.status);
    assert_eq!(p.desk.store.post(&theirs.id).await.unwrap().state, "approved");
    assert_eq!(p.desk.store.post(&made[0].id).await.unwrap().state, "submitted");
}

fn asha() -> governance::Principal {
    governance::Principal { id: "asha".into(), name: "asha".into(), ..governance::Principal::operator() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_link_leads_where_an_officer_sent_it_and_counts_openings_only() {
    let p = Place::new().await;
    for wrong in ["http%3A%2F%2Fexample.org", "javascript%3Aalert(1)", "https%3A%2F%2Fpolice%40evil.example%2F"] {
        let refused = p.post("/desk/shelf/link", &format!("unit=HQ&url={wrong}")).await;
        assert!(
            refused.status == StatusCode::CONFLICT && refused.body.contains("begins with https://"),
            "{wrong}: {}",
            refused.body
        );
    }
    let url = encoded("https://portal.example.org/hi/law?a=1&b=हेलमेट");
    for _ in 0..2 {
        assert_eq!(p.post("/desk/shelf/link", &format!("unit=HQ&url={url}&campaign=")).await.status, StatusCode::SEE_OTHER);
    }
    let links = p.desk.store.links(10).await.unwrap();
    assert_eq!(links.len(), 1, "the same again is the same link");
    let code = links[0].code.clone();
    for _ in 0..3 {
        let answer = p.public(&format!("/s/{code}")).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(
            answer.headers[header::LOCATION],
            "https://portal.example.org/hi/law?a=1&b=%E0%A4%B9%E0%A5%87%E0%A4%B2%E0%A4%AE%E0%A5%87%E0%A4%9F"
        );
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
    }
    assert_eq!(p.desk.store.links(10).await.unwrap()[0].opened, 3);
    assert!(p.get("/desk/shelf").await.body.contains(&format!("/s/{code}")));
    p.post(&format!("/desk/shelf/link/{code}"), "what=stop").await;
    assert_eq!(p.public(&format!("/s/{code}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(p.public("/s/nothing").await.status, StatusCode::NOT_FOUND);
    let now = p.lake.now();
    let marked =
        p.desk.shorten(&governance::Principal::operator(), "HQ", "https://example.org/?utm_source=own", None, now).await.unwrap();
    assert_eq!(marked.url, "https://example.org/?utm_source=own");
    assert!(p.desk.shorten(&asha(), "HQ", "https://example.org/", None, now).await.is_err(), "no writer there");
}
