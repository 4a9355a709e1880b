//! Typed names of things. A numbered id is the journal position of the line that brought the
//! thing to life, so ids need no randomness, are ordered by age and can be looked up directly.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A text that is not an id of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {kind} id: it should look like `{prefix}_42`")]
pub struct NotAnId {
    /// The text that was read.
    pub given: String,
    /// What it should have named, with its article.
    pub kind: &'static str,
    /// The letters such an id begins with.
    pub prefix: &'static str,
}

macro_rules! numbered_ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .map(Self)
                    .ok_or_else(|| NotAnId { given: text.into(), kind: $kind, prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

numbered_ids! {
    /// A conversation between one customer and whoever holds it.
    ConversationId, "cnv", "a conversation";
    /// One message, or one notice, in a conversation.
    MessageId, "msg", "a message";
    /// One passage from the assistant to a person.
    HandoffId, "hnd", "a handoff";
    /// One offer of a handoff to one agent.
    OfferId, "ofr", "an offer";
    /// A person who answers customers.
    AgentId, "agt", "an agent";
    /// One promise made to a customer.
    PromiseId, "prm", "a promise";
}

/// A customer, under a pseudonym: a keyed hash of the identity that the team's own system gave,
/// so that the journal names nobody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(pub u128);

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cus_{:032x}", self.0)
    }
}

impl fmt::Debug for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CustomerId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        text.strip_prefix("cus_")
            .filter(|hex| hex.len() == 32)
            .and_then(|hex| u128::from_str_radix(hex, 16).ok())
            .map(Self)
            .ok_or_else(|| NotAnId {
                given: text.into(),
                kind: "a customer",
                prefix: "cus",
            })
    }
}

impl Serialize for CustomerId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CustomerId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    )*};
}

names! {
    /// A trigger of the policy.
    TriggerName;
    /// A route of the policy.
    RouteName;
    /// Something an agent can do, such as `billing`.
    SkillName;
    /// What a customer may want, such as `refund_missing`.
    IntentName;
    /// What a conversation may come to, such as `threatens_to_leave`.
    SituationName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        let id: ConversationId = "cnv_42".parse().unwrap();
        assert_eq!(id.to_string(), "cnv_42");
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"cnv_42\"");
    }

    #[test]
    fn an_id_of_another_kind_is_refused_by_name() {
        let error = "msg_42".parse::<ConversationId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`msg_42` is not a conversation id: it should look like `cnv_42`"
        );
        assert!("cnv_+42".parse::<ConversationId>().is_err());
        assert!("cnv_".parse::<ConversationId>().is_err());
    }
}
