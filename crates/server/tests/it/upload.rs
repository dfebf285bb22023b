//! Files through the form: several at once in one report, locked ones with their password, which is kept nowhere.

use std::io::Write;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;

use crate::site::{Answer, Site};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const WORD: &str = "Ghoda-Gadi-4711";

fn event(n: usize) -> String {
    format!(
        "{{\"event_id\":\"U{n}\",\"captured_at\":\"2026-01-05T08:00:00+05:30\",\"camera_id\":\"CAM-T09\",\"plate_raw\":\"RJ14ZZ{n:04}\"}}\n"
    )
}

/// An archive, locked with a password where one is given.
fn zip(files: &[(&str, &[u8])], password: Option<&str>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        match password {
            Some(word) => archive.start_file(*name, options.with_aes_encryption(zip::AesMode::Aes256, word)).unwrap(),
            None => archive.start_file(*name, options).unwrap(),
        }
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn form(site: &Site, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, bytes) in files {
        let head = format!("--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--B--\r\n");
    let request = Request::post(format!("/upload?token={TOKEN}"))
        .header(header::COOKIE, format!("sarovar_token={TOKEN}"))
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
        .body(Body::from(body))
        .unwrap();
    site.send(request).await
}

/// The page of an account once nothing of it is at work any more; a single file leads on to its run.
async fn settled(site: &Site, place: &str) -> (String, Answer) {
    let mut place = place.to_owned();
    for _ in 0..600 {
        let page = site.get(&place).await;
        if page.status == StatusCode::SEE_OTHER {
            place = page.location;
        } else if page.body.contains("hx-trigger") {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        } else {
            return (place, page);
        }
    }
    panic!("{place} never ended");
}

fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, text);
        }
        std::fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|w| w == text.as_bytes()))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn several_files_have_one_report() {
    let site = Site::filled().await;
    let form_page = site.get("/upload").await.body;
    assert!(form_page.contains("type=\"file\" required multiple") && form_page.contains("name=\"password\" type=\"password\""));
    let archive = zip(&[("two.ndjson", event(2).as_bytes()), ("old.rar", b"Rar!\x1a\x07\0")], None);
    let one = event(1);
    let sent =
        form(&site, &[], &[("one.ndjson", one.as_bytes()), ("more.zip", &archive), ("note.txt", b"this is no table\n")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let of = sent.location.strip_prefix("/runs/together?of=").unwrap_or_else(|| panic!("{}", sent.location)).to_owned();
    assert_eq!(of.split(',').count(), 3);
    let (place, page) = settled(&site, &sent.location).await;
    for text in ["one.ndjson", "two.ndjson", "old.rar is a RAR archive", "note.txt", "4 files", "2 could not be taken in"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let hindi = site.get(&format!("{place}&lang=hi")).await.body;
    assert!(hindi.contains("यह प्रारूप यहाँ नहीं पढ़ा जाता") && hindi.contains("किसी स्रोत से मेल नहीं खाती"), "{hindi}");
    let told: Value = serde_json::from_str(&site.get(&format!("/api/v1/runs/together?of={of}")).await.body).unwrap();
    assert_eq!(told["files"][0]["reports"][0]["accepted"], 1);
    assert_eq!(told["files"][1]["reports"][1]["code"], "foreign");
    assert_eq!((&told["files"][2]["state"], &told["files"][2]["code"]), (&"failed".into(), &"no-fit".into()));
    assert_eq!(site.get("/runs/together?of=nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/api/v1/runs/together?of=nothing").await.status, StatusCode::NOT_FOUND);
    let none = form(&site, &[("contract", "")], &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_opens_its_file_and_is_kept_nowhere() {
    let site = Site::filled().await;
    let locked = zip(&[("reads.ndjson", event(7).as_bytes())], Some(WORD));
    for (password, says) in [("", "locked by a password"), ("another", "does not open")] {
        let sent = form(&site, &[("password", password)], &[("locked.zip", &locked)]).await;
        let (_, page) = settled(&site, &sent.location).await;
        assert!(page.body.contains(says), "{password}: {}", page.body);
    }
    let hindi = form(&site, &[("password", "another")], &[("locked.zip", &locked)]).await;
    settled(&site, &hindi.location).await;
    assert!(site.get(&format!("{}?lang=hi", hindi.location)).await.body.contains("इस पासवर्ड से फ़ाइल नहीं खुलती"));
    let sent = form(&site, &[("password", WORD)], &[("locked.zip", &locked)]).await;
    let (place, page) = settled(&site, &sent.location).await;
    assert!(page.body.contains("reads.ndjson") && !place.contains(WORD), "{place}: {}", page.body);
    // The resumable way: beside the last bytes.
    let again = zip(&[("more.ndjson", event(8).as_bytes())], Some(WORD));
    let ask = |method: &str, path: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("sarovar_token={TOKEN}"))
            .header("x-form-token", TOKEN)
    };
    let opened =
        ask("POST", "/uploads").header("upload-length", again.len()).header("upload-metadata", "filename bG9ja2VkLnppcA==");
    let opened = site.send(opened.body(Body::empty()).unwrap()).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    use base64::Engine as _;
    let word = base64::engine::general_purpose::STANDARD.encode(WORD);
    let bytes = ask("PATCH", &opened.location).header("upload-offset", "0").header("x-file-password", word);
    let done = site.send(bytes.body(Body::from(again)).unwrap()).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    let (_, page) = settled(&site, &done.location).await;
    assert!(page.body.contains("more.ndjson"), "{}", page.body);
    assert!(!holds(site.lake.home().root(), WORD), "the password is in a file");
    assert!(site.log().iter().all(|e| !serde_json::to_string(&e.record).unwrap().contains(WORD)));
}
