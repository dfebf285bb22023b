//! A received file, and one row of it: the end of every provenance link.

use std::io::Read;

use axum::extract::{Path, State};
use axum::response::Response;
use dossier::Target;
use lake::session::Session;
use lake::{At, LakeError, TableName};
use model::Classification;
use pages::Section;
use pages::dossier::{LinkLine, Origin};
use pages::raw::{Object, ObjectFile, Row, RowField};
use pages::shell::Crumb;
use sources::Contract;
use sources::contract::Clean;
use store::{Page, RunFilter};

use crate::App;
use crate::ask::Ask;
use crate::cells::texts;
use crate::fault::{HttpError, Reply, show};
use crate::quarantine::{REASONS, parse_reasons};
use crate::runs::lines;
use crate::view::{self, address};
use crate::viewer;

/// Bytes of a text file that are read to find one record.
const SCAN: u64 = 512 << 20;

/// A file's page.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(sha): Path<String>) -> Reply {
    let (file, runs) = known(&app, &ask, &sha).await?;
    let table = TableName::clean(&file.contract);
    let (mut rows, mut shown) = (Vec::new(), None);
    if file.contract.is_empty() {
        let session = app.lake.session(&ask.access(&app.lake, At::Now))?;
        shown = viewer::shown(&app, &ask, &session, &sha).await?;
    } else if app.lake.home().table(&table).is_dir() {
        let session = app.lake.session(&ask.access(&app.lake, At::Now))?;
        let sql = format!("SELECT \"_row\" FROM {table} WHERE \"_object\" = '{sha}' ORDER BY \"_row\" LIMIT 20");
        let found = match session.rows(&sql).await {
            Ok(found) => texts(&found, 20)?,
            Err(LakeError::Denied(_)) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        rows = found.into_iter().filter_map(|row| row[0].as_ref()?.parse().ok()).collect();
    }
    let tables = if rows.is_empty() { Vec::new() } else { vec![(table.to_string(), format!("/catalogue/{table}"))] };
    let mut shell = ask.shell(Section::Runs, file.name.clone());
    shell.trail = vec![Crumb::new("/runs", shell.t("nav-runs"))];
    show(Object { runs: lines(&app, &ask, runs), tables, rows, shown, file, shell })
}

/// The file itself, as it was received. Nobody gets it through a page yet: it holds what columns and rows hide, and no
/// account exists whose order could open it. The attempt is logged.
pub(crate) async fn download(State(app): State<App>, ask: Ask, Path(sha): Path<String>) -> Reply<Response> {
    let (file, _) = known(&app, &ask, &sha).await?;
    let access = ask.access(&app.lake, At::Now);
    app.lake.record(&access, "download", false, serde_json::json!({ "object": sha, "contract": file.contract }))?;
    let reason = "the received file shows what its table hides; it is opened on the lake's own machine only";
    Err(LakeError::Denied(reason.to_owned()).into())
}

/// One row: as received, as understood, what was drawn from it. One look, whatever number of tables it takes.
pub(crate) async fn row(State(app): State<App>, ask: Ask, Path((sha, n)): Path<(String, String)>) -> Reply {
    let no_row = || HttpError::NoRow { object: sha.clone(), row: n.clone() };
    let row: i64 = n.parse().ok().filter(|row| *row > 0).ok_or_else(no_row)?;
    let (file, _) = known(&app, &ask, &sha).await?;
    let contract = app.lake.contract(&file.contract)?;
    let access = ask.access(&app.lake, At::Now);
    let mut page = Row {
        original: None,
        fields: Vec::new(),
        reasons: Vec::new(),
        flags: Vec::new(),
        mentions: Vec::new(),
        row,
        shell: ask.shell(Section::Runs, format!("{} {row}", ask.lang.text("row"))),
        file,
    };
    page.shell.trail = vec![Crumb::new(format!("/object/{sha}"), page.file.name.clone())];
    let (app_, ask_, contract_, object) = (&app, &ask, &contract, sha.clone());
    let mut page = app
        .lake
        .act(&access, "row", |session| async move {
            fill(app_, ask_, &session, contract_, &mut page).await?;
            let what = serde_json::json!({ "object": object, "row": row });
            Ok::<_, HttpError>((page, what))
        })
        .await?;
    if page.fields.is_empty() && page.reasons.is_empty() {
        return Err(no_row());
    }
    // The received text would show what a mask hides, in this row or for this person.
    let whole = app.lake.shows_all(&access, &TableName::clean(&contract.name));
    if page.original.is_none() && whole && !hides(&contract) {
        let raw = lake::raw::open(app.lake.home(), &sha)?;
        let text = page
            .file
            .name
            .rsplit('.')
            .next()
            .is_some_and(|end| ["csv", "tsv", "txt", "tab", "psv"].contains(&end.to_ascii_lowercase().as_str()));
        if text {
            page.original = tokio::task::spawn_blocking(move || record(raw.take(SCAN), row)).await.ok().flatten();
        }
    }
    show(page)
}

