//! Everything that can go wrong on the web, each with its status, its words and a way back.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use lake::LakeError;
use pages::fault::Fault;
use pages::{Section, Template};
use serde_json::json;

use crate::ask::Ask;
use crate::signin;

/// Bytes of what the framework says that are read at most.
const SAID: usize = 4 << 10;

/// An error of the web surface.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("no such page")]
    NotFound,
    #[error("no file has the hash {0}")]
    NoObject(String),
    #[error("file {object} has no row {row}")]
    NoRow { object: String, row: String },
    #[error("nothing is known of {key:?}")]
    NoDossier { key: String },
    #[error("no table {0}")]
    NoTable(String),
    #[error("no source {0}")]
    NoContract(String),
    #[error("no run {0}")]
    NoRun(String),
    #[error("the access log has no record {0}")]
    NoRecord(String),
    #[error("{0}")]
    BadRequest(String),
    #[error("the form's token is not this browser's, or the request comes from another site")]
    Forged,
    #[error("{0}")]
    Refused(String),
    /// More rows than may leave without a second person.
    #[error(
        "more than {above} rows leave only after a second person released this query: ask for it under My work (`sarovar authority release`), with the text {query}"
    )]
    Unreleased { above: u64, query: String },
    #[error("sign in first, or send a token as Authorization: Bearer")]
    SignIn,
    #[error("{0}")]
    Token(String),
    #[error("this needs {0}")]
    Scope(String),
    #[error("your roles do not open this")]
    NotYours,
    #[error("change the one-time password, or set the authenticator up, first")]
    Duty,
    #[error("this lake has no accounts; `sarovar user add --administrator` opens the first")]
    NoAccounts,
    #[error("{0}")]
    Account(String),
    #[error("{0}")]
    Work(String),
    #[error("too often; try again in {seconds} seconds")]
    TooOften { seconds: u64 },
    #[error("the draft is no longer kept; give the sample again")]
    DraftGone,
    #[error("{0}")]
    Taken(String),
    #[error("the upload stands at byte {stands}")]
    Conflict { stands: i64 },
    #[error("at most {limit} bytes are accepted")]
    TooLarge { limit: u64 },
    #[error("the query is still running")]
    Busy,
    #[error("the answer is no longer kept")]
    Gone,
    /// A request that could not be read at all, as the framework says it.
    #[error("{why}")]
    Unread { status: StatusCode, why: String },
    #[error("{0}")]
    Desk(String),
    #[error("{0}")]
    Failed(String),
}

