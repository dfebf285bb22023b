//! Single sign-on by OpenID Connect (Core 1.0, Discovery 1.0): the authorisation code flow with PKCE (RFC 7636), state and nonce.
//!
//! A provider says *who* somebody is; what he may do stays with the lake's own accounts. Who is who is settled at the first
//! sign-in by a claim the operator chose, and from then on by the provider's `sub`, which is never given to somebody else: a
//! name that the provider hands to another person leads nowhere.

mod logout;
mod web;

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use governance::Rank;
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreTokenResponse};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::RwLock;

use crate::error::{AccountError, Result};
use crate::person::{self, NewPerson};
use crate::session::{Opened, Opening, Signed};
use crate::signin::{SignInError, Whence};
use crate::{Accounts, micros, random};

pub use logout::LogoutError;

/// How long a sign-in at the provider may take.
const FLOW: TimeDelta = TimeDelta::minutes(10);
/// How far two clocks may be apart.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// How long the provider's description and keys are believed without asking again.
const FRESH: Duration = Duration::from_secs(600);
/// How often the provider is asked whether somebody is still known there, when it does not say itself.
const RENEW: TimeDelta = TimeDelta::minutes(10);

/// What the operator says of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Its issuer, exactly as it names itself.
    pub issuer: String,
    pub client: String,
    pub secret: Option<String>,
    /// The claim that holds the sign-in name of the account: `preferred_username`, `email`, or another.
    pub claim: String,
    /// Whether somebody without an account gets one, without any role.
    pub create: bool,
    pub scopes: Vec<String>,
    /// Where the provider sends people back to.
    pub redirect: String,
}

impl Settings {
    /// From `SAROVAR_OIDC_ISSUER`, `_CLIENT`, `_SECRET`, `_CLAIM`, `_CREATE` and `_SCOPES`; none without an issuer. `address` is
    /// the site's own.
    pub fn from_environment(address: Option<&str>) -> std::result::Result<Option<Settings>, String> {
        let given = |name: &str| std::env::var(format!("SAROVAR_OIDC_{name}")).ok().filter(|text| !text.is_empty());
        let Some(issuer) = given("ISSUER") else { return Ok(None) };
        let missing = |what: &str| format!("SAROVAR_OIDC_ISSUER is set, so {what} must be");
        let address = address.ok_or_else(|| missing("--address (SAROVAR_ADDRESS), where people are sent back to,"))?;
        let create = match given("CREATE").as_deref() {
            None | Some("no") => false,
            Some("yes") => true,
            Some(other) => return Err(format!("SAROVAR_OIDC_CREATE is {other:?}; use yes or no")),
        };
        let scopes = given("SCOPES").unwrap_or_else(|| "profile email offline_access".into());
        Ok(Some(Settings {
            issuer,
            client: given("CLIENT").ok_or_else(|| missing("SAROVAR_OIDC_CLIENT"))?,
            secret: given("SECRET"),
            claim: given("CLAIM").unwrap_or_else(|| "preferred_username".into()),
            create,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            redirect: format!("{}/sign-in/sso/return", address.trim_end_matches('/')),
        }))
    }
}

/// The provider.
pub struct Provider {
    settings: Settings,
    web: web::Web,
    known: RwLock<Option<(Instant, CoreProviderMetadata)>>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({})", self.settings.issuer)
    }
}

/// Where to send a browser, and the secret that ties the flow to it.
#[derive(Debug, Clone)]
pub struct Begun {
    pub url: String,
    pub secret: String,
}

/// What is remembered between the two halves of a flow.
#[derive(Serialize, Deserialize)]
struct Flow {
    nonce: String,
    verifier: String,
    next: String,
}

impl Provider {
    pub fn new(settings: Settings) -> std::result::Result<Self, String> {
        IssuerUrl::new(settings.issuer.clone()).map_err(|e| format!("SAROVAR_OIDC_ISSUER {:?}: {e}", settings.issuer))?;
        RedirectUrl::new(settings.redirect.clone()).map_err(|e| format!("the site's address {:?}: {e}", settings.redirect))?;
        Ok(Provider { settings, web: web::Web::new()?, known: RwLock::default() })
    }

    /// What the provider says of itself; `anew` asks again although it was asked lately (its keys may have changed).
    async fn metadata(&self, anew: bool) -> std::result::Result<CoreProviderMetadata, String> {
        if !anew
            && let Some((at, metadata)) = &*self.known.read().await
            && at.elapsed() < FRESH
        {
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|e| e.to_string())?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.web).await.map_err(|e| told(&e))?;
        *self.known.write().await = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }
}

/// An error with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        out.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    out
}

