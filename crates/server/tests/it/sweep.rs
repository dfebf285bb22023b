//! Over every route: others' ids, forged requests, headers, redirects, and script from a source's fields.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use governance::Role;
use server::{Area, doors};
use tower::ServiceExt;

use crate::people::Browser;
use crate::site::Site;

/// Ids that are nobody's own: whoever may go there at all may see each of them, and policy decides what of it.
const COMMON: &[(&str, &str)] = &[
    ("/person/{*key}", "policy decides on the rows"),
    ("/phone/{number}", "policy decides on the rows"),
    ("/vehicle/{registration}", "policy decides on the rows"),
    ("/case/{*key}", "policy decides on the rows"),
    ("/review/{left}/{right}", "policy decides on the rows; `review` tries it"),
    ("/api/v1/review/{left}/{right}", "policy decides on the rows; `review` tries it"),
    ("/api/v1/person/{*key}", "policy decides on the rows"),
    ("/api/v1/phone/{number}", "policy decides on the rows"),
    ("/api/v1/vehicle/{registration}", "policy decides on the rows"),
    ("/api/v1/case/{*key}", "policy decides on the rows"),
    ("/sources/{contract}", "a source"),
    ("/sources/{contract}/export", "a source"),
    ("/api/v1/sources/{contract}", "a source"),
    ("/runs/{id}", "numbers of an ingest"),
    ("/api/v1/runs/{id}", "numbers of an ingest"),
    ("/catalogue/{table}", "a table"),
    ("/catalogue/{table}/export", "policy decides on the rows"),
    ("/api/v1/catalog/{table}", "a table"),
    ("/object/{sha}", "policy decides on the rows"),
    ("/object/{sha}/download", "refused to everybody"),
    ("/object/{sha}/certificate", "hashes of a received file"),
    ("/api/v1/object/{sha}/certificate", "hashes of a received file"),
    ("/object/{sha}/view", "policy decides on the rows"),
    ("/object/{sha}/row/{row}", "policy decides on the rows"),
    ("/subjects/{person}", "`subject` tries it"),
    ("/subjects/{person}/sheet", "`subject` tries it"),
    ("/sheets/{id}", "`subject` tries it"),
    ("/sheets/{id}/{step}", "`subject` tries it"),
    ("/api/v1/subjects/{person}", "`subject` tries it"),
    ("/api/v1/subjects/{person}/sheet", "`subject` tries it"),
    ("/api/v1/sheets/{id}", "`subject` tries it"),
    ("/api/v1/sheets/{id}/{step}", "`subject` tries it"),
    ("/gallery/{name}", "made-up pages"),
    ("/assets/{file}", "open to all"),
];

fn program() -> [(&'static str, &'static str); 2] {
    [("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")]
}

/// Everything any of the forms asks for.
const FORM: &str = "account=ravi&finding=nothing+to+be+found&note=x&reference=SP%2F1+of+2026&items=7000000101&reason=ten+letters+and+more&days=1&from=2026-01-01&to=2026-01-02&sql=SELECT+1&kind=case&target=27541001%2F1%2F2025&basis=Order+12";

/// The same as programs send it.
const JSON: &str = r#"{"account":"ravi","finding":"nothing to be found","note":"x","reference":"SP/1 of 2026","numbers":["7000000101"],"keys":["cctns:P1"],
    "reason":"ten letters and more","days":1,"from":"2026-01-01","to":"2026-01-02","query":"SELECT 1","kind":"case","target":"27541001/1/2025","basis":"Order 12"}"#;