/// What the tables say of a row.
async fn fill(app: &App, ask: &Ask, session: &Session, contract: &Contract, page: &mut Row) -> Reply<()> {
    let place = format!("\"_object\" = '{}' AND \"_row\" = {}", page.file.sha, page.row);
    let clean = TableName::clean(&contract.name);
    if app.lake.home().table(&clean).is_dir() {
        let batches = session.rows(&format!("SELECT * FROM {clean} WHERE {place} LIMIT 1")).await?;
        let names: Vec<String> = batches
            .first()
            .map(|batch| batch.schema().fields().iter().map(|field| field.name().clone()).collect())
            .unwrap_or_default();
        for values in texts(&batches, 1)? {
            for (name, value) in names.iter().zip(values) {
                if name == "_flags" {
                    page.flags = value.iter().flat_map(|codes| codes.split(',')).map(str::to_owned).collect();
                }
                page.fields.extend(field(ask, contract, name, value));
            }
        }
    }
    let held = TableName::quarantine(&contract.name);
    if page.fields.is_empty() && app.lake.home().table(&held).is_dir() {
        for values in texts(&session.rows(&format!("SELECT {REASONS}, original FROM {held} WHERE {place} LIMIT 1")).await?, 1)? {
            page.reasons = parse_reasons(ask, values[0].as_deref().unwrap_or_default());
            page.original.clone_from(&values[1]);
        }
    }
    let origin = Origin { source: contract.name.clone(), object: page.file.sha.clone(), row: page.row };
    page.mentions = drawn(app, ask, session, &place, &origin).await?;
    Ok(())
}

/// Whether a source has anything that some reader must not see.
fn hides(contract: &Contract) -> bool {
    contract.columns.iter().any(|c| c.classification == Classification::Sealed || c.name == "sealed")
        || contract.mapping.iter().any(|m| m.columns.iter().any(|c| c == "sealed"))
}

fn field(ask: &Ask, contract: &Contract, name: &str, value: Option<String>) -> Option<RowField> {
    let column = contract.column(name)?;
    let meaning = ask.pick(&column.meaning.hi, &column.meaning.en);
    Some(RowField {
        name: name.to_owned(),
        meaning: if meaning.is_empty() { name.to_owned() } else { meaning.to_owned() },
        href: value.as_deref().and_then(|value| leads(&column.clean, value)),
        class: column.classification,
        masked: column.classification == Classification::Sealed && value.is_none(),
        value,
    })
}

/// The page of what a value names, by how its column is cleaned.
fn leads(clean: &[Clean], value: &str) -> Option<String> {
    let kind = clean.iter().find_map(|step| match step {
        Clean::Phone | Clean::PhoneStrict => {
            model::Phone::read(value).is_ok_and(|p| matches!(p, model::Phone::National(_))).then_some(dossier::Kind::Phone)
        }
        Clean::Plate => Some(dossier::Kind::Vehicle),
        _ => None,
    })?;
    address(&Target::new(kind, value))
}