fn refused(what: impl std::fmt::Display) -> SignInError {
    SignInError::Provider(format!("single sign-on: {what}"))
}

/// The client of a provider, ready for tokens. A macro, since its type names every endpoint that is set.
macro_rules! client {
    ($provider:expr, $metadata:expr) => {{
        let settings = &$provider.settings;
        let redirect = RedirectUrl::new(settings.redirect.clone()).map_err(refused)?;
        let secret = settings.secret.clone().map(ClientSecret::new);
        CoreClient::from_provider_metadata($metadata, ClientId::new(settings.client.clone()), secret).set_redirect_uri(redirect)
    }};
}

impl Accounts {
    /// Begins a sign-in at the provider. `next` is kept for the way back.
    pub async fn sso_begin(
        &self,
        provider: &Provider,
        next: &str,
        now: DateTime<Utc>,
    ) -> std::result::Result<Begun, SignInError> {
        let metadata = provider.metadata(false).await.map_err(refused)?;
        let client = client!(provider, metadata);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = random::secret()?;
        let fixed = CsrfToken::new(state.clone());
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || fixed.clone(), Nonce::new_random)
            .set_pkce_challenge(challenge);
        for scope in &provider.settings.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        if provider.settings.scopes.iter().any(|s| s == "offline_access") {
            // Core 1.0, section 11: a refresh token is given when the person agreed.
            request = request.add_prompt(CoreAuthPrompt::Consent);
        }
        let (url, _, nonce) = request.url();
        let flow = Flow { nonce: nonce.secret().clone(), verifier: verifier.secret().clone(), next: next.into() };
        let body = serde_json::to_string(&flow).map_err(refused)?;
        let sealed = self.seal.close("flow", body.as_bytes())?;
        self.store.begin_flow(&random::hash(&state), &sealed, micros(now), micros(now + FLOW)).await?;
        Ok(Begun { url: url.to_string(), secret: state })
    }

    /// Ends a sign-in: `state` and `code` came back by the browser, `secret` is what it was given at the beginning. Gives the
    /// session and where to go.
    pub async fn sso_end(
        &self,
        provider: &Provider,
        state: &str,
        code: &str,
        secret: &str,
        from: &Whence,
        now: DateTime<Utc>,
    ) -> std::result::Result<(Opened, String), SignInError> {
        // Another browser's flow would sign this one in as somebody else.
        if state.is_empty() || state != secret {
            return Err(SignInError::Over);
        }
        let sealed = self.store.end_flow(&random::hash(state), micros(now)).await?.ok_or(SignInError::Over)?;
        let body = self.seal.open("flow", &sealed).map_err(AccountError::from)?;
        let flow: Flow = serde_json::from_slice(&body).map_err(refused)?;
        let metadata = provider.metadata(false).await.map_err(refused)?;
        let client = client!(provider, metadata);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.into()))
            .map_err(refused)?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier))
            .request_async(&provider.web)
            .await
            .map_err(|e| refused(told(&e)))?;
        let nonce = Nonce::new(flow.nonce);
        let claims = match verified(provider, false, &tokens, &nonce, now).await {
            Ok(claims) => claims,
            // The provider may have changed its keys since it was asked.
            Err(_) => verified(provider, true, &tokens, &nonce, now).await?,
        };
        let account = self.who(provider, &claims, now).await?;
        let refresh = tokens.refresh_token().map(|token| (token.secret().as_str(), micros(now + lasting(&tokens))));
        let sid = claims["sid"].as_str().map(|sid| session_mark(&provider.settings.issuer, sid));
        let opening = Opening { state: "open", way: "sso", provider: sid, refresh };
        Ok((self.open(&account, opening, from, now).await?, flow.next))
    }

    /// The account of verified claims.
    async fn who(&self, provider: &Provider, claims: &Value, now: DateTime<Utc>) -> std::result::Result<String, SignInError> {
        let settings = &provider.settings;
        let subject = claims["sub"].as_str().filter(|s| !s.is_empty()).ok_or_else(|| refused("the token names nobody"))?;
        let open =
            |a: Option<store::account::Account>| a.filter(|a| a.disabled_at.is_none()).map(|a| a.id).ok_or(SignInError::Stranger);
        if let Some(id) = self.store.identity(&settings.issuer, subject).await? {
            return open(self.store.person(&id).await?);
        }
        let text = claims[settings.claim.as_str()].as_str().unwrap_or_default();
        if settings.claim == "email" && claims["email_verified"] != Value::Bool(true) {
            return Err(SignInError::Stranger);
        }
        // An address leads to the account of its first part, when the lake's names are such.
        let name = if settings.claim == "email" { text.split('@').next().unwrap_or_default() } else { text };
        let id = person::login(name).map_err(|_| SignInError::Stranger)?;
        let account = match self.store.person(&id).await? {
            Some(account) => account,
            None if settings.create => {
                let name_en = claims["name"].as_str().unwrap_or(&id).chars().take(100).collect();
                let new = NewPerson {
                    id: id.clone(),
                    name_en,
                    name_hi: String::new(),
                    rank: Rank::Civilian,
                    roles: Vec::new(),
                    clearances: Vec::new(),
                    unit: None,
                };
                self.insert("sso", new, None, now).await?;
                self.store.expect_person(&id).await?
            }
            None => return Err(SignInError::Stranger),
        };
        let id = open(Some(account))?;
        // The account may be tied to another person of this provider already.
        if self.store.tie_identity(&settings.issuer, subject, &id).await? { Ok(id) } else { Err(SignInError::Stranger) }
    }

    /// Asks the provider whether the person of a session is still known there, when that is due. False when he is not: the session
    /// has ended. A provider that does not answer ends nothing; it is asked again soon.
    pub async fn sso_renew(&self, provider: &Provider, signed: &Signed, now: DateTime<Utc>) -> Result<bool> {
        let Some((sealed, due)) = &signed.renew else { return Ok(true) };
        // One request asks, the others go on: a refresh token may be used once only.
        if !self.store.renew_session(&signed.session, *due, None, micros(now + SKEW)).await? {
            return Ok(true);
        }
        let owner = format!("refresh\n{}", signed.session);
        let token = String::from_utf8(self.seal.open(&owner, sealed)?).unwrap_or_default();
        match renewed(provider, token).await {
            Ok(Some(tokens)) => {
                let fresh = tokens.refresh_token().map(|t| self.seal.close(&owner, t.secret().as_bytes())).transpose()?;
                let at = micros(now + lasting(&tokens));
                self.store.renew_session(&signed.session, micros(now + SKEW), fresh.as_deref(), at).await?;
                Ok(true)
            }
            Ok(None) => {
                self.store.end_session(&signed.account, &signed.session).await?;
                Ok(false)
            }
            Err(_) => Ok(true),
        }
    }
}

