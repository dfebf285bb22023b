//! The whole HTTP surface.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, patch, post};
use tower_http::compression::CompressionLayer;

use crate::{
    App, ask, assets, audit, catalogue, desk, dossier, fault, gallery, guard, home, object, quarantine, runs, search, sources,
    sql, upload,
};

pub(crate) fn routes(app: App) -> Router {
    Router::new()
        .route("/", get(home::page))
        .route("/search", get(search::page))
        .route("/person/{*key}", get(dossier::person))
        .route("/phone/{number}", get(dossier::phone))
        .route("/vehicle/{registration}", get(dossier::vehicle))
        .route("/case/{*key}", get(dossier::case))
        .route("/sources", get(sources::page))
        .route("/upload", get(upload::form).post(upload::send).layer(DefaultBodyLimit::disable()))
        .route("/uploads", post(upload::create))
        .route("/uploads/{id}", patch(upload::append).head(upload::offset).delete(upload::discard))
        .route("/uploads/{id}/cancel", post(upload::cancel))
        .route("/runs", get(runs::list))
        .route("/runs/{id}", get(runs::page))
        .route("/runs/{id}/cancel", post(runs::cancel))
        .route("/quarantine", get(quarantine::list))
        .route("/quarantine/{contract}", get(quarantine::page))
        .route("/quarantine/{contract}/replay", post(quarantine::replay))
        .route("/catalogue", get(catalogue::list))
        .route("/catalogue/{table}", get(catalogue::page))
        .route("/catalogue/{table}/export", get(catalogue::export))
        .route("/sql", get(sql::page).post(sql::ask))
        .route("/sql/{id}", get(sql::answer))
        .route("/sql/{id}/cancel", post(sql::cancel))
        .route("/sql/{id}/export", get(sql::export))
        .route("/object/{sha}", get(object::page))
        .route("/object/{sha}/download", get(object::download))
        .route("/object/{sha}/row/{row}", get(object::row))
        .route("/audit", get(audit::list))
        .route("/audit/{index}", get(audit::page))
        .route("/audit/{index}/record", get(audit::record))
        .route("/audit/{index}/proof", get(audit::proof))
        .route("/audit/log/{*path}", get(audit::tile))
        .route("/gallery", get(gallery::page))
        .route("/gallery/{name}", get(gallery::example))
        .route("/assets/{file}", get(assets::file))
        .route("/healthz", get(assets::health))
        .route("/api/v1/search", get(search::json))
        .route("/api/v1/person/{*key}", get(dossier::person_json))
        .route("/api/v1/phone/{number}", get(dossier::phone_json))
        .route("/api/v1/vehicle/{registration}", get(dossier::vehicle_json))
        .route("/api/v1/case/{*key}", get(dossier::case_json))
        .route("/api/v1/catalog", get(catalogue::list_json))
        .route("/api/v1/catalog/{table}", get(catalogue::table_json))
        .route("/api/v1/runs", get(runs::list_json))
        .route("/api/v1/runs/{id}", get(runs::run_json))
        .route("/api/v1/sql", post(sql::json))
        .route("/api/v1/audit", get(audit::list_json))
        .route("/api/v1/audit/{index}", get(audit::record_json))
        .merge(desk::routes())
        .fallback(fault::unknown)
        // From the inside out: errors become pages in the asker's language, after the origin of a change was
        // checked, under the headers that every response carries.
        .layer(middleware::from_fn(guard::origin))
        .layer(middleware::from_fn(ask::settle))
        .layer(middleware::from_fn(guard::headers))
        .layer(CompressionLayer::new())
        .with_state(app)
}
