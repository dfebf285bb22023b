//! What a pull is, as its file says: `<home>/pulls/NAME.toml`. A file holds no secret, only where one is found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::PullError;

/// One pull.
#[derive(Debug, Clone, Deserialize)]
pub struct Pull {
    /// The file's name without its ending.
    #[serde(skip)]
    pub name: String,
    /// `SYSTEM.DATASET`; a drop folder may leave it out, then each file is recognised.
    pub contract: Option<String>,
    /// How often, as `90s`, `15m`, `6h` or `1d`; only when asked where it is left out.
    #[serde(default, deserialize_with = "every")]
    pub every: Option<Duration>,
    /// Reference of the authority under which the rows are obtained.
    pub authority: Option<String>,
    /// Tried so often before it counts as failed,
    #[serde(default = "four")]
    pub tries: u32,
    /// the first time again after so many seconds, then after twice as many, and so on.
    #[serde(default = "one")]
    pub pause_seconds: f64,
    #[serde(flatten)]
    pub from: From,
}

fn four() -> u32 {
    4
}

fn one() -> f64 {
    1.0
}

/// Where a pull takes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum From {
    Postgres(Database),
    Mysql(Database),
    Http(Box<Http>),
    S3(S3),
    Sftp(Sftp),
    Folder(Folder),
}

impl From {
    pub fn kind(&self) -> &'static str {
        match self {
            From::Postgres(_) => "postgres",
            From::Mysql(_) => "mysql",
            From::Http(_) => "http",
            From::S3(_) => "s3",
            From::Sftp(_) => "sftp",
            From::Folder(_) => "folder",
        }
    }
}

/// Where a secret is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// An environment variable,
    pub env: Option<String>,
    /// or a file, whose last line end does not count.
    pub file: Option<PathBuf>,
}

impl Secret {
    /// Reads it. No message holds it.
    pub fn read(&self) -> Result<String, PullError> {
        match (&self.env, &self.file) {
            (Some(name), None) => {
                std::env::var(name).map_err(|_| PullError::Secret(format!("the environment variable {name} is not set")))
            }
            (None, Some(path)) => std::fs::read_to_string(path)
                .map(|text| text.trim_end_matches(['\n', '\r']).to_owned())
                .map_err(|e| PullError::Secret(format!("{}: {e}", path.display()))),
            _ => Err(PullError::Secret("say either env or file".into())),
        }
    }
}

/// A query with a watermark.
#[derive(Debug, Clone, Deserialize)]
pub struct Database {
    /// `postgres://user@host/database` or `mysql://user@host/database`, without a password.
    pub url: String,
    pub password: Option<Secret>,
    /// One SELECT; `:watermark` stands for the watermark as a quoted text.
    pub query: String,
    /// The column of the query whose greatest value is the next watermark. Best asked with `>=`: what came twice is a duplicate.
    pub watermark: Option<String>,
    /// The first watermark.
    #[serde(default)]
    pub start: String,
    /// Whether the server may lie at a private or loopback address.
    #[serde(default)]
    pub allow_private: bool,
    /// Seconds the query may take.
    #[serde(default = "ten_minutes")]
    pub timeout_seconds: u64,
}

fn ten_minutes() -> u64 {
    600
}

/// A JSON API.
#[derive(Debug, Clone, Deserialize)]
pub struct Http {
    pub url: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Sent as `Authorization: Bearer …`, or as the header named.
    pub token: Option<Secret>,
    pub token_header: Option<String>,
    /// JSON pointer (RFC 6901) to the list of rows; the document itself when empty.
    #[serde(default)]
    pub rows: String,
    #[serde(default)]
    pub paging: Paging,
    /// After so many pages the API is taken for one that never ends.
    #[serde(default = "ten_thousand")]
    pub most_pages: u32,
    /// Member of a row (JSON pointer) whose greatest value is the next watermark.
    pub watermark: Option<String>,
    /// Query parameter that carries the watermark.
    pub watermark_parameter: Option<String>,
    /// The first watermark.
    #[serde(default)]
    pub start: String,
    /// Whether the API may lie at a private or loopback address.
    #[serde(default)]
    pub allow_private: bool,
    #[serde(default = "one_minute")]
    pub timeout_seconds: u64,
}

