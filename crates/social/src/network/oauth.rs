//! Connecting an account: a person agrees at the network, a code comes back, tokens go into the vault (RFC 6749; RFC 7636 where the
//! network offers it). Addresses and permissions are data: `data/oauth.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Client;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Channel, Secret, Trouble, answer, text, web};
use crate::limit::NetworkName;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    address: String,
    authorize: String,
    token: String,
    scopes: Vec<String>,
    separator: String,
    #[serde(default)]
    pkce: bool,
    /// The application names itself by HTTP Basic, not in the form.
    #[serde(default)]
    basic: bool,
    #[serde(default)]
    extra: BTreeMap<String, String>,
    /// Days before its end at which a token that cannot be renewed by program is warned of.
    #[serde(default)]
    warn_days: i64,
}

static ENTRIES: LazyLock<BTreeMap<NetworkName, Entry>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../../data/oauth.yaml")).unwrap_or_default());

fn entry(network: NetworkName) -> Result<&'static Entry, Trouble> {
    let none = || Trouble::Impossible(format!("{network} is connected with an app password: `sarovar channel connect`"));
    ENTRIES.get(&network).ok_or_else(none)
}

/// The network's usual base address; empty where every server has its own.
pub fn usual_address(network: NetworkName) -> &'static str {
    ENTRIES.get(&network).map_or("", |e| &e.address)
}

/// Days before its end at which a person should renew a token of this network.
pub fn warn_days(network: NetworkName) -> i64 {
    ENTRIES.get(&network).map_or(0, |e| e.warn_days)
}

/// The longest time of any network.
pub fn most_warn_days() -> i64 {
    ENTRIES.values().map(|e| e.warn_days).max().unwrap_or_default()
}

impl Entry {
    fn place(&self, template: &str, address: &str) -> String {
        let path = Url::parse(template).map(|u| u.path().to_owned()).unwrap_or_default();
        match template.contains("{address}") {
            true => template.replace("{address}", address),
            false if address == self.address => template.to_owned(),
            false => format!("{address}{path}"),
        }
    }
}

/// The department's application at a network.
#[derive(Debug, Clone)]
pub struct App {
    pub network: NetworkName,
    /// Base address of the network.
    pub address: String,
    pub id: String,
    pub secret: String,
    /// Where the network sends the person back to.
    pub redirect: String,
}

/// What a person is sent to agree to.
#[derive(Debug, Clone)]
pub struct Consent {
    pub address: String,
    /// Comes back with the code; a secret of this one attempt.
    pub state: String,
    pub verifier: String,
}

/// An account that came back with the code.
#[derive(Debug, Clone)]
pub struct Grant {
    pub remote: String,
    pub handle: String,
    pub secret: Secret,
}

fn random() -> Result<String, Trouble> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Trouble::Later("the system gives no random numbers".into()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The address at which a person agrees.
pub fn begin(app: &App) -> Result<Consent, Trouble> {
    let e = entry(app.network)?;
    let (state, verifier) = (random()?, random()?);
    let wrong = |why: &dyn std::fmt::Display| Trouble::Impossible(format!("{:?} is no address: {why}", app.address));
    let mut address = Url::parse(&e.place(&e.authorize, &app.address)).map_err(|e| wrong(&e))?;
    {
        let mut query = address.query_pairs_mut();
        query.append_pair("response_type", "code").append_pair("client_id", &app.id).append_pair("redirect_uri", &app.redirect);
        query.append_pair("scope", &e.scopes.join(&e.separator)).append_pair("state", &state);
        if e.pkce {
            query.append_pair("code_challenge", &challenge(&verifier)).append_pair("code_challenge_method", "S256");
        }
        for (name, value) in &e.extra {
            query.append_pair(name, value);
        }
    }
    Ok(Consent { address: address.into(), state, verifier })
}

/// RFC 7636 section 4.2, method S256.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// What a consent brought.
#[derive(Debug, Clone, Default)]
pub struct Granted {
    pub grants: Vec<Grant>,
    /// Names of pages that came without a token, or that have no account of the network asked for: nothing can be published there.
    pub left_out: Vec<String>,
}

/// Turns the code into tokens and asks whose they are. A person may agree for several pages at once.
pub async fn finish(app: &App, code: &str, verifier: &str) -> Result<Granted, Trouble> {
    let client = web::client(app.network.limits())?;
    let e = entry(app.network)?;
    let mut form =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &app.redirect), ("client_id", &app.id)];
    if e.pkce {
        form.push(("code_verifier", verifier));
    }
    let blank = Secret { client_id: app.id.clone(), client_secret: app.secret.clone(), ..Secret::default() };
    let first = token(&client, app.network, &app.address, &blank, form).await?;
    match app.network {
        NetworkName::Facebook | NetworkName::Instagram => pages(&client, app, first).await,
        _ => Ok(Granted { grants: one(app, first).await?, left_out: Vec::new() }),
    }
}

async fn one(app: &App, secret: Secret) -> Result<Vec<Grant>, Trouble> {
    let network = super::Networks::all()?;
    let channel = Channel {
        account: String::new(),
        handle: String::new(),
        remote: String::new(),
        address: app.address.clone(),
        secret: secret.clone(),
    };
    let seen = network.get(app.network)?.probe(&channel).await?;
    Ok(vec![Grant { remote: seen.remote, handle: seen.handle, secret }])
}

