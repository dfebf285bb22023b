//! What networks call us with. Nothing in a body is believed before its signature holds; a body seen before changes nothing; what
//! came by webhook and by polling is the same item.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::DateTime;
use ring::hmac;
use serde_json::Value;

use crate::limit::NetworkName;
use crate::network::{Inbound, hex, moment, same_handle, text, unhex, written_alone};

/// Meta repeats a call for at most 36 hours; what claims to be older is a replay.
const OLDEST: i64 = 48 * 3600;

/// Why a call was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the signature is missing or wrong")]
    Forged,
    #[error("the body is not what this network sends")]
    Unreadable,
    #[error("the call is older than any repetition: a replay")]
    Old,
}

/// What a call tells of one of our accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub network: NetworkName,
    /// The account's own id at the network.
    pub account: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Wrote(Inbound),
    /// Its author or the network removed it.
    Removed(String),
}

/// X's challenge: the answer to `GET ?crc_token=…`.
pub fn x_challenge(secret: &str, token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", BASE64.encode(hmac::sign(&key, token.as_bytes())))
}

/// Meta's challenge: the answer to `GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…`.
pub fn meta_challenge<'a>(expected: &str, mode: &str, token: &str, challenge: &'a str) -> Result<&'a str, Refusal> {
    // Compared through their digests: how long it takes tells nothing of the word.
    let same = digest(expected.as_bytes()) == digest(token.as_bytes());
    if mode == "subscribe" && same && !expected.is_empty() { Ok(challenge) } else { Err(Refusal::Forged) }
}

fn signed(secret: &str, body: &[u8], signature: Option<Vec<u8>>) -> Result<(), Refusal> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = signature.filter(|_| !secret.is_empty()).ok_or(Refusal::Forged)?;
    hmac::verify(&key, body, &signature).map_err(|_| Refusal::Forged)
}

/// Reads a call of X (`x-twitter-webhooks-signature`).
pub fn x(secret: &str, signature: &str, body: &[u8]) -> Result<Vec<Heard>, Refusal> {
    signed(secret, body, signature.strip_prefix("sha256=").and_then(|s| BASE64.decode(s).ok()))?;
    let call: Value = serde_json::from_slice(body).map_err(|_| Refusal::Unreadable)?;
    let account = text(&call["for_user_id"]);
    let heard = |what| Heard { network: NetworkName::X, account: account.clone(), what };
    let wrote = call["tweet_create_events"].as_array().into_iter().flatten().filter_map(|t| {
        let (id, author) = (text(&t["id_str"]), text(&t["user"]["screen_name"]));
        // Own posts come back to us too.
        if t["user"]["id_str"] == account.as_str() {
            return None;
        }
        let named =
            |m: &Value| m["id_str"] == account.as_str() || m["screen_name"].as_str().is_some_and(|n| same_handle(n, &account));
        let parent = t["in_reply_to_status_id_str"].as_str().map(str::to_owned);
        Some(What::Wrote(Inbound {
            kind: if parent.is_some() { "reply" } else { "mention" },
            parent,
            text: text(&t["text"]),
            url: Some(format!("https://x.com/{author}/status/{id}")),
            written_at: old_style(&t["created_at"]),
            answerable: t["entities"]["user_mentions"].as_array().is_some_and(|all| all.iter().any(named)),
            handle: author,
            remote: id,
        }))
    });
    let removed = call["tweet_delete_events"].as_array().into_iter().flatten().map(|e| What::Removed(text(&e["status"]["id"])));
    Ok(wrote.chain(removed).map(heard).collect())
}

/// `Wed Nov 25 03:10:00 +0000 2026`, else RFC 3339.
fn old_style(v: &Value) -> i64 {
    let parsed = v.as_str().and_then(|t| DateTime::parse_from_str(t, "%a %b %d %H:%M:%S %z %Y").ok());
    parsed.map_or_else(|| moment(v), |t| t.timestamp_micros())
}

