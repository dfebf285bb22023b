//! One route is one action is one record: over the router's own list, so that a new route cannot be forgotten.

use std::collections::BTreeSet;

use crate::site::Site;

const ROUTER: &str = concat!(
    include_str!("../../src/router.rs"),
    include_str!("../../src/work.rs"),
    include_str!("../../src/work/api.rs"),
    include_str!("../../src/desk.rs")
);

const FORM: &str = "application/x-www-form-urlencoded";

/// Routes that show rows of the lake, an address of each, and the action its record names. `{sha}` is the file of the
/// sample of persons.
const DATA: &[(&str, &str, &str)] = &[
    ("/search", "/search?q=7000000101", "search"),
    ("/person/{*key}", "/person/cctns%3A275410012025000101", "dossier"),
    ("/phone/{number}", "/phone/7000000101", "dossier"),
    ("/vehicle/{registration}", "/vehicle/RJ14ZZ0001", "dossier"),
    ("/case/{*key}", "/case/27541001/0001/2025", "dossier"),
    ("/subjects", "/subjects", "subjects"),
    ("/subjects/{person}", "/subjects/cctns%3A275410012025000101", "subject"),
    ("/api/v1/subjects", "/api/v1/subjects", "subjects"),
    ("/api/v1/subjects/{person}", "/api/v1/subjects/cctns%3A275410012025000101", "subject"),
    ("/quarantine/{contract}", "/quarantine/cctns.person", "quarantine"),
    ("/catalogue/{table}", "/catalogue/clean.cctns_person", "query"),
    ("/catalogue/{table}/export", "/catalogue/clean.cctns_person/export?format=csv", "export"),
    ("/object/{sha}", "/object/{sha}", "query"),
    ("/object/{sha}/download", "/object/{sha}/download", "download"),
    ("/object/{sha}/certificate", "/object/{sha}/certificate", "certificate"),
    ("/object/{sha}/row/{row}", "/object/{sha}/row/2", "row"),
    ("/api/v1/object/{sha}/certificate", "/api/v1/object/{sha}/certificate", "certificate"),
    ("/api/v1/search", "/api/v1/search?q=parikshan&kind=person", "search"),
    ("/api/v1/sections", "/api/v1/sections?text=IPC+302&offence=2024-06-30", "section"),
    ("/api/v1/person/{*key}", "/api/v1/person/cctns:275410012025000101", "dossier"),
    ("/api/v1/phone/{number}", "/api/v1/phone/7000000101", "dossier"),
    ("/api/v1/vehicle/{registration}", "/api/v1/vehicle/RJ14ZZ0001", "dossier"),
    ("/api/v1/case/{*key}", "/api/v1/case/27541001/0001/2025", "dossier"),
];

/// Pages of the log itself: reading it is in it, a proof of one record is not.
const LOG: &[(&str, u64)] = &[
    ("/audit", 1),
    ("/audit/watch", 1),
    ("/audit/person", 1),
    ("/audit/officer", 1),
    ("/api/v1/audit/person", 1),
    ("/api/v1/audit/officer", 1),
    ("/api/v1/audit/watch", 1),
    ("/api/v1/audit", 1),
    ("/audit/{index}", 0),
    ("/audit/{index}/record", 0),
    ("/audit/{index}/proof", 0),
    ("/api/v1/audit/{index}", 0),
];

