//! Doors, sessions, tokens and forms of a lake with accounts.

use accounts::Scope;
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use governance::Role;

use crate::people::{Browser, PASSWORD};
use crate::site::Site;

const ROUTER: &str =
    concat!(include_str!("../../src/router.rs"), include_str!("../../src/desk.rs"), include_str!("../../src/work.rs"));

/// Routes with something in the place of their parameters.
fn paths() -> Vec<String> {
    let routes = ROUTER.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    routes
        .map(|r| r.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_first_account_every_door_closes() {
    let site = Site::filled().await;
    let mut stranger = Browser::new(&site);
    assert_eq!(stranger.get("/search").await.status, StatusCode::OK, "a lake without accounts has its operator");
    assert_eq!(stranger.get("/account").await.status, StatusCode::NOT_FOUND);
    site.person("boss", &[Role::Administrator]).await;
    let open =
        ["/assets/1", "/healthz", "/sign-in", "/sign-in/code", "/sign-in/sso", "/sign-in/sso/return", "/sign-in/sso/logout"];
    for path in paths() {
        for method in [Method::GET, Method::POST] {
            let seen = stranger.send(method.clone(), &path, &[], "").await;
            if open.contains(&path.as_str()) {
                continue;
            }
            if path.starts_with("/api/") {
                assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            } else {
                assert_eq!(seen.status, StatusCode::SEE_OTHER, "{method} {path}");
                assert!(seen.to().starts_with("/sign-in"), "{method} {path}: {}", seen.to());
            }
            assert!(!seen.body.to_lowercase().contains("parikshan"), "{method} {path}");
        }
    }
    assert_eq!(stranger.get("/nowhere").await.status, StatusCode::SEE_OTHER);
    assert_eq!(stranger.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(stranger.get("/search?q=7000000101").await.to(), "/sign-in?next=%2Fsearch%3Fq%3D7000000101");
    // A part of a page that reloads itself takes the whole page to the sign-in.
    let part = stranger.send(Method::GET, "/runs/1", &[("hx-request", "true")], "").await;
    assert_eq!(part.headers["hx-redirect"], "/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sign_in_leads_through_its_duties() {
    let site = Site::filled().await;
    let one_time = site.person("asha", &[Role::InvestigatingOfficer]).await;
    let mut browser = Browser::new(&site);
    // Fixation: a cookie that somebody else put there is not taken over.
    let planted = "A".repeat(43);
    browser.cookies.insert("sarovar_session".into(), planted.clone());
    let wrong = browser.sign_in("asha", "wrong wrong wrong", "/").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let unknown = browser.sign_in("nobody.here", "wrong wrong wrong", "/").await;
    let same = |seen: &crate::people::Seen| seen.between("role=\"alert\"", "</div>");
    assert_eq!(same(&wrong), same(&unknown), "it says the same whether the account exists or not");
    let seen = browser.sign_in("asha", &one_time.password, "/search?q=7000000101").await;
    assert_eq!((seen.status, seen.to()), (StatusCode::SEE_OTHER, "/search?q=7000000101"));
    let cookie = seen.cookies().into_iter().find(|c| c.starts_with("sarovar_session=")).unwrap().to_owned();
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/"), "{cookie}");
    assert_ne!(browser.cookies["sarovar_session"], planted);
    // Nothing else is open before.
    assert_eq!(browser.get("/search?q=7000000101").await.to(), "/account/password");
    let program = [("accept", "application/json")];
    assert_eq!(browser.send(Method::GET, "/api/v1/search?q=parikshan", &program, "").await.status, StatusCode::FORBIDDEN);
    browser.get("/account/password").await;
    let weak = [("old", one_time.password.as_str()), ("new", "short"), ("again", "short")];
    let refused = browser.post("/account/password", &weak).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Fewer than 12") && !refused.body.contains(&one_time.password));
    let differs = [("old", one_time.password.as_str()), ("new", PASSWORD), ("again", "camel lantern well eight")];
    assert!(browser.post("/account/password", &differs).await.body.contains("The two entries differ"));
    let fields = [("old", one_time.password.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.post("/account/password", &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/search").await.to(), "/account/second");
    let page = browser.get("/account/second").await;
    assert!(page.body.contains("<svg class=\"qr\"") && page.body.contains("otpauth://totp/Sarovar:asha"));
    assert!(browser.post("/account/second", &[("code", "000000")]).await.body.contains("The code is wrong"));
    let codes = browser.enrol().await;
    assert_eq!(codes.len(), 10);
    browser.get("/purpose").await;
    let opened = browser.post("/purpose", &[("purpose", "case"), ("reference", "27541001/0001/2025")]).await;
    assert_eq!(opened.to(), "/purpose", "{}", opened.body);
    assert!(browser.get("/search?q=7000000101").await.body.contains("Parikshan"));
    // The next time: password, then code; the first cookie alone opens nothing.
    let mut next = Browser::new(&site);
    let seen = next.sign_in("asha", PASSWORD, "/search?q=7000000101").await;
    assert_eq!(seen.to(), "/sign-in/code?next=%2Fsearch%3Fq%3D7000000101");
    assert!(!next.cookies.contains_key("sarovar_session"));
    let half = next.cookies["sarovar_second"].clone();
    let mut stolen = Browser::new(&site);
    stolen.cookies.insert("sarovar_session".into(), half);
    assert_eq!(stolen.get("/search").await.to(), "/sign-in?next=%2Fsearch");
    next.get(seen.to()).await;
    assert_eq!(next.post("/sign-in/code", &[("code", "000000"), ("next", "/")]).await.status, StatusCode::UNAUTHORIZED);
    let seen = next.post("/sign-in/code", &[("code", &codes[0]), ("next", "//evil.example")]).await;
    assert_eq!((seen.status, seen.to()), (StatusCode::SEE_OTHER, "/"), "nobody is sent to another site");
    assert_eq!(next.get("/search").await.status, StatusCode::OK);
    // Signing out ends it here and on the server.
    let kept = next.cookies["sarovar_session"].clone();
    assert_eq!(next.post("/sign-out", &[]).await.to(), "/sign-in");
    assert!(!next.cookies.contains_key("sarovar_session"));
    next.cookies.insert("sarovar_session".into(), kept);
    assert_eq!(next.get("/search").await.status, StatusCode::SEE_OTHER);
    // What the log holds of it: that, when, who; no secret, and no name that nobody has.
    let log = serde_json::to_string(&site.log()).unwrap();
    assert!(log.contains("\"sign-in\"") && log.contains("\"sign-out\"") && log.contains("own-password"), "{log}");
    for secret in [PASSWORD, &one_time.password, &codes[0], "nobody.here", "wrong wrong wrong"] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_open_their_own_doors() {
    let site = Site::filled().await;
    let mut boss = site.signed_in("boss", &[Role::Administrator]).await;
    let mut auditor = site.signed_in("meena", &[Role::Auditor]).await;
    let mut officer = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let mut nobody = site.signed_in("idle", &[]).await;
    for (path, boss_may, auditor_may, officer_may) in [
        ("/people", true, false, false),
        ("/people/new", true, false, false),
        ("/people/asha", true, false, false),
        ("/audit", false, true, false),
        ("/api/v1/audit", false, true, false),
        ("/search?q=7000000101", false, false, true),
        ("/person/cctns%3A275410012025000101", false, false, true),
        ("/api/v1/phone/7000000101", false, false, true),
        ("/catalogue/clean.cctns_person", false, false, true),
        ("/sql", false, false, true),
        ("/upload", false, false, false),
        ("/quarantine", false, false, false),
        ("/account", true, true, true),
    ] {
        for (who, browser, may) in
            [("boss", &mut boss, boss_may), ("auditor", &mut auditor, auditor_may), ("officer", &mut officer, officer_may)]
        {
            let status = browser.get(path).await.status;
            assert_eq!(status, if may { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{who} {path}");
        }
        let open = path == "/account";
        assert_eq!(nobody.get(path).await.status == StatusCode::OK, open, "nobody {path}");
    }
    // The site's first page is each one's own first page, and the navigation shows what is open.
    assert_eq!((boss.get("/").await.to(), auditor.get("/").await.to()), ("/people", "/audit"));
    let page = boss.get("/people").await;
    assert!(
        page.body.contains("href=\"/people\"") && !page.body.contains("href=\"/sql\"") && !page.body.contains("role=\"search\"")
    );
    assert_eq!(officer.get("/").await.status, StatusCode::OK);
    // Whom a door turned away is in the log.
    let turned: Vec<_> = site.log().into_iter().filter(|e| e.record.action == "refused").collect();
    assert!(turned.iter().any(|e| e.record.who == "boss" && e.record.what["route"] == "/person/{*key}" && !e.record.allowed));
    // What the door lets through still meets policy: a role without cases reads no table even by the library.
    let principal = site.accounts.principal("boss", site.lake.now()).await.unwrap().unwrap();
    let context = governance::Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let session = site.lake.session(&lake::Access { principal, context, at: lake::At::Now }).unwrap();
    assert!(session.rows("SELECT * FROM clean.cctns_person").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_counts_only_from_its_own_session() {
    let site = Site::filled().await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let mut ravi = site.signed_in("ravi", &[Role::InvestigatingOfficer]).await;
    asha.get("/account").await;
    ravi.get("/account").await;
    assert_ne!(asha.token, ravi.token);
    let fields = [("name", "script"), ("days", "9"), ("lake", "1")];
    let theirs = ravi.token.clone();
    for token in ["", "0123456789abcdef0123456789abcdef", theirs.as_str()] {
        assert_eq!(asha.post_as("/account/tokens", token, &fields).await.status, StatusCode::FORBIDDEN, "{token}");
    }
    // The cookie that guards forms before the sign-in is worth nothing after it.
    let before = asha.cookies["sarovar_token"].clone();
    assert_eq!(asha.post_as("/account/tokens", &before, &fields).await.status, StatusCode::FORBIDDEN);
    let good = format!("token={}&name=x&days=9&lake=1", accounts::form_token(&asha.cookies["sarovar_session"]));
    let form = ("content-type", "application/x-www-form-urlencoded");
    for foreign in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
        assert_eq!(asha.send(Method::POST, "/account/tokens", &[form, foreign], &good).await.status, StatusCode::FORBIDDEN);
    }
    assert!(site.accounts.tokens(None).await.unwrap().is_empty());
    assert_eq!(asha.send(Method::POST, "/account/tokens", &[form], &good).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_ends_or_revokes_what_is_anothers() {
    let site = Site::filled().await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let mut ravi = site.signed_in("ravi", &[Role::InvestigatingOfficer]).await;
    let device = site.accounts.devices("ravi", site.lake.now()).await.unwrap()[0].id.clone();
    let token = site.accounts.issue("ravi", "script", &[Scope::Lake], 9, site.lake.now()).await.unwrap();
    asha.get("/account").await;
    assert_eq!(asha.post(&format!("/account/sessions/{device}/end"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(asha.post(&format!("/account/tokens/{}/revoke", token.row.id), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(asha.post("/people/ravi/disable", &[]).await.status, StatusCode::FORBIDDEN);
    assert!(!asha.get("/account").await.body.contains(&device));
    assert_eq!(ravi.get("/search").await.status, StatusCode::OK);
    assert!(site.accounts.bearer(&token.text, site.lake.now()).await.is_ok());
    // Queries are their owner's too.
    ravi.get("/sql").await;
    let answer = ravi.post("/sql", &[("sql", "SELECT 41 + 1 AS n")]).await.to().to_owned();
    assert_eq!(ravi.get(&answer).await.status, StatusCode::OK);
    assert_eq!(asha.get(&answer).await.status, StatusCode::GONE);
    assert_eq!(asha.get(&format!("{answer}/export?format=csv")).await.status, StatusCode::GONE);
    // One's own: a second browser is listed, and ended from the first.
    let mut second = Browser::new(&site);
    let half = second.sign_in("ravi", PASSWORD, "/").await;
    assert!(half.to().starts_with("/sign-in/code"));
    let code = ravi.enrol().await.remove(0);
    second.get("/sign-in/code").await;
    assert_eq!(second.post("/sign-in/code", &[("code", &code), ("next", "/")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(second.get("/search").await.status, StatusCode::OK);
    let page = ravi.get("/account").await;
    let other = page.between("/account/sessions/", "/end");
    assert_eq!(ravi.post(&format!("/account/sessions/{other}/end"), &[]).await.to(), "/account");
    assert_eq!(second.get("/search").await.to(), "/sign-in?next=%2Fsearch");
    assert_eq!(ravi.get("/search").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_account_holds_with_the_next_click() {
    let site = Site::filled().await;
    let mut boss = site.signed_in("boss", &[Role::Administrator]).await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    assert_eq!(asha.get("/search?q=7000000101").await.status, StatusCode::OK);
    boss.get("/people/asha").await;
    let fields = [("name_en", "Asha"), ("name_hi", "आशा"), ("rank", "inspector"), ("role-social_writer", "1")];
    assert_eq!(boss.post("/people/asha", &fields).await.to(), "/people/asha");
    assert_eq!(asha.get("/search?q=7000000101").await.status, StatusCode::FORBIDDEN);
    boss.get("/people/asha").await;
    let both = [("name_en", "Asha"), ("role-auditor", "1"), ("role-social_writer", "1")];
    let refused = boss.post("/people/asha", &both).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("can have no other role"));
    assert_eq!(boss.post("/people/boss/disable", &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody's own");
    assert_eq!(boss.post("/people/asha/disable", &[]).await.to(), "/people/asha");
    assert_eq!(asha.get("/account").await.to(), "/sign-in?next=%2Faccount");
    assert_eq!(boss.post("/people/asha/enable", &[]).await.to(), "/people/asha");
    let shown = boss.post("/people/asha/password", &[]).await;
    let password = shown.between("<code class=\"secret\">", "<");
    assert_eq!(shown.headers["cache-control"], "no-store");
    // With the authenticator still set up, the one-time password alone is not enough either.
    let mut again = Browser::new(&site);
    assert!(again.sign_in("asha", &password, "/").await.to().starts_with("/sign-in/code"));
    // The new account's form says what is wrong, and keeps what was typed.
    boss.get("/people/new").await;
    let wrong = boss.post("/people/new", &[("login", "Not A Name"), ("name_en", "Some One"), ("role-approver", "1")]).await;
    assert!(wrong.body.contains("3 to 64") && wrong.body.contains("value=\"Some One\""), "{}", wrong.body);
    assert!(wrong.body.contains("name=\"role-approver\" value=\"1\" checked"));
    let made = boss.post("/people/new", &[("login", "new.one"), ("name_en", "New One"), ("rank", "constable")]).await;
    assert!(made.body.contains("One-time password of new.one"), "{}", made.body);
    let log = serde_json::to_string(&site.log()).unwrap();
    for change in ["\"add\"", "\"edit\"", "\"disable\"", "\"enable\"", "\"password\""] {
        assert!(log.contains(change), "{change}");
    }
    assert!(!log.contains(&password) && !log.contains(&made.between("<code class=\"secret\">", "<")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_holds_with_the_next_click() {
    let site = Site::filled().await;
    for (code, parent) in [("HQ", None), ("D1", Some("HQ")), ("T1", Some("D1")), ("T2", Some("D1"))] {
        site.unit(code, parent, "thana").await;
    }
    let mut boss = site.signed_in("boss", &[Role::Administrator]).await;
    let mut asha = site.signed_in("asha", &[Role::StationOfficer]).await;
    boss.get("/people/asha").await;
    assert_eq!(boss.post("/people/asha/transfer", &[("unit", "T1")]).await.to(), "/people/asha");
    assert!(asha.get("/account").await.body.contains("T1"));
    assert_eq!(boss.post("/people/asha/transfer", &[("unit", "T2")]).await.to(), "/people/asha");
    assert!(asha.get("/account").await.body.contains("T2"), "the same session");
    let page = boss.get("/people/asha").await;
    assert!(page.body.contains("Unit T1 (T1)") && page.body.contains("Unit T2 (T2)"));
    assert_eq!(boss.post("/people/asha/transfer", &[("unit", "T9")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_scope_and_its_owner_may() {
    let site = Site::filled().await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    asha.get("/account").await;
    let made = asha.post("/account/tokens", &[("name", "dashboard"), ("days", "9"), ("lake", "1"), ("audit", "1")]).await;
    let text = made.between("<code class=\"secret\">", "<");
    let mut program = Browser::new(&site);
    let owner = site.accounts.principal("asha", site.lake.now()).await.unwrap().unwrap();
    let work = site.accounts.works(&owner, site.lake.now()).await.unwrap().remove(0).row.id;
    let ask = async |program: &mut Browser<'_>, path: &str, token: &str| {
        program.send(Method::GET, path, &[("authorization", &format!("Bearer {token}")), ("sarovar-work", &work)], "").await
    };
    let bare = [("authorization", format!("Bearer {text}"))].map(|(name, value)| (name, value.leak() as &str));
    let without = program.send(Method::GET, "/api/v1/search?q=7000000101", &bare, "").await;
    assert_eq!(without.status, StatusCode::FORBIDDEN, "a program says for which piece of work");
    assert_eq!(ask(&mut program, "/api/v1/search?q=7000000101", &text).await.status, StatusCode::OK);
    // The scope is not enough where the owner may not go, nor the owner where the scope does not.
    assert_eq!(ask(&mut program, "/api/v1/audit", &text).await.status, StatusCode::FORBIDDEN);
    let narrow = site.accounts.issue("asha", "narrow", &[Scope::Intake], 9, site.lake.now()).await.unwrap().text;
    assert_eq!(ask(&mut program, "/api/v1/search?q=7000000101", &narrow).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&mut program, "/account", &text).await.status, StatusCode::FORBIDDEN, "no token makes tokens");
    // A query needs no form token with it; a change by cookie would.
    let bearer = format!("Bearer {text}");
    let head = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let seen = program.send(Method::POST, "/api/v1/sql", &head, r#"{"sql":"SELECT 41 + 1 AS n"}"#).await;
    assert!(seen.status == StatusCode::OK && seen.body.contains("42"), "{}", seen.body);
    // Whoever shows a bad token is nobody, even with a good cookie.
    for bad in ["", "sarovar_", &format!("{}x", &text[..text.len() - 1]), "Basic x"] {
        let seen = ask(&mut asha, "/api/v1/search?q=7000000101", bad).await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{bad}");
    }
    let short = site.accounts.issue("asha", "old", &[Scope::Lake], 1, site.lake.now() - TimeDelta::days(2)).await.unwrap().text;
    let expired = ask(&mut program, "/api/v1/search?q=7000000101", &short).await;
    assert!(expired.status == StatusCode::UNAUTHORIZED && expired.body.contains("expired"), "{}", expired.body);
    let page = asha.get("/account").await;
    let id = page.between("/account/tokens/", "/revoke");
    assert_eq!(asha.post(&format!("/account/tokens/{id}/revoke"), &[]).await.to(), "/account");
    let tokens = site.accounts.tokens(Some("asha")).await.unwrap();
    let dead = if tokens.iter().any(|t| t.id == id && t.name == "dashboard") { &text } else { &narrow };
    assert_eq!(ask(&mut program, "/api/v1/search?q=7000000101", dead).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_and_floods_are_slowed_down() {
    let site = Site::filled().await;
    site.person("boss", &[Role::Administrator]).await;
    let mut stranger = Browser::new(&site);
    // The pause doubles, so it soon outlasts the slowest machine's next try.
    let mut tries = 0;
    let wait = loop {
        let seen = stranger.sign_in("boss", "wrong wrong wrong", "/").await;
        match seen.status {
            StatusCode::TOO_MANY_REQUESTS => break seen,
            status => assert_eq!(status, StatusCode::UNAUTHORIZED),
        }
        tries += 1;
        assert!(tries < 20, "it never slows down");
    };
    assert!(tries >= 5, "{tries}: a few mistakes are free");
    assert!(wait.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    let mut flooded = 0;
    let turned_away = loop {
        let seen = stranger.post("/sign-in", &[("login", "x"), ("password", "x"), ("next", "/")]).await;
        if seen.body.contains("Too many requests") {
            break seen;
        }
        flooded += 1;
        assert!(flooded < 300, "the address is never limited");
    };
    assert_eq!(turned_away.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(turned_away.headers.contains_key("retry-after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_its_headers() {
    let site = Site::filled().await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let mut stranger = Browser::new(&site);
    for path in ["/sign-in", "/search", "/nowhere", "/api/v1/search?q=x", "/healthz"] {
        for (who, browser) in [("stranger", &mut stranger), ("asha", &mut asha)] {
            let seen = browser.get(path).await;
            let of = |name: &str| seen.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
            assert!(of("content-security-policy").starts_with("default-src 'none'"), "{who} {path}");
            assert!(of("content-security-policy").contains("frame-ancestors 'none'"), "{who} {path}");
            assert_eq!(of("x-content-type-options"), "nosniff", "{who} {path}");
            assert_eq!(of("referrer-policy"), "same-origin", "{who} {path}");
            assert_eq!(of("cache-control"), "no-store", "{who} {path}");
            assert!(of("strict-transport-security").is_empty(), "not without TLS");
        }
    }
    // Behind TLS: cookies that no other host can set and no plain line carries.
    let tls = server::Site::at(Some("https://lake.example.org"), true).unwrap();
    let site = site.at(tls);
    let mut browser = Browser::new(&site);
    let one_time = site.person("tls", &[Role::InvestigatingOfficer]).await;
    let seen = browser.sign_in("tls", &one_time.password, "/").await;
    assert!(seen.headers["strict-transport-security"].to_str().unwrap().contains("max-age"));
    let cookie = seen.cookies().into_iter().find(|c| c.starts_with("__Host-sarovar=")).unwrap().to_owned();
    assert!(cookie.contains("; Secure") && cookie.contains("; Path=/") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(browser.get("/account").await.to(), "/account/password");
}

/// What comes from a source file, a browser or a form is shown, and never runs.
#[tokio::test(flavor = "multi_thread")]
async fn no_text_from_outside_becomes_markup() {
    let site = Site::filled().await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer, Role::DataEngineer]).await;
    let hostile = site.object("hostile.csv").await;
    asha.get("/sql").await;
    let answer =
        asha.post("/sql", &[("sql", "SELECT * FROM clean.cctns_person -- <script>alert(3)</script>")]).await.to().to_owned();
    let mut shown = 0;
    for path in [
        "/search?q=7000000909".to_owned(),
        "/search?q=%3Cscript%3Ealert(4)%3C/script%3E".to_owned(),
        "/person/cctns%3A275410012025000901".to_owned(),
        "/phone/7000000909".to_owned(),
        "/case/27541001/0001/2025".to_owned(),
        "/catalogue/clean.cctns_person".to_owned(),
        format!("/object/{hostile}"),
        format!("/object/{hostile}/row/2"),
        answer,
        "/sql?q=%22%3E%3Cscript%3Ealert(5)%3C/script%3E".to_owned(),
        "/runs".to_owned(),
        "/".to_owned(),
    ] {
        let seen = asha.get(&path).await;
        assert!(seen.status.is_success() || seen.status == StatusCode::MULTIPLE_CHOICES, "{path}: {}", seen.status);
        let low = seen.body.to_lowercase();
        assert!(!low.contains("<script>alert") && !low.contains("<img src=x"), "{path} runs what a file said");
        shown += usize::from(low.contains("&lt;script&gt;alert") || low.contains("&#60;script&#62;alert"));
    }
    assert!(shown >= 5, "the hostile row is seen at all: {shown}");
    // A browser that calls itself a script, a person and a token named like one.
    let mut boss = site.signed_in("boss", &[Role::Administrator]).await;
    boss.get("/people/asha").await;
    let name = "<script>alert(6)</script>";
    boss.post("/people/asha", &[("name_en", name), ("name_hi", name), ("role-investigating_officer", "1")]).await;
    asha.get("/account").await;
    asha.post("/account/tokens", &[("name", "<script>alert(7)</script>"), ("days", "9"), ("lake", "1")]).await;
    let token = asha.token.clone();
    let agent = [("user-agent", "<script>alert(8)</script>"), ("content-type", "application/x-www-form-urlencoded")];
    asha.send(Method::POST, "/sign-out", &agent, &format!("token={token}")).await;
    for seen in
        [boss.get("/people").await, boss.get("/people/asha").await, asha.get("/sign-in?next=%22%3E%3Cscript%3Ealert(9)").await]
    {
        assert!(!seen.body.contains("<script>alert"), "{}", seen.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_is_offered_his_unit_and_those_below() {
    let site = Site::filled().await;
    let empty = site.get("/desk/new").await;
    assert!(empty.body.contains("sarovar user units"), "{}", empty.body);
    for (code, parent) in [("2754", None), ("27541001", Some("2754")), ("2755", None), ("27551001", Some("2755"))] {
        site.unit(code, parent, "district").await;
    }
    site.lake.store().put_officer("asha", "2754", "writer").await.unwrap();
    let mut browser = site.signed_in("asha", &[Role::SocialWriter]).await;
    for path in ["/desk/new", "/desk/campaigns", "/desk/media", "/desk/replies", "/desk/shelf", "/desk/many"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains("value=\"2754\" selected") && page.body.contains("value=\"27541001\""), "{path}");
        assert!(!page.body.contains("value=\"2755\"") && !page.body.contains("sarovar user units"), "{path}");
    }
    let inbox = browser.get("/desk/inbox").await;
    assert!(inbox.body.contains("value=\"27541001\"") && !inbox.body.contains("27551001"));
}
