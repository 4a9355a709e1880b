//! The one way in which we call others over HTTP.

use std::time::Duration;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// A client that follows no redirects (whoever is called could send our secrets elsewhere), uses
/// TLS with ring, and gives up on making a connection after five seconds.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    // An error says that a provider is installed already, which is what we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("segue/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What went wrong, without the address: it may hold a key.
pub fn described(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