/// Routes that show no row of a table: made-up pages, forms, the catalogue's own numbers, runs, changes (whose records
/// the crates that make them leave). The SQL page is tried by its own test: its answer comes from another request.
const OTHER: &[&str] = &[
    "/",
    "/sources",
    // Changes, and sheets of other people's units: tried, with their records, by `subject`.
    "/subjects/{person}/sheet",
    "/api/v1/subjects/{person}/sheet",
    "/sheets",
    "/sheets/{id}",
    "/sheets/{id}/{step}",
    "/api/v1/sheets",
    "/api/v1/sheets/{id}",
    "/api/v1/sheets/{id}/{step}",
    // Numbers of runs, and changes: tried by `source` and `feed`.
    "/sources/{contract}",
    "/sources/{contract}/export",
    "/api/v1/sources",
    "/api/v1/sources/{contract}",
    "/api/v1/feed/{contract}",
    // A sample and what is guessed of it; tried, with its records, by `draft`.
    "/contracts/new",
    "/contracts/new/{id}",
    "/contracts/new/{id}/discard",
    "/api/v1/contracts",
    "/api/v1/contracts/draft",
    "/pulls",
    "/pulls/{name}/run",
    "/api/v1/pulls",
    "/api/v1/pulls/{name}/run",
    // A picture or recording: tried, with its records, by `viewer`.
    "/object/{sha}/view",
    "/upload",
    "/uploads",
    "/uploads/{id}",
    "/uploads/{id}/cancel",
    "/runs",
    "/runs/together",
    "/runs/{id}",
    "/runs/{id}/cancel",
    "/quarantine",
    "/quarantine/{contract}/replay",
    "/catalogue",
    "/sql",
    "/sql/{id}",
    "/sql/{id}/cancel",
    "/sql/{id}/export",
    "/audit/log/{*path}",
    "/gallery",
    "/gallery/{name}",
    "/assets/{file}",
    "/healthz",
    "/metrics",
    // What left, and what is erased: tried, with their records, by `exports` and `expunge`.
    "/exports",
    "/exports/{id}",
    "/exports/{id}/certificate",
    "/api/v1/exports",
    "/policies",
    "/policies/limit",
    "/api/v1/policies",
    "/api/v1/policies/limit",
    "/expunge",
    "/expunge/{id}",
    "/expunge/{id}/grant",
    "/expunge/{id}/refuse",
    "/expunge/{id}/run",
    "/api/v1/expunge",
    "/api/v1/expunge/{id}",
    "/api/v1/expunge/{id}/grant",
    "/api/v1/expunge/{id}/refuse",
    "/api/v1/expunge/{id}/run",
    // Signing in, accounts: tried by `accounts`.
    "/sign-in",
    "/sign-in/code",
    "/sign-in/sso",
    "/sign-in/sso/return",
    "/sign-in/sso/logout",
    "/sign-out",
    "/account",
    "/account/password",
    "/account/second",
    "/account/sessions/{id}/end",
    "/account/sessions/end",
    "/account/tokens",
    "/account/tokens/{id}/revoke",
    "/people",
    "/people/new",
    "/people/{login}",
    "/people/{login}/transfer",
    "/people/{login}/disable",
    "/people/{login}/enable",
    "/people/{login}/password",
    "/people/{login}/second",
    "/people/{login}/sessions",
    "/api/v1/catalog",
    "/api/v1/catalog/{table}",
    "/api/v1/runs",
    "/api/v1/runs/together",
    "/api/v1/runs/{id}",
    "/api/v1/sql",
];

/// Routes that need a linkage or an index first; `review` tries them, with their records.
const LINKED: &[&str] = &[
    "/search/suggest",
    "/review",
    "/review/quality",
    "/review/{left}/{right}",
    "/api/v1/review",
    "/api/v1/review/quality",
    "/api/v1/review/{left}/{right}",
];

/// Why one reads: changes, each with its record, tried by `work`; no row of a table.
const WORK: &[&str] = &[
    "/api/v1/purpose",
    "/api/v1/purpose/declaration",
    "/api/v1/purpose/{id}",
    "/api/v1/purpose/release",
    "/api/v1/purpose/request/{id}",
    "/api/v1/purpose/request/{id}/grant",
    "/api/v1/purpose/request/{id}/refuse",
    "/api/v1/purpose/request/{id}/withdraw",
    "/api/v1/purpose/{id}/authority",
    "/api/v1/purpose/{id}/close",
    "/api/v1/purpose/{id}/order",
    "/api/v1/purpose/{id}/review",
    "/api/v1/purpose/{id}/team",
    "/api/v1/purpose/{id}/team/{login}/remove",
    "/purpose",
    "/purpose/declaration",
    "/purpose/down",
    "/purpose/release",
    "/purpose/request/{id}/grant",
    "/purpose/request/{id}/refuse",
    "/purpose/request/{id}/withdraw",
    "/purpose/{id}",
    "/purpose/{id}/authority",
    "/purpose/{id}/close",
    "/purpose/{id}/order",
    "/purpose/{id}/review",
    "/purpose/{id}/take",
    "/purpose/{id}/team",
    "/purpose/{id}/team/{login}/remove",
];