/// New tokens; none when the provider refuses.
async fn renewed(provider: &Provider, token: String) -> std::result::Result<Option<CoreTokenResponse>, SignInError> {
    let metadata = provider.metadata(false).await.map_err(refused)?;
    let client = client!(provider, metadata);
    let token = RefreshToken::new(token);
    match client.exchange_refresh_token(&token).map_err(refused)?.request_async(&provider.web).await {
        Ok(tokens) => Ok(Some(tokens)),
        Err(RequestTokenError::ServerResponse(_)) => Ok(None),
        Err(e) => Err(refused(told(&e))),
    }
}

/// Claims of a token whose signature, issuer, audience, nonce and times are right.
async fn verified(
    provider: &Provider,
    anew: bool,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> std::result::Result<Value, SignInError> {
    let metadata = provider.metadata(anew).await.map_err(refused)?;
    let client = client!(provider, metadata);
    let token = tokens.id_token().ok_or_else(|| refused("the answer holds no ID token"))?;
    let not_early = |at: DateTime<Utc>| if at <= now + SKEW { Ok(()) } else { Err("it was issued in the future".to_owned()) };
    let verifier = client.id_token_verifier().set_time_fn(move || now - SKEW).set_issue_time_verifier_fn(not_early);
    let claims = token.claims(&verifier, nonce).map_err(|e| refused(told(&e)))?;
    if let Some(expected) = claims.access_token_hash() {
        let (alg, key) = (token.signing_alg().map_err(refused)?, token.signing_key(&verifier).map_err(|e| refused(told(&e)))?);
        let found = AccessTokenHash::from_token(tokens.access_token(), alg, key).map_err(refused)?;
        if found != *expected {
            return Err(refused("the access token is not the one the ID token speaks of"));
        }
    }
    // The signature holds, so the same bytes may be read for the claims this library does not know.
    payload(&token.to_string()).ok_or_else(|| refused("the ID token cannot be read"))
}

/// The middle part of a signed token.
fn payload(token: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn lasting(tokens: &CoreTokenResponse) -> TimeDelta {
    let said = tokens.expires_in().and_then(|d| TimeDelta::from_std(d).ok());
    said.map_or(RENEW, |d| d.clamp(TimeDelta::seconds(30), RENEW))
}

/// What is kept of a session's name at the provider.
fn session_mark(issuer: &str, sid: &str) -> String {
    random::hash(&format!("{issuer}\n{sid}"))
}