/// Status, catalogue key, way back: its address and catalogue key.
type Words = (StatusCode, &'static str, &'static str, &'static str);

impl HttpError {
    fn words(&self) -> Words {
        match self {
            HttpError::NotFound => (StatusCode::NOT_FOUND, "fault-not-found", "/search", "back-search"),
            HttpError::NoObject(_) => (StatusCode::NOT_FOUND, "fault-no-object", "/runs", "back-runs"),
            HttpError::NoRow { .. } => (StatusCode::NOT_FOUND, "fault-no-row", "/runs", "back-runs"),
            HttpError::NoDossier { .. } => (StatusCode::NOT_FOUND, "fault-no-dossier", "/search", "back-search"),
            HttpError::NoTable(_) => (StatusCode::NOT_FOUND, "fault-no-table", "/catalogue", "back-catalogue"),
            HttpError::NoContract(_) => (StatusCode::NOT_FOUND, "fault-no-contract", "/sources", "back-sources"),
            HttpError::NoRun(_) => (StatusCode::NOT_FOUND, "fault-no-run", "/runs", "back-runs"),
            HttpError::NoRecord(_) => (StatusCode::NOT_FOUND, "fault-no-record", "/audit", "back-audit"),
            HttpError::BadRequest(_) => (StatusCode::BAD_REQUEST, "fault-bad-request", "/", "back-home"),
            HttpError::Forged => (StatusCode::FORBIDDEN, "fault-forged", "/", "back-home"),
            HttpError::Refused(_) => (StatusCode::FORBIDDEN, "fault-refused", "/purpose", "back-work"),
            HttpError::Unreleased { .. } => (StatusCode::FORBIDDEN, "fault-unreleased", "/purpose", "back-work"),
            HttpError::SignIn => (StatusCode::UNAUTHORIZED, "fault-sign-in", "/sign-in", "back-sign-in"),
            HttpError::Token(_) => (StatusCode::UNAUTHORIZED, "fault-token", "/account", "back-account"),
            HttpError::Scope(_) => (StatusCode::FORBIDDEN, "fault-scope", "/account", "back-account"),
            HttpError::NotYours => (StatusCode::FORBIDDEN, "fault-not-yours", "/account", "back-account"),
            HttpError::Duty => (StatusCode::FORBIDDEN, "fault-duty", "/account", "back-account"),
            HttpError::NoAccounts => (StatusCode::NOT_FOUND, "fault-no-accounts", "/", "back-home"),
            HttpError::Account(_) => (StatusCode::UNPROCESSABLE_ENTITY, "fault-account", "/account", "back-account"),
            HttpError::Work(_) => (StatusCode::UNPROCESSABLE_ENTITY, "fault-work", "/purpose", "back-work"),
            HttpError::TooOften { .. } => (StatusCode::TOO_MANY_REQUESTS, "fault-too-often", "/sign-in", "back-sign-in"),
            HttpError::DraftGone => (StatusCode::GONE, "fault-draft-gone", "/contracts/new", "back-contracts"),
            HttpError::Taken(_) => (StatusCode::CONFLICT, "fault-taken", "/contracts/new", "back-contracts"),
            HttpError::Conflict { .. } => (StatusCode::CONFLICT, "fault-conflict", "/upload", "back-upload"),
            HttpError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large", "/upload", "back-upload"),
            HttpError::Busy => (StatusCode::CONFLICT, "fault-busy", "/sql", "back-sql"),
            HttpError::Gone => (StatusCode::GONE, "fault-gone", "/sql", "back-sql"),
            HttpError::Unread { status: StatusCode::PAYLOAD_TOO_LARGE, .. } => {
                (StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large", "/", "back-home")
            }
            HttpError::Unread { status, .. } => (*status, "fault-bad-request", "/", "back-home"),
            HttpError::Desk(_) => (StatusCode::CONFLICT, "fault-desk", "/desk", "back-desk"),
            HttpError::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, "fault-failed", "/", "back-home"),
        }
    }

    /// The page, or JSON for a program.
    pub fn render(&self, ask: &Ask) -> Response {
        let (status, key, back, back_key) = self.words();
        if let HttpError::SignIn = self
            && !ask.json
        {
            return Redirect::to(&signin::address(if ask.get { &ask.path } else { "/" })).into_response();
        }
        if let HttpError::TooOften { seconds } = self {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            return (wait, self.render_words(ask, status, key, back, back_key)).into_response();
        }
        self.render_words(ask, status, key, back, back_key)
    }

    /// What went wrong, in the asker's language where the sentence is known.
    fn told(&self, ask: &Ask) -> String {
        match self {
            HttpError::Desk(why) if !ask.json => crate::desk::said(ask, why),
            HttpError::Refused(why)
            | HttpError::Work(why)
            | HttpError::BadRequest(why)
            | HttpError::Unread { why, .. }
            | HttpError::Failed(why) => ask.refusal(why),
            HttpError::Unreleased { .. } => ask.refusal(&self.to_string()),
            _ => self.to_string(),
        }
    }

    fn render_words(&self, ask: &Ask, status: StatusCode, key: &str, back: &str, back_key: &str) -> Response {
        if ask.json {
            return (status, Json(json!({ "error": { "code": key.trim_start_matches("fault-"), "message": self.told(ask), "status": status.as_u16() } }))).into_response();
        }
        let shell = ask.shell(Section::Elsewhere, ask.lang.text(key));
        let detail = matches!(
            self,
            HttpError::BadRequest(_)
                | HttpError::Refused(_)
                | HttpError::Unreleased { .. }
                | HttpError::Failed(_)
                | HttpError::NoTable(_)
                | HttpError::Account(_)
                | HttpError::Work(_)
                | HttpError::Scope(_)
                | HttpError::Desk(_)
                | HttpError::Taken(_)
                | HttpError::Unread { .. }
        )
        .then(|| self.told(ask));
        let page = Fault {
            status: status.as_u16(),
            headline: shell.title.clone(),
            advice: shell.t(&format!("{key}-advice")),
            detail,
            release: match self {
                HttpError::Unreleased { query, .. } if ask.principal.work.is_some() => Some(query.clone()),
                _ => None,
            },
            back: back.to_owned(),
            back_text: shell.t(back_key),
            shell,
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => (status, error.to_string()).into_response(),
        }
    }
}

impl IntoResponse for HttpError {
    /// Carries the error out to `ask::settle`, which knows the language.
    fn into_response(self) -> Response {
        if let HttpError::Failed(message) = &self {
            tracing::error!(why = %message, "a request failed");
        }
        let mut response = self.words().0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<LakeError> for HttpError {
    fn from(error: LakeError) -> HttpError {
        match error {
            LakeError::NoTable { name } => HttpError::NoTable(name),
            LakeError::NoContract { name } => HttpError::NoContract(name),
            LakeError::NoObject { sha256 } => HttpError::NoObject(sha256),
            LakeError::Denied(why) => HttpError::Refused(why),
            LakeError::Unreleased { above, query } => HttpError::Unreleased { above, query },
            error @ LakeError::Taken { .. } => HttpError::Taken(error.to_string()),
            error @ (LakeError::Invalid(_) | LakeError::Unreadable { .. } | LakeError::Query(_)) => {
                HttpError::BadRequest(error.to_string())
            }
            error => HttpError::Failed(error.to_string()),
        }
    }
}

impl From<accounts::AccountError> for HttpError {
    fn from(error: accounts::AccountError) -> HttpError {
        use accounts::AccountError as E;
        match error {
            E::Store(error) => error.into(),
            error @ (E::Key(_) | E::Hashing(_)) => HttpError::Failed(error.to_string()),
            E::Access(accounts::AccessError::Unknown(_) | accounts::AccessError::NoRequest(_)) => HttpError::NotFound,
            E::Access(accounts::AccessError::Denied(why)) => HttpError::Refused(why),
            E::Access(error) => HttpError::Work(error.to_string()),
            E::NoSuch | E::Unknown(_) => HttpError::NotFound,
            error => HttpError::Account(error.to_string()),
        }
    }
}

impl From<store::StoreError> for HttpError {
    fn from(error: store::StoreError) -> HttpError {
        match error {
            store::StoreError::Offset { stands, .. } => HttpError::Conflict { stands },
            store::StoreError::Missing { .. } => HttpError::NotFound,
            error => HttpError::Failed(error.to_string()),
        }
    }
}

impl From<pages::RenderError> for HttpError {
    fn from(error: pages::RenderError) -> HttpError {
        HttpError::Failed(error.to_string())
    }
}

impl From<std::io::Error> for HttpError {
    fn from(error: std::io::Error) -> HttpError {
        HttpError::Failed(error.to_string())
    }
}

/// What the framework says in plain text about a request that it could not read becomes an error of ours, which has a page.
pub(crate) async fn unread(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let plain = kind.is_some_and(|kind| kind.starts_with("text/plain")) || response.status() == StatusCode::METHOD_NOT_ALLOWED;
    if !response.status().is_client_error() || !plain || response.extensions().get::<HttpError>().is_some() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let why = axum::body::to_bytes(body, SAID).await.unwrap_or_default();
    let why = match parts.status {
        StatusCode::METHOD_NOT_ALLOWED => "this address is not opened in this way".to_owned(),
        _ => String::from_utf8_lossy(&why).into_owned(),
    };
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.extensions.insert(HttpError::Unread { status: parts.status, why });
    Response::from_parts(parts, axum::body::Body::empty())
}

pub(crate) type Reply<T = Html<String>> = Result<T, HttpError>;

/// Renders a page.
pub(crate) fn show(page: impl Template) -> Reply {
    Ok(Html(page.render()?))
}

/// Any address that no route has.
pub(crate) async fn unknown() -> HttpError {
    HttpError::NotFound
}
