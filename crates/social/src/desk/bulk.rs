//! A file of messages: a dry run says everything that is wrong with it; taking it in makes all of them or none.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::StoreError;
use store::social::{Account, Campaign, ImportRow, Incoming, MediaRow, Plan, Post};

use super::media::{ALT, media_row};
use super::{Desk, kind_text, parse_ist, row, sealed};
use crate::DeskError;
use crate::bulk::{self, Line, Package, Problem, Report};
use crate::check::{self, Level, Setting};
use crate::limit::NetworkName;
use crate::media::{self, Clean};
use crate::message::{Kind, Media, Message};

/// What is asked for every line once and not again.
struct Known {
    accounts: Vec<Account>,
    campaigns: Vec<Campaign>,
    settings: HashMap<String, Option<Setting>>,
    lines: HashMap<String, Vec<String>>,
    roles: HashMap<(String, &'static str), bool>,
    /// Pictures that came with the file, cleaned; or why they cannot be taken.
    pictures: HashMap<String, Result<Clean, String>>,
    /// Pictures of the library, by what the file calls them.
    library: HashMap<String, Option<MediaRow>>,
}

/// What the pictures of a line can be marked with.
const MARKS: [&str; 7] = ["arrested", "victim", "child", "blurred", "generated", "labelled", "captions"];

/// A line that was understood.
struct Read {
    unit: String,
    message: Message,
    due: Option<i64>,
    channels: Vec<String>,
    networks: Vec<NetworkName>,
    campaign: String,
}

impl Desk {
    /// Looks at a file of messages and, when `take` and nothing is wrong, makes them all: drafts of whoever brought the file, handed in
    /// for approval where no warning is open, planned for their times. A ZIP brings pictures along. The same file again does nothing.
    pub async fn bulk(
        &self,
        who: &Principal,
        name: &str,
        bytes: &[u8],
        take: bool,
        now: DateTime<Utc>,
    ) -> Result<Report, DeskError> {
        let Package { csv, pictures, sha256 } = bulk::open(bytes)?;
        let lines = bulk::read(&csv)?;
        if take && self.store.imported(&sha256).await? {
            let (rows, problems) = (lines.len(), Vec::new());
            return Ok(Report { sha256, rows, wrong_rows: 0, problems, warned: 0, made: 0, already: true });
        }
        let mut known = Known {
            accounts: self.store.accounts().await?,
            campaigns: self.store.campaigns(false).await?,
            settings: HashMap::new(),
            lines: HashMap::new(),
            roles: HashMap::new(),
            pictures: pictures.into_iter().map(|(name, bytes)| (name, media::clean(bytes))).collect(),
            library: HashMap::new(),
        };
        let (mut problems, mut incoming) = (Vec::new(), Vec::new());
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut wrong_rows = 0;
        for line in &lines {
            let before = problems.len();
            let read = self.understand(who, line, &mut known, now, &mut problems).await?;
            if let Some(read) = read {
                let same = json!([read.unit, read.message, read.due, read.channels]).to_string();
                if let Some(first) = seen.insert(same, line.number) {
                    problems.push(Problem::new(line.number, "hindi", line.get("hindi"), "twice", &first.to_string()));
                }
                let made = self.incoming(who, read, &sha256, &known, now)?;
                for f in made.findings.iter().filter(|f| f.level == "block") {
                    let body: serde_json::Value = serde_json::from_str(&f.body).unwrap_or_default();
                    let said = format!("{} ({})", f.rule, body["found"].as_str().unwrap_or_default());
                    let place = body["place"].as_str().unwrap_or_default();
                    problems.push(Problem::new(line.number, place, line.get(place), "check", &said));
                }
                if problems.len() == before {
                    incoming.push(made);
                }
            }
            wrong_rows += usize::from(problems.len() > before);
        }
        let warned = incoming.iter().filter(|i| i.post.state == "draft").count();
        let mut report =
            Report { sha256: sha256.clone(), rows: lines.len(), wrong_rows, problems, warned, made: 0, already: false };
        if !take || !report.problems.is_empty() {
            return Ok(report);
        }
        let import = ImportRow {
            sha256: sha256.clone(),
            name: name.into(),
            messages: i64::try_from(incoming.len()).unwrap_or(i64::MAX),
            principal: who.id.clone(),
            at: now.timestamp_micros(),
        };
        self.bring(who, &incoming, &known, now).await?;
        if self.store.import(&import, &incoming).await? {
            report.made = incoming.len();
            self.record(who, now, "import", &sha256, &json!({ "name": name, "messages": report.made })).await?;
        } else {
            report.already = true;
        }
        Ok(report)
    }

