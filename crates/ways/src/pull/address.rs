//! Which addresses an API may lie at. A pull's file is written by people who may not see what else listens inside the network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::PullError;

/// Whether an address is one of the public internet (the special-purpose registries of RFC 6890 and its successors).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => public4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped().or_else(|| embedded(v6)) {
            Some(v4) => public4(v4),
            None => public6(v6),
        },
    }
}

fn public4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_broadcast()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn public6(ip: Ipv6Addr) -> bool {
    // Only global unicast is handed out: 2000::/3; of it, documentation is not.
    let s = ip.segments();
    (s[0] & 0xe000) == 0x2000 && !(s[0] == 0x2001 && s[1] == 0xdb8) && !(s[0] == 0x2001 && s[1] < 0x200)
}

/// The IPv4 address that an IPv6 address leads to by translation: 64:ff9b::/96 and 2002::/16.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_is_told_from_what_is_outside() {
        for inside in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["8.8.8.8", "164.100.1.1", "2400:cb00::1", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused() {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let refused = settled(host, 80, false).await.unwrap_err();
            assert!(matches!(refused, PullError::Private { .. }) && refused.to_string().contains("allow_private"), "{refused}");
            assert!(!settled(host, 80, true).await.unwrap().is_empty());
        }
    }
}