fn ten_thousand() -> u32 {
    10_000
}

fn one_minute() -> u64 {
    60
}

/// How the pages of an API follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase", deny_unknown_fields)]
pub enum Paging {
    /// One page is all.
    #[default]
    None,
    /// Counted by a parameter, until a page is empty, or shorter than `size`.
    Page {
        parameter: String,
        #[serde(default = "first")]
        first: u64,
        size_parameter: Option<String>,
        size: Option<u64>,
    },
    /// A link to the next page, found by a JSON pointer; the last has none.
    Next { link: String },
    /// A word for the next page, found by a JSON pointer and sent as a parameter; the last has none.
    Cursor { word: String, parameter: String },
}

fn first() -> u64 {
    1
}

/// A folder in which files are dropped, reached by SFTP.
#[derive(Debug, Clone, Deserialize)]
pub struct Sftp {
    pub host: String,
    #[serde(default = "port")]
    pub port: u16,
    pub user: String,
    pub path: String,
    /// File of our private key. It has no passphrase; whoever may read it may read the folder.
    pub key: PathBuf,
    /// File with the server's key, as OpenSSH keeps it.
    pub known_hosts: PathBuf,
    /// Whether the server may lie at a private or loopback address.
    #[serde(default)]
    pub allow_private: bool,
    /// A file is taken when it looks the same after so many seconds.
    #[serde(default = "five")]
    pub settle_seconds: u64,
    /// Seconds one session may take.
    #[serde(default = "ten_minutes")]
    pub timeout_seconds: u64,
}

fn port() -> u16 {
    22
}

fn five() -> u64 {
    5
}

/// A bucket in which files are dropped.
#[derive(Debug, Clone, Deserialize)]
pub struct S3 {
    pub bucket: String,
    #[serde(default)]
    pub prefix: String,
    /// Of a server that is not Amazon's.
    pub endpoint: Option<String>,
    #[serde(default = "region")]
    pub region: String,
    pub access_key: Option<Secret>,
    pub secret_key: Option<Secret>,
    /// Whether the server is asked without TLS.
    #[serde(default)]
    pub allow_http: bool,
    /// Whether the server may lie at a private or loopback address.
    #[serde(default)]
    pub allow_private: bool,
}

fn region() -> String {
    "ap-south-1".into()
}

/// A folder in which files are dropped.
#[derive(Debug, Clone, Deserialize)]
pub struct Folder {
    pub path: PathBuf,
    /// A file is whole when it has not changed for so long.
    #[serde(default = "ten")]
    pub settle_seconds: u64,
}

fn ten() -> u64 {
    10
}

fn every<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(from)?;
    span(&text)
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no span of time; write 90s, 15m, 6h or 1d")))
}

/// Reads `90s`, `15m`, `6h`, `1d`.
pub fn span(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let n: u64 = text[..text.len() - 1].trim().parse().ok()?;
    (n > 0).then(|| Duration::from_secs(n.saturating_mul(unit)))
}