/// Ids that belong to somebody: of each route the address with an id of asha's or eng's, and who else tries it.
async fn owned(site: &Site, asha: &mut Browser<'_>, eng: &mut Browser<'_>) -> Vec<(&'static str, String)> {
    let now = site.lake.now();
    let who = site.accounts.principal("asha", now).await.unwrap().unwrap();
    let work = site.accounts.works(&who, now).await.unwrap()[0].row.id.clone();
    let at = site.accounts.with_work(who.clone(), &work, now).await.unwrap();
    let policies = site.lake.policies();
    let day = |text: &str| text.parse().ok();
    let new = accounts::NewAuthority {
        reference: "SP/1 of 2026".into(),
        numbers: vec!["7000000101".into()],
        from: day("2025-01-01"),
        to: day("2025-01-02"),
        days: 1,
        reason: "Contacts of the accused".into(),
    };
    let request = site.accounts.ask_authority(&at, &policies, new, now).await.unwrap();
    let erase = accounts::NewExpungement {
        kind: "case".into(),
        target: "fir:27541001/0001/2025".into(),
        basis: "Order 12".into(),
        reason: "Quashed by court".into(),
    };
    let erasure = site.accounts.ask_expungement(&at, &policies, erase, now).await.unwrap();
    asha.get("/sql").await;
    let sql = asha.post("/sql", &[("sql", "SELECT 1")]).await.to().trim_start_matches("/sql/").to_owned();
    let left = asha.get("/catalogue/clean.cctns_person/export?format=csv").await;
    let export = left.headers["sarovar-export"].to_str().unwrap().to_owned();
    let session = site.accounts.devices("asha", now).await.unwrap()[0].id.clone();
    eng.get("/upload").await;
    let token = eng.token.clone();
    let begin = [("upload-length", "10"), ("upload-metadata", "filename YS5jc3Y="), ("x-form-token", token.as_str())];
    let upload = eng.send(Method::POST, "/uploads", &begin, "").await.to().trim_start_matches("/uploads/").to_owned();
    for id in [&work, &request, &erasure, &sql, &export, &session, &upload] {
        assert!(id.len() > 5, "{id:?}");
    }
    doors()
        .filter_map(|(route, _)| {
            let id = match route {
                r if r.starts_with("/purpose/request/") || r.starts_with("/api/v1/purpose/request/") => &request,
                r if r.starts_with("/purpose/{id}") || r.starts_with("/api/v1/purpose/{id}") => &work,
                r if r.starts_with("/expunge/") || r.starts_with("/api/v1/expunge/") => &erasure,
                r if r.starts_with("/sql/") => &sql,
                r if r.starts_with("/exports/") => &export,
                r if r.starts_with("/account/sessions/{id}") || r.starts_with("/account/tokens/{id}") => &session,
                r if r.starts_with("/uploads/") => &upload,
                _ => return None,
            };
            Some((route, route.replace("{id}", id).replace("{login}", "asha") + wanted(route)))
        })
        .collect()
}

/// What an address says beside the id, without which it would be no question.
fn wanted(route: &str) -> &'static str {
    if route.ends_with("/export") { "?format=csv" } else { "" }
}

#[tokio::test(flavor = "multi_thread")]
async fn others_ids_are_as_if_they_were_not() {
    let site = Site::filled().await;
    site.person("boss", &[Role::Administrator]).await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let mut ravi = site.signed_in("ravi", &[Role::InvestigatingOfficer]).await;
    let mut eng = site.signed_in("eng", &[Role::DataEngineer]).await;
    let mut other = site.signed_in("other", &[Role::DataEngineer]).await;
    let owned = owned(&site, &mut asha, &mut eng).await;
    ravi.get("/purpose").await;
    other.get("/upload").await;
    for (route, area) in doors().filter(|(route, _)| route.contains('{')) {
        if COMMON.iter().any(|(known, _)| *known == route) {
            continue;
        }
        let methods = [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE];
        if area != Area::Intake && !area.open_to(&site.accounts.principal("ravi", site.lake.now()).await.unwrap().unwrap()) {
            // He may not go there at all: then all ids are alike.
            for method in methods {
                let seen = knock(&mut ravi, method.clone(), &route.replace("{id}", "1").replace("{login}", "asha")).await;
                assert!(seen.0 == StatusCode::FORBIDDEN, "{method} {route}: {}", seen.0);
            }
            continue;
        }
        let Some((_, address)) = owned.iter().find(|(known, _)| *known == route) else {
            assert!(area == Area::Intake, "{route} holds an id nobody tried: add it here");
            continue;
        };
        let visitor = if area == Area::Intake { &mut other } else { &mut ravi };
        let missing = route.replace("{id}", "0198aaaa-0000-7000-8000-000000000000").replace("{login}", "asha") + wanted(route);
        for method in methods {
            let (theirs, none) = (knock(visitor, method.clone(), address).await, knock(visitor, method.clone(), &missing).await);
            if theirs.0 == StatusCode::METHOD_NOT_ALLOWED {
                continue;
            }
            assert!(
                [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::GONE].contains(&theirs.0),
                "{method} {address}: {} {}",
                theirs.0,
                theirs.1
            );
            assert_eq!(theirs, none, "{method} {route}");
        }
    }
    // Nothing of it was changed.
    let now = site.lake.now();
    let who = site.accounts.principal("asha", now).await.unwrap().unwrap();
    assert_eq!(site.accounts.works(&who, now).await.unwrap()[0].standing, governance::Standing::Open);
    assert_eq!(site.lake.store().undecided().await.unwrap().len(), 1);
    assert!(asha.get("/account").await.status.is_success(), "her session goes on");
}

