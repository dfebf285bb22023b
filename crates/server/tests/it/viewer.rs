//! Photographs and recordings in a page: for whom the row is whole, each look on record.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use governance::Role;

use crate::people::Browser;
use crate::site::Site;

/// A JPEG of two dots by two with a small one inside.
fn photograph() -> (Vec<u8>, Vec<u8>) {
    let small = vec![0xff, 0xd8, 0xff, 0xd9];
    let mut tiff = b"MM\0*\0\0\0\x08\0\0\0\0\0\x0e\0\x02".to_vec();
    for (tag, value) in [(0x0201u16, 44u32), (0x0202, 4)] {
        tiff.extend([&tag.to_be_bytes()[..], &[0, 4, 0, 0, 0, 1], &value.to_be_bytes()].concat());
    }
    tiff.extend([0; 4]);
    tiff.extend(&small);
    let mut whole = vec![0xff, 0xd8, 0xff, 0xe1];
    whole.extend((tiff.len() as u16 + 8).to_be_bytes());
    whole.extend(b"Exif\0\0");
    whole.extend(tiff);
    whole.extend([0xff, 0xc0, 0, 17, 8, 0, 2, 0, 2, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9]);
    (whole, small)
}

async fn take(site: &Site, name: &str, bytes: &[u8]) -> String {
    let path = site.lake.home().scratch().join(name);
    std::fs::write(&path, bytes).unwrap();
    let request = lake::Request { received_by: "test".into(), ..lake::Request::default() };
    ways::document::take_in(&site.lake, &path, request, &Arc::default()).await.unwrap();
    site.object(name).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_is_shown_in_its_page() {
    let site = Site::filled().await;
    let (whole, small) = photograph();
    let sha = take(&site, "scene.jpg", &whole).await;
    let place = format!("/object/{sha}/view");
    for lang in ["hi", "en"] {
        let page = site.get(&format!("/object/{sha}?lang={lang}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("<img src=\"{place}?small=1\"")) && page.body.contains("2 × 2"), "{}", page.body);
    }
    let get = |path: String, range: Option<&'static str>| {
        let routes = site.routes.clone();
        async move {
            let mut request = Request::get(path);
            if let Some(range) = range {
                request = request.header(header::RANGE, range);
            }
            let answer = tower::ServiceExt::oneshot(routes, request.body(Body::empty()).unwrap()).await.unwrap();
            let kind = answer.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
            let status = answer.status();
            (status, kind, axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
        }
    };
    assert_eq!(get(place.clone(), None).await, (StatusCode::OK, "image/jpeg".to_owned(), whole.clone()));
    assert_eq!(get(format!("{place}?small=1"), None).await.2, small);
    let (status, _, part) = get(place.clone(), Some("bytes=2-5")).await;
    assert_eq!((status, part.as_slice()), (StatusCode::PARTIAL_CONTENT, &whole[2..=5]));
    let log = site.log();
    let views: Vec<_> =
        log.iter().filter(|e| e.record.action == "view").map(|e| (e.record.allowed, e.record.what["object"].clone())).collect();
    assert_eq!(views, vec![(true, sha.clone().into()); 3]);
    // What is no picture is not sent, whatever it is called.
    let table = site.object("sample.csv").await;
    assert_eq!(get(format!("/object/{table}/view"), None).await.0, StatusCode::FORBIDDEN);
    let mail = "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Mon, 5 Jan 2026 10:00:00 +0530\r\n\r\n<script>alert(1)</script>\r\n";
    let mail = take(&site, "mail.eml", mail.as_bytes()).await;
    assert_eq!(get(format!("/object/{mail}/view"), None).await.0, StatusCode::BAD_REQUEST);
    assert!(!site.get(&format!("/object/{mail}")).await.body.contains("<script>alert"));
    assert_eq!(get(format!("/object/{}/view", "0".repeat(64)), None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_see_the_row_does_not_see_the_picture() {
    let site = Site::filled().await;
    let sha = take(&site, "scene.jpg", &photograph().0).await;
    site.person("boss", &[Role::Administrator]).await;
    site.person("some.officer", &[Role::InvestigatingOfficer]).await;
    // Without a piece of work nothing of a person is open to him.
    let token = site.accounts.issue("some.officer", "tool", &[accounts::Scope::Lake], 9, site.lake.now()).await.unwrap();
    let bearer = format!("Bearer {}", token.text);
    let mut program = Browser::new(&site);
    let seen = program.send(Method::GET, &format!("/object/{sha}/view"), &[("authorization", &bearer)], "").await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN, "{}", seen.body);
    let page = program.send(Method::GET, &format!("/object/{sha}"), &[("authorization", &bearer)], "").await;
    assert!(!page.body.contains("/view"), "{}", page.body);
}