impl Pull {
    /// Reads one file. Wrong files are refused with their place.
    pub fn parse(name: &str, text: &str) -> Result<Pull, PullError> {
        let wrong = |message: String| PullError::Spec { name: name.into(), message };
        let plain: toml::Table = text.parse().map_err(|e: toml::de::Error| wrong(e.message().to_owned()))?;
        let mut pull: Pull = toml::from_str(text).map_err(|e| wrong(e.message().to_owned()))?;
        pull.name = name.into();
        if let Some(unknown) = unknown(&plain, pull.from.kind()) {
            return Err(wrong(format!("{unknown} is unknown in a pull of kind {}", pull.from.kind())));
        }
        match &pull.from {
            From::Postgres(d) | From::Mysql(d) => {
                let scheme =
                    if matches!(pull.from, From::Postgres(_)) { &["postgres", "postgresql"][..] } else { &["mysql", "mariadb"] };
                let url = url::Url::parse(&d.url).map_err(|e| wrong(format!("url: {e}")))?;
                if !scheme.contains(&url.scheme()) {
                    return Err(wrong(format!("url begins with {}://, not with {}://", url.scheme(), scheme[0])));
                }
                if url.password().is_some() {
                    return Err(wrong("url holds a password; say password = { env = \"NAME\" } or { file = \"PATH\" }".into()));
                }
                if d.query.contains(":watermark") != d.watermark.is_some() {
                    return Err(wrong(
                        "a query with :watermark needs the column `watermark`, and the column needs :watermark".into(),
                    ));
                }
                if d.query.contains(';') {
                    return Err(wrong("query is one SELECT, without `;`".into()));
                }
            }
            From::Http(h) => {
                let url = url::Url::parse(&h.url).map_err(|e| wrong(format!("url: {e}")))?;
                if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
                    return Err(wrong("url is not http:// or https://".into()));
                }
                if url.password().is_some() {
                    return Err(wrong("url holds a password; say token = { env = \"NAME\" } or { file = \"PATH\" }".into()));
                }
                if h.headers.keys().any(|k| k.eq_ignore_ascii_case("authorization") || k.eq_ignore_ascii_case("cookie")) {
                    return Err(wrong("headers hold a secret; say token = { env = \"NAME\" } or { file = \"PATH\" }".into()));
                }
                if h.watermark.is_some() != h.watermark_parameter.is_some() {
                    return Err(wrong("watermark and watermark_parameter go together".into()));
                }
            }
            From::S3(s) => {
                if s.access_key.is_some() != s.secret_key.is_some() {
                    return Err(wrong("access_key and secret_key go together".into()));
                }
            }
            From::Sftp(s) => {
                // Both become one word of a command, and must not be taken for something else.
                let plain = |word: &str, more: &str| {
                    !word.is_empty()
                        && !word.starts_with('-')
                        && word.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
                };
                if !plain(&s.host, ".-:_") || !plain(&s.user, ".-_") {
                    return Err(wrong("host and user are plain words".into()));
                }
                if s.path.is_empty() || s.path.chars().any(char::is_control) {
                    return Err(wrong("path is the folder on the server".into()));
                }
            }
            From::Folder(_) => {}
        }
        if pull.contract.is_none() && !matches!(pull.from, From::S3(_) | From::Sftp(_) | From::Folder(_)) {
            return Err(wrong("contract = \"SYSTEM.DATASET\" is missing".into()));
        }
        if !(1..=20).contains(&pull.tries) || !(0.0..=600.0).contains(&pull.pause_seconds) {
            return Err(wrong("tries is 1 to 20, pause_seconds 0 to 600".into()));
        }
        Ok(pull)
    }

    /// All pulls of a folder by name; a file that is wrong costs itself only.
    pub fn all(folder: &Path) -> Vec<Result<Pull, PullError>> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut paths: Vec<PathBuf> =
            entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
        paths.sort();
        paths.iter().map(|p| Pull::read(p)).collect()
    }

    pub fn read(path: &Path) -> Result<Pull, PullError> {
        let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(path).map_err(|e| PullError::Spec { name: name.clone(), message: e.to_string() })?;
        Pull::parse(&name, &text)
    }
}

