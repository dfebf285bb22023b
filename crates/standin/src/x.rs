//! X, API version 2.

use serde_json::{Value, json};

use crate::call::{Call, Reply, denied};
use crate::world::{Medium, Memory, Post, World, rfc3339};

fn problem(status: u16, kind: &str, title: &str, detail: &str) -> Reply {
    let kind = if kind == "about:blank" { kind.to_owned() } else { format!("https://api.x.com/2/problems/{kind}") };
    Reply::new(status, json!({ "type": kind, "title": title, "detail": detail, "status": status }))
}

pub(crate) fn broken() -> Reply {
    problem(503, "about:blank", "Service Unavailable", "Service Unavailable")
}

pub(crate) fn limited() -> Reply {
    let reset = chrono::Utc::now().timestamp() + 1;
    let reply = problem(429, "about:blank", "Too Many Requests", "Too Many Requests");
    reply.with("x-rate-limit-limit", "100").with("x-rate-limit-remaining", "0").with("x-rate-limit-reset", reset.to_string())
}

/// The account a token is of: `token-of-7` speaks for account 7; anything else for account 1.
pub(crate) fn account(call: &Call) -> String {
    call.token.strip_prefix("token-of-").unwrap_or("1").to_owned()
}

pub(crate) async fn answer(w: &World, call: &Call) -> Reply {
    let pieces = call.pieces();
    if pieces.as_slice() == ["2", "oauth2", "token"] {
        return token(w, call);
    }
    if call.token.is_empty() || w.with(|m| m.revoked.contains(&call.token)) {
        return problem(401, "about:blank", "Unauthorized", "Unauthorized");
    }
    let me = account(call);
    match (call.method.as_str(), pieces.as_slice()) {
        ("GET", ["2", "users", "me"]) => {
            Reply::ok(json!({ "data": { "id": me, "name": "Thana", "username": format!("thana{me}") } }))
        }
        ("POST", ["2", "tweets"]) => create(w, call, &me),
        ("GET", ["2", "tweets", id]) => w.read(|m| match m.find(id) {
            Some(p) => Reply::ok(json!({ "data": shown(p) })),
            None => Reply::ok(json!({ "errors": [missing(id)] })),
        }),
        ("DELETE", ["2", "tweets", id]) => w.with(|m| match m.find_mut(id) {
            Some(p) if p.author.0 != me => problem(403, "not-authorized-for-resource", "Forbidden", "You are not the author"),
            Some(p) => {
                p.deleted = true;
                Reply::ok(json!({ "data": { "deleted": true } }))
            }
            None => Reply::ok(json!({ "data": { "deleted": true } })),
        }),
        ("PUT", ["2", "tweets", id, "hidden"]) => w.with(|m| match m.find_mut(id) {
            Some(p) => {
                p.hidden = call.fields.get("hidden") == Some(&Value::Bool(true));
                Reply::ok(json!({ "data": { "hidden": p.hidden } }))
            }
            None => problem(404, "resource-not-found", "Not Found Error", "Could not find it"),
        }),
        ("GET", ["2", "users", id, "tweets"]) => w.read(|m| {
            let start = call.get("start_time");
            let since = chrono::DateTime::parse_from_rfc3339(&start).map_or(0, |t| t.timestamp_micros());
            let all = w.listed(m, id);
            let all: Vec<&Post> = all.into_iter().filter(|p| p.created >= since).collect();
            page(&all, call)
        }),
        ("GET", ["2", "users", id, "mentions"]) => w.read(|m| {
            let since: u64 = call.get("since_id").parse().unwrap_or_default();
            let others =
                |p: &&Post| p.account == *id && p.author.0 != *id && !p.deleted && p.id.parse::<u64>().unwrap_or(0) > since;
            let mut all: Vec<&Post> = m.posts.iter().filter(others).collect();
            all.reverse();
            page(&all, call)
        }),
        ("POST", ["2", "media", "upload", "initialize"]) => {
            let bytes = call.fields.get("total_bytes").and_then(Value::as_u64).unwrap_or_default();
            w.with(|m| {
                let id = m.id();
                m.media.insert(id.clone(), Medium { state: "open".into(), bytes, ..Medium::default() });
                Reply::ok(json!({ "data": { "id": id, "media_key": format!("3_{id}"), "expires_after_secs": 86400 } }))
            })
        }
        ("POST", ["2", "media", "upload", id, "append"]) => w.with(|m| match m.media.get_mut(*id) {
            Some(medium) if call.files.contains_key("media") || call.fields.contains_key("media") => {
                medium.work += 1;
                Reply::ok(json!({ "data": { "expires_at": 1_900_000_000 } }))
            }
            _ => problem(400, "invalid-request", "Invalid Request", "no such upload, or no media"),
        }),
        ("POST", ["2", "media", "upload", id, "finalize"]) => w.with(|m| match m.media.get_mut(*id) {
            Some(medium) if medium.work > 0 => {
                // Large things are worked on for a while.
                (medium.state, medium.work) =
                    if medium.bytes > 1 << 20 { ("pending".into(), 1) } else { ("succeeded".into(), 0) };
                Reply::ok(json!({ "data": media(id, medium) }))
            }
            _ => problem(400, "invalid-request", "Invalid Request", "nothing was appended"),
        }),
        ("GET", ["2", "media", "upload"]) => w.with(|m| {
            let id = call.get("media_id");
            match m.media.get_mut(&id) {
                Some(medium) => {
                    let shown = media(&id, medium);
                    medium.work = medium.work.saturating_sub(1);
                    if medium.work == 0 {
                        medium.state = "succeeded".into();
                    }
                    Reply::ok(json!({ "data": shown }))
                }
                None => problem(404, "resource-not-found", "Not Found Error", "no such media"),
            }
        }),
        ("POST", ["2", "media", "metadata"]) => w.with(|m| {
            let alt = call.fields.get("metadata").map(|v| v["alt_text"]["text"].clone()).unwrap_or_default();
            match m.media.get_mut(&call.get("id")) {
                Some(medium) => {
                    medium.alt = alt.as_str().unwrap_or_default().to_owned();
                    Reply::ok(json!({ "data": { "id": call.get("id") } }))
                }
                None => problem(404, "resource-not-found", "Not Found Error", "no such media"),
            }
        }),
        ("POST", ["2", "media", "subtitles"]) => w.with(|m| {
            let track = call.fields.get("subtitles").cloned().unwrap_or_default();
            let known = track["id"].as_str().is_some_and(|id| m.media.get(id).is_some_and(|x| x.state == "succeeded"));
            match m.media.get_mut(&call.get("id")) {
                Some(medium) if known => {
                    medium.caption = track["language_code"].as_str().unwrap_or_default().to_owned();
                    Reply::ok(json!({ "data": { "id": call.get("id"), "media_category": "TweetVideo", "associated_subtitles": [track] } }))
                }
                _ => problem(404, "resource-not-found", "Not Found Error", "no such media"),
            }
        }),
        _ => problem(404, "resource-not-found", "Not Found Error", &format!("{} {}", call.method, call.path)),
    }
}

