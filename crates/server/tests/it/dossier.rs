//! What an officer sees, and what nobody does.

use governance::Context;
use lake::{Access, At};
use serde_json::Value;

use crate::site::Site;

const PERSON: &str = "/person/cctns%3A275410012025000101";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_search_to_the_row_and_back() {
    let site = Site::filled().await;
    let found = site.get("/search?q=parikshan").await.body;
    assert!(found.contains("The search index is not made yet"), "{found}");
    assert!(found.contains(&format!("href=\"{PERSON}\"")), "{found}");
    let page = site.get(PERSON).await.body;
    for text in [
        "Parikshan Kumar",
        "परीक्षण कुमार",
        "Complainant",
        "href=\"/phone/7000000101\"",
        "href=\"/vehicle/RJ14ZZ0001\"",
        "href=\"/case/27541001/0001/2025\"",
        "the same phone with the same name",
    ] {
        assert!(page.contains(text), "{text} is missing");
    }
    let sha = site.object("sample.csv").await;
    let row = format!("/object/{sha}/row/2");
    let rows = site.get(&row).await.body;
    // `sample.csv` is the name of several samples; this is the file the page cites for one of its facts.
    let cited = page.split("href=\"/object/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let origin = site.get(&format!("/object/{cited}")).await;
    assert!(origin.status.is_success() && rows.contains("As understood"));
    assert!(origin.body.contains("href=\"/person/") || origin.body.contains("href=\"/vehicle/"), "no way back: {}", origin.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_from_a_file_is_never_markup() {
    let site = Site::filled().await;
    let hostile = "/person/cctns%3A275410012025000901";
    let sha = site.object("hostile.csv").await;
    for path in
        [hostile, "/search?q=%3Cscript%3E", "/case/27541001/0001/2025", "/phone/7000000909", &format!("/object/{sha}/row/2")]
    {
        let page = site.get(path).await;
        assert!(page.status.is_success(), "{path}: {}", page.status);
        for raw in ["<script>alert", "<img src=x"] {
            assert!(!page.body.contains(raw), "{path} has {raw}");
        }
    }
    let page = site.get(hostile).await.body;
    assert!(page.contains("&#60;script&#62;alert(1)") || page.contains("&lt;script&gt;alert(1)"), "the name is shown, escaped");
    // A spreadsheet must not run what a clerk typed.
    let csv = site.get(&format!("{hostile}?table=facts&format=csv")).await.body;
    assert!(csv.contains("'=cmd|") && !csv.contains(",=cmd|"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_withholds_is_on_no_page_and_found_by_no_search() {
    let site = Site::filled().await;
    let case = site.get("/case/27541001/0020/2025").await.body;
    assert!(case.contains("withheld by law") && case.contains("BNS s.72"));
    for path in [
        "/case/27541001/0020/2025",
        "/api/v1/case/27541001/0020/2025",
        "/case/27541001/0020/2025?table=persons&format=json",
        "/search?q=Gopaniya",
        "/search?q=7000000303",
        "/api/v1/search?q=7000000303",
    ] {
        let body = site.get(path).await.body;
        // The search box repeats what was typed; nothing more may be there.
        let said = if path.contains("q=") { 8 } else { 0 };
        assert!(
            body.matches("Gopaniya").count() <= said && !body.contains("Gopaniya Devi") && !body.contains("गोपनीय"),
            "{path}"
        );
    }
    assert_eq!(json(&site.get("/api/v1/search?q=7000000303").await.body)["hits"], Value::Array(vec![]));
    for path in ["/person/cctns%3A275410012025000201", "/phone/7000000303"] {
        assert_eq!(site.get(path).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn call_records_need_an_authority() {
    let site = Site::filled().await;
    let without = json(&site.get("/api/v1/phone/7000000101").await.body);
    assert_eq!(without["authority_needed"], true);
    assert_eq!(
        (&without["records"], &without["contacts"], &without["handsets"]),
        (&Value::from(0), &Value::Array(vec![]), &Value::Array(vec![]))
    );
    let page = site.get("/phone/7000000101").await.body;
    assert!(page.contains("name=\"authority\"") && !page.contains("id=\"contacts\""));
    let with = json(&site.get("/api/v1/phone/7000000101?authority=SP%2FAJM%2F12").await.body);
    assert!(with["records"].as_i64().unwrap() > 0 && !with["contacts"].as_array().unwrap().is_empty());
    assert!(!with["handsets"].as_array().unwrap().is_empty());
    assert_eq!(site.log()[0].record.authority.as_deref(), Some("SP/AJM/12"));
    let page = site.get("/phone/7000000101?authority=SP%2FAJM%2F12").await.body;
    assert!(page.contains("id=\"contacts\"") && page.contains("SP/AJM/12"));
    let blank = site.get("/phone/7000000101?authority=%20").await;
    assert!(!blank.body.contains("id=\"contacts\""), "blanks are no authority");
    let long = format!("/phone/7000000101?authority={}", "x".repeat(101));
    assert_eq!(site.get(&long).await.status.as_u16(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_malformed_keys_are_refused_in_words() {
    let site = Site::filled().await;
    for (path, status) in [
        ("/person/nobody", 404),
        ("/person/0123456789abcdef", 404),
        ("/person/x%27%20OR%20true%20--", 404),
        ("/phone/7999999999", 404),
        ("/phone/%2A%2A", 400),
        ("/phone/9.8E%2B09", 400),
        ("/vehicle/RJ14ZZ9999", 404),
        ("/vehicle/%3Cscript%3E", 400),
        ("/case/27541001/9999/2025", 404),
        ("/case/1/2025", 400),
        ("/case/nonsense", 400),
        ("/search?q=x&kind=horse", 400),
        ("/vehicle/RJ14ZZ0001?table=nothing&format=csv", 400),
        ("/vehicle/RJ14ZZ0001?table=facts&format=exe", 400),
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
        assert!(answer.body.contains("<h1"), "{path} has a page with a way on");
        let api = site.get(&format!("/api/v1{path}")).await;
        assert_eq!(api.status.as_u16() == 200, path.contains("table="), "{path}");
        assert!(api.status.as_u16() == 200 || json(&api.body)["error"]["message"].is_string(), "{path}: {}", api.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_phone_offers_its_persons() {
    let site = Site::filled().await;
    let page = site.get("/person/7000000909").await;
    assert_eq!(page.status.as_u16(), 300);
    assert!(page.body.contains("More than one person") && page.body.contains("Nirdosh Kumar"));
    let api = site.get("/api/v1/person/7000000909").await;
    assert_eq!((api.status.as_u16(), json(&api.body)["several"]["hits"].as_array().unwrap().len()), (300, 2));
    let one = site.get("/person/cctns%3A275410012025000902").await.body;
    assert!(one.contains("other person, same phone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_leaves_as_a_file_with_its_origins() {
    let site = Site::filled().await;
    for (page, tables) in [
        (PERSON, vec!["facts", "links", "timeline", "mentions", "reasons"]),
        ("/vehicle/RJ14ZZ0001", vec!["facts", "links", "timeline", "sightings"]),
        ("/case/27541001/0001/2025", vec!["facts", "timeline", "persons"]),
        ("/phone/7000000101", vec!["links", "mentions"]),
    ] {
        for table in tables {
            let csv = site.get(&format!("{page}?table={table}&format=csv")).await;
            assert!(csv.body.lines().next().unwrap().ends_with("source,object,row"), "{page} {table}: {}", csv.body);
            let all = json(&site.get(&format!("{page}?table={table}&format=json")).await.body);
            assert!(!all.as_array().unwrap().is_empty(), "{page} {table}");
            assert!(all.as_array().unwrap().iter().all(|row| row["object"].as_str().unwrap().len() == 64));
        }
        let before = site.log().len();
        site.get(&format!("{page}?table=facts&format=json")).await;
        assert_eq!((site.log().len(), site.log()[0].record.action.as_str()), (before + 1, "export"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_stands_alone() {
    let site = Site::filled().await;
    let context = Context {
        purpose: Some(model::Purpose::Case),
        case: Some("27541001/0001/2025".into()),
        authority: None,
        now: site.lake.now(),
    };
    let access = Access { principal: governance::Principal::operator(), context, at: At::Now };
    let session = site.lake.session(&access).unwrap();
    for (lang, id) in [(pages::Lang::En, "cctns:275410012025000901"), (pages::Lang::Hi, "cctns:275410012025000101")] {
        let person = ::dossier::person(&session, id).await.unwrap().unwrap();
        let html = server::paper(&person, lang, &access).unwrap();
        assert!(html.trim_start().starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
        for outside in ["<a ", "<img", "<link", "<script", "@import", "url("] {
            assert!(!html.contains(outside), "{outside} needs something beside the document");
        }
        // Every file is named in full, as the reader's proof.
        assert!(person.mentions.iter().all(|m| html.contains(&m.origin.object)));
        assert!(html.contains("27541001/0001/2025"), "the case it was printed for");
    }
}
