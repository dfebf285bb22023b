//! Mastodon, API of version 4.

use serde_json::{Value, json};

use crate::call::{Call, Reply};
use crate::world::{Medium, Post, World, rfc3339};
use crate::x::account;

fn fault(status: u16, words: &str) -> Reply {
    Reply::new(status, json!({ "error": words }))
}

pub(crate) fn broken() -> Reply {
    fault(503, "This method is temporarily unavailable")
}

pub(crate) fn limited() -> Reply {
    let reset = rfc3339((chrono::Utc::now().timestamp() + 1) * 1_000_000);
    fault(429, "Too many requests")
        .with("x-ratelimit-limit", "300")
        .with("x-ratelimit-remaining", "0")
        .with("x-ratelimit-reset", reset)
}

pub(crate) async fn answer(w: &World, call: &Call) -> Reply {
    let pieces = call.pieces();
    match (call.method.as_str(), pieces.as_slice()) {
        ("GET", ["api", "v1" | "v2", "instance"]) => {
            return Reply::ok(
                json!({ "uri": w.address, "domain": "127.0.0.1", "title": "Stand-in", "version": "4.4.0", "short_description": "", "description": "",
                "email": "", "urls": {}, "stats": {}, "languages": ["hi"], "registrations": false, "rules": [], "source_url": "", "usage": {}, "thumbnail": {},
                "api_versions": { "mastodon": 6 }, "contact": {},
                "configuration": { "statuses": { "max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23 } } }),
            );
        }
        ("POST", ["oauth", "token"]) => {
            return w.with(|m| {
                let code = call.get("code");
                if code.is_empty() || m.used.contains(&code) || code.starts_with("bad") {
                    let words = "The provided authorization grant is invalid, expired, revoked";
                    return Reply::new(400, json!({ "error": "invalid_grant", "error_description": words }));
                }
                m.used.push(code);
                Reply::ok(json!({ "access_token": "token-of-1", "token_type": "Bearer", "scope": "read write", "created_at": 1 }))
            });
        }
        _ => {}
    }
    if call.token.is_empty() || w.with(|m| m.revoked.contains(&call.token)) {
        return fault(401, "The access token is invalid");
    }
    let me = account(call);
    match (call.method.as_str(), pieces.as_slice()) {
        ("GET", ["api", "v1", "accounts", "verify_credentials"]) => Reply::ok(person(w, &me, "")),
        ("POST", ["api", "v1" | "v2", "media"]) => w.with(|m| {
            let Some(bytes) = call.files.get("file") else { return fault(422, "Validation failed: File can't be blank") };
            let id = m.id();
            // A film, or anything large, is worked on after the answer.
            let work = u32::from(*bytes > 1 << 20);
            m.media.insert(id.clone(), Medium { bytes: *bytes as u64, alt: call.get("description"), work, ..Medium::default() });
            Reply::new(if work > 0 { 202 } else { 200 }, attachment(&id, work == 0, &call.get("description")))
        }),
        ("GET", ["api", "v1", "media", id]) => w.with(|m| match m.media.get_mut(*id) {
            Some(medium) => {
                let ready = medium.work == 0;
                medium.work = medium.work.saturating_sub(1);
                Reply::new(if ready { 200 } else { 206 }, attachment(id, ready, &medium.alt))
            }
            None => fault(404, "Record not found"),
        }),
        ("POST", ["api", "v1", "statuses"]) => create(w, call, &me),
        ("GET", ["api", "v1", "statuses", id]) => w.read(|m| m.find(id).map_or_else(|| fault(404, "Record not found"), |p| Reply::ok(status(w, p)))),
        ("GET", ["api", "v1", "statuses", id, "source"]) => w.read(|m| match m.find(id) {
            Some(p) => Reply::ok(json!({ "id": p.id, "text": p.text, "spoiler_text": "" })),
            None => fault(404, "Record not found"),
        }),
        ("PUT", ["api", "v1", "statuses", id]) => w.commit(|m| {
            let media = ids(call);
            let Some(p) = m.find_mut(id).filter(|p| p.author.0 == me) else { return fault(404, "Record not found") };
            if call.get("status").trim().is_empty() && media.is_empty() {
                return fault(422, "Validation failed: Text can't be blank");
            }
            p.text = call.get("status");
            // What is not sent along is dropped.
            p.media = media;
            Reply::ok(status(w, p))
        }),
        ("DELETE", ["api", "v1", "statuses", id]) => w.with(|m| {
            let Some(p) = m.find_mut(id).filter(|p| p.author.0 == me) else { return fault(404, "Record not found") };
            p.deleted = true;
            let shown = status(w, p);
            Reply::ok(shown)
        }),
        ("GET", ["api", "v1", "accounts", id, "statuses"]) => w.read(|m| {
            let (before, most) = (call.get("max_id"), call.get("limit").parse().unwrap_or(20));
            let all = w.listed(m, id);
            let older = all.into_iter().filter(|p| before.is_empty() || p.id < before);
            Reply::ok(older.take(most).map(|p| status(w, p)).collect())
        }),
        ("GET", ["api", "v1", "notifications"]) => w.read(|m| {
            let after = call.get("min_id");
            let others = |p: &&Post| p.account == me && p.author.0 != me && !p.deleted && (p.id > after || after == "0");
            let most = call.get("limit").parse().unwrap_or(40);
            // The page next after `min_id`, the newest of it first.
            let mut all: Vec<Value> = m
                .posts
                .iter()
                .filter(others)
                .take(most)
                .map(|p| json!({ "id": p.id, "type": "mention", "created_at": rfc3339(p.created), "account": person(w, &p.author.0, &p.author.1), "status": status(w, p) }))
                .collect();
            all.reverse();
            Reply::ok(Value::Array(all))
        }),
        _ => fault(404, "Record not found"),
    }
}

fn attachment(id: &str, ready: bool, alt: &str) -> Value {
    let address = ready.then(|| format!("https://files.example/{id}.png"));
    json!({ "id": id, "type": "image", "url": address, "preview_url": address, "description": alt, "meta": {} })
}

fn person(w: &World, id: &str, name: &str) -> Value {
    let name = if name.is_empty() { format!("thana{id}") } else { name.to_owned() };
    json!({ "id": id, "username": name, "acct": name, "display_name": name, "url": format!("{}/@{name}", w.address), "note": "", "source": {}, "created_at": rfc3339(0) })
}

fn ids(call: &Call) -> Vec<String> {
    match call.fields.get("media_ids") {
        Some(Value::Array(all)) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn create(w: &World, call: &Call, me: &str) -> Reply {
    let text = call.get("status");
    let media = ids(call);
    if text.trim().is_empty() && media.is_empty() {
        return fault(422, "Validation failed: Text can't be blank");
    }
    if text.chars().count() > 700 {
        return fault(422, "Validation failed: Text character limit of 500 exceeded");
    }
    let key = format!("{me} {}", call.header("idempotency-key"));
    let keyed = !call.header("idempotency-key").is_empty() && !w.faults().ignore_keys;
    w.commit(|m| {
        if keyed && let Some(p) = m.keys.get(&key).and_then(|id| m.find(id)) {
            return Reply::ok(status(w, p));
        }
        if media.iter().any(|id| m.media.get(id).is_none_or(|x| x.work > 0)) {
            return fault(422, "Cannot attach files that have not finished processing. Try again in a moment!");
        }
        let mut post = World::post(m.id(), me, &text);
        post.media = media.clone();
        post.private = call.get("visibility") == "direct";
        post.parent = Some(call.get("in_reply_to_id")).filter(|p| !p.is_empty());
        let shown = status(w, &post);
        m.keys.insert(key.clone(), post.id.clone());
        m.publish(post);
        Reply::ok(shown)
    })
}

fn status(w: &World, p: &Post) -> Value {
    let html =
        p.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("\n\n", "</p><p>").replace('\n', "<br />");
    json!({ "id": p.id, "created_at": rfc3339(p.created), "in_reply_to_id": p.parent, "content": format!("<p>{html}</p>"), "visibility": if p.private { "direct" } else { "public" },
        "language": "hi", "uri": format!("{}/s/{}", w.address, p.id), "url": format!("{}/@t/{}", w.address, p.id), "account": person(w, &p.author.0, &p.author.1),
        "media_attachments": p.media.iter().map(|m| attachment(m, true, "")).collect::<Vec<_>>(), "mentions": [], "tags": [], "emojis": [],
        "replies_count": 1, "reblogs_count": 0, "favourites_count": 2 })
}
