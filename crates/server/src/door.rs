//! Which route is part of what, and who may go there: one list, checked against the router by a test.
//!
//! What a door lets through still meets policy at the tables. The door is for what policy cannot see: pages about the lake itself,
//! changes, accounts, the access log.

use accounts::{Duty, Scope};
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use dossier::Kind;
use governance::{Principal, Role};
use lake::At;
use pages::Section;
use serde_json::{Value, json};

use crate::App;
use crate::ask::{Ask, Standing};
use crate::fault::HttpError;

/// What a route or a command is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Everybody, signed in or not.
    Open,
    /// Whoever is signed in, for himself.
    Own,
    /// Why one reads: pieces of work, requests and their decision.
    Work,
    /// History sheets: what there is of them for whom, the policies say.
    Sheets,
    /// Numbers an installation settles for itself.
    Limits,
    /// Reading the lake.
    Lake,
    /// Bringing files in, and what was refused of them.
    Intake,
    /// The access log.
    Audit,
    /// Accounts.
    People,
    /// Messages to the public.
    Desk,
}

impl Area {
    /// Whether somebody's roles let him in.
    pub fn open_to(self, principal: &Principal) -> bool {
        let any = |roles: &[Role]| principal.roles.iter().any(|role| roles.contains(role));
        match self {
            Area::Open | Area::Own => true,
            Area::Lake => principal.roles.iter().any(|role| role.reads_cases()),
            // Whoever works on cases, decides on requests or reviews. A lake without accounts has no pieces of work.
            Area::Work => {
                principal.roles.iter().any(|role| role.reads_cases() && !matches!(role, Role::Operator | Role::DataEngineer))
                    || any(&[Role::Approver, Role::Auditor])
            }
            // The operator of a lake without accounts is told that officers decide on them.
            Area::Sheets => Area::Work.open_to(principal) || any(&[Role::Operator]),
            Area::Limits => any(&[Role::Operator, Role::Administrator]),
            Area::Intake => any(&[Role::Operator, Role::DataEngineer]),
            Area::Audit => any(&[Role::Operator, Role::Auditor]),
            Area::People => any(&[Role::Administrator]),
            Area::Desk => any(&[Role::Operator, Role::SocialWriter, Role::Approver, Role::Supervisor]),
        }
    }

    /// The scope a token needs; none where no token goes.
    fn scope(self) -> Option<Scope> {
        match self {
            Area::Lake | Area::Work | Area::Sheets => Some(Scope::Lake),
            Area::Intake => Some(Scope::Intake),
            Area::Audit => Some(Scope::Audit),
            Area::Open | Area::Own | Area::People | Area::Desk | Area::Limits => None,
        }
    }
}

