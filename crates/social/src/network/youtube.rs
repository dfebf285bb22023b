//! YouTube (Data API v3). A film goes up in parts under a session address that the network gives; the last part is what publishes
//! it, so everything before is preparation, and the session tells afterwards whether the film is whole.

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::file::Source;
use super::{
    Channel, Found, Inbound, Live, Network, Outcome, Outgoing, Page, Prepared, Probe, Secret, Trouble, Words, answer, moment,
    oauth, text, web,
};
use crate::limit::NetworkName;
use crate::message::{Media, Track};
use crate::text::hashtags;
use web::Went;

/// Bytes of a part: a multiple of 256 KiB.
const PART: u64 = 32 * 256 * 1024;
const PAGES: usize = 10;

pub struct Youtube {
    client: Client,
}

impl Youtube {
    pub fn new() -> Result<Self, Trouble> {
        Ok(Self { client: web::client(NetworkName::Youtube.limits())? })
    }

    fn call(&self, method: Method, channel: &Channel, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", channel.address)).bearer_auth(&channel.secret.access).query(query)
    }

    async fn get(&self, channel: &Channel, path: &str, query: &[(&str, &str)]) -> Result<Value, Trouble> {
        Ok(answer::ask(NetworkName::Youtube, self.call(Method::GET, channel, path, query)).await?.body)
    }

    fn part(&self, channel: &Channel, session: &str, range: String, bytes: Vec<u8>) -> RequestBuilder {
        let request = self.client.put(session).bearer_auth(&channel.secret.access);
        request.header("content-range", range).header("content-length", bytes.len()).body(bytes)
    }

    /// Opens a session and sends all but the last part; gives the session and where the last part begins.
    async fn upload(&self, channel: &Channel, post: &Outgoing, film: &Media) -> Result<(String, u64), Trouble> {
        let mut source = Source::open(film).await?;
        let query = [("uploadType", "resumable"), ("part", "snippet,status")];
        let request = self.call(Method::POST, channel, "/upload/youtube/v3/videos", &query).json(&resource(post));
        let request = request.header("x-upload-content-length", source.size).header("x-upload-content-type", &film.mime);
        let begun = answer::ask(NetworkName::Youtube, request).await?;
        let session = begun.location.ok_or_else(|| Trouble::Later("YouTube gave no session for the film".into()))?;
        let last = source.size.saturating_sub(1) / PART * PART;
        let (mut at, mut failures) = (0, 0);
        while at < last {
            let bytes = source.part(at, PART).await?;
            let range = format!("bytes {at}-{}/{}", at + bytes.len() as u64 - 1, source.size);
            match web::send(self.part(channel, &session, range, bytes)).await {
                Went::Answered(a) if a.status.as_u16() == 308 => at = received(&a),
                Went::Answered(a) if a.status.is_client_error() => return Err(answer::trouble(NetworkName::Youtube, &a)),
                // Where it stands is asked, never assumed.
                _ if failures < 5 => {
                    failures += 1;
                    tokio::time::sleep(std::time::Duration::from_secs(1 << failures)).await;
                    let probe = self.part(channel, &session, format!("bytes */{}", source.size), Vec::new());
                    if let Went::Answered(a) = web::send(probe).await
                        && a.status.as_u16() == 308
                    {
                        at = received(&a);
                    }
                }
                _ => return Err(Trouble::Later("the upload stopped".into())),
            }
        }
        Ok((session, last))
    }

    async fn caption(&self, channel: &Channel, live: &Live, track: &Track) -> Result<(), Trouble> {
        let file = Media { file: track.file.clone(), sha256: track.sha256.clone(), ..Media::default() };
        let bytes = Source::open(&file).await?.all().await?;
        let snippet = json!({ "videoId": live.remote, "language": track.language, "name": "", "isDraft": false });
        let query = [("uploadType", "resumable"), ("part", "snippet")];
        let request =
            self.call(Method::POST, channel, "/upload/youtube/v3/captions", &query).json(&json!({ "snippet": snippet }));
        let request =
            request.header("x-upload-content-length", bytes.len()).header("x-upload-content-type", "application/octet-stream");
        let begun = answer::ask(NetworkName::Youtube, request).await?;
        let session = begun.location.ok_or_else(|| Trouble::Later("YouTube gave no session for the captions".into()))?;
        let range = format!("bytes 0-{}/{}", bytes.len().saturating_sub(1), bytes.len());
        answer::ask(NetworkName::Youtube, self.part(channel, &session, range, bytes)).await.map(drop)
    }

