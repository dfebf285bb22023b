//! Person, phone, vehicle and case: each a page, its tables as files, and its JSON.
//!
//! One request is one action and leaves one record in the access log, however many queries it takes; the record names
//! what was looked at by its id (see `dossier::Target::noted`).

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use dossier::{Found, Kind, Target};
use lake::{Answer, At, LakeError, Session};
use model::{Phone, Plate};
use pages::Section;
use pages::shell::{Crumb, encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::App;
use crate::ask::{Ask, Standing};
use crate::export::{Parcel, Wanted};
use crate::fault::{HttpError, Reply, show};
use crate::search;
use crate::view::View;

/// Longest authority reference taken, in characters.
const REFERENCE: usize = 100;

/// What is wanted of a dossier beside its page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// One of its tables, as a file.
    table: String,
    format: String,
    /// Reference of the authority under which call records are read.
    authority: String,
}

/// The outcome of a look-up.
enum Looked<T> {
    Found(T),
    /// The identifier leads to several persons, or to none: these share it.
    Instead(Found),
}

pub(crate) async fn person(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    page(state, ask, Kind::Person, key, asked).await
}

pub(crate) async fn phone(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    page(state, ask, Kind::Phone, key, asked).await
}

pub(crate) async fn vehicle(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    page(state, ask, Kind::Vehicle, key, asked).await
}

pub(crate) async fn case(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    page(state, ask, Kind::Case, key, asked).await
}

pub(crate) async fn person_json(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    json(state, ask, Kind::Person, key, asked).await
}

pub(crate) async fn phone_json(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    json(state, ask, Kind::Phone, key, asked).await
}

pub(crate) async fn vehicle_json(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    json(state, ask, Kind::Vehicle, key, asked).await
}

pub(crate) async fn case_json(state: State<App>, ask: Ask, key: Path<String>, asked: Query<Asked>) -> Reply<Response> {
    json(state, ask, Kind::Case, key, asked).await
}

/// A dossier as JSON: what the library gives, unchanged.
async fn json(
    State(app): State<App>,
    ask: Ask,
    kind: Kind,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    match look(&app, &ask, kind, &key, &asked.authority).await? {
        Looked::Found(found) => Ok(Json(found.value()).into_response()),
        Looked::Instead(found) if found.hits.is_empty() => Err(HttpError::NoDossier { key }),
        Looked::Instead(found) => Ok((StatusCode::MULTIPLE_CHOICES, Json(json!({ "several": found }))).into_response()),
    }
}

async fn page(
    State(app): State<App>,
    ask: Ask,
    kind: Kind,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    if !asked.table.is_empty() {
        return export(&app, &ask, kind, &key, asked).await;
    }
    match look(&app, &ask, kind, &key, &asked.authority).await? {
        Looked::Found(found) => {
            let mut page = dress(&ask, found.as_ref(), &asked.authority);
            if let Some(person) = found.person() {
                let said = crate::subject::notices(&app, &ask, person).await?;
                page.notices.splice(0..0, said);
            }
            Ok(show(page)?.into_response())
        }
        Looked::Instead(found) if found.hits.is_empty() => Err(HttpError::NoDossier { key }),
        Looked::Instead(found) => {
            let page = search::fill(&ask, key, Some(found), true);
            Ok((StatusCode::MULTIPLE_CHOICES, show(page)?).into_response())
        }
    }
}

/// The page of a dossier with its frame and addresses.
fn dress(ask: &Ask, found: &dyn erased::Dossier, authority: &str) -> pages::dossier::Dossier {
    let mut shell = ask.shell(Section::Search, found.title());
    shell.trail = vec![Crumb::new("/search", shell.t("nav-search"))];
    let address = crate::view::address(&found.target()).unwrap_or_default();
    let mut page = found.page(shell);
    // The operator states an authority; with accounts, what was granted counts, and it is asked for under the piece of work.
    let stated = matches!(ask.standing, Standing::Local);
    let authority = if stated { authority.to_owned() } else { granted(ask, &found.target().key) };
    let under = if authority.is_empty() || !stated { String::new() } else { format!("authority={}&", encode(&authority)) };
    page.export = Some(format!("{address}?{under}table="));
    if found.authority_needed() && stated {
        page.ask_authority = Some(address);
    } else if found.authority_needed() {
        let piece = ask.principal.work.as_ref().map(|work| format!("/purpose/{}", work.id));
        page.seek_authority = Some(piece.unwrap_or_else(|| "/purpose".into()));
    } else if !authority.is_empty() && matches!(found.target().kind, Kind::Phone) {
        let text = format!("{} {authority}", page.shell.t("dossier-authority-shown"));
        page.notices.insert(0, pages::dossier::Notice::new("info", text));
    }
    page
}

