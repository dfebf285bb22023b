//! Consent, two persons, webhooks.

use chrono::Duration;
use ring::hmac;
use serde_json::json;
use social::limit::NetworkName;
use social::network::oauth::App;
use social::webhook;
use standin::{Faults, Kind, World};
use store::Store;
use url::Url;

use crate::office::{Office, now, who};

async fn office() -> (Office, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open_in(home.path(), now()).await.unwrap();
    (Office::new(store).await, home)
}

fn app(network: NetworkName, address: &str) -> App {
    App {
        network,
        address: address.into(),
        id: "app".into(),
        secret: "secret".into(),
        redirect: "https://desk.example.org/back".into(),
    }
}

fn state(address: &str) -> String {
    let url = Url::parse(address).unwrap();
    url.query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_connected_by_consent_and_waits_for_a_second_person() {
    for (network, kind, handle) in [
        (NetworkName::X, Kind::X, "thana1"),
        (NetworkName::Facebook, Kind::Graph, "Page 1"),
        (NetworkName::Instagram, Kind::Graph, "thana5001"),
        (NetworkName::Youtube, Kind::Youtube, "Channel 1"),
        (NetworkName::Mastodon, Kind::Mastodon, "thana1"),
    ] {
        let (office, _home) = office().await;
        let (desk, channels) = (&office.desk, &office.channels);
        let world = World::start(kind, Faults::default(), 1).await.unwrap();
        let address = if kind == Kind::Graph { format!("{}/v25.0", world.address) } else { world.address.clone() };
        let none = desk.begin_connect(&who("sp"), channels, "THANA", network, &address, now()).await.unwrap_err();
        assert!(none.to_string().contains("no application"), "{network}: {none}");
        assert!(
            desk.register_app(&who("sp"), channels, &app(network, &address), now()).await.is_err(),
            "headquarters registers it"
        );
        desk.register_app(&who("igp"), channels, &app(network, &address), now()).await.unwrap();
        assert!(!desk.store.clients().await.unwrap()[0].secret.contains("secret"), "sealed");

        let url = desk.begin_connect(&who("sp"), channels, "THANA", network, &address, now()).await.unwrap();
        assert!(url.contains("client_id=app"), "{url}");
        let state = state(&url);
        let stolen = desk.finish_connect(&who("igp"), channels, &state, "code-1", now()).await.unwrap_err();
        assert!(stolen.to_string().contains("somebody else"), "{network}: {stolen}");
        let used = desk.finish_connect(&who("sp"), channels, &state, "code-1", now()).await.unwrap_err();
        assert!(used.to_string().contains("used already"), "{network}: {used}");

        let url = desk.begin_connect(&who("sp"), channels, "THANA", network, &address, now()).await.unwrap();
        let late = desk.finish_connect(&who("sp"), channels, &self::state(&url), "code-1", now() + Duration::minutes(11)).await;
        assert!(late.is_err(), "{network}: a consent ends after ten minutes");

        let url = desk.begin_connect(&who("sp"), channels, "THANA", network, &address, now()).await.unwrap();
        let bad = desk.finish_connect(&who("sp"), channels, &self::state(&url), "bad-code", now()).await;
        assert!(bad.is_err(), "{network}");

        let url = desk.begin_connect(&who("sp"), channels, "THANA", network, &address, now()).await.unwrap();
        let made = desk.finish_connect(&who("sp"), channels, &self::state(&url), "code-1", now()).await.unwrap();
        let left: &[&str] = if kind == Kind::Graph { &["Page without a task"] } else { &[] };
        assert_eq!(made.left_out, left, "{network}: the page without a token is named");
        let made = made.accounts;
        assert_eq!(
            made.iter().map(|a| (a.handle.as_str(), a.state.as_str())).collect::<Vec<_>>(),
            [(handle, "proposed")],
            "{network}"
        );
        let own = desk.confirm(&who("sp"), &made[0].id, now()).await.unwrap_err();
        assert!(own.to_string().contains("cannot confirm"), "{network}: {own}");
        desk.confirm(&who("igp"), &made[0].id, now()).await.unwrap();
        let account = desk.store.account(&made[0].id).await.unwrap();
        assert_eq!((account.state.as_str(), account.confirmed_by.as_deref()), ("connected", Some("igp")), "{network}");
        assert!(!account.secret.contains("token"), "sealed");

        // Connected again, it works on with the token it has until a second person has agreed to the new one.
        let url = desk.begin_connect(&who("igp"), channels, "THANA", network, &address, now()).await.unwrap();
        let again = desk.finish_connect(&who("igp"), channels, &self::state(&url), "code-2", now()).await.unwrap().accounts;
        assert_eq!((again[0].id.as_str(), again[0].state.as_str()), (account.id.as_str(), "connected"), "{network}");
        assert_eq!(desk.store.account(&account.id).await.unwrap(), account, "{network}: nothing of it changed yet");
        assert!(desk.confirm(&who("igp"), &account.id, now()).await.is_err(), "{network}: not by whoever connected it");
        desk.confirm(&who("sp"), &account.id, now()).await.unwrap();
        let renewed = desk.store.account(&account.id).await.unwrap();
        assert_eq!((renewed.connected_by.as_str(), renewed.confirmed_by.as_deref()), ("igp", Some("sp")), "{network}");
        assert!(renewed.secret != account.secret && renewed.secret_version == account.secret_version + 1, "{network}");
        assert!(desk.store.proposals().await.unwrap().is_empty(), "{network}");
        assert!(desk.expiring(now()).await.unwrap().is_empty(), "{network}: what a program renews is not warned of");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_and_the_poller_bring_one_item_and_a_replay_none() {
    let (office, _home) = office().await;
    let desk = &office.desk;
    let account = office.channel("Page 7", "THANA", "http://127.0.0.1:1").await;
    let sql = json!({ "object": "page", "entry": [{ "id": "Page 7", "time": now().timestamp(), "changes": [{ "field": "feed", "value": {
        "item": "comment", "verb": "add", "comment_id": "c1", "post_id": "p1", "from": { "id": "9", "name": "citizen" }, "message": "कब?", "created_time": now().timestamp() } }] }] });
    let sign = |body: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let tag: String = hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
        format!("sha256={tag}")
    };
    let take = async |body: &str| {
        let mut heard = webhook::meta("secret", &sign(body), body.as_bytes(), now().timestamp()).unwrap();
        // The stand-in channel of the office takes the place of a page.
        heard.iter_mut().for_each(|h| h.network = NetworkName::Standin);
        desk.heard(NetworkName::Facebook, body.as_bytes(), heard, now()).await.unwrap()
    };
    let body = sql.to_string();
    assert_eq!(take(&body).await, 1);
    assert_eq!(take(&body).await, 0, "the same body again");
    let items = desk.store.items(Some("THANA"), true, 10).await.unwrap();
    assert_eq!((items.len(), items[0].body.as_str(), items[0].account.as_str()), (1, "कब?", account.id.as_str()));

    // Another delivery of the same comment, edited: one item, with the new words.
    let edited = body.replace("कब?", "कब से?").replace("\"add\"", "\"edited\"");
    assert_eq!(take(&edited).await, 0);
    assert_eq!(desk.store.items(Some("THANA"), true, 10).await.unwrap()[0].body, "कब से?");
    let removed = body.replace("\"add\"", "\"remove\"");
    take(&removed).await;
    let gone = &desk.store.items(Some("THANA"), true, 10).await.unwrap()[0];
    assert_eq!(
        (gone.state.as_str(), gone.body.as_str(), gone.handle.as_str()),
        ("closed", "", ""),
        "what its author removed is not kept"
    );
    let foreign = body.replace("Page 7", "Page 8").replace("c1", "c9");
    assert_eq!(take(&foreign).await, 0, "of an account that is not ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_a_token_is_a_plain_refusal_in_both_languages() {
    let (office, _home) = office().await;
    let (desk, channels) = (&office.desk, &office.channels);
    let world = World::start(Kind::Graph, Faults::default(), 1).await.unwrap();
    let address = format!("{}/v25.0", world.address);
    for (network, title) in [(NetworkName::Facebook, "Facebook"), (NetworkName::Instagram, "Instagram")] {
        desk.register_app(&who("igp"), channels, &app(network, &address), now()).await.unwrap();
        let url = desk.begin_connect(&who("sp"), channels, "THANA", network, &address, now()).await.unwrap();
        let code = format!("no-task-{title}");
        let why = crate::office::refused(desk.finish_connect(&who("sp"), channels, &state(&url), &code, now()).await);
        assert!(why.contains(&format!("{title} gave no token for Page without a task")), "{why}");
        assert!(why.contains("agree again") && why.contains("task of publishing"), "what to do: {why}");
        let hindi = social::refusal::hindi(&why).unwrap();
        assert!(hindi.contains("Page without a task") && hindi.contains("टोकन नहीं दिया"), "{hindi}");
        assert!(desk.store.accounts().await.unwrap().is_empty(), "nothing half connected");
    }
}
