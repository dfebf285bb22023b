//! Which addresses an API may lie at. A pull's file is written by people who may not see what else listens inside the network.

use std::net::{IpAddr, SocketAddr};

use model::address::is_public;
use url::Url;

use super::PullError;
use super::spec::From;

/// Where a host lies, looked up once: what was checked is what is called.
pub async fn settled(host: &str, port: u16, allow_private: bool) -> Result<Vec<SocketAddr>, PullError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => tokio::net::lookup_host((bare, port))
            .await
            .map_err(|e| PullError::Source { message: format!("{host} is not found: {e}"), again: true })?
            .collect(),
    };
    if !allow_private && let Some(inside) = found.iter().find(|a| !is_public(a.ip())) {
        return Err(PullError::Private { host: host.into(), address: inside.ip() });
    }
    Ok(found)
}

/// Refuses a server of a pull that lies inside the network, unless the pull's file allows it. A folder is this machine's own.
///
/// Databases, buckets and SFTP are reached by other programs' code under the name that stands in the file, so that certificates and host keys
/// keep their meaning: the name is looked up once more there.
pub async fn checked(from: &From) -> Result<(), PullError> {
    let wrong = |e: url::ParseError| PullError::Source { message: e.to_string(), again: false };
    let (url, port, allowed) = match from {
        From::Postgres(d) => (d.url.as_str(), 5432, d.allow_private),
        From::Mysql(d) => (d.url.as_str(), 3306, d.allow_private),
        From::S3(s3) => match &s3.endpoint {
            Some(endpoint) => (endpoint.as_str(), 443, s3.allow_private),
            None => return Ok(()),
        },
        From::Sftp(sftp) => return settled(&sftp.host, sftp.port, sftp.allow_private).await.map(drop),
        // Asked at the address that was looked up, by its own client.
        From::Http(_) | From::Folder(_) => return Ok(()),
    };
    if allowed {
        return Ok(());
    }
    let url = Url::parse(url).map_err(wrong)?;
    // A socket of this machine, however it is written, is inside.
    let socket = url.host_str().is_none_or(|host| host.is_empty() || host.contains('%'))
        || url.query_pairs().any(|(key, _)| matches!(key.as_ref(), "host" | "hostaddr" | "socket"));
    let host = if socket { "127.0.0.1" } else { url.host_str().unwrap_or_default() };
    settled(host, url.port().unwrap_or(port), false).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused() {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let refused = settled(host, 80, false).await.unwrap_err();
            assert!(matches!(refused, PullError::Private { .. }) && refused.to_string().contains("allow_private"), "{refused}");
            assert!(!settled(host, 80, true).await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn every_kind_of_server_is_looked_at() {
        let parse = |text: &str| super::super::spec::Pull::parse("x", text).unwrap().from;
        let db = |url: &str| format!("contract = 'a.b'\nkind = 'postgres'\nurl = '{url}'\nquery = 'SELECT 1'\n");
        let sftp = "kind = 'sftp'\nhost = '127.0.0.1'\nuser = 'lake'\npath = '/drop'\nkey = '/k'\nknown_hosts = '/h'\n";
        let s3 = "kind = 's3'\nbucket = 'drops'\nendpoint = 'http://[::1]:9000'\n";
        let texts = [
            db("postgres://lake@127.0.0.1/x"),
            db("postgres://lake@localhost:5432/x"),
            db("postgres://lake@%2Frun%2Fpostgresql/x"),
            db("postgres://lake@db.example/x?host=/run/postgresql"),
            db("postgres://lake@127.0.0.1/x").replace("postgres", "mysql"),
            sftp.to_owned(),
            s3.to_owned(),
        ];
        for text in texts {
            let refused = checked(&parse(&text)).await;
            assert!(matches!(refused, Err(PullError::Private { .. })), "{text}: {refused:?}");
            assert!(checked(&parse(&format!("{text}allow_private = true\n"))).await.is_ok(), "{text}");
        }
    }
}
