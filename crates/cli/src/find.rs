//! The officer's side: search, and the dossier of a person, phone, vehicle or case. Each is one action with one record in
//! the access log, as on the pages.

use std::process::ExitCode;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use dossier::{Filter, Found, Kind, Table, Tables, Target};
use governance::Action;
use lake::export::Written;
use lake::manifest::Leaving;
use lake::{Access, Lake, LakeError, Session};
use pages::Lang;
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::{Args, Dossier, Format, Kind as Wanted, Search};
use crate::bring::open;
use crate::look::{self, Shown, access};
use crate::output::{self, say};

pub async fn search(args: &Args, s: &Search) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let text = s.text.join(" ");
    let only = s.kind.map(|kind| match kind {
        Wanted::Person => Kind::Person,
        Wanted::Phone => Kind::Phone,
        Wanted::Handset => Kind::Handset,
        Wanted::Vehicle => Kind::Vehicle,
        Wanted::Case => Kind::Case,
        Wanted::Event => Kind::Event,
        Wanted::Place => Kind::Place,
        Wanted::Document => Kind::Document,
    });
    let filter = Filter {
        kind: only,
        district: s.district.clone(),
        thana: s.thana.clone(),
        source: s.source.clone(),
        sex: s.sex.clone(),
        age: s.age,
        from: s.from,
        to: s.to,
        most: Some(s.most),
        today: lake.now().date_naive(),
    };
    let who = access(args, None)?;
    if dossier::index::stale(&lake).await? {
        // The program's own work, whoever asks: what it reads nobody is shown.
        let upkeep =
            crate::who::access_of(governance::Principal { id: "sarovar".into(), ..governance::Principal::operator() }, &lake);
        let followed = dossier::index::follow(&lake, &upkeep, false).await?;
        say(&format!("search index: {} rows of {} data files taken in", followed.rows, followed.added));
    }
    let asked = text.clone();
    let mark = lake.audit().mark(&asked);
    let (lake_, who_, format) = (&lake, &who, args.format);
    let (found, shown) = lake
        .act_as(&who, "search", asks(format), |session| async move {
            let found = dossier::search(&session, &asked, filter).await?;
            let shown = Shown::of(lake_, who_, "search", vec![hits(&found)?], format).await?;
            let what = shown.noted(json!({ "text": mark, "found": found.hits.len() }));
            Ok::<_, LakeError>(((found, shown), what))
        })
        .await?;
    if found.hits.is_empty() {
        say(&format!("nothing found for {text:?}; identities the law withholds are found by no search"));
    }
    if found.truncated {
        say("there are more; give the whole name or an identifier, or --most 200");
    }
    shown.hand_over()?;
    Ok(ExitCode::SUCCESS)
}

/// What the policies are asked for: a table is looked at, everything else is a file.
fn asks(format: Format) -> Action {
    if format == Format::Table { Action::Query } else { Action::Export }
}