async fn knock(visitor: &mut Browser<'_>, method: Method, path: &str) -> (StatusCode, String) {
    let token = visitor.token.clone();
    let mut headers = program().to_vec();
    headers.extend([("x-form-token", token.as_str()), ("upload-offset", "0")]);
    // A program sends JSON.
    let program = path.starts_with("/api/");
    if program {
        headers[1].1 = "application/json";
    }
    let seen = visitor.send(method, path, &headers, if program { JSON } else { FORM }).await;
    (seen.status, seen.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_without_our_own_page() {
    let site = Site::filled().await;
    site.person("boss", &[Role::Administrator]).await;
    let all: Vec<Role> =
        Role::ALL.into_iter().filter(|r| !matches!(r, Role::Operator | Role::Administrator | Role::Auditor)).collect();
    let mut asha = site.signed_in("asha", &all).await;
    let principal = site.accounts.principal("asha", site.lake.now()).await.unwrap().unwrap();
    let before = site.log().len();
    let mut tried = 0;
    for (route, area) in doors().filter(|(route, area)| *area != Area::Open && !route.starts_with("/audit")) {
        if !area.open_to(&principal) {
            continue;
        }
        let path: String =
            route.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
        let token = asha.token.clone();
        for (what, headers) in [
            ("no token", vec![]),
            ("another's token", vec![("x-form-token", "0123456789abcdef0123456789abcdef")]),
            ("another site", vec![("x-form-token", token.as_str()), ("sec-fetch-site", "cross-site")]),
            ("a sister site", vec![("x-form-token", token.as_str()), ("sec-fetch-site", "same-site")]),
            ("another origin", vec![("x-form-token", token.as_str()), ("origin", "https://evil.example"), ("host", "lake")]),
            ("no origin", vec![("x-form-token", token.as_str()), ("origin", "null"), ("host", "lake")]),
        ] {
            let headers: Vec<_> = program().into_iter().chain(headers).collect();
            for method in [Method::POST, Method::DELETE, Method::PATCH, Method::PUT] {
                let seen = asha.send(method.clone(), &path, &headers, FORM).await;
                assert_eq!(seen.status, StatusCode::FORBIDDEN, "{method} {path}: {what}: {}", seen.body);
                assert!(seen.body.contains("forged"), "{method} {path}: {what}: {}", seen.body);
            }
        }
        tried += 1;
    }
    assert!(tried > 100, "{tried}");
    let changed: Vec<String> = site.log().into_iter().take(site.log().len() - before).map(|e| e.record.action).collect();
    assert_eq!(changed, Vec::<String>::new(), "nothing came so far as to be recorded");
}

fn guarded(headers: &HeaderMap, path: &str) {
    let of = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let policy = of("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
    for (name, value) in [("x-content-type-options", "nosniff"), ("cross-origin-opener-policy", "same-origin")] {
        assert_eq!(of(name), value, "{path}: {name}");
    }
    for name in ["referrer-policy", "permissions-policy", "cross-origin-resource-policy"] {
        assert!(!of(name).is_empty(), "{path}: {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_its_headers_the_portals_too() {
    let site = Site::filled().await;
    for (route, _) in doors() {
        let path: String =
            route.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
        for method in [Method::GET, Method::POST] {
            let request = Request::builder().method(method).uri(&path).body(Body::empty()).unwrap();
            let answer = site.routes.clone().oneshot(request).await.unwrap();
            guarded(answer.headers(), &path);
            if !path.starts_with("/assets/") {
                assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
            }
        }
    }
    let settings = server::portal::Settings {
        base: "https://portal.example.org".into(),
        key: b"portal key".to_vec(),
        x_secret: "x".into(),
        meta_secret: "m".into(),
        meta_word: "w".into(),
    };
    let portal = server::portal::routes(site.lake.clone(), settings);
    for path in ["/", "/nowhere", "/feed.xml", "/check", "/signs", "/hook/x", "/healthz"] {
        let answer = portal.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        guarded(answer.headers(), path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_another_site_however_it_is_written() {
    let site = Site::filled().await;
    let one_time = site.person("asha", &[Role::InvestigatingOfficer]).await;
    for next in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "/%2f/evil.example/%0d%0aset-cookie:x",
        "///evil.example",
        "javascript:alert(1)",
        "/.//evil.example",
        "@evil.example",
    ] {
        let mut browser = Browser::new(&site);
        let seen = browser.sign_in("asha", &one_time.password, next).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{next:?}");
        let to = seen.to();
        let base = url_host(to);
        assert_eq!(base.as_deref(), Some("lake.example"), "{next:?} leads to {to:?}");
        assert!(!to.contains(['\n', '\r', '\t']), "{next:?}");
    }
}

/// The host a browser would go to from a page of lake.example, as the URL standard reads an address: by a program that is not ours.
fn url_host(to: &str) -> Option<String> {
    let script = "const u=new URL(process.argv[1],'https://lake.example/sign-in');process.stdout.write(u.protocol==='https:'?u.hostname:u.protocol)";
    let out = std::process::Command::new("node").args(["-e", script, "--", to]).output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_writes_is_text_on_every_page() {
    let site = Site::filled().await;
    // A file whose name is a script, with a row that is refused for a value that is one.
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("<img src=x onerror=alert(3)>.csv");
    let header = crate::site::HOSTILE.lines().next().unwrap();
    let row = "275410012025000903,2754100120250001,27541001,0001,2025,witness,<script>alert(4)</script>,,,,,,M,<script>alert(5)</script>,,x,INDIA,,7000000908,Testpura,,ALWAR GATE,AJMER,not a day,,,BNS 303(2),N";
    std::fs::write(&file, format!("{header}\n{row}\n")).unwrap();
    crate::site::take(&site.lake, "cctns.person", &file).await;
    let hostile = site.object("hostile.csv").await;
    let named = site.object("<img src=x onerror=alert(3)>.csv").await;
    let asked = site
        .post("/sql", "application/x-www-form-urlencoded", "sql=SELECT+name%2C+alias%2C+village+FROM+clean.cctns_person")
        .await;
    let mut hit = 0;
    for path in [
        "/".to_owned(),
        "/search?q=%3Cscript%3Ealert(6)%3C%2Fscript%3E".to_owned(),
        "/search?q=7000000909".to_owned(),
        "/search/suggest?q=alert".to_owned(),
        "/person/cctns%3A275410012025000901".to_owned(),
        "/person/%3Cscript%3Ealert(7)%3C%2Fscript%3E".to_owned(),
        "/phone/7000000909".to_owned(),
        "/case/27541001/0001/2025".to_owned(),
        format!("/object/{hostile}"),
        format!("/object/{hostile}/row/2"),
        format!("/object/{named}"),
        format!("/object/{named}/row/2"),
        "/runs".to_owned(),
        "/quarantine".to_owned(),
        "/quarantine/cctns.person".to_owned(),
        "/catalogue/clean.cctns_person".to_owned(),
        "/catalogue?q=%3Cscript%3Ealert(8)%3C%2Fscript%3E".to_owned(),
        asked.location.clone(),
        "/sql?q=%3Cscript%3Ealert(9)%3C%2Fscript%3E".to_owned(),
        "/sources/cctns.person".to_owned(),
        "/review".to_owned(),
        "/audit".to_owned(),
        "/audit/watch".to_owned(),
        "/audit?key=%3Cscript%3Ealert(10)%3C%2Fscript%3E".to_owned(),
        "/exports".to_owned(),
        "/%3Cscript%3Ealert(11)%3C%2Fscript%3E".to_owned(),
    ] {
        let seen = site.get(&path).await;
        let body = seen.body.to_lowercase();
        assert!(!body.contains("<script>alert") && !body.contains("<img src=x"), "{path}: {}", seen.body);
        hit += usize::from(body.contains("&lt;script") || body.contains("&#60;script"));
    }
    assert!(hit > 5, "the pages show what the source wrote: {hit}");
}
