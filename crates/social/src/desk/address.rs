//! Addresses of posts as browsers show them, and what they tell: the network, the channel and the post's id there.

use store::social::{Account, Foreign};
use url::Url;

use crate::limit::NetworkName;
use crate::network::same_handle;

/// What an address tells. Without a channel of ours, or without an id, a person removes what stands there.
pub(super) fn find(address: &str, accounts: &[Account], named: Option<&Account>) -> Result<Foreign, String> {
    let url = Url::parse(address).ok().filter(|u| matches!(u.scheme(), "https" | "http") && u.host_str().is_some());
    let url = url.ok_or_else(|| format!("{address:?} is no address; copy it from the browser, from https:// on"))?;
    let (network, owner, remote) = read(&url);
    let network = network.or_else(|| named.and_then(|a| a.network.parse().ok()));
    let fits = |a: &&Account| network.is_some_and(|n| a.network == n.as_str());
    let account = match named {
        Some(account) => Some(account).filter(fits),
        None => owner.as_deref().and_then(|o| {
            accounts.iter().filter(fits).find(|a| same_handle(&a.handle, o) || a.remote == o || server_handle(a, &url, o))
        }),
    };
    let remote = remote.and_then(|id| remote_id(network?, account?, &id));
    Ok(Foreign {
        account: account.map(|a| a.id.clone()).unwrap_or_default(),
        network: network.map(|n| n.to_string()).unwrap_or_default(),
        remote: remote.unwrap_or_default(),
        url: address.into(),
    })
}

/// Network, owner and id, as far as an address has them.
fn read(url: &Url) -> (Option<NetworkName>, Option<String>, Option<String>) {
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.").trim_start_matches("m.");
    let path: Vec<&str> = url.path_segments().into_iter().flatten().filter(|p| !p.is_empty()).collect();
    let some = |text: &str| Some(text.to_owned());
    let asked = |name: &str| url.query_pairs().find(|(k, _)| k == name).map(|(_, v)| v.into_owned());
    match (host, path.as_slice()) {
        ("x.com" | "twitter.com", [owner, "status", id, ..]) => (Some(NetworkName::X), some(owner), some(id)),
        ("bsky.app", ["profile", owner, "post", id]) => (Some(NetworkName::Bluesky), some(owner), some(id)),
        ("youtube.com", ["watch"]) => (Some(NetworkName::Youtube), None, asked("v")),
        ("youtube.com", ["shorts" | "live", id]) | ("youtu.be", [id]) => (Some(NetworkName::Youtube), None, some(id)),
        ("facebook.com", [owner, "posts" | "videos", .., id]) => (Some(NetworkName::Facebook), some(owner), some(id)),
        ("facebook.com", ["permalink.php" | "story.php"]) => (Some(NetworkName::Facebook), asked("id"), asked("story_fbid")),
        ("facebook.com", [single]) if single.contains('_') => {
            (Some(NetworkName::Facebook), single.split('_').next().map(str::to_owned), some(single))
        }
        // The short code of an address is not the id that Instagram's interface knows.
        ("instagram.com", [..]) => (Some(NetworkName::Instagram), None, None),
        (_, [owner, id]) if owner.starts_with('@') && id.bytes().all(|b| b.is_ascii_digit()) => {
            (Some(NetworkName::Mastodon), some(owner), some(id))
        }
        _ => (None, None, None),
    }
}

/// A Mastodon account is found by its server too.
fn server_handle(account: &Account, url: &Url, owner: &str) -> bool {
    let server = url.host_str().unwrap_or_default();
    same_handle(&account.handle, &format!("{}@{server}", owner.trim_start_matches('@')))
}

/// The id as the network's interface wants it.
fn remote_id(network: NetworkName, account: &Account, id: &str) -> Option<String> {
    Some(match network {
        NetworkName::Bluesky => format!("at://{}/app.bsky.feed.post/{id}", account.remote),
        NetworkName::Facebook if !id.contains('_') => format!("{}_{id}", account.remote),
        NetworkName::Instagram => return None,
        _ => id.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(network: &str, handle: &str, remote: &str) -> Account {
        Account {
            id: format!("id-{network}"),
            unit: "T1".into(),
            network: network.into(),
            handle: handle.into(),
            remote: remote.into(),
            address: String::new(),
            app: String::new(),
            state: "connected".into(),
            secret: String::new(),
            secret_version: 1,
            refreshing_at: None,
            expires_at: None,
            blocked_until: 0,
            failures: 0,
            cursor: None,
            message_cursor: None,
            probed_at: None,
            note: None,
            connected_by: "sp".into(),
            confirmed_by: None,
            created_at: 0,
        }
    }

    #[test]
    fn addresses_tell_channel_and_id_as_the_networks_document_them() {
        let ours = [
            account("x", "@thana1", "77"),
            account("bluesky", "t1.example.org", "did:plc:abc"),
            account("facebook", "Thana One", "1234"),
            account("mastodon", "thana1@social.example.org", "9"),
            account("youtube", "Channel", "UC1"),
        ];
        for (address, network, account, remote) in [
            ("https://x.com/Thana1/status/190000000000000001", "x", "id-x", "190000000000000001"),
            (
                "https://bsky.app/profile/t1.example.org/post/3kabc",
                "bluesky",
                "id-bluesky",
                "at://did:plc:abc/app.bsky.feed.post/3kabc",
            ),
            ("https://www.facebook.com/1234/posts/999", "facebook", "id-facebook", "1234_999"),
            ("https://www.facebook.com/1234_999", "facebook", "id-facebook", "1234_999"),
            ("https://www.facebook.com/permalink.php?story_fbid=999&id=1234", "facebook", "id-facebook", "1234_999"),
            ("https://social.example.org/@thana1/111", "mastodon", "id-mastodon", "111"),
            // Nobody's of ours, or without an id of the interface: by hand.
            ("https://x.com/stranger/status/5", "x", "", ""),
            ("https://www.instagram.com/p/Cabc/", "instagram", "", ""),
            ("https://www.youtube.com/watch?v=abc", "youtube", "", ""),
            ("https://news.example.org/story", "", "", ""),
        ] {
            let found = find(address, &ours, None).unwrap();
            assert_eq!(
                (found.network.as_str(), found.account.as_str(), found.remote.as_str()),
                (network, account, remote),
                "{address}"
            );
        }
        let film = find("https://youtu.be/abc", &ours, Some(&ours[4])).unwrap();
        assert_eq!((film.account.as_str(), film.remote.as_str()), ("id-youtube", "abc"), "the channel is named");
        let other = find("https://youtu.be/abc", &ours, Some(&ours[0])).unwrap();
        assert_eq!(other.account, "", "a channel of another network does not fit");
        assert!(find("ask the constable", &ours, None).unwrap_err().contains("https://"));
    }
}
