//! A request as the stand-ins read it, and an answer.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// One request, taken apart.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    /// Content type without its parameters.
    pub kind: String,
    /// The body's fields: of JSON, of a form, or the text parts of a multipart body.
    pub fields: Map<String, Value>,
    /// Sizes of the files of a multipart body.
    pub files: BTreeMap<String, usize>,
    pub token: String,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

/// A form or query as pairs; of a name that comes twice, the last counts.
fn pairs(text: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

impl Call {
    pub fn new(method: &str, path: &str, query: &str, headers: HeaderMap, bytes: Bytes) -> Self {
        let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let full = header("content-type");
        let kind = full.split(';').next().unwrap_or_default().trim().to_owned();
        let (mut fields, mut files) = (Map::new(), BTreeMap::new());
        match kind.as_str() {
            "application/json" => {
                if let Ok(Value::Object(all)) = serde_json::from_slice(&bytes) {
                    fields = all;
                }
            }
            "application/x-www-form-urlencoded" => fields.extend(pairs(&bytes).into_iter().map(|(k, v)| (k, Value::String(v)))),
            "multipart/form-data" => {
                let boundary = full.split("boundary=").nth(1).unwrap_or_default().trim_matches('"').to_owned();
                for (name, file, body) in parts(&bytes, &boundary) {
                    match file {
                        true => drop(files.insert(name, body.len())),
                        false => drop(fields.insert(name, Value::String(String::from_utf8_lossy(body).into_owned()))),
                    }
                }
            }
            _ => {}
        }
        let query = pairs(query.as_bytes());
        let bearer = header("authorization");
        let token = bearer.split_once(' ').map(|(_, t)| t.to_owned());
        let given = || query.get("access_token").cloned().or_else(|| fields.get("access_token")?.as_str().map(str::to_owned));
        let token = token.or_else(given).unwrap_or_default();
        Self { method: method.into(), path: path.into(), query, kind, fields, files, token, headers, bytes }
    }

    /// The path in pieces.
    pub fn pieces(&self) -> Vec<&str> {
        self.path.split('/').filter(|p| !p.is_empty()).collect()
    }

    /// A field of the body, else of the query.
    pub fn get(&self, name: &str) -> String {
        match self.fields.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => self.query.get(name).cloned().unwrap_or_default(),
            Some(other) => other.to_string(),
        }
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    }
}

/// Name, whether it is a file, and bytes of each part (RFC 7578).
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<(String, bool, &'a [u8])> {
    let mark = format!("--{boundary}").into_bytes();
    let mut out = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(found) = find(&body[at..], &mark) {
        starts.push(at + found);
        at += found + mark.len();
    }
    for pair in starts.windows(2) {
        let inside = &body[pair[0] + mark.len()..pair[1]];
        let Some(split) = find(inside, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&inside[..split]).into_owned();
        let content = inside[split + 4..].strip_suffix(b"\r\n").unwrap_or(&inside[split + 4..]);
        let name = |key: &str| head.split(&format!("{key}=\"")).nth(1).and_then(|r| r.split('"').next()).map(str::to_owned);
        // `filename` ends in `name` too: take the one after a blank.
        let field = head.split(" name=\"").nth(1).and_then(|r| r.split('"').next()).unwrap_or_default().to_owned();
        out.push((field, name("filename").is_some(), content));
    }
    out
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() { None } else { text.windows(wanted.len()).position(|w| w == wanted) }
}

/// What a stand-in answers.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub headers: Vec<(&'static str, String)>,
    /// The connection breaks before the body is whole.
    pub lost: bool,
}

impl Reply {
    pub fn new(status: u16, body: Value) -> Self {
        Self { status, body, headers: Vec::new(), lost: false }
    }

    pub fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let body = if self.lost {
            let broken: Result<Bytes, std::io::Error> = Err(std::io::ErrorKind::ConnectionReset.into());
            Body::from_stream(futures::stream::iter([broken]))
        } else if self.body.is_null() {
            Body::empty()
        } else {
            Body::from(self.body.to_string())
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// An error body of OAuth 2 (RFC 6749 section 5.2).
pub(crate) fn denied(code: &str, words: &str) -> Reply {
    Reply::new(400, json!({ "error": code, "error_description": words }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multipart_body_is_taken_apart() {
        let body = "--B\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n3\r\n--B\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nxy\r\nz\r\n--B--\r\n";
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("multipart/form-data; boundary=B"));
        headers.insert("authorization", HeaderValue::from_static("Bearer t"));
        let call = Call::new("POST", "/a/b", "x=1&x=2", headers, Bytes::from(body));
        assert_eq!((call.get("segment_index"), call.files["media"], call.get("x")), ("3".into(), 5, "2".into()));
        assert_eq!((call.token.as_str(), call.pieces()), ("t", vec!["a", "b"]));
    }
}
