//! What the pages of campaigns, recurring messages, the shelf, the library and the channels do with forms, for programs. A body has the form's
//! fields: texts, numbers, true and false, and `channels` as a list of ids. A channel's consent is given in a person's browser, and confirmed by
//! another person.

use axum::Json;
use axum::extract::{Multipart, Path, State};
use serde_json::{Value, json};
use social::desk::Coverage;

use super::post::{Sheet, given};
use super::{campaign, channel, many, media, shelf};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply};

/// The fields of a form.
fn fields(body: &Value) -> Reply<Sheet> {
    let wrong = |name: &str| HttpError::BadRequest(format!("{name} is neither a text nor a number nor true or false"));
    let mut out = Sheet::new();
    for (name, value) in body.as_object().ok_or_else(|| wrong("the body"))? {
        match value {
            Value::Null | Value::Bool(false) => {}
            Value::Bool(true) => drop(out.insert(name.clone(), "1".to_owned())),
            Value::String(text) => drop(out.insert(name.clone(), text.clone())),
            Value::Number(number) => drop(out.insert(name.clone(), number.to_string())),
            Value::Array(ids) if name == "channels" => {
                for id in ids {
                    let id = id.as_str().ok_or_else(|| wrong(name))?;
                    out.insert(format!("channel-{id}"), "1".to_owned());
                }
            }
            Value::Array(_) | Value::Object(_) => return Err(wrong(name)),
        }
    }
    Ok(out)
}

pub(crate) async fn campaign(State(app): State<App>, ask: Ask, Json(body): Json<Value>) -> Reply<Json<Value>> {
    let made = campaign::open(&app, &ask, &fields(&body)?).await?;
    Ok(Json(json!({ "campaign": made })))
}

/// `goal` (unit, goal), `join` (post), `leave` (post). Gives the campaign's coverage.
pub(crate) async fn campaign_step(
    State(app): State<App>,
    ask: Ask,
    Path((id, step)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Reply<Json<Coverage>> {
    let form = fields(&body)?;
    match step.as_str() {
        "goal" => campaign::aim(&app, &ask, &id, &form).await?,
        "join" | "leave" => {
            app.desk().join_campaign(&ask.principal, &id, given(&form, "post"), step == "join", app.lake.now()).await?;
        }
        _ => return Err(HttpError::NotFound),
    }
    Ok(Json(app.desk().coverage(&id).await?))
}

/// `unit`, `kind`, `hindi`, `english`, `rule` (RFC 5545), `from` (Indian time), `channels`, `campaign`.
pub(crate) async fn recurring(State(app): State<App>, ask: Ask, Json(body): Json<Value>) -> Reply<Json<Value>> {
    let made = many::again(&app, &ask, &fields(&body)?).await?;
    Ok(Json(json!({ "recurrence": made })))
}

/// `reason`.
pub(crate) async fn stop(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Reply<Json<Value>> {
    let form = fields(&body)?;
    let reason = Some(given(&form, "reason")).filter(|r| !r.is_empty()).unwrap_or("program");
    app.desk().stop_recurring(&ask.principal, &id, reason, app.lake.now()).await?;
    Ok(Json(json!({ "recurrence": app.lake.store().recurrence(&id).await? })))
}

pub(crate) async fn template(State(app): State<App>, ask: Ask, Json(body): Json<Value>) -> Reply<Json<Value>> {
    let kept = app.desk().put_template(&ask.principal, shelf::template_of(&fields(&body)?), app.lake.now()).await?;
    Ok(Json(json!({ "template": kept })))
}

pub(crate) async fn praise(State(app): State<App>, ask: Ask, Json(body): Json<Value>) -> Reply<Json<Value>> {
    let kept = app.desk().keep_praise(&ask.principal, shelf::praise_of(&fields(&body)?), app.lake.now()).await?;
    Ok(Json(json!({ "praise": kept })))
}

/// `thank`, `withdraw`.
pub(crate) async fn praise_step(
    State(app): State<App>,
    ask: Ask,
    Path((id, step)): Path<(String, String)>,
) -> Reply<Json<Value>> {
    let (desk, now) = (app.desk(), app.lake.now());
    match step.as_str() {
        "thank" => desk.thank(&ask.principal, &id, now).await?,
        "withdraw" => desk.withdraw_praise(&ask.principal, &id, now).await?,
        _ => return Err(HttpError::NotFound),
    }
    Ok(Json(json!({ "praise": app.lake.store().praise(&id).await? })))
}

/// `unit`, `url`, `campaign`.
pub(crate) async fn link(State(app): State<App>, ask: Ask, Json(body): Json<Value>) -> Reply<Json<Value>> {
    let made = shelf::shorten(&app, &ask, &fields(&body)?).await?;
    Ok(Json(json!({ "link": made })))
}

/// `stop`, `resume`.
pub(crate) async fn link_step(
    State(app): State<App>,
    ask: Ask,
    Path((code, step)): Path<(String, String)>,
) -> Reply<Json<Value>> {
    let stop = match step.as_str() {
        "stop" => true,
        "resume" => false,
        _ => return Err(HttpError::NotFound),
    };
    app.desk().stop_link(&ask.principal, &code, stop, app.lake.now()).await?;
    Ok(Json(json!({ "link": app.lake.store().link(&code).await? })))
}

pub(crate) async fn drop_reply(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    app.desk().drop_reply(&ask.principal, &id, app.lake.now()).await?;
    Ok(Json(json!({ "dropped": id })))
}

/// The form of the library's page, `multipart/form-data`.
pub(crate) async fn media(State(app): State<App>, ask: Ask, form: Multipart) -> Reply<Json<Value>> {
    Ok(Json(json!({ "media": media::take(&app, &ask, form).await? })))
}

/// `unit`, `app` (as in `apps` of what is read here). Gives the address at which a person agrees.
pub(crate) async fn connect(State(app): State<App>, ask: Ask, Json(begin): Json<channel::Begin>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "consent": channel::consent(&app, &ask, &begin).await? })))
}

/// `confirm`, by a person's session alone; `probe`. Gives the channel.
pub(crate) async fn channel_step(
    State(app): State<App>,
    ask: Ask,
    Path((id, step)): Path<(String, String)>,
) -> Reply<Json<Value>> {
    match step.as_str() {
        "confirm" => {
            ask.by_hand()?;
            app.desk().confirm(&ask.principal, &id, app.lake.now()).await?;
        }
        "probe" => channel::ask_network(&app, &id).await?,
        _ => return Err(HttpError::NotFound),
    }
    Ok(Json(json!({ "channel": app.lake.store().account(&id).await? })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_the_fields_of_a_form() {
        let body =
            json!({ "unit": "T1", "goal": 5, "public": true, "hidden": false, "campaign": null, "channels": ["acc-1", "acc-2"] });
        let read = fields(&body).unwrap();
        let expected = [("channel-acc-1", "1"), ("channel-acc-2", "1"), ("goal", "5"), ("public", "1"), ("unit", "T1")];
        assert!(read.iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(expected), "{read:?}");
        for wrong in [json!([]), json!("x"), json!({ "unit": {} }), json!({ "unit": ["T1"] }), json!({ "channels": [1] })] {
            assert!(matches!(fields(&wrong), Err(HttpError::BadRequest(_))), "{wrong}");
        }
    }
}