fn media(id: &str, medium: &Medium) -> Value {
    let mut data = json!({ "id": id, "media_key": format!("3_{id}"), "size": medium.bytes });
    if medium.bytes > 1 << 20 {
        data["processing_info"] = json!({ "state": medium.state, "check_after_secs": 1 });
    }
    data
}

fn create(w: &World, call: &Call, me: &str) -> Reply {
    let text = call.get("text");
    let media: Vec<String> = call
        .fields
        .get("media")
        .and_then(|v| v["media_ids"].as_array().cloned())
        .unwrap_or_default()
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect();
    if (text.trim().is_empty() && media.is_empty()) || media.len() > 4 {
        return problem(400, "invalid-request", "Invalid Request", "One or more parameters to your request was invalid.");
    }
    w.commit(|m| {
        if m.posts.iter().any(|p| p.account == me && p.author.0 == me && p.text == text && !p.deleted) {
            return problem(403, "about:blank", "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
        }
        if let Some(unknown) = media.iter().find(|id| m.media.get(*id).is_none_or(|x| x.state != "succeeded")) {
            return problem(400, "invalid-request", "Invalid Request", &format!("Your media IDs are invalid: {unknown}"));
        }
        let mut post = World::post(m.id(), me, &text);
        post.parent = call.fields.get("reply").and_then(|r| r["in_reply_to_tweet_id"].as_str().map(str::to_owned));
        post.media = media.clone();
        let id = m.publish(post);
        Reply::new(201, json!({ "data": { "id": id, "text": text, "edit_history_post_ids": [id] } }))
    })
}

fn missing(id: &str) -> Value {
    json!({ "value": id, "detail": format!("Could not find post with id: [{id}]."), "title": "Not Found Error", "resource_type": "post",
        "parameter": "id", "resource_id": id, "type": "https://api.x.com/2/problems/resource-not-found" })
}

/// A post as X shows it: `&`, `<` and `>` escaped, links shortened, a link for pictures at the end.
fn shown(p: &Post) -> Value {
    let mut text = p.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut urls = Vec::new();
    for (i, word) in p.text.split_whitespace().filter(|w| w.starts_with("http")).enumerate() {
        let short = format!("https://t.co/{}x{i}", &p.id[p.id.len().saturating_sub(8)..]);
        text = text.replace(&word.replace('&', "&amp;"), &short);
        urls.push(json!({ "url": short, "expanded_url": word, "start": 0, "end": 0 }));
    }
    if !p.media.is_empty() {
        let short = format!("https://t.co/{}pic", &p.id[p.id.len().saturating_sub(8)..]);
        text = format!("{text} {short}");
        urls.push(json!({ "url": short, "expanded_url": format!("https://x.com/t/status/{}/photo/1", p.id), "media_key": "3_1", "start": 0, "end": 0 }));
    }
    let mut out = json!({ "id": p.id, "text": text, "created_at": rfc3339(p.created), "author_id": p.author.0,
        "edit_history_post_ids": [p.id], "public_metrics": { "repost_count": 0, "reply_count": 1, "like_count": 2, "quote_count": 0, "bookmark_count": 0, "impression_count": 40 } });
    let mentions: Vec<Value> = p
        .text
        .split_whitespace()
        .filter_map(|w| w.strip_prefix('@'))
        .map(|n| json!({ "username": n, "start": 0, "end": 0 }))
        .collect();
    if !urls.is_empty() || !mentions.is_empty() {
        out["entities"] = json!({ "urls": urls, "mentions": mentions });
    }
    if !p.media.is_empty() {
        out["attachments"] = json!({ "media_keys": p.media.iter().map(|m| format!("3_{m}")).collect::<Vec<_>>() });
    }
    if let Some(parent) = &p.parent {
        out["referenced_posts"] = json!([{ "type": "replied_to", "id": parent }]);
    }
    out
}

fn page(all: &[&Post], call: &Call) -> Reply {
    let most: usize = call.get("max_results").parse().unwrap_or(10);
    let from: usize = call.get("pagination_token").parse().unwrap_or_default();
    let part: Vec<&&Post> = all.iter().skip(from).take(most).collect();
    let mut meta = json!({ "result_count": part.len() });
    if let (Some(first), Some(last)) = (part.first(), part.last()) {
        meta["newest_id"] = json!(first.id);
        meta["oldest_id"] = json!(last.id);
    }
    if from + most < all.len() {
        meta["next_token"] = json!((from + most).to_string());
    }
    let users: Vec<Value> =
        part.iter().map(|p| json!({ "id": p.author.0, "name": p.author.1, "username": p.author.1 })).collect();
    let mut body = json!({ "meta": meta });
    if !part.is_empty() {
        body["data"] = part.iter().map(|p| shown(p)).collect();
        body["includes"] = json!({ "users": users });
    }
    Reply::ok(body)
}

/// Codes and refresh tokens are good once; an access token lives for two hours.
pub(crate) fn token(w: &World, call: &Call) -> Reply {
    w.with(|m: &mut Memory| {
        let (given, words) = match call.get("grant_type").as_str() {
            "authorization_code" if call.get("code_verifier").len() < 43 => return denied("invalid_request", "the verifier is missing"),
            "authorization_code" => (call.get("code"), "the code was used or has run out"),
            "refresh_token" => (call.get("refresh_token"), "Value passed for the token was invalid."),
            _ => return denied("unsupported_grant_type", "unknown grant"),
        };
        if given.is_empty() || m.used.contains(&given) || given.starts_with("bad") {
            return denied("invalid_grant", words);
        }
        m.used.push(given);
        let n = m.used.len();
        Reply::ok(json!({ "token_type": "bearer", "expires_in": 7200, "access_token": format!("access-{n}"), "refresh_token": format!("refresh-{n}"), "scope": "tweet.read" }))
    })
}
