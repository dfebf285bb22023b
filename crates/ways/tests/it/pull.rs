//! Pulls from real servers: what comes in, what a broken one leaves, and where the watermark stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use object_store::ObjectStoreExt;
use proving::{MariaDb, Postgres};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};
use ways::{Pull, Pulled, Pulls};

use crate::basin::{Basin, access};

impl Basin {
    fn pulls(&self) -> Pulls {
        Pulls::new(self.lake.clone())
    }

    /// Writes the pull's file and runs it.
    pub async fn pull(&self, name: &str, spec: &str) -> Pulled {
        let pulls = self.pulls();
        std::fs::create_dir_all(pulls.folder()).unwrap();
        std::fs::write(pulls.folder().join(format!("{name}.toml")), spec).unwrap();
        let pull = pulls.find(name).unwrap();
        pulls.run(&pull, &access(&self.lake)).await.unwrap()
    }

    pub fn holds(&self, text: &str) -> bool {
        fn walk(path: &std::path::Path, text: &str) -> bool {
            std::fs::read_dir(path).unwrap().flatten().any(|e| {
                let path = e.path();
                if path.is_dir() {
                    return walk(&path, text);
                }
                std::fs::read(&path).is_ok_and(|b| b.windows(text.len()).any(|w| w == text.as_bytes()))
            })
        }
        walk(self.lake.home().root(), text)
    }
}

fn told(p: &Pulled) -> (bool, u64, u64, u64, u64) {
    (p.done, p.input, p.accepted, p.rejected, p.duplicate)
}

const TABLE: &str = "CREATE TABLE plate_reads (event_id VARCHAR(20) PRIMARY KEY, captured_at TIMESTAMP NOT NULL, camera_id VARCHAR(20), \
    plate_raw VARCHAR(20), lat DECIMAL(9,6), changed BIGINT NOT NULL)";

async fn fill(db: &DatabaseConnection, from: u32, to: u32) {
    for n in from..to {
        let camera = if n == 3 { "NULL".to_owned() } else { format!("'CAM {n} \"x\" \\u'").replace('\\', "") };
        let sql = format!(
            "INSERT INTO plate_reads VALUES ('D{n}', '2026-01-05 08:{:02}:00', {camera}, 'RJ14ZZ{n:04}', 26.912345, {n})",
            n % 60
        );
        db.execute_unprepared(&sql).await.unwrap();
    }
}

fn spec(kind: &str, url: &str, more: &str) -> String {
    format!(
        "contract = 'anpr.read'\nkind = '{kind}'\nurl = '{url}'\nallow_private = true\npause_seconds = 0.1\nwatermark = 'changed'\nstart = '0'\n{more}\n\
         query = 'SELECT event_id, captured_at, camera_id, plate_raw, lat, changed FROM plate_reads WHERE changed > :watermark'\n"
    )
}

