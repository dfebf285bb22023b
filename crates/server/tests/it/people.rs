//! A lake with accounts, and browsers without a browser: they keep cookies and carry the token of the page they saw.

use std::collections::BTreeMap;

use accounts::{NewPerson, OneTime};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use governance::{Rank, Role};
use tower::ServiceExt;

use crate::site::Site;

pub const PASSWORD: &str = "camel lantern well seven";

pub struct Browser<'a> {
    site: &'a Site,
    pub cookies: BTreeMap<String, String>,
    /// Token of the last page with a form.
    pub token: String,
}

#[derive(Debug)]
pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn to(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()).collect()
    }

    /// What stands between two texts of the page.
    pub fn between(&self, a: &str, b: &str) -> String {
        let found = self.body.split_once(a).and_then(|(_, rest)| rest.split_once(b));
        found.unwrap_or_else(|| panic!("no {a:?} in {} {}", self.status, self.body)).0.to_owned()
    }
}

impl<'a> Browser<'a> {
    pub fn new(site: &'a Site) -> Self {
        Browser { site, cookies: BTreeMap::new(), token: String::new() }
    }

    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Seen {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT_LANGUAGE, "en");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.site.routes.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let seen = Seen { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() };
        for cookie in seen.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some((_, rest)) = seen.body.split_once("name=\"token\" value=\"") {
            self.token = rest.split('"').next().unwrap().to_owned();
        }
        seen
    }

    pub async fn get(&mut self, path: &str) -> Seen {
        self.send(Method::GET, path, &[], "").await
    }

    /// A form of the page seen last.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.token.clone();
        self.post_as(path, &token, fields).await
    }

    pub async fn post_as(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Seen {
        let mut body = format!("token={token}");
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", pages::shell::encode(value)));
        }
        self.send(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], &body).await
    }

    /// Signs in by the page; gives where it led.
    pub async fn sign_in(&mut self, login: &str, password: &str, next: &str) -> Seen {
        self.get("/sign-in").await;
        self.post("/sign-in", &[("login", login), ("password", password), ("next", next)]).await
    }
}

impl Site {
    pub async fn person(&self, login: &str, roles: &[Role]) -> OneTime {
        let new = NewPerson {
            id: login.into(),
            name_en: login.into(),
            name_hi: "नाम".into(),
            rank: Rank::Inspector,
            roles: roles.to_vec(),
            clearances: Vec::new(),
            unit: None,
        };
        self.accounts.add("operator", new, self.lake.now()).await.unwrap().1
    }

    /// A person who is signed in, has nothing left to do first, and, if he works on cases, has one in hand. The authenticator's step is taken by a recovery code.
    pub async fn signed_in(&self, login: &str, roles: &[Role]) -> Browser<'_> {
        let one_time = self.person(login, roles).await;
        let mut browser = Browser::new(self);
        let seen = browser.sign_in(login, &one_time.password, "/").await;
        assert_eq!((seen.status, seen.to()), (StatusCode::SEE_OTHER, "/"), "{}", seen.body);
        browser.get("/account/password").await;
        let fields = [("old", one_time.password.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
        let seen = browser.post("/account/password", &fields).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        browser.enrol().await;
        if roles.iter().any(|role| role.reads_cases() && *role != Role::DataEngineer) {
            browser.get("/purpose").await;
            let seen = browser.post("/purpose", &[("purpose", "case"), ("reference", "27541001/0001/2025")]).await;
            assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        }
        browser
    }
}

impl Browser<'_> {
    /// Sets an authenticator up by the page; gives the recovery codes.
    pub async fn enrol(&mut self) -> Vec<String> {
        let page = self.get("/account/second").await;
        let secret = page.between("<code class=\"secret\">", "<").replace(' ', "");
        let seen = self.post("/account/second", &[("code", &totp(&secret)), ("password", PASSWORD)]).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
        seen.body.split("<code class=\"secret\">").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    }
}

/// The code of now, by the system's own tool: an authenticator that is not ours.
pub fn totp(secret: &str) -> String {
    let script = "import base64,hmac,hashlib,struct,sys,time\n\
        k=base64.b32decode(sys.argv[1]+'='*(-len(sys.argv[1])%8))\n\
        h=hmac.new(k,struct.pack('>Q',int(time.time())//30),hashlib.sha1).digest()\n\
        o=h[19]&15\n\
        print('%06d'%((struct.unpack('>I',h[o:o+4])[0]&0x7fffffff)%1000000))";
    let out = std::process::Command::new("python3").args(["-c", script, secret]).output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}