/// Every route of the router.
const DOORS: &[(&str, Area)] = &[
    ("/", Area::Lake),
    ("/search", Area::Lake),
    ("/search/suggest", Area::Lake),
    ("/review", Area::Lake),
    ("/review/quality", Area::Lake),
    ("/review/{left}/{right}", Area::Lake),
    ("/person/{*key}", Area::Lake),
    ("/phone/{number}", Area::Lake),
    ("/vehicle/{registration}", Area::Lake),
    ("/case/{*key}", Area::Lake),
    ("/purpose", Area::Work),
    ("/purpose/declaration", Area::Work),
    ("/purpose/down", Area::Work),
    ("/purpose/release", Area::Work),
    ("/purpose/request/{id}/grant", Area::Work),
    ("/purpose/request/{id}/refuse", Area::Work),
    ("/purpose/request/{id}/withdraw", Area::Work),
    ("/purpose/{id}", Area::Work),
    ("/purpose/{id}/authority", Area::Work),
    ("/purpose/{id}/close", Area::Work),
    ("/purpose/{id}/order", Area::Work),
    ("/purpose/{id}/review", Area::Work),
    ("/purpose/{id}/take", Area::Work),
    ("/purpose/{id}/team", Area::Work),
    ("/purpose/{id}/team/{login}/remove", Area::Work),
    ("/api/v1/purpose", Area::Work),
    ("/api/v1/purpose/declaration", Area::Work),
    ("/api/v1/purpose/{id}", Area::Work),
    ("/api/v1/purpose/release", Area::Work),
    ("/api/v1/purpose/request/{id}", Area::Work),
    ("/api/v1/purpose/request/{id}/grant", Area::Work),
    ("/api/v1/purpose/request/{id}/refuse", Area::Work),
    ("/api/v1/purpose/request/{id}/withdraw", Area::Work),
    ("/api/v1/purpose/{id}/authority", Area::Work),
    ("/api/v1/purpose/{id}/close", Area::Work),
    ("/api/v1/purpose/{id}/order", Area::Work),
    ("/api/v1/purpose/{id}/review", Area::Work),
    ("/api/v1/purpose/{id}/team", Area::Work),
    ("/api/v1/purpose/{id}/team/{login}/remove", Area::Work),
    ("/audit/watch", Area::Audit),
    ("/audit/person", Area::Audit),
    ("/audit/officer", Area::Audit),
    ("/api/v1/audit/watch", Area::Audit),
    ("/api/v1/audit/person", Area::Audit),
    ("/api/v1/audit/officer", Area::Audit),
    ("/subjects", Area::Lake),
    ("/subjects/{person}", Area::Lake),
    ("/subjects/{person}/sheet", Area::Work),
    ("/sheets", Area::Sheets),
    ("/sheets/{id}", Area::Sheets),
    ("/sheets/{id}/{step}", Area::Work),
    ("/api/v1/subjects", Area::Lake),
    ("/api/v1/subjects/{person}", Area::Lake),
    ("/api/v1/subjects/{person}/sheet", Area::Work),
    ("/api/v1/sheets", Area::Sheets),
    ("/api/v1/sheets/{id}", Area::Sheets),
    ("/api/v1/sheets/{id}/{step}", Area::Work),
    ("/sources", Area::Lake),
    ("/sources/{contract}", Area::Lake),
    ("/sources/{contract}/export", Area::Lake),
    ("/contracts/new", Area::Intake),
    ("/contracts/new/{id}", Area::Intake),
    ("/contracts/new/{id}/discard", Area::Intake),
    ("/pulls", Area::Intake),
    ("/pulls/{name}/run", Area::Intake),
    ("/upload", Area::Intake),
    ("/uploads", Area::Intake),
    ("/uploads/{id}", Area::Intake),
    ("/uploads/{id}/cancel", Area::Intake),
    ("/runs", Area::Lake),
    ("/runs/together", Area::Lake),
    ("/runs/{id}", Area::Lake),
    ("/runs/{id}/cancel", Area::Intake),
    ("/quarantine", Area::Intake),
    ("/quarantine/{contract}", Area::Intake),
    ("/quarantine/{contract}/replay", Area::Intake),
    ("/catalogue", Area::Lake),
    ("/catalogue/{table}", Area::Lake),
    ("/catalogue/{table}/export", Area::Lake),
    ("/sql", Area::Lake),
    ("/sql/{id}", Area::Lake),
    ("/sql/{id}/cancel", Area::Lake),
    ("/sql/{id}/export", Area::Lake),
    ("/object/{sha}", Area::Lake),
    ("/object/{sha}/download", Area::Lake),
    ("/object/{sha}/certificate", Area::Lake),
    ("/object/{sha}/view", Area::Lake),
    ("/object/{sha}/row/{row}", Area::Lake),
    ("/audit", Area::Audit),
    ("/audit/{index}", Area::Audit),
    ("/audit/{index}/record", Area::Audit),
    ("/audit/{index}/proof", Area::Audit),
    ("/audit/log/{*path}", Area::Audit),
    ("/exports", Area::Own),
    ("/exports/{id}", Area::Own),
    ("/exports/{id}/certificate", Area::Own),
    ("/policies", Area::Own),
    ("/policies/limit", Area::Limits),
    ("/expunge", Area::Work),
    ("/expunge/{id}", Area::Work),
    ("/expunge/{id}/grant", Area::Work),
    ("/expunge/{id}/refuse", Area::Work),
    ("/expunge/{id}/run", Area::Work),
    ("/gallery", Area::Own),
    ("/gallery/{name}", Area::Own),
    ("/assets/{file}", Area::Open),
    ("/healthz", Area::Open),
    // A watcher comes with a token of an auditor's scope.
    ("/metrics", Area::Audit),
    ("/sign-in", Area::Open),
    ("/sign-in/code", Area::Open),
    ("/sign-in/sso", Area::Open),
    ("/sign-in/sso/return", Area::Open),
    ("/sign-in/sso/logout", Area::Open),
    ("/sign-out", Area::Own),
    ("/account", Area::Own),
    ("/account/password", Area::Own),
    ("/account/second", Area::Own),
    ("/account/sessions/{id}/end", Area::Own),
    ("/account/sessions/end", Area::Own),
    ("/account/tokens", Area::Own),
    ("/account/tokens/{id}/revoke", Area::Own),
    ("/people", Area::People),
    ("/people/new", Area::People),
    ("/people/{login}", Area::People),
    ("/people/{login}/transfer", Area::People),
    ("/people/{login}/disable", Area::People),
    ("/people/{login}/enable", Area::People),
    ("/people/{login}/password", Area::People),
    ("/people/{login}/second", Area::People),
    ("/people/{login}/sessions", Area::People),
    ("/api/v1/search", Area::Lake),
    ("/api/v1/sections", Area::Lake),
    ("/api/v1/review", Area::Lake),
    ("/api/v1/review/quality", Area::Lake),
    ("/api/v1/review/{left}/{right}", Area::Lake),
    ("/api/v1/person/{*key}", Area::Lake),
    ("/api/v1/phone/{number}", Area::Lake),
    ("/api/v1/vehicle/{registration}", Area::Lake),
    ("/api/v1/case/{*key}", Area::Lake),
    ("/api/v1/catalog", Area::Lake),
    ("/api/v1/catalog/{table}", Area::Lake),
    ("/api/v1/sources", Area::Lake),
    ("/api/v1/sources/{contract}", Area::Lake),
    ("/api/v1/contracts", Area::Intake),
    ("/api/v1/contracts/draft", Area::Intake),
    ("/api/v1/pulls", Area::Intake),
    ("/api/v1/pulls/{name}/run", Area::Intake),
    ("/api/v1/object/{sha}/certificate", Area::Lake),
    ("/api/v1/runs", Area::Lake),
    ("/api/v1/runs/together", Area::Lake),
    ("/api/v1/runs/{id}", Area::Lake),
    ("/api/v1/sql", Area::Lake),
    ("/api/v1/feed/{contract}", Area::Intake),
    ("/api/v1/exports", Area::Own),
    ("/api/v1/policies", Area::Own),
    ("/api/v1/policies/limit", Area::Limits),
    ("/api/v1/expunge", Area::Work),
    ("/api/v1/expunge/{id}", Area::Work),
    ("/api/v1/expunge/{id}/grant", Area::Work),
    ("/api/v1/expunge/{id}/refuse", Area::Work),
    ("/api/v1/expunge/{id}/run", Area::Work),
    ("/api/v1/audit", Area::Audit),
    ("/api/v1/audit/{index}", Area::Audit),
    ("/api/v1/desk/bulk", Area::Desk),
    ("/api/v1/desk/calendar", Area::Desk),
    ("/api/v1/desk/campaigns", Area::Desk),
    ("/api/v1/desk/campaigns/{id}", Area::Desk),
    ("/api/v1/desk/records", Area::Desk),
    ("/api/v1/desk/recurring", Area::Desk),
    ("/api/v1/desk/report", Area::Desk),
    ("/api/v1/desk/shelf", Area::Desk),
    ("/api/v1/desk/sign", Area::Desk),
    ("/api/v1/desk/channels", Area::Desk),
    ("/api/v1/desk/channels/{id}/retire", Area::Desk),
    ("/api/v1/desk/inbox", Area::Desk),
    ("/api/v1/desk/items/{id}/hand-over", Area::Desk),
    ("/api/v1/desk/items/{id}/{step}", Area::Desk),
    ("/api/v1/desk/deliveries/{id}/decide", Area::Desk),
    ("/api/v1/desk/units/{code}/{step}", Area::Desk),
    ("/api/v1/desk/campaigns/{id}/{step}", Area::Desk),
    ("/api/v1/desk/channels/{id}/{step}", Area::Desk),
    ("/api/v1/desk/recurring/{id}/stop", Area::Desk),
    ("/api/v1/desk/replies/{id}/drop", Area::Desk),
    ("/api/v1/desk/shelf/links", Area::Desk),
    ("/api/v1/desk/shelf/links/{code}/{step}", Area::Desk),
    ("/api/v1/desk/shelf/praise", Area::Desk),
    ("/api/v1/desk/shelf/praise/{id}/{step}", Area::Desk),
    ("/api/v1/desk/shelf/templates", Area::Desk),
    ("/desk/unit/{code}/answer-time", Area::Desk),
    ("/api/v1/desk/media", Area::Desk),
    ("/api/v1/desk/orders", Area::Desk),
    ("/api/v1/desk/orders/{id}/copies/{copy}", Area::Desk),
    ("/api/v1/desk/silences", Area::Desk),
    ("/api/v1/desk/silences/{id}", Area::Desk),
    ("/api/v1/desk/replies", Area::Desk),
    ("/api/v1/desk/outbox", Area::Desk),
    ("/api/v1/desk/posts", Area::Desk),
    ("/api/v1/desk/queue", Area::Desk),
    ("/api/v1/desk/similar", Area::Desk),
    ("/api/v1/desk/posts/{id}", Area::Desk),
    ("/api/v1/desk/posts/{id}/apply", Area::Desk),
    ("/api/v1/desk/posts/{id}/keep", Area::Desk),
    ("/api/v1/desk/posts/{id}/move", Area::Desk),
    ("/api/v1/desk/posts/{id}/remove", Area::Desk),
    ("/api/v1/desk/posts/{id}/revise", Area::Desk),
    ("/api/v1/desk/posts/{id}/versions", Area::Desk),
    ("/api/v1/desk/posts/{id}/withhold", Area::Desk),
    ("/api/v1/desk/posts/{id}/{step}", Area::Desk),
    ("/desk", Area::Desk),
    ("/desk/calendar", Area::Desk),
    ("/desk/calendar/move", Area::Desk),
    ("/desk/campaign/{id}", Area::Desk),
    ("/desk/campaign/{id}/goal", Area::Desk),
    ("/desk/campaign/{id}/join", Area::Desk),
    ("/desk/campaigns", Area::Desk),
    ("/desk/many", Area::Desk),
    ("/desk/many/file", Area::Desk),
    ("/desk/sign", Area::Desk),
    ("/desk/records", Area::Desk),
    ("/desk/recurring", Area::Desk),
    ("/desk/recurring/{id}/stop", Area::Desk),
    ("/desk/report", Area::Desk),
    ("/desk/report/csv", Area::Desk),
    ("/desk/report/pdf", Area::Desk),
    ("/desk/shelf", Area::Desk),
    ("/desk/shelf/link", Area::Desk),
    ("/desk/shelf/link/{code}", Area::Desk),
    ("/desk/shelf/praise", Area::Desk),
    ("/desk/shelf/praise/{id}", Area::Desk),
    ("/desk/shelf/template", Area::Desk),
    ("/desk/channel/{id}/confirm", Area::Desk),
    ("/desk/channel/{id}/probe", Area::Desk),
    ("/desk/channel/{id}/retire", Area::Desk),
    ("/desk/channels", Area::Desk),
    ("/desk/connect", Area::Desk),
    ("/desk/connect/back", Area::Desk),
    ("/desk/delivery/{id}/decide", Area::Desk),
    ("/desk/inbox", Area::Desk),
    ("/desk/item/{id}", Area::Desk),
    ("/desk/item/{id}/answer", Area::Desk),
    ("/desk/item/{id}/assign", Area::Desk),
    ("/desk/item/{id}/begin", Area::Desk),
    ("/desk/item/{id}/close", Area::Desk),
    ("/desk/item/{id}/hide", Area::Desk),
    ("/desk/item/{id}/send", Area::Desk),
    ("/desk/item/{id}/unhide", Area::Desk),
    ("/desk/media", Area::Desk),
    ("/desk/media/{sha}", Area::Desk),
    ("/desk/new", Area::Desk),
    ("/desk/order/{id}/copy/{copy}", Area::Desk),
    ("/desk/order/{id}/pdf", Area::Desk),
    ("/desk/orders", Area::Desk),
    ("/desk/outbox", Area::Desk),
    ("/desk/post/{id}", Area::Desk),
    ("/desk/post/{id}/apply", Area::Desk),
    ("/desk/post/{id}/approve", Area::Desk),
    ("/desk/post/{id}/back", Area::Desk),
    ("/desk/post/{id}/edit", Area::Desk),
    ("/desk/post/{id}/keep", Area::Desk),
    ("/desk/post/{id}/move", Area::Desk),
    ("/desk/post/{id}/note", Area::Desk),
    ("/desk/post/{id}/remove", Area::Desk),
    ("/desk/post/{id}/overrule", Area::Desk),
    ("/desk/post/{id}/revise", Area::Desk),
    ("/desk/post/{id}/schedule", Area::Desk),
    ("/desk/post/{id}/submit", Area::Desk),
    ("/desk/post/{id}/versions", Area::Desk),
    ("/desk/post/{id}/withdraw", Area::Desk),
    ("/desk/post/{id}/withhold", Area::Desk),
    ("/desk/preview", Area::Desk),
    ("/desk/queue", Area::Desk),
    ("/desk/replies", Area::Desk),
    ("/desk/reply/{id}", Area::Desk),
    ("/desk/sheet/discard", Area::Desk),
    ("/desk/silence/{id}", Area::Desk),
    ("/desk/silences", Area::Desk),
    ("/desk/unit/{code}/pause", Area::Desk),
    ("/desk/unit/{code}/resume", Area::Desk),
];