/// Brings the search index up to the lake, or makes it anew.
pub async fn index(args: &Args, rebuild: bool) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let started = std::time::Instant::now();
    let stop = crate::stop::on_interrupt();
    let done = dossier::index::follow_until(&lake, &access(args, None)?, rebuild, &stop).await?;
    let seconds = started.elapsed().as_secs_f64();
    if done.stopped {
        return Err(LakeError::Invalid(format!(
            "stopped; {} data files are in the index, and the next `sarovar index` goes on from there",
            done.added
        )));
    }
    output::records(
        &[
            json!({ "added": done.added, "removed": done.removed, "rows": done.rows, "entries": done.entries, "seconds": seconds }),
        ],
        args.format,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// One row a hit, with the first row that speaks of it.
fn hits(found: &Found) -> Result<RecordBatch, LakeError> {
    let text = |of: &dyn Fn(&dossier::Hit) -> String| -> ArrayRef {
        Arc::new(found.hits.iter().map(|hit| Some(of(hit)).filter(|t| !t.is_empty())).collect::<StringArray>())
    };
    let number = |of: &dyn Fn(&dossier::Hit) -> i64| -> ArrayRef { Arc::new(found.hits.iter().map(of).collect::<Int64Array>()) };
    let columns = [
        ("kind", text(&|h| h.target.kind.word())),
        ("key", text(&|h| h.target.key.clone())),
        ("title", text(&|h| h.title.clone())),
        ("note", text(&|h| h.note.clone())),
        ("standing", text(&|h| h.standings.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", "))),
        (
            "matched",
            text(&|h| serde_json::to_value(h.matched).ok().and_then(|v| v.as_str().map(String::from)).unwrap_or_default()),
        ),
        (
            "score",
            Arc::new(
                found
                    .hits
                    .iter()
                    .map(|h| Some(f64::from((h.score * 1000.0).round()) / 1000.0))
                    .collect::<arrow::array::Float64Array>(),
            ),
        ),
        ("rows", number(&|h| h.rows as i64)),
        ("sources", text(&|h| h.sources.join(" "))),
        ("source", text(&|h| h.origin.source.clone())),
        ("object", text(&|h| h.origin.object.clone())),
        ("row", number(&|h| h.origin.row)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .map_err(|e| LakeError::Invalid(e.to_string()))
}

/// Sections of law and what corresponds to them.
pub async fn section(args: &Args, text: &str, offence: Option<&str>) -> Result<ExitCode, LakeError> {
    let day =
        |text: &str| text.parse().map_err(|_| LakeError::Invalid(format!("--offence: {text:?} is no day; write YYYY-MM-DD")));
    let offence = offence.map(day).transpose()?;
    let lake = open(args).await?;
    let asked = text.to_owned();
    let laws = lake
        .act(&access(args, None)?, "section", |session| async move {
            let laws = dossier::laws(&session, &asked, offence).await?;
            let what = json!({ "text": asked, "found": laws.len() });
            Ok::<_, LakeError>((laws, what))
        })
        .await?;
    if laws.is_empty() {
        return Err(LakeError::Invalid(format!("{text:?} names no section of these codes; write `IPC 302` or `303(2) BNS`")));
    }
    if let Format::Json = args.format {
        output::records(&[&laws], args.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = Vec::new();
    for law in &laws {
        let line = |c: Option<&dossier::Corresponding>| {
            json!({
                "act": law.act, "section": law.section, "applies": law.applies, "not_re_enacted": law.not_re_enacted,
                "other_act": c.map(|c| &c.act), "other_section": c.map(|c| &c.section), "title": c.and_then(|c| c.title.as_ref()),
                "source": c.map(|c| &c.origin.source), "object": c.map(|c| &c.origin.object), "row": c.map(|c| c.origin.row),
            })
        };
        rows.extend(law.corresponding.iter().map(|c| line(Some(c))));
        if law.corresponding.is_empty() {
            rows.push(line(None));
        }
    }
    output::records(&rows, args.format)?;
    Ok(ExitCode::SUCCESS)
}

/// What a dossier comes out as: everything that can be asked of it, made while its session is open.
struct Made {
    json: Value,
    tables: Vec<Table>,
    html: String,
    authority_needed: bool,
}

pub async fn dossier(args: &Args, d: &Dossier) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let mut access = access(args, None)?;
    if access.principal.is(governance::Role::Operator) {
        access.context.authority = d.authority.clone().map(|a| a.trim().to_string()).filter(|a| !a.is_empty());
    }
    let (kind, key) = match (&d.id, &d.phone, &d.vehicle, &d.fir) {
        (Some(id), ..) => (Kind::Person, id.clone()),
        (_, Some(number), ..) => (Kind::Phone, canonical(number, "--phone", model::Phone::read, |p| p.into_text().into_owned())?),
        (_, _, Some(plate), _) => (Kind::Vehicle, canonical(plate, "--vehicle", model::Plate::read, |p| p.text.into_owned())?),
        (.., Some(fir)) => {
            let read: model::FirRef = fir.parse().map_err(|e| LakeError::Invalid(format!("--fir: {e}")))?;
            let stated = || LakeError::Invalid(format!("--fir: {fir:?} does not say the station; write STATION/NO/YEAR"));
            (Kind::Case, read.key().ok_or_else(stated)?)
        }
        _ => return Err(LakeError::Invalid("say whom: ID, --phone, --vehicle or --fir".into())),
    };
    let lang = Lang::from_tag(&d.lang).unwrap_or_default();
    let (asked, whose) = (key.clone(), access.clone());
    let (lake_, format, table) = (&lake, args.format, d.table.as_deref());
    let (shown, others) = lake
        .act_as(&access, "dossier", asks(format), |session| async move {
            session.about(Target::new(kind, asked.as_str()).noted());
            let made = make(&session, kind, &asked, lang, &whose).await?;
            if let Some((made, noted)) = made {
                let shown = made.shown(lake_, &whose, (kind, &asked), (format, table)).await?;
                let noted = shown.noted(json!({ "looked_at": noted }));
                return Ok::<_, LakeError>(((Some((shown, made.authority_needed)), Found::default()), noted));
            }
            let others =
                if kind == Kind::Person { dossier::search(&session, &asked, Some(kind)).await? } else { Found::default() };
            let what = json!({ "looked_at": Target::new(kind, asked).noted(), "found": others.hits.len() });
            Ok(((None, others), what))
        })
        .await?;
    let Some((shown, authority_needed)) = shown else {
        if others.hits.is_empty() {
            return Err(LakeError::Invalid(format!("nothing is known of {} {key:?}", kind.word())));
        }
        say(&format!("{key:?} leads to {} persons; name one of them", others.hits.len()));
        look::print(&lake, &access, "search", vec![hits(&others)?], args.format).await?;
        return Ok(ExitCode::from(1));
    };
    if authority_needed {
        say("call records of this number are read only under an authority: --authority REFERENCE");
    }
    shown.hand_over()?;
    Ok(ExitCode::SUCCESS)
}

impl Made {
    /// What was asked for of it; as a file it is written, and its manifest kept.
    async fn shown(
        &self,
        lake: &Lake,
        access: &Access,
        target: (Kind, &str),
        (format, table): (Format, Option<&str>),
    ) -> Result<Shown, LakeError> {
        let (kind, key) = target;
        if let (Format::Html, _) | (Format::Json, None) = (format, table) {
            let what = format!("{} dossier", kind.word());
            let leaving = Leaving { file: "dossier", what: &what, ..Leaving::default() };
            let stamp = lake.stamp(access).await?;
            let marked = format == Format::Html;
            let text = match marked {
                // At the foot of every printed page.
                true => self.html.replace("</body>", &format!("<footer>{}</footer>\n</body>", escaped(&stamp.mark))),
                false => format!("{:#}\n", self.json),
            };
            let path = lake.home().scratch().join("answer");
            std::fs::write(&path, &text).map_err(|source| LakeError::Io { action: "writing", path: path.clone(), source })?;
            let written = Written {
                rows: 1,
                bytes: text.len() as u64,
                sha256: governance::audit::chain::hash(&text),
                objects: objects(&self.json),
            };
            let manifest = lake.keep_manifest(access, stamp, &leaving, &written, Vec::new(), marked).await?;
            return Ok(Shown::File(path, Box::new(manifest)));
        }
        let name = table.unwrap_or("facts");
        let names = self.tables.iter().map(|t| t.name).collect::<Vec<_>>().join(", ");
        let found = self.tables.iter().find(|t| t.name == name);
        let found = found.ok_or_else(|| LakeError::Invalid(format!("there is no table {name:?} here; there are {names}")))?;
        let batch = found.batch()?.1;
        if format != Format::Table {
            lake.may_leave(access, &format!("dossier {} {key} {name}", kind.word()), batch.num_rows() as u64)?;
        }
        Shown::of(lake, access, &format!("{} {name}", kind.word()), vec![batch], format).await
    }
}

/// Text that stands in HTML as it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Received files that a dossier's facts name.
fn objects(value: &Value) -> Vec<String> {
    fn gather(value: &Value, out: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::Object(all) => {
                let named = all.get("object").and_then(Value::as_str);
                out.extend(named.filter(|sha| sha.len() == 64 && sha.bytes().all(|b| b.is_ascii_hexdigit())).map(str::to_owned));
                all.values().for_each(|v| gather(v, out));
            }
            Value::Array(all) => all.iter().for_each(|v| gather(v, out)),
            _ => {}
        }
    }
    let mut out = std::collections::BTreeSet::new();
    gather(value, &mut out);
    out.into_iter().collect()
}

/// A canonical identifier, or which option is wrong and why.
fn canonical<'a, T, E: std::fmt::Display>(
    text: &'a str,
    option: &str,
    read: impl Fn(&'a str) -> Result<T, E>,
    write: impl Fn(T) -> String,
) -> Result<String, LakeError> {
    read(text.trim()).map(write).map_err(|e| LakeError::Invalid(format!("{option}: {text:?} {e}")))
}

async fn make(session: &Session, kind: Kind, key: &str, lang: Lang, access: &Access) -> Result<Option<(Made, Value)>, LakeError> {
    Ok(match kind {
        Kind::Person => {
            let Some(person) = dossier::person(session, key).await? else { return Ok(None) };
            let noted = json!({ "kind": "person", "id": person.id });
            Some((made(&person, lang, access, false)?, noted))
        }
        Kind::Phone => {
            let Some(phone) = dossier::phone(session, key).await? else { return Ok(None) };
            Some((made(&phone, lang, access, phone.authority_needed)?, Target::new(kind, key).noted()))
        }
        Kind::Vehicle => {
            let Some(vehicle) = dossier::vehicle(session, key).await? else { return Ok(None) };
            Some((made(&vehicle, lang, access, false)?, Target::new(kind, key).noted()))
        }
        _ => {
            let Some(case) = dossier::case(session, key).await? else { return Ok(None) };
            Some((made(&case, lang, access, false)?, Target::new(kind, key).noted()))
        }
    })
}

fn made<T: Tables + Serialize + server::Printed>(
    dossier: &T,
    lang: Lang,
    access: &Access,
    authority_needed: bool,
) -> Result<Made, LakeError> {
    let wrong = |e: &dyn std::fmt::Display| LakeError::Invalid(e.to_string());
    Ok(Made {
        json: serde_json::to_value(dossier).map_err(|e| wrong(&e))?,
        tables: dossier.tables(),
        html: server::paper(dossier, lang, access).map_err(|e| wrong(&e))?,
        authority_needed,
    })
}
