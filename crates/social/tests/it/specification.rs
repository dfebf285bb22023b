//! What the connectors send is what the vendors' own specifications allow: every request of a whole life is held against X's and
//! Mastodon's OpenAPI, YouTube's discovery document and Meta's lists of edges and fields, where these are at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::{Map, Value, json};
use social::limit::NetworkName;
use social::message::{Media, Track};
use social::network::Outgoing;
use standin::Call;

use crate::vendor::{ALL, Scene};

fn specs(file: &str) -> Option<Value> {
    let roots = ["../../../shared/specs", "../../../../shared/specs"];
    let path: PathBuf = roots.iter().map(|r| Path::new(env!("CARGO_MANIFEST_DIR")).join(r).join(file)).find(|p| p.exists())?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// Everything a connector can do, once; gives the requests it took.
pub async fn life(name: NetworkName) -> Vec<Call> {
    let s = Scene::new(name).await;
    let post = s.post("हेलमेट पहनें https://police.example.org/x #सड़क");
    let live = s.live(&Outgoing { generated: name == NetworkName::X, ..post.clone() }).await;
    if matches!(name, NetworkName::X | NetworkName::Facebook | NetworkName::Mastodon) {
        let media = vec![s.file("a.png", "image/png", 900), s.file("b.png", "image/png", 1_400_000)];
        s.live(&Outgoing { media, ..s.post("दो चित्र") }).await;
        let next = s.network.reply(&live.remote, "धागे का दूसरा भाग").unwrap();
        s.live(&next).await;
    }
    if name == NetworkName::Facebook {
        s.live(&Outgoing { media: vec![s.file("r.mp4", "video/mp4", 500)], ..s.post("रील") }).await;
    }
    if name == NetworkName::Instagram {
        let one = post.media[0].clone();
        let film =
            Media { file: "https://portal.example.org/b.mp4".into(), mime: "video/mp4".into(), captions: true, ..one.clone() };
        s.live(&Outgoing { media: vec![one, film.clone()], ..s.post("कई") }).await;
        s.live(&Outgoing { media: vec![film], ..s.post("रील") }).await;
    }
    if name == NetworkName::X {
        let words = s.file("f.srt", "text/srt", 60);
        let track = Some(Track { file: words.file, sha256: words.sha256, language: "hi".into() });
        s.live(&Outgoing { media: vec![Media { track, ..s.file("f.mp4", "video/mp4", 900) }], ..s.post("फ़िल्म") }).await;
        assert!(s.world.with(|m| m.media.values().any(|x| x.caption == "HI")), "the film has its captions");
    }
    if name == NetworkName::Youtube {
        let words = s.file("l.srt", "application/x-subrip", 60);
        let track = Some(Track { file: words.file, sha256: words.sha256, language: "hi".into() });
        let media = vec![Media { track, ..s.file("l.mp4", "video/mp4", 9_000_000) }, s.file("s.png", "image/png", 90)];
        let long = Outgoing { media, ..s.post("लंबी फ़िल्म") };
        let live = s.live(&long).await;
        s.network.finish(&s.channel, &long, &live).await.unwrap();
    }
    let (prepared, _) = s.publish(&Outgoing { key: "other".into(), ..s.post("पढ़ें") }).await;
    let since = chrono::Utc::now().timestamp_micros() - 300_000_000;
    s.network.reconcile(&s.channel, &s.post("पढ़ें"), &prepared, since, &[]).await;
    let under = s.world.citizen(&s.channel.remote, "citizen", "@thana1 कब?", Some(&live.remote));
    let page = s.network.inbound(&s.channel, None).await.unwrap();
    s.network.inbound(&s.channel, page.cursor.as_deref()).await.unwrap();
    let answer = s.network.reply(&under, "आठ बजे।").unwrap();
    s.live(&answer).await;
    s.network.reconcile(&s.channel, &answer, &prepared, since, &[]).await;
    let _ = s.network.hide(&s.channel, &under, true).await;
    s.network.metrics(&s.channel, &live.remote).await.unwrap();
    if name.limits().edit {
        let new = Outgoing { text: "हेलमेट पहनें, सदा।".into(), ..post.clone() };
        let prepared = s.network.prepare_edit(&s.channel, &live.remote, &new).await.unwrap();
        s.network.edit(&s.channel, &live.remote, &new, &prepared).await;
        s.network.says(&s.channel, &live.remote, &new).await.unwrap();
    }
    if name.limits().messages.is_some() {
        let asked = s.world.letter(&s.channel.remote, "9001", "मेरा फ़ोन चोरी हुआ", 30);
        s.network.messages(&s.channel, None).await.unwrap();
        let answer = Outgoing { private: true, key: "alone".into(), ..s.network.reply(&asked, "आइए।").unwrap() };
        let (prepared, _) = s.publish(&answer).await;
        s.network.reconcile(&s.channel, &answer, &prepared, since, &[]).await;
    }
    s.network.probe(&s.channel).await.unwrap();
    s.network.take_down(&s.channel, &live.remote).await.unwrap();
    s.world.with(|m| m.seen.clone())
}

/// The names of an object's properties, through every composition.
fn names(root: &Value, schema: &Value, out: &mut BTreeSet<String>) {
    let schema = resolve(root, schema);
    out.extend(schema["properties"].as_object().into_iter().flat_map(|p| p.keys().cloned()));
    for way in ["allOf", "oneOf", "anyOf"] {
        schema[way].as_array().into_iter().flatten().for_each(|part| names(root, part, out));
    }
}

/// A value against a schema (the part of JSON Schema these documents use). A property no schema names is a complaint.
fn conforms(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut out = shape(root, schema, value, at);
    let mut known = BTreeSet::new();
    names(root, schema, &mut known);
    if let Some(fields) = value.as_object().filter(|_| !known.is_empty()) {
        out.extend(fields.keys().filter(|name| !known.contains(*name)).map(|name| format!("{at}: there is no {name}")));
    }
    out
}

/// The same for one part of a composition, which need not name every property.
fn shape(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if schema["$ref"].is_string() {
        let target = resolve(root, schema);
        return if target["$ref"].is_string() {
            vec![format!("{at}: {schema} leads nowhere")]
        } else {
            shape(root, target, value, at)
        };
    }
    let mut out = Vec::new();
    for way in ["oneOf", "anyOf"] {
        if let Some(ways) = schema[way].as_array() {
            let tried: Vec<Vec<String>> = ways.iter().map(|w| shape(root, w, value, at)).collect();
            if !tried.iter().any(Vec::is_empty) {
                out.push(format!("{at}: fits none of {way}: {}", tried.concat().join(" | ")));
            }
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        out.extend(shape(root, part, value, at));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let is = |t: &&str| match *t {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        "any" => true,
        _ => false,
    };
    if !types.is_empty() && !types.iter().any(is) {
        out.push(format!("{at}: {value} is not {types:?}"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        out.push(format!("{at}: {value} is not among {allowed:?}"));
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        if schema["maxLength"].as_u64().is_some_and(|m| length > m) || schema["minLength"].as_u64().is_some_and(|m| length < m) {
            out.push(format!("{at}: {length} characters"));
        }
        if let Some(pattern) = schema["pattern"].as_str().and_then(|p| Regex::new(p).ok())
            && !pattern.is_match(text)
        {
            out.push(format!("{at}: {text:?} does not match {pattern}"));
        }
    }
    if let Some(number) = value.as_f64()
        && (schema["maximum"].as_f64().is_some_and(|m| number > m) || schema["minimum"].as_f64().is_some_and(|m| number < m))
    {
        out.push(format!("{at}: {number} is out of range"));
    }
    if let Some(items) = value.as_array() {
        let n = items.len() as u64;
        if schema["maxItems"].as_u64().is_some_and(|m| n > m) || schema["minItems"].as_u64().is_some_and(|m| n < m) {
            out.push(format!("{at}: {n} items"));
        }
        out.extend(items.iter().enumerate().flat_map(|(i, v)| conforms(root, &schema["items"], v, &format!("{at}[{i}]"))));
    }
    if let (Some(fields), Some(known)) = (value.as_object(), schema["properties"].as_object()) {
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(required) {
                out.push(format!("{at}: {required} is missing"));
            }
        }
        for (name, field) in fields {
            if let Some(schema) = known.get(name) {
                out.extend(conforms(root, schema, field, &format!("{at}.{name}")));
            }
        }
    }
    out
}

fn resolve<'a>(root: &'a Value, v: &'a Value) -> &'a Value {
    v["$ref"].as_str().and_then(|r| root.pointer(r.trim_start_matches('#'))).unwrap_or(v)
}

/// The body as a schema sees it: parts of a form are text, so numbers in them are read as such.
fn body(call: &Call) -> Value {
    let mut fields: Map<String, Value> = call.fields.clone();
    if call.kind != "application/json" {
        for value in fields.values_mut() {
            if let Some(number) = value.as_str().and_then(|t| t.parse::<i64>().ok()) {
                *value = json!(number);
            }
        }
    }
    fields.extend(call.files.keys().map(|name| (name.clone(), json!("file"))));
    Value::Object(fields)
}

fn template<'a>(paths: &'a Map<String, Value>, path: &str) -> Option<(&'a String, &'a Value)> {
    let wanted: Vec<&str> = path.trim_matches('/').split('/').collect();
    let fits = |p: &str| {
        let pieces: Vec<&str> = p.trim_matches('/').split('/').collect();
        pieces.len() == wanted.len() && pieces.iter().zip(&wanted).all(|(a, b)| a == b || a.starts_with('{'))
    };
    paths.iter().filter(|(p, _)| fits(p)).min_by_key(|(p, _)| p.matches('{').count())
}

/// One request against an OpenAPI document.
fn open_api(root: &Value, call: &Call) -> Vec<String> {
    let at = format!("{} {}", call.method, call.path);
    let Some((_, item)) = template(root["paths"].as_object().unwrap(), &call.path) else {
        return vec![format!("{at}: no such path")];
    };
    let operation = &item[call.method.to_lowercase()];
    if operation.is_null() {
        return vec![format!("{at}: no such method")];
    }
    let parameters: Vec<&Value> = [&item["parameters"], &operation["parameters"]]
        .into_iter()
        .flat_map(|p| p.as_array().into_iter().flatten())
        .map(|p| resolve(root, p))
        .collect();
    let mut out = Vec::new();
    for (name, value) in &call.query {
        let plain = name.trim_end_matches("[]");
        match parameters.iter().find(|p| p["in"] == "query" && p["name"] == plain) {
            None => out.push(format!("{at}: there is no parameter {name}")),
            Some(p) => {
                let schema = resolve(root, &p["schema"]);
                let typed = |text: &str, schema: &Value| match schema["type"].as_str() {
                    Some("integer" | "number") => text.parse::<i64>().map_or(json!(text), |n| json!(n)),
                    Some("boolean") => json!(text == "true"),
                    _ => json!(text),
                };
                let value = match schema["type"].as_str() {
                    Some("array") => value.split(',').map(|v| typed(v, resolve(root, &schema["items"]))).collect(),
                    _ => typed(value, schema),
                };
                out.extend(conforms(root, schema, &value, &format!("{at} {name}")));
            }
        }
    }
    for p in parameters.iter().filter(|p| p["in"] == "query" && p["required"] == true) {
        if !call.query.contains_key(p["name"].as_str().unwrap()) {
            out.push(format!("{at}: {} is missing", p["name"]));
        }
    }
    let content = &resolve(root, &operation["requestBody"])["content"];
    if !call.kind.is_empty() {
        match &content[&call.kind] {
            Value::Null => out.push(format!("{at}: a body of {} is not taken", call.kind)),
            media => out.extend(conforms(root, &media["schema"], &body(call), &at)),
        }
    } else if resolve(root, &operation["requestBody"])["required"] == true {
        out.push(format!("{at}: the body is missing"));
    }
    out
}

/// All methods of a discovery document, by HTTP method and path.
fn methods(resources: &Value, out: &mut Vec<Value>) {
    for resource in resources.as_object().into_iter().flat_map(|r| r.values()) {
        out.extend(resource["methods"].as_object().into_iter().flat_map(|m| m.values()).cloned());
        methods(&resource["resources"], out);
    }
}

fn discovery(root: &Value, call: &Call) -> Vec<String> {
    let at = format!("{} {}", call.method, call.path);
    let mut all = Vec::new();
    methods(&root["resources"], &mut all);
    let path = call.path.trim_start_matches('/').trim_start_matches("resumable/").trim_start_matches("upload/").to_owned();
    let Some(method) = all.iter().find(|m| m["httpMethod"] == call.method.as_str() && m["path"] == path.as_str()) else {
        return vec![format!("{at}: no such method")];
    };
    let mut out = Vec::new();
    for (name, value) in &call.query {
        match [&method["parameters"][name], &root["parameters"][name]].into_iter().find(|p| !p.is_null()) {
            None => out.push(format!("{at}: there is no parameter {name}")),
            Some(p) => {
                if let Some(allowed) = p["enum"].as_array()
                    && !allowed.contains(&json!(value))
                {
                    out.push(format!("{at}: {name}={value} is not among {allowed:?}"));
                }
            }
        }
    }
    for (name, p) in method["parameters"].as_object().into_iter().flatten() {
        if p["required"] == true && !call.query.contains_key(name) {
            out.push(format!("{at}: {name} is missing"));
        }
    }
    if call.kind == "application/json" {
        let name = method["request"]["$ref"].as_str().unwrap_or_default();
        // Discovery names its schemas without a path.
        let text = root["schemas"].to_string().replace("\"$ref\":\"", "\"$ref\":\"#/");
        let schemas: Value = serde_json::from_str(&text).unwrap();
        out.extend(conforms(&schemas, &schemas[name], &body(call), &at));
    }
    out
}

/// Paging and tokens, which every edge takes.
const EVERYWHERE: &[&str] = &["fields", "limit", "after", "before", "since", "until", "access_token", "appsecret_proof"];
/// Not in the published lists, but in the guides: the state of a container, and the binary part of a photo.
const IN_GUIDES: &[&str] = &["status_code", "status", "source"];

fn graph(call: &Call) -> Option<Vec<String>> {
    let at = format!("{} {}", call.method, call.path);
    let pieces: Vec<&str> = call.path.trim_matches('/').split('/').skip(1).collect();
    let (id, edge) = match pieces.as_slice() {
        // Persons and uploads are described elsewhere.
        ["me", ..] | ["debug_token"] | [] => return None,
        _ if call.path.starts_with("/upload/") => return None,
        // A single message is described in the guides of Messenger, not in these lists.
        [_] if call.get("fields") == "from,created_time" => return None,
        [id] => (*id, None),
        [id, edge] => (*id, Some(*edge)),
        _ => return Some(vec![format!("{at}: no such path")]),
    };
    let kinds: &[&str] = match id {
        "1" => &["Page"],
        "5001" => &["IGUser"],
        _ => &["PagePost", "Comment", "IGMedia", "IGComment", "Photo", "AdVideo"],
    };
    let mut tried = Vec::new();
    for kind in kinds {
        let spec = specs(&format!("meta/{kind}.json"))?;
        let node = match call.method.as_str() {
            "GET" => "#get",
            "POST" => "#update",
            _ => "#delete",
        };
        let here = |a: &&Value| a["method"] == call.method.as_str() && edge.map_or(a["name"] == node, |e| a["endpoint"] == e);
        let api = spec["apis"].as_array().into_iter().flatten().find(here);
        // Accounts list no plain read, though everything in `fields` is one.
        if api.is_none() && !(call.method == "GET" && edge.is_none()) {
            tried.push(format!("{at}: {kind} has no such edge"));
            continue;
        }
        let params: BTreeSet<&str> =
            api.map(|a| a["params"].as_array().unwrap().iter().filter_map(|p| p["name"].as_str()).collect()).unwrap_or_default();
        let given = call.query.keys().chain(call.fields.keys()).chain(call.files.keys());
        let mut out: Vec<String> = given
            .filter(|n| !params.contains(n.as_str()) && !EVERYWHERE.contains(&n.as_str()) && !IN_GUIDES.contains(&n.as_str()))
            .map(|n| format!("{at}: {kind} has no parameter {n}"))
            .collect();
        for p in api.into_iter().flat_map(|a| a["params"].as_array().unwrap()).filter(|p| p["required"] == true) {
            let name = p["name"].as_str().unwrap();
            if call.get(name).is_empty() {
                out.push(format!("{at}: {name} is missing"));
            }
        }
        let of = edge.map_or(*kind, |_| api.and_then(|a| a["return"].as_str()).unwrap_or(kind));
        if let Some(returned) = specs(&format!("meta/{of}.json")) {
            out.extend(
                top_level(&call.get("fields"))
                    .into_iter()
                    .filter(|f| !knows(&returned, f))
                    .map(|f| format!("{at}: {of} has no field {f}")),
            );
        }
        if out.is_empty() {
            return Some(out);
        }
        tried.extend(out);
    }
    Some(tried)
}

fn knows(spec: &Value, field: &str) -> bool {
    IN_GUIDES.contains(&field)
        || spec["fields"].as_array().into_iter().flatten().any(|f| f["name"] == field)
        || spec["apis"].as_array().into_iter().flatten().any(|a| a["endpoint"] == field)
}

/// `id,comments.limit(5){id,text}` → id, comments.
fn top_level(fields: &str) -> Vec<String> {
    let (mut out, mut name, mut depth) = (Vec::new(), String::new(), 0);
    for c in fields.chars().chain([',']) {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            ',' if depth == 0 => out.push(std::mem::take(&mut name).split('.').next().unwrap_or_default().to_owned()),
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    out.retain(|n| !n.is_empty());
    out
}

fn judge(name: NetworkName, call: &Call) -> Option<Vec<String>> {
    match name {
        NetworkName::X => Some(open_api(&specs("x-api-v2.openapi.json")?, call)),
        NetworkName::Mastodon => Some(open_api(&specs("mastodon.openapi.json")?, call)),
        // The session's address is the network's own affair.
        NetworkName::Youtube if call.path.starts_with("/session/") => None,
        NetworkName::Youtube => Some(discovery(&specs("youtube/youtube.v3.json")?, call)),
        _ => graph(call),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_what_the_vendors_specification_allows() {
    if specs("x-api-v2.openapi.json").is_none() {
        eprintln!("skipped: the vendors' specifications are not at hand (shared/specs beside the workspace)");
        return;
    }
    let (mut wrong, digits) = (Vec::new(), Regex::new("[0-9v.]{6,}").unwrap());
    for name in ALL {
        let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
        for call in life(name).await {
            if let Some(found) = judge(name, &call) {
                *shapes.entry(format!("{} {}", call.method, digits.replace_all(&call.path, "…"))).or_default() += 1;
                wrong.extend(found.into_iter().map(|w| format!("{name}: {w}")));
            }
        }
        eprintln!("{name}: {} requests of {} kinds", shapes.values().sum::<usize>(), shapes.len());
        assert!(shapes.len() >= 7, "{name}: only {shapes:?}");
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_judges_find_what_is_wrong() {
    if specs("x-api-v2.openapi.json").is_none() {
        return;
    }
    let call = |method: &str, path: &str, query: &str, body: Value| {
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        Call::new(method, path, query, headers, body.to_string().into())
    };
    let bad = [
        (NetworkName::X, call("POST", "/2/tweets", "", json!({ "text": "x", "colour": "red" }))),
        (NetworkName::X, call("POST", "/2/tweets", "", json!({ "media": { "media_ids": ["1", "2", "3", "4", "5"] } }))),
        (NetworkName::X, call("POST", "/2/tweets", "", json!({ "text": 5 }))),
        (NetworkName::X, call("PUT", "/2/tweets", "", json!({}))),
        (NetworkName::Mastodon, call("POST", "/api/v1/statuses", "", json!({ "text": "x" }))),
        (NetworkName::Mastodon, call("POST", "/api/v9/statuses", "", json!({ "status": "x" }))),
        (NetworkName::Youtube, call("POST", "/youtube/v3/comments", "", json!({ "snippet": { "textOriginal": "x" } }))),
        (NetworkName::Youtube, call("POST", "/youtube/v3/comments", "part=snippet", json!({ "snippet": { "words": "x" } }))),
        (NetworkName::Facebook, call("POST", "/v25.0/1/feed", "", json!({ "text": "x" }))),
        (NetworkName::Facebook, call("POST", "/v25.0/1/video_reels", "", json!({ "description": "x" }))),
        (NetworkName::Instagram, call("GET", "/v25.0/5001/media", "fields=id,colour", Value::Null)),
    ];
    for (name, call) in bad {
        assert!(
            judge(name, &call).is_some_and(|found| !found.is_empty()),
            "{name}: {} {} {:?} passes",
            call.method,
            call.path,
            call.fields
        );
    }
}

/// Prism, with X's own OpenAPI, answers 422 to what it does not allow.
#[tokio::test(flavor = "multi_thread")]
async fn prism_takes_every_request_to_x() {
    let prism = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/social/node_modules/.bin/prism");
    let roots = ["../../../shared/specs", "../../../../shared/specs"];
    let spec =
        roots.iter().map(|r| Path::new(env!("CARGO_MANIFEST_DIR")).join(r).join("x-api-v2.openapi.json")).find(|p| p.exists());
    let (true, Some(spec)) = (prism.exists(), spec) else {
        eprintln!("skipped: Prism is not installed (npm ci in tests/social), or X's specification is not at hand");
        return;
    };
    let port = proving::free_port();
    let mut server = std::process::Command::new(prism)
        .args(["mock", "-p", &port.to_string(), "-h", "127.0.0.1"])
        .arg(spec)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let client = reqwest::Client::new();
    let address = format!("http://127.0.0.1:{port}");
    let began = std::time::Instant::now();
    while client.get(format!("{address}/2/users/me")).bearer_auth("t").send().await.is_err() {
        assert!(began.elapsed().as_secs() < 120, "Prism did not start");
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    let send = async |call: &Call| {
        let query: Vec<(String, String)> = call.query.clone().into_iter().collect();
        let mut request =
            client.request(call.method.parse().unwrap(), format!("{address}{}", call.path)).query(&query).bearer_auth("t");
        if !call.kind.is_empty() {
            request = request.header("content-type", call.header("content-type")).body(call.bytes.clone());
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap_or_default())
    };
    let mut wrong = Vec::new();
    let calls = life(NetworkName::X).await;
    for call in &calls {
        // Prism reads multipart bodies as text; a file is bytes.
        if call.kind == "multipart/form-data" {
            continue;
        }
        let (status, words) = send(call).await;
        if !(200..300).contains(&status) {
            wrong.push(format!("{} {}: {status} {words}", call.method, call.path));
        }
    }
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("content-type", "application/json".parse().unwrap());
    let bad = Call::new("POST", "/2/tweets", "", headers, json!({ "text": "x", "colour": "red" }).to_string().into());
    let refused = send(&bad).await.0;
    let _ = server.kill();
    let _ = server.wait();
    assert!(wrong.is_empty() && calls.len() > 15, "{} of {}:\n{}", wrong.len(), calls.len(), wrong.join("\n"));
    assert_eq!(refused, 422, "Prism refuses what is wrong");
}