/// References of the authorities in force that name a number.
fn granted(ask: &Ask, number: &str) -> String {
    let all = ask.principal.work.iter().flat_map(|work| work.authorities_at(chrono::Utc::now()));
    let naming = all.filter(|authority| authority.numbers.iter().any(|named| named == number));
    naming.map(|authority| authority.reference.as_str()).collect::<Vec<_>>().join(", ")
}

/// One of a dossier's tables as a file: looked up, written and logged as one action.
async fn export(app: &App, ask: &Ask, kind: Kind, key: &str, asked: Asked) -> Reply<Response> {
    let access = stated(app, ask, &asked.authority)?;
    let key = readable(kind, key)?;
    let (access_, asked_) = (&access, &asked);
    let (parcel, manifest) = app
        .lake
        .act(&access, "export", |session| async move {
            session.about(Target::new(kind, key.as_str()).noted());
            let Some(found) = find(&session, kind, &key).await? else { return Err(HttpError::NoDossier { key }) };
            let tables = found.tables();
            let Some(table) = tables.iter().find(|t| t.name == asked_.table) else {
                let names: Vec<&str> = tables.iter().map(|t| t.name).collect();
                let wrong = format!("there is no table {:?} here; there are {}", asked_.table, names.join(", "));
                return Err(HttpError::BadRequest(wrong));
            };
            let (schema, batch) = table.batch()?;
            // A release names the table as the reader's address bar does.
            let address = crate::view::address(&found.target()).unwrap_or_default();
            let rows = batch.num_rows() as u64;
            app.lake.may_leave(access_, &format!("{address}?table={}", table.name), rows)?;
            // The id of the log, so that a file on a desk does not carry a number in its name.
            let mut noted = json!({ "looked_at": found.noted() });
            let name = format!("{}-{}-{}", kind.word(), found.noted()["id"].as_str().unwrap_or_default(), table.name);
            let parcel = Parcel::new(app, &name, &Wanted { format: asked_.format.clone() })?;
            let what = format!("{} {}", kind.word(), table.name);
            let answer = Answer::of(schema, vec![batch]);
            let (_, manifest) = app.lake.leave(access_, &parcel.leaving(&what), answer, parcel.format, &parcel.path).await?;
            if let (Some(all), serde_json::Value::Object(more)) = (noted.as_object_mut(), manifest.noted()) {
                all.extend(more);
            }
            Ok(((parcel, manifest), noted))
        })
        .await?;
    parcel.send(&manifest).await
}

/// Who asks, with the authority that the operator of a lake without accounts states; everybody else was granted one.
fn stated(app: &App, ask: &Ask, authority: &str) -> Reply<lake::Access> {
    let mut access = ask.access(&app.lake, At::Now);
    let authority = authority.trim();
    if authority.chars().count() > REFERENCE {
        return Err(HttpError::BadRequest(format!("an authority's reference has at most {REFERENCE} characters")));
    }
    if matches!(ask.standing, Standing::Local) {
        access.context.authority = Some(authority.to_owned()).filter(|text| !text.is_empty());
    }
    Ok(access)
}

/// Looks something up as one action.
async fn look(app: &App, ask: &Ask, kind: Kind, key: &str, authority: &str) -> Reply<Looked<Box<dyn erased::Dossier>>> {
    let access = stated(app, ask, authority)?;
    let key = readable(kind, key)?;
    app.lake
        .act(&access, "dossier", |session| async move {
            let asked_for = Target::new(kind, key.as_str()).noted();
            session.about(asked_for.clone());
            let found = find(&session, kind, &key).await?;
            match found {
                Some(found) => {
                    let what = json!({ "looked_at": found.noted() });
                    Ok::<_, HttpError>((Looked::Found(found), what))
                }
                None => {
                    // A phone or a document may lead to several persons: then they are named instead.
                    let hits =
                        if kind == Kind::Person { dossier::search(&session, &key, Some(kind)).await? } else { Found::default() };
                    let what = json!({ "looked_at": asked_for, "found": hits.hits.len() });
                    Ok((Looked::Instead(hits), what))
                }
            }
        })
        .await
}

