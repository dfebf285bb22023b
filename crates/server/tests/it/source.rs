//! Pages, JSON and files of a source, and of what is fetched by itself.

use axum::http::StatusCode;
use serde_json::Value;

use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_source_tells_how_it_stands() {
    let site = Site::filled().await;
    let list = site.get("/sources").await;
    assert!(list.body.contains("href=\"/sources/cctns.fir\""), "{}", list.body);
    for (lang, word) in [("en", "What came, day by day"), ("hi", "प्रतिदिन क्या आया")] {
        let page = site.get(&format!("/sources/cctns.fir?lang={lang}")).await;
        assert_eq!(page.status, StatusCode::OK);
        for part in [word, "<meter", "/catalogue/clean.cctns_fir", "table=days", "/quarantine/cctns.fir"] {
            assert!(page.body.contains(part), "{lang}: {part} is missing");
        }
    }
    let told: Value = serde_json::from_str(&site.get("/api/v1/sources/cctns.fir").await.body).unwrap();
    assert_eq!((&told["late"], told["days"].as_array().unwrap().len()), (&false.into(), 28));
    let today = &told["days"][27];
    assert_eq!(
        today["input"],
        today["accepted"].as_i64().unwrap() + today["rejected"].as_i64().unwrap() + today["duplicate"].as_i64().unwrap()
    );
    assert!(today["input"].as_i64().unwrap() > 0);
    let all: Value = serde_json::from_str(&site.get("/api/v1/sources").await.body).unwrap();
    assert!(all.as_array().unwrap().len() >= 40);
    assert_eq!(site.get("/api/v1/sources?late=true").await.body, "[]");
    let days = site.get("/sources/cctns.fir/export?table=days&format=csv").await;
    assert_eq!(days.body.lines().count(), 29, "{}", days.body);
    assert!(site.get("/sources/cctns.fir/export?table=reasons&format=json").await.body.contains("rows"));
    assert_eq!(site.get("/sources/cctns.fir/export?table=persons&format=csv").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.get("/sources/no.such").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn pulls_are_shown_and_run() {
    let site = Site::filled().await;
    let folder = site.lake.home().root().join("pulls");
    assert!(site.get("/pulls").await.body.contains("Nothing is fetched yet"));
    std::fs::create_dir_all(folder.join("in")).unwrap();
    std::fs::write(
        folder.join("drop.toml"),
        format!("kind = 'folder'\npath = '{}'\nevery = '1h'\nsettle_seconds = 0\n", folder.join("in").display()),
    )
    .unwrap();
    std::fs::write(folder.join("wrong.toml"), "kind = 'http'\nurl = 'http://x:word-77@h/'\ncontract = 'anpr.read'\n").unwrap();
    let page = site.get("/pulls").await;
    assert!(
        page.body.contains("File is wrong") && page.body.contains("/pulls/drop/run") && !page.body.contains("/pulls/wrong/run")
    );
    assert!(!page.body.contains("word-77"));
    let form = "application/x-www-form-urlencoded";
    let ran = site.post("/pulls/drop/run", form, "").await;
    assert_eq!((ran.status, ran.location.as_str()), (StatusCode::SEE_OTHER, "/pulls"));
    assert_eq!(site.post("/pulls/none/run", form, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post("/pulls/wrong/run", form, "").await.status, StatusCode::BAD_REQUEST);
    let told: Value = serde_json::from_str(&site.get("/api/v1/pulls").await.body).unwrap();
    assert!(
        told[0]["done_at"].as_i64().unwrap() > 0 && told[1]["broken"].as_str().unwrap().contains("holds a password"),
        "{told}"
    );
    let again: Value = serde_json::from_str(&site.post("/api/v1/pulls/drop/run", "application/json", "").await.body).unwrap();
    assert_eq!((&again["done"], &again["in"]), (&true.into(), &0.into()));
}