/// Persons, things and events that the mapping drew from this row.
async fn drawn(app: &App, ask: &Ask, session: &Session, place: &str, origin: &Origin) -> Reply<Vec<LinkLine>> {
    let sources = [
        ("person_mention", "'person', person_key, coalesce(name, name_local), role, event_key"),
        ("object", "kind, key, label, NULL AS role, NULL AS event_key"),
        ("event", "kind, key, title, NULL AS role, NULL AS event_key"),
    ];
    let mut out = Vec::new();
    for (table, columns) in sources {
        if !app.lake.home().table(&TableName::new("pole", table)).is_dir() {
            continue;
        }
        let sql = format!("SELECT {columns} FROM pole.{table} WHERE {place} LIMIT 50");
        for row in texts(&session.rows(&sql).await?, 50)? {
            let [kind, key, label, role, case] = &row[..] else { continue };
            let key = key.clone().unwrap_or_default();
            let role = match case {
                Some(case) => dossier::shown_role(session, case, &key, role.clone()).await?,
                None => role.clone(),
            };
            out.push(LinkLine {
                kind: view::kind(dossier::Kind::of(kind.as_deref().unwrap_or_default(), &key)),
                relation: role
                    .as_ref()
                    .map(|role| ask.lang.known(&format!("role-{role}")).unwrap_or_else(|| role.clone()))
                    .unwrap_or_default(),
                label: label.clone().unwrap_or_else(|| key.clone()),
                href: kind.as_deref().filter(|_| !key.is_empty()).map(|kind| goes_to(kind, &key)).unwrap_or_default(),
                note: key,
                reason: String::new(),
                origins: vec![origin.clone()],
            });
        }
    }
    Ok(out)
}

/// Its page, or the search for what has none.
fn goes_to(kind: &str, key: &str) -> String {
    let target = Target::new(dossier::Kind::of(kind, key), key);
    address(&target).unwrap_or_else(|| format!("/search?q={}", pages::shell::encode(key)))
}

async fn known(app: &App, ask: &Ask, sha: &str) -> Reply<(ObjectFile, Vec<store::Run>)> {
    let missing = || HttpError::NoObject(sha.to_owned());
    if sha.len() != 64 || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(missing());
    }
    let object = app.lake.store().object(sha).await?.ok_or_else(missing)?;
    let runs =
        app.lake.store().runs(&RunFilter { object: Some(sha.to_owned()), ..RunFilter::default() }, Page::first(20)).await?.rows;
    let contract = runs.iter().map(|run| run.contract.clone()).find(|name| !name.is_empty()).unwrap_or_default();
    let contract_title = match app.lake.contract(&contract) {
        Ok(contract) => ask.pick(&contract.title.hi, &contract.title.en).to_owned(),
        Err(LakeError::NoContract { .. }) => String::new(),
        Err(error) => return Err(error.into()),
    };
    let file = ObjectFile {
        sha: sha.to_owned(),
        name: object.original_name,
        bytes: object.size as u64,
        received: object.received_at,
        sender: object.received_by,
        contract,
        contract_title,
        authority: object.authority,
    };
    Ok((file, runs))
}

/// Record `row` (1-based) of a UTF-8 text whose records end at line ends outside quotes.
fn record(mut input: impl Read, row: i64) -> Option<String> {
    let mut block = vec![0; 1 << 20];
    let (mut at, mut quoted, mut out) = (1, false, Vec::new());
    loop {
        let n = input.read(&mut block).ok().filter(|n| *n > 0);
        for &byte in &block[..n.unwrap_or_default()] {
            quoted ^= byte == b'"';
            if byte == b'\n' && !quoted {
                if at == row {
                    return finished(out);
                }
                at += 1;
            } else if at == row {
                out.push(byte);
            }
        }
        if n.is_none() {
            return finished(out);
        }
    }
}

fn finished(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes)
        .ok()
        .map(|text| text.trim_end_matches('\r').to_owned())
        .filter(|text| !text.is_empty() && !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn a_record_may_span_lines_inside_quotes() {
        let text = "a,b\r\n1,\"x\ny\"\r\n2,z";
        assert_eq!(record(text.as_bytes(), 2).as_deref(), Some("1,\"x\ny\""));
        assert_eq!(record(text.as_bytes(), 3).as_deref(), Some("2,z"));
        assert_eq!(record(text.as_bytes(), 4), None);
    }
}
