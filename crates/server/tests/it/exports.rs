//! Every file of rows that leaves has its manifest, is known to the lake, and can be certified.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use governance::Role;
use lake::manifest::{DAYS, Leaving};
use lake::{At, export::Format};
use ring::digest::{SHA256, digest};
use serde_json::Value;
use tower::ServiceExt;

use crate::people::Browser;
use crate::site::Site;

fn hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_by_the_browser_has_a_manifest_a_hash_and_a_record() {
    let site = Site::filled().await;
    let asked = site.post("/sql", "application/x-www-form-urlencoded", "sql=SELECT+*+FROM+clean.cctns_person").await;
    for (path, what) in [
        ("/catalogue/clean.cctns_person/export?format=csv".to_owned(), "clean.cctns_person"),
        (format!("{}/export?format=xlsx", asked.location), "query"),
        ("/person/cctns%3A275410012025000101?table=facts&format=json".to_owned(), "person facts"),
        ("/sources/cctns.fir/export?table=days&format=csv".to_owned(), "source days"),
        ("/audit/watch?table=officers&format=csv".to_owned(), "page officers"),
    ] {
        let request = Request::get(&path).body(Body::empty()).unwrap();
        let response = site.routes.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let headers = response.headers().clone();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let (id, sha256) = (headers["sarovar-export"].to_str().unwrap(), hex(&bytes));
        assert_eq!(headers["sarovar-sha256"].to_str().unwrap(), sha256, "{path}");
        let told = site.get(&format!("/exports/{id}")).await;
        let manifest: Value = serde_json::from_str(&told.body).unwrap();
        assert_eq!(manifest["sha256"], sha256.as_str(), "{path}");
        assert_eq!((manifest["table"].as_str(), manifest["who"].as_str()), (Some(what), Some("operator")), "{path}");
        assert!(manifest["mark"].as_str().unwrap().contains(id) && manifest["until"].as_str() > manifest["at"].as_str());
        let record = site.log().into_iter().find(|e| e.record.what["export"] == id).unwrap().record;
        assert_eq!((record.action.as_str(), record.what["sha256"].as_str()), ("export", Some(sha256.as_str())), "{path}");
    }
    let page = site.get("/exports").await;
    assert!(page.body.contains("clean.cctns_person") && page.body.contains("To be destroyed by"), "{}", page.body);
    let all: Vec<Value> = serde_json::from_str(&site.get("/api/v1/exports").await.body).unwrap();
    assert_eq!(all.len(), 5);
    // The rows name their file: that is what a certificate stands on.
    let whole = all.iter().find(|m| m["table"] == "clean.cctns_person").unwrap();
    assert!(
        whole["objects"].as_array().unwrap().contains(&site.object("sample.csv").await.into())
            || !whole["objects"].as_array().unwrap().is_empty()
    );
    let paper = site.get(&format!("/exports/{}/certificate?in=en", whole["id"].as_str().unwrap())).await;
    assert!(paper.status == StatusCode::OK && paper.body.starts_with("%PDF-"), "{}", paper.body.get(..200).unwrap_or_default());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mark_stands_in_the_file_where_it_can_and_the_end_is_kept_to() {
    let site = Site::filled().await;
    let access = |site: &Site| {
        let context = governance::Context { purpose: None, case: None, authority: None, now: site.lake.now() };
        lake::Access { principal: governance::Principal::operator(), context, at: At::Now }
    };
    let dir = tempfile::tempdir().unwrap();
    for (ending, format, marked) in
        [("parquet", Format::Parquet, true), ("xlsx", Format::Xlsx, true), ("csv", Format::Csv, false)]
    {
        let to = dir.path().join(format!("x.{ending}"));
        let leaving = Leaving { file: "x", what: "query", ..Leaving::default() };
        let sql = "SELECT name FROM clean.cctns_person";
        let (_, manifest) = site.lake.export_query(&access(&site), sql, leaving, format, &to).await.unwrap();
        assert_eq!(manifest.marked, marked, "{ending}");
        let mut text = String::from_utf8_lossy(&std::fs::read(&to).unwrap()).into_owned();
        if ending == "xlsx" {
            let mut book = zip::ZipArchive::new(std::fs::File::open(&to).unwrap()).unwrap();
            text = std::io::read_to_string(book.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
        }
        assert_eq!(text.contains(&manifest.id), marked, "{ending}: {}", manifest.mark);
    }
    // Past its day it is certified no more.
    site.lake.store().set_setting(DAYS, &1_i64).await.unwrap();
    let to = dir.path().join("y.csv");
    let leaving = Leaving { file: "y.csv", what: "query", ..Leaving::default() };
    let (_, manifest) =
        site.lake.export_query(&access(&site), "SELECT name FROM clean.cctns_person", leaving, Format::Csv, &to).await.unwrap();
    let tomorrow = site.lake.now() + chrono::TimeDelta::hours(25);
    assert!(manifest.over(tomorrow) && !manifest.over(site.lake.now()));
    // By the file alone, as long as it is the one that left.
    assert!(server::certificate::of_export(&site.lake, &access(&site), &to).await.is_ok());
    std::fs::write(&to, "changed").unwrap();
    assert!(server::certificate::of_export(&site.lake, &access(&site), &to).await.is_err());
    let past = lake::manifest::Manifest { until: "2020-01-01T00:00:00+00:00".into(), ..manifest };
    let over = server::certificate::of_manifest(&site.lake, &access(&site), past).await.unwrap_err();
    assert!(over.to_string().contains("destroyed"), "{over}");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_exports_are_nobodys_and_an_auditor_sees_all() {
    let site = Site::filled().await;
    site.person("boss", &[Role::Administrator]).await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let mut ravi = site.signed_in("ravi", &[Role::InvestigatingOfficer]).await;
    let mut meena = site.signed_in("meena", &[Role::Auditor]).await;
    let left = asha.get("/catalogue/clean.cctns_person/export?format=csv").await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.body);
    let id = left.headers["sarovar-export"].to_str().unwrap().to_owned();
    assert_eq!(asha.get(&format!("/exports/{id}")).await.status, StatusCode::OK);
    let program = [("accept", "application/json")];
    let theirs = ravi.send(Method::GET, &format!("/exports/{id}"), &program, "").await;
    let none = ravi.send(Method::GET, "/exports/none", &program, "").await;
    assert_eq!((theirs.status, &theirs.body), (StatusCode::NOT_FOUND, &none.body));
    assert!(!ravi.get("/exports").await.body.contains(&id));
    assert!(meena.get("/exports").await.body.contains(&id));
    assert_eq!(Browser::new(&site).get("/exports").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_by_the_plain_form_has_its_limit() {
    let site = Site::filled().await;
    site.lake.store().set_setting("intake.most_bytes", &1000_u64).await.unwrap();
    let form = |field: &str, file: &str, bytes: usize| {
        let text = "x".repeat(bytes);
        format!("--cut\r\ncontent-disposition: form-data; name=\"{field}\"{file}\r\n\r\n{text}\r\n--cut--\r\n")
    };
    let kind = "multipart/form-data; boundary=cut";
    let named = "; filename=\"a.csv\"";
    let large = site.post("/upload", kind, &form("file", named, 1001)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", large.body);
    let left = std::fs::read_dir(site.lake.home().root().join("uploads")).map_or(0, |d| d.count());
    assert_eq!(left, 0, "nothing of it stays");
    assert_eq!(site.post("/upload", kind, &form("contract", "", 5000)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.post("/upload", kind, &form("file", named, 900)).await.status, StatusCode::SEE_OTHER);
}