/// Reads a call of Meta (`X-Hub-Signature-256`), for pages and for Instagram accounts. `now` in Unix seconds.
pub fn meta(secret: &str, signature: &str, body: &[u8], now: i64) -> Result<Vec<Heard>, Refusal> {
    signed(secret, body, signature.strip_prefix("sha256=").and_then(unhex))?;
    let call: Value = serde_json::from_slice(body).map_err(|_| Refusal::Unreadable)?;
    let network = match call["object"].as_str() {
        Some("page") => NetworkName::Facebook,
        Some("instagram") => NetworkName::Instagram,
        _ => return Err(Refusal::Unreadable),
    };
    let mut out = Vec::new();
    for entry in call["entry"].as_array().into_iter().flatten() {
        let (account, time) = (text(&entry["id"]), entry["time"].as_i64().unwrap_or(now));
        // Instagram counts in milliseconds in some calls.
        let time = if time > 100_000_000_000 { time / 1000 } else { time };
        if time < now - OLDEST {
            return Err(Refusal::Old);
        }
        for change in entry["changes"].as_array().into_iter().flatten() {
            let what = match network {
                NetworkName::Facebook => page(&account, &change["value"]),
                _ => instagram(&account, change, time),
            };
            out.extend(what.map(|what| Heard { network, account: account.clone(), what }));
        }
        let alone = entry["messaging"].as_array().into_iter().flatten().filter_map(|m| message(&account, m));
        out.extend(alone.map(|what| Heard { network, account: account.clone(), what }));
    }
    Ok(out)
}

/// A message to the account alone; who wrote it is not taken along.
fn message(account: &str, v: &Value) -> Option<What> {
    let (m, id) = (&v["message"], text(&v["message"]["mid"]));
    // Own answers come back as echoes; receipts and reactions have no message.
    if id.is_empty() || m["is_echo"] == true || v["sender"]["id"] == account {
        return None;
    }
    if m["is_deleted"] == true {
        return Some(What::Removed(id));
    }
    let written_at = v["timestamp"].as_i64().unwrap_or_default() * 1000;
    Some(What::Wrote(written_alone(id, m["text"].as_str().unwrap_or_default(), written_at)))
}

fn page(account: &str, v: &Value) -> Option<What> {
    if v["from"]["id"] == account {
        return None;
    }
    let id = match text(&v["item"]).as_str() {
        "comment" => text(&v["comment_id"]),
        "post" | "status" => text(&v["post_id"]),
        // Reactions are nobody's work.
        _ => return None,
    };
    match v["verb"].as_str()? {
        "add" | "edited" | "edit" => {
            let comment = v["item"] == "comment";
            let parent = [&v["parent_id"], &v["post_id"]].into_iter().map(text).find(|p| !p.is_empty() && *p != id);
            Some(What::Wrote(Inbound {
                remote: id,
                kind: if comment { "comment" } else { "mention" },
                parent: parent.filter(|_| comment),
                handle: text(&v["from"]["name"]),
                text: text(&v["message"]),
                url: v["permalink_url"].as_str().map(str::to_owned),
                written_at: v["created_time"].as_i64().unwrap_or_default() * 1_000_000,
                answerable: true,
            }))
        }
        "remove" | "delete" => Some(What::Removed(id)),
        _ => None,
    }
}

fn instagram(account: &str, change: &Value, time: i64) -> Option<What> {
    let v = &change["value"];
    if change["field"] != "comments" || v["from"]["id"] == account {
        return None;
    }
    Some(What::Wrote(Inbound {
        remote: text(&v["id"]),
        kind: "comment",
        parent: [&v["parent_id"], &v["media"]["id"]].into_iter().map(text).find(|p| !p.is_empty()),
        handle: text(&v["from"]["username"]),
        text: text(&v["text"]),
        url: None,
        written_at: time * 1_000_000,
        answerable: true,
    }))
}

