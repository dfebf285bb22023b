//! Meta's Graph: Facebook Pages and Instagram accounts. Ids below 5000 are pages, from 5000 on Instagram accounts.

use serde_json::{Map, Value, json};

use crate::call::{Call, Reply};
use crate::world::{Medium, Memory, Post, World};

fn fault(status: u16, code: i64, subcode: i64, words: &str) -> Reply {
    let mut error = json!({ "message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1" });
    if subcode != 0 {
        error["error_subcode"] = json!(subcode);
    }
    Reply::new(status, json!({ "error": error }))
}

pub(crate) fn broken() -> Reply {
    fault(500, 2, 0, "An unexpected error has occurred. Please retry your request later.")
}

pub(crate) fn limited() -> Reply {
    fault(400, 32, 0, "(#32) Page request limit reached").with("retry-after", "1")
}

fn gone(id: &str) -> Reply {
    fault(400, 100, 33, &format!("Unsupported get request. Object with ID '{id}' does not exist"))
}

fn is_instagram(id: &str) -> bool {
    id.len() < 6 && id.parse::<u64>().is_ok_and(|n| n >= 5000)
}

fn is_account(id: &str) -> bool {
    id.len() < 6 && id.parse::<u64>().is_ok()
}

/// Seconds and zone as the Graph writes them.
fn time(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

pub(crate) async fn answer(w: &World, call: &Call) -> Reply {
    let all = call.pieces();
    if let ["upload", video] = all.as_slice() {
        return w.with(|m| match m.media.get_mut(*video) {
            Some(medium) if call.header("file_size") == call.bytes.len().to_string() && call.header("offset") == "0" => {
                medium.state = "uploaded".into();
                Reply::ok(json!({ "success": true }))
            }
            _ => fault(400, 100, 0, "the upload is not whole"),
        });
    }
    // The version in front is optional.
    let pieces = match all.split_first() {
        Some((first, rest)) if first.starts_with('v') && first.contains('.') => rest.to_vec(),
        _ => all,
    };
    if let ["oauth", "access_token"] = pieces.as_slice() {
        return token(w, call);
    }
    if let ["refresh_access_token"] = pieces.as_slice() {
        return Reply::ok(json!({ "access_token": format!("{}x", call.token), "token_type": "bearer", "expires_in": 5_184_000 }));
    }
    if call.token.is_empty() || w.with(|m| m.revoked.contains(&call.token)) {
        return fault(400, 190, 463, "Error validating access token: Session has expired");
    }
    let owner = call.token.strip_prefix("token-of-").unwrap_or("1").to_owned();
    match (call.method.as_str(), pieces.as_slice()) {
        ("GET", ["me"]) => Reply::ok(json!({ "id": owner, "name": format!("Page {owner}") })),
        // Whoever agreed has a task on none of the pages.
        ("GET", ["me", "accounts"]) if w.with(|m| m.used.iter().any(|c| c.starts_with("no-task"))) => {
            Reply::ok(json!({ "data": [{ "id": "2", "name": "Page without a task", "tasks": [] }] }))
        }
        ("GET", ["me", "accounts"]) => Reply::ok(json!({ "data": [
            { "id": "1", "name": "Page 1", "access_token": "token-of-1", "tasks": ["CREATE_CONTENT", "MODERATE"],
              "instagram_business_account": { "id": "5001", "username": "thana5001" } },
            { "id": "2", "name": "Page without a task", "tasks": [] },
        ] })),
        ("GET", ["debug_token"]) => {
            let dead = w.with(|m| m.revoked.contains(&call.get("input_token")));
            Reply::ok(
                json!({ "data": { "is_valid": !dead, "expires_at": 0, "data_access_expires_at": chrono::Utc::now().timestamp() + 7_776_000 } }),
            )
        }
        ("GET", [id]) => one(w, call, id),
        ("DELETE", [id]) => w.with(|m| match m.find_mut(id) {
            Some(p) => {
                p.deleted = true;
                Reply::ok(json!({ "success": true }))
            }
            None => gone(id),
        }),
        ("POST", [id]) if call.fields.contains_key("message") || call.fields.contains_key("description") => {
            w.commit(|m| match m.find_mut(id).filter(|p| p.author.0 == owner) {
                Some(p) => {
                    p.text = if call.fields.contains_key("message") { call.get("message") } else { call.get("description") };
                    Reply::ok(json!({ "success": true }))
                }
                None => gone(id),
            })
        }
        ("POST", ["me", "messages"]) => send(w, call, &owner),
        ("POST", [id, "messages"]) => send(w, call, id),
        ("GET", ["me", "conversations"]) => conversations(w, call, &owner),
        ("GET", [id, "conversations"]) => conversations(w, call, id),
        ("POST", [id]) => w.with(|m| match m.find_mut(id) {
            Some(p) => {
                let hides = ["is_hidden", "hide"]
                    .iter()
                    .find_map(|k| call.fields.get(*k).or(None).and_then(Value::as_str).map(|v| v == "true"));
                if let Some(hidden) = hides {
                    p.hidden = hidden;
                }
                Reply::ok(json!({ "success": true }))
            }
            None => gone(id),
        }),
        ("POST", [id, edge]) => write(w, call, id, edge),
        ("GET", [id, edge]) => list(w, call, id, edge),
        _ => fault(404, 803, 0, "no such path"),
    }
}

/// Short to long; a code is good once.
fn token(w: &World, call: &Call) -> Reply {
    if call.get("grant_type") == "fb_exchange_token" {
        return Reply::ok(json!({ "access_token": "long", "token_type": "bearer", "expires_in": 5_183_000 }));
    }
    w.with(|m| {
        let code = call.get("code");
        if code.is_empty() || m.used.contains(&code) || code.starts_with("bad") {
            return fault(400, 100, 36_009, "This authorization code has been used.");
        }
        m.used.push(code);
        Reply::ok(json!({ "access_token": "short", "token_type": "bearer", "expires_in": 3600 }))
    })
}

fn write(w: &World, call: &Call, id: &str, edge: &str) -> Reply {
    match edge {
        "feed" => w.commit(|m| {
            let (text, photos) = (call.get("message"), attached(&call.get("attached_media")));
            if text.trim().is_empty() && photos.is_empty() && call.get("link").is_empty() {
                return fault(400, 100, 0, "(#100) The post is empty");
            }
            if m.posts
                .iter()
                .any(|p| p.account == id && p.author.0 == id && p.text == text && !p.deleted && p.at.elapsed().as_secs() < 600)
            {
                return fault(400, 506, 0, "Duplicate status message");
            }
            if photos.iter().any(|p| !m.media.contains_key(p)) {
                return fault(400, 100, 0, "(#100) unknown media_fbid");
            }
            let key = format!("{id}_{}", m.id());
            let post = Post { media: photos, ..World::post(key, id, &text) };
            let new = m.publish(post);
            Reply::ok(json!({ "id": new }))
        }),
        "photos" => w.with(|m| {
            let Some(bytes) = call.files.get("source").map(|n| *n as u64).or_else(|| (!call.get("url").is_empty()).then_some(1))
            else {
                return fault(400, 324, 0, "(#324) Requires upload file");
            };
            let new = m.id();
            m.media.insert(
                new.clone(),
                Medium { bytes, alt: call.get("alt_text_custom"), state: "photo".into(), ..Medium::default() },
            );
            Reply::ok(json!({ "id": new }))
        }),
        "video_reels" if call.get("upload_phase") == "start" => w.with(|m| {
            let new = m.id();
            m.media.insert(new.clone(), Medium { state: "started".into(), ..Medium::default() });
            Reply::ok(json!({ "video_id": new, "upload_url": format!("{}/upload/{new}", w.address) }))
        }),
        "video_reels" => w.commit(|m| {
            let video = call.get("video_id");
            if m.media.get(&video).is_none_or(|x| x.state != "uploaded") {
                return fault(400, 6000, 0, "the film is not there");
            }
            if let Some(medium) = m.media.get_mut(&video) {
                medium.state = "published".into();
            }
            let post = World::post(video, id, &call.get("description"));
            m.publish(post);
            Reply::ok(json!({ "success": true }))
        }),
        "subscribed_apps" => Reply::ok(json!({ "success": true })),
        "comments" | "replies" => w.commit(|m| {
            let Some(parent) = m.find(id).cloned() else { return gone(id) };
            let mut post = World::post(m.id(), &parent.account, &call.get("message"));
            post.parent = Some(id.to_owned());
            let new = m.publish(post);
            Reply::ok(json!({ "id": new }))
        }),
        "media" => container(w, call),
        "media_publish" => publish(w, call, id),
        _ => fault(400, 100, 0, &format!("(#100) unknown edge {edge}")),
    }
}

/// With whom a message is.
fn person(p: &Post) -> &str {
    if p.author.0 == p.account { p.parent.as_deref().unwrap_or_default() } else { &p.author.0 }
}

/// An answer to somebody who wrote: within a day, or within a week as one a person wrote.
fn send(w: &World, call: &Call, id: &str) -> Reply {
    let of = |name: &str| serde_json::from_str::<Value>(&call.get(name)).unwrap_or_default();
    let to = of("recipient")["id"].as_str().unwrap_or_default().to_owned();
    let words = of("message")["text"].as_str().unwrap_or_default().to_owned();
    let tagged = call.get("messaging_type") == "MESSAGE_TAG" && call.get("tag") == "HUMAN_AGENT";
    w.commit(|m| {
        let theirs = m.posts.iter().filter(|p| p.account == id && p.private && p.author.0 == to && !p.deleted);
        let Some(last) = theirs.map(|p| p.created).max() else {
            return fault(400, 100, 2_018_001, "(#100) No matching user found");
        };
        if words.is_empty() || words.chars().count() > 2000 {
            return fault(400, 100, 2_018_002, "(#100) Length of param message[text] must be less than or equal to 2000");
        }
        let hours = (chrono::Utc::now().timestamp_micros() - last) / 3_600_000_000;
        if hours >= if tagged { 168 } else { 24 } {
            return fault(403, 10, 2_018_278, "(#10) This message is sent outside of allowed window.");
        }
        let post = Post { private: true, parent: Some(to.clone()), ..World::post(m.id(), id, &words) };
        let new = m.publish(post);
        Reply::ok(json!({ "recipient_id": to, "message_id": new }))
    })
}

/// Conversations, the one with the newest message first; of one person when asked for.
fn conversations(w: &World, call: &Call, id: &str) -> Reply {
    w.read(|m| {
        let (lag, only) = (w.faults().lag, call.get("user_id"));
        let shows = |p: &&Post| p.account == id && p.private && !p.deleted && (p.author.0 != id || p.at.elapsed() >= lag);
        let mut people: Vec<&str> = m.posts.iter().filter(shows).map(person).filter(|p| only.is_empty() || *p == only).collect();
        people.reverse();
        let mut seen = Vec::new();
        people.retain(|p| !seen.contains(p) && { seen.push(*p); true });
        let one = |who: &&str| {
            let mut all: Vec<&Post> = m.posts.iter().filter(shows).filter(|p| person(p) == *who).collect();
            all.reverse();
            let newest = all.iter().map(|p| p.created).max().unwrap_or_default();
            json!({ "id": format!("t_{who}"), "updated_time": time(newest), "messages": { "data": all.into_iter().take(20).map(shown).collect::<Vec<_>>() } })
        };
        Reply::ok(json!({ "data": people.iter().map(one).collect::<Vec<_>>() }))
    })
}

fn attached(text: &str) -> Vec<String> {
    let all: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    all.iter().filter_map(|v| v["media_fbid"].as_str().map(str::to_owned)).collect()
}

fn container(w: &World, call: &Call) -> Reply {
    let (image, film, children) = (call.get("image_url"), call.get("video_url"), call.get("children"));
    // Children come as a list parted by commas or as JSON.
    let children: Vec<String> = serde_json::from_str(&children)
        .unwrap_or_else(|_| children.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect());
    if image.is_empty() && film.is_empty() && children.is_empty() {
        return fault(400, 9004, 2_207_052, "The media could not be fetched from this URI");
    }
    if !image.is_empty() && image.ends_with(".png") {
        return fault(400, 36_001, 2_207_005, "The image format is not supported: JPEG only");
    }
    if children.len() > 10 || call.get("caption").chars().count() > 2200 {
        return fault(400, 100, 2_207_010, "The caption is too long, or too many children");
    }
    w.with(|m| {
        let id = m.id();
        let work = if film.is_empty() { 0 } else { 1 };
        let state = if work == 0 { "FINISHED" } else { "IN_PROGRESS" };
        let medium =
            Medium { caption: call.get("caption"), alt: call.get("alt_text"), children, state: state.into(), work, bytes: 0 };
        m.media.insert(id.clone(), medium);
        Reply::ok(json!({ "id": id }))
    })
}

fn publish(w: &World, call: &Call, id: &str) -> Reply {
    w.commit(|m: &mut Memory| {
        let key = call.get("creation_id");
        let Some(medium) = m.media.get_mut(&key) else { return fault(400, 9007, 2_207_008, "The container does not exist") };
        match medium.state.as_str() {
            "FINISHED" => {}
            "IN_PROGRESS" => return fault(400, 9007, 2_207_027, "The media is not ready to be published"),
            _ => return fault(400, 9007, 2_207_006, "The container was published already, or has run out"),
        }
        medium.state = "PUBLISHED".into();
        let caption = medium.caption.clone();
        let mut post = World::post(m.id(), id, &caption);
        post.media = vec![key];
        let new = m.publish(post);
        Reply::ok(json!({ "id": new }))
    })
}

fn one(w: &World, call: &Call, id: &str) -> Reply {
    w.read(|m| {
        if is_account(id) {
            return Reply::ok(json!({ "id": id, "name": format!("Page {id}"), "username": format!("thana{id}") }));
        }
        if let Some(medium) = m.media.get_mut(id)
            && call.get("fields").contains("status")
        {
            if call.get("fields").contains("status_code") {
                let state = medium.state.clone();
                medium.work = medium.work.saturating_sub(1);
                if medium.work == 0 && state == "IN_PROGRESS" {
                    medium.state = "FINISHED".into();
                }
                return Reply::ok(json!({ "id": id, "status_code": state, "status": format!("{state}: as asked") }));
            }
            let out = medium.state == "published";
            let phase = if out { "complete" } else { "not_started" };
            return Reply::ok(json!({ "id": id, "published": out, "status": { "publishing_phase": { "status": phase } } }));
        }
        match m.find(id) {
            Some(p) => Reply::ok(shown(p)),
            None => gone(id),
        }
    })
}

/// Every field a post has; the Graph gives the asked ones, and more is no harm.
fn shown(p: &Post) -> Value {
    let mut out = json!({ "id": p.id, "message": p.text, "description": p.text, "caption": p.text, "text": p.text, "created_time": time(p.created), "timestamp": time(p.created),
        "username": if p.author.1.is_empty() { format!("thana{}", p.account) } else { p.author.1.clone() },
        "from": { "id": p.author.0, "name": p.author.1 }, "permalink_url": format!("https://www.facebook.com/{}", p.id),
        "permalink": format!("https://www.instagram.com/p/{}", p.id), "is_hidden": p.hidden, "hidden": p.hidden });
    if let Some(parent) = &p.parent {
        out["parent"] = json!({ "id": parent });
        out["parent_id"] = json!(parent);
    }
    out
}

fn list(w: &World, call: &Call, id: &str, edge: &str) -> Reply {
    let pages = |all: Vec<Value>| {
        let most: usize = call.get("limit").parse().unwrap_or(25);
        let from: usize = call.get("after").parse().unwrap_or_default();
        let mut body = Map::new();
        body.insert("data".into(), all.iter().skip(from).take(most).cloned().collect());
        if from + most < all.len() {
            body.insert("paging".into(), json!({ "cursors": { "after": (from + most).to_string() }, "next": "more" }));
        }
        Reply::ok(Value::Object(body))
    };
    let since: i64 = call.get("since").parse::<i64>().unwrap_or_default() * 1_000_000;
    match edge {
        "published_posts" | "media" | "feed" => w.read(|m| {
            let own = w.listed(m, id);
            let top = own.into_iter().filter(|p| p.parent.is_none() && !p.private && p.created >= since);
            let with_comments = |p: &Post| {
                let mut out = shown(p);
                let all: Vec<Value> =
                    m.posts.iter().filter(|c| c.parent.as_deref() == Some(&p.id) && !c.deleted).map(shown).collect();
                if !all.is_empty() {
                    out["comments"] = json!({ "data": all });
                }
                out
            };
            pages(top.map(with_comments).collect())
        }),
        "comments" | "replies" => w.read(|m| {
            let lag = w.faults().lag;
            let under = |p: &&Post| p.parent.as_deref() == Some(id) && !p.deleted && p.created >= since && p.at.elapsed() >= lag;
            pages(m.posts.iter().filter(under).map(shown).collect())
        }),
        "tagged" | "tags" => w.read(|m| {
            pages(
                m.posts
                    .iter()
                    .filter(|p| p.account == id && p.author.0 != id && p.parent.is_none() && !p.private && !p.deleted)
                    .map(shown)
                    .collect(),
            )
        }),
        "visitor_posts" => pages(Vec::new()),
        "content_publishing_limit" => w.read(|m| {
            let used = m.posts.iter().filter(|p| p.account == id && is_instagram(id)).count();
            Reply::ok(
                json!({ "data": [{ "quota_usage": if m.quota_gone { 50 } else { used.min(40) }, "config": { "quota_total": 50, "quota_duration": 86400 } }] }),
            )
        }),
        "insights" => match call.get("metric").as_str() {
            "post_impressions" => fault(400, 100, 0, "(#100) The value must be a valid insights metric"),
            metric => Reply::ok(json!({ "data": [{ "name": metric, "period": "lifetime", "values": [{ "value": 7 }] }] })),
        },
        _ => fault(400, 100, 0, &format!("(#100) unknown edge {edge}")),
    }
}
