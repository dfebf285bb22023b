//! Whether two records are one person: the pages with their forms, the JSON, and what the log keeps.

use axum::http::{Method, StatusCode};
use dossier::resolve::{self, Options};
use governance::{Context, Principal, Role};
use lake::{Access, At};
use serde_json::Value;

use crate::people::Browser;
use crate::site::{HOSTILE, Site, take};
use crate::work::{at, open, station};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// Two records alike enough to ask about, and a third that is clearly the first.
async fn asked_about(site: &Site) {
    let head = HOSTILE.lines().next().unwrap();
    let row = |id: &str, name: &str, phone: &str, thana: &str| {
        format!(
            "{id},2754100120250001,27541001,0001,2025,witness,{name},,,Father,Udaharan Lal,,M,,,,INDIA,,{phone},Testpura,,{thana},AJMER,10/03/2025 16:10,,,BNS 303(2),N\n"
        )
    };
    let text = format!(
        "{head}\n{}{}{}",
        row("275410012025000911", "Namuna Lal", "7000000911", "ALWAR GATE"),
        row("275410012025000912", "Namunaa Lal", "", ""),
        row("275410012025000913", "Namuna Lal", "7000000911", "ALWAR GATE"),
    );
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("more.csv");
    std::fs::write(&path, text).unwrap();
    take(&site.lake, "cctns.person", &path).await;
    link(site).await;
}