/// The desk: messages to the public and their record in the access log, tried by `desk` and `campaign`; never the tables of persons.
const DESK: &[&str] = &[
    "/api/v1/desk/bulk",
    "/api/v1/desk/calendar",
    "/api/v1/desk/campaigns",
    "/api/v1/desk/campaigns/{id}",
    "/api/v1/desk/channels",
    "/api/v1/desk/channels/{id}/retire",
    "/api/v1/desk/inbox",
    "/api/v1/desk/items/{id}/hand-over",
    "/api/v1/desk/media",
    "/api/v1/desk/orders",
    "/api/v1/desk/orders/{id}/copies/{copy}",
    "/api/v1/desk/outbox",
    "/api/v1/desk/posts",
    "/api/v1/desk/posts/{id}",
    "/api/v1/desk/posts/{id}/apply",
    "/api/v1/desk/posts/{id}/keep",
    "/api/v1/desk/posts/{id}/move",
    "/api/v1/desk/posts/{id}/remove",
    "/api/v1/desk/posts/{id}/revise",
    "/api/v1/desk/posts/{id}/versions",
    "/api/v1/desk/queue",
    "/api/v1/desk/records",
    "/api/v1/desk/recurring",
    "/api/v1/desk/replies",
    "/api/v1/desk/report",
    "/api/v1/desk/shelf",
    "/api/v1/desk/sign",
    "/api/v1/desk/silences",
    "/api/v1/desk/silences/{id}",
    "/desk",
    "/desk/calendar",
    "/desk/calendar/move",
    "/desk/campaign/{id}",
    "/desk/campaign/{id}/goal",
    "/desk/campaign/{id}/join",
    "/desk/campaigns",
    "/desk/channel/{id}/confirm",
    "/desk/channel/{id}/probe",
    "/desk/channel/{id}/retire",
    "/desk/channels",
    "/desk/connect",
    "/desk/connect/back",
    "/desk/delivery/{id}/decide",
    "/desk/inbox",
    "/desk/item/{id}",
    "/desk/item/{id}/answer",
    "/desk/item/{id}/assign",
    "/desk/item/{id}/begin",
    "/desk/item/{id}/close",
    "/desk/item/{id}/hide",
    "/desk/item/{id}/send",
    "/desk/item/{id}/unhide",
    "/desk/many",
    "/desk/many/file",
    "/desk/media",
    "/desk/media/{sha}",
    "/desk/new",
    "/desk/order/{id}/copy/{copy}",
    "/desk/order/{id}/pdf",
    "/desk/orders",
    "/desk/outbox",
    "/desk/post/{id}",
    "/desk/post/{id}/apply",
    "/desk/post/{id}/approve",
    "/desk/post/{id}/back",
    "/desk/post/{id}/edit",
    "/desk/post/{id}/keep",
    "/desk/post/{id}/move",
    "/desk/post/{id}/note",
    "/desk/post/{id}/overrule",
    "/desk/post/{id}/remove",
    "/desk/post/{id}/revise",
    "/desk/post/{id}/schedule",
    "/desk/post/{id}/submit",
    "/desk/post/{id}/versions",
    "/desk/post/{id}/withdraw",
    "/desk/preview",
    "/desk/records",
    "/desk/recurring",
    "/desk/recurring/{id}/stop",
    "/desk/replies",
    "/desk/reply/{id}",
    "/desk/report",
    "/desk/report/csv",
    "/desk/report/pdf",
    "/desk/sheet/discard",
    "/desk/shelf",
    "/desk/shelf/link",
    "/desk/shelf/link/{code}",
    "/desk/shelf/praise",
    "/desk/shelf/praise/{id}",
    "/desk/shelf/template",
    "/desk/sign",
    "/desk/silence/{id}",
    "/desk/silences",
    "/desk/unit/{code}/answer-time",
    "/desk/unit/{code}/pause",
    "/desk/unit/{code}/resume",
    "/api/v1/desk/deliveries/{id}/decide",
    "/api/v1/desk/items/{id}/{step}",
    "/api/v1/desk/posts/{id}/withhold",
    "/api/v1/desk/posts/{id}/{step}",
    "/api/v1/desk/similar",
    "/api/v1/desk/campaigns/{id}/{step}",
    "/api/v1/desk/channels/{id}/{step}",
    "/api/v1/desk/recurring/{id}/stop",
    "/api/v1/desk/replies/{id}/drop",
    "/api/v1/desk/shelf/links",
    "/api/v1/desk/shelf/links/{code}/{step}",
    "/api/v1/desk/shelf/praise",
    "/api/v1/desk/shelf/praise/{id}/{step}",
    "/api/v1/desk/shelf/templates",
    "/api/v1/desk/units/{code}/{step}",
    "/desk/post/{id}/withhold",
    "/desk/queue",
];