/// Every route with its area, for the matrix of what is open to whom.
pub fn doors() -> impl Iterator<Item = (&'static str, Area)> {
    DOORS.iter().copied()
}

fn area(route: &str) -> Option<Area> {
    DOORS.iter().find(|(known, _)| *known == route).map(|(_, area)| *area)
}

/// Entries of the navigation somebody may open.
pub(crate) fn sections(principal: &Principal) -> Vec<Section> {
    Section::ALL.into_iter().filter(|section| area(section.href()).is_some_and(|area| area.open_to(principal))).collect()
}

/// Lets a request in, or sends it where it belongs.
pub(crate) async fn pass(State(app): State<App>, ask: Ask, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let (mut parts, body) = request.into_parts();
    // An address whose parts cannot be read is refused by its page.
    let params = RawPathParams::from_request_parts(&mut parts, &()).await.ok();
    let key = params.as_ref().and_then(|params| params.iter().next()).map(|(_, key)| key.to_owned());
    let request = Request::from_parts(parts, body);
    match decide(&app, &ask, route.as_deref(), request.method(), key.as_deref()) {
        Ok(None) => next.run(request).await,
        Ok(Some(elsewhere)) => Redirect::to(&elsewhere).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Where to instead, if anywhere.
fn decide(app: &App, ask: &Ask, route: Option<&str>, method: &Method, key: Option<&str>) -> Result<Option<String>, HttpError> {
    // An address without a route is a matter for people who are signed in.
    let area = route.map_or(Some(Area::Own), area).ok_or(HttpError::NotFound)?;
    if area == Area::Open {
        return Ok(None);
    }
    match &ask.standing {
        Standing::Stranger => return Err(HttpError::SignIn),
        Standing::Token(scopes) => {
            let needed = area.scope().ok_or_else(|| HttpError::Scope("a session".into()))?;
            if !scopes.contains(&needed) {
                return Err(HttpError::Scope(format!("a token with the scope {}", needed.as_str())));
            }
        }
        Standing::Session(signed) => {
            let duty = signed.duty.map(|duty| match duty {
                Duty::ChangePassword => "/account/password",
                Duty::SetUpSecond => "/account/second",
            });
            if let Some(duty) = duty
                && route != Some(duty)
                && route != Some("/sign-out")
            {
                return if *method == Method::GET && !ask.json { Ok(Some(duty.to_owned())) } else { Err(HttpError::Duty) };
            }
        }
        Standing::Local => {}
    }
    if area.open_to(&ask.principal) {
        return Ok(None);
    }
    // The first page of the site is not everybody's first page.
    let open = sections(&ask.principal);
    if route == Some("/")
        && let Some(first) = open.iter().find(|section| **section != Section::Work).or(open.first())
    {
        return Ok(Some(first.href().to_owned()));
    }
    let mut what = json!({ "route": route.unwrap_or_default() });
    if let Some(target) = route.zip(key).and_then(|(route, key)| looked_for(route, key)) {
        what["looked_at"] = target;
        app.lake.hide(&mut what);
    }
    app.lake.record(&ask.access(&app.lake, At::Now), "refused", false, what)?;
    Err(HttpError::NotYours)
}

/// Routes of pages about one person, number or case: what comes before the key, and its kind.
const ABOUT: [(&str, Kind); 5] = [
    ("/person/{", Kind::Person),
    ("/subjects/{", Kind::Person),
    ("/phone/{", Kind::Phone),
    ("/vehicle/{", Kind::Vehicle),
    ("/case/{", Kind::Case),
];

/// Whom or what an address names by its key, as the log calls it.
fn looked_for(route: &str, key: &str) -> Option<Value> {
    let page = route.strip_prefix("/api/v1").unwrap_or(route);
    let (_, kind) = ABOUT.into_iter().find(|(begin, _)| page.starts_with(begin))?;
    crate::dossier::named(kind, key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_has_a_door_and_every_door_a_route() {
        let router =
            concat!(include_str!("router.rs"), include_str!("desk.rs"), include_str!("work.rs"), include_str!("work/api.rs"));
        let routes: BTreeSet<&str> = router.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let doors: BTreeSet<&str> = DOORS.iter().map(|(route, _)| *route).collect();
        assert_eq!(routes, doors);
        assert_eq!(doors.len(), DOORS.len(), "a route stands twice");
    }

    #[test]
    fn an_address_names_whom_it_is_about() {
        let named =
            |route: &str, key: &str| looked_for(route, key).map(|v| format!("{} {}", v["kind"], v["id"]).replace('"', ""));
        // printf 'phone=7000000101' | sha256sum | cut -c1-16
        assert_eq!(named("/phone/{number}", "+91-70000-00101").as_deref(), Some("phone 0d8a81804d3df7e0"));
        assert_eq!(named("/api/v1/case/{*key}", "27541001/1/2025").as_deref(), Some("case e880ca64f3a5065f"));
        for route in ["/person/{*key}", "/subjects/{person}/sheet"] {
            assert_eq!(named(route, "0123456789abcdef").as_deref(), Some("person 0123456789abcdef"));
        }
        assert_eq!(named("/person/{*key}", "cctns:1").as_deref().map(|t| &t[..7]), Some("person "));
        assert_eq!(named("/person/{*key}", "7000000101").as_deref().map(|t| &t[..5]), Some("text "));
        assert_eq!(named("/runs/{id}", "1"), None);
    }

    /// Who may go where, in full.
    #[test]
    fn roles_open_their_own_areas_only() {
        let areas = [Area::Work, Area::Lake, Area::Intake, Area::Audit, Area::People, Area::Desk];
        let of = |role: Role| -> Vec<Area> {
            let principal = Principal { roles: vec![role], ..Principal::operator() };
            areas.into_iter().filter(|area| area.open_to(&principal)).collect()
        };
        for (role, open) in [
            (Role::Operator, &[Area::Lake, Area::Intake, Area::Audit, Area::Desk][..]),
            (Role::InvestigatingOfficer, &[Area::Work, Area::Lake]),
            (Role::StationOfficer, &[Area::Work, Area::Lake]),
            (Role::DistrictAnalyst, &[Area::Work, Area::Lake]),
            (Role::StateAnalyst, &[Area::Work, Area::Lake]),
            (Role::DataEngineer, &[Area::Lake, Area::Intake]),
            (Role::SocialWriter, &[Area::Desk]),
            (Role::Approver, &[Area::Work, Area::Desk]),
            (Role::Supervisor, &[Area::Work, Area::Lake, Area::Desk]),
            (Role::Auditor, &[Area::Work, Area::Audit]),
            (Role::Administrator, &[Area::People]),
        ] {
            assert_eq!(of(role), open, "{role:?}");
        }
        let nobody = Principal { roles: Vec::new(), ..Principal::operator() };
        assert!(areas.iter().all(|area| !area.open_to(&nobody)));
    }
}