/// Meta: the short token becomes one of sixty days, and that one gives each page its own, which does not run out.
async fn pages(client: &Client, app: &App, first: Secret) -> Result<Granted, Trouble> {
    let query = [
        ("grant_type", "fb_exchange_token"),
        ("client_id", app.id.as_str()),
        ("client_secret", app.secret.as_str()),
        ("fb_exchange_token", first.access.as_str()),
    ];
    let request = client.get(format!("{}/oauth/access_token", app.address)).query(&query);
    let long = secret(&answer::ask(app.network, request).await?.body, &first)?;
    let fields = "id,name,access_token,tasks,instagram_business_account{id,username}";
    let request = client.get(format!("{}/me/accounts", app.address)).bearer_auth(&long.access);
    let body = answer::ask(app.network, request.query(&[("fields", fields), ("limit", "100")])).await?.body;
    let mut granted = Granted::default();
    for page in body["data"].as_array().into_iter().flatten() {
        let (access, name) = (text(&page["access_token"]), text(&page["name"]));
        let secret = Secret { access, expires_at: None, ..long.clone() };
        let account = page["instagram_business_account"].as_object();
        let of = |k: &str| account.and_then(|a| a.get(k)).map(text).unwrap_or_default();
        // A page the person has no task on comes without a token: nothing could be published there.
        match (app.network, secret.access.is_empty(), account) {
            (_, true, _) => granted.left_out.push(name),
            (NetworkName::Facebook, ..) => granted.grants.push(Grant { remote: text(&page["id"]), handle: name, secret }),
            (_, _, Some(_)) => granted.grants.push(Grant { remote: of("id"), handle: of("username"), secret }),
            (_, _, None) => granted.left_out.push(name),
        }
    }
    Ok(granted)
}

async fn token(
    client: &Client,
    network: NetworkName,
    address: &str,
    old: &Secret,
    mut form: Vec<(&str, &str)>,
) -> Result<Secret, Trouble> {
    let e = entry(network)?;
    let mut request = client.post(e.place(&e.token, address));
    if e.basic && !old.client_secret.is_empty() {
        request = request.basic_auth(&old.client_id, Some(&old.client_secret));
    } else if !old.client_secret.is_empty() {
        form.push(("client_secret", &old.client_secret));
    }
    secret(&answer::ask(network, request.form(&form)).await?.body, old)
}

/// A new secret from an answer of RFC 6749 section 5.1; what it does not name stays.
pub(super) fn secret(body: &Value, old: &Secret) -> Result<Secret, Trouble> {
    let access = text(&body["access_token"]);
    if access.is_empty() {
        return Err(Trouble::Reconnect("the network answered without a token".into()));
    }
    let now = chrono::Utc::now().timestamp_micros();
    let refresh = body["refresh_token"].as_str().map_or_else(|| old.refresh.clone(), str::to_owned);
    let expires_at = body["expires_in"].as_i64().map(|s| now + s * 1_000_000);
    Ok(Secret { access, refresh, expires_at, ..old.clone() })
}

/// Renews a token with its refresh token, which may be good only once: the caller keeps the answer before using it.
pub(super) async fn refresh(client: &Client, network: NetworkName, channel: &Channel) -> Result<Secret, Trouble> {
    if channel.secret.refresh.is_empty() {
        return Err(Trouble::Reconnect(format!("{} came without a token to renew it with", channel.handle)));
    }
    let form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", channel.secret.refresh.as_str()),
        ("client_id", channel.secret.client_id.as_str()),
    ];
    match token(client, network, &channel.address, &channel.secret, form).await {
        // A refusal of the refresh token is final, whatever it is called.
        Err(Trouble::Expired(why) | Trouble::Content(why)) => Err(Trouble::Reconnect(why)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(network: NetworkName, address: &str) -> App {
        App {
            network,
            address: address.into(),
            id: "app-1".into(),
            secret: "s".into(),
            redirect: "https://desk.example.org/back".into(),
        }
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        assert_eq!(challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn nobody_asks_for_likes_or_follows() {
        assert_eq!(ENTRIES.len(), 5);
        let asked: Vec<&String> = ENTRIES.values().flat_map(|e| &e.scopes).collect();
        assert!(!asked.iter().any(|s| ["like", "follow", "repost", "favourite"].iter().any(|w| s.contains(w))), "{asked:?}");
    }

    #[test]
    fn a_consent_names_application_permissions_and_a_fresh_state() {
        let a = begin(&app(NetworkName::X, "https://api.x.com")).unwrap();
        let b = begin(&app(NetworkName::X, "https://api.x.com")).unwrap();
        assert_ne!((&a.state, &a.verifier), (&b.state, &b.verifier));
        let url = Url::parse(&a.address).unwrap();
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((url.host_str(), query["state"].as_str()), (Some("x.com"), a.state.as_str()));
        assert!(query["scope"].contains("offline.access") && query["code_challenge"] == challenge(&a.verifier));
        let on_test = begin(&app(NetworkName::Youtube, "http://127.0.0.1:9")).unwrap().address;
        assert!(on_test.starts_with("http://127.0.0.1:9/o/oauth2/v2/auth?"), "{on_test}");
        assert!(begin(&app(NetworkName::Bluesky, "https://bsky.social")).is_err());
        assert!(begin(&app(NetworkName::Mastodon, "no address")).unwrap_err().to_string().contains("no address"));
    }
}