/// What a body is remembered by.
pub fn digest(body: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, body).as_ref())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sign_hex(body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        format!("sha256={}", hex(hmac::sign(&key, body).as_ref()))
    }

    #[test]
    fn a_signature_is_that_of_the_standard() {
        // RFC 4231, test case 2.
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"Jefe");
        let tag = hex(hmac::sign(&key, b"what do ya want for nothing?").as_ref());
        assert_eq!(tag, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(signed("Jefe", b"what do ya want for nothing?", unhex(&tag)).is_ok());
        assert_eq!(x_challenge("Jefe", "what do ya want for nothing?"), "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    }

    #[test]
    fn forged_changed_old_and_foreign_calls_are_refused() {
        let body = json!({ "object": "page", "entry": [{ "id": "7", "time": 1000, "changes": [] }] }).to_string();
        assert_eq!(meta("secret", &sign_hex(body.as_bytes()), body.as_bytes(), 1000), Ok(vec![]));
        assert_eq!(meta("secret", &sign_hex(body.as_bytes()), body.replace('7', "8").as_bytes(), 1000), Err(Refusal::Forged));
        assert_eq!(meta("other", &sign_hex(body.as_bytes()), body.as_bytes(), 1000), Err(Refusal::Forged));
        assert_eq!(meta("", &sign_hex(body.as_bytes()), body.as_bytes(), 1000), Err(Refusal::Forged));
        assert_eq!(meta("secret", "", body.as_bytes(), 1000), Err(Refusal::Forged));
        assert_eq!(meta("secret", &sign_hex(body.as_bytes()), body.as_bytes(), 1000 + OLDEST + 1), Err(Refusal::Old));
        let other = br#"{"object":"whatsapp"}"#;
        assert_eq!(meta("secret", &sign_hex(other), other, 0), Err(Refusal::Unreadable));
        assert_eq!(x("secret", &sign_hex(b"{}"), b"{}"), Err(Refusal::Forged), "hex is not base64");
        assert_eq!(meta_challenge("word", "subscribe", "word", "42"), Ok("42"));
        assert_eq!(meta_challenge("word", "subscribe", "wrong", "42"), Err(Refusal::Forged));
        assert_eq!(meta_challenge("", "subscribe", "", "42"), Err(Refusal::Forged));
    }

    #[test]
    fn comments_and_removals_are_heard_and_reactions_and_own_words_are_not() {
        let change = |v: Value| json!({ "field": "feed", "value": v });
        let body = json!({ "object": "page", "entry": [{ "id": "7", "time": 1000, "changes": [
            change(json!({ "item": "comment", "verb": "add", "comment_id": "c1", "post_id": "7_1", "from": { "id": "9", "name": "N" }, "message": "कब?", "created_time": 990 })),
            change(json!({ "item": "reaction", "verb": "add", "from": { "id": "9" } })),
            change(json!({ "item": "comment", "verb": "add", "comment_id": "c2", "from": { "id": "7" } })),
            change(json!({ "item": "comment", "verb": "remove", "comment_id": "c1", "from": { "id": "9" } })),
        ] }] })
        .to_string();
        let heard = meta("secret", &sign_hex(body.as_bytes()), body.as_bytes(), 1000).unwrap();
        assert_eq!(heard.len(), 2);
        assert!(
            matches!(&heard[0].what, What::Wrote(i) if i.text == "कब?" && i.parent.as_deref() == Some("7_1") && i.written_at == 990_000_000)
        );
        assert_eq!(heard[1].what, What::Removed("c1".into()));

        let said = |message: Value| json!({ "sender": { "id": "9" }, "recipient": { "id": "7" }, "timestamp": 990_000, "message": message });
        let body = json!({ "object": "page", "entry": [{ "id": "7", "time": 1000, "messaging": [
            said(json!({ "mid": "m_1", "text": "मेरा फ़ोन चोरी हुआ" })),
            said(json!({ "mid": "m_2", "is_echo": true, "text": "ours" })),
            said(json!({ "mid": "m_1", "is_deleted": true })),
            json!({ "sender": { "id": "9" }, "read": { "watermark": 1 } }),
        ] }] })
        .to_string();
        let heard = meta("secret", &sign_hex(body.as_bytes()), body.as_bytes(), 1000).unwrap();
        assert_eq!(heard.len(), 2, "{heard:?}");
        assert!(
            matches!(&heard[0].what, What::Wrote(i) if i.kind == "message" && i.handle.is_empty() && i.parent.is_none() && i.written_at == 990_000_000),
            "{heard:?}"
        );
        assert_eq!(heard[1].what, What::Removed("m_1".into()));

        let body = json!({ "for_user_id": "7", "tweet_create_events": [{
            "id_str": "1", "text": "@thana कब?", "user": { "id_str": "9", "screen_name": "n" }, "created_at": "Wed Nov 25 03:10:00 +0000 2026",
            "in_reply_to_status_id_str": null, "entities": { "user_mentions": [{ "id_str": "7" }] } }] })
        .to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let signature = format!("sha256={}", BASE64.encode(hmac::sign(&key, body.as_bytes())));
        let heard = x("secret", &signature, body.as_bytes()).unwrap();
        assert!(
            matches!(&heard[0].what, What::Wrote(i) if i.answerable && i.kind == "mention" && i.written_at == 1_795_576_200_000_000),
            "{heard:?}"
        );
    }
}