async fn link(site: &Site) -> resolve::Report {
    let context = Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let access = Access { principal: Principal::operator(), context, at: At::Now };
    resolve::resolve(&site.lake, &access, Options::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_shown_decided_and_remembered() {
    let site = Site::filled().await;
    let never = site.get("/review").await;
    assert!(never.status.is_success() && never.body.contains("sarovar resolve"), "{}", never.body);
    asked_about(&site).await;
    // Two of the three are one already, by name, father, place and phone.
    let first = json(&site.get("/api/v1/person/cctns:275410012025000911").await.body);
    assert_eq!(first["mentions"].as_array().unwrap().len(), 2, "{first:#}");
    assert!(first["evidence"][0]["why"]["hi"][0].as_str().unwrap().ends_with('।'));
    let page = site.get("/person/cctns:275410012025000913").await.body;
    assert!(page.contains("the evidence of two records") && page.contains("All in all"), "{page}");

    let queue = json(&site.get("/api/v1/review").await.body);
    let pairs = queue["pairs"].as_array().unwrap();
    let pair =
        pairs.iter().find(|p| [&p["left_name"], &p["right_name"]].iter().any(|n| *n == "Namunaa Lal")).expect("the pair waits");
    let (left, right) = (pair["left"].as_str().unwrap(), pair["right"].as_str().unwrap());
    let way = format!("/review/{left}/{right}");
    assert!(site.get("/review").await.body.contains(&format!("href=\"{way}\"")));
    for (lang, words) in [("hi", "आपका निर्णय"), ("en", "Your decision")] {
        let page = site.get(&format!("{way}?lang={lang}")).await.body;
        for text in [words, "Namunaa Lal", "Udaharan Lal", "accesskey=\"s\"", "value=\"not_same\""] {
            assert!(page.contains(text), "{text} is missing in {lang}");
        }
    }

    // Each look leaves one record, with the tables it touched.
    for path in ["/review", &way, "/api/v1/review", &format!("/api/v1{way}")] {
        let before = site.log().len();
        assert!(site.get(path).await.status.is_success(), "{path}");
        let log = site.log();
        assert_eq!((log.len() - before, log[0].record.action.as_str()), (1, "review"), "{path}");
        assert!(log[0].record.what["tables"]["pole.person_mention"].is_array(), "{path}: {:?}", log[0].record.what);
        assert!(!log[0].record.what.to_string().to_lowercase().contains("namuna"), "{path}");
    }

    // A forged form changes nothing; our own does.
    let forged = axum::http::Request::post(&way)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from("verdict=same&why=forged"))
        .unwrap();
    assert!(site.send(forged).await.status.is_client_error());
    let kind = "application/x-www-form-urlencoded";
    let answer = site.post(&way, kind, "verdict=same&why=met+him").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.location.starts_with("/review"));
    link(&site).await;
    let joined = json(&site.get("/api/v1/person/cctns:275410012025000912").await.body);
    assert_eq!(joined["mentions"].as_array().unwrap().len(), 3);
    assert!(site.get(&way).await.body.contains("met him"), "the answer stands on the page");
    let after = json(&site.get("/api/v1/review").await.body);
    assert!(after["pairs"].as_array().unwrap().iter().all(|p| p["left"] != left || p["right"] != right));

    // The other way round, as JSON; the newest word counts.
    let said =
        site.post(&format!("/api/v1{way}"), "application/json", "{\"verdict\":\"not_same\",\"why\":\"his brother\"}").await;
    assert_eq!(json(&said.body)["verdict"], "not_same");
    link(&site).await;
    assert_eq!(json(&site.get("/api/v1/person/cctns:275410012025000912").await.body)["mentions"].as_array().unwrap().len(), 1);
    let log = site.log();
    let judged: Vec<_> = log.iter().filter(|e| e.record.action == "judge").collect();
    assert_eq!(judged.len(), 2);
    assert!(judged.iter().all(|e| e.record.what["left"] == left && !e.record.what.to_string().contains("brother")));
    assert!(log.iter().any(|e| e.record.action == "resolve"));

    for (path, status) in [("/review/nobody/nothing", 400), (&format!("/review/{left}/{left}"), 400)] {
        let wrong = site.get(path).await;
        assert!(wrong.status.as_u16() >= status, "{path}: {}", wrong.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn to_lay_an_accusation_on_somebody_takes_two_officers() {
    let site = Site::filled().await;
    asked_about(&site).await;
    let way = "/api/v1/review/cctns:275410012025000102/cctns:275410012025000911";
    let mut officers = Vec::new();
    for login in ["asha", "ravi"] {
        site.signed_in(login, &[Role::InvestigatingOfficer]).await;
        let token = site.accounts.issue(login, "tool", &[accounts::Scope::Lake], 9, site.lake.now()).await.unwrap().text;
        let owner = site.accounts.principal(login, site.lake.now()).await.unwrap().unwrap();
        let work = site.accounts.works(&owner, site.lake.now()).await.unwrap().remove(0).row.id;
        officers.push((format!("Bearer {token}"), work));
    }
    let mut program = Browser::new(&site);
    let mut send = async |who: usize, method: Method, body: &str| {
        let (bearer, work) = (&officers[who].0, &officers[who].1);
        let head = [("authorization", bearer.as_str()), ("sarovar-work", work), ("content-type", "application/json")];
        let seen = program.send(method, way, &head, body).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
        json(&seen.body)
    };
    let same = "{\"verdict\":\"same\",\"why\":\"one face\"}";
    assert_eq!(send(0, Method::POST, same).await["sensitive"], true);
    link(&site).await;
    let shown = send(1, Method::GET, "").await;
    assert_eq!((&shown["joined"], &shown["waits_for_second"]), (&false.into(), &"asha".into()), "{shown:#}");
    // Once more from the first is not a second.
    send(0, Method::POST, same).await;
    link(&site).await;
    assert_eq!(send(0, Method::GET, "").await["joined"], false);
    send(1, Method::POST, same).await;
    link(&site).await;
    let shown = send(1, Method::GET, "").await;
    assert_eq!((&shown["joined"], &shown["waits_for_second"]), (&true.into(), &Value::Null), "{shown:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standing_is_told() {
    let site = Site::filled().await;
    assert!(site.get("/review/quality").await.body.contains("sarovar resolve"));
    asked_about(&site).await;
    let told = json(&site.get("/api/v1/review/quality").await.body);
    assert!(told["report"]["records"].as_u64().unwrap() > 3 && !told["sizes"].as_array().unwrap().is_empty(), "{told:#}");
    for lang in ["hi", "en"] {
        let page = site.get(&format!("/review/quality?lang={lang}")).await;
        assert!(page.status.is_success() && page.body.contains("id=\"suspects\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_come_while_typing() {
    let site = Site::filled().await;
    let context = Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let access = Access { principal: Principal::operator(), context, at: At::Now };
    dossier::index::follow(&site.lake, &access, false).await.unwrap();
    let piece = site.get("/search/suggest?q=pariks").await;
    assert!(
        piece.status.is_success() && piece.body.contains("href=\"/person/") && !piece.body.contains("<html"),
        "{}",
        piece.body
    );
    let found = site.get("/search?q=%E0%A4%AA%E0%A4%B0%E0%A5%80%E0%A4%95%E0%A5%8D%E0%A4%B7%E0%A4%A3").await.body;
    assert!(found.contains("href=\"/person/cctns%3A275410012025000101\""), "Hindi finds what is written in both: {found}");
    let hostile = site.get("/search/suggest?q=%3Cscript%3E").await;
    assert!(hostile.status.is_success() && !hostile.body.contains("<script>alert"));
}

/// Takes in people of one name, by number and station.
async fn namesakes(site: &Site, of: impl Iterator<Item = (u32, &str)>) {
    let rows = of.map(|(n, station)| {
        format!(
            "{},{station}250001,{station},0001,2025,witness,Sumermal Jat,,,Father,Udaharan Lal,,M,,,,INDIA,,,Testpura,,ALWAR GATE,AJMER,10/03/2025 16:10,,,BNS 303(2),N\n",
            900_000_000 + n
        )
    });
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("many.csv");
    std::fs::write(&path, format!("{}\n{}", HOSTILE.lines().next().unwrap(), rows.collect::<String>())).unwrap();
    take(&site.lake, "cctns.person", &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_the_best_and_more_on_demand() {
    let site = Site::filled().await;
    namesakes(&site, (0..30).map(|n| (n, "27541001"))).await;
    let context = Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let access = Access { principal: Principal::operator(), context, at: At::Now };
    dossier::index::follow(&site.lake, &access, false).await.unwrap();
    let page = async |most: &str| {
        let body = site
            .get(&format!("/search?q=%E0%A4%B8%E0%A5%81%E0%A4%AE%E0%A5%87%E0%A4%B0%E0%A4%AE%E0%A4%B2+jat&kind=person{most}"))
            .await
            .body;
        (body.matches("href=\"/person/").count(), body)
    };
    let (shown, body) = page("").await;
    assert_eq!(shown, dossier::PAGE, "{body}");
    let more = "kind=person&#38;most=40\"";
    assert!(body.contains(more) || body.contains(&more.replace("&#38;", "&amp;")), "a link leads to more: {body}");
    let (shown, body) = page("&most=40").await;
    assert_eq!((shown, body.contains("most=80")), (30, false), "all there are: {body}");
    let told = json(&site.get("/api/v1/search?q=sumermal+jat&most=25").await.body);
    assert_eq!((told["hits"].as_array().unwrap().len(), told["truncated"].as_bool()), (25, Some(true)));
    assert_eq!(site.get("/api/v1/search?q=sumermal&most=many").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_neither_counts_nor_crowds_out() {
    let site = station().await;
    // Two hundred of one name at one station, and one at another; every two of them are alike enough to ask about.
    let many = (0..200).map(|n| (n, "27541001")).chain([(999, "27541002")]);
    namesakes(&site, many).await;
    let context = Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let access = |principal| Access { principal, context: context.clone(), at: At::Now };
    dossier::index::follow(&site.lake, &access(Principal::operator()), false).await.unwrap();
    let of = async |unit: &str, most: Option<usize>| {
        let work = open(&site, "meera", model::Purpose::Supervision, unit).await;
        let theirs = site.lake.session(&access(at(&site, "meera", &work).await)).unwrap();
        let filter = dossier::Filter { kind: Some(dossier::Kind::Person), most, ..dossier::Filter::default() };
        dossier::search(&theirs, "sumermal jat", filter).await.unwrap()
    };
    for (most, given, more) in [(None, dossier::PAGE, true), (Some(150), 150, true), (Some(usize::MAX), dossier::HITS, false)] {
        let all = of("27541001", most).await;
        assert_eq!((all.hits.len(), all.truncated), (given, more), "{most:?}");
    }
    let one = of("27541002", None).await;
    assert_eq!((one.hits.len(), one.truncated), (1, false), "two hundred that nobody here may see stand in nobody's way");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_speaks_of_nobody_its_reader_may_not_see() {
    let site = station().await;
    asked_about(&site).await;
    let context = Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let queue = async |unit: &str| {
        let work = open(&site, "meera", model::Purpose::Supervision, unit).await;
        let access = Access { principal: at(&site, "meera", &work).await, context: context.clone(), at: At::Now };
        resolve::queue(&site.lake, &site.lake.session(&access).unwrap(), 0, 50).await.unwrap()
    };
    let (here, there) = (queue("27541001").await, queue("27541002").await);
    assert!(here.waiting > 0 && here.pairs.len() == here.waiting, "{here:?}");
    assert_eq!((there.waiting, there.pairs.len(), there.more), (0, 0, false));
}
