//! Single sign-on against a certified provider (oidc-provider, of npm): its discovery, PKCE, nonce, refresh and back-channel logout.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use accounts::oidc::{LogoutError, Provider, Settings};
use accounts::{Accounts, Opened, SignInError};
use chrono::{DateTime, TimeDelta, Utc};
use governance::Role;
use proving::Program;
use store::Store;

use crate::desk::{accounts, from, person, units};

const BACK: &str = "http://127.0.0.1:9/sign-in/sso/return";

/// A provider and a lake's accounts.
struct Door {
    provider: Provider,
    accounts: Accounts,
    issuer: String,
    settings: Settings,
    _program: Program,
    _home: tempfile::TempDir,
}

impl Door {
    async fn new(claim: &str, create: bool) -> Option<Door> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oidc");
        let Some(program) = Program::node(&folder, "provider.mjs", &[BACK, "http://127.0.0.1:9/left"]) else {
            eprintln!("skipped: no OpenID provider here (`npm --prefix tests/oidc ci`)");
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        let store = Store::open_in(home.path(), Utc::now()).await.unwrap();
        let accounts = accounts(&store);
        units(&store).await;
        let issuer = program.said.clone();
        let settings = Settings {
            issuer: issuer.clone(),
            client: "sarovar".into(),
            secret: Some("a-secret-for-tests-only".into()),
            claim: claim.into(),
            create,
            scopes: ["profile", "email", "offline_access"].map(str::to_owned).to_vec(),
            redirect: BACK.into(),
        };
        accounts.add("operator", person("boss", &[Role::Administrator], None), Utc::now()).await.unwrap();
        accounts.add("boss", person("asha", &[Role::InvestigatingOfficer], Some("T1")), Utc::now()).await.unwrap();
        let provider = Provider::new(settings.clone()).unwrap();
        Some(Door { provider, accounts, issuer, settings, _program: program, _home: home })
    }

    /// The whole way of one person, as a browser goes it. Gives the session and where to go.
    async fn enter(&self, who: &str) -> Result<(Opened, String), SignInError> {
        let now = Utc::now();
        let begun = self.accounts.sso_begin(&self.provider, "/search?q=1", now).await?;
        let back = Browser::default().through(&begun.url, who).await;
        self.accounts.sso_end(&self.provider, &back["state"], &back["code"], &begun.secret, &from("192.0.2.1"), Utc::now()).await
    }

    async fn order(&self, path: &str) -> String {
        reqwest::get(format!("{}/order/{path}", self.issuer)).await.unwrap().text().await.unwrap()
    }

    async fn is_in(&self, opened: &Opened, now: DateTime<Utc>) -> bool {
        self.accounts.signed(&opened.secret, now).await.unwrap().is_some()
    }
}