    async fn uploaded(&self, channel: &Channel, post: &Outgoing, since: i64, known: &[String]) -> Result<Option<Live>, Trouble> {
        let body = self.get(channel, "/youtube/v3/channels", &[("part", "contentDetails"), ("mine", "true")]).await?;
        let list = text(&body["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]);
        let query = [("part", "snippet"), ("playlistId", list.as_str()), ("maxResults", "50")];
        let body = self.get(channel, "/youtube/v3/playlistItems", &query).await?;
        let same = |v: &&Value| v["snippet"]["title"] == post.title.as_str() && moment(&v["snippet"]["publishedAt"]) >= since;
        let ids =
            body["items"].as_array().into_iter().flatten().filter(same).map(|v| text(&v["snippet"]["resourceId"]["videoId"]));
        Ok(ids.into_iter().find(|id| !known.contains(id)).map(|id| live(&id)))
    }
}

/// How many bytes the session has, from `Range: bytes=0-N`.
fn received(a: &web::Answer) -> u64 {
    a.range.as_deref().and_then(|r| r.rsplit('-').next()?.parse::<u64>().ok()).map_or(0, |last| last + 1)
}

fn titled(post: &Outgoing) -> Result<(), Trouble> {
    if post.title.trim().is_empty() || post.title.chars().count() > 100 || post.title.contains(['<', '>']) {
        return Err(Trouble::Content("a film needs a title of at most 100 characters without < and >".into()));
    }
    Ok(())
}

fn resource(post: &Outgoing) -> Value {
    let tags: Vec<String> = hashtags(&post.text).into_iter().map(|t| t.text).collect();
    let mut snippet = json!({ "title": post.title, "description": post.text, "tags": tags, "categoryId": "25" });
    if let Some(language) = post.languages.first() {
        snippet["defaultLanguage"] = json!(language);
    }
    let status = json!({ "privacyStatus": "public", "selfDeclaredMadeForKids": false, "containsSyntheticMedia": post.generated, "embeddable": true });
    json!({ "snippet": snippet, "status": status })
}

fn live(id: &str) -> Live {
    Live { remote: id.to_owned(), url: Some(format!("https://www.youtube.com/watch?v={id}")) }
}

fn comment(c: &Value, parent: Option<String>, video: &str) -> Inbound {
    let s = &c["snippet"];
    Inbound {
        remote: text(&c["id"]),
        kind: "comment",
        parent: parent.or_else(|| Some(video.to_owned())),
        handle: text(&s["authorDisplayName"]),
        text: text(&s["textOriginal"]),
        url: Some(format!("https://www.youtube.com/watch?v={video}&lc={}", text(&c["id"]))),
        written_at: moment(&s["publishedAt"]),
        answerable: true,
    }
}

#[async_trait]
impl Network for Youtube {
    fn name(&self) -> NetworkName {
        NetworkName::Youtube
    }

    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble> {
        if post.reply_to.is_some() {
            return Ok(Prepared::default());
        }
        titled(post)?;
        let film = post.media.iter().find(|m| m.is_video());
        let film = film.ok_or_else(|| Trouble::Content("this network takes no post without a film".into()))?;
        let (session, last) = self.upload(channel, post, film).await?;
        Ok(Prepared(json!({ "session": session, "last": last, "size": Source::open(film).await?.size })))
    }

    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        let request = match &post.reply_to {
            Some(to) => {
                let body = json!({ "snippet": { "parentId": to, "textOriginal": post.text } });
                self.call(Method::POST, channel, "/youtube/v3/comments", &[("part", "snippet")]).json(&body)
            }
            None => {
                let film = post.media.iter().find(|m| m.is_video()).cloned().unwrap_or_default();
                let (last, size) =
                    (prepared.0["last"].as_u64().unwrap_or_default(), prepared.0["size"].as_u64().unwrap_or_default());
                let bytes = match Source::open(&film).await {
                    Ok(mut source) => source.part(last, PART).await,
                    Err(e) => Err(e),
                };
                match bytes {
                    Ok(bytes) => {
                        let range = format!("bytes {last}-{}/{size}", size.saturating_sub(1));
                        self.part(channel, prepared.0["session"].as_str().unwrap_or_default(), range, bytes)
                    }
                    Err(e) => return Outcome::Not(e),
                }
            }
        };
        let went = web::send(request).await;
        // Not whole: the last part did not arrive, or not all of it.
        if let Went::Answered(a) = &went
            && a.status.as_u16() == 308
        {
            return Outcome::Not(Trouble::Later("the last part of the film did not arrive whole".into()));
        }
        answer::outcome(NetworkName::Youtube, went, |a| a.body["id"].as_str().map(live))
    }

    async fn reconcile(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared, since: i64, known: &[String]) -> Found {
        if let Some(to) = &post.reply_to {
            let parent = to.split('.').next().unwrap_or_default();
            let query = [("part", "snippet"), ("parentId", parent), ("maxResults", "100"), ("textFormat", "plainText")];
            return match self.get(channel, "/youtube/v3/comments", &query).await {
                Ok(body) => {
                    let own = |c: &&Value| {
                        let s = &c["snippet"];
                        s["authorChannelId"]["value"] == channel.remote.as_str()
                            && s["textOriginal"] == post.text.as_str()
                            && moment(&s["publishedAt"]) >= since
                    };
                    let ids = body["items"].as_array().into_iter().flatten().filter(own).map(|c| text(&c["id"]));
                    let id = ids.into_iter().find(|id| !known.contains(id));
                    id.map_or(Found::Absent, |remote| Found::Live(Live { remote, url: None }))
                }
                Err(e) => Found::Unclear(e.to_string()),
            };
        }
        let (session, size) =
            (prepared.0["session"].as_str().unwrap_or_default(), prepared.0["size"].as_u64().unwrap_or_default());
        match web::send(self.part(channel, session, format!("bytes */{size}"), Vec::new())).await {
            Went::Answered(a) if a.status.is_success() => match a.body["id"].as_str() {
                Some(id) => Found::Live(live(id)),
                None => Found::Unclear("the session is done and does not name the film".into()),
            },
            Went::Answered(a) if a.status.as_u16() == 308 => Found::Absent,
            // The session is forgotten: what the channel has uploaded since tells.
            Went::Answered(a) if matches!(a.status.as_u16(), 404 | 410) => match self.uploaded(channel, post, since, known).await
            {
                Ok(found) => found.map_or(Found::Absent, Found::Live),
                Err(e) => Found::Unclear(e.to_string()),
            },
            Went::Answered(a) => Found::Unclear(answer::trouble(NetworkName::Youtube, &a).to_string()),
            Went::NotSent(why) | Went::Lost(why) => Found::Unclear(why),
        }
    }

    /// The still picture of a film and its captions, once the film is there.
    async fn finish(&self, channel: &Channel, post: &Outgoing, live: &Live) -> Result<(), Trouble> {
        if let Some(track) = post.media.iter().filter(|m| m.is_video()).find_map(|m| m.track.as_ref()) {
            self.caption(channel, live, track).await?;
        }
        let Some(still) = post.media.iter().find(|m| !m.is_video()) else { return Ok(()) };
        let bytes = Source::open(still).await?.all().await?;
        let query = [("videoId", live.remote.as_str()), ("uploadType", "media")];
        let request = self.call(Method::POST, channel, "/upload/youtube/v3/thumbnails/set", &query);
        answer::ask(NetworkName::Youtube, request.header("content-type", &still.mime).body(bytes)).await.map(drop)
    }

    /// What of a film's details is neither title nor description goes along: left out, it would be dropped.
    async fn prepare_edit(&self, channel: &Channel, remote: &str, post: &Outgoing) -> Result<Prepared, Trouble> {
        titled(post)?;
        let body = self.get(channel, "/youtube/v3/videos", &[("part", "snippet"), ("id", remote)]).await?;
        let Some(item) = body["items"].get(0) else { return Err(Trouble::Gone(remote.into())) };
        let mut snippet = resource(post)["snippet"].take();
        for name in ["categoryId", "defaultLanguage", "defaultAudioLanguage"] {
            if item["snippet"][name].is_string() {
                snippet[name] = item["snippet"][name].clone();
            }
        }
        Ok(Prepared(json!({ "snippet": snippet })))
    }

    async fn edit(&self, channel: &Channel, remote: &str, _: &Outgoing, prepared: &Prepared) -> Outcome {
        let body = json!({ "id": remote, "snippet": prepared.0["snippet"] });
        let request = self.call(Method::PUT, channel, "/youtube/v3/videos", &[("part", "snippet")]).json(&body);
        answer::outcome(NetworkName::Youtube, web::send(request).await, |a| a.body["id"].as_str().map(live))
    }

    async fn says(&self, channel: &Channel, remote: &str, _: &Outgoing) -> Result<Words, Trouble> {
        let body = self.get(channel, "/youtube/v3/videos", &[("part", "snippet"), ("id", remote)]).await?;
        let Some(item) = body["items"].get(0) else { return Err(Trouble::Gone(remote.into())) };
        let s = &item["snippet"];
        Ok(Words { text: text(&s["description"]), title: Some(text(&s["title"])) })
    }

    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble> {
        match answer::ask(NetworkName::Youtube, self.call(Method::DELETE, channel, "/youtube/v3/videos", &[("id", remote)])).await
        {
            Ok(_) | Err(Trouble::Gone(_)) => {}
            Err(e) => return Err(e),
        }
        let body = self.get(channel, "/youtube/v3/videos", &[("part", "id"), ("id", remote)]).await?;
        match body["items"].as_array().is_none_or(Vec::is_empty) {
            true => Ok(format!("videos.list {remote}: no items")),
            false => Err(Trouble::Later("it is still there".into())),
        }
    }

    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let from: i64 = cursor.and_then(|c| c.parse().ok()).unwrap_or_default();
        let (mut items, mut next) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let mut query = vec![
                ("part", "snippet,replies"),
                ("allThreadsRelatedToChannelId", channel.remote.as_str()),
                ("order", "time"),
                ("maxResults", "100"),
                ("textFormat", "plainText"),
            ];
            if !next.is_empty() {
                query.push(("pageToken", &next));
            }
            let body = self.get(channel, "/youtube/v3/commentThreads", &query).await?;
            let mut old = false;
            for thread in body["items"].as_array().into_iter().flatten() {
                let video = text(&thread["snippet"]["videoId"]);
                let top = comment(&thread["snippet"]["topLevelComment"], None, &video);
                old |= top.written_at < from;
                let parent = top.remote.clone();
                items.push(top);
                let replies = thread["replies"]["comments"].as_array().into_iter().flatten();
                let others = replies.filter(|c| c["snippet"]["authorChannelId"]["value"] != channel.remote.as_str());
                items.extend(others.map(|c| comment(c, Some(parent.clone()), &video)));
            }
            next = text(&body["nextPageToken"]);
            if next.is_empty() || old {
                break;
            }
        }
        items.retain(|i| i.written_at >= from);
        let newest = items.iter().map(|i| i.written_at).max().unwrap_or(from);
        Ok(Page { items, cursor: (newest > 0).then(|| newest.to_string()) })
    }

    async fn hide(&self, channel: &Channel, remote: &str, hidden: bool) -> Result<(), Trouble> {
        let query = [("id", remote), ("moderationStatus", if hidden { "rejected" } else { "published" })];
        let request = self.call(Method::POST, channel, "/youtube/v3/comments/setModerationStatus", &query);
        answer::ask(NetworkName::Youtube, request.header("content-length", 0)).await.map(drop)
    }

    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble> {
        let body = self.get(channel, "/youtube/v3/videos", &[("part", "statistics"), ("id", remote)]).await?;
        let Some(item) = body["items"].get(0) else { return Err(Trouble::Gone(remote.into())) };
        Ok(super::numbers(&item["statistics"]))
    }

    async fn time(&self, channel: &Channel) -> Option<i64> {
        web::date(&self.client, &channel.address).await
    }

    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble> {
        let body = self.get(channel, "/youtube/v3/channels", &[("part", "id,snippet"), ("mine", "true")]).await?;
        let item = &body["items"][0];
        Ok(Probe { handle: text(&item["snippet"]["title"]), remote: text(&item["id"]), expires_at: channel.secret.expires_at })
    }

    async fn refresh(&self, channel: &Channel) -> Result<Secret, Trouble> {
        oauth::refresh(&self.client, NetworkName::Youtube, channel).await
    }
}