    /// What a line says; none, with its problems, when it cannot be understood.
    async fn understand(
        &self,
        who: &Principal,
        line: &Line,
        known: &mut Known,
        now: DateTime<Utc>,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Read>, DeskError> {
        let before = problems.len();
        let mut tell = |field: &str, code: &'static str, said: &str| {
            problems.push(Problem::new(line.number, field, line.get(field), code, said));
        };
        if let Some(cells) = line.odd {
            tell("", "cells", &cells.to_string());
            return Ok(None);
        }
        let unit = line.get("unit").to_owned();
        let setting = self.setting_once(&unit, known, now).await?;
        if setting.is_none() {
            tell("unit", "unit", "");
        } else if !self.role_once(who, &unit, "writer", known).await? {
            tell("unit", "role", "writer");
        }
        let kind = match line.get("kind").parse::<Kind>() {
            Ok(Kind::Reply | Kind::Correction) | Err(_) => {
                tell("kind", "kind", "");
                Kind::Awareness
            }
            Ok(kind) => kind,
        };
        let mut message =
            Message { kind, hindi: line.get("hindi").into(), english: line.get("english").into(), ..Message::default() };
        for (column, text) in line.cells().iter().filter(|(_, text)| !text.is_empty()) {
            if let Ok(network) = column.parse::<NetworkName>() {
                message.variants.insert(network, text.clone());
            }
        }
        if message.texts().is_empty() {
            tell("hindi", "empty", "");
        }
        message.media = self.pictures(line, known, &mut tell).await?;
        let due = match line.get("at") {
            "" => None,
            text => match parse_ist(text) {
                Ok(due) if due < now.timestamp_micros() => {
                    tell("at", "past", "");
                    None
                }
                Ok(due) => Some(due),
                Err(_) => {
                    tell("at", "time", "");
                    None
                }
            },
        };
        let (mut channels, mut networks) = (Vec::new(), Vec::new());
        for wanted in line.get("channels").split_whitespace() {
            let found: Vec<&Account> = known.accounts.iter().filter(|a| a.id == wanted || a.handle == wanted).collect();
            let account = match found.as_slice() {
                [one] => *one,
                [] => {
                    tell("channels", "channel", wanted);
                    continue;
                }
                _ => {
                    tell("channels", "several", wanted);
                    continue;
                }
            };
            let network: NetworkName = account.network.parse().map_err(DeskError::Invalid)?;
            let near = setting.is_none()
                || account.unit == unit
                || line_once(&self.store, &unit, &mut known.lines).await?.contains(&account.unit)
                || line_once(&self.store, &account.unit, &mut known.lines).await?.contains(&unit);
            let horizon = i64::from(network.limits().schedule_horizon_days);
            if account.state != "connected" {
                tell("channels", "asleep", wanted);
            } else if !near {
                tell("channels", "strange", wanted);
            } else if due.is_some_and(|due| due > now.timestamp_micros() + horizon * 86_400_000_000) {
                tell("at", "far", &horizon.to_string());
            }
            channels.push(account.id.clone());
            networks.push(network);
        }
        if line.get("at").is_empty() != line.get("channels").is_empty() {
            tell(if line.get("at").is_empty() { "at" } else { "channels" }, "half", "");
        }
        if setting.is_some() && !channels.is_empty() && !self.role_once(who, &unit, "publisher", known).await? {
            tell("channels", "role", "publisher");
        }
        let campaign = line.get("campaign").to_owned();
        if !campaign.is_empty() && !known.campaigns.iter().any(|c| c.id == campaign) {
            tell("campaign", "campaign", "");
        }
        let read = Read { unit, message, due, channels, networks, campaign };
        Ok((problems.len() == before).then_some(read))
    }