/// What a browser does at the provider: keeps cookies, follows redirects, fills forms.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    async fn through(&mut self, url: &str, who: &str) -> BTreeMap<String, String> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let (mut url, mut form) = (reqwest::Url::parse(url).unwrap(), None::<Vec<(&str, String)>>);
        for _ in 0..20 {
            let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let request = match &form {
                Some(fields) => client.post(url.clone()).form(fields),
                None => client.get(url.clone()),
            };
            let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
            }
            if let Some(place) = answer.headers().get("location") {
                url = url.join(place.to_str().unwrap()).unwrap();
                form = None;
                if url.as_str().starts_with(BACK) {
                    return url.query_pairs().into_owned().collect();
                }
                continue;
            }
            let text = answer.text().await.unwrap();
            let between = |a: &str, b: &str| text.split_once(a).and_then(|(_, rest)| Some(rest.split_once(b)?.0.to_owned()));
            let action = between("action=\"", "\"").unwrap_or_else(|| panic!("no form at {url}: {text}"));
            let prompt = between("name=\"prompt\" value=\"", "\"").unwrap();
            url = url.join(&action).unwrap();
            form = Some(vec![("prompt", prompt), ("login", who.into()), ("password", "anything".into())]);
        }
        panic!("the provider never sent back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_says_who_and_the_lake_what_he_may() {
    let Some(door) = Door::new("preferred_username", false).await else { return };
    let (opened, next) = door.enter("asha").await.unwrap();
    assert_eq!((opened.account.as_str(), next.as_str()), ("asha", "/search?q=1"));
    let signed = door.accounts.signed(&opened.secret, Utc::now()).await.unwrap().unwrap();
    // The second factor is the provider's business, and so is the one-time password that asha never used.
    assert!(signed.duty.is_none());
    assert_eq!(door.accounts.principal("asha", Utc::now()).await.unwrap().unwrap().above.join(">"), "HQ>R1>D1>T1");
    // Nobody gets in by being known at the provider alone.
    assert!(matches!(door.enter("stranger").await, Err(SignInError::Stranger)));
    assert!(door.accounts.person("stranger", Utc::now()).await.unwrap().is_none());
    // The user name was given to somebody else there; the account stays its owner's.
    assert!(matches!(door.enter("asha#2").await, Err(SignInError::Stranger)));
    assert!(door.enter("asha").await.is_ok());
    // Closed here is closed, whatever the provider says.
    door.accounts.disable("boss", "asha", Utc::now()).await.unwrap();
    assert!(matches!(door.enter("asha").await, Err(SignInError::Stranger)));
    assert!(!door.is_in(&opened, Utc::now()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_made_only_where_the_operator_said_so_and_have_no_role() {
    let Some(door) = Door::new("email", true).await else { return };
    let (opened, _) = door.enter("newcomer").await.unwrap();
    let person = door.accounts.expect(&opened.account, Utc::now()).await.unwrap();
    assert_eq!((person.id.as_str(), person.roles.as_slice(), person.created_by.as_str()), ("newcomer", &[][..], "sso"));
    assert!(door.accounts.sign_in("newcomer", "", &from("192.0.2.1"), Utc::now()).await.is_err(), "it has no password");
    // An address that nobody verified leads to nobody.
    assert!(matches!(door.enter("unverified").await, Err(SignInError::Stranger)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_belongs_to_one_browser_and_counts_once() {
    let Some(door) = Door::new("preferred_username", false).await else { return };
    let (accounts, provider, now) = (&door.accounts, &door.provider, Utc::now());
    let mine = accounts.sso_begin(provider, "/", now).await.unwrap();
    let theirs = accounts.sso_begin(provider, "/", now).await.unwrap();
    assert!(mine.url.contains("code_challenge_method=S256") && mine.url.contains("nonce=") && mine.url.contains("state="));
    let back = Browser::default().through(&theirs.url, "asha").await;
    let end = |state: String, code: String, secret: String, now| async move {
        accounts.sso_end(provider, &state, &code, &secret, &from("192.0.2.1"), now).await
    };
    // Somebody else's way back, opened in this browser, signs nobody in as him.
    let (state, code) = (back["state"].clone(), back["code"].clone());
    assert!(matches!(end(state.clone(), code.clone(), mine.secret.clone(), now).await, Err(SignInError::Over)));
    assert!(matches!(end(String::new(), code.clone(), String::new(), now).await, Err(SignInError::Over)));
    // Another flow's code does not fit: nonce and verifier are of this one.
    let foreign = end(mine.secret.clone(), code.clone(), mine.secret.clone(), now).await;
    assert!(matches!(foreign, Err(SignInError::Provider(_))), "{foreign:?}");
    let replayed = end(mine.secret.clone(), code, mine.secret, now).await;
    assert!(matches!(replayed, Err(SignInError::Over)), "a flow ends once: {replayed:?}");
    // Ten minutes are enough.
    let slow = accounts.sso_begin(provider, "/", now).await.unwrap();
    let back = Browser::default().through(&slow.url, "asha").await;
    let late = end(back["state"].clone(), back["code"].clone(), slow.secret, now + TimeDelta::minutes(11)).await;
    assert!(matches!(late, Err(SignInError::Over)), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_another_time_or_for_another_client_are_refused() {
    let Some(door) = Door::new("preferred_username", false).await else { return };
    // Clocks that differ: half a minute passes, ten minutes do not.
    for (skew, fits) in [(-30, true), (30, true), (600, false), (-600, false)] {
        let begun = door.accounts.sso_begin(&door.provider, "/", Utc::now() + TimeDelta::seconds(skew)).await.unwrap();
        let back = Browser::default().through(&begun.url, "asha").await;
        let now = Utc::now() + TimeDelta::seconds(skew);
        let ended =
            door.accounts.sso_end(&door.provider, &back["state"], &back["code"], &begun.secret, &from("192.0.2.1"), now).await;
        assert_eq!(ended.is_ok(), fits, "{skew}: {ended:?}");
    }
    let wrong = Provider::new(Settings { secret: Some("not the secret".into()), ..door.settings.clone() }).unwrap();
    let begun = door.accounts.sso_begin(&wrong, "/", Utc::now()).await.unwrap();
    let back = Browser::default().through(&begun.url, "asha").await;
    let ended = door.accounts.sso_end(&wrong, &back["state"], &back["code"], &begun.secret, &from("192.0.2.1"), Utc::now()).await;
    assert!(matches!(ended, Err(SignInError::Provider(_))), "{ended:?}");
    // An issuer that names itself otherwise, or is not there, is said.
    for issuer in [format!("{}/", door.issuer), "http://127.0.0.1:1".into()] {
        let other = Provider::new(Settings { issuer, ..door.settings.clone() }).unwrap();
        assert!(matches!(door.accounts.sso_begin(&other, "/", Utc::now()).await, Err(SignInError::Provider(_))));
    }
    assert!(Provider::new(Settings { issuer: "nonsense".into(), ..door.settings.clone() }).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_dismissed_at_the_provider_is_out_with_the_next_renewal() {
    let Some(door) = Door::new("preferred_username", false).await else { return };
    let (opened, _) = door.enter("asha").await.unwrap();
    let renew = async |minutes: i64| {
        let now = Utc::now() + TimeDelta::minutes(minutes);
        let signed = door.accounts.signed(&opened.secret, now).await.unwrap().unwrap();
        door.accounts.sso_renew(&door.provider, &signed, now).await.unwrap()
    };
    assert!(renew(0).await, "not due yet");
    // Due, twice in a row: the refresh token was replaced by the first. Two requests at once ask once.
    for minutes in [2, 4] {
        let (one, two) = tokio::join!(renew(minutes), renew(minutes));
        assert!(one && two, "{minutes}");
    }
    door.order("dismiss?who=asha").await;
    assert!(!renew(6).await);
    assert!(!door.is_in(&opened, Utc::now()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_logs_out_and_nobody_else_does() {
    let Some(door) = Door::new("preferred_username", false).await else { return };
    let (first, _) = door.enter("asha").await.unwrap();
    let token = door.order("token?who=asha&jti=1").await;
    // Forged, changed, for somebody else, of another time: refused, and nobody is out.
    let (head, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let none = format!("eyJhbGciOiJub25lIn0.{body}.");
    let mac = format!("eyJhbGciOiJIUzI1NiJ9.{body}.{signature}");
    let mut forged = vec![none, mac, format!("{head}.{body}."), format!("{head}.{body}.{}", &signature[..signature.len() - 8])];
    forged.extend([String::new(), "a.b".into(), "x".repeat(10_000)]);
    let now = Utc::now().timestamp();
    for change in [
        "set-aud=\"other\"".to_owned(),
        "set-iss=\"http://127.0.0.1:1\"".to_owned(),
        format!("set-iat={}", now + 600),
        format!("set-exp={}", now - 600),
        "set-nonce=\"n\"".to_owned(),
        "set-events={}".to_owned(),
        "set-jti=\"\"".to_owned(),
    ] {
        let token =
            door.order(&format!("token?who=asha&{}", change.replace('"', "%22").replace('{', "%7B").replace('}', "%7D"))).await;
        forged.push(token);
    }
    for token in forged {
        let refused = door_logout(&door.accounts, &door.provider, &token).await;
        assert!(matches!(refused, Err(LogoutError::Refused(_))), "{refused:?}: {token}");
    }
    assert!(door.is_in(&first, Utc::now()).await);
    // The provider's own word ends that session, once.
    assert_eq!(door_logout(&door.accounts, &door.provider, &token).await.unwrap(), 1);
    assert!(!door.is_in(&first, Utc::now()).await);
    let (again, _) = door.enter("asha").await.unwrap();
    assert!(matches!(door_logout(&door.accounts, &door.provider, &token).await, Err(LogoutError::Refused(_))), "replayed");
    assert!(door.is_in(&again, Utc::now()).await);
    // Without a session's name it ends all of the person.
    let person = door.order("token?who=asha&sid=no").await;
    assert_eq!(door_logout(&door.accounts, &door.provider, &person).await.unwrap(), 1);
    assert!(!door.is_in(&again, Utc::now()).await);
}

async fn door_logout(accounts: &Accounts, provider: &Provider, token: &str) -> Result<u64, LogoutError> {
    tokio::time::timeout(Duration::from_secs(20), accounts.sso_logout(provider, token, Utc::now())).await.unwrap()
}