/// A key of the file that its kind does not know. A misspelt key must not silently change what is pulled.
fn unknown(table: &toml::Table, kind: &str) -> Option<String> {
    let common = ["kind", "contract", "every", "authority", "tries", "pause_seconds"];
    let own: &[&str] = match kind {
        "postgres" | "mysql" => &["url", "password", "query", "watermark", "start", "allow_private", "timeout_seconds"],
        "http" => &[
            "url",
            "headers",
            "token",
            "token_header",
            "rows",
            "paging",
            "most_pages",
            "watermark",
            "watermark_parameter",
            "start",
            "allow_private",
            "timeout_seconds",
        ],
        "s3" => &["bucket", "prefix", "endpoint", "region", "access_key", "secret_key", "allow_http", "allow_private"],
        "sftp" => &["host", "port", "user", "path", "key", "known_hosts", "allow_private", "settle_seconds", "timeout_seconds"],
        _ => &["path", "settle_seconds"],
    };
    table.keys().find(|k| !common.contains(&k.as_str()) && !own.contains(&k.as_str())).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "contract = 'cctns.fir'\nkind = 'postgres'\nevery = '15m'\nurl = 'postgres://lake@db.example/cctns'\n\
        password = { env = 'X' }\nquery = 'SELECT * FROM fir WHERE updated_on >= :watermark'\nwatermark = 'updated_on'\nstart = '2020-01-01'\n";

    #[test]
    fn a_file_says_what_is_pulled() {
        let pull = Pull::parse("fir", GOOD).unwrap();
        assert_eq!((pull.name.as_str(), pull.from.kind(), pull.every), ("fir", "postgres", Some(Duration::from_secs(900))));
        let http = "contract = 'a.b'\nkind = 'http'\nurl = 'https://api.example/x'\n[paging]\nby = 'page'\nparameter = 'page'\n";
        let From::Http(http) = Pull::parse("x", http).unwrap().from else { panic!("not http") };
        assert_eq!(http.paging, Paging::Page { parameter: "page".into(), first: 1, size_parameter: None, size: None });
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (from, to, says) in [
            ("lake@", "lake:secret@", "holds a password"),
            ("15m", "soon", "no span of time"),
            ("watermark = 'updated_on'\n", "", "needs the column"),
            ("start", "strat", "strat is unknown"),
            ("postgres://", "mysql://", "begins with mysql"),
            ("contract = 'cctns.fir'\n", "", "contract"),
            (">= :watermark", ">= :watermark; DROP TABLE fir", "without `;`"),
            ("kind = 'postgres'", "kind = 'oracle'", "oracle"),
            ("'2020-01-01'", "", "invalid"),
        ] {
            let error = Pull::parse("fir", &GOOD.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(says) || says == "invalid", "{from} -> {to}: {error}");
            assert!(error.starts_with("pull fir: ") && !error.contains("secret@"), "{error}");
        }
    }

    #[test]
    fn words_of_a_command_stay_words() {
        let good = "kind = 'sftp'\nhost = 'drop.example'\nuser = 'lake'\npath = '/drop'\nkey = '/k'\nknown_hosts = '/h'\n";
        let From::Sftp(sftp) = Pull::parse("x", good).unwrap().from else { panic!("not sftp") };
        assert_eq!((sftp.port, sftp.settle_seconds), (22, 5));
        for (from, to) in [
            ("drop.example", "-oProxyCommand=x"),
            ("drop.example", "drop example"),
            ("'lake'", "'-l'"),
            ("'lake'", "'a@b'"),
            ("path = '/drop'", "path = \"/drop\\nrm x\""),
            ("key = '/k'\n", "password = 'x'\n"),
        ] {
            assert!(Pull::parse("x", &good.replacen(from, to, 1)).is_err(), "{to}");
        }
    }

    #[test]
    fn a_secret_is_read_and_never_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("word");
        std::fs::write(&path, "hush\n").unwrap();
        assert_eq!(Secret { env: None, file: Some(path) }.read().unwrap(), "hush");
        let unset = Secret { env: Some("SAROVAR_TEST_UNSET".into()), file: None }.read().unwrap_err();
        assert!(unset.to_string().contains("SAROVAR_TEST_UNSET"));
        assert!(Secret::default().read().is_err());
    }
}