    /// The pictures a line names, with their words.
    async fn pictures(
        &self,
        line: &Line,
        known: &mut Known,
        tell: &mut impl FnMut(&str, &'static str, &str),
    ) -> Result<Vec<Media>, DeskError> {
        let words: Vec<&str> = line.get("alt").split('|').map(str::trim).collect();
        // One list for each picture, as with the words; a single one is said of all of them.
        let lists: Vec<Vec<&str>> = line.get("shows").split('|').map(|list| list.split_whitespace().collect()).collect();
        if let Some(strange) = lists.iter().flatten().find(|m| !MARKS.contains(m)) {
            tell("shows", "shows", strange);
        }
        let mut out = Vec::new();
        for (n, name) in line.get("pictures").split('|').map(str::trim).filter(|name| !name.is_empty()).enumerate() {
            let own = words.get(n).copied().unwrap_or_default();
            let marks = if lists.len() == 1 { lists.first() } else { lists.get(n) };
            let marked = |mark: &str| marks.is_some_and(|list| list.contains(&mark));
            let mut track = None;
            let (sha256, mime, bytes, alt) = match known.pictures.get(name) {
                Some(Ok(clean)) => (clean.sha256.clone(), clean.mime.to_owned(), clean.bytes.len() as u64, own.to_owned()),
                Some(Err(why)) => {
                    tell("pictures", "unreadable", &format!("{name}: {why}"));
                    continue;
                }
                None => match self.library_once(name, known).await? {
                    Some(row) => {
                        track = serde_json::from_str(&row.track).ok();
                        let alt = if own.is_empty() { row.alt } else { own.to_owned() };
                        (row.sha256, row.mime, row.bytes.unsigned_abs(), alt)
                    }
                    None => {
                        tell("pictures", "picture", name);
                        continue;
                    }
                },
            };
            if alt.chars().count() < ALT {
                tell("alt", "alt", name);
            }
            out.push(Media {
                file: self.media_path(&sha256)?.display().to_string(),
                mime,
                bytes,
                sha256,
                alt,
                captions: marked("captions") || track.is_some(),
                track,
                generated: marked("generated"),
                labelled: marked("labelled"),
                shows_arrested: marked("arrested"),
                shows_victim: marked("victim"),
                shows_child: marked("child"),
                blurred: marked("blurred"),
            });
        }
        Ok(out)
    }

    /// A picture of the library by its id, or by as many letters of it as no other begins with.
    async fn library_once(&self, name: &str, known: &mut Known) -> Result<Option<MediaRow>, DeskError> {
        if let Some(found) = known.library.get(name) {
            return Ok(found.clone());
        }
        let id = name.len() >= 8 && name.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        let mut rows = if id { self.store.media_like(name).await? } else { Vec::new() };
        let found = if rows.len() == 1 { rows.pop() } else { None };
        known.library.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// Puts the pictures that are used into the library. Its files lie under their hashes: what a failed import leaves is no harm.
    async fn bring(&self, who: &Principal, incoming: &[Incoming], known: &Known, now: DateTime<Utc>) -> Result<(), DeskError> {
        let brought: HashMap<&str, (&String, &Clean)> = known
            .pictures
            .iter()
            .filter_map(|(name, clean)| clean.as_ref().ok().map(|clean| (clean.sha256.as_str(), (name, clean))))
            .collect();
        for one in incoming {
            let message: Message = serde_json::from_str(&one.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
            for m in &message.media {
                let Some((name, clean)) = brought.get(m.sha256.as_str()) else { continue };
                self.keep_file(clean).await?;
                match self.store.media(&m.sha256).await {
                    Ok(_) => {}
                    Err(StoreError::Missing { .. }) => {
                        let row = media_row(clean, &one.post.unit, name, &m.alt, who, now);
                        self.add_media(who, &row, now).await?;
                    }
                    Err(e) => return Err(e.into()),
                }
            }
        }
        Ok(())
    }

    fn incoming(
        &self,
        who: &Principal,
        read: Read,
        origin: &str,
        known: &Known,
        now: DateTime<Utc>,
    ) -> Result<Incoming, DeskError> {
        let at = now.timestamp_micros();
        let (body, sha256) = sealed(&read.message)?;
        let post = Post {
            id: self.store.fresh_id(now),
            unit: read.unit.clone(),
            kind: kind_text(read.message.kind),
            state: "submitted".into(),
            version: 1,
            author: who.id.clone(),
            corrects: None,
            created_at: at,
            changed_at: at,
        };
        let found = check::check(&read.message, &setting_of(known, &read, at));
        let open = found.iter().any(|f| f.level != Level::Approval);
        let post = Post { state: if open { "draft".into() } else { post.state.clone() }, ..post };
        let findings = found.iter().enumerate().map(|(i, f)| row(&post, i, f, now)).collect::<Result<Vec<_>, _>>()?;
        let plan = read.due.map(|due_at| Plan {
            post: post.id.clone(),
            due_at,
            channels: json!(read.channels).to_string(),
            principal: who.id.clone(),
            origin: origin.into(),
            state: "open".into(),
            reason: None,
            at,
        });
        Ok(Incoming { post, body, sha256, findings, plan, campaign: read.campaign, origin: origin.into() })
    }

    async fn setting_once(&self, unit: &str, known: &mut Known, now: DateTime<Utc>) -> Result<Option<Setting>, DeskError> {
        if !known.settings.contains_key(unit) {
            let found = match self.setting(unit, &[], now.timestamp_micros(), "").await {
                Ok(setting) => Some(setting),
                Err(DeskError::Store(StoreError::Missing { .. })) => None,
                Err(e) => return Err(e),
            };
            known.settings.insert(unit.to_owned(), found);
        }
        Ok(known.settings.get(unit).cloned().flatten())
    }

    async fn role_once(&self, who: &Principal, unit: &str, role: &'static str, known: &mut Known) -> Result<bool, DeskError> {
        let key = (unit.to_owned(), role);
        if let Some(held) = known.roles.get(&key) {
            return Ok(*held);
        }
        let held = self.store.holds_role(&who.id, unit, role).await?;
        known.roles.insert(key, held);
        Ok(held)
    }
}

async fn line_once(store: &store::Store, unit: &str, lines: &mut HashMap<String, Vec<String>>) -> Result<Vec<String>, DeskError> {
    if !lines.contains_key(unit) {
        lines.insert(unit.to_owned(), store.unit_line(unit).await?);
    }
    Ok(lines.get(unit).cloned().unwrap_or_default())
}

fn setting_of(known: &Known, read: &Read, at: i64) -> Setting {
    let setting = known.settings.get(&read.unit).cloned().flatten().unwrap_or_default();
    Setting { due: read.due.unwrap_or(at), networks: read.networks.clone(), ..setting }
}
