//! One delivery: a signed POST that follows no redirect and ends within ten seconds.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use segue_core::time::Timestamp;

use super::{retry::Failure, signature::Secret};
use crate::outgoing;

/// How long one delivery may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How long a body may be.
pub const BODY_BYTES: usize = 256 * 1024;

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Delivery<'d> {
    /// Where to.
    pub url: &'d str,
    /// Signs it.
    pub secret: &'d str,
    /// The same for every attempt at one event.
    pub id: &'d str,
    /// JSON.
    pub body: &'d str,
}

/// A delivery that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Undelivered {
    /// For a person to read.
    pub why: String,
    /// For trying again.
    pub failure: Failure,
}

impl Undelivered {
    /// Something that no further attempt would mend.
    pub fn unsendable(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            failure: Failure::Unsendable,
        }
    }

    fn refused(why: impl Into<String>) -> Self {
        let failure = Failure::Refused {
            retry_after_seconds: None,
        };
        Self {
            why: why.into(),
            failure,
        }
    }
}

impl Delivery<'_> {
    /// Sends it, signed as of `now`.
    pub async fn send(&self, client: &Client, now: Timestamp) -> Result<(), Undelivered> {
        if self.body.len() > BODY_BYTES {
            let why = format!(
                "the event has {} bytes, more than {BODY_BYTES}",
                self.body.len()
            );
            return Err(Undelivered::unsendable(why));
        }
        let timestamp = now.0.div_euclid(1000);
        let signature = Secret::parse(self.secret)
            .and_then(|secret| secret.sign(self.id, timestamp, self.body))
            .map_err(|error| Undelivered::unsendable(error.to_string()))?;
        let request = client
            .post(self.url)
            .timeout(TIME_LIMIT)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", self.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(self.body.to_owned());
        judged(&request.send().await.map_err(failed)?)
    }
}

fn failed(error: reqwest::Error) -> Undelivered {
    let broken = error.is_builder();
    let why = outgoing::described(error);
    if broken {
        Undelivered::unsendable(why)
    } else {
        Undelivered::refused(why)
    }
}

/// The body of an answer is not read: nothing depends on it.
fn judged(response: &reqwest::Response) -> Result<(), Undelivered> {
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let why = format!("the receiver answered {status}");
    if status == StatusCode::GONE {
        return Err(Undelivered {
            why,
            failure: Failure::Gone,
        });
    }
    let retry_after_seconds = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    Err(Undelivered {
        why,
        failure: Failure::Refused {
            retry_after_seconds,
        },
    })
}
