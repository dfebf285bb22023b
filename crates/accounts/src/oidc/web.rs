//! The way to the provider.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::Client;

/// Bytes an answer of the provider may have: a description, a few keys, a few tokens.
const MOST: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WebError(String);

/// A client that follows no redirect (an answer could lead into the house's own network) and does not wait for ever.
pub(super) struct Web(Client);

impl Web {
    pub fn new() -> Result<Self, String> {
        // The first provider of TLS installed wins; a second call says so and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .timeout(Duration::from_secs(15))
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Sarovar/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Web)
            .map_err(|e| e.to_string())
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WebError> {
        let wrong = |e: reqwest::Error| WebError(super::told(&e));
        let mut answer = self.0.execute(request.try_into().map_err(wrong)?).await.map_err(wrong)?;
        let mut response = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(wrong)? {
            if body.len() + part.len() > MOST {
                return Err(WebError(format!("the provider's answer has more than {MOST} bytes")));
            }
            body.extend_from_slice(&part);
        }
        response.body(body).map_err(|e| WebError(e.to_string()))
    }
}

impl<'c> AsyncHttpClient<'c> for Web {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WebError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
