//! YouTube, Data API version 3.

use serde_json::{Value, json};

use crate::call::{Call, Reply};
use crate::world::{Post, Session, World, rfc3339};
use crate::x::{account, token};

fn fault(status: u16, reason: &str, words: &str) -> Reply {
    let error =
        json!({ "code": status, "message": words, "errors": [{ "message": words, "domain": "youtube", "reason": reason }] });
    Reply::new(status, json!({ "error": error }))
}

pub(crate) fn broken() -> Reply {
    fault(503, "backendError", "Backend Error")
}

pub(crate) fn limited() -> Reply {
    fault(403, "rateLimitExceeded", "Rate limit exceeded").with("retry-after", "1")
}

pub(crate) async fn answer(w: &World, call: &Call) -> Reply {
    let mut pieces = call.pieces();
    if let ["session", key] = pieces.as_slice() {
        return receive(w, call, key);
    }
    if pieces.as_slice() == ["token"] {
        return token(w, call);
    }
    if call.token.is_empty() || w.with(|m| m.revoked.contains(&call.token)) {
        return fault(401, "authError", "Invalid Credentials");
    }
    let me = account(call);
    // Google's clients put uploads under either path.
    let upload = pieces.contains(&"upload");
    if let Some(at) = pieces.iter().position(|p| *p == "youtube") {
        pieces = pieces[at..].to_vec();
    }
    let ["youtube", "v3", rest @ ..] = pieces.as_slice() else { return fault(404, "notFound", "Not Found") };
    match (call.method.as_str(), rest) {
        ("POST", ["videos"]) if w.with(|m| m.quota_gone) => {
            fault(403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota.")
        }
        ("POST", ["videos"]) if upload && call.get("uploadType") == "resumable" => w.with(|m| {
            let key = m.id();
            let size = call.header("x-upload-content-length").parse().unwrap_or_default();
            let of = |part: &str, field: &str| call.fields.get(part).and_then(|v| v[field].as_str()).unwrap_or_default().to_owned();
            if of("snippet", "title").is_empty() || of("snippet", "title").chars().count() > 100 {
                return fault(400, "invalidTitle", "The request metadata specifies an invalid or empty video title.");
            }
            let session = Session { size, title: of("snippet", "title"), text: of("snippet", "description"), account: me.clone(), ..Session::default() };
            m.sessions.insert(key.clone(), session);
            Reply::ok(Value::Null).with("location", format!("{}/session/{key}", w.address))
        }),
        ("POST", ["captions"]) if upload && call.get("uploadType") == "resumable" => w.with(|m| {
            let snippet = call.fields.get("snippet").cloned().unwrap_or_default();
            let video = snippet["videoId"].as_str().unwrap_or_default().to_owned();
            if m.find(&video).is_none() {
                return fault(404, "videoNotFound", "The video identified by the videoId parameter could not be found.");
            }
            let key = m.id();
            let title = snippet["language"].as_str().unwrap_or_default().to_owned();
            m.sessions.insert(key.clone(), Session { title, account: me.clone(), captions: Some(video), ..Session::default() });
            Reply::ok(Value::Null).with("location", format!("{}/session/{key}", w.address))
        }),
        ("GET", ["videos"]) => w.read(|m| {
            let ids = call.get("id");
            let all: Vec<Value> = ids.split(',').filter_map(|id| m.find(id)).map(video).collect();
            Reply::ok(json!({ "kind": "youtube#videoListResponse", "items": all, "pageInfo": { "totalResults": all.len() } }))
        }),
        ("PUT", ["videos"]) => w.commit(|m| {
            let snippet = call.fields.get("snippet").cloned().unwrap_or_default();
            let of = |field: &str| snippet[field].as_str().unwrap_or_default().to_owned();
            if of("title").is_empty() || of("title").chars().count() > 100 || of("categoryId").is_empty() {
                return fault(400, "invalidVideoMetadata", "The request metadata is invalid.");
            }
            match m.find_mut(&call.get("id")).filter(|p| p.author.0 == me) {
                Some(p) => {
                    (p.title, p.text) = (of("title"), of("description"));
                    let shown = video(p);
                    Reply::ok(shown)
                }
                None => fault(404, "videoNotFound", "The video cannot be found."),
            }
        }),
        ("DELETE", ["videos"]) => w.with(|m| match m.find_mut(&call.get("id")) {
            Some(p) => {
                p.deleted = true;
                Reply::new(204, Value::Null)
            }
            None => fault(404, "videoNotFound", "The video cannot be found."),
        }),
        ("POST", ["thumbnails", "set"]) => w.with(|m| match m.find_mut(&call.get("videoId")) {
            Some(p) => {
                p.media.push(format!("still of {} bytes", call.bytes.len()));
                Reply::ok(json!({ "kind": "youtube#thumbnailSetResponse", "items": [] }))
            }
            None => fault(404, "videoNotFound", "The video cannot be found."),
        }),
        ("POST", ["comments"]) => w.commit(|m| {
            let snippet = call.fields.get("snippet").cloned().unwrap_or_default();
            let parent = snippet["parentId"].as_str().unwrap_or_default().to_owned();
            if m.find(&parent).is_none() {
                return fault(404, "parentCommentNotFound", "The parent comment is not there.");
            }
            let mut post = World::post(format!("{parent}.{}", m.id()), &me, snippet["textOriginal"].as_str().unwrap_or_default());
            post.parent = Some(parent);
            let shown = comment(&post);
            m.publish(post);
            Reply::ok(shown)
        }),
        ("GET", ["comments"]) => w.read(|m| {
            let (parent, lag) = (call.get("parentId"), w.faults().lag);
            let under = |p: &&Post| p.parent.as_deref() == Some(&parent) && !p.deleted && p.at.elapsed() >= lag;
            Reply::ok(json!({ "items": m.posts.iter().filter(under).map(comment).collect::<Vec<_>>() }))
        }),
        ("POST", ["comments", "setModerationStatus"]) => w.with(|m| match m.find_mut(&call.get("id")) {
            Some(p) => {
                p.hidden = call.get("moderationStatus") == "rejected";
                Reply::new(204, Value::Null)
            }
            None => fault(404, "commentNotFound", "The comment is not there."),
        }),
        ("GET", ["commentThreads"]) => w.read(|m| {
            let top = m.posts.iter().filter(|p| p.account == me && p.author.0 != me && !p.deleted);
            let mut all: Vec<Value> = top
                .map(|p| json!({ "id": p.id, "snippet": { "videoId": p.parent, "topLevelComment": comment(p), "canReply": true } }))
                .collect();
            all.reverse();
            Reply::ok(json!({ "items": all }))
        }),
        ("GET", ["channels"]) => Reply::ok(json!({ "items": [{ "id": me, "snippet": { "title": format!("Channel {me}") },
            "contentDetails": { "relatedPlaylists": { "uploads": format!("UU{me}") } } }] })),
        ("GET", ["playlistItems"]) => w.read(|m| {
            let own = w.listed(m, &me).into_iter().filter(|p| p.parent.is_none());
            let all: Vec<Value> = own
                .map(|p| json!({ "snippet": { "title": p.title, "publishedAt": rfc3339(p.created), "resourceId": { "videoId": p.id } } }))
                .collect();
            Reply::ok(json!({ "items": all }))
        }),
        _ => fault(404, "notFound", "Not Found"),
    }
}

fn video(p: &Post) -> Value {
    json!({ "kind": "youtube#video", "id": p.id, "snippet": { "title": p.title, "description": p.text, "categoryId": "25", "publishedAt": rfc3339(p.created), "channelId": p.account },
        "status": { "uploadStatus": "uploaded", "privacyStatus": "public" }, "statistics": { "viewCount": "12", "likeCount": "3", "commentCount": "1" } })
}

fn comment(p: &Post) -> Value {
    json!({ "kind": "youtube#comment", "id": p.id, "snippet": { "textOriginal": p.text, "authorDisplayName": p.author.1,
        "authorChannelId": { "value": p.author.0 }, "publishedAt": rfc3339(p.created), "parentId": p.parent } })
}

/// A part of a film, or the question how much is there (`bytes */total`). The last part is what publishes.
fn receive(w: &World, call: &Call, key: &str) -> Reply {
    let more = |s: &Session| {
        let reply = Reply::new(308, Value::Null);
        if s.received > 0 { reply.with("range", format!("bytes=0-{}", s.received - 1)) } else { reply }
    };
    if let Some(video) = w.with(|m| m.sessions.get(key).and_then(|s| s.captions.clone())) {
        return w.with(|m| {
            let language = m.sessions.remove(key).map(|s| s.title).unwrap_or_default();
            let words = String::from_utf8_lossy(&call.bytes).into_owned();
            match m.find_mut(&video) {
                Some(p) => {
                    p.media.push(format!("captions {language}: {words}"));
                    Reply::ok(
                        json!({ "kind": "youtube#caption", "id": key, "snippet": { "videoId": video, "language": language } }),
                    )
                }
                None => fault(404, "videoNotFound", "The video is not there."),
            }
        });
    }
    let range = call.header("content-range");
    let Some(session) = w.with(|m| m.sessions.get(key).cloned()) else { return fault(404, "notFound", "The session has ended.") };
    let asked = range.strip_prefix("bytes ").and_then(|r| r.split('/').next()).unwrap_or_default().to_owned();
    if asked == "*" {
        return w.read(|m| match session.video.as_deref().and_then(|id| m.posts.iter().find(|p| p.id == id)) {
            Some(p) => Reply::ok(video(p)),
            None => more(&session),
        });
    }
    let (from, to): (u64, u64) = match asked.split_once('-').map(|(a, b)| (a.parse(), b.parse())) {
        Some((Ok(a), Ok(b))) => (a, b),
        // A client that sends everything at once names no range.
        _ => (0, (call.bytes.len() as u64).saturating_sub(1)),
    };
    let total: u64 = range.rsplit('/').next().and_then(|t| t.parse().ok()).unwrap_or(call.bytes.len() as u64);
    if from != session.received || to + 1 - from != call.bytes.len() as u64 {
        return more(&session);
    }
    if to + 1 < total {
        if !call.bytes.len().is_multiple_of(256 * 1024) {
            return fault(400, "badRequest", "a part must be a multiple of 256 KiB");
        }
        return w.with(|m| {
            let session = m.sessions.entry(key.to_owned()).or_default();
            session.received = to + 1;
            more(session)
        });
    }
    w.commit(|m| {
        let id = format!("v{}", m.id());
        let post = Post { title: session.title.clone(), ..World::post(id.clone(), &session.account, &session.text) };
        let shown = video(&post);
        m.publish(post);
        if let Some(s) = m.sessions.get_mut(key) {
            (s.received, s.video) = (total, Some(id));
        }
        Reply::ok(shown)
    })
}