#[test]
fn every_route_is_tried_or_shows_no_row() {
    let routes: BTreeSet<&str> = ROUTER.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(routes.len() > 30, "the router is read at all");
    let named: BTreeSet<&str> = DATA
        .iter()
        .map(|(route, ..)| *route)
        .chain(LOG.iter().map(|(route, _)| *route))
        .chain(OTHER.iter().chain(LINKED).chain(WORK).chain(DESK).copied())
        .collect();
    assert_eq!(routes.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "a route no test knows");
    assert_eq!(named.difference(&routes).collect::<Vec<_>>(), Vec::<&&str>::new(), "a route that is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_look_leaves_one_record() {
    let site = Site::filled().await;
    let sha = site.object("sample.csv").await;
    for (route, path, action) in DATA {
        let before = site.log().len();
        let answer = site.get(&path.replace("{sha}", &sha)).await;
        assert!(answer.status.is_success() || *action == "download", "{route}: {} {}", answer.status, answer.body);
        let log = site.log();
        assert_eq!(log.len() - before, 1, "{route}: {:?}", log.iter().take(5).map(|e| &e.record.action).collect::<Vec<_>>());
        assert_eq!(log[0].record.action, *action, "{route}");
        assert!(
            ["download", "certificate", "section"].contains(action)
                || !log[0].record.what["tables"].as_object().unwrap().is_empty(),
            "{route} touched nothing"
        );
        let text = serde_json::to_string(&log[0]).unwrap().to_lowercase();
        for value in ["7000000101", "rj14zz0001", "275410012025000101", "parikshan"] {
            assert!(!text.contains(value), "{route} left {value} in the log: {text}");
        }
    }
    // Pages without rows leave none.
    for path in ["/", "/search", "/sources", "/catalogue", "/gallery/person", "/runs"] {
        let before = site.log().len();
        assert!(site.get(path).await.status.is_success(), "{path}");
        assert_eq!(site.log().len(), before, "{path}");
    }
    assert!(site.lake.audit().verify().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_shown_with_its_proofs_and_without_its_secrets() {
    let site = Site::filled().await;
    site.get("/phone/7000000101").await;
    for (route, records) in LOG {
        let before = site.log().len();
        let answer = site.get(&route.replace("{index}", "0")).await;
        assert!(answer.status.is_success(), "{route}: {}", answer.body);
        assert_eq!(site.log().len() - before, *records as usize, "{route}");
    }
    // Who looked at a number is found by entering it, and the number stands on no page but in the field.
    let found = site.get("/api/v1/audit?key=7000000101").await;
    assert!(found.body.contains("\"dossier\"") && !found.body.contains("7000000101"), "{}", found.body);
    assert!(!site.get("/api/v1/audit?key=7000000199").await.body.contains("\"dossier\""));
    assert!(site.get("/audit/0").await.body.contains("Proved"));
    // The log as a client of its format fetches it.
    let head = site.get("/audit/log/checkpoint").await.body;
    assert!(head.starts_with("sarovar/") && head.contains("\n— sarovar/"), "{head}");
    let size = head.lines().nth(1).unwrap();
    for path in ["tile/0/000", "tile/entries/000"] {
        assert!(site.get(&format!("/audit/log/{path}.p/{size}")).await.status.is_success(), "{path}");
    }
    for path in
        ["signing.key", "subject.key", "tile/../signing.key", "tile/%2e%2e/signing.key", "log.pub", "pending.0", "tile/0/999"]
    {
        assert_eq!(site.get(&format!("/audit/log/{path}")).await.status.as_u16(), 404, "{path}");
    }
    for path in ["/audit/999999", "/audit/x", "/api/v1/audit/-1"] {
        assert_eq!(site.get(path).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_one_record_and_its_export_another() {
    let site = Site::filled().await;
    let before = site.log().len();
    let asked = site.post("/sql", FORM, "sql=SELECT+role+FROM+pole.person_mention").await;
    // An answer belongs to the browser that asked; here that is the operator in any case.
    assert!(site.get(&asked.location).await.status.is_success(), "{}", asked.location);
    assert_eq!(site.log().len(), before + 1);
    assert!(site.get(&format!("{}/export?format=csv", asked.location)).await.status.is_success());
    assert_eq!(site.log().len(), before + 2);
    let json = site.post("/api/v1/sql", "application/json", r#"{"sql":"SELECT role FROM pole.person_mention"}"#).await;
    assert!(json.status.is_success(), "{}", json.body);
    assert_eq!(site.log().len(), before + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_names_who_was_looked_at_by_a_mark_that_only_this_lake_can_compute() {
    let site = Site::filled().await;
    for (path, kind, key, id) in [
        // printf 'phone=7000000101' | sha256sum | cut -c1-16
        ("/phone/+91-70000-00101", "phone", "7000000101", "0d8a81804d3df7e0"),
        // printf 'vehicle=RJ14ZZ0001' | sha256sum | cut -c1-16
        ("/vehicle/rj14zz1", "vehicle", "RJ14ZZ0001", "13c2543ff890ca32"),
        // printf 'case=fir:27541001/0001/2025' | sha256sum | cut -c1-16
        ("/case/27541001/1/2025", "case", "fir:27541001/0001/2025", "e880ca64f3a5065f"),
        // Nobody is there; the look is in the log all the same.
        ("/phone/7999999999", "phone", "7999999999", "a9f2879d65fbfffd"),
    ] {
        site.get(path).await;
        let entry = &site.log()[0];
        let found = (entry.record.what["looked_at"]["kind"].as_str(), entry.record.what["looked_at"]["id"].as_str());
        assert_eq!(found, (Some(kind), Some(site.lake.audit().mark(id).as_str())), "{path}");
        // An auditor enters the number and finds the look.
        let filter = ledger::Filter { marks: site.lake.audit().marks(key), ..Default::default() };
        assert!(site.lake.audit().find(&filter, None, 50).unwrap().entries.contains(entry), "{path}");
    }
    let by_key = site.get("/api/v1/person/cctns:275410012025000101").await;
    let person: serde_json::Value = serde_json::from_str(&by_key.body).unwrap();
    assert_eq!(site.log()[0].record.what["looked_at"]["id"], person["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_log_no_page() {
    let site = Site::filled().await;
    let size = site.lake.audit().publish().unwrap().checkpoint.size;
    let pending = site.lake.home().audit().join(format!("pending.{}", size / 256));
    let _ = std::fs::remove_file(&pending);
    std::fs::create_dir(&pending).unwrap();
    for path in ["/person/cctns%3A275410012025000101", "/search?q=parikshan", "/api/v1/phone/7000000101"] {
        let answer = site.get(path).await;
        assert_eq!(answer.status.as_u16(), 500, "{path}");
        assert!(!answer.body.to_lowercase().contains("parikshan kumar"), "{path}");
    }
}
