//! How and when a customer wants to be called back: checked before anybody is promised anything.

use segue_core::time::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{error::Problem, wire::read_moment};
use crate::clock;

/// Where and when to call back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Callback {
    /// When, as RFC 3339 writes it.
    #[serde(default)]
    at: Option<String>,
    /// A telephone number.
    #[serde(default)]
    phone: Option<String>,
    /// A mail address.
    #[serde(default)]
    email: Option<String>,
}

impl Callback {
    /// When the customer wants to hear from us, if they said.
    pub(super) fn at(&self) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.at.as_deref() else {
            return Ok(None);
        };
        let at = read_moment(text).filter(|at| *at > clock::now());
        let at = at.ok_or_else(|| {
            Problem::invalid("callback.at", format!("`{text}` is no moment to come"))
                .hint("write it like 2026-01-31T09:30:00Z")
        })?;
        Ok(Some(at))
    }

    /// Where the customer can be reached, as they would write it themselves; none if they gave nothing.
    pub(super) fn reach(&self) -> Result<Option<String>, Problem> {
        let given = |part: &Option<String>| {
            let part = part.as_deref().map(str::trim).unwrap_or_default();
            (!part.is_empty()).then(|| part.to_owned())
        };
        let (phone, email) = (given(&self.phone), given(&self.email));
        if let Some(phone) = phone.as_deref().filter(|phone| !is_phone(phone)) {
            let detail = format!("`{phone}` is not a telephone number");
            return Err(Problem::invalid("callback.phone", detail)
                .hint("write it with its digits, like +49 30 1234567"));
        }
        if let Some(email) = email.as_deref().filter(|email| !is_email(email)) {
            let detail = format!("`{email}` is not a mail address");
            return Err(
                Problem::invalid("callback.email", detail).hint("write it like name@example.com")
            );
        }
        Ok(match (phone, email) {
            (Some(phone), Some(email)) => {
                Some(format!("Please call me back: {phone}, or write to {email}"))
            }
            (Some(phone), None) => Some(format!("Please call me back: {phone}")),
            (None, Some(email)) => Some(format!("Please write to me: {email}")),
            (None, None) => None,
        })
    }
}

/// Five digits at least, and nothing that telephone numbers are not written with.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let written = |c: char| c.is_ascii_digit() || " +-()./".contains(c);
    (5..=20).contains(&digits) && text.len() <= 40 && text.chars().all(written)
}

/// Something at a domain with a dot; whether it exists only a letter can tell.
fn is_email(text: &str) -> bool {
    let plain = text.len() <= 254 && !text.chars().any(char::is_whitespace);
    let domain = text.rsplit_once('@').filter(|(name, _)| !name.is_empty());
    plain
        && domain.is_some_and(|(_, domain)| {
            domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(phone: Option<&str>, email: Option<&str>) -> Option<String> {
        let callback = Callback {
            at: None,
            phone: phone.map(str::to_owned),
            email: email.map(str::to_owned),
        };
        callback.reach().ok().flatten()
    }

    #[test]
    fn whoever_can_be_reached_says_so_in_their_own_words() {
        let told = reach(Some(" +49 (170) 1234567 "), None).unwrap();
        assert_eq!(told, "Please call me back: +49 (170) 1234567");
        let told = reach(None, Some("ann@example.com")).unwrap();
        assert_eq!(told, "Please write to me: ann@example.com");
    }

    #[test]
    fn what_nobody_could_call_or_write_to_is_refused() {
        for phone in ["abc", "12", "<script>", "+49 170 call me"] {
            assert_eq!(reach(Some(phone), None), None, "{phone}");
        }
        for email in ["me@x", "nope", "@example.com", "a b@example.com", "a@b..c"] {
            assert_eq!(reach(None, Some(email)), None, "{email}");
        }
        assert_eq!(reach(Some(" "), Some("")), None);
    }
}