/// The same story on either server.
async fn story(basin: &Basin, kind: &str, url: &str, db: &DatabaseConnection) {
    // A TIMESTAMP of MariaDB is an instant, and the test's own connection writes in UTC.
    let table = if kind == "mysql" { TABLE.replace("TIMESTAMP", "DATETIME") } else { TABLE.to_owned() };
    db.execute_unprepared(&table).await.unwrap();
    fill(db, 1, 11).await;
    let spec = spec(kind, url, "");
    let first = basin.pull("reads", &spec).await;
    assert_eq!(told(&first), (true, 10, 9, 1, 0), "{first:?}");
    assert_eq!(first.watermark.as_deref(), Some("10"));
    let seen = basin.rows("SELECT event_id, captured_at, camera_id, lat FROM clean.anpr_read WHERE event_id = 'D7'").await;
    // Instants are Indian time there and UTC here; what stands in quotes comes as it stands.
    assert!(seen[0].starts_with("D7|2026-01-05T02:37:00Z|") && seen[0].ends_with("|26.912345"), "{seen:?}");
    // Nothing new: nothing happens.
    let none = basin.pull("reads", &spec).await;
    assert_eq!((told(&none), none.watermark.as_deref()), ((true, 0, 0, 0, 0), Some("10")));
    fill(db, 11, 14).await;
    let more = basin.pull("reads", &spec).await;
    assert_eq!((told(&more), more.watermark.as_deref()), ((true, 3, 3, 0, 0), Some("13")));
    // With `>=` the last row comes twice, and counts once.
    let twice = basin.pull("reads", &spec.replace("> :watermark", ">= :watermark")).await;
    assert_eq!(told(&twice), (true, 1, 0, 0, 1));
    // A query that is wrong is said at once, and the watermark stays.
    let wrong = basin.pull("reads", &spec.replace("FROM plate_reads", "FROM nothing_here")).await;
    assert!(!wrong.done && wrong.message.as_deref().unwrap().contains("nothing_here"), "{wrong:?}");
    assert_eq!(wrong.watermark.as_deref(), Some("13"));
    let state = basin.lake.store().pull_state("reads").await.unwrap().unwrap();
    assert_eq!((state.failures, state.accepted), (1, 0), "the last good one was a repetition: {state:?}");
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read").await, ["12"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_from_postgresql() {
    let Some(server) = Postgres::start() else {
        eprintln!("skipped: no PostgreSQL here (initdb and pg_ctl of Debian's `postgresql`)");
        return;
    };
    let basin = Basin::new().await;
    let db = Database::connect(server.url()).await.unwrap();
    story(&basin, "postgres", &server.url(), &db).await;
    // The connection breaks while rows are on their way: the server is killed in the midst of a slow query.
    fill(&db, 20, 40).await;
    let slow = spec("postgres", &server.url(), "tries = 1")
        .replace("WHERE", ", LATERAL (SELECT pg_sleep(0.2 + 0 * changed)) AS slow WHERE");
    let run = async { basin.pull("reads", &slow).await };
    let kill = async {
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        tokio::task::block_in_place(|| server.restart());
    };
    let (broken, ()) = tokio::join!(run, kill);
    assert!(!broken.done && broken.input == 0, "{broken:?}");
    assert_eq!(broken.watermark.as_deref(), Some("13"));
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read").await, ["12"], "nothing is half done");
    let again = basin.pull("reads", &spec("postgres", &server.url(), "")).await;
    assert_eq!((told(&again), again.watermark.as_deref()), ((true, 20, 20, 0, 0), Some("39")));
    // A password that is needed and wrong is refused and never told.
    let secret = basin.dir.path().join("secret");
    std::fs::write(&secret, "no-such-word-9137\n").unwrap();
    let url = server.url().replace("postgres@", "nobody@");
    let refused = basin.pull("reads", &spec("postgres", &url, &format!("password = {{ file = '{}' }}", secret.display()))).await;
    assert!(!refused.done, "{refused:?}");
    assert!(!basin.holds("no-such-word-9137") && !format!("{refused:?}").contains("9137"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_from_mariadb() {
    let Some(mut server) = MariaDb::start() else {
        eprintln!("skipped: no MariaDB here (mariadbd and mariadb-install-db of Debian's `mariadb-server`)");
        return;
    };
    let basin = Basin::new().await;
    let db = Database::connect(server.url()).await.unwrap();
    db.execute_unprepared("CREATE DATABASE IF NOT EXISTS test").await.unwrap();
    story(&basin, "mysql", &server.url(), &db).await;
    fill(&db, 20, 40).await;
    let slow = spec("mysql", &server.url(), "tries = 1").replace("WHERE", "WHERE SLEEP(0.2) = 0 AND");
    let run = async { basin.pull("reads", &slow).await };
    let kill = async {
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        tokio::task::block_in_place(|| server.restart());
    };
    let (broken, ()) = tokio::join!(run, kill);
    assert!(!broken.done && broken.input == 0, "{broken:?}");
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read").await, ["12"]);
    let again = basin.pull("reads", &spec("mysql", &server.url(), "")).await;
    assert_eq!((told(&again), again.watermark.as_deref()), ((true, 20, 20, 0, 0), Some("39")));
}

/// An API of reads, of 25 rows in pages of ten.
#[derive(Clone, Default)]
struct Api {
    calls: Arc<AtomicU32>,
    /// So many calls fail first.
    fails: Arc<AtomicU32>,
}

fn read(n: u32) -> Value {
    json!({ "event_id": format!("H{n}"), "captured_at": "2026-01-05T08:00:00+05:30", "camera_id": "CAM-H", "plate_raw": format!("RJ14ZZ{n:04}"), "seq": n })
}

async fn answer(
    State(api): State<Api>,
    headers: HeaderMap,
    Query(q): Query<std::collections::HashMap<String, String>>,
) -> Response {
    api.calls.fetch_add(1, Ordering::Relaxed);
    if api.fails.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
        return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")], "busy").into_response();
    }
    let number = |name: &str| q.get(name).and_then(|v| v.parse::<u32>().ok());
    let since = number("since").unwrap_or(0);
    let mode = q.get("mode").map(String::as_str).unwrap_or_default();
    let page = number("page").or_else(|| number("after")).unwrap_or(1);
    let rows: Vec<Value> = (since + 1..=25).skip((page as usize - 1) * 10).take(10).map(read).collect();
    let more = since + page * 10 < 25;
    let own = format!("/reads?mode=next&since={since}&page={}", page + 1);
    let body = match mode {
        "next" => json!({ "items": rows, "links": { "next": more.then_some(own) } }),
        "cursor" => json!({ "items": rows, "next": more.then(|| (page + 1).to_string()) }),
        "always" => json!({ "items": (1..=10).map(|n| read(page * 10 + n)).collect::<Vec<_>>() }),
        "same" => json!({ "items": (1..=10).map(read).collect::<Vec<_>>() }),
        "away" => json!({ "items": rows, "links": { "next": "http://other.example/reads" } }),
        "moved" => return (StatusCode::FOUND, [("location", "http://127.0.0.1/")]).into_response(),
        "page" if headers.get("authorization").is_none_or(|v| v != "Bearer word-5521") => {
            return (StatusCode::UNAUTHORIZED, "who?").into_response();
        }
        "page" => json!({ "items": rows }),
        _ => return "<html>no JSON</html>".into_response(),
    };
    Json(body).into_response()
}

async fn serve(api: Api) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/reads", get(answer)).with_state(api)).await });
    format!("http://{address}/reads")
}

fn http(url: &str, mode: &str, paging: &str) -> String {
    format!(
        "contract = 'anpr.read'\nkind = 'http'\nurl = '{url}?mode={mode}'\nrows = 'items'\nallow_private = true\npause_seconds = 0.05\n\
         most_pages = 40\nwatermark = 'seq'\nwatermark_parameter = 'since'\n{paging}\n"
    )
}

const PAGE: &str = "[paging]\nby = 'page'\nparameter = 'page'\nsize = 10\n";

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_from_an_api_page_by_page() {
    let api = Api::default();
    let url = serve(api.clone()).await;
    for (mode, paging) in [
        ("next", "[paging]\nby = 'next'\nlink = 'links/next'\n"),
        ("cursor", "[paging]\nby = 'cursor'\nword = 'next'\nparameter = 'after'\n"),
    ] {
        let basin = Basin::new().await;
        let pulled = basin.pull(mode, &http(&url, mode, paging)).await;
        assert_eq!((told(&pulled), pulled.watermark.as_deref()), ((true, 25, 25, 0, 0), Some("25")), "{mode}: {pulled:?}");
        let none = basin.pull(mode, &http(&url, mode, paging)).await;
        assert_eq!(told(&none), (true, 0, 0, 0, 0), "{mode}");
    }
    // A secret goes along and is never kept; two failures on the way are waited out.
    let basin = Basin::new().await;
    let secret = basin.dir.path().join("word");
    std::fs::write(&secret, "word-5521").unwrap();
    let token = format!("token = {{ file = '{}' }}\n{PAGE}", secret.display());
    api.fails.store(2, Ordering::Relaxed);
    let pulled = basin.pull("page", &http(&url, "page", &token)).await;
    assert_eq!(told(&pulled), (true, 25, 25, 0, 0), "{pulled:?}");
    assert!(!basin.holds("word-5521"));
    let stranger = basin.pull("page", &http(&url, "page", PAGE)).await;
    assert!(!stranger.done && stranger.message.as_deref().unwrap().contains("401"), "{stranger:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_misbehaves_is_stopped_with_a_word() {
    let api = Api::default();
    let url = serve(api.clone()).await;
    let basin = Basin::new().await;
    let endless = "[paging]\nby = 'page'\nparameter = 'page'\n";
    for (mode, paging, says) in [
        ("always", endless, "did not come to an end after 40 pages"),
        ("same", endless, "gives the same page again"),
        ("away", "[paging]\nby = 'next'\nlink = 'links/next'\n", "another server"),
        ("moved", "", "follows nobody"),
        ("html", "", "did not answer with JSON"),
    ] {
        let stopped = basin.pull("bad", &http(&url, mode, paging)).await;
        assert!(!stopped.done && stopped.message.as_deref().unwrap().contains(says), "{mode}: {stopped:?}");
    }
    let elsewhere = basin.pull("bad", &http(&url, "next", "").replace("rows = 'items'", "rows = 'data'")).await;
    assert!(elsewhere.message.as_deref().unwrap().contains("say where the rows are"), "{elsewhere:?}");
    // Down for longer than the tries last.
    api.fails.store(1000, Ordering::Relaxed);
    let before = api.calls.load(Ordering::Relaxed);
    let down = basin.pull("bad", &http(&url, "next", "")).await;
    assert!(down.message.as_deref().unwrap().contains("tried 4 times"), "{down:?}");
    assert_eq!(api.calls.load(Ordering::Relaxed) - before, 4);
    // Inside the network only where that is meant.
    let before = api.calls.load(Ordering::Relaxed);
    for inside in [url.clone(), url.replace("127.0.0.1", "localhost"), "http://169.254.169.254/latest".into()] {
        let refused = basin.pull("bad", &http(&inside, "next", "").replace("allow_private = true\n", "")).await;
        assert!(!refused.done && refused.message.as_deref().unwrap().contains("inside the network"), "{refused:?}");
    }
    assert_eq!(api.calls.load(Ordering::Relaxed), before);
    assert!(basin.lake.home().list().unwrap().is_empty(), "nothing was taken in");
    // Each failure is counted, and the list tells the last.
    let standing = basin.pulls().list().await.unwrap();
    assert_eq!((standing.len(), standing[0].state.failures), (1, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_from_a_drop_folder_and_stay_there() {
    let basin = Basin::new().await;
    let drop = basin.dir.path().join("drop");
    std::fs::create_dir_all(drop.join("tuesday")).unwrap();
    let one = drop.join("tuesday/one.ndjson");
    std::fs::write(&one, read(1).to_string() + "\n").unwrap();
    std::fs::write(drop.join("two.ndjson.part"), "half").unwrap();
    std::fs::write(drop.join("note.txt"), "this is no table\n").unwrap();
    let spec = format!("kind = 'folder'\npath = '{}'\nevery = '1m'\n", drop.display());
    let early = basin.pull("drop", &spec).await;
    assert_eq!(told(&early), (true, 0, 0, 0, 0), "a file that was just written may still grow");
    let spec = spec + "settle_seconds = 0\n";
    let taken = basin.pull("drop", &spec).await;
    assert_eq!((taken.input, taken.accepted), (1, 1), "{taken:?}");
    assert!(taken.message.as_deref().unwrap().contains("note.txt"), "{taken:?}");
    assert!(one.exists());
    // Also after a restart nothing is read twice; a file that has changed is.
    let again = basin.pull("drop", &spec).await;
    assert_eq!((told(&again), again.reports.len()), ((true, 0, 0, 0, 0), 0));
    std::fs::write(&one, format!("{}\n{}\n", read(1), read(2))).unwrap();
    let changed = basin.pull("drop", &spec).await;
    assert_eq!(told(&changed), (true, 2, 1, 0, 1));
    // It is due again a minute later, and not before.
    assert!(basin.pulls().due().await.unwrap().is_empty());
    let gone = basin.pull("drop", &spec.replace("/drop'", "/nowhere'")).await;
    assert!(!gone.done && gone.message.as_deref().unwrap().contains("nowhere"), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_is_no_pull_is_named() {
    let basin = Basin::new().await;
    let pulls = basin.pulls();
    assert!(pulls.list().await.unwrap().is_empty());
    for name in ["none", "../etc/passwd", "", ".hidden"] {
        assert!(pulls.find(name).unwrap_err().to_string().contains("there is no pull"), "{name}");
    }
    std::fs::create_dir_all(pulls.folder()).unwrap();
    std::fs::write(pulls.folder().join("broken.toml"), "kind = 'http'\n").unwrap();
    std::fs::write(pulls.folder().join("good.toml"), "kind = 'folder'\npath = '/in'\nevery = '1h'\n").unwrap();
    let all = pulls.list().await.unwrap();
    assert!(all[0].broken.as_deref().unwrap().starts_with("pull broken: ") && all[1].broken.is_none(), "{all:?}");
    assert_eq!(pulls.due().await.unwrap().iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["good"]);
    // A source whose rows need an authority, or that takes no lines, is refused before anybody is asked.
    for (contract, says) in [("telecom.subscriber", "authority"), ("reference.section", "NDJSON"), ("no.such", "no contract")] {
        let spec = format!("contract = '{contract}'\nkind = 'http'\nurl = 'http://192.0.2.1/'\n");
        let pull = Pull::parse("x", &spec).unwrap();
        let refused = pulls.run(&pull, &access(&basin.lake)).await.unwrap();
        assert!(refused.message.as_deref().unwrap().contains(says), "{refused:?}");
    }
}

/// An empty bucket `drops` of the server, which takes any key.
pub async fn drops(url: &str) -> object_store::aws::AmazonS3 {
    // A bucket is made by a bare PUT; objects need a signature.
    let made = reqwest::Client::new().put(format!("{url}/drops")).send().await.unwrap();
    assert!(made.status().is_success(), "{}", made.status());
    object_store::aws::AmazonS3Builder::new()
        .with_bucket_name("drops")
        .with_region("us-east-1")
        .with_endpoint(url)
        .with_allow_http(true)
        .with_access_key_id("test")
        .with_secret_access_key("test")
        .build()
        .unwrap()
}

/// The real protocol: moto's server from PyPI, where it is installed.
#[tokio::test(flavor = "multi_thread")]
async fn files_come_from_a_bucket() {
    let Some(server) = proving::Moto::start() else {
        eprintln!("skipped: no S3 server here (`moto_server` of PyPI's moto[server], on the path or named by SAROVAR_MOTO)");
        return;
    };
    let basin = Basin::new().await;
    let bucket = drops(&server.url()).await;
    let put = async |path: &str, body: String| {
        bucket.put(&path.trim_start_matches("drops/").into(), body.into()).await.unwrap();
    };
    put("drops/anpr/one.ndjson", format!("{}\n{}\n", read(1), read(2))).await;
    put("drops/other/two.ndjson", format!("{}\n", read(9))).await;
    let secret = basin.dir.path().join("key");
    std::fs::write(&secret, "bucket-word-77").unwrap();
    let spec = format!(
        "contract = 'anpr.read'\nkind = 's3'\nbucket = 'drops'\nprefix = 'anpr'\nendpoint = '{}'\nallow_http = true\nallow_private = true\n\
         access_key = {{ file = '{1}' }}\nsecret_key = {{ file = '{1}' }}\n",
        server.url(),
        secret.display()
    );
    let first = basin.pull("bucket", &spec).await;
    assert_eq!(told(&first), (true, 2, 2, 0, 0), "{first:?}");
    assert_eq!(told(&basin.pull("bucket", &spec).await), (true, 0, 0, 0, 0));
    put("drops/anpr/three.ndjson", format!("{}\n", read(3))).await;
    put("drops/anpr/one.ndjson", format!("{}\n{}\n{}\n", read(1), read(2), read(4))).await;
    assert_eq!(told(&basin.pull("bucket", &spec).await), (true, 4, 2, 0, 2));
    assert!(!basin.holds("bucket-word-77"));
    let nowhere = basin.pull("bucket", &spec.replace("'drops'", "'nothing'").replace("tries = 4", "tries = 1")).await;
    assert!(!nowhere.done && nowhere.message.is_some(), "{nowhere:?}");
}

/// The real protocol: Debian's openssh-server, where it is installed.
#[tokio::test(flavor = "multi_thread")]
async fn files_come_from_a_folder_reached_by_sftp() {
    let Some(server) = proving::Sftp::start() else {
        eprintln!("skipped: no SFTP server here (Debian's `openssh-server` and `openssh-client`)");
        return;
    };
    let basin = Basin::new().await;
    let drop = basin.dir.path().join("drop [1]");
    std::fs::create_dir_all(&drop).unwrap();
    std::fs::write(drop.join("one \"a\" two.ndjson"), format!("{}\n{}\n", read(1), read(2))).unwrap();
    std::fs::write(drop.join("half.ndjson.part"), "half").unwrap();
    std::fs::write(drop.join("note.txt"), "this is no table\n").unwrap();
    let spec = |key: &str, known: &str, path: &std::path::Path| {
        format!(
            "kind = 'sftp'\nhost = '127.0.0.1'\nport = {}\nuser = '{}'\npath = '{}'\nkey = '{}'\nknown_hosts = '{}'\nsettle_seconds = 0\nallow_private = true\ntries = 1\n",
            server.port(),
            server.user(),
            path.display(),
            server.file(key).display(),
            server.file(known).display()
        )
    };
    let good = spec("user", "known", &drop);
    let first = basin.pull("drop", &good).await;
    assert!(first.done && first.accepted == 2, "{first:?}");
    assert!(first.message.as_deref().unwrap().contains("note.txt"), "{first:?}");
    assert!(drop.join("note.txt").exists(), "files stay where they are");
    let again = basin.pull("drop", &good).await;
    assert_eq!((told(&again), again.reports.len()), ((true, 0, 0, 0, 0), 0));
    std::fs::write(drop.join("three.ndjson"), format!("{}\n{}\n", read(3), read(1))).unwrap();
    assert_eq!(told(&basin.pull("drop", &good).await), (true, 2, 1, 0, 1));
    // Whoever is not who it says, or does not know us, gets and gives nothing.
    for (key, known, says) in
        [("user", "known-other", "its key is not the one in known_hosts"), ("stranger", "known", "does not know our key")]
    {
        let refused = basin.pull("drop", &spec(key, known, &drop)).await;
        // Some versions of the client say no more than that the connection was closed.
        let said = refused.message.clone().unwrap();
        assert!(
            !refused.done && refused.accepted == 0 && (said.contains(says) || said.contains("Connection closed")),
            "{refused:?}"
        );
    }
    let gone = basin.pull("drop", &spec("user", "known", &drop.join("nowhere"))).await;
    assert!(!gone.done && gone.message.is_some(), "{gone:?}");
    drop_server(server, &basin, &good).await;
}

async fn drop_server(server: proving::Sftp, basin: &Basin, spec: &str) {
    drop(server);
    let down = basin.pull("drop", spec).await;
    assert!(!down.done && down.message.as_deref().unwrap().contains("127.0.0.1"), "{down:?}");
}
