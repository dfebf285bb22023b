//! The networks behind their trait, each against its stand-in: what they send, what they make of faults, what is found afterwards.

use std::collections::BTreeMap;

use serde_json::json;
use social::limit::NetworkName;
use social::message::{Media, Track};
use social::network::{
    Channel, Facebook, Found, Instagram, Live, Mastodon, Network, Outcome, Outgoing, Prepared, Secret, Trouble, X, Youtube,
};
use standin::{Faults, Kind, World};

pub struct Scene {
    pub network: Box<dyn Network>,
    pub world: World,
    pub channel: Channel,
    pub folder: tempfile::TempDir,
}

impl Scene {
    pub async fn new(name: NetworkName) -> Self {
        let (network, kind, remote): (Box<dyn Network>, Kind, &str) = match name {
            NetworkName::X => (Box::new(X::new().unwrap()), Kind::X, "1"),
            NetworkName::Facebook => (Box::new(Facebook::new().unwrap()), Kind::Graph, "1"),
            NetworkName::Instagram => (Box::new(Instagram::new(None).unwrap()), Kind::Graph, "5001"),
            NetworkName::Youtube => (Box::new(Youtube::new().unwrap()), Kind::Youtube, "1"),
            _ => (Box::new(Mastodon::new().unwrap()), Kind::Mastodon, "1"),
        };
        let world = World::start(kind, Faults::default(), 7).await.unwrap();
        let address = if kind == Kind::Graph { format!("{}/v25.0", world.address) } else { world.address.clone() };
        let secret = Secret { access: format!("token-of-{remote}"), refresh: "refresh-0".into(), ..Secret::default() };
        let channel = Channel { account: "a".into(), handle: format!("thana{remote}"), remote: remote.into(), address, secret };
        Self { network, world, channel, folder: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self, name: &str, mime: &str, bytes: usize) -> Media {
        let path = self.folder.path().join(name);
        std::fs::write(&path, vec![7; bytes]).unwrap();
        let file = path.display().to_string();
        Media {
            file, mime: mime.into(), bytes: bytes as u64, alt: "हेलमेट का पोस्टर".into(), captions: true, ..Media::default()
        }
    }

    /// A post this network takes.
    pub fn post(&self, text: &str) -> Outgoing {
        let media = match self.network.name() {
            NetworkName::Instagram => {
                let file = "https://portal.example.org/a.jpg".to_owned();
                vec![Media {
                    file, mime: "image/jpeg".into(), bytes: 9, alt: "हेलमेट का पोस्टर".into(), ..Media::default()
                }]
            }
            NetworkName::Youtube => vec![self.file("film.mp4", "video/mp4", 300_000)],
            _ => Vec::new(),
        };
        let title = text.chars().filter(|c| !"<>".contains(*c)).take(60).collect();
        let key = text.bytes().map(|b| format!("{b:02x}")).collect();
        Outgoing { text: text.into(), title, media, key, languages: vec!["hi".into()], ..Outgoing::default() }
    }

    pub async fn publish(&self, post: &Outgoing) -> (Prepared, Outcome) {
        let prepared = self.network.prepare(&self.channel, post).await.unwrap();
        let out = self.network.commit(&self.channel, post, &prepared).await;
        (prepared, out)
    }

    pub async fn live(&self, post: &Outgoing) -> Live {
        match self.publish(post).await.1 {
            Outcome::Live(live) => live,
            other => panic!("{}: {other:?}", self.network.name()),
        }
    }

    async fn found(&self, post: &Outgoing, prepared: &Prepared, known: &[String]) -> Found {
        let since = chrono::Utc::now().timestamp_micros() - 300_000_000;
        self.network.reconcile(&self.channel, post, prepared, since, known).await
    }
}

pub const ALL: [NetworkName; 5] =
    [NetworkName::X, NetworkName::Facebook, NetworkName::Instagram, NetworkName::Youtube, NetworkName::Mastodon];

#[tokio::test(flavor = "multi_thread")]
async fn every_network_publishes_answers_and_takes_down() {
    for name in ALL {
        let s = Scene::new(name).await;
        let text = "हेलमेट पहनें & सीट-बेल्ट लगाएँ <सुरक्षित रहें> ₹500 https://police.example.org/x #सड़क_सुरक्षा";
        let post = s.post(text);
        assert_eq!(s.network.check(&post), Vec::<String>::new(), "{name}");
        let live = s.live(&post).await;
        assert!(
            name == NetworkName::Mastodon || live.url.as_deref().is_some_and(|u| u.starts_with("https://")),
            "{name}: {live:?}"
        );
        s.world.with(|m| assert_eq!(m.find(&live.remote).map(|p| p.text.as_str()), Some(text), "{name}"));

        // People write; what they wrote is read once, from where the last reading ended.
        let under = s.world.citizen(&s.channel.remote, "citizen", "@thana1 कब से?", Some(&live.remote));
        let page = s.network.inbound(&s.channel, None).await.unwrap();
        assert_eq!(
            page.items.iter().map(|i| (i.remote.as_str(), i.text.as_str(), i.answerable)).collect::<Vec<_>>(),
            [(under.as_str(), "@thana1 कब से?", true)],
            "{name}"
        );
        let again = s.network.inbound(&s.channel, page.cursor.as_deref()).await.unwrap();
        assert!(again.items.iter().all(|i| i.remote == under), "{name}: only the last second may come twice");

        let answer = s.network.reply(&under, "सुबह 8 बजे से।").unwrap();
        let answered = s.live(&answer).await;
        s.world.with(|m| assert_eq!(m.find(&answered.remote).unwrap().parent.as_deref(), Some(under.as_str()), "{name}"));

        match s.network.hide(&s.channel, &under, true).await {
            Ok(()) => {
                s.world.with(|m| assert!(m.find(&under).unwrap().hidden, "{name}"));
                s.network.hide(&s.channel, &under, false).await.unwrap();
                s.world.with(|m| assert!(!m.find(&under).unwrap().hidden, "{name}: shown again"));
            }
            Err(e) => assert!(name == NetworkName::Mastodon && matches!(e, Trouble::Impossible(_)), "{name}: {e}"),
        }
        assert!(!s.network.metrics(&s.channel, &live.remote).await.unwrap().is_empty(), "{name}");
        assert!(s.network.time(&s.channel).await.is_some(), "{name}");

        let proof = s.network.take_down(&s.channel, &live.remote).await.unwrap();
        assert!(!proof.is_empty() && s.world.with(|m| m.find(&live.remote).is_none()), "{name}: {proof}");
        assert!(s.network.take_down(&s.channel, &live.remote).await.is_ok(), "{name}: a second time is no error");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_success_is_unclear_and_reading_finds_the_post() {
    for name in ALL {
        let s = Scene::new(name).await;
        for faults in [Faults { error_after: 1000, ..Faults::default() }, Faults { lost_after: 1000, ..Faults::default() }] {
            let post = s.post(&format!("post {}", faults.error_after));
            s.world.set_faults(faults);
            let (prepared, out) = s.publish(&post).await;
            assert!(matches!(out, Outcome::Unclear(_)), "{name}: {out:?}");
            s.world.set_faults(Faults::default());
            let found = s.found(&post, &prepared, &[]).await;
            let Found::Live(live) = &found else { panic!("{name}: {found:?}") };
            assert_eq!(s.world.with(|m| m.find(&live.remote).map(|p| p.text.clone())), Some(post.text.clone()), "{name}");
            // A post that is the outcome of another delivery is not ours; networks with an object of our own know it anyway.
            let known = [live.remote.clone()];
            if matches!(name, NetworkName::X | NetworkName::Facebook | NetworkName::Mastodon) {
                assert_eq!(s.found(&post, &prepared, &known).await, Found::Absent, "{name}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_before_success_is_unclear_and_reading_finds_nothing() {
    for name in ALL {
        let s = Scene::new(name).await;
        for faults in [Faults { error_before: 1000, ..Faults::default() }, Faults { lost_before: 1000, ..Faults::default() }] {
            let post = s.post(&format!("post {}", faults.error_before));
            s.world.set_faults(faults);
            let (prepared, out) = s.publish(&post).await;
            assert!(matches!(out, Outcome::Unclear(_)), "{name}: {out:?}");
            assert!(matches!(s.found(&post, &prepared, &[]).await, Found::Absent), "{name}");
            s.world.set_faults(Faults { read_error: 1000, ..Faults::default() });
            assert!(
                matches!(s.found(&post, &prepared, &[]).await, Found::Unclear(_)),
                "{name}: reading that fails tells nothing"
            );
        }
        s.world.set_faults(Faults { limited: 1000, ..Faults::default() });
        let (_, out) = s.publish(&s.post("limited")).await;
        assert!(matches!(out, Outcome::Not(Trouble::Limited { seconds: 1..=2, app: false, .. })), "{name}: {out:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_and_a_machine_without_network_leave_nothing_behind() {
    for name in ALL {
        let mut s = Scene::new(name).await;
        let post = s.post("never out");
        let prepared = s.network.prepare(&s.channel, &post).await.unwrap();
        s.world.with(|m| m.revoked.push(s.channel.secret.access.clone()));
        let out = s.network.commit(&s.channel, &post, &prepared).await;
        // A film's session carries its own leave.
        if name != NetworkName::Youtube {
            assert!(matches!(out, Outcome::Not(Trouble::Reconnect(_) | Trouble::Expired(_))), "{name}: {out:?}");
        }
        let refused = s.network.probe(&s.channel).await.unwrap_err();
        assert!(matches!(refused, Trouble::Reconnect(_) | Trouble::Expired(_)), "{name}: {refused:?}");
        assert!(social::network::words(&refused.to_string(), true).is_some(), "{name}: has words for an officer: {refused}");
        s.channel.address = "http://127.0.0.1:1".into();
        let nowhere = s.network.prepare(&s.channel, &s.post("x")).await;
        let reached = match nowhere {
            Ok(prepared) => s.network.commit(&s.channel, &s.post("x"), &prepared).await,
            Err(e) => Outcome::Not(e),
        };
        assert!(matches!(reached, Outcome::Not(Trouble::Later(_))), "{name}: {reached:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_go_with_their_descriptions_and_large_things_are_waited_for() {
    for (name, alts) in [(NetworkName::X, 2), (NetworkName::Facebook, 2), (NetworkName::Mastodon, 2)] {
        let s = Scene::new(name).await;
        // The second is large enough to be sent in parts and worked on afterwards.
        let media = vec![s.file("a.png", "image/png", 900), s.file("b.png", "image/png", 1_400_000)];
        let post = Outgoing { media, ..s.post("दो चित्र") };
        assert_eq!(s.network.check(&post), Vec::<String>::new(), "{name}");
        let live = s.live(&post).await;
        s.world.with(|m| {
            assert_eq!(m.find(&live.remote).unwrap().media.len(), 2, "{name}");
            assert_eq!(m.media.values().filter(|x| x.alt == "हेलमेट का पोस्टर").count(), alts, "{name}");
        });
        let many = Outgoing { media: vec![s.file("a.png", "image/png", 9); 11], ..s.post("x") };
        assert!(!s.network.check(&many).is_empty(), "{name}: too many pictures are told before anything is sent");
    }
    let s = Scene::new(NetworkName::Instagram).await;
    let one = s.post("x").media.remove(0);
    let film = Media { file: "https://portal.example.org/b.mp4".into(), mime: "video/mp4".into(), captions: true, ..one.clone() };
    let live = s.live(&Outgoing { media: vec![one, film.clone()], ..s.post("कई चित्र") }).await;
    s.world.with(|m| {
        let whole = &m.find(&live.remote).unwrap().media[0];
        assert_eq!(m.media[whole].children.len(), 2, "a carousel of two");
    });
    s.live(&Outgoing { media: vec![film], ..s.post("रील") }).await;
    let local = Outgoing { media: vec![s.file("c.jpg", "image/jpeg", 9)], ..s.post("no address") };
    let refused = s.network.prepare(&s.channel, &local).await.unwrap_err();
    assert!(refused.to_string().contains("SAROVAR_PORTAL_URL"), "{refused}");

    let s = Scene::new(NetworkName::Facebook).await;
    let reel = Outgoing { media: vec![s.file("r.mp4", "video/mp4", 5000)], ..s.post("रील") };
    let live = s.live(&reel).await;
    assert!(s.world.with(|m| m.media[&live.remote].state == "published"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_goes_up_in_parts_gets_its_still_and_is_found_by_its_session() {
    let s = Scene::new(NetworkName::Youtube).await;
    let film = s.file("long.mp4", "video/mp4", 9_000_000);
    let words = s.file("long.srt", "application/x-subrip", 3);
    let film = Media { track: Some(Track { file: words.file, sha256: String::new(), language: "hi".into() }), ..film };
    let post =
        Outgoing { media: vec![film, s.file("still.png", "image/png", 900)], ..s.post("यातायात नियम") };
    assert_eq!(s.network.check(&post), Vec::<String>::new());
    let prepared = s.network.prepare(&s.channel, &post).await.unwrap();
    assert_eq!(s.found(&post, &prepared, &[]).await, Found::Absent, "all but the last part is there, and nothing is out");
    let Outcome::Live(live) = s.network.commit(&s.channel, &post, &prepared).await else { panic!("not live") };
    s.network.finish(&s.channel, &post, &live).await.unwrap();
    s.world.with(|m| {
        assert_eq!(m.find(&live.remote).unwrap().media, ["captions hi: \u{7}\u{7}\u{7}", "still of 900 bytes"]);
        // The session is forgotten: the channel's own list tells.
        m.sessions.clear();
    });
    assert_eq!(s.found(&post, &prepared, &[]).await, Found::Live(live.clone()));
    assert_eq!(s.found(&post, &prepared, &[live.remote]).await, Found::Absent);
    let nameless = Outgoing { title: String::new(), ..post };
    assert!(matches!(s.network.prepare(&s.channel, &nameless).await, Err(Trouble::Content(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn mastodons_key_makes_the_same_call_one_post() {
    let s = Scene::new(NetworkName::Mastodon).await;
    let post = s.post("एक बार");
    let (prepared, first) = s.publish(&post).await;
    assert_eq!(s.network.commit(&s.channel, &post, &prepared).await, first);
    assert_eq!(s.world.counts().values().collect::<Vec<_>>(), [&1]);
    s.world.set_faults(Faults { ignore_keys: true, ..Faults::default() });
    assert_ne!(s.network.commit(&s.channel, &post, &prepared).await, first, "some servers ignore it: reading comes first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_twice_are_read_not_repeated() {
    for name in [NetworkName::X, NetworkName::Facebook] {
        let s = Scene::new(name).await;
        let post = s.post("दो बार");
        let live = s.live(&post).await;
        let (prepared, again) = s.publish(&post).await;
        assert!(matches!(&again, Outcome::Unclear(why) if why.contains("duplicate]")), "{name}: {again:?}");
        assert_eq!(s.found(&post, &prepared, &[]).await, Found::Live(live), "{name}");
        assert_eq!(s.world.counts().values().collect::<Vec<_>>(), [&1], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_tokens_are_good_once() {
    for name in [NetworkName::X, NetworkName::Youtube] {
        let s = Scene::new(name).await;
        let fresh = s.network.refresh(&s.channel).await.unwrap();
        assert_ne!((&fresh.access, &fresh.refresh), (&s.channel.secret.access, &s.channel.secret.refresh), "{name}");
        assert!(fresh.expires_at.unwrap() > chrono::Utc::now().timestamp_micros() + 7_000_000_000, "{name}");
        let again = s.network.refresh(&s.channel).await.unwrap_err();
        assert!(matches!(again, Trouble::Reconnect(_)), "{name}: {again:?}");
    }
    let s = Scene::new(NetworkName::Instagram).await;
    assert!(s.network.refresh(&s.channel).await.unwrap().access.ends_with('x'));
    let s = Scene::new(NetworkName::Facebook).await;
    assert!(matches!(s.network.refresh(&s.channel).await, Err(Trouble::Reconnect(_))), "page tokens are not renewed");
    assert!(s.network.probe(&s.channel).await.unwrap().expires_at.is_some(), "the leave to read data ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_read_in_parts_loses_nothing() {
    let s = Scene::new(NetworkName::X).await;
    for i in 0..230 {
        s.world.citizen("1", &format!("c{i}"), &format!("@thana1 {i}"), None);
    }
    let all = s.network.inbound(&s.channel, None).await.unwrap();
    let different: BTreeMap<String, ()> = all.items.iter().map(|i| (i.remote.clone(), ())).collect();
    assert_eq!(different.len(), 230);
    s.world.citizen("1", "late", "@thana1 late", None);
    let more = s.network.inbound(&s.channel, all.cursor.as_deref()).await.unwrap();
    assert_eq!(more.items.iter().map(|i| i.text.as_str()).collect::<Vec<_>>(), ["@thana1 late"]);
    let s = Scene::new(NetworkName::Mastodon).await;
    (0..95).for_each(|i| drop(s.world.citizen("1", "c", &format!("{i}"), None)));
    assert_eq!(s.network.inbound(&s.channel, None).await.unwrap().items.len(), 95);
    assert_eq!(json!(s.network.capabilities().title), json!("Mastodon"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_changes_the_words_and_nothing_else_where_a_program_may_edit() {
    for name in ALL {
        let s = Scene::new(name).await;
        let media = if name == NetworkName::Mastodon { vec![s.file("a.png", "image/png", 90)] } else { s.post("x").media };
        let old = Outgoing { media, ..s.post("शिविर सोमवार को है।") };
        let live = s.live(&old).await;
        let new = Outgoing {
            text: "शिविर मंगलवार को है।".into(), title: "मंगलवार".into(), ..old.clone()
        };
        if !name.limits().edit {
            let out = s.network.edit(&s.channel, &live.remote, &new, &Prepared::default()).await;
            assert!(matches!(out, Outcome::Not(Trouble::Impossible(_))), "{name}: {out:?}");
            continue;
        }
        let before = s.world.with(|m| m.find(&live.remote).unwrap().media.len());
        let prepared = s.network.prepare_edit(&s.channel, &live.remote, &new).await.unwrap();
        let out = s.network.edit(&s.channel, &live.remote, &new, &prepared).await;
        assert!(matches!(&out, Outcome::Live(l) if l.remote == live.remote), "{name}: {out:?}");
        let words = s.network.says(&s.channel, &live.remote, &new).await.unwrap();
        assert!(words.are(&new) && !words.are(&old), "{name}: {words:?}");
        assert_eq!(s.world.with(|m| m.find(&live.remote).unwrap().media.len()), before, "{name}: its pictures stay");

        for (faults, went) in [
            (Faults { error_after: 1000, ..Faults::default() }, true),
            (Faults { error_before: 1000, ..Faults::default() }, false),
        ] {
            let next = Outgoing {
                text: format!("शिविर बुधवार को है। {went}"), title: format!("बुधवार {went}"), ..new.clone()
            };
            let prepared = s.network.prepare_edit(&s.channel, &live.remote, &next).await.unwrap();
            s.world.set_faults(faults);
            let out = s.network.edit(&s.channel, &live.remote, &next, &prepared).await;
            s.world.set_faults(Faults::default());
            assert!(matches!(out, Outcome::Unclear(_)), "{name}: {out:?}");
            assert_eq!(s.network.says(&s.channel, &live.remote, &next).await.unwrap().are(&next), went, "{name}");
        }
        s.network.take_down(&s.channel, &live.remote).await.unwrap();
        let gone = s.network.says(&s.channel, &live.remote, &new).await;
        assert!(matches!(gone, Err(Trouble::Gone(_))), "{name}: {gone:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_gone_is_waited_for_and_nothing_is_half_published() {
    for (name, whole_app) in [(NetworkName::Instagram, false), (NetworkName::Youtube, true)] {
        let s = Scene::new(name).await;
        s.world.with(|m| m.quota_gone = true);
        let refused = s.network.prepare(&s.channel, &s.post("कल")).await.unwrap_err();
        let Trouble::Limited { seconds, app, why } = &refused else { panic!("{name}: {refused:?}") };
        assert!(*seconds >= 1 && *app == whole_app, "{name}: {refused:?}");
        assert!(social::network::words(why, true).is_some(), "{name}: has words for an officer: {why}");
        assert_eq!(s.world.with(|m| (m.posts.len(), m.media.len(), m.sessions.len())), (0, 0, 0), "{name}");
        s.world.with(|m| m.quota_gone = false);
        s.live(&s.post("कल")).await;
    }
}
