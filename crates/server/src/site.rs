//! How browsers reach the site, and what follows for its cookies.

use std::sync::Arc;

use accounts::oidc::Provider;

/// Where the site stands. The default: on this machine alone, without a proxy.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// The address in the browser, without a slash at its end; none where nobody said it.
    address: Option<String>,
    /// Whether cookies travel by TLS only.
    secure: bool,
    provider: Option<Arc<Provider>>,
}

impl Site {
    /// `address` is what the browser shows, if it differs from the one that is listened on; `loopback` whether that is reached from
    /// this machine alone. Off this machine cookies go by TLS only: a proxy with a certificate stands in front.
    pub fn at(address: Option<&str>, loopback: bool) -> Result<Site, String> {
        let address = address.map(|text| text.trim_end_matches('/').to_owned()).filter(|text| !text.is_empty());
        if let Some(text) = &address {
            let sound = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            if sound.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', ' ', '@'])) {
                return Err(format!("{text:?} is no address of a site; write https://lake.example.org"));
            }
        }
        let secure = address.as_ref().map_or(!loopback, |text| text.starts_with("https://"));
        Ok(Site { address, secure, provider: None })
    }

    /// The same with single sign-on.
    pub fn with_provider(self, provider: Option<Provider>) -> Site {
        Site { provider: provider.map(Arc::new), ..self }
    }

    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    pub(crate) fn provider(&self) -> Option<&Provider> {
        self.provider.as_deref()
    }

    pub(crate) fn secure(&self) -> bool {
        self.secure
    }

    /// The end of a cookie.
    pub(crate) fn secure_word(&self) -> &'static str {
        if self.secure { "; Secure" } else { "" }
    }

    pub(crate) fn session_cookie(&self) -> &'static str {
        // `__Host-`: no other host of the domain can set it (RFC 6265bis).
        if self.secure { "__Host-sarovar" } else { "sarovar_session" }
    }

    pub(crate) fn second_cookie(&self) -> &'static str {
        if self.secure { "__Host-sarovar-second" } else { "sarovar_second" }
    }

    pub(crate) fn flow_cookie(&self) -> &'static str {
        if self.secure { "__Host-sarovar-flow" } else { "sarovar_flow" }
    }

    pub(crate) fn behind_proxy(&self) -> bool {
        self.address.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_tls_wherever_another_machine_can_listen() {
        for (address, loopback, secure) in [
            (None, true, false),
            (None, false, true),
            (Some("https://lake.example.org/"), true, true),
            (Some("http://127.0.0.1:8080"), true, false),
        ] {
            assert_eq!(Site::at(address, loopback).unwrap().secure(), secure, "{address:?} {loopback}");
        }
        for wrong in ["lake.example.org", "ftp://x", "https://", "https://a/b", "https://user@host"] {
            assert!(Site::at(Some(wrong), true).is_err(), "{wrong}");
        }
    }
}
