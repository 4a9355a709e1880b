//! Signatures after Standard Webhooks: base64 of HMAC-SHA256 over `id.timestamp.body`.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// Standard Webhooks asks for at least so many bytes.
const LEAST_BYTES: usize = 24;
/// Standard Webhooks asks for at most so many bytes.
const MOST_BYTES: usize = 64;

/// What signs the events for one receiver.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A text that is not a secret. It does not repeat the text, which may be nearly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the webhook's secret is not `whsec_` and the base64 of 24 to 64 bytes; make a new one")]
pub struct NotASecret;

impl Secret {
    /// From random bytes, 24 to 64 of them.
    pub fn new(bytes: &[u8]) -> Result<Self, NotASecret> {
        let fits = (LEAST_BYTES..=MOST_BYTES).contains(&bytes.len());
        fits.then(|| Self(bytes.to_vec())).ok_or(NotASecret)
    }

    /// Reads `whsec_…`.
    pub fn parse(text: &str) -> Result<Self, NotASecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotASecret)?;
        Self::new(&BASE64_STANDARD.decode(encoded).map_err(|_| NotASecret)?)
    }

    /// As `whsec_…`, to show once to the one who receives.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    /// The value of `webhook-signature`; the timestamp is in seconds since 1970.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> Result<String, NotASecret> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| NotASecret)?;
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        Ok(format!(
            "v1,{}",
            BASE64_STANDARD.encode(mac.finalize().into_bytes())
        ))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use standardwebhooks::Webhook;

    use super::Secret;

    /// The example that the Standard Webhooks libraries test with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &str = r#"{"test": 2432232314}"#;

    #[test]
    fn the_known_example_gives_the_known_signature() {
        let signature = Secret::parse(SECRET)
            .unwrap()
            .sign(ID, 1_614_265_330, BODY)
            .unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn another_librarys_signature_is_the_same() {
        for (id, at, body) in [
            ("evt_1", 0, ""),
            ("evt_2", 1_800_000_000, "{\"a\":\"\u{1F4A1}\"}"),
        ] {
            let theirs = Webhook::new(SECRET)
                .unwrap()
                .sign(id, at, body.as_bytes())
                .unwrap();
            assert_eq!(
                Secret::parse(SECRET).unwrap().sign(id, at, body).unwrap(),
                theirs
            );
        }
    }

    #[test]
    fn a_secret_reads_back_and_does_not_show_itself() {
        let secret = Secret::new(&[7; 32]).unwrap();
        assert_eq!(Secret::parse(&secret.reveal()).unwrap(), secret);
        assert!(!format!("{secret:?}").contains("Bwc"));
        for wrong in [
            "",
            "whsec_",
            "whsec_???",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_c2hvcnQ=",
        ] {
            assert!(Secret::parse(wrong).is_err(), "{wrong}");
        }
    }
}