/// What the log calls whom or what the address of a dossier names; for whoever is not even let in.
pub(crate) fn named(kind: Kind, key: &str) -> Option<Value> {
    Some(Target::new(kind, readable(kind, key).ok()?).noted())
}

/// The canonical text of a key, or what is wrong with it.
fn readable(kind: Kind, key: &str) -> Reply<String> {
    let key = key.trim();
    let wrong = |what: &str| HttpError::BadRequest(format!("{key:?} {what}"));
    match kind {
        Kind::Phone => Phone::read(key).map(|p| p.into_text().into_owned()).map_err(|e| wrong(&e.to_string())),
        Kind::Vehicle => Plate::read(key).map(|p| p.text.into_owned()).map_err(|e| wrong(&e.to_string())),
        // A case by its FIR, or any event by its whole key; a FIR without its station would name many.
        Kind::Case if key.contains(':') && !key.starts_with("fir:") => Ok(key.to_owned()),
        Kind::Case => match key.parse::<model::FirRef>() {
            Ok(fir) => fir.key().ok_or_else(|| wrong("does not say the station; write STATION/NUMBER/YEAR, or search for it")),
            Err(e) => Err(HttpError::BadRequest(e.to_string())),
        },
        _ if key.is_empty() || key.len() > 200 => Err(wrong("is no person id")),
        _ => Ok(key.to_owned()),
    }
}

async fn find(session: &Session, kind: Kind, key: &str) -> Result<Option<Box<dyn erased::Dossier>>, LakeError> {
    Ok(match kind {
        Kind::Person => dossier::person(session, key).await?.map(erased::boxed),
        Kind::Phone => dossier::phone(session, key).await?.map(erased::boxed),
        Kind::Vehicle => dossier::vehicle(session, key).await?.map(erased::boxed),
        _ => dossier::case(session, key).await?.map(erased::boxed),
    })
}

/// The four dossiers behind one face.
mod erased {
    use super::*;

    pub(super) trait Dossier: View + Send + Sync {
        fn value(&self) -> Value;
        /// What the access log says of it.
        fn noted(&self) -> Value;
        fn authority_needed(&self) -> bool;
        /// The person, where it is one.
        fn person(&self) -> Option<&dossier::Person>;
    }

    pub(super) fn boxed<T: Wanting + View + Serialize + Send + Sync + 'static>(dossier: T) -> Box<dyn Dossier> {
        Box::new(dossier)
    }

    /// Whether an authority would show more.
    pub(super) trait Wanting {
        fn wanting(&self) -> bool {
            false
        }

        fn as_person(&self) -> Option<&dossier::Person> {
            None
        }
    }

    impl Wanting for dossier::Person {
        fn as_person(&self) -> Option<&dossier::Person> {
            Some(self)
        }
    }
    impl Wanting for dossier::Vehicle {}
    impl Wanting for dossier::Case {}
    impl Wanting for dossier::Phone {
        fn wanting(&self) -> bool {
            self.authority_needed
        }
    }

    impl<T: Wanting + View + Serialize + Send + Sync> Dossier for T {
        fn value(&self) -> Value {
            serde_json::to_value(self).unwrap_or_default()
        }

        fn noted(&self) -> Value {
            let target = self.target();
            match target.kind {
                Kind::Person => json!({ "kind": "person", "id": target.key }),
                _ => target.noted(),
            }
        }

        fn authority_needed(&self) -> bool {
            self.wanting()
        }

        fn person(&self) -> Option<&dossier::Person> {
            self.as_person()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_or_refused_in_words() {
        for (kind, key, read) in [
            (Kind::Phone, "+91 70000 00101", Some("7000000101")),
            (Kind::Phone, "7.00E+09", None),
            (Kind::Vehicle, "rj 14 zz 1", Some("RJ14ZZ0001")),
            (Kind::Vehicle, "<script>", None),
            (Kind::Case, "27541001/1/2025", Some("fir:27541001/0001/2025")),
            (Kind::Case, "arrest:A1", Some("arrest:A1")),
            (Kind::Case, "arrest:27541001/1/2025", Some("arrest:27541001/1/2025")),
            (Kind::Case, "1/2025", None),
            (Kind::Case, "nonsense", None),
            (Kind::Person, " ", None),
        ] {
            assert_eq!(readable(kind, key).ok().as_deref(), read, "{key}");
        }
    }
}
