//! What the desk published, with its proof: for an application under the Right to Information Act, and as rows of the lake.

use std::sync::Arc;

use governance::Principal;
use governance::audit::{AuditRecord, AuditSink};
use lake::{Access, Lake, LakeError, Progress, Report, Request};
use pages::Lang;
use paper::Section;
use serde_json::{Value, json};
use social::desk::Record;
use social::{Desk, DeskError};

/// One file of an export.
#[derive(Debug, Clone)]
pub struct File {
    /// With its folder: `proofs/7.json`.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The lake's access log as the desk writes into it.
pub struct Log(pub Lake);

impl AuditSink for Log {
    fn append(&self, record: &AuditRecord) -> Result<u64, String> {
        self.0.audit().append(record)
    }
}

fn wrong(e: impl std::fmt::Display) -> LakeError {
    LakeError::Invalid(e.to_string())
}

fn ist(micros: i64) -> String {
    model::time::format_ist_rfc3339(micros)
}

/// Everything published in `[from, until)`: `records.json` in full, `records.csv` one line a message, `records.pdf` to be read,
/// the log's entries with proofs of inclusion under `proofs/`, the log's public key, and `MANIFEST.json` with the SHA-256 of each.
pub async fn export(
    lake: &Lake,
    desk: &Desk,
    who: &Principal,
    unit: Option<&str>,
    from: i64,
    until: i64,
    lang: Lang,
) -> Result<Vec<File>, LakeError> {
    let desk = desk.clone().with_audit(Arc::new(Log(lake.clone())));
    let records = desk.records(who, unit, from, until, lake.now()).await.map_err(wrong)?;
    let table = table(&records, lang);
    let mut files = vec![
        File { name: "records.json".into(), bytes: serde_json::to_vec_pretty(&records).map_err(wrong)? },
        File { name: "records.csv".into(), bytes: crate::report::csv(&table).into_bytes() },
    ];
    let mut entries: Vec<u64> = records.iter().flat_map(Record::log).collect();
    entries.sort_unstable();
    entries.dedup();
    for index in &entries {
        let (proof, bytes) = lake.audit().prove(*index)?;
        files.push(File { name: format!("proofs/{index}.json"), bytes });
        files.push(File { name: format!("proofs/{index}.tlog-proof"), bytes: proof.to_string().into_bytes() });
    }
    let keys: String = lake.audit().keys()?.iter().map(|k| format!("{k}\n")).collect();
    files.push(File { name: "log.pub".into(), bytes: keys.into_bytes() });
    let t = |key: &str| lang.text(key);
    let shown = |micros: i64| crate::report::day(lang, micros);
    let paper = paper::Report {
        lang: if lang == Lang::Hi { paper::Language::Hi } else { paper::Language::En },
        title: t("records-title"),
        subtitle: format!("{} – {}", shown(from), shown(until - 1)),
        facts: vec![
            (t("desk-unit"), unit.map_or_else(|| t("all"), str::to_owned)),
            (t("report-messages"), records.len().to_string()),
            (t("records-proofs"), entries.len().to_string()),
        ],
        sections: vec![table],
        foot: t("report-foot"),
        nothing: t("report-nothing"),
    };
    match crate::certificate::fonts() {
        Ok(fonts) => files.push(File { name: "records.pdf".into(), bytes: paper.pdf(&fonts).map_err(wrong)? }),
        // The record is whole without its printed list.
        Err(e) => tracing::warn!(error = %e, "no printed list"),
    }
    let listed: Vec<Value> = files
        .iter()
        .map(|f| json!({ "file": f.name, "bytes": f.bytes.len(), "sha256": social::bulk::digest(&f.bytes) }))
        .collect();
    let manifest = json!({ "made_at": ist(lake.now().timestamp_micros()), "made_by": who.id, "unit": unit, "from": ist(from), "until": ist(until),
        "messages": records.len(), "files": listed });
    files.push(File { name: "MANIFEST.json".into(), bytes: serde_json::to_vec_pretty(&manifest).map_err(wrong)? });
    Ok(files)
}

/// One line a message.
fn table(records: &[Record], lang: Lang) -> Section {
    let row = |r: &Record| {
        let [writers, signers, overrulers] = r.people();
        let body: Value = r.versions.last().and_then(|v| serde_json::from_str(&v.body).ok()).unwrap_or_default();
        let words = [&body["hindi"], &body["english"]].into_iter().filter_map(Value::as_str).find(|t| !t.trim().is_empty());
        let copies = r.copies.iter().filter(|c| c.part == 0 && matches!(c.state.as_str(), "live" | "removed"));
        vec![
            ist(r.first_at),
            r.post.unit.clone(),
            lang.text(&format!("desk-kind-{}", r.post.kind)),
            words.unwrap_or_default().to_owned(),
            r.versions.len().to_string(),
            writers.join(", "),
            signers.join(", "),
            overrulers.join(", "),
            copies
                .map(|c| format!("{} {} ({})", c.network, c.handle, lang.text(&format!("desk-state-{}", c.state))))
                .collect::<Vec<_>>()
                .join("; "),
            r.versions.last().map(|v| v.sha256.clone()).unwrap_or_default(),
        ]
    };
    Section {
        title: lang.text("records-list"),
        text: String::new(),
        columns: [
            "records-out",
            "desk-unit",
            "desk-kind",
            "records-words",
            "records-versions",
            "records-writers",
            "records-signers",
            "records-overrulers",
            "records-copies",
            "records-hash",
        ]
        .iter()
        .map(|k| lang.text(k))
        .collect(),
        rows: records.iter().map(row).collect(),
        note: lang.text("records-note"),
    }
}

/// Brings the desk's own posts, their numbers and what was addressed to the accounts into `clean.social_post`, `clean.social_metric` and
/// `clean.social_inbound`, as files of those contracts. Whoever wrote to the department is not named: the author's column stays
/// empty. What was brought in before changes nothing.
pub async fn fill(lake: &Lake, desk: &Desk, access: &Access) -> Result<Vec<Report>, LakeError> {
    let files = rows(desk).await.map_err(wrong)?;
    let folder = tempfile::tempdir_in(lake.home().scratch()).map_err(wrong)?;
    let mut reports = Vec::new();
    for (contract, name, text) in files.into_iter().filter(|(_, _, text)| text.lines().count() > 1) {
        let path = folder.path().join(name);
        std::fs::write(&path, text).map_err(LakeError::io("writing", &path))?;
        let request =
            Request { contract: Some(lake.contract(contract)?), received_by: access.principal.id.clone(), ..Request::default() };
        for report in lake.ingest_path(&path, request, &Arc::new(Progress::default())).await? {
            lake.record(access, "ingest", true, json!({ "object": report.object, "contract": report.contract, "in": report.input, "accepted": report.accepted, "rejected": report.rejected, "duplicate": report.duplicate }))?;
            reports.push(report);
        }
    }
    Ok(reports)
}

/// Contract, file name and CSV of each dataset.
async fn rows(desk: &Desk) -> Result<Vec<(&'static str, &'static str, String)>, DeskError> {
    let store = &desk.store;
    let mut posted = store.posted_since(0).await?;
    // What only one person sees is no publication.
    posted.retain(|p| serde_json::from_str::<Value>(&p.body).is_ok_and(|body| body["private"] != true));
    let accounts = store.accounts().await?;
    let post = posted.iter().map(|p| {
        let body: Value = serde_json::from_str(&p.body).unwrap_or_default();
        let languages = body["languages"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
        let removed = if p.state == "removed" { time(p.settled_at) } else { String::new() };
        vec![
            p.network.clone(),
            p.remote.clone(),
            p.handle.clone(),
            time(p.out_at),
            body["text"].as_str().unwrap_or_default().to_owned(),
            languages.first().copied().unwrap_or_default().to_owned(),
            p.reply_to.clone().unwrap_or_default(),
            body["media"].as_array().map_or(0, Vec::len).to_string(),
            p.campaign.clone().unwrap_or_default(),
            removed,
            time(p.settled_at),
        ]
    });
    let post = sheet(
        &[
            "PLATFORM",
            "POST_ID",
            "ACCOUNT",
            "POSTED_AT",
            "TEXT",
            "LANGUAGE",
            "IN_REPLY_TO",
            "MEDIA_COUNT",
            "CAMPAIGN",
            "REMOVED_AT",
            "UPDATED_AT",
        ],
        post.collect(),
    );
    let mut days: Vec<Vec<String>> = Vec::new();
    for m in store.metrics_since(0).await? {
        let Some(p) = posted.iter().find(|p| p.delivery == m.delivery) else { continue };
        let day = time(m.at).chars().take(10).collect::<String>();
        let row = vec![p.network.clone(), p.handle.clone(), p.remote.clone(), day, m.name, m.value.to_string()];
        // The last number of a day is the day's.
        match days.last_mut().filter(|last| last[..5] == row[..5]) {
            Some(last) => *last = row,
            None => days.push(row),
        }
    }
    let metric = sheet(&["PLATFORM", "ACCOUNT", "POST_ID", "MEASURED_ON", "MEASURE", "VALUE"], days);
    let inbound = store.items(None, true, 1_000_000).await?.into_iter().filter_map(|i| {
        let account = accounts.iter().find(|a| a.id == i.account)?;
        let ended = !matches!(i.state.as_str(), "new" | "assigned");
        Some(vec![
            account.network.clone(),
            i.remote,
            account.handle.clone(),
            time(i.written_at),
            String::new(),
            // Of messages to an account alone the lake has the number and the times; the words stay at the desk.
            if i.kind == "message" { String::new() } else { i.body },
            i.kind,
            i.state,
            if ended { time(i.changed_at) } else { String::new() },
            time(i.changed_at),
        ])
    });
    let inbound = sheet(
        &["PLATFORM", "MESSAGE_ID", "ACCOUNT", "RECEIVED_AT", "AUTHOR", "TEXT", "KIND", "STATUS", "ANSWERED_AT", "UPDATED_AT"],
        inbound.collect(),
    );
    Ok(vec![
        ("social.post", "desk_posts.csv", post),
        ("social.metric", "desk_metrics.csv", metric),
        ("social.inbound", "desk_inbound.csv", inbound),
    ])
}

/// Indian wall-clock time as the contracts read it.
fn time(micros: i64) -> String {
    model::time::to_ist(micros).map(|t| t.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

fn sheet(names: &[&str], rows: Vec<Vec<String>>) -> String {
    let cell = |text: &String| {
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
    };
    let mut out = names.join(",");
    for row in rows {
        out.push('\n');
        out.push_str(&row.iter().map(cell).collect::<Vec<_>>().join(","));
    }
    out.push('\n');
    out
}
