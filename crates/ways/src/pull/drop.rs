//! Files that others drop into a bucket or a folder. They stay where they are; what was taken is remembered.

use std::collections::HashMap;
use std::io::{Seek, Write};
use std::sync::Arc;

use futures::StreamExt;
use lake::{Lake, LakeError, Progress, Report, Request};
use object_store::aws::AmazonS3Builder;
use object_store::{ObjectStore, ObjectStoreExt};
use store::WayFile;

use super::PullError;
use super::spec::{Folder, Pull, S3};
use crate::watch::{Settled, Watched};

/// Takes in the files of a folder that have settled.
pub async fn folder(lake: &Lake, pull: &Pull, folder: &Folder, request: Request) -> Result<Vec<Report>, PullError> {
    let mut watched = Watched::open(lake, &format!("pull:{}", pull.name), std::slice::from_ref(&folder.path)).await?;
    let settled = Settled::ForSeconds(folder.settle_seconds);
    let round = watched.round(settled, &request).await?;
    Ok(round.into_iter().flat_map(|taken| taken.reports).collect())
}

/// Takes in the objects of a bucket that are new or have changed.
pub async fn bucket(lake: &Lake, pull: &Pull, spec: &S3, request: Request) -> Result<Vec<Report>, PullError> {
    let failed = |e: object_store::Error| PullError::Source { message: e.to_string(), again: true };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&spec.bucket)
        .with_region(&spec.region)
        .with_allow_http(spec.allow_http)
        .with_retry(object_store::RetryConfig { max_retries: pull.tries as usize, ..Default::default() });
    if let Some(endpoint) = &spec.endpoint {
        builder = builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false);
    }
    builder = match (&spec.access_key, &spec.secret_key) {
        (Some(key), Some(secret)) => builder.with_access_key_id(key.read()?).with_secret_access_key(secret.read()?),
        _ => builder.with_skip_signature(true),
    };
    let store = builder.build().map_err(failed)?;
    let way = format!("pull:{}", pull.name);
    let known: HashMap<String, WayFile> = lake.store().way_files(&way).await?.into_iter().map(|f| (f.path.clone(), f)).collect();
    let prefix = object_store::path::Path::from(spec.prefix.as_str());
    let mut listed = Vec::new();
    let mut listing = store.list((!spec.prefix.is_empty()).then_some(&prefix));
    while let Some(found) = listing.next().await {
        listed.push(found.map_err(failed)?);
    }
    listed.sort_by(|a, b| (a.last_modified, &a.location).cmp(&(b.last_modified, &b.location)));
    let mut reports = Vec::new();
    for object in listed {
        let path = object.location.to_string();
        let mark = format!("{}:{}", object.size, object.e_tag.clone().unwrap_or_else(|| object.last_modified.to_rfc3339()));
        if object.size == 0 || known.get(&path).is_some_and(|f| f.mark == mark) {
            continue;
        }
        // Fetched whole before it is taken in: a connection that breaks leaves nothing.
        let mut file = tempfile::tempfile_in(lake.home().scratch())?;
        let mut body = store.get(&object.location).await.map_err(failed)?.into_stream();
        while let Some(part) = body.next().await {
            file.write_all(&part.map_err(failed)?)?;
        }
        file.rewind()?;
        let size = file.metadata()?.len();
        let name = object.location.filename().unwrap_or("object").to_owned();
        let request = Request { name: name.clone(), ..request.clone() };
        let outcome = crate::document::take_in_file(lake, &mut file, size, request, &Arc::new(Progress::default())).await;
        let taken = crate::watch::verdict(outcome, &name)?;
        let at = lake.now().timestamp();
        lake.store()
            .put_way_file(&WayFile { way: way.clone(), path, mark, object: taken.object, message: taken.message, at })
            .await?;
        reports.extend(taken.reports);
    }
    Ok(reports)
}

impl From<crate::watch::WatchError> for PullError {
    fn from(error: crate::watch::WatchError) -> PullError {
        match error {
            crate::watch::WatchError::Lake(error) => PullError::Lake(error),
            crate::watch::WatchError::Store(error) => PullError::Store(error),
            error @ crate::watch::WatchError::Folder { .. } => PullError::Source { message: error.to_string(), again: true },
        }
    }
}

/// A failure that another try may not meet again.
pub fn passing(error: &LakeError) -> bool {
    !matches!(
        error,
        LakeError::NoFit { .. }
            | LakeError::Ambiguous { .. }
            | LakeError::NotOfContract { .. }
            | LakeError::Read { .. }
            | LakeError::AuthorityNeeded { .. }
            | LakeError::Unreadable { .. }
            | LakeError::Invalid(_)
            | LakeError::Mapping { .. }
            | LakeError::Contract { .. }
    )
}
